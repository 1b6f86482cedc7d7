"""OSC introduces itself: the port of a desk, over UDP and TCP, where the settings say."""

import asyncio
from collections.abc import Callable
from typing import Any

from controllers.osc.server import Osc
from studiod.desk.controller import Controller, NetPort, Ports
from studiod.desk.desk import Desk


async def start(desk: Desk, settings: Any, rights: Callable[[str], str] | None = None) -> Osc:
    """Listen.  `rights` gives the role of a host; without it [access] does.  Raises OSError."""
    osc = Osc(desk, settings, rights)
    await osc.udp.open(settings.osc.listen, settings.osc.port)
    try:
        await osc.lines.open()
    except OSError:
        await osc.close()
        raise
    osc.beat = asyncio.get_running_loop().create_task(osc.seconds())
    osc.settled.adopt(settings.osc.client)
    return osc


CONTROLLER = Controller(
    "osc",
    tables=("osc", "access"),
    wanted=lambda settings: True,
    start=lambda desk, settings, link: start(desk, settings),
    ports=lambda settings, registry: Ports((NetPort("osc", settings.osc.listen, settings.osc.port, ("UDP", "TCP")),)),
)
