"""What `studiod check` measures: how much of a core the settings' console takes, with every strip of it at work.

What imports the audio path does so when it is called: a cold cache would compile it, for minutes.
"""

import contextlib
import os
import time
from typing import TYPE_CHECKING

import numpy as np

from studiod.diagnostics import check_machine
from studiod.diagnostics.check_result import Verdict, fail, ok, warn
from studiod.diagnostics.check_settings import Studio
from studiod.host.warm import stamp
from studiod.user_folders import CACHE

if TYPE_CHECKING:
    from studiod.host.offline import Offline

SECONDS = 1.0  # of sound
CLOSE = 0.7  # of a block's time: the rest is for the driver, and for a bad day


def _cold(studio: Studio, what: str) -> Verdict:
    """Nothing is compiled for whoever runs this check."""
    cache = studio.service.variable(CACHE) if studio.service is not None else ""
    remedy = f"as root, {CACHE}={cache} before this command" if cache else "studiod warm, then this check again"
    return warn(f"not {what}: the audio path is not compiled for this user", remedy)


def busy(studio: Studio) -> "Offline":
    """The console of the settings, each channel the bench's standard strip."""
    from studiod.diagnostics import bench
    from studiod.host.offline import Offline

    offline = Offline(studio.console, block_frames=studio.settings.interface.block_frames)
    channels = range(1, studio.console.channels + 1)
    strips = {f"ch/{n}/{path}": value for n in channels for path, value in bench.strip(n).items()}
    offline.desk.load({path: value for path, value in strips.items() if path in offline.registry.params})
    offline.engine.settle(offline.desk.values)
    return offline


def shares(studio: Studio, seconds: float = SECONDS) -> np.ndarray:
    """The time of each block as a share of what it may take."""
    from studiod.diagnostics import bench
    from studiod.realtime import graph

    offline, wanted = busy(studio), studio.settings.interface
    ins = bench.music(wanted.block_frames * 16, max(studio.console.inputs, 1))
    out = np.zeros((wanted.block_frames, studio.console.outputs), np.float32)
    blocks = max(round(seconds * wanted.rate_hz / wanted.block_frames), 20)
    took, before = np.zeros(blocks), (os.sched_getscheduler(0), os.sched_getparam(0))
    with contextlib.suppress(PermissionError):  # without it the figure is what the daemon would get, too
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(check_machine.PRIORITY))
    try:
        for k in range(-blocks // 4, blocks):
            source = ins[k % 16 * wanted.block_frames :].ctypes.data
            began = time.perf_counter_ns()
            graph.run(offline.rack.base, source, out.ctypes.data, wanted.block_frames)
            if k >= 0:
                took[k] = time.perf_counter_ns() - began
    finally:
        os.sched_setscheduler(0, *before)
    return took * 1e-9 * wanted.rate_hz / wanted.block_frames


def load(studio: Studio) -> Verdict:
    """Whether the console fits into one core at its block size."""
    if not stamp().exists():
        return _cold(studio, "measured")
    p50, p99_9 = np.percentile(shares(studio), (50, 99.9))
    size, wanted = studio.console, studio.settings.interface
    told = (
        f"{size.channels} channels all on at {wanted.block_frames} frames take {p50:.0%} of a core, and all but one "
        f"block in a thousand at most {p99_9:.0%}"
    )
    remedy = "raise interface.block_frames, or lower console.channels"
    if p99_9 > 1.0:
        return fail(told, remedy)
    return warn(told, remedy) if p99_9 > CLOSE else ok(told)


def rack_bytes(studio: Studio) -> int:
    """How much memory the rack of the settings takes."""
    from studiod.engine.engine import size_of
    from studiod.realtime import layout as r
    from studiod.realtime.rack import Rack

    rack = Rack.create(size_of(studio.console))
    os.close(rack.fd)
    return int(rack.words[r.BYTES])


def locked(studio: Studio) -> Verdict:
    """Whether that much may be locked in memory."""
    if not stamp().exists():
        return _cold(studio, "tried")
    return check_machine.locked_memory(rack_bytes(studio), studio.service)
