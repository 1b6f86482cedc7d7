"""What has changed on the console, told to all who asked for it but the one who set it: at once, and the newest step.

Where two clients move the same leaf, both are told: what one of them set may be on its way to the other when that sets
it too, and would be the last that it hears.

What changes while a round is on its way is told in the next one, so that nothing queues up; many changes go out slowly
enough for the buffers of who hears them.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping

from controllers.turns import Steps, Turns, pause
from controllers.x32.client import Client
from controllers.x32.laws.law import Step
from controllers.x32.leaf import Leaf

ROUND_S = 0.01  # from one round to the next at least
CONTESTED_S = 0.5  # from one client's set of a leaf to another's; longer than any way there
BURST = 100  # messages to a client, then a pause
SENT = 64  # messages in one slice


class News:
    """Of one port.  hearers: who is told now."""

    def __init__(self, turns: Turns, shown: Mapping[str, Step], hearers: Callable[[], Iterable[Client]]) -> None:
        self.turns, self.shown, self.hearers = turns, shown, hearers
        self._pending: dict[Leaf, str] = {}  # and who has set it
        self._setters: dict[Leaf, tuple[str, float]] = {}  # who has set it last, and when
        self._contested_s: dict[Leaf, float] = {}  # until when
        self._round: asyncio.TimerHandle | None = None
        self._last_s = 0.0
        self._busy = False

    def tell(self, leaf: Leaf, origin: str) -> None:
        """A leaf has changed; origin: who set it to this, and need not hear of it."""
        self._pending[leaf] = "" if origin and self._contested(leaf, origin) else origin
        if self._round is None and not self._busy:
            wait_s = max(self._last_s + ROUND_S - time.monotonic(), 0.0)
            self._round = asyncio.get_running_loop().call_later(wait_s, self._go)

    def _contested(self, leaf: Leaf, origin: str) -> bool:
        """Whether another client has set it just now."""
        now_s = time.monotonic()
        former, set_s = self._setters.get(leaf, (origin, now_s))
        self._setters[leaf] = origin, now_s
        if former != origin and now_s - set_s < CONTESTED_S:
            self._contested_s[leaf] = now_s + CONTESTED_S
        return self._contested_s.get(leaf, now_s) > now_s

    def _go(self) -> None:
        self._round, self._busy = None, True
        self.turns.put(self, self._tell(), within="news")
        self.turns.wake()

    def _tell(self) -> Steps:
        count = burst = 0
        try:
            while self._pending:
                told, self._pending = self._pending, {}
                for leaf, origin in told.items():
                    packet = leaf.packet(self.shown[leaf.address])
                    for client in self.hearers():
                        if client.origin != origin:
                            client.send(packet)
                            count += 1
                    burst += 1
                    if burst % BURST == 0:
                        yield pause
                    elif count >= SENT:
                        count = 0
                        yield None
                yield pause
        finally:
            self._busy, self._last_s = False, time.monotonic()

    def close(self) -> None:
        if self._round is not None:
            self._round.cancel()
