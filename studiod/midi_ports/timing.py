"""The time of MIDI messages in the process that owns the ports: when one came in, and those that wait to go out."""

import heapq
import math
import time
from itertools import count

SURE_S = 0.1  # the loop that polls is never so late: a driver's time beyond it is wrong
LEAK = 1e-3  # how much of its lateness a message moves the time of the next: what the driver's clock drifts is less


class Stamp:
    """When the messages of one port came in: the driver's own distances, hung on the clock of the machine.

    The driver measures where it is woken, a poll is up to 1 ms late; but it only tells the time since the last one.
    """

    def __init__(self) -> None:
        self._ns = 0

    def of(self, now_ns: int, since_s: float) -> int:
        """Of a message that is found now, since_s after the last one as the driver says; never later than now."""
        guess_ns = self._ns + round(since_s * 1e9)
        late_ns = now_ns - guess_ns
        self._ns = guess_ns + round(late_ns * LEAK) if 0 <= late_ns < SURE_S * 1e9 else now_ns
        return self._ns


class Waiting:
    """Messages that go out at their time, in its order; those of one time in the order in which they came."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, int, bytes]] = []
        self._order = count()

    def add(self, due_ns: int, data: bytes, port: int) -> None:
        heapq.heappush(self._heap, (due_ns, next(self._order), port, data))

    def drop(self, port: int, status: int) -> None:
        """Those of a port that begin with this byte do not go out."""
        self._heap = [one for one in self._heap if one[2] != port or one[3][0] != status]
        heapq.heapify(self._heap)

    def room_s(self) -> float:
        """How long until the next is due; without one, for ever."""
        return max(self._heap[0][0] - time.monotonic_ns(), 0) / 1e9 if self._heap else math.inf

    def due(self, now_ns: int) -> list[tuple[int, bytes]]:
        """Port and bytes of all that are due."""
        out = []
        while self._heap and self._heap[0][0] <= now_ns:
            _, _, port, data = heapq.heappop(self._heap)
            out.append((port, data))
        return out
