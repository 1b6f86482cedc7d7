"""What a client is sent again and again for ten seconds: leaves, groups of them, meters; each by an alias.

All look at the same beat of 50 ms, and a frame that many want is made once.
"""

import itertools
import math
import struct
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from controllers.x32.board import Board
from controllers.x32.client import LEASE_S, Client
from controllers.x32.laws.law import Step
from controllers.x32.leaf import Leaf
from controllers.x32.meters import BLOCKS, Meters
from studiod.net.osc_codec import encode

TICKS_MOST = 99
STREAMS_MAX = 32  # of a client
LEAVES_MAX, LEAVES_OF_CLIENT = 512, 2048  # of one group; of all that a client is sent at a beat
LOOKED_MAX = 2048  # addresses that one group may name, whether there are such leaves or not
NAME_MAX = 64  # characters of an alias, and of an address with stars
TEXT_BYTES = 32
TICK_S = 0.05


class Stream:
    """One alias of a client.  frame: makes a packet, of so many leaves."""

    def __init__(self, frame: Callable[[], bytes], ticks: int, meters: bool, leaves: int = 1) -> None:
        self.frame, self.ticks, self.meters, self.leaves = frame, ticks, meters, leaves
        self.wait = 0  # ticks until the next one
        self.ends_s = time.monotonic() + LEASE_S


class Streams:
    """Of one port; its words by address."""

    def __init__(self, board: Board, meters: Meters, clients: Callable[[], Iterable[Client]]) -> None:
        self.board, self.meters, self.clients = board, meters, clients
        self.words = {
            "/subscribe": self.subscribe, "/formatsubscribe": self.group, "/batchsubscribe": self.batch,
            "/meters": self.levels, "/renew": self.renew, "/unsubscribe": self.unsubscribe,
        }  # fmt: skip

    def tick(self) -> None:
        """Every 50 ms."""
        self.meters.tick()
        now_s = time.monotonic()
        for client in list(self.clients()):
            for alias, stream in list(client.streams.items()):
                if stream.ends_s <= now_s:
                    del client.streams[alias]
                    continue
                if stream.wait <= 0:
                    client.send(stream.frame())
                    stream.wait = stream.ticks
                stream.wait -= 1

    # -- words -------------------------------------------------------------------------------------------------------

    def subscribe(self, client: Client, args: list[Any]) -> None:
        """One leaf, whether it changes or not."""
        address, *numbers = args or [""]
        leaf = self.board.tree.leaves.get(str(address).strip("/"))
        if leaf is not None:
            self._put(client, str(address), Stream(lambda: self._leaf(leaf), _ticks(numbers[:1]), False))
        elif block_of(address) is not None:
            self.levels(client, args)

    def group(self, client: Client, args: list[Any]) -> None:
        """Leaves in one blob: alias, addresses with * for the digits of a number, from, to, and the ticks."""
        texts = [arg for arg in args if isinstance(arg, str)]
        numbers = _wholes(args)
        if len(texts) < 2 or len(numbers) < 3:
            return
        alias, *patterns = texts
        first, last = numbers[0], min(numbers[1], numbers[0] + LEAVES_MAX)
        named = (
            _numbered(pattern, number).strip("/")
            for pattern in patterns
            if len(pattern) <= NAME_MAX
            for number in (range(first, last + 1) if "*" in pattern else (0,))
        )
        leaves = self.board.tree.leaves
        found = [leaves[address] for address in itertools.islice(named, LOOKED_MAX) if address in leaves]
        if found:
            some = found[:LEAVES_MAX]
            self._put(client, alias, Stream(lambda: self._blob(alias, some), _ticks(numbers[2:3]), False, len(some)))

    def batch(self, client: Client, args: list[Any]) -> None:
        """Meters under an alias of the client's own: alias, the block, two arguments, and the ticks."""
        if len(args) >= 2 and isinstance(args[0], str) and (number := block_of(args[1])) is not None:
            self._meters(client, args[0], number, args[2:])

    def levels(self, client: Client, args: list[Any]) -> None:
        """A block of meters, by its own name."""
        if args and (number := block_of(args[0])) is not None:
            self._meters(client, f"/meters/{number}", number, args[1:])

    def renew(self, client: Client, args: list[Any]) -> None:
        """One alias, or all, for ten seconds more."""
        now_s = time.monotonic()
        for alias, stream in client.streams.items():
            if not args or _alike(alias, args[0]):
                stream.ends_s = now_s + LEASE_S
        if client.told_until_s > now_s and not args:
            client.renew(now_s)

    def unsubscribe(self, client: Client, args: list[Any]) -> None:
        """One alias, or all that it is sent."""
        for alias in list(client.streams):
            if not args or _alike(alias, args[0]):
                del client.streams[alias]
        if not args:
            client.told_until_s = 0.0

    # -- frames ------------------------------------------------------------------------------------------------------

    def _put(self, client: Client, alias: str, stream: Stream) -> None:
        former = client.streams.get(alias)
        if len(alias) > NAME_MAX or (former is None and len(client.streams) >= STREAMS_MAX):
            return
        others = sum(one.leaves for name, one in client.streams.items() if name != alias)
        if others + stream.leaves > LEAVES_OF_CLIENT:
            return
        if former is not None and former.ticks == stream.ticks:
            stream.wait = former.wait  # renewed: its pace goes on
        client.streams[alias] = stream

    def _meters(self, client: Client, alias: str, number: int, numbers: Sequence[Any]) -> None:
        args = tuple(_wholes(numbers))
        ticks = _ticks(args[2:3])
        frame = lambda: blob(alias, self.meters.block(number, args[:2], ticks))  # noqa: E731
        self._put(client, alias, Stream(frame, ticks, True))

    def _leaf(self, leaf: Leaf) -> bytes:
        return leaf.packet(self.board.shown[leaf.address])

    def _blob(self, alias: str, leaves: Sequence[Leaf]) -> bytes:
        parts = b"".join(_packed(leaf, self.board.shown[leaf.address]) for leaf in leaves)
        return blob(alias, struct.pack("<i", len(parts) + 4) + parts)


def _packed(leaf: Leaf, step: Step) -> bytes:
    value = leaf.law.wire(step)
    if isinstance(value, str):
        return value.encode()[: TEXT_BYTES - 1].ljust(TEXT_BYTES, b"\0")
    return struct.pack("<f" if leaf.law.tag == "f" else "<i", value)


def blob(alias: str, data: bytes) -> bytes:
    """A message of one blob."""
    head = encode(alias, "")[:-8]
    return head + b",b\0\0" + struct.pack(">i", len(data)) + data + bytes(-len(data) % 4)


def block_of(name: Any) -> int | None:
    """The number of a block of meters."""
    text = str(name).strip("/").removeprefix("meters/")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 3 and int(text) in BLOCKS else None


def _wholes(args: Sequence[Any]) -> list[int]:
    """The numbers among some arguments, without their fractions."""
    return [int(arg) for arg in args if isinstance(arg, int | float) and math.isfinite(arg)]


def _ticks(numbers: Sequence[Any]) -> int:
    """A factor of time: 1 to 99, all else is 1."""
    found = numbers[0] if numbers and isinstance(numbers[0], int | float) else 1
    return int(found) if 1 <= found <= TICKS_MOST else 1


def _numbered(pattern: str, number: int) -> str:
    """The digits of a number in the place of as many stars."""
    parts = ["".join(part) for _, part in itertools.groupby(pattern, "*".__eq__)]
    return "".join(f"{number:0{len(part)}d}" if part.startswith("*") else part for part in parts)


def _alike(alias: str, name: Any) -> bool:
    return alias.strip("/") == str(name).strip("/")
