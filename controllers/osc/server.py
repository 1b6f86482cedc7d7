"""The OSC of one desk: its peers, and their packets, each one transaction, answered where it came from.

It knows no wire: whatever a packet came over brings the way back with it (controllers/osc/listen.py has the wires).

A packet is asked for its sender's right first, then waits for the sender's turn, and is read, planned and answered in
slices (controllers/turns.py).  Runs on the desk's loop and never waits: a timetag in the future goes to the desk, which
keeps time by the audio clock.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from controllers.access import Access, Rights
from controllers.osc.client import Client, Send
from controllers.osc.commands import renew
from controllers.osc.future import Future
from controllers.osc.hosts import is_here
from controllers.osc.join import WORD as JOIN
from controllers.osc.join import Joining
from controllers.osc.peers import Peers
from controllers.osc.plan import Plan, Steps
from controllers.osc.plans import Plans
from controllers.osc.subscription import Address, message, wired
from controllers.osc.vocabulary import Words
from controllers.turns import Turns, pause
from studiod.desk.accepted import Accepted
from studiod.desk.controller import Running
from studiod.desk.desk import Desk
from studiod.net.osc_codec import AT_ONCE, BUNDLE, Malformed, address_of, due_ns, timed
from studiod.net.osc_known import Known
from studiod.registry.registry import Refusal

SWEPT = 16  # clients whose leases are looked at in one slice
PLAN_MAX = 10_000  # paths a packet, or as many as the console has
LATE_NS = 1_000_000
FAR_NS = 3_600_000_000_000  # a peer whose clock is further off than an hour is wrong, not early
_log = logging.getLogger(__name__)


class Osc(Running):
    """Attribute address: where it is heard, host and port."""

    address: Address = ("", 0)

    def __init__(self, desk: Desk, settings: Any, rights: Callable[[str], str] | None = None) -> None:
        self.desk, self.settings = desk, settings
        self.access, self.turns, self.future = Access(desk), Turns(), Future(len(desk.registry.params))
        self.rights = Rights(desk, settings)
        self.peers = Peers(desk, self.turns, rights or self.rights.role_of)
        self.joining = Joining(self.peers, self.rights)
        self.words = Words(desk, self.access, self.own, self.peers.make_room_to_subscribe)
        self.words.words |= {"join": self.joining.join, "clients": self.joining.clients}
        self.known = Known(desk.registry.params)
        self.malformed = 0
        self.most = max(PLAN_MAX, len(desk.registry.params))
        self._gone: set[Address] = set()  # places where nobody listens
        self._later: set[asyncio.TimerHandle] = set()

    @property
    def clients(self) -> dict[Address, Client]:
        return self.peers.clients

    @property
    def refused(self) -> int:
        return self.peers.refused

    def own(self, addr: Address) -> bool:
        """Whether an address is this very port."""
        return addr[1] == self.address[1] and not wired(addr) and is_here(str(addr[0]))

    def unreachable(self, place: Address) -> None:
        """Nobody listens there: what goes there ends in the next tenth of a second, all together."""
        self._gone.add(place)

    # -- packets ---------------------------------------------------------------------------------------------------

    def hear(self, data: bytes, addr: Address, send: Send, client: Client | None = None) -> bool:
        """One packet from anywhere waits for its turn; False when its sender has no right.  client: of a connection."""
        role = client.role if client else self.peers.role(str(addr[0]))
        if role == "none":
            if client is not None and self.joining.knock(client, data):
                return True
            self.peers.refuse(data, addr, send, self.words.needs)
            return False
        if client is None and self.peers.floods(str(addr[0]), time.monotonic()):
            return True
        # its role when its turn comes: the settings may have been read again by then
        job = partial(self._first, data, addr, send, client)
        who, within = self.peers.who(addr)
        if not self.turns.put(who, job, len(data), within) and self.peers.may_tell("crowd"):
            _log.warning("%s sends more than the desk can do: %d packets lost", addr[0], self.turns.refused)
        return True

    def _first(self, data: bytes, addr: Address, send: Send, client: Client | None) -> Steps | None:
        """A packet whose turn has come: one number for one path, known by its bytes, is set at once; for all else the
        steps that it takes."""
        client = client or self.peers.welcome(addr, self.peers.role(str(addr[0])), send)
        if client.grant is not None and self.joining.over(client):
            return None
        known = self.known.head(data)
        if known is None:
            return self._packet(data, client)
        address, value = known
        path = address[1:]
        try:  # as _packet does it
            self.access.check(client.role, path)
            accepted = self.words.params[path].accept(value)
            if not client.mirror.returns(path, accepted):
                self.desk.change(Accepted([(path, accepted)]), client.origin)
        except Refusal as fault:
            client.complain(address, str(fault))
        except Exception:
            self._failed(client, address)
        return None

    def _packet(self, data: bytes, client: Client) -> Steps:
        """Plan every message, change the desk once for each time, then answer.  A refusal undoes nothing, for nothing
        was done."""
        plans, words = Plans(client, self.access, self.most), self.words
        address = ""
        try:
            said: list[tuple[int, str, list[Any]]] = []
            for timetag, address, args in timed(data, self.known.message):
                if words.desk_says(address, args):
                    continue
                if words.is_command(address) and client.returns(data):
                    return
                plans.first = plans.first or address
                said.append((max(timetag, AT_ONCE), address, args))
                yield None
            said.sort(key=lambda one: one[0])
            for timetag, address, args in said:
                yield from words.plan(plans.at(timetag, address), address, args)
                yield None
            now = self._begin(client, plans)
        except Malformed as fault:
            self._garbled(client, fault.address or plans.first or address_of(data) or "/", fault)
            return
        except Refusal as fault:
            whole = not data.startswith(BUNDLE)
            if not whole and fault.path in self.desk.registry.params and not address.endswith(fault.path):
                address = f"/{fault.path}"
            client.complain(address, str(fault))
            return
        except Exception:
            self._failed(client, address)
            return
        for plan in now:
            yield from self._answer(client, plan)

    def _failed(self, client: Client, address: str) -> None:
        _log.exception("a packet from %s failed", client.origin)
        client.complain(address or "/", f"{address[1:81]}: a fault of the desk; nothing changed; its log says more")

    def _begin(self, client: Client, plans: Plans) -> list[Plan]:
        """Change the desk, each plan at its time; the plans whose time has come.  Raises Refusal: nothing changed."""
        now: list[Plan] = []
        later: list[tuple[Plan, int, int]] = []  # due (monotonic), and in how long
        late_ms, late = 0.0, ""
        for timetag, (plan, first) in plans.of.items():
            moment_ns = 0 if timetag <= AT_ONCE else due_ns(timetag)
            wait_ns = moment_ns - time.monotonic_ns() if moment_ns else 0
            if wait_ns > FAR_NS:
                raise Refusal(first[1:81], "more than an hour ahead", "a timetag soon", remedy="set the clocks")
            if wait_ns > 0:
                later.append((plan, moment_ns, wait_ns))
                continue
            now.append(plan)
            if -wait_ns > max(LATE_NS, late_ms * 1e6):
                late_ms, late = -wait_ns / 1e6, first
        for plan in now:
            renew(self.desk, plan)
        changes = {id(plan): self._fresh(plan) for plan, _ in plans.of.values()}
        if later:
            for plan, _ in plans.of.values():
                self.desk.accepted(Accepted([*changes[id(plan)], *plan.held]))
            self.future.take(client.who[0], plans.first[1:], sum(plan.size for plan, *_ in later), len(later))
        for plan in now:
            if changes[id(plan)] or plan.held:
                self.desk.change(changes[id(plan)], plan.origin, held=plan.held)
        for plan, moment_ns, wait_ns in later:
            self._at(wait_ns / 1e9, client, plan)
            if changes[id(plan)] or plan.held:
                self.desk.change(changes[id(plan)], plan.origin, moment_ns, held=plan.held)
        if late:
            self.desk.tell_late(client.origin, late, late_ms)
            client.late(late, late_ms)
        return now

    def _fresh(self, plan: Plan) -> Accepted:
        """The changes of a plan, without the values that the peer only sends back."""
        if not plan.said or not plan.client.mirror.knows(plan.said):
            return plan.changes
        returns = plan.client.mirror.returns
        said = plan.said
        return Accepted(one for one in plan.changes if one[0] not in said or not returns(*one))

    def _garbled(self, client: Client, address: str, fault: Malformed) -> None:
        self.malformed += 1
        if address == JOIN:
            fault = Malformed("of /join")  # what it holds may be a token
        if self.peers.may_tell("malformed"):
            _log.warning("%d malformed packets so far, the last from %s: %s", self.malformed, client.host, fault)
        if not self.words.desk_says(address, []):
            client.complain(address, f"malformed packet: {fault}; nothing changed", malformed=True)

    def _at(self, seconds: float, client: Client, plan: Plan) -> None:
        """When its time has come, nothing of it waits any more, and it is answered."""
        size, who = plan.size, client.who[0]

        def due() -> None:
            self._later.discard(timer)
            self.future.give(who, size)
            if plan.asks or plan.deeds:
                client.put(self._answer(client, plan))

        timer = asyncio.get_running_loop().call_later(seconds, due)
        self._later.add(timer)

    def _answer(self, client: Client, plan: Plan) -> Steps:
        while (plan.asks or plan.deeds) and client.crowded() and not client.gone:
            yield pause
        for deed in plan.deeds:
            try:
                yield from deed()
            except Refusal as fault:  # what an earlier deed of the packet made impossible, or a bound
                client.complain(f"/{fault.path}", str(fault))
            except Exception:  # the rest of the packet goes on
                _log.exception("a part of a packet from %s failed", client.origin)
                client.complain("/", "a fault of the desk in a part of a packet; its log says more")
            yield None
        if client.gone:  # before its timetag came: what the deeds began ends, once the desk has made the changes too
            asyncio.get_running_loop().call_later(0.1, client.close)
            return
        if plan.asked == 1:
            ((path, turn, _),) = plan.asks
            (param,) = yield from self.words.match(path)
            client.reply(message(param, self.desk.get(param.path), turn))
        elif plan.asks:
            client.stream(object(), self._told(plan))

    def _told(self, plan: Plan) -> Any:
        """What was asked, read when it is sent."""
        for path, turn, _ in plan.asks:
            exact = self.desk.registry.params.get(path)
            for param in [exact] if exact else self.desk.registry.matching(path):
                if param is not None and not (turn and param.kind == "text"):
                    yield message(param, self.desk.get(param.path), turn)

    # -- life ------------------------------------------------------------------------------------------------------

    def tick(self, now_s: float, alive: bool) -> Steps:
        """End leases that are over, in slices; alive: tell all subscribers that the desk is there."""
        gone, self._gone = self._gone, set()
        for k, client in enumerate(list(self.clients.values())):
            if k % SWEPT == SWEPT - 1:
                yield None
            if client.gone or self.clients.get(client.address) is not client:
                continue  # since the slice before
            try:
                if self.joining.over(client):
                    continue
                client.unreachable(gone)
                client.sweep(now_s)
                if client.idle(now_s):
                    self.peers.forget(client)
                elif alive and client.subs:
                    client.beat()
            except Exception:
                _log.exception("ending the leases of %s failed", client.origin)

    def again(self, settings: Any) -> None:
        """Other settings: [access] holds from now on, also for those who are here."""
        self.settings = self.rights.settings = settings
        self.peers.forget_roles()

    async def close(self) -> None:
        for timer in self._later:
            timer.cancel()
        self.peers.close()
        self.turns.close()
