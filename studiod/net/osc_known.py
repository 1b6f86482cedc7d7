"""Messages that are known by their bytes: an address that was heard before, with one number behind it.

Most of what comes is such: a fader's path, the tags ",f" or ",i" and four bytes.  All before these four bytes is looked
up whole; what is not there goes to the strict decoder (osc_message.py), which alone says what is wrong.
"""

from collections.abc import Callable, Container
from typing import Any

from studiod.net.osc_message import FIXED, Message, message_of

_TAGS = {b",f\0\0": FIXED["f"].unpack_from, b",i\0\0": FIXED["i"].unpack_from}
Unpack = Callable[[bytes, int], tuple[Any, ...]]


class Known:
    """Of one port.  It learns the addresses of which `wanted` has the path, in their two forms, and no others."""

    def __init__(self, wanted: Container[str]) -> None:
        self.wanted = wanted
        self._heads: dict[bytes, tuple[str, Unpack]] = {}

    def __len__(self) -> int:
        return len(self._heads)

    def head(self, packet: bytes) -> tuple[str, float | int] | None:
        """The address and the number of a message that is known; None: it is not, or no message."""
        found = self._heads.get(packet[:-4])
        if found is None:
            return None
        address, unpack = found
        return address, unpack(packet, len(packet) - 4)[0]

    def message(self, packet: bytes) -> Message:
        """As `message_of` has it.  Raises Malformed."""
        known = self.head(packet)
        if known is not None:
            return known[0], [known[1]]
        found = message_of(packet)
        self._learn(packet, *found)
        return found

    def _learn(self, packet: bytes, address: str, args: list[Any]) -> None:
        """Its head, if it is as everybody writes it: what stands in the bytes that fill up is in no other table."""
        unpack = _TAGS.get(packet[-8:-4])
        if unpack is None or len(args) != 1 or address[1:] not in self.wanted:
            return
        plain = address.encode()
        if packet[:-8] == plain + bytes(4 - len(plain) % 4):
            self._heads[packet[:-4]] = address, unpack
