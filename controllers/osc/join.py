"""/join: a connection says who it is, by an id that outlives it and with a token if it has one; and /clients.

The same id from the same role is the same origin, whatever connection or host it comes from: undo goes on, and an older
connection of that id is closed.  A token replaces the role of the address.  What is refused here never repeats what
came, which may be a token.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from controllers.access import Rights
from controllers.osc.client import Client
from controllers.osc.peers import Peers
from controllers.osc.plan import Plan
from controllers.osc.presence import NAME_MAX
from studiod.desk.grants import Grant
from studiod.net.osc_codec import Malformed, decode, encode
from studiod.registry.param import Refusal
from studiod.texts import plain, printable

WORD = "/join"
ID_MAX = 64  # characters
KNOCK_MAX = 1024  # bytes of a packet of who has no role yet
TONGUES = {"tcp": "OSC over TCP", "ws": "OSC over WebSocket"}


@dataclass(frozen=True, slots=True)
class Asked:
    """Who somebody says that he is, and what his token gives."""

    id: str
    name: str
    grant: Grant | None


class Joining:
    """Of one desk's OSC."""

    def __init__(self, peers: Peers, rights: Rights) -> None:
        self.peers, self.rights = peers, rights

    def join(self, plan: Plan, args: list[Any]) -> None:
        """The word, of who has a role already; what follows in its packet is still said by who it was."""
        asked = self._asked(plan.client, args)

        def become() -> None:
            self._become(plan.client, asked)

        plan.do(become)

    def knock(self, client: Client, data: bytes) -> bool:
        """A packet of a connection without a role: a /join with a token, done at once, so that its next packet has the
        role; or nothing that is for it to say: False."""
        if client.address[-1] != "ws" or len(data) > KNOCK_MAX or not data.startswith(WORD.encode() + b"\0"):
            return False
        try:
            ((_, args),) = decode(data)[0]
            if not self._become(client, self._asked(client, args)):
                raise Refusal("join", "this address has no role of its own", "a token", remedy="ask for one")
        except Malformed:
            client.complain(WORD, "join: malformed packet", malformed=True)
        except Refusal as fault:
            client.complain(WORD, str(fault))
        return True

    def _asked(self, client: Client, args: list[Any]) -> Asked:
        """What a /join says, its token found.  Raises Refusal, without what came."""
        if client.address[-1] != "ws":
            remedy = "/iam NAME gives a socket a name; /join goes over a WebSocket"
            raise Refusal("join", "not a connection that it could be for", "a WebSocket", remedy=remedy)
        expected = f"an id of 1 to {ID_MAX} characters, then a name of at most {NAME_MAX}, then a token, both if wanted"
        if not 1 <= len(args) <= 3 or not all(isinstance(arg, str) for arg in args):
            raise Refusal("join", "not one to three texts", expected)
        id, name, token = [*args, "", ""][:3]
        if not id.strip() or len(id) > ID_MAX or not printable(id):
            raise Refusal("join", "not an id", expected)
        if len(name) > NAME_MAX or not printable(name):
            raise Refusal("join", "not a name", expected)
        return Asked(id, name.strip(), self.rights.grant(client.host, token, client.here) if token else None)

    def _become(self, client: Client, asked: Asked) -> bool:
        """The connection has that role and that id from now on; False where it would have no role."""
        if client.gone:  # since it asked
            return True
        if asked.grant is not None:
            client.grant, client.role = asked.grant, asked.grant.role
        if client.role == "none":
            return False
        name = asked.name or (asked.grant.name if asked.grant is not None else "")
        presence = client.names.take_joined(client, asked.id, name)
        for older in [other for other in presence.sockets if other is not client]:
            older.hang_up("it joined anew, from another connection")
        client.become(presence)
        who = plain(str(client.desk.identities.of(client.origin)))
        client.reply(encode(WORD, presence.name, client.role, who))
        return True

    def over(self, client: Client) -> bool:
        """Whether the token of a client is revoked or over; then its connection ends."""
        if client.grant is None or self.rights.still(client.grant, client.host):
            return False
        client.role = "none"
        client.hang_up("its token was revoked, or is over")
        return True

    def clients(self, plan: Plan, args: list[Any]) -> None:
        """Who is there, the one who came first first."""
        client = plan.client

        def told() -> Iterator[bytes]:
            here = sorted(self.peers.clients.values(), key=lambda one: one.since_unix_s)
            for one in here:
                address = one.host if client.role == "admin" else ""
                tongue = TONGUES.get(str(one.address[-1]), "OSC over UDP")
                since = datetime.fromtimestamp(one.since_unix_s).strftime("%Y-%m-%dT%H:%M:%S")
                yield encode("/clients", one.presence.name, address, one.role, tongue, since, one.dropped)
            yield encode("/clients/end", len(here))

        plan.do(lambda: client.stream("clients", told()))
