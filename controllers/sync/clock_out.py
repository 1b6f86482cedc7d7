"""MIDI clock out: 24 ticks a beat of `tempo`, counted in frames of the audio clock, so that the two never part.

A change of tempo changes the distance of the ticks to come, never their count.  Ticks go to the ports' process a little
ahead of their time and are sent there at their time.  Everything here runs on the desk's loop.
"""

import asyncio
from collections.abc import Callable

from controllers.sync.clock_in import CONTINUE, START, STOP, TICK
from controllers.sync.frame_time import FrameTime
from controllers.sync.tempo_from_ticks import TICKS_PER_BEAT
from controllers.sync.transport_remote import POSITION, STATE, Transport
from studiod.desk.desk import Desk
from studiod.registry.registry import Value

AHEAD_S = 0.08  # more than the desk's loop is ever held up
EVERY_S = 0.02
LOST_S = 0.25  # behind by more: the clock stood still, and ticks are not made up for
BEGINNING_S = 0.05  # nearer to 0 than this a start is a start, else it goes on

Send = Callable[[bytes, int], object]


class ClockOut:
    """Sends to one port: send(bytes, due in monotonic ns)."""

    def __init__(self, desk: Desk, send: Send) -> None:
        self.desk, self.send = desk, send
        self.time = FrameTime(desk)
        self.transport = Transport(desk, "clock out")
        self.next_frame = -1.0  # of the next tick; below 0 before the first
        self._first: bytes | None = None  # goes out right before the next tick
        self._unlisten = desk.listen(self._changed)
        self._task = asyncio.get_running_loop().create_task(self._run())

    def close(self) -> None:
        self._unlisten()
        self._task.cancel()

    def _changed(self, origin: str, news: dict[str, Value]) -> None:
        if STATE in news:
            at_s = float(news.get(POSITION, self.transport.position_s))
            playing = START if at_s < BEGINNING_S else CONTINUE
            self._first = playing if news[STATE] == "play" else STOP

    def step(self) -> None:
        """Hand on the ticks of the next 80 ms."""
        if not self.time.look():
            return
        now, rate_hz = self.time.frame, self.time.rate_hz
        if self.next_frame < now - LOST_S * rate_hz or self.next_frame > now + 10 * rate_hz:
            self.next_frame = now
        tick_frames = rate_hz * 60.0 / (TICKS_PER_BEAT * float(self.desk.get("tempo")))
        while self.next_frame < now + AHEAD_S * rate_hz:
            due_ns = self.time.ns_at(self.next_frame)
            if self._first is not None:
                self.send(self._first, due_ns)
                self._first = None
            self.send(TICK, due_ns)
            self.next_frame += tick_frames

    async def _run(self) -> None:
        while True:
            self.step()
            await asyncio.sleep(EVERY_S)
