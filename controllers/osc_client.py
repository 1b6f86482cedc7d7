"""One OSC peer: its subscriptions with leases, its fingers and holds, and what is on its way to it.

Newest value wins: a subscription keeps one pending value a path and sends at most `max_hz` times a second.  Long
answers are generators that read values while they are sent, one bundle a millisecond, so that no socket buffer
overflows and no queue grows.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Set
from typing import Any, Protocol

from controllers.echo import Echo, Hand
from controllers.osc_codec import bundles, encode
from studiod.desk import Desk
from studiod.params import Param, Value

PACE_S = 0.001
JOBS_MAX = 32
LEASE_S = 30.0
Address = tuple[Any, ...]  # host, port and, for a peer on TCP, "tcp"
Send = Callable[[bytes, Address], None]
_log = logging.getLogger(__name__)


def message(param: Param, value: Value, turn: bool) -> bytes:
    """A value as it goes over the wire: f, i or s; under /turn/ its position."""
    if turn:
        return encode(f"/turn/{param.path}", float(param.to_turn(value)))
    return encode(f"/{param.path}", float(value) if param.kind == "number" else value)


class Subscription:
    """What one pattern delivers to one place until its lease ends."""

    def __init__(self, client: "Client", to: Address, pattern: str, paths: Set[str], turn: bool, desk: Desk) -> None:
        self.client, self.to, self.pattern, self.turn, self.desk = client, to, pattern, turn, desk
        self.echo = Echo(client.hand, paths, self.wake)
        self.hz, self.ends_s = 50.0, 0.0
        self.last_s = 0.0
        self.timer: asyncio.TimerHandle | None = None
        self.unlisten = desk.listen(self.echo.hear)

    def wake(self) -> None:
        if self.timer is None:
            loop = asyncio.get_running_loop()
            self.timer = loop.call_at(max(loop.time(), self.last_s + 1.0 / self.hz), self._flush)

    def _flush(self) -> None:
        self.timer = None
        if self.client.full(self.to):
            return  # what is pending stays pending, and is replaced by what is newer, until the peer reads on
        self.last_s = asyncio.get_running_loop().time()
        params = self.desk.registry.params
        out = []
        for path, value in self.echo.take().items():
            if not (self.turn and params[path].kind == "text"):
                out.append(message(params[path], value, self.turn))
        if len(out) == 1:
            self.client.send(out[0], self.to)
            return
        for packet in bundles(out):
            self.client.send(packet, self.to)

    def close(self) -> None:
        self.unlisten()
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None


class Stream(Protocol):
    """Meters on their way (osc_meters.py)."""

    ends_s: float

    def close(self) -> None: ...


class Client:
    """Made at a peer's first message, forgotten when nothing of it is left."""

    def __init__(self, address: Address, role: str, send: Send, origin: str = "") -> None:
        self.address, self.role, self.send = address, role, send
        self.origin = origin or f"osc:{address[0]}:{address[1]}"
        self.hand = Hand(self.origin)
        self.subs: dict[tuple[Address, str], Subscription] = {}
        self.streams: dict[tuple[Address, str], Stream] = {}  # of meters, by bank
        self.holds: dict[str, tuple[Value, Value, float]] = {}  # path: before, held, end of the lease
        self.fingers: dict[str, float] = {}  # path: end of the lease
        self.heard_s = time.monotonic()
        self.alive = 0
        self.blocked = self.gone = False  # its connection takes no more for now; is over
        self._jobs: dict[object, tuple[Iterator[bytes], Address]] = {}
        self._pump: asyncio.TimerHandle | None = None

    def idle(self, now_s: float) -> bool:
        return (
            not (self.subs or self.streams or self.holds or self.fingers or self._jobs) and now_s - self.heard_s > 60.0
        )

    def reply(self, packet: bytes) -> None:
        self.send(packet, self.address)

    def full(self, to: Address) -> bool:
        return self.blocked and to == self.address

    def flow(self, on: bool) -> None:
        """The peer has read on, or has stopped reading: then nothing but short answers is sent until it goes on."""
        self.blocked = not on
        if not on:
            return
        for sub in self.subs.values():
            if sub.echo.pending:
                sub.wake()
        if self._pump is None:
            self._go_on()

    def stream(self, key: object, messages: Iterable[bytes], to: Address | None = None) -> bool:
        """Send in paced bundles; the same key starts afresh.  False when too much is on its way already."""
        if key not in self._jobs and len(self._jobs) >= JOBS_MAX:
            return False
        self._jobs[key] = (bundles(messages), to or self.address)
        if self._pump is None:
            self._go_on()
        return True

    def _go_on(self) -> None:
        self._pump = None
        while open_keys := [key for key, (_, to) in self._jobs.items() if not self.full(to)]:
            key = open_keys[0]
            job, to = self._jobs[key]
            try:
                packet = next(job, None)
            except Exception:
                _log.exception("an answer to %s was lost", self.origin)
                packet = None
            if packet is None:
                del self._jobs[key]
                continue
            self.send(packet, to)
            self._pump = asyncio.get_running_loop().call_later(PACE_S, self._go_on)
            return

    def drop(self, key: tuple[Address, str]) -> None:
        self.subs.pop(key).close()
        self._jobs.pop(("sub", key), None)

    def mute(self) -> None:
        """No more meters."""
        for stream in self.streams.values():
            stream.close()
        self.streams.clear()

    def touch(self, desk: Desk, path: str, down: bool, now_s: float) -> None:
        desk.touch(path, down, self.origin)
        if down:
            self.fingers[path] = now_s + LEASE_S
            self.hand.held.add(path)
            return
        self.fingers.pop(path, None)
        self.hand.held.discard(path)
        for sub in self.subs.values():
            if path in sub.echo.pending:
                sub.wake()

    def sweep(self, desk: Desk, now_s: float) -> None:
        """End what is over.  Fingers and holds live as long as the longest subscription, or their own 30 s."""
        for key in [key for key, sub in self.subs.items() if sub.ends_s <= now_s]:
            self.drop(key)
        for bank in [bank for bank, stream in self.streams.items() if stream.ends_s <= now_s]:
            self.streams.pop(bank).close()
        last_s = max((sub.ends_s for sub in self.subs.values()), default=0.0)
        for path in [path for path, ends_s in self.fingers.items() if max(ends_s, last_s) <= now_s]:
            self.touch(desk, path, False, now_s)
        for path in [path for path, hold in self.holds.items() if max(hold[2], last_s) <= now_s]:
            self.fall_back(desk, path)

    def fall_back(self, desk: Desk, path: str) -> None:
        """A hold is over: back to the value before, if the held one still stands."""
        before, held, _ = self.holds.pop(path)
        if desk.get(path) == held:
            desk.set(path, before, "osc:lease")

    def close(self, desk: Desk) -> None:
        for key in list(self.subs):
            self.drop(key)
        self.mute()
        for path in list(self.fingers):
            self.touch(desk, path, False, 0.0)
        for path in list(self.holds):
            self.fall_back(desk, path)
        self._jobs.clear()
        if self._pump is not None:
            self._pump.cancel()
            self._pump = None
