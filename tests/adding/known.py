"""Run in a copy of the checkout: one path by OSC, by its NRPN number, in a scene, under undo and in the manual.

`known.py PATH VALUE`; prints JSON.  Compiles nothing.
"""

import asyncio
import json
import sys
from types import SimpleNamespace

from controllers.midi.nrpn import Nrpn
from controllers.osc.listen import start
from studiod.desk.desk import Desk
from studiod.memory.history import History
from studiod.memory.scene_format import parse_scene, scene_text
from studiod.net.osc_codec import decode, encode
from studiod.registry import manual
from studiod.registry.registry import Console, Registry

CONSOLE = Console(2, 2, 3, 1, returns=1, matrices=1)
LAST = 16383  # the last position of an NRPN number
SETTINGS = SimpleNamespace(
    osc=SimpleNamespace(listen="127.0.0.1", port=0, client=[]), access=SimpleNamespace(lan="none", rules=[])
)


class NoEngine:
    """Nothing sounds here."""

    def post(self, changed: object, values: object, frame: int) -> None: ...

    def frame_at(self, ns: int) -> int:
        return 0

    def words(self) -> dict[str, float]:
        return {}


class Peer(asyncio.DatagramProtocol):
    """An OSC client.  heard: what came."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.heard.put_nowait(data)


class NoPort:
    """Nobody listens to what is sent back."""

    def send(self, name: str, data: bytes) -> bool:
        return True


async def by_osc(desk: Desk, path: str, value: object) -> object:
    """What a client is told of a path that it has set."""
    osc, loop = await start(desk, SETTINGS), asyncio.get_running_loop()
    way, peer = await loop.create_datagram_endpoint(Peer, remote_addr=osc.address)
    try:
        way.sendto(encode(f"/{path}", value))
        way.sendto(encode(f"/{path}"))
        while True:
            for address, arguments in decode(await asyncio.wait_for(peer.heard.get(), 30.0))[0]:
                if address == f"/{path}":
                    return arguments[0]
    finally:
        way.close()
        await osc.close()


async def known(path: str, value: object) -> dict[str, object]:
    registry = Registry(CONSOLE)
    desk = Desk(registry, NoEngine())
    History(desk)
    param, before = registry.find(path), desk.get(path)
    told: dict[str, object] = {"before": before, "osc": await by_osc(desk, path, value)}

    other = Desk(registry, NoEngine())
    told["faults"] = len(other.load(parse_scene(scene_text({"name": "one"}, desk.snapshot()), "one")[1]))
    told["scene"] = other.get(path)

    channel, number = param.nrpn
    nrpn = Nrpn(desk, NoPort(), 4000)
    for controller, data in ((99, number >> 7), (98, number & 127), (6, LAST >> 7), (38, LAST & 127)):
        nrpn.hear(bytes((0xB0 | channel - 1, controller, data)))
    told["nrpn"], told["top"] = desk.get(path), param.from_turn(1.0)
    nrpn.close()
    desk.do("undo", "nrpn")
    told["undone"] = desk.get(path)
    told["manual"] = manual.as_text(manual.chosen(registry, path))
    told["points"] = param.items
    return told


if __name__ == "__main__":
    given = sys.argv[2]
    print(json.dumps(asyncio.run(known(sys.argv[1], float(given) if given.lstrip("-").isdigit() else given))))
