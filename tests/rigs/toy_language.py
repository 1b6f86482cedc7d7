"""A package of somebody else: a language over UDP in which a path is answered with its value."""

import asyncio
from typing import Any, Literal

from studiod.desk.controller import Controller, NetPort, Ports, Running
from studiod.desk.desk import Desk
from studiod.registry.param import Refusal
from studiod.registry.registry import Registry
from studiod.settings.table import Table


class Toy(Table):
    """[toy] of the settings."""

    port: int = 9100
    colour: Literal["red", "blue"] = "red"


class Port(asyncio.DatagramProtocol, Running):
    """The port, while it is open."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.wire, self.refused, self.colour = desk, None, "", ""

    def connection_made(self, wire: Any) -> None:
        self.wire = wire

    def datagram_received(self, data: bytes, place: Any) -> None:
        try:
            answer = str(self.desk.get(data.decode()))
        except Refusal as fault:
            answer = self.refused = str(fault)
        self.wire.sendto(answer.encode(), place)

    def greeting(self) -> list[str]:
        return [f"toy udp {self.wire.get_extra_info('sockname')[1]}"]

    def again(self, settings: Any) -> None:
        self.colour = settings.toy.colour

    def alarm(self) -> str:
        return self.refused

    async def close(self) -> None:
        self.wire.close()


async def start(desk: Desk, settings: Any, link: None) -> Port:
    loop = asyncio.get_running_loop()
    return (await loop.create_datagram_endpoint(lambda: Port(desk), ("127.0.0.1", settings.toy.port)))[1]


def ports(settings: Any, registry: Registry) -> Ports:
    return Ports((NetPort("toy", "127.0.0.1", settings.toy.port, ("UDP",)),))


CONTROLLER = Controller(
    "toy",
    tables=("toy",),
    wanted=lambda settings: hasattr(settings, "toy"),
    start=start,
    ports=ports,
    live=("toy.colour",),
    table=Toy,
)
