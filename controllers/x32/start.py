"""The X32 dialect introduces itself: one UDP port, where the settings have its table."""

import asyncio
import itertools
import logging
import time
from collections.abc import Iterator
from typing import Any

from controllers.osc.udp import Udp
from controllers.x32.client import Address
from controllers.x32.rules.whole import everything
from controllers.x32.server import X32
from controllers.x32.streams import TICK_S
from controllers.x32.tree import Tree
from studiod.desk.beat import beat
from studiod.desk.controller import Controller, NetPort, Ports
from studiod.desk.desk import Desk
from studiod.net.host_port import joined

SWEPT = 100  # beats from one look at clients that are gone to the next
_log = logging.getLogger(__name__)


class Port(X32):
    """The dialect with its socket."""

    def __init__(self, desk: Desk, settings: Any, tree: Tree) -> None:
        self.udp = Udp(self.hear, lambda: self.turns.wake(), self.gone)
        super().__init__(desk, settings, tree, self.udp.send)
        self.beat: asyncio.Task[None] | None = None

    async def open(self, host: str, port: int) -> None:
        """Listen.  Raises OSError."""
        await self.udp.open(host, port)
        self.beat = asyncio.get_running_loop().create_task(self._beats())

    def gone(self, addr: Address) -> None:
        """Nobody listens there."""
        self.forget(addr)

    async def _beats(self) -> None:
        """Streams at each beat, and clients that are gone now and then."""
        for count in itertools.count():
            await beat(TICK_S)
            try:
                self.streams.tick()
            except Exception:
                _log.exception("a frame was lost")
            if count % SWEPT == 0:
                self.sweep(time.monotonic())

    def greeting(self) -> Iterator[str]:
        """Where it listens, and what to type there."""
        host, port = self.udp.address[:2]
        yield f"x32 udp {joined(host, port)}"

    async def close(self) -> None:
        if self.beat is not None:
            self.beat.cancel()
            await asyncio.gather(self.beat, return_exceptions=True)
        await super().close()
        self.udp.close()


async def start(desk: Desk, settings: Any) -> Port:
    """Listen.  Raises OSError."""
    loop, params = asyncio.get_running_loop(), desk.registry.params
    # the tree has 12,000 leaves: not while the loop has others to answer
    tree = await loop.run_in_executor(None, lambda: Tree(everything(settings.x32.surface), params))
    port = Port(desk, settings, tree)
    await port.open(settings.x32.listen, settings.x32.port)
    return port


def wanted(settings: Any) -> bool:
    """Whether the settings switch it on, or have its table and do not switch it off."""
    named = "x32" in settings.model_fields_set and "enabled" not in settings.x32.model_fields_set
    return named or bool(settings.x32.enabled)


CONTROLLER = Controller(
    "x32",
    tables=("x32",),
    wanted=wanted,
    start=lambda desk, settings, link: start(desk, settings),
    ports=lambda settings, registry: Ports((NetPort("x32", settings.x32.listen, settings.x32.port, ("UDP",)),)),
)
