"""The clients of the settings, which cannot ask: subscribed for ever, their names looked up beside the loop.

A name that is not found is looked for again, each time later.  Whoever gets nothing is told once, by name and with the
reason, in the log, and stands in status/alarm for as long as it lasts.
"""

import asyncio
import errno
import logging
import math
import os
import socket
from typing import Any

from controllers.osc.client import Client
from controllers.osc.server import Osc
from controllers.osc.udp import Udp
from studiod.aside import off_loop
from studiod.net.host_port import is_v6, numeric, split
from studiod.registry.registry import Refusal

FIRST_S, LAST_S = 2.0, 60.0
FULL = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS)  # for a moment
NEVER = {  # what will not end by itself, and the remedy
    errno.EACCES: ("it is a whole network", "say broadcast = true beside it"),
    errno.EAFNOSUPPORT: ("it is IPv6, and osc.listen is IPv4", 'listen = "::" hears and sends both'),
    errno.EINVAL: ("osc.listen reaches only this machine", 'listen = "0.0.0.0", or an address of its network'),
}
_log = logging.getLogger(__name__)


class Settled:
    """Over one desk's OSC and the socket that tells them."""

    def __init__(self, osc: Osc, udp: Udp) -> None:
        self.osc, self.udp = osc, udp
        self._timers: set[asyncio.TimerHandle] = set()
        self._troubles: dict[str, str] = {}  # by address, as the settings have it
        self._over = False

    def adopt(self, listeners: list[Any]) -> None:
        self.udp.broadcast(any(listener.broadcast for listener in listeners))
        for listener in listeners:
            self._look(listener, *split(listener.address), FIRST_S)

    def close(self) -> None:
        self._over = True
        for timer in self._timers:
            timer.cancel()

    def alarm(self) -> str:
        """Who gets nothing, and why; "" when there is nobody."""
        return "; ".join(f"osc.client {address} gets nothing: {why}" for address, why in self._troubles.items())

    def _fails(self, listener: Any, why: str) -> None:
        """Tell it, unless that is told already."""
        if self._troubles.get(listener.address) != why:
            self._troubles[listener.address] = why
            _log.warning("osc.client %s gets nothing: %s", listener.address, why)

    def _works(self, listener: Any, how: str) -> None:
        if self._troubles.pop(listener.address, ""):
            _log.info("osc.client %s: %s", listener.address, how)

    def _look(self, listener: Any, host: str, port: int, wait_s: float) -> None:
        """Find the number of a host; at once when it is one."""
        if numeric(host):
            self._take(listener, host, port)
            return
        v6 = is_v6(self.osc.address[0])

        def then(found: Any, fault: Exception | None) -> None:
            if self._over:
                return
            if fault is None and found:
                number = found[0][4][0]
                self._works(listener, f"found at {number}")
                self._take(listener, number, port)
                return
            why = getattr(fault, "strerror", None) or fault or "no address"
            self._fails(listener, f"its name is not found ({why}); it is looked for again")
            timer = asyncio.get_running_loop().call_later(
                wait_s, self._look, listener, host, port, min(2 * wait_s, LAST_S)
            )
            self._timers = {timer for timer in self._timers if not timer.cancelled()} | {timer}

        family = socket.AF_UNSPEC if v6 else socket.AF_INET
        off_loop(lambda: socket.getaddrinfo(host, port, family, socket.SOCK_DGRAM), then)

    def _take(self, listener: Any, host: str, port: int) -> None:
        """Subscribe it for ever, unless it can never be told anything."""
        osc = self.osc
        to = (self.udp.reach(host), port)
        if osc.own(to):
            self._fails(listener, "that is this desk's own port")
            return
        found = self.udp.probe(to, listener.broadcast)
        if found in NEVER:
            what, remedy = NEVER[found]
            self._fails(listener, f"{what}; {remedy}")
            return
        if found:
            self._fails(listener, os.strerror(found))
        client = osc.clients.get(to)
        if client is None or not client.settled:
            if client is not None:
                osc.peers.forget(client)
            client = osc.clients[to] = osc.peers.make(to, osc.peers.role(host), self._sender(listener), exempt=True)
            client.settled = True
        client.hand.own = client.hand.own or listener.echo
        client.work(self._follow(client, to, listener))

    def _sender(self, listener: Any) -> Any:
        """Sends, and notices when the network takes nothing, or takes it again."""

        def send(packet: bytes, to: tuple[Any, ...]) -> None:
            why = self.udp.send(packet, to)
            if why and why not in FULL:
                self._fails(listener, f"the network does not take it ({os.strerror(why)})")
            elif self._troubles and not why:
                self._works(listener, "the network takes it again")

        return send

    def _follow(self, client: Client, to: tuple[Any, ...], listener: Any) -> Any:
        try:
            yield from self.osc.words.subscribing.follow(client, to, listener.pattern, math.inf, listener.hz)
        except Refusal as fault:
            self._fails(listener, str(fault))
