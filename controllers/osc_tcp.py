"""OSC over TCP: frames to packets and back; a connection is a client that ends with it.

The first byte tells the framing, and answers come in the same: C0 is SLIP (OSC 1.1; RFC 1055 with END at both ends), 00
begins a big-endian size (OSC 1.0).  A peer that reads too slowly is never waited for and nothing queues up for it: its
subscriptions keep the newest value of each path until it reads on.  Runs on the desk's loop.
"""

import asyncio
import logging
import math
import socket
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from controllers.osc_client import Address, Client

if TYPE_CHECKING:
    from controllers.osc import Osc

FRAME_MAX = 1 << 20  # bytes, as they go over the wire
STRANGER_MAX = 1 << 12  # the same from a host without a role
LINES_MAX = 256
READ = 1 << 12  # bytes at a time: a flood must not keep the loop from the other clients
FULL, DROP = 1 << 16, 1 << 20  # bytes unsent: subscriptions and streams wait; answers are lost
STRANGER_S, PARTING_S = 2.0, 1.0
END, ESC = b"\xc0", b"\xdb"
_log = logging.getLogger(__name__)


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


class Line(asyncio.BufferedProtocol):
    """One connection."""

    def __init__(self, lines: "Lines") -> None:
        self.lines, self.osc = lines, lines.osc
        self.room = bytearray(READ)
        self.framing: Slip | Sized | None = None
        self.client: Client | None = None
        self.address: Address = ("", 0, "tcp")
        self.origin, self.most = "", FRAME_MAX
        self.over = False
        self.transport: Any = None
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        host, port = (transport.get_extra_info("peername") or ("", 0))[:2]
        self.address, self.origin = (host, port, "tcp"), f"osc:tcp:{host}:{port}"
        self.lines.open_lines.add(self)
        if len(self.lines.open_lines) > LINES_MAX:
            self.hang_up("too many connections")
            return
        self.transport.set_write_buffer_limits(high=FULL)
        wire = transport.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, FULL)  # what lies in there is old when it arrives
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
            if hasattr(socket, name):  # a tablet out of reach is gone after 25 s
                wire.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        if self.osc.rights(host) == "none":
            self.most = STRANGER_MAX
            self._timer = asyncio.get_running_loop().call_later(STRANGER_S, self.hang_up, "has no role")

    def get_buffer(self, sizehint: int) -> bytearray:
        return self.room

    def buffer_updated(self, nbytes: int) -> None:
        data = bytes(self.room[:nbytes])
        if self.over:
            return
        if self.framing is None:
            if data[:1] in (END, b"/", b"#"):  # some senders leave the first END out
                self.framing = Slip(self.most)
            elif data[:1] == b"\0":
                self.framing = Sized(self.most)
            else:
                self.hang_up("neither SLIP nor a size before its packets")
                return
        try:
            for packet in self.framing.feed(data):
                self._hear(packet)
                if self.over:
                    return
        except TooLong:
            self.hang_up(f"a frame of more than {self.most} bytes")

    def _hear(self, packet: bytes) -> None:
        refused = self.osc.refused
        client = self.osc.hear(packet, self.address, self.send, self.origin)
        if client is not None and self.client is None:
            self.client = client
            client.heard_s = math.inf  # it lives as long as its connection
            client.flow(self.transport.get_write_buffer_size() <= FULL)
        elif self.osc.refused > refused:
            self.hang_up("")

    def send(self, packet: bytes, to: Address) -> None:
        if to != self.address:
            self.osc.send(packet, to)  # /subscribe/to another place
        elif self.over or self.framing is None:
            return
        elif self.transport.get_write_buffer_size() > DROP:
            self.osc.unsent += 1
        else:
            self.transport.write(self.framing.frame(packet))

    def pause_writing(self) -> None:
        if self.client is not None:
            self.client.flow(False)

    def resume_writing(self) -> None:
        if self.client is not None and not self.over:
            self.client.flow(True)

    def hang_up(self, why: str) -> None:
        """End it from this side: what is on its way may arrive for a second."""
        if why and self.osc.may_tell("tcp"):
            _log.warning("%s closed: %s", self.origin, why)
        self._end()
        self.transport.close()
        self._timer = asyncio.get_running_loop().call_later(PARTING_S, self.transport.abort)

    def eof_received(self) -> None:
        self.hang_up("")

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        self.lines.open_lines.discard(self)

    def _end(self) -> None:
        """Leases, fingers and holds end with the connection, at once."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.over:
            return
        self.over = True
        if self.client is not None:
            self.client.gone = True
            self.osc.clients.pop(self.address, None)
            self.client.close(self.osc.desk)


class Lines:
    """All connections of one OSC port."""

    def __init__(self, osc: "Osc") -> None:
        self.osc = osc
        self.open_lines: set[Line] = set()
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen where UDP does.  Raises OSError."""
        host, port = self.osc.address[:2]
        self._server = await asyncio.get_running_loop().create_server(lambda: Line(self), host, port)

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for line in list(self.open_lines):
            line.transport.abort()
