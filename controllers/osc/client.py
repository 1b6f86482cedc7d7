"""One OSC peer: its subscriptions with leases, and what is on its way to it.

Long answers are generators that read values while they are sent, one bundle a millisecond, so that no socket buffer
overflows and no queue grows.  All that it is sent is work of its own (controllers/turns.py): others do not wait for it.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Set
from typing import Any

from controllers.access import is_loopback
from controllers.echo import Hand
from controllers.mirror import Mirror
from controllers.osc.allowance import Allowance, Ledger
from controllers.osc.meter_feed import Stream
from controllers.osc.presence import Names, Presence
from controllers.osc.subscription import Address, Subscription, wired
from controllers.patience import Patience
from controllers.turns import Job, Turns
from studiod.desk.desk import Desk
from studiod.desk.grants import Grant
from studiod.desk.identity import socket
from studiod.net.osc_codec import BUNDLE_MAX, bundles, encode
from studiod.registry.registry import Param, Value

PACE_S, LEASE_S = 0.001, 30.0
JOBS_MAX, BURST, PER_S = 32, 200, 50.0  # the last two: of refusals that are told one by one
BACK_S, BACK_MAX = 1.0, 3  # an answer that comes back as a command: so often a second it may be a button
NEAR = 2e-6  # of a travel: positions go as float32
Send = Callable[[bytes, Address], object]
_log = logging.getLogger(__name__)


class Client:
    """Made at a peer's first message, forgotten when nothing of it is left."""

    def __init__(
        self,
        address: Address,
        role: str,
        send: Send,
        *,
        desk: Desk,
        turns: Turns | None = None,
        who: Callable[[], tuple[Hashable, Hashable]] | None = None,
        ledger: Ledger | None = None,
        names: Names | None = None,
        exempt: bool = False,
    ) -> None:
        """who: whose turns its work takes, and of which share (controllers/turns.py); names: of all, or its own."""
        self.address, self.role, self._send, self.desk = address, role, send, desk
        self.host = str(address[0])
        self._who = who or (lambda: (address, address))
        self.turns = turns or Turns()
        self.socket_origin = socket(*address)
        self.names = Names(desk) if names is None else names  # one that is empty is no less shared
        self.presence = self.unnamed()
        self.presence.join(self)
        self.mirror = Mirror(self._same, self._again)
        self.subs: dict[tuple[Address, str], Subscription] = {}
        self.streams: dict[tuple[Address, str], Stream] = {}  # of meters, by bank
        self.heard_s = time.monotonic()
        self.allowance = Allowance(ledger or Ledger(), self.host, self.heard_s, exempt or wired(address))
        self.alive = 0
        self.untold = 0  # refusals that were too many
        self.blocked = self.gone = False  # its connection takes no more for now; is over
        self.here, self.settled = is_loopback(self.host), False  # forwarded by nothing; of the settings: never leaves
        self.grant: Grant | None = None  # what its token gives
        self.since_unix_s, self.dropped = time.time(), 0  # packets that it was not sent
        self.most, self.pace_s = BUNDLE_MAX, PACE_S  # of a packet; from one of a long answer to the next
        self.hang_up: Callable[[str], None] = lambda why: None  # ends its connection
        self.tell: Callable[[str], None] = lambda text: None  # what is no OSC, where its connection can carry that
        self._patience = {
            False: Patience(BURST, PER_S),
            True: Patience(BURST // 10, PER_S / 10),
        }  # the second: malformed
        self._answers, self._returned = deque[tuple[bytes, float]](maxlen=16), deque[float](maxlen=BACK_MAX)
        self._jobs: dict[object, tuple[Iterator[bytes], Address]] = {}
        self._pump: asyncio.TimerHandle | None = None

    @property
    def origin(self) -> str:
        """Of what it changes."""
        return self.presence.origin

    @property
    def hand(self) -> Hand:
        return self.presence.hand

    def unnamed(self) -> Presence:
        """A presence of its own."""
        return Presence(self.desk, self.socket_origin)

    def become(self, presence: Presence) -> None:
        """Another than before: by its name, or without one.  What it held as the other goes as if it had left."""
        before, self.presence = self.presence, presence
        if presence is before:
            return
        presence.join(self)
        before.leave(self)
        for sub in self.subs.values():
            sub.echo.hand = presence.hand

    def lasts(self) -> bool:
        """Whether it has a lease: then it is somebody of its own, and not only its host."""
        return bool(self.subs or self.streams)

    @property
    def who(self) -> tuple[Hashable, Hashable]:
        return self._who()

    def put(self, job: Job) -> None:
        """Work of its own, behind what it has sent."""
        who, within = self.who
        self.turns.put(who, job, 0, within)
        self.turns.wake()

    def busy(self) -> bool:
        return bool(self.subs or self.streams or self.presence.holds or self.presence.fingers)

    def idle(self, now_s: float) -> bool:
        return not (self.busy() or self._jobs) and now_s - self.heard_s > 60.0

    def heard(self, now_s: float) -> None:
        self.heard_s = max(self.heard_s, now_s)
        if self.allowance.heard(now_s):
            self.flow(not self.blocked)

    # -- what it is sent ---------------------------------------------------------------------------------------------

    def send_to(self, packet: bytes, to: Address) -> None:
        if self.allowance.take(len(packet), time.monotonic()):
            self._send(packet, to)
        else:
            self.dropped += 1

    def reply(self, packet: bytes) -> None:
        self.send_to(packet, self.address)

    def answer(self, packet: bytes) -> None:
        """The one line of a command's answer.  Another desk would take some of them for a command."""
        self._answers.append((packet, time.monotonic()))
        self.reply(packet)

    def returns(self, packet: bytes) -> bool:
        """Whether a command is our own answer, on its way between two desks, again and again."""
        if not self._answers:
            return False
        now_s = time.monotonic()
        if not any(sent == packet and now_s - at_s <= BACK_S for sent, at_s in self._answers):
            return False
        if len(self._returned) == BACK_MAX and now_s - self._returned[0] <= BACK_S:
            return True
        self._returned.append(now_s)
        return False

    def complain(self, address: str, text: str, malformed: bool = False) -> None:
        """A refusal, told at a bounded rate; those that were not are counted, and told as a number."""
        if not self._patience[malformed].take(time.monotonic()):
            self.untold += 1
            return
        if self.untold:
            text, self.untold = f"{text} (and {self.untold} refusals before it that were not told one by one)", 0
        self.reply(encode("/error", address, text))

    def late(self, address: str, ms: float) -> None:
        self.reply(encode("/late", address, ms))

    def beat(self) -> None:
        """A sign of life to each place that a subscription goes to; who only listens in OSCQuery's way gets none."""
        self.alive += 1
        for to in {to for to, pattern in self.subs if pattern.startswith("/")}:
            if not (self.blocked and to == self.address):
                self.send_to(encode("/alive", self.alive), to)

    def full(self, to: Address) -> bool:
        return (self.blocked and to == self.address) or self.allowance.shut(time.monotonic())

    def flow(self, on: bool) -> None:
        """The peer has read on, or has stopped reading: then nothing but short answers is sent until it goes on."""
        self.blocked = not on
        if not on:
            return
        for sub in self.subs.values():
            if sub.echo.pending:
                sub.wake()
        if self._pump is None and self._jobs:
            self._next()

    def _waits(self) -> bool:
        """Whether something is held back that no timer will bring."""
        idle = bool(self._jobs) and self._pump is None
        return idle or any(sub.echo.pending and sub.timer is None for sub in self.subs.values())

    def work(self, job: Iterable[None]) -> None:
        """Send something in slices, beside what this peer itself has asked for."""

        def run() -> Generator[None, Any, None]:
            yield from job

        who, within = self.who
        self.turns.put(("out", who), run(), 0, ("out", within))
        self.turns.wake()

    def crowded(self) -> bool:
        """Whether so many answers are on their way that the next question waits."""
        return len(self._jobs) >= JOBS_MAX

    def stream(self, key: object, messages: Iterable[bytes], to: Address | None = None) -> None:
        """Send in paced bundles; the same key starts afresh."""
        self._jobs[key] = (bundles(messages, self.most), to or self.address)
        if self._pump is None:
            self._next()

    def _next(self) -> None:
        self._pump = None
        self.work(self._go_on())

    def _go_on(self) -> Iterator[None]:
        """One packet of the first answer that may go on."""
        if self._pump is not None:
            return
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
                yield
                continue
            self.send_to(packet, to)
            if self.pace_s:
                self._pump = asyncio.get_running_loop().call_later(self.pace_s, self._next)
                return
            yield

    # -- values that cross (controllers/mirror.py) -------------------------------------------------------------------

    def _same(self, path: str, one: Value, other: Value) -> bool:
        param: Param = self.desk.registry.params[path]
        return one == other or (param.kind == "number" and abs(param.to_turn(one) - param.to_turn(other)) < NEAR)

    def _again(self, paths: list[str]) -> None:
        held = [(path, self.desk.get(path)) for path in paths]
        for sub in self.subs.values():
            if sub.echo.again(held) and not self.full(sub.to):
                self.work(sub.flush())

    # -- what it holds -----------------------------------------------------------------------------------------------

    def drop(self, key: tuple[Address, str]) -> None:
        self.subs.pop(key).close()
        self._jobs.pop(("sub", key), None)

    def mute(self) -> None:
        """No more meters."""
        for stream in self.streams.values():
            stream.leave()
        self.streams.clear()

    def unreachable(self, places: Set[Address]) -> None:
        """What goes to places where nobody listens ends, but for what the settings ask for."""
        if self.settled or not places:
            return
        for key in [key for key in self.subs if key[0] in places]:
            self.drop(key)
        for key in [key for key in self.streams if key[0] in places]:
            self.streams.pop(key).leave()

    def sweep(self, now_s: float) -> None:
        """End what is over."""
        for key in [key for key, sub in self.subs.items() if sub.ends_s <= now_s]:
            self.drop(key)
        for bank in [bank for bank, stream in self.streams.items() if stream.ends_s <= now_s]:
            self.streams.pop(bank).leave()
        if self._waits() and not self.allowance.shut(now_s):
            self.flow(not self.blocked)  # what there was no room for goes on
        if self.allowance.silent(now_s):  # answers that nobody waits for any more; a snapshot goes on when it is back
            for old in [key for key in self._jobs if not (isinstance(key, tuple) and key[0] == "sub")]:
                del self._jobs[old]
        self.presence.sweep(now_s)
        self.mirror.rest()

    def close(self) -> None:
        for key in list(self.subs):
            self.drop(key)
        self.mute()
        self.mirror.close()
        self.presence.leave(self)
        self._jobs.clear()  # what is left of an answer is over with it
        if self._pump is not None:
            self._pump.cancel()
            self._pump = None
