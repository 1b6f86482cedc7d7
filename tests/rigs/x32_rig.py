"""A desk with the X32 port and no wire: packets of clients go in by hand, and what each is sent is written down."""

import asyncio
import struct
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from controllers.access import Access
from controllers.x32.board import Board
from controllers.x32.leaf import Leaf
from controllers.x32.rules.whole import everything, rows
from controllers.x32.server import X32
from controllers.x32.tree import Tree
from library_rig import Rig
from studiod.desk.desk import Desk
from studiod.net.osc_codec import encode
from studiod.net.osc_message import message_of
from studiod.registry.meter_banks import BANKS
from studiod.registry.registry import Console, Registry
from studiod.settings.schema import X32 as Table
from studiod.settings.schema import Access as AccessTable

CONSOLE = Console(returns=4, matrices=6, dcas=8, mute_groups=6, surfaces=1)
WIDE = Console(inputs=40, outputs=24, channels=40, returns=4, matrices=6, dcas=8, mute_groups=6, surfaces=1)
HERE = "127.0.0.1"


@cache
def registry(console: Console) -> Registry:
    """One for all tests: it holds no value."""
    return Registry(console)


def settings(lan: str = "mix", **table: Any) -> Any:
    return SimpleNamespace(x32=Table(**table), access=AccessTable(lan=lan))


class Told(list[tuple[str, str]]):
    """What a board has told: address and origin."""

    def __call__(self, leaf: Leaf, origin: str) -> None:
        self.append((leaf.address, origin))


def board(console: Console = CONSOLE, folder: Path | None = None) -> tuple[Board, Told, Rig]:
    """The tree on a desk, without a port."""
    rig, told = Rig(folder, registry(console)), Told()
    return Board(rig.desk, Tree(rows(), rig.desk.registry.params), Access(rig.desk), told), told, rig


class Metered:
    """Banks of meters as a test wants them: everything silent but what it has put there."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.values: dict[tuple[str, str], float] = {}
        desk.engine.meters = self.meters  # type: ignore[method-assign]
        desk.engine.reset_meters = lambda: None  # type: ignore[method-assign]

    def meters(self, bank: str, since: int = -1) -> tuple[list[float], int]:
        sizes = {name: getattr(self.desk.registry.console, name) for name in Console.__slots__}
        rest = {"dB": 0.0}
        named = BANKS[bank](sizes)
        return [self.values.get((bank, name), rest.get(unit, -150.0)) for name, unit in named], 1000


class Stage:
    """A port with clients, within a running loop."""

    def __init__(self, console: Console = CONSOLE, folder: Path | None = None, lan: str = "mix") -> None:
        self.rig = Rig(folder, registry(console))
        self.desk = self.rig.desk
        self.meters = Metered(self.desk)
        self.sent: dict[tuple[str, int], list[bytes]] = {}
        tree = Tree(everything(1), self.desk.registry.params)
        self.port = X32(self.desk, settings(lan), tree, lambda packet, to: self.sent.setdefault(to, []).append(packet))

    async def say(self, port: int, address: str, *args: Any, host: str = HERE) -> None:
        """One message of the client at a port; all that it brings about at once has happened."""
        await self.hear(port, encode(address, *args), host)

    async def hear(self, port: int, packet: bytes, host: str = HERE) -> None:
        self.port.hear(packet, (host, port))
        self.port.turns.wake()
        await asyncio.sleep(0)
        while any(line.jobs for line in self.port.turns.lines.values()):  # on a busy machine it takes more than a turn
            await asyncio.sleep(0)

    async def told(self, port: int, host: str = HERE, wait_s: float = 0.03) -> list[tuple[str, list[Any]]]:
        """What a client was sent since the last look."""
        await asyncio.sleep(wait_s)
        return [said(packet) for packet in self.sent.pop((host, port), [])]

    async def ask(self, port: int, address: str, *args: Any) -> list[tuple[str, list[Any]]]:
        self.sent.pop((HERE, port), None)
        await self.say(port, address, *args)
        return await self.told(port, wait_s=0.0)

    async def line(self, node: str, port: int = 1) -> str:
        """A node as text."""
        answers = await self.ask(port, "/node", node)
        return str(answers[0][1][0]) if answers else ""


def said(packet: bytes) -> tuple[str, list[Any]]:
    """A message; those of the address `node` too, which no OSC has."""
    if packet.startswith(b"node\0"):
        return "node", message_of(b"/nod" + packet[4:])[1]
    return message_of(packet)


def floats(blob: bytes) -> Sequence[float]:
    """The numbers of a block of meters."""
    count = struct.unpack_from("<i", blob)[0]
    return struct.unpack_from(f"<{count}f", blob, 4)
