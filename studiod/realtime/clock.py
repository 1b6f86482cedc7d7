"""The virtual interface, and the stand-in for a lost device: the graph paced by a monotonic timer.

Part of the real-time border.  A Python thread enters `keep_time` and is a native timer thread until the generation in
the rack changes.  It touches the rack and nothing else; the block that starts at its deadline is stamped with it.
"""

import contextlib
import os
import threading

import numpy as np

from dsp.core.intrinsics import integers, load_atomic, monotonic_ns, sleep_until
from dsp.core.rt import rt
from studiod.realtime import graph
from studiod.realtime import layout as r
from studiod.realtime.rack import Rack

PRIORITY = 50
GIVE_UP_NS = 500_000_000  # later than this, the timer starts anew rather than racing after what was lost


@rt
def keep_time(base, generation, ins, outs, block_frames, rate_hz):
    """Run blocks at their deadlines, rate_hz frames a second, until another generation takes over."""
    words = integers(base, r.TABLE)
    start = monotonic_ns()
    done = 0
    while load_atomic(base + 8 * r.GENERATION) == generation:
        deadline = start + (done // rate_hz) * 1_000_000_000 + (done % rate_hz) * 1_000_000_000 // rate_hz
        sleep_until(deadline)
        late = monotonic_ns() - deadline
        if late > GIVE_UP_NS:
            words[r.MISSED] += late * rate_hz // 1_000_000_000 // block_frames
            start = monotonic_ns()
            done = 0
            deadline = start
        graph.stamp(base, deadline)
        graph.run(base, ins, outs, block_frames)
        done += block_frames


class Clock:
    """Runs the rack's graph on a thread of its own until `stop`."""

    def __init__(self, rack: Rack, block_frames: int, pace: int = 1) -> None:
        """pace: how many seconds of audio a second takes."""
        self.rack = rack
        words = rack.words
        self._ins = np.zeros((block_frames, int(words[r.INPUTS])), np.float32)
        self._outs = np.zeros((block_frames, int(words[r.OUTPUTS])), np.float32)
        generation = rack.get(r.GENERATION) + 1
        rack.put(r.GENERATION, generation)
        arguments = (
            rack.base, generation, self._ins.ctypes.data, self._outs.ctypes.data, block_frames,
            pace * int(words[r.RATE]),
        )  # fmt: skip
        self._thread = threading.Thread(target=self._run, args=arguments, name="studiod-clock", daemon=True)
        self._thread.start()

    @staticmethod
    def _run(*arguments: int) -> None:
        with contextlib.suppress(PermissionError, OSError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
        keep_time(*arguments)

    def stop(self) -> None:
        """Take the generation away and wait for the last block to end."""
        self.rack.put(r.GENERATION, self.rack.get(r.GENERATION) + 1)
        self._thread.join()
