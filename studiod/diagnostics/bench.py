"""`studiod bench`: times the shipped graph with the standard strip on, once each of its units is heard."""

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from rich.console import Console as Terminal
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from dsp import meter
from studiod.diagnostics import bench_c_reference, bench_recall
from studiod.diagnostics.bench_live import change_to_sample_ms, daemon
from studiod.diagnostics.bench_player import BLOCK_FRAMES, RATE_HZ, Player, music, one_core
from studiod.encoding import say
from studiod.host.offline import Offline
from studiod.realtime.strip import METER
from studiod.registry.registry import Console

SHORT_FRAMES, SENDS = 16, 16
PERIOD_US, SHORT_US = (frames / RATE_HZ * 1e6 for frames in (BLOCK_FRAMES, SHORT_FRAMES))
RECALLS = 15
TURN = 50  # blocks of one side, then of the other: 2 ms, short beside what else a machine does
EVERY_BLOCKS = 7  # moving: new goals every 9.3 ms, below the 10 ms that a gain glides for
# What each unit is switched off by, on the channels; a send is heard at its own bus.
UNITS: dict[str, dict[str, object]] = {
    "trim": {"trim": 0.0},
    "high-pass": {"hpf/on": 0},
    "gate": {"gate/on": 0},
    **{f"eq band {b}": {f"eq/{b}/on": 0} for b in (1, 2, 3, 4)},
    "compressor": {"comp/on": 0},
    "knee": {"comp/knee": 0.0},
    "fader": {"fader": 0.0},
    **{f"send {m}": {f"send/{m}/on": 0} for m in range(1, SENDS + 1)},
}
Values = dict[str, object]
Blocks = Callable[[int, int], None]  # run so many blocks from the first on


class Unheard(RuntimeError):
    """A unit of the strip makes no difference: its time must not be counted."""


def strip(n: int) -> Values:
    """The standard strip: all that a channel has, on and doing something."""
    eq = {"1/gain": 3.0, "2/gain": -4.0, "3/gain": 2.5, "4/gain": -2.0, "1/type": "low_shelf", "4/type": "high_shelf"}
    gate = {"on": 1, "threshold": -30.0, "range": 40.0, "release": 40.0}
    comp = {"on": 1, "threshold": -24.0, "ratio": 4.0, "knee": 9.0, "makeup": 3.0}
    out: Values = {
        "trim": -3.0,
        "hpf/on": 1,
        "hpf/freq": 90.0,
        "hpf/slope": "24dB",
        "fader": -12.0 - n % 3,
        "pan": n % 7 * 10.0 - 30.0,
    }
    out |= {f"eq/{k}": v for k, v in eq.items()} | {f"gate/{k}": v for k, v in gate.items()}
    out |= {f"comp/{k}": v for k, v in comp.items()}
    return out | {f"send/{m}/level": -20.0 - m for m in range(1, SENDS + 1)}


def desk(channels: int, off: Mapping[str, object] | None = None) -> Offline:
    """A console of standard strips at rest, its mains and buses on its outputs; `off` is laid over every strip."""
    values: Values = {}
    for n in range(1, channels + 1):
        values |= {f"ch/{n}/{path}": value for path, value in (strip(n) | dict(off or {})).items()}
    for k, point in enumerate(("main/l", "main/r", *(f"bus/{m}" for m in range(1, SENDS + 1))), 1):
        values[f"output/{k}/source"] = point
    offline = Offline(Console(channels, 2 + SENDS, channels, SENDS, RATE_HZ), values, BLOCK_FRAMES)
    if offline.faults:
        raise Unheard(f"the standard strip was refused: {offline.faults[0]}")
    return offline


def prove(units: Mapping[str, Mapping[str, object]] = UNITS, channels: int = 3, frames: int = 24_000) -> None:
    """Each unit, switched off, changes what comes out, and the meters read what goes in.  Raises Unheard, naming it."""
    ins = music(frames, channels)
    whole = desk(channels)
    ref = whole.run(ins)
    for name, off in units.items():
        out = desk(channels, off).run(ins)
        column = 1 + int(name[5:]) if name.startswith("send ") else 0
        if np.array_equal(out[:, column], ref[:, column]):
            raise Unheard(f"{name}: switched off, the output stays the same; its time must not be counted")
    meters = whole.rack.state(METER)[:, :channels]
    if not (meters[meter.PEAKS] > 0.0).all():
        raise Unheard("meters: they read nothing while sound goes through")


def move(offline: Offline, channels: int, turn: int) -> None:
    """New goals for a fader, a band, a threshold and a send of every channel."""
    up = float(turn % 2)
    shifts = {"fader": -12.0 + up, "eq/2/gain": -4.0 + up, "comp/threshold": -24.0 + up, "send/1/level": -21.0 + up}
    offline.desk.change([(f"ch/{n}/{path}", v) for n in range(1, channels + 1) for path, v in shifts.items()])


def blocks_us(
    offline: Offline, blocks: int, moving: bool, tick: Callable[[], None], frames: int = BLOCK_FRAMES
) -> np.ndarray:
    """Microseconds of each block of `graph.run` on one core, after a second of warming up."""
    player, took = Player(offline, frames), np.zeros(blocks)
    warm_up = min(RATE_HZ // frames, blocks)
    with one_core():
        for k in range(-warm_up, blocks):
            if moving and k % EVERY_BLOCKS == 0:
                move(offline, offline.console.channels, k // EVERY_BLOCKS)
            began = time.perf_counter_ns()
            player(k, 1)
            if k >= 0:
                took[k] = (time.perf_counter_ns() - began) / 1e3
            if k % 500 == 0:
                tick()
    return took


def in_turns_us(players: Sequence[Blocks], blocks: int) -> list[float]:
    """Microseconds of a block of each, TURN blocks at a time in turns, so that all meet the same machine; medians."""
    turns = max(blocks // TURN, 1)
    took = np.zeros((turns, len(players)))
    with one_core():
        for turn in range(turns):
            first = turn * TURN % (RATE_HZ // BLOCK_FRAMES - TURN)
            for n, play in enumerate(players):
                play(first, 2)  # its memory back into the caches
                began = time.perf_counter_ns()
                play(first + 2, TURN - 2)
                took[turn, n] = (time.perf_counter_ns() - began) / 1e3 / (TURN - 2)
    return [float(us) for us in np.median(took, axis=0)]


def appointed(channels: int) -> tuple[Blocks | None, str]:
    """A judge that gives the same sound, and what there is to say of it."""
    try:
        ins = music(RATE_HZ, channels)
        judge = bench_c_reference.Judge(desk(channels))
        said = f"the same sound within {judge.check(desk(channels), ins[: RATE_HZ // 2]):.0e} of full level"
    except bench_c_reference.Missing as why:
        return None, str(why)
    step = BLOCK_FRAMES * channels * ins.itemsize
    return lambda first, count: judge.run(ins.ctypes.data + first * step, count * BLOCK_FRAMES), said


def compared(channels: int, blocks: int) -> dict[str, Any]:
    """Strips for a core: what 64 more cost, and the judge's."""
    judge, said = appointed(channels)
    players: list[Blocks] = [Player(desk(channels)), Player(desk(2 * channels)), *([judge] if judge else [])]
    own, double, *its = in_turns_us(players, blocks)
    full_us = channels * BLOCK_FRAMES / RATE_HZ * 1e6
    return {
        "added_strips_per_core": int(full_us / max(double - own, 1e-3)),
        "judge_strips_per_core": int(full_us / its[0]) if its else None,
        "of_judge": round(its[0] / own, 3) if its else None,
        "judge": said,
    }


def spread(us: np.ndarray) -> dict[str, float]:
    """The block times that people feel."""
    p50, p99, p99_9 = np.percentile(us, (50, 99, 99.9))
    return {"p50": round(p50, 1), "p99": round(p99, 1), "p99_9": round(p99_9, 1), "max": round(float(us.max()), 1)}


def figures(
    channels: int = 64, blocks: int = 20_000, changes: int = 300, with_daemon: bool = True,
    step: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:  # fmt: skip
    """Every figure of the bench.  Raises Unheard."""
    step("each unit is heard")
    prove()
    offline = desk(channels)
    step("glides at rest")
    still = blocks_us(offline, blocks, False, lambda: step("glides at rest"))
    step("64 more, and the judge")
    beside = compared(channels, max(blocks // 4, 1))
    step(f"blocks of {SHORT_FRAMES}")
    short = blocks_us(offline, blocks, False, lambda: step(f"blocks of {SHORT_FRAMES}"), SHORT_FRAMES)
    step("glides moving")
    moving = blocks_us(offline, max(blocks // 4, 1), True, lambda: step("glides moving"))
    step("all changes at once")
    recalls = max(RECALLS * blocks // 20_000, 1)
    recall_us = bench_recall.worst_us(channels, recalls, BLOCK_FRAMES, lambda: step("all changes at once"))
    step("from a change to its sample")
    waits = change_to_sample_ms(desk(channels).desk.values, offline.console, BLOCK_FRAMES, changes)
    step("a daemon starts")
    start_s, memory_mb = daemon() if with_daemon else (0.0, 0.0)
    p50, p99 = np.percentile(waits, (50, 99))
    return {
        "strips_per_core": int(channels * BLOCK_FRAMES / RATE_HZ * 1e6 / still.mean()),
        **beside,
        "block_us": spread(still),
        "block_us_16": spread(short) | {"of_period": round(np.percentile(short, 99.9) / SHORT_US, 3)},
        "moving_block_us": spread(moving),
        "recall_block": {"us": round(recall_us, 1), "of_period": round(recall_us / PERIOD_US, 3)},
        "control_to_sample_ms": {"p50": round(p50, 2), "p99": round(p99, 2)},
        "start_s": round(start_s, 2),
        "memory_mb": round(memory_mb, 1),
    }


def bench(as_json: bool, channels: int = 64, blocks: int = 20_000, changes: int = 300, with_daemon: bool = True) -> int:
    """Measure, print; 1 when a unit is not heard or the daemon does not start."""
    columns = (TextColumn("{task.description:<28}"), BarColumn(), TimeElapsedColumn())
    try:
        with Progress(*columns, console=Terminal(file=sys.stderr)) as progress:
            task = progress.add_task("", total=None)
            found = figures(
                channels, blocks, changes, with_daemon, lambda what: progress.update(task, description=what)
            )
            progress.update(task, description="done", total=1, completed=1)
    except (Unheard, OSError, RuntimeError) as fault:
        say(f"bench: {fault}", sys.stderr)
        return 1
    if as_json:
        say(json.dumps(found))
        return 0
    table = Table(title=f"{channels} standard strips, {SENDS} buses, {BLOCK_FRAMES} frames at {RATE_HZ} Hz, one core")
    table.add_column("figure")
    table.add_column("value", justify="right")
    for name, value in found.items():
        shown = "  ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
        table.add_row(name, shown)
    terminal = Terminal(color_system=None)
    with terminal.capture() as drawn:
        terminal.print(table)
    say(drawn.get().rstrip("\n"))
    return 0
