"""What goes between the desk and the child that owns the MIDI ports: frames of bytes, and the child's way out.

A frame: length (2 bytes, big-endian), then J and a JSON object, or M, a port's number (1 byte) and MIDI bytes.
T is M with a time (8 bytes, monotonic ns) before the bytes.
"""

import json
import socket
import struct
from typing import Any

LENGTH, TIME = struct.Struct("!H"), struct.Struct("!Q")
MOST_BYTES = 60_000  # of a MIDI message; a longer one is dropped whole, never cut
FRAME_BYTES = 0xFFFF
FULL_BYTES = 1 << 16  # of frames that the desk has not read: no port is heard until it has
LOST_BYTES = 1 << 20  # the desk does not read at all
NAME_CHARACTERS = 80  # of a port's name in the list for people


def control(message: dict[str, Any]) -> bytes:
    """A frame of JSON.  Raises ValueError beyond 65,535 bytes."""
    body = b"J" + json.dumps(message).encode()
    if len(body) > FRAME_BYTES:
        keys = ", ".join(message)
        raise ValueError(f"a message of {len(body)} bytes about MIDI ports ({keys}); expected at most {FRAME_BYTES}")
    return LENGTH.pack(len(body)) + body


def midi(port: int, data: bytes) -> bytes:
    """A frame of MIDI bytes for or from a port.  Raises ValueError beyond 60,000 bytes."""
    _fits(data)
    return LENGTH.pack(len(data) + 2) + b"M" + bytes((port,)) + data


def timed(port: int, ns: int, data: bytes) -> bytes:
    """A frame of MIDI bytes with their time (monotonic ns).  Raises ValueError beyond 60,000 bytes."""
    _fits(data)
    return LENGTH.pack(len(data) + 2 + TIME.size) + b"T" + bytes((port,)) + TIME.pack(ns) + data


def _fits(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise ValueError(f"a MIDI message of {len(data)} bytes; expected at most {MOST_BYTES}")


def time_of(frame: bytes) -> tuple[int, bytes]:
    """Of a T frame: its time and its bytes."""
    return TIME.unpack_from(frame, 2)[0], frame[2 + TIME.size :]


def frames(buffer: bytearray) -> list[bytes]:
    """The whole frames at the front of a buffer, taken out of it."""
    out, at, size = [], 0, len(buffer)
    while size >= at + 2 and size >= (end := at + 2 + LENGTH.unpack_from(buffer, at)[0]):
        out.append(bytes(buffer[at + 2 : end]))
        at = end
    del buffer[:at]
    return out


def seen(names: dict[str, list[str]]) -> bytes:
    """The frame that tells which ports exist, for people: whoever names ports may name many, and at length.

    Names are cut to 80 characters; of more than a frame takes, the first are told, and how many more there are.
    """
    short = {way: [name[:NAME_CHARACTERS] for name in some] for way, some in names.items()}
    most = max(map(len, short.values()), default=0)
    while True:
        told = {way: some[:most] + _more(len(some) - most) for way, some in short.items()}
        try:
            return control({"seen": told})
        except ValueError:
            most //= 2


def _more(left: int) -> list[str]:
    return [f"and {left} more"] if left > 0 else []


class Outbox:
    """The child's way to the desk: nothing waits for a desk that does not read, and what waits for it is bounded."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._waiting = sock, bytearray()

    def __len__(self) -> int:
        """Bytes that wait."""
        return len(self._waiting)

    @property
    def full(self) -> bool:
        """So much waits that nothing more should be asked of the drivers, whose own queues are bounded too."""
        return len(self._waiting) >= FULL_BYTES

    def put(self, frame: bytes) -> None:
        """To go out with the next flush.  Raises BufferError beyond 1 MiB: so much is not read at all any more."""
        self._waiting += frame
        if len(self._waiting) > LOST_BYTES:
            raise BufferError(f"the desk has not read {len(self._waiting)} bytes; expected at most {LOST_BYTES}")

    def flush(self) -> None:
        """Hand over as much as is taken now.  Raises OSError when the desk has gone."""
        while self._waiting:
            try:
                del self._waiting[: self._sock.send(self._waiting)]
            except BlockingIOError:
                return
