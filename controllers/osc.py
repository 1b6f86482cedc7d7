"""Native OSC over UDP, with TCP beside it (osc_tcp.py): a packet is one transaction, answered where it came from.

Runs on the desk's loop and never waits: a timetag in the future goes to the desk, which keeps time by the audio clock.
"""

import asyncio
import contextlib
import logging
import math
import socket
import time
from collections.abc import Callable
from typing import Any

from controllers.osc_client import Address, Client, Send, message
from controllers.osc_codec import AT_ONCE, Malformed, Message, decode, due_ns, encode
from controllers.osc_rights import allowed
from controllers.osc_tcp import Lines
from controllers.osc_words import Plan, Words
from studiod.desk import Desk
from studiod.params import Refusal

CLIENTS_MAX = 1024
BUFFER = 1 << 22  # bytes
PLAN_MAX = 50_000  # paths that the patterns of one packet may reach: nothing stalls the desk
LATE_NS = 1_000_000
FAR_NS = 3_600_000_000_000  # a peer whose clock is further off than an hour is wrong, not early
_log = logging.getLogger(__name__)


class Osc(asyncio.DatagramProtocol):
    """The native OSC port of one desk."""

    def __init__(self, desk: Desk, settings: Any, rights: Callable[[str], str] | None = None) -> None:
        self.desk = desk
        self.rights = rights or (lambda host: allowed(host, settings))
        self.words = Words(desk)
        self.clients: dict[Address, Client] = {}
        self.malformed = self.refused = self.unsent = 0
        self.address: Address = ("", 0)
        self.lines = Lines(self)
        self._transport: Any = None
        self._told_s: dict[str, float] = {}  # when a host, or the log, was last told of a trouble
        self._later: set[asyncio.TimerHandle] = set()
        self._second: asyncio.Task[None] | None = None

    # -- the wire --------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self.address = transport.get_extra_info("sockname")[:2]
        wire = transport.get_extra_info("socket")
        for way, beyond in ((socket.SO_RCVBUF, 33), (socket.SO_SNDBUF, 32)):  # 33, 32: beyond the limit, for root
            with contextlib.suppress(OSError):
                wire.setsockopt(socket.SOL_SOCKET, way, BUFFER)  # the system takes as much of it as it allows
                wire.setsockopt(socket.SOL_SOCKET, beyond, BUFFER)

    def send(self, packet: bytes, to: Address) -> None:
        if self._transport is None or self._transport.get_write_buffer_size() > 1 << 20:
            self.unsent += 1  # the network does not take it: newer values will follow
            return
        try:
            self._transport.sendto(packet, to)
        except (OSError, ValueError):
            self.unsent += 1

    def error_received(self, exc: Exception) -> None:
        self.unsent += 1  # a peer that is gone; its lease will end

    def datagram_received(self, data: bytes, addr: Any) -> None:
        client = self.hear(data, addr, self.send)
        if client is not None:
            client.heard_s = time.monotonic()

    def hear(self, data: bytes, addr: Address, send: Send, origin: str = "") -> Client | None:
        """One packet from anywhere; the client that it came from, None when it was malformed or refused."""
        try:
            messages, timetag = decode(data)
        except Malformed as fault:
            self.malformed += 1
            if self.may_tell("malformed"):
                _log.warning("%d malformed packets so far, the last from %s: %s", self.malformed, addr[0], fault)
            return None
        client = self.clients.get(addr) or self._welcome(addr, messages, send, origin)
        if client is not None:
            try:
                self.transact(client, messages, timetag)
            except Exception:
                _log.exception("a packet from %s failed", client.origin)
        return client

    def may_tell(self, whom: str) -> bool:
        now_s = time.monotonic()
        if now_s - self._told_s.get(whom, -1.0) < 1.0:
            return False
        if len(self._told_s) > 1000:
            self._told_s.clear()
        self._told_s[whom] = now_s
        return True

    def _welcome(self, addr: Address, messages: list[Message], send: Send, origin: str) -> Client | None:
        role = self.rights(addr[0])
        reason = "needs the role view; grant it in [access]" if role == "none" else ""
        if not reason and len(self.clients) >= CLIENTS_MAX:
            reason = "too many clients"
        if reason:
            self.refused += 1
            if messages and self.may_tell(addr[0]):
                send(encode("/error", messages[0][0], f"{messages[0][0]}: {reason}"), addr)
                _log.warning("refused %s: %s (%d so far)", addr[0], reason, self.refused)
            return None
        client = self.clients[addr] = Client(addr, role, send, origin)
        return client

    # -- transactions ----------------------------------------------------------------------------------------------

    def transact(self, client: Client, messages: list[Message], timetag: int = AT_ONCE) -> None:
        """Plan every message, change the desk once, then answer.  A refusal undoes nothing, for nothing was done."""
        plan = Plan(client)
        address, single = "/", len(messages) == 1
        try:
            for address, args in messages:
                self.words.plan(plan, address, args)
                if len(plan.asks) + len(plan.changes) > PLAN_MAX:
                    raise Refusal(address[1:81], "too much at once", f"at most {PLAN_MAX} paths a packet")
            moment_ns = 0 if timetag <= AT_ONCE else due_ns(timetag)
            when_ns = moment_ns - time.monotonic_ns() if moment_ns else 0
            if when_ns > FAR_NS:
                raise Refusal(messages[0][0], "more than an hour ahead", "a timetag soon", remedy="set the clocks")
            if plan.changes:
                self.desk.change(plan.changes, plan.origin, moment_ns if when_ns > 0 else 0)
        except Refusal as fault:
            if not single and fault.path in self.desk.registry.params and not address.endswith(fault.path):
                address = f"/{fault.path}"
            client.reply(encode("/error", address, str(fault)))
            return
        if when_ns < -LATE_NS and messages:
            self.desk.tell_late(client.origin, messages[0][0], -when_ns / 1e6)
            client.reply(encode("/late", messages[0][0], -when_ns / 1e6))
        if when_ns > 0 and (plan.asks or plan.deeds):
            self._at(when_ns / 1e9, lambda: self._answer(client, plan))
        else:
            self._answer(client, plan)

    def _at(self, seconds: float, fn: Callable[[], None]) -> None:
        def run() -> None:
            self._later.discard(timer)
            try:
                fn()
            except Refusal as fault:
                _log.warning("a late deed failed: %s", fault)

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._later.add(timer)

    def _answer(self, client: Client, plan: Plan) -> None:
        for deed in plan.deeds:
            try:
                deed()
            except Refusal as fault:  # what an earlier deed of the packet made impossible
                client.reply(encode("/error", f"/{fault.path}", str(fault)))
        if client.gone:  # before its timetag came: what the deeds began ends, once the desk has made the changes too
            self._at(0.1, lambda: client.close(self.desk))
            return
        get = self.desk.get
        if len(plan.asks) == 1:
            param, turn = plan.asks[0]
            client.reply(message(param, get(param.path), turn))
        elif plan.asks:
            told = (message(param, get(param.path), turn) for param, turn in plan.asks)
            if not client.stream(object(), told):
                client.reply(encode("/error", f"/{plan.asks[0][0].path}", "too many questions at once; ask again"))

    # -- life ------------------------------------------------------------------------------------------------------

    async def seconds(self) -> None:
        """Ten times a second: leases; every second: /alive to all subscribers."""
        tick = 0
        while True:
            await asyncio.sleep(0.1)
            tick += 1
            now_s = time.monotonic()
            for addr, client in list(self.clients.items()):
                try:
                    client.sweep(self.desk, now_s)
                except Exception:
                    _log.exception("ending the leases of %s failed", client.origin)
                if client.idle(now_s):
                    del self.clients[addr]
                elif tick % 10 == 0 and client.subs:
                    client.alive += 1
                    for to in {sub.to for sub in client.subs.values()}:
                        if not client.full(to):
                            client.send(encode("/alive", client.alive), to)

    def adopt(self, listeners: list[Any]) -> None:
        """The clients of the settings, which cannot ask: subscribed for ever."""
        for listener in listeners:
            host, _, port = listener.address.rpartition(":")
            to = ("127.0.0.1" if host == "localhost" else host.strip("[]"), int(port))
            client = self.clients.setdefault(to, Client(to, self.rights(to[0]), self.send))
            if client.role != "admin":
                client.hand.alias = f"osc:{to[0]}:"  # it sends from a port of its own choice
            try:
                self.words.follow(client, to, listener.pattern, math.inf, listener.hz)
            except Refusal as fault:
                _log.warning("osc.client %s hears nothing: %s", listener.address, fault)

    async def close(self) -> None:
        if self._second is not None:
            self._second.cancel()
            await asyncio.gather(self._second, return_exceptions=True)
        for timer in self._later:
            timer.cancel()
        self.lines.close()
        for client in self.clients.values():
            client.close(self.desk)
        self.clients.clear()
        if self._transport is not None:
            self._transport.close()
            await asyncio.sleep(0)  # the loop closes the socket in its next round


async def start(desk: Desk, settings: Any, rights: Callable[[str], str] | None = None) -> Osc:
    """Listen where the settings say.  `rights` gives the role of a host; without it [access] does.  Raises OSError."""
    loop = asyncio.get_running_loop()
    osc = Osc(desk, settings, rights)
    await loop.create_datagram_endpoint(lambda: osc, local_addr=(settings.osc.listen, settings.osc.port))
    try:
        await osc.lines.open()
    except OSError:
        await osc.close()
        raise
    osc._second = loop.create_task(osc.seconds())
    osc.adopt(settings.osc.client)
    return osc
