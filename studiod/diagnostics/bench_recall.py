"""The recall of the bench: every parameter of a desk changes at once, and the worst block after that is timed."""

import random
import time
from collections.abc import Callable, Sequence

import numpy as np

from studiod.diagnostics.bench_player import RATE_HZ, Player, one_core
from studiod.host.offline import Offline
from studiod.realtime import layout as r
from studiod.registry.param import Param, Refusal
from studiod.registry.registry import Console, Value
from studiod.settings.schema import Settings

LEFT_ALONE = {"volatile", "read-only"}
AFTER_S = 0.06  # a gain's glide and an exchange's two fades are over
BETWEEN_S = 0.25
MEANWHILE = 8  # blocks


def default_desk(channels: int, block_frames: int) -> Offline:
    """The default console, of so many channels, each on an input of its own."""
    size = Settings().console.model_dump() | {"channels": channels}
    return Offline(Console(inputs=channels, outputs=8, rate_hz=RATE_HZ, **size), {}, block_frames)


def drawn(param: Param, chance: random.Random) -> Value | None:
    """A random value of a parameter."""
    if param.kind == "number":
        return chance.uniform(param.low, param.high)
    if param.kind == "switch":
        return chance.randint(0, 1)
    return chance.choice(param.items) if param.kind in ("list", "point") and param.items else None


def everything(offline: Offline, chance: random.Random) -> list[tuple[str, object]]:
    """Another value for every parameter that can be set and that takes one."""
    found: list[tuple[str, object]] = []
    for param in offline.registry.params.values():
        if not param.flags & LEFT_ALONE and (value := drawn(param, chance)) is not None:
            try:
                found += offline.desk.accepted([(param.path, value)])
            except Refusal:
                continue
    return found


def announce(offline: Offline, changes: Sequence[tuple[str, object]], play: Callable[[], object]) -> None:
    """A change that the engine learns of when some blocks have been played after it was worked out.

    The core that the card runs on plays block after block meanwhile.  A bench on one core would let it forget all that.
    """
    rack = offline.rack
    before = rack.get(r.LAST_SEQUENCE)
    offline.desk.change(changes)
    offline.engine.pump()
    after = rack.get(r.LAST_SEQUENCE)
    rack.put(r.LAST_SEQUENCE, before)
    play()
    rack.put(r.LAST_SEQUENCE, after)


def worst_us(channels: int, recalls: int, block_frames: int, tick: Callable[[], None] = lambda: None) -> float:
    """Microseconds of the worst block after such a change: the one that carries it out, or one that glides.

    The median of so many recalls: what else the machine does at one of them does not count.
    """
    offline, chance = default_desk(channels, block_frames), random.Random(1)
    offline.rack.touch()  # as the card does
    player = Player(offline, block_frames)
    after, between = (max(round(s * RATE_HZ / block_frames), 1) for s in (AFTER_S, BETWEEN_S))
    worst = []
    with one_core():
        player(0, between)
        for _ in range(recalls):
            announce(offline, everything(offline, chance), lambda: player(after, MEANWHILE))
            took = 0
            for k in range(after):
                player(k, 0)  # the way from Python there is no part of a block
                began = time.perf_counter_ns()
                player(k, 1)
                took = max(took, time.perf_counter_ns() - began)
                offline.engine.pump()
            worst.append(took / 1e3)
            player(after, between)
            tick()
    return float(np.median(worst))
