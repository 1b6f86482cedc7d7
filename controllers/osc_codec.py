"""OSC 1.0 packets to messages and back: python-osc's message codec behind a strict look at the sizes.

The look is needed: python-osc 1.10.2 reads a cut-off float as if zeros followed, logs each unknown tag, and its bundle
walks for ever when an element's size is -4.  So bundles are taken apart here, and a message is measured first.
"""

import struct
import time
from collections.abc import Iterable, Iterator
from typing import Any

from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.parsing.osc_types import write_string

BUNDLE = b"#bundle\0"
AT_ONCE = 1  # the timetag that means now
BUNDLE_MAX = 1400  # bytes: one unfragmented Ethernet packet with room to spare
DEEPEST = 8
_UNIX_S = 2208988800  # 1970 in seconds since 1900
_SIZES = {"i": 4, "f": 4, "r": 4, "m": 4, "h": 8, "d": 8, "t": 8, "T": 0, "F": 0, "N": 0, "[": 0, "]": 0}
Message = tuple[str, list[Any]]


class Malformed(ValueError):
    """A packet that is no OSC."""


def decode(packet: bytes) -> tuple[list[Message], int]:
    """The messages of a packet, nested bundles flattened in order, and its timetag.  Raises Malformed."""
    if not packet.startswith(BUNDLE):
        return [_message(packet)], AT_ONCE
    if len(packet) < 16:
        raise Malformed("a bundle without a timetag")
    out: list[Message] = []
    _unpack(packet, out, 0)
    return out, int.from_bytes(packet[8:16], "big")


def _unpack(packet: bytes, out: list[Message], depth: int) -> None:
    if depth > DEEPEST or len(packet) < 16:
        raise Malformed("a bundle too deep or too short")
    i = 16
    while i < len(packet):
        size = int.from_bytes(packet[i : i + 4], "big", signed=True)
        element = packet[i + 4 : i + 4 + size]
        if size < 4 or size % 4 or len(element) != size:
            raise Malformed("an element of a wrong size")
        if element.startswith(BUNDLE):
            _unpack(element, out, depth + 1)
        else:
            out.append(_message(element))
        i += 4 + size


def _message(packet: bytes) -> Message:
    if packet[:1] != b"/" or not _whole(packet):
        raise Malformed("no message, or cut off")
    try:
        message = OscMessage(packet)
    except (ParseError, ValueError) as fault:
        raise Malformed(str(fault)) from None
    return message.address, message.params


def _string_end(packet: bytes, start: int) -> int:
    end = packet.find(0, start)
    return (end // 4 + 1) * 4 if end >= 0 else len(packet) + 4


def _whole(packet: bytes) -> bool:
    """Whether address, tags and arguments fill the packet exactly."""
    size = len(packet)
    i = _string_end(packet, 0)
    if size % 4 or i >= size:
        return i == size and size % 4 == 0  # old senders leave the tags out
    tags_at, i = i, _string_end(packet, i)
    if packet[tags_at] != 0x2C or i > size:
        return False
    for tag in packet[tags_at + 1 : packet.find(0, tags_at)].decode("latin-1"):
        if tag == "s":
            i = _string_end(packet, i)
        elif tag == "b":
            count = int.from_bytes(packet[i : i + 4], "big", signed=True)
            i = i + 4 + (count + 3) // 4 * 4 if count >= 0 else size + 4
        elif tag in _SIZES:
            i += _SIZES[tag]
        else:
            return False
        if i > size:
            return False
    return i == size


def encode(address: str, *args: float | int | str) -> bytes:
    """One message: int → i (h beyond 32 bits), float → f, text → s, True and False → T F."""
    tags, data = ",", b""
    for value in args:
        if isinstance(value, bool):
            tags += "T" if value else "F"
        elif isinstance(value, int):
            small = -(2**31) <= value < 2**31
            tags += "i" if small else "h"
            data += struct.pack(">i" if small else ">q", value)
        elif isinstance(value, float):
            tags += "f"
            data += struct.pack(">f", value)
        else:
            tags += "s"
            data += write_string(value.replace("\0", ""))
    return bytes(write_string(address) + write_string(tags) + data)


def bundles(messages: Iterable[bytes], most: int = BUNDLE_MAX) -> Iterator[bytes]:
    """Packets of at most that many bytes, made while they are asked for."""
    head = BUNDLE + AT_ONCE.to_bytes(8, "big")
    packet = bytearray(head)
    for message in messages:
        if len(packet) + 4 + len(message) > most and len(packet) > 16:
            yield bytes(packet)
            packet = bytearray(head)
        packet += len(message).to_bytes(4, "big") + message
    if len(packet) > 16:
        yield bytes(packet)


def unix_ns(timetag: int) -> int:
    """The wall-clock time of a timetag, in ns since 1970."""
    return ((timetag >> 32) - _UNIX_S) * 1_000_000_000 + ((timetag & 0xFFFFFFFF) * 1_000_000_000 >> 32)


def timetag_at(unix_s: float) -> int:
    """The timetag of a wall-clock time."""
    return int((unix_s + _UNIX_S) * 2**32)


def due_ns(timetag: int) -> int:
    """The monotonic time of a timetag, by the closest of a few readings of both clocks: a pause between them lies."""
    gap_ns, wall_less_monotonic_ns = 1 << 62, 0
    for _ in range(3):
        before, wall, after = time.monotonic_ns(), time.time_ns(), time.monotonic_ns()
        if after - before < gap_ns:
            gap_ns, wall_less_monotonic_ns = after - before, wall - (before + after) // 2
    return unix_ns(timetag) - wall_less_monotonic_ns
