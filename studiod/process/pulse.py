"""The pulse of the desk's loop: how long it ever stood still, told while it does and when it goes on.

The beat runs on the loop, fifty times a second; what it comes later than that is a stall.  A thread of its own only
looks whether it still beats; it needs the interpreter, so that a stall in compiled code that holds it is told later.
"""

import asyncio
import logging
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable

from studiod.desk.beat import BEAT_S, until_s
from studiod.desk.desk import Desk
from studiod.process.logs import steps
from studiod.registry.laws import float32

LOG = logging.getLogger(__name__)
TOLD_MS = 100.0  # longer than this is told when it is over
STANDS_S, LOOK_S = 1.0, 0.25  # so long without a beat, and it is told where the loop stands
RECENT_S = 60


class Pulse:
    """Of one loop.  clock: seconds that never go back."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.beats = 0
        self.longest_ms = 0.0  # since the start
        self._recent: deque[tuple[int, float]] = deque(maxlen=RECENT_S)  # the longest of each second, newest last
        self._due_s = clock() + BEAT_S
        self._loop_thread = threading.get_ident()
        self._looked, self._still = 0, 0  # the beat that was seen last, and how often since
        self._over = threading.Event()

    def show(self, desk: Desk) -> None:
        """Answer for status/stall and status/stall_max, in ms."""
        desk.live |= {
            "status/stall": lambda: float32(round(self.recent_ms(), 1)),
            "status/stall_max": lambda: float32(round(self.longest_ms, 1)),
        }

    # -- the loop's thread -------------------------------------------------------------------------------------------

    def beat(self) -> None:
        """The loop has come round."""
        now_s = self._clock()
        late_ms = max(1000.0 * (now_s - self._due_s), 0.0)
        self.beats += 1
        self._due_s = now_s + BEAT_S
        self.longest_ms = max(self.longest_ms, late_ms)
        second = int(now_s)
        if self._recent and self._recent[-1][0] == second:
            self._recent[-1] = second, max(self._recent[-1][1], late_ms)
        else:
            self._recent.append((second, late_ms))
        if late_ms > TOLD_MS:
            LOG.warning("the desk stood still for %.0f ms; the sound did not; status/stall_max is the longest", late_ms)

    def recent_ms(self) -> float:
        """The longest stall of the last minute."""
        oldest = int(self._clock()) - RECENT_S
        return max((ms for second, ms in self._recent if second > oldest), default=0.0)

    async def run(self) -> None:
        """Beat until cancelled, with the thread beside it."""
        self._loop_thread = threading.get_ident()
        threading.Thread(target=self._watch, name="studiod-pulse", daemon=True).start()
        try:
            while True:
                wait_s = until_s(BEAT_S, asyncio.get_running_loop().time())
                self._due_s = self._clock() + wait_s
                await asyncio.sleep(wait_s)
                self.beat()
        finally:
            self._over.set()

    # -- its own thread ----------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        while not self._over.wait(LOOK_S):
            self.look()

    def look(self) -> bool:
        """Four times a second: whether the loop was found standing, which is told once a stall, with where it stands.

        Counted in looks, not on the clock: a machine that slept, or a process that was stopped, is no stall.
        """
        if self.beats != self._looked:
            self._looked, self._still = self.beats, 0
            return False
        self._still += 1
        if self._still * LOOK_S != STANDS_S:
            return False
        frame = sys._current_frames().get(self._loop_thread)
        places = steps(reversed(list(traceback.walk_stack(frame)))) if frame is not None else []
        LOG.error("the desk has stood still for %g s and still does; here:", STANDS_S, extra={"places": places})
        return True
