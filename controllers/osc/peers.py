"""Who speaks to the OSC port: roles, clients, and tables that give way (controllers/places.py).

A host without a role is not read at all.  Senders by UDP may be forged: until a host of the network has spoken twice, a
second apart, it has a part of one share of the turns with all such hosts.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Hashable
from dataclasses import replace
from functools import lru_cache
from heapq import nsmallest
from itertools import islice

from controllers.access import is_loopback
from controllers.osc.allowance import Ledger
from controllers.osc.client import Client, Send
from controllers.osc.presence import Names
from controllers.osc.subscription import Address, wired
from controllers.patience import Patience
from controllers.places import gives_way
from controllers.turns import Turns
from studiod.desk.desk import Desk
from studiod.desk.grants import Grant
from studiod.desk.identity import KEPT, Identity, place_of, said_by
from studiod.net.osc_codec import heads_of
from studiod.registry import roles
from studiod.registry.registry import Refusal

CLIENTS_MAX, HERE_MAX = 1024, 256  # of the network; of this machine
HOST_MAX = 64  # clients of one host of the network
SUBS_ALL, SUBS_HERE = 1024, 512  # subscriptions of the network; of this machine
STRANGERS_PER_S = 20  # refusals told to hosts without a role, all together; to each at most one
ROLES_MAX = 4096  # hosts whose roles are known
PACKETS_PER_S, PACKETS_HERE = 8_000.0, 40_000.0  # of a host by UDP; of this machine: more is not even put in line
_log = logging.getLogger(__name__)


@lru_cache(KEPT)
def _known_as(who: Identity, id: str, role: str, grant: Grant | None) -> Identity:
    return replace(who, id=id, role=role, grant=grant)


class Peers:
    """Attributes: clients by address; refused, packets of hosts without a role."""

    def __init__(self, desk: Desk, turns: Turns, rights: Callable[[str], str]) -> None:
        self.desk, self.turns, self.rights = desk, turns, rights
        self.clients: dict[Address, Client] = {}
        self.refused = 0
        self.names = Names(desk)
        self._ledger = Ledger()
        self._roles: dict[str, tuple[str, Patience]] = {}
        self._proven: dict[str, None] = {}  # hosts that have spoken twice, a second apart
        self._told_s: dict[str, float] = {}  # when a host, or the log, was last told of a trouble
        self._places = {
            True: 0,
            False: 0,
        }  # that are free at the least, of this machine and of the network; then counted
        self._spare = {True: 0, False: 0}  # the same of subscriptions
        self._of_host: Counter[str] = Counter()  # clients by UDP
        self._strangers: tuple[float, int] = (0.0, 0)  # refusals in this second
        desk.identities.known["osc"] = self.identity

    def role(self, host: str) -> str:
        return self._known(host)[0]

    def floods(self, host: str, now_s: float) -> bool:
        """Whether a host sends more packets than anybody needs."""
        return not self._known(host)[1].take(now_s)

    def _known(self, host: str) -> tuple[str, Patience]:
        known = self._roles.get(host)
        if known is None:
            if len(self._roles) >= ROLES_MAX:
                self._roles.clear()
            per_s = PACKETS_HERE if is_loopback(host) else PACKETS_PER_S
            known = self._roles[host] = self.rights(host), Patience(per_s, per_s)
        return known

    def who(self, addr: Address) -> tuple[Hashable, Hashable]:
        """Whose turns a sender's work takes, a program's of this machine or a host's; and of which share they are."""
        host = str(addr[0])
        if is_loopback(host):
            return addr, addr
        return (host, host) if wired(addr) or host in self._proven else (("unproven", host), "unproven")

    def make(self, addr: Address, role: str, send: Send, exempt: bool = False) -> Client:
        return Client(
            addr, role, send, desk=self.desk, turns=self.turns, who=lambda: self.who(addr),
            ledger=self._ledger, names=self.names, exempt=exempt,
        )  # fmt: skip

    def identity(self, origin: str) -> Identity:
        """Who an origin is: a name, a socket while it has a lease, or else its host."""
        who, place = said_by(origin), place_of(origin)
        if place is None:
            presence = self.names.known(origin)
            if presence is None:
                return who
            if presence.joined:
                who = replace(who, name=presence.name, host=presence.host)
            return replace(who, grant=presence.grant)
        host, port, wire = place
        client = self.clients.get((host, port, wire) if wire else (host, port))
        if client is None:
            return _known_as(who, who.id, self.role(host), None)
        return _known_as(who, origin if client.lasts() else who.id, client.role, client.grant)

    def welcome(self, addr: Address, role: str, send: Send) -> Client:
        """The client at an address, which has just spoken; a new one has room made for it."""
        client = self.clients.get(addr)
        if client is None:
            self._make_room(str(addr[0]))
            client = self.clients[addr] = self.make(addr, role, send)
            self._of_host[client.host] += 1
        client.heard(time.monotonic())
        if client.allowance.proven and client.host not in self._proven:
            if len(self._proven) >= ROLES_MAX:
                del self._proven[next(iter(self._proven))]
            self._proven[client.host] = None
        return client

    def refuse(self, data: bytes, addr: Address, send: Send, needs: Callable[[str, bool], str]) -> None:
        """A host without a role: told once a second, and nothing of what it says is read but two addresses.

        needs: the role that an address needs, with values or without; "" for what gets no answer.
        """
        self.refused += 1
        second_s, count = self._strangers
        now_s = time.monotonic()
        if now_s - second_s >= 1.0:
            second_s, count = now_s, 0
        self._strangers = second_s, count + 1
        if count >= STRANGERS_PER_S:
            return
        asked = [(need, address) for address, sets in islice(heads_of(data), 2) if (need := needs(address, sets))]
        if not asked or not self.may_tell(str(addr[0])):
            return
        need, address = max(asked, key=lambda pair: roles.rank(pair[0]))  # a name (/iam) may stand before it
        reason = f"needs the role {need}; grant it in [access]"
        self.make(addr, "none", send).complain(address, f"{address[1:]}: {reason}")
        _log.warning("refused %s: %s (%d so far)", addr[0], reason, self.refused)

    def may_tell(self, whom: str) -> bool:
        """Once a second."""
        now_s = time.monotonic()
        if now_s - self._told_s.get(whom, -1.0) < 1.0:
            return False
        if len(self._told_s) > 1000:
            self._told_s.clear()
        self._told_s[whom] = now_s
        return True

    def forget_roles(self) -> None:
        """The rights have changed: each host's is asked anew.  Who has none now is forgotten, but for connections,
        which end by themselves, and for clients of the settings."""
        self._roles.clear()
        for client in list(self.clients.values()):
            if client.grant is not None:
                continue  # which replaces its address's
            forwarded = is_loopback(client.host) and not client.here
            was, client.role = client.role, "none" if forwarded else self.role(client.host)
            lost = client.role == "none" and client.address[-1] == "ws"
            if client.role != was and (lost or client.presence.joined):
                client.hang_up("its address has another role now")
            elif client.presence.name and client.role != was:
                client.become(self.names.take(client, client.presence.name))
            if client.role == "none" and not wired(client.address) and not client.settled:
                self.forget(client)

    def forget(self, client: Client) -> None:
        if self.clients.pop(client.address, None) is not None and not wired(client.address) and not client.settled:
            self._of_host[client.host] -= 1
            if self._of_host[client.host] <= 0:
                del self._of_host[client.host]
        client.close()

    def _side(self, here: bool) -> list[Client]:
        """Who can give way, of this machine or of the network: neither connections nor clients of the settings."""
        return [
            client
            for client in self.clients.values()
            if is_loopback(client.host) == here and not wired(client.address) and not client.settled
        ]

    def _make_room(self, host: str) -> None:
        """For one more client; some leave at a time, since looking for them costs."""
        here = is_loopback(host)
        if not here and self._of_host[host] >= HOST_MAX:
            for gone in gives_way([client for client in self._side(here) if client.host == host], 1 + HOST_MAX // 16):
                self.forget(gone)
        self._places[here] -= 1
        if self._places[here] >= 0:
            return
        most, side = HERE_MAX if here else CLIENTS_MAX, self._side(here)
        leaves = gives_way(side, 1 + most // 64) if len(side) >= most else []
        for gone in leaves:
            self.forget(gone)
        self._places[here] = most - len(side) + len(leaves) - 1

    def make_room_to_subscribe(self, new: Client) -> None:
        """For one more subscription: who has been silent for long gives way, then of the host that has most the longest
        silent client.  Raises Refusal when there is nobody."""
        here = is_loopback(new.host)
        self._spare[here] -= 1
        if self._spare[here] >= 0:
            return
        most, side = SUBS_HERE if here else SUBS_ALL, [client for client in self._side(here) if client.subs]
        count = sum(len(client.subs) for client in side)
        self._spare[here] = most - count - 1
        if count < most:
            return
        now_s = time.monotonic()
        side = [client for client in side if client is not new]
        leaves = [client for client in side if client.allowance.silent(now_s)]
        if not leaves:
            of_host = Counter(client.host for client in side for _ in client.subs)
            crowd = max(of_host.values(), default=0)
            leaves = [client for client in side if of_host[client.host] == crowd]
        if not leaves:
            raise Refusal("subscribe", f"more than {most} subscriptions in all", remedy="/unsubscribe some")
        for gone in nsmallest(1 + most // 64, leaves, key=lambda client: client.heard_s):
            self._spare[here] += len(gone.subs)
            self.forget(gone)

    def close(self) -> None:
        for client in self.clients.values():
            client.close()
        self.clients.clear()
