"""OSC introduces itself: the port of a desk, over UDP and TCP, where the settings say."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

from controllers.osc.server import Osc
from controllers.osc.settled import Settled
from controllers.osc.subscription import Address
from controllers.osc.tcp import Lines
from controllers.osc.udp import Udp
from studiod.desk.controller import Controller, NetPort, Ports
from studiod.desk.desk import Desk
from studiod.net.host_port import joined


class Port(Osc):
    """The OSC of a desk with its wires: the socket, the connections, and the clients of the settings."""

    def __init__(self, desk: Desk, settings: Any, rights: Callable[[str], str] | None = None) -> None:
        super().__init__(desk, settings, rights)
        self.udp = Udp(self._datagram, self.turns.wake, self.unreachable)
        self.lines = Lines(self, lambda packet, to: self.udp.send(packet, to))
        self.settled = Settled(self, self.udp)
        self.beat: asyncio.Task[None] | None = None

    async def open(self, host: str, port: int) -> None:
        """Listen.  Raises OSError."""
        await self.udp.open(host, port)
        self.address = self.udp.address
        try:
            await self.lines.open()
        except OSError:
            await self.close()
            raise
        self.beat = asyncio.get_running_loop().create_task(self._seconds())

    @property
    def unsent(self) -> int:
        return self.udp.unsent + self.lines.unsent

    def _datagram(self, data: bytes, addr: Address) -> None:
        if not self.own(addr):
            self.hear(data, addr, self.udp.send)

    async def _seconds(self) -> None:
        """Ten times a second: connections and leases; every second: /alive to all subscribers."""
        tick, alive = 0, False
        while True:
            await asyncio.sleep(0.1)
            tick += 1
            now_s = time.monotonic()
            self.lines.sweep(now_s)
            alive = alive or tick % 10 == 0
            if not self.turns.waiting(self):  # the one before is over
                self.turns.put(self, self.tick(now_s, alive))
                alive = False
                self.turns.wake()

    def greeting(self) -> Iterator[str]:
        """Where it listens, and three lines to try."""
        host, port = self.address[:2]
        yield f"osc udp and tcp {joined(host, port)}"
        for words in ("/ch/9/fader f -6", "/ch/9/eq/3/gain f 4", "/main/mute i 1"):
            yield f"  try: oscsend {'localhost' if host in ('0.0.0.0', '::') else host} {port} {words}"

    def alarm(self) -> str:
        """Which client of the settings gets nothing, in words."""
        return self.settled.alarm()

    def again(self, settings: Any) -> None:
        """Other settings: [access] and [[osc.client]] hold from now on, also for those who are here."""
        before = self.settings
        super().again(settings)
        self.lines.forget_roles()
        if settings.osc.client != before.osc.client:
            self.settled.close()
            for client in [client for client in self.clients.values() if client.settled]:
                self.peers.forget(client)
            self.settled = Settled(self, self.udp)
            self.settled.adopt(settings.osc.client)

    async def close(self) -> None:
        if self.beat is not None:
            self.beat.cancel()
            await asyncio.gather(self.beat, return_exceptions=True)
        self.settled.close()
        self.lines.close()
        await super().close()
        self.udp.close()
        await asyncio.sleep(0)  # the loop closes the connections in its next round


async def start(desk: Desk, settings: Any, rights: Callable[[str], str] | None = None) -> Port:
    """Listen.  `rights` gives the role of a host; without it [access] does.  Raises OSError."""
    port = Port(desk, settings, rights)
    await port.open(settings.osc.listen, settings.osc.port)
    port.settled.adopt(settings.osc.client)
    return port


CONTROLLER = Controller(
    "osc",
    tables=("osc",),
    live=("osc.client",),
    wanted=lambda settings: True,
    start=lambda desk, settings, link: start(desk, settings),
    ports=lambda settings, registry: Ports((NetPort("osc", settings.osc.listen, settings.osc.port, ("UDP", "TCP")),)),
)
