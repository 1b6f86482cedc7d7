"""One leaf of the console's tree as a desk has it: its law, its link, and the bytes that its value goes out behind."""

import struct

from controllers.x32.laws.law import Law, Step
from controllers.x32.links.link import Link
from studiod.net.osc_codec import encode

_PACK = {"f": struct.Struct(">f").pack, "i": struct.Struct(">i").pack}


class Leaf:
    """Law and link may change: those of an effect's parameters come with its type."""

    __slots__ = ("_head", "address", "admin", "law", "link", "node", "rest")

    def __init__(self, address: str, law: Law, link: Link | None, rest: Step, admin: bool) -> None:
        self.address, self.admin = address, admin
        self.node, _, _ = address.rpartition("/")
        self.become(law, link, rest)

    def become(self, law: Law, link: Link | None, rest: Step) -> None:
        self.law, self.link, self.rest = law, link, rest
        self._head = b""

    def packet(self, step: Step) -> bytes:
        """The message that says a step."""
        value = self.law.wire(step)
        if isinstance(value, str):
            return encode(f"/{self.address}", value)
        if not self._head:
            self._head = encode(f"/{self.address}", value)[:-4]
        return self._head + _PACK[self.law.tag](value)
