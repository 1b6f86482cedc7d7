"""OSC 1.0 packets to messages and back, with a strict look at every size.

Shared by the desk's port (controllers/) and by the commands that talk to a running desk (talk.py).  A packet may come
from anybody: no size that it says of itself is believed, and what it may hold is bounded, so that a message costs no
more than its bytes.  Messages are made one by one, while they are asked for.
"""

import struct
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from studiod.net.osc_message import ADDRESS_MAX_BYTES, DEEPEST, FIXED, message_of
from studiod.net.osc_message import Malformed as Malformed
from studiod.net.osc_message import Message as Message

BUNDLE = b"#bundle\0"
AT_ONCE = 1  # the timetag that means now
BUNDLE_MAX = 1400  # bytes: one unfragmented Ethernet packet with room to spare
TIMES_MAX = 64  # of a packet: bundles within it that are meant for times of their own
_UNIX_S = 2208988800  # 1970 in seconds since 1900


def decode(packet: bytes) -> tuple[list[Message], int]:
    """The messages of a packet, nested bundles flattened in order, and its timetag.  Raises Malformed."""
    return list(messages_of(packet)), timetag_of(packet)


def timetag_of(packet: bytes) -> int:
    """When a packet is meant for; AT_ONCE for one without a bundle.  Raises Malformed."""
    if not packet.startswith(BUNDLE):
        return AT_ONCE
    if len(packet) < 16:
        raise Malformed("a bundle without a whole timetag")
    return int.from_bytes(packet[8:16], "big")


def address_of(packet: bytes) -> str:
    """The first address of a packet, at most 80 bytes of it, and nothing else looked at; "" when there is none."""
    return next(heads_of(packet), ("", False))[0]


def heads_of(packet: bytes) -> Iterator[tuple[str, bool]]:
    """The addresses of a packet, at most 80 bytes of each, and whether values seem to follow.  Nothing else is looked
    at, and what is wrong ends it: for senders that are not read."""
    at, size = 0, len(packet)
    while True:
        for _ in range(DEEPEST + 1):
            if not packet.startswith(BUNDLE, at):
                break
            at += 20  # #bundle, timetag, the size of the first element
            size = int.from_bytes(packet[at - 4 : at], "big")
        head, zero, _ = packet[at : at + ADDRESS_MAX_BYTES].partition(b"\0")
        text = head.decode("utf-8", "ignore")
        if not text.startswith("/"):
            return
        tags = at + (len(head) // 4 + 1) * 4
        yield text, bool(zero) and packet[tags : tags + 1] == b"," and packet[tags + 1 : tags + 2] not in (b"", b"\0")
        at += size + 4
        size = int.from_bytes(packet[at - 4 : at], "big")
        if at >= len(packet) or size < 4:
            return


def messages_of(packet: bytes) -> Iterator[Message]:
    """The messages of a packet in order, each made when it is asked for.  Raises Malformed where one is not OSC."""
    for _, address, args in timed(packet):
        yield address, args


def timed(packet: bytes, message_of: Callable[[bytes], Message] = message_of) -> Iterator[tuple[int, str, list[Any]]]:
    """The messages of a packet in order, each with the timetag of the bundle that it stands in.

    message_of: makes one of its bytes.

    A bundle within another that is meant for *at once* goes with it; one that is meant for an earlier time cannot be.
    Raises Malformed.
    """
    if not packet.startswith(BUNDLE):
        yield AT_ONCE, *message_of(packet)
        return
    outer = timetag_of(packet)
    ends, at, times, seen = [len(packet)], 16, [outer], {outer}  # ends, times: of the bundles around
    while ends:
        if at == ends[-1]:
            ends.pop()
            times.pop()
            continue
        left = ends[-1] - at - 4
        size = int.from_bytes(packet[at : at + 4], "big", signed=True) if left >= 0 else -1
        at += 4
        if size < 4 or size % 4 or size > left:
            raise Malformed(f"an element of a bundle with a wrong size: {size} bytes, where {max(left, 0)} are left")
        if not packet.startswith(BUNDLE, at):
            yield times[-1], *message_of(packet[at : at + size])
            at += size
            continue
        if size < 16 or len(ends) > DEEPEST:
            raise Malformed(f"a bundle without a whole timetag, or more than {DEEPEST} within one another")
        times.append(_within(times[-1], int.from_bytes(packet[at + 8 : at + 16], "big")))
        seen.add(times[-1])
        if len(seen) > TIMES_MAX:
            raise Malformed(f"bundles for more than {TIMES_MAX} times in one packet")
        ends.append(at + size)
        at += 16


def _within(outer: int, inner: int) -> int:
    """When a bundle within another is meant for.  Raises Malformed."""
    if inner <= AT_ONCE:
        return outer
    if inner < outer:
        early_ms = (outer - inner) * 1000 / 2**32
        raise Malformed(
            f"a bundle within another and meant for {early_ms:.6g} ms before it; give it that time, or later"
        )
    return inner


def encode(address: str, *args: float | int | str) -> bytes:
    """One message: int → i (h beyond 32 bits), float → f, text → s, True and False → T F.

    A number beyond those goes as the double nearest to it, which may be an infinity; half a surrogate pair as "?".
    """
    tags, data = ",", b""
    for value in args:
        if isinstance(value, bool):
            tags += "T" if value else "F"
        elif isinstance(value, int | float):
            tag, packed = _number(value)
            tags, data = tags + tag, data + packed
        else:
            tags += "s"
            data += _string(value)
    return _string(address) + _string(tags) + data


def _number(value: int | float) -> tuple[str, bytes]:
    kinds = "fd" if isinstance(value, float) else "ihd"
    for tag in kinds:
        try:
            return tag, FIXED[tag].pack(value)
        except (struct.error, OverflowError):
            continue
    return "d", FIXED["d"].pack(float("inf") if value > 0 else float("-inf"))


def _string(text: str) -> bytes:
    data = text.replace("\0", "").encode("utf-8", "replace")
    return data + bytes(4 - len(data) % 4)


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
