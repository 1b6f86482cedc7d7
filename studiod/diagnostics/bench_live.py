"""The live half of the bench: a change on its way to its first sample, and a daemon from exec to ready."""

import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import numpy as np

from studiod.desk.desk import Desk
from studiod.engine.engine import Engine, size_of
from studiod.paths import ROOT
from studiod.realtime import layout as r
from studiod.realtime.clock import Clock
from studiod.realtime.rack import Rack
from studiod.registry.registry import Console, Registry, Value
from studiod.toml_text import table

READY_S = 240.0  # a cold cache compiles first
SETTLE_S = 0.05  # between changes: a fader's glide is over
PROBE = "ch/1/fader"


def change_to_sample_ms(values: Mapping[str, Value], console: Console, block_frames: int, changes: int) -> np.ndarray:
    """From the call of `desk.change` to the first sample that it alters, for each change.

    The clock thread runs the console; channel 1 carries a constant past all its units, so that the first altered sample
    of its output is the first frame of the fader's glide.  A sample's time is its place on the audio clock: its block's
    deadline plus its offset in the block; what an interface adds is not in it.
    """
    neutral = {"trim": 0.0, "hpf/on": 0, "gate/on": 0, "eq/on": 0, "comp/on": 0, "pan": -100.0, "fader": -6.0}
    wanted = dict(values) | {f"ch/1/{path}": value for path, value in neutral.items()}
    wanted |= {f"ch/{n}/main/on": 0 for n in range(2, console.channels + 1)}
    wanted["output/1/source"] = "main/pre_limiter/l"  # the limiter's delay is not the control's
    size = size_of(console)
    rack = Rack.create(size, 1, 1, capture=True)
    rack.tape[:] = 0.5
    rack.words[r.TAPE_LOOP] = 1
    registry = Registry(console)
    engine = Engine(rack, registry)
    desk = Desk(registry, engine)
    for held in (desk.values, desk.heard):
        held.update({path: registry.params[path].accept(value) for path, value in wanted.items()})
    engine.settle(desk.values)
    engine.fade(1.0, 1)
    clock = Clock(rack, block_frames)
    jitter = np.random.default_rng(3).uniform(0.0, 0.005, changes)  # no change keeps step with the blocks
    waits = []
    try:
        began = time.monotonic()
        while rack.get(r.FRAME) == 0 and time.monotonic() - began < READY_S:
            time.sleep(SETTLE_S)
        time.sleep(4 * SETTLE_S)
        for k in range(changes):
            before = rack.get(r.FRAME)
            sent_ns = time.monotonic_ns()
            desk.change([(PROBE, -6.0 - 6.0 * ((k + 1) % 2))])
            time.sleep(SETTLE_S + jitter[k])
            while (stamp := _stamp(rack))[0] <= before:  # a busy machine may not have run a block yet
                time.sleep(SETTLE_S)
            frame, ns = stamp
            engine.pump()
            seen = rack.capture[np.arange(before, frame) % len(rack.capture), 0]
            other = np.flatnonzero(seen != seen[0])
            if not len(other):
                raise RuntimeError(f"{PROBE} was changed and no sample altered within {SETTLE_S:g} s")
            waits.append((ns + (before + int(other[0]) - frame) / console.rate_hz * 1e9 - sent_ns) / 1e6)
    finally:
        clock.stop()
    return np.array(waits)


def _stamp(rack: Rack) -> tuple[int, int]:
    """A frame and when it was due (monotonic ns), both of one stamp."""
    while True:
        sequence = rack.get(r.STAMP_SEQUENCE)
        frame, ns = rack.get(r.STAMP_FRAME), rack.get(r.STAMP_NS)
        if sequence % 2 == 0 and rack.get(r.STAMP_SEQUENCE) == sequence:
            return frame, ns


def quick(folder: Path) -> dict[str, str]:
    """The environment of a daemon whose second start finds its modules compiled, as where studiod is installed.

    A checkout may be read-only, or its user may write no bytecode: each start would compile four hundred files.
    """
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def daemon() -> tuple[float, float]:
    """Seconds from exec to ready on the virtual interface, and megabytes (PSS) with its children: a second start's."""
    with tempfile.TemporaryDirectory() as folder:
        _start(Path(folder))
        return _start(Path(folder))


def _start(folder: Path) -> tuple[float, float]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = folder / "studio.toml"
    tables = {"osc": {"port": port}, "console": {"channels": 64}, "state": {"directory": "state"}}
    config.write_text("\n".join(table(name, keys) for name, keys in tables.items()), encoding="utf-8")
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    command = [sys.executable, "-m", "studiod", "run", "--interface", "virtual", "--config", str(config)]
    began = time.monotonic()
    process = subprocess.Popen(
        command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env={**quick(folder), "PYTHONPATH": path}
    )
    lines: queue.Queue[str] = queue.Queue()
    assert process.stderr is not None
    reader = threading.Thread(target=_read, args=(process.stderr, lines), daemon=True)
    reader.start()
    said = []
    try:
        while True:
            try:
                said.append(lines.get(timeout=0.02))
            except queue.Empty:
                if process.poll() is not None or time.monotonic() - began > READY_S:
                    raise RuntimeError("the daemon did not start: " + "".join(said)[-800:]) from None
                continue
            if said[-1].strip() == "ready":
                took = time.monotonic() - began
                time.sleep(1.0)  # what it still touches after the start belongs to its memory
                return took, pss_mb(process.pid)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reader.join(2)
        process.stderr.close()


def _read(pipe: IO[str], lines: "queue.Queue[str]") -> None:
    for line in pipe:
        lines.put(line)


def pss_mb(pid: int) -> float:
    """Megabytes (1e6 bytes) of proportional set size of a process and all its children."""
    total = 0.0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Pss:"):
            total += int(line.split()[1]) * 1024 / 1e6
    for task in Path(f"/proc/{pid}/task").iterdir():
        total += sum(pss_mb(int(child)) for child in (task / "children").read_text("ascii").split())
    return total
