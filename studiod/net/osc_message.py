"""One message of OSC 1.0 and 1.1 out of its bytes, or in words what is wrong with it.

Strict: no size is believed, and what is nearly OSC is told so that its sender can be mended.
"""

import re
import struct
from collections.abc import Callable
from typing import Any

DEEPEST = 8  # bundles in bundles, arrays in arrays
ARGS_MAX = 1024  # of a message
ADDRESS_MAX_BYTES = 80  # of an address that is only shown
SHOWN_BYTES = 40  # of what is told of a packet that is none
FIXED = {tag: struct.Struct(f">{kind}") for tag, kind in (("i", "i"), ("f", "f"), ("h", "q"), ("d", "d"))}
FIXED |= {"r": struct.Struct("4s"), "m": struct.Struct("4s"), "t": struct.Struct("8s")}  # no parameter takes them
_BARE = {"T": True, "F": False, "N": None, "I": True}  # I: an impulse, as of a button that is pressed
_RUN_ON = re.compile(r",[ifhdsSbcrmtTFNI]+")  # at the end of an address that lacks its zero byte
Message = tuple[str, list[Any]]


class Malformed(ValueError):
    """A packet that is no OSC.  str() says why, and of the packet at most a few bytes, escaped; address: of the message
    at fault, "" when it has none."""

    def __init__(self, why: str, address: str = "") -> None:
        super().__init__(why)
        self.address = address


def message_of(packet: bytes) -> Message:
    """One message: address, tags and arguments, which fill the packet exactly.  Raises Malformed."""
    if packet[:1] != b"/":
        begins = shown(packet.partition(b"\0")[0] or packet)
        raise Malformed(f"neither a message, which begins with /, nor a bundle; it begins with {begins}")
    if len(packet) % 4:
        raise Malformed(f"a message of {len(packet)} bytes, which is no multiple of 4", _cut(packet))
    address, at = _text(packet, 0)
    if at == len(packet):
        return address, []  # old senders leave the tags out
    try:
        return address, _args(packet, address, at)
    except Malformed as fault:
        raise Malformed(str(fault), address) from None


def _args(packet: bytes, address: str, at: int) -> list[Any]:
    """The arguments, whose tags begin at a byte.  Raises Malformed."""
    tags, at = _tags(packet, address, at)
    args: list[Any] = []
    arrays = [args]  # that are open, from the outermost to the innermost
    for tag in tags:
        if tag in FIXED:
            form = FIXED[tag]
            if at + form.size > len(packet):
                raise Malformed(
                    f"a message that is cut off: {tag} has {form.size} bytes, where {len(packet) - at} are left"
                )
            (value,), at = form.unpack_from(packet, at), at + form.size
        elif tag in _BARE:
            value = _BARE[tag]
        elif tag in _SIZED:
            value, at = _SIZED[tag](packet, at)
        elif tag == "[":
            if len(arrays) > DEEPEST:
                raise Malformed(f"more than {DEEPEST} arrays within one another")
            value = []
        elif tag == "]":
            if len(arrays) == 1:
                raise Malformed("an array that ends without a beginning")
            arrays.pop()
            continue
        else:
            raise Malformed(f"a type tag that OSC does not have: {tag!a}")
        arrays[-1].append(value)
        if tag == "[":
            arrays.append(value)
    if len(arrays) > 1:
        raise Malformed("an array without an end")
    if at != len(packet):
        raise Malformed(f"{len(packet) - at} bytes after the last argument of its type tags ,{tags[:SHOWN_BYTES]}")
    return args


def _tags(packet: bytes, address: str, at: int) -> tuple[str, int]:
    """The type tags without their comma, and where the arguments begin.  Raises Malformed."""
    if packet[at : at + 1] == b",":
        tags, at = _text(packet, at)
        if len(tags) > ARGS_MAX + 1:
            raise Malformed(f"more than {ARGS_MAX} arguments in a message")
        return tags[1:], at
    run_on = _RUN_ON.search(address)
    if run_on and run_on.end() == len(address):
        raise Malformed(f"an address without its zero byte: the type tags {run_on[0]} are a part of it")
    end = packet.find(0, at)
    bare = packet[at:end] if end > at else b""
    if bare and all(chr(byte) in TAGS for byte in bare):
        raise Malformed(f"type tags without their comma: {shown(bare)}; expected ,{bare[:SHOWN_BYTES].decode()}")
    raise Malformed("an address without type tags after it, but with data; expected such as ,f and then the number")


def shown(data: bytes) -> str:
    """The beginning of something that is not understood, as it may be told: in quotes, escaped and cut."""
    some = data[:SHOWN_BYTES].decode("latin-1")
    return ascii(some) if some else "nothing"


def _cut(packet: bytes) -> str:
    """What looks like the address of a message that is none."""
    return packet[:ADDRESS_MAX_BYTES].partition(b"\0")[0].decode("utf-8", "ignore")


def _text(packet: bytes, at: int) -> tuple[str, int]:
    end = packet.find(0, at)
    after = (end // 4 + 1) * 4
    if end < 0 or after > len(packet):
        raise Malformed("a message that is cut off: a text without its zero byte")
    try:
        return packet[at:end].decode("utf-8"), after
    except UnicodeDecodeError:
        raise Malformed(f"a text that is not UTF-8: {shown(packet[at:end])}") from None


def _blob(packet: bytes, at: int) -> tuple[bytes, int]:
    count = int.from_bytes(packet[at : at + 4], "big", signed=True)
    after = at + 4 + (count + 3) // 4 * 4
    if at + 4 > len(packet) or count < 0 or after > len(packet):
        raise Malformed("a message that is cut off: a blob without all of its bytes")
    return packet[at + 4 : at + 4 + count], after


def _character(packet: bytes, at: int) -> tuple[str, int]:
    if at + 4 > len(packet):
        raise Malformed("a message that is cut off: a character without all of its bytes")
    try:
        text = packet[at : at + 4].decode("utf-32-be")
    except UnicodeDecodeError:
        raise Malformed(f"a character that is none: {shown(packet[at : at + 4])}") from None
    return text.rstrip("\0"), at + 4


_SIZED: dict[str, Callable[[bytes, int], tuple[Any, int]]] = {
    "s": _text, "S": _text, "b": _blob, "c": _character,
}  # fmt: skip
TAGS = frozenset((*FIXED, *_BARE, *_SIZED, "[", "]"))
