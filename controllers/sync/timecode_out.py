"""MIDI timecode out: quarter frames of the transport's position while it plays, a full frame where it stands still.

The position is hung on the audio clock once, when play has settled, and again when it is somewhere else: after a locate
or a turn of the loop.  Quarter frames always begin with a whole label.  Everything here runs on the desk's loop.
"""

import asyncio
import math
from collections.abc import Callable

from controllers.sync.frame_time import FrameTime
from controllers.sync.timecode import PIECES, RATES, full, label_of, quarter
from controllers.sync.transport_remote import Transport
from studiod.desk.desk import Desk

AHEAD_S, EVERY_S = 0.08, 0.02
STEADY_S = 0.01  # two looks in a row that agree so well: it rolls.  A long position is told to 8 ms (float32)
ELSEWHERE_S = 0.04  # off by more: it went somewhere else
LOST_S = 0.25

Send = Callable[[bytes, int], object]


class MtcOut:
    """Sends to one port: send(bytes, due in monotonic ns, 0 at once); drop() takes back what waits."""

    def __init__(self, desk: Desk, fps: str, send: Send, drop: Callable[[], object]) -> None:
        self.desk, self.rate, self.send, self.drop = desk, RATES[fps], send, drop
        self.time = FrameTime(desk)
        self.transport = Transport(desk, "mtc out")
        self.stands = -1  # the frame that the last full frame named; below 0: tell it
        self._begin: float | None = None  # the audio frame at which the position was 0
        self._seen = math.inf  # the same, as the last look had it
        self._next = -1  # the next quarter frame, counted from midnight
        self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        self._task.cancel()

    def again(self) -> None:
        """Somebody is there now: say where it stands."""
        self.stands = -1

    def step(self) -> None:
        """Hand on the quarter frames of the next 80 ms, or where it stands."""
        if self.transport.plays and self.time.look():
            self._play(self.time.frame - self.transport.position_s * self.time.rate_hz)
            return
        if self._begin is not None:
            self.drop()
            self.stands = -1
        self._begin, self._seen = None, math.inf
        at = round(self.transport.position_s * self.rate.per_s)
        if at != self.stands:
            self.stands = at
            self.send(full(label_of(at, self.rate), self.rate), 0)

    def _play(self, begin: float) -> None:
        rate_hz = self.time.rate_hz
        steady, self._seen = abs(begin - self._seen) < STEADY_S * rate_hz, begin
        if self._begin is not None and abs(begin - self._begin) > ELSEWHERE_S * rate_hz:
            self.drop()
            self._begin = None
        if self._begin is None:
            if not steady:
                return
            self._begin, self._next = begin, -1
        per_quarter = rate_hz / float(4 * self.rate.per_s)
        soon = self.time.frame - self._begin
        if self._next < 0 or self._next * per_quarter < soon - LOST_S * rate_hz:
            self._next = PIECES * math.ceil(soon / per_quarter / PIECES)
        while self._next * per_quarter < soon + AHEAD_S * rate_hz:
            label, piece = divmod(self._next, PIECES)
            due_ns = self.time.ns_at(self._begin + self._next * per_quarter)
            self.send(quarter(piece, label_of(2 * label, self.rate), self.rate), due_ns)
            self._next += 1

    async def _run(self) -> None:
        while True:
            self.step()
            await asyncio.sleep(EVERY_S)
