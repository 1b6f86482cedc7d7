"""Changes on their way to many: those who want the same pattern at the same rate share what is collected and encoded.

Whoever wrote one of the paths in that time, has a finger on one, or has something waiting, gets a frame of its own
without it (controllers/echo.py); who cannot take anything now keeps the newest value of each path, and nobody waits.
"""

import asyncio
import time
from collections.abc import Hashable, Set
from typing import TYPE_CHECKING

from controllers.mirror import Told
from controllers.osc.shared import Shared, told
from controllers.turns import Steps, Turns
from studiod.desk.desk import Desk
from studiod.registry.registry import Value

if TYPE_CHECKING:
    from controllers.osc.subscription import Subscription


class Feed:
    """One pattern at one rate."""

    def __init__(self, desk: Desk, turns: Turns, share: Hashable, hz: float) -> None:
        self.desk, self.turns, self.share, self.hz = desk, turns, share, hz
        self.members: dict[Subscription, None] = {}
        self.told = Told()
        self._news: dict[str, Value] = {}
        self._by: dict[str, str] = {}  # who set each of them last
        self._paths: Set[str] = frozenset()
        self._last_s = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._busy = False  # a frame is on its way
        self._unlisten = lambda: None

    def join(self, sub: "Subscription") -> None:
        if not self.members:
            self._paths = sub.echo.paths
            self._unlisten = self.desk.listen(self._hear)
        self.members[sub] = None
        sub.client.mirror.shared.append(self.told)

    def leave(self, sub: "Subscription") -> None:
        if self.members.pop(sub, self) is self:
            return
        shared = sub.client.mirror.shared
        if self.told in shared:
            shared.remove(self.told)
        if not self.members:
            self._unlisten()
            self._news, self._by = {}, {}
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _hear(self, origin: str, news: dict[str, Value]) -> None:
        """A listener for desk.listen."""
        if self._paths.isdisjoint(news):
            return
        for path, value in news.items():
            if path in self._paths:
                self._news[path] = value
                self._by[path] = origin
        self._wake()

    def _wake(self) -> None:
        if self._timer is None and not self._busy and self._news:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(max(loop.time(), self._last_s + 1.0 / self.hz), self._due)

    def _due(self) -> None:
        self._timer, self._busy = None, True
        self._last_s = asyncio.get_running_loop().time()
        self.turns.put(self, self._frame(), 0, self.share)
        self.turns.wake()

    def _frame(self) -> Steps:
        """What has changed since the frame before, to everybody, in slices."""
        try:
            news, by = self._news, self._by
            self._news, self._by = {}, {}
            writers = set(by.values())
            now_s = time.monotonic()
            packets: list[bytes] | None = None

            def tell(sub: "Subscription") -> None:
                nonlocal packets
                if sub.apart(news, writers):
                    sub.client.mirror.left_out(news, now_s)
                    sub.take(news, by)
                    return
                if packets is None:
                    self.told.put(news.items(), now_s)
                    packets = list(sub.packets(news))
                sub.send_all(packets, news)

            yield from told(self.members, tell, "changes")
        finally:
            self._busy = False
            self._wake()


class Feeds:
    """All of one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.shared = Shared["Subscription"]()

    def put(self, sub: "Subscription", hz: float) -> None:
        """A subscription gets its changes at a rate from now on, together with its like."""
        self.shared.put(sub, (sub.pattern, hz), lambda share: Feed(self.desk, sub.client.turns, share, hz))
