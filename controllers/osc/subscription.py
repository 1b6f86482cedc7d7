"""What one pattern of one OSC client delivers to one place until its lease ends: a snapshot, then each change."""

import asyncio
from collections.abc import Iterable, Iterator, Set
from typing import TYPE_CHECKING, Any

from controllers.echo import Echo
from controllers.osc.hosts import same_host
from studiod.desk.desk import Desk
from studiod.desk.identity import place_of
from studiod.net.osc_codec import bundles, encode
from studiod.registry.registry import Param, Value

if TYPE_CHECKING:
    from controllers.osc.client import Client
    from controllers.osc.feed import Feed

Address = tuple[Any, ...]  # host, port and, for a peer with a connection, "tcp" or "ws"


def wired(address: Address) -> bool:
    """Whether a peer has a connection: then its address is no forgery, and it lives as long as that."""
    return len(address) > 2


def message(param: Param, value: Value, turn: bool) -> bytes:
    """A value as it goes over the wire: f, i or s; under /turn/ its position."""
    if turn:
        return encode(f"/turn/{param.path}", float(param.to_turn(value)))
    return encode(f"/{param.path}", float(value) if param.kind == "number" else value)


class Subscription:
    """Newest value wins: one pending value a path, sent at most `hz` times a second.

    Changes come from its feed, which sends them to all alike; here waits what this one gets by itself.
    """

    def __init__(self, client: "Client", to: Address, pattern: str, paths: Set[str], turn: bool, desk: Desk) -> None:
        self.client, self.to, self.pattern, self.turn, self.desk = client, to, pattern, turn, desk
        self.echo = Echo(client.hand, paths, self.wake, self._beside)
        self.hz, self.ends_s = 50.0, 0.0
        self.last_s = 0.0
        self.timer: asyncio.TimerHandle | None = None
        self.feed: Feed | None = None

    def _beside(self, origin: str) -> bool:
        """What goes to another port than the asker's own: whoever of that host has no name may be the app behind it."""
        if (self.to == self.client.address and not self.client.settled) or self.client.presence.name:
            return False
        place = place_of(origin)
        return place is not None and same_host(place[0], str(self.to[0]))

    def apart(self, news: dict[str, Value], writers: Set[str]) -> bool:
        """Whether changes, set by these, concern it otherwise than others."""
        hand = self.echo.hand
        if self.echo.pending or not hand.held.isdisjoint(news):
            return True
        return not hand.own and any(hand.is_me(writer) or self._beside(writer) for writer in writers)

    def take(self, news: dict[str, Value], by: dict[str, str]) -> None:
        """Changes that concern it otherwise than others: what it has not set itself waits for a frame of its own."""
        for writer in set(by.values()):
            self.echo.hear(writer, {path: value for path, value in news.items() if by[path] == writer})

    def packets(self, news: dict[str, Value]) -> Iterator[bytes]:
        """Changes as they go to everybody who wants them as this one does."""
        return bundled(self._messages(news))

    def send_all(self, packets: list[bytes], news: dict[str, Value]) -> None:
        """Packets that everybody gets; what it cannot take now waits."""
        for packet in packets:
            if self.client.full(self.to):
                self.echo.pending |= news
                return
            self.client.send_to(packet, self.to)

    def leave(self) -> None:
        """No more changes come."""
        if self.feed is not None:
            self.feed.leave(self)
            self.feed = None

    def wake(self) -> None:
        if self.timer is None and not self.client.full(self.to):
            loop = asyncio.get_running_loop()
            self.timer = loop.call_at(max(loop.time(), self.last_s + 1.0 / self.hz), self._due)

    def _due(self) -> None:
        self.timer = None
        if self.client.full(self.to):
            return  # what is pending stays pending, and is replaced by what is newer, until the peer reads on
        self.last_s = asyncio.get_running_loop().time()
        self.client.work(self.flush())

    def flush(self) -> Iterator[None]:
        """Send what is pending, in slices."""
        held = self.echo.take()
        self.client.mirror.told(held.items())
        for packet in bundled(self._messages(held)):
            if self.client.full(self.to):
                self.echo.pending = held | self.echo.pending
                return
            self.client.send_to(packet, self.to)
            yield

    def _messages(self, held: dict[str, Value]) -> Iterator[bytes]:
        params = self.desk.registry.params
        for path, value in held.items():
            if not (self.turn and params[path].kind == "text"):
                yield message(params[path], value, self.turn)

    def snapshot(self, order: Iterable[Param]) -> Iterator[bytes]:
        """Every value as it stands when it is sent, and how many they were."""
        count = 0
        for param in order:
            if not (self.turn and param.kind == "text"):
                value = self.desk.get(param.path)
                self.client.mirror.told([(param.path, value)])
                count += 1
                yield message(param, value, self.turn)
        yield encode("/snapshot/end", self.pattern, count)

    def close(self) -> None:
        self.leave()
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


def bundled(messages: Iterable[bytes]) -> Iterator[bytes]:
    """Packets: one message as it is, more of them in bundles."""
    some = iter(messages)
    first = next(some, None)
    if first is None:
        return
    second = next(some, None)
    if second is None:
        yield first
        return

    def rest() -> Iterator[bytes]:
        yield first
        yield second
        yield from some

    yield from bundles(rest())
