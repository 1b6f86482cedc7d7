"""OSC over a stream: frames to packets and back.

The first byte tells the framing, and answers come in the same: C0 is SLIP (OSC 1.1; RFC 1055 with END at both ends), 00
begins a big-endian size (OSC 1.0).
"""

from collections.abc import Iterator

FRAME_MAX = 1 << 20  # bytes, as they go over the wire
END, ESC = b"\xc0", b"\xdb"


class TooLong(ValueError):
    """A frame beyond the limit."""


class Slip:
    """OSC 1.1 framing.  Empty frames are dropped; one with a wrong escape comes out empty, and is malformed."""

    def __init__(self, most: int = FRAME_MAX) -> None:
        self.most, self.kept = most, bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The packets that these bytes complete.  Raises TooLong."""
        *ended, rest = data.split(END)
        for part in ended:
            self._keep(part)
            frame, self.kept = bytes(self.kept), bytearray()
            if frame:
                yield self._plain(frame)
        self._keep(rest)

    def _keep(self, part: bytes) -> None:
        if len(self.kept) + len(part) > self.most:
            raise TooLong
        self.kept += part

    @staticmethod
    def _plain(frame: bytes) -> bytes:
        if frame.count(ESC) != frame.count(b"\xdb\xdc") + frame.count(b"\xdb\xdd"):
            return b""
        return frame.replace(b"\xdb\xdc", END).replace(b"\xdb\xdd", ESC)

    @staticmethod
    def frame(packet: bytes) -> bytes:
        return END + packet.replace(ESC, b"\xdb\xdd").replace(END, b"\xdb\xdc") + END


class Sized:
    """OSC 1.0 framing: four bytes of size before each packet."""

    def __init__(self, most: int = FRAME_MAX) -> None:
        self.most, self.kept = most, bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The packets that these bytes complete.  Raises TooLong."""
        self.kept += data
        while len(self.kept) >= 4:
            size = int.from_bytes(self.kept[:4], "big")
            if size > self.most:
                raise TooLong
            if len(self.kept) < 4 + size:
                return
            packet = bytes(self.kept[4 : 4 + size])
            del self.kept[: 4 + size]
            if packet:
                yield packet

    @staticmethod
    def frame(packet: bytes) -> bytes:
        return len(packet).to_bytes(4, "big") + packet
