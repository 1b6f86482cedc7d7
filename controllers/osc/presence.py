"""What lasts of a sender beyond one packet: how it wants to be told, where its fingers are, what it holds.

A socket has a presence of its own until it gives itself a name (/iam); then it shares the one of that name with every
socket of its host and role that has said the same: a tablet that comes back from another port goes on where it was.  On
the desk's loop.
"""

import math
from collections import Counter, OrderedDict
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from controllers.echo import Hand
from studiod.desk.desk import Desk
from studiod.desk.grants import Grant
from studiod.desk.identity import NAME_MAX, joined_as, named, plain_host
from studiod.net.osc_codec import encode
from studiod.registry.param import Refusal, told
from studiod.texts import printable

if TYPE_CHECKING:
    from controllers.osc.client import Client
    from controllers.osc.plan import Plan

NAMES_MAX, HOST_MAX = 512, 16  # names in all, and of one host


class Presence:
    """Of one socket, or of one name."""

    def __init__(self, desk: Desk, origin: str, name: str = "", host: str = "", joined: bool = False) -> None:
        """host: whose name it is; joined: it goes by an id of its own (/join), and its name is for people alone."""
        self.desk, self.name, self.hand, self.host, self.joined = desk, name, Hand(origin), host, joined
        self.sockets: list[Client] = []
        self.holds: dict[str, tuple[float, str]] = {}  # path: end of the lease, and by which origin
        self.fingers: dict[str, float] = {}  # path: end of the lease

    @property
    def origin(self) -> str:
        return self.hand.origin

    @property
    def grant(self) -> Grant | None:
        """What the tokens of its sockets give: of several the one that is over first."""
        grants = [client.grant for client in self.sockets if client.grant is not None]
        return min(grants, key=lambda grant: grant.ends_unix_s or math.inf, default=None)

    def join(self, client: "Client") -> None:
        if client not in self.sockets:
            self.sockets.append(client)

    def leave(self, client: "Client") -> None:
        """One socket less; with the last one fingers are up, and holds fall away."""
        if client in self.sockets:
            self.sockets.remove(client)
        if not self.sockets:
            self.let_go()

    def let_go(self) -> None:
        for path in list(self.fingers):
            self.touch(path, False)
        for origin in {self.origin, *(origin for _, origin in self.holds.values())}:
            self.desk.let_go(origin)
        self.holds.clear()

    def touch(self, path: str, down: bool, ends_s: float = 0.0) -> None:
        """A finger is down, until then or as long as the longest subscription; or it is up."""
        self.desk.touch(path, down, self.origin)
        if down:
            self.fingers[path] = ends_s
            self.hand.held.add(path)
            return
        self.fingers.pop(path, None)
        self.hand.held.discard(path)
        for sub in [sub for client in self.sockets for sub in client.subs.values()]:
            if path in sub.echo.pending:
                sub.wake()

    def hold(self, path: str, ends_s: float, origin: str) -> None:
        """A value is held until then, or as long as the longest subscription; origin: of its transaction."""
        self.holds[path] = ends_s, origin

    def sweep(self, now_s: float) -> None:
        """End what is over."""
        last_s = max((sub.ends_s for client in self.sockets for sub in client.subs.values()), default=0.0)
        for path in [path for path, ends_s in self.fingers.items() if max(ends_s, last_s) <= now_s]:
            self.touch(path, False)
        for path in [path for path, (ends_s, _) in self.holds.items() if max(ends_s, last_s) <= now_s]:
            self.desk.let_go(self.holds.pop(path)[1], path)


class Names:
    """The presences that have a name: so many, of which the ones without a socket give way, then the oldest."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._of: OrderedDict[str, Presence] = OrderedDict()  # by identity; used last, last
        self._hosts: Counter[str] = Counter()

    def __len__(self) -> int:
        return len(self._of)

    def known(self, origin: str) -> Presence | None:
        return self._of.get(origin)

    def take(self, client: "Client", name: str) -> Presence:
        """The one of a name, at a client's host and role."""
        return self._taken(client, named(client.role, client.host, name), name, False)

    def take_joined(self, client: "Client", id: str, name: str) -> Presence:
        """The one of an id, at a client's role, whatever its host; name: what it is called, "" as before."""
        presence = self._taken(client, joined_as(client.role, id), name, True)
        presence.name = name or presence.name
        return presence

    def _taken(self, client: "Client", origin: str, name: str, joined: bool) -> Presence:
        host = plain_host(client.host)
        presence = self._of.pop(origin, None)  # used last, last
        if presence is not None:
            self._left(presence.host)
            presence.host = host
        if self._hosts[host] >= HOST_MAX:
            self._give_way(host)
        elif len(self._of) >= NAMES_MAX:
            self._give_way(max(self._hosts, key=lambda known: self._hosts[known]))
        self._of[origin] = presence or Presence(self.desk, origin, name, host, joined)
        self._hosts[host] += 1
        return self._of[origin]

    def _left(self, host: str) -> None:
        self._hosts[host] -= 1
        if not self._hosts[host]:
            del self._hosts[host]

    def _give_way(self, host: str) -> None:
        """One name of a host is forgotten; its sockets are what they are without one."""
        side = [origin for origin, presence in self._of.items() if presence.host == host]
        gone = next((origin for origin in side if not self._of[origin].sockets), side[0])
        presence = self._of.pop(gone)
        self._left(host)
        for client in list(presence.sockets):
            client.become(client.unnamed())


def iam(plan: "Plan", args: list[Any]) -> None:
    """A name, which counts for all of the packet; "" for none again; without words: who the sender is."""
    client = plan.client
    if args:
        name = args[0]
        expected = f'a name of at most {NAME_MAX} characters, or "" for none'
        if len(args) > 1 or not isinstance(name, str) or len(name) > NAME_MAX or not printable(name):
            raise Refusal("iam", "not a name", expected, " ".join(told(arg) for arg in args[:3]))
        name = name.strip()
        if client.presence.joined:  # it stays who it is
            plan.do(lambda: setattr(client.presence, "name", name))
            plan.do(lambda: told_name(client))
            return
        origin = named(client.role, client.host, name) if name else client.socket_origin
        plan.origin = origin if plan.origin == plan.me else plan.origin
        plan.me = origin

        def steps() -> Iterator[None]:
            client.become(client.names.take(client, name) if name else client.unnamed())
            yield None

        plan.deeds.insert(0, steps)  # type: ignore[arg-type]
    plan.do(lambda: told_name(client))


def told_name(client: "Client") -> None:
    client.reply(encode("/iam", client.presence.name, str(client.desk.identities.of(client.origin))))
