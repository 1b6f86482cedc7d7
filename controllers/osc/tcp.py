"""OSC over TCP: a connection is a client that ends with it.

A peer that reads too slowly is never waited for and nothing queues up for it: its subscriptions keep the newest value
of each path until it reads on.  One that sends faster than its turns come is read more slowly.  On the desk's loop.
"""

import asyncio
import logging
import math
import socket
import time
from collections.abc import Hashable
from typing import Any

from controllers.access import is_loopback
from controllers.osc.client import Client, Send
from controllers.osc.framing import END, FRAME_MAX, Sized, Slip, TooLong
from controllers.osc.server import Osc
from controllers.osc.subscription import Address
from controllers.places import gives_way
from studiod.desk.identity import socket as socket_origin

STRANGER_MAX = 1 << 12  # bytes of a frame from a host without a role
LINES_MAX, HERE_MAX = 192, 64  # connections of the network, of this machine
STRANGERS_MAX, STRANGERS_OF = 8, 2  # without a role: in all, of one host
HALF_S, WHOLE_S = 10.0, 60.0  # a frame that does not grow ends; so does one that takes so long
HALVES_MAX = 32 << 20  # bytes of all frames that are not whole
READ = 1 << 12  # bytes at a time: a flood must not keep the loop from the other clients
FULL, DROP = 1 << 16, 1 << 20  # bytes unsent: subscriptions and streams wait; answers are lost
CROWD = 1 << 20  # bytes that wait for their turn: nothing more is read meanwhile
STRANGER_S, PARTING_S = 2.0, 1.0
_log = logging.getLogger(__name__)


class Line(asyncio.BufferedProtocol):
    """One connection."""

    def __init__(self, lines: "Lines") -> None:
        self.lines, self.osc = lines, lines.osc
        self.room = bytearray(READ)
        self.framing: Slip | Sized | None = None
        self.client: Client | None = None
        self.address: Address = ("", 0, "tcp")
        self.host, self.role, self.origin, self.most = "", "none", "", FRAME_MAX
        self.heard_s = self.began_s = time.monotonic()  # when bytes came last; when this frame began
        self.over = self.paused = False
        self.counted = 0  # of its half frame, in the sum of all
        self.transport: Any = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def host_line(self) -> Hashable:
        return self.osc.peers.who(self.address)[0]

    def busy(self) -> bool:
        return self.client is not None and self.client.busy()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        host, port = (transport.get_extra_info("peername") or ("", 0))[:2]
        self.host, self.address, self.origin = host, (host, port, "tcp"), socket_origin(host, port, "tcp")
        self.role = self.osc.peers.role(host)
        if not self.lines.admit(self):
            self.over = True
            self.transport.abort()
            return
        self.transport.set_write_buffer_limits(high=FULL)
        wire = transport.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, FULL)  # what lies in there is old when it arrives
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (("TCP_KEEPIDLE", 10), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3)):
            if hasattr(socket, name):  # a tablet out of reach is gone after 25 s
                wire.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        if self.role == "none":
            self.most = STRANGER_MAX
            self._timer = asyncio.get_running_loop().call_later(STRANGER_S, self.hang_up, "has no role")

    def get_buffer(self, sizehint: int) -> bytearray:
        return self.room

    def buffer_updated(self, nbytes: int) -> None:
        data = bytes(self.room[:nbytes])
        if self.over:
            return
        self.heard_s = time.monotonic()
        if self.framing is None:
            if data[:1] in (END, b"/", b"#"):  # some senders leave the first END out
                self.framing = Slip(self.most)
            elif data[:1] == b"\0":
                self.framing = Sized(self.most)
            else:
                self.hang_up("neither SLIP nor a size before its packets")
                return
        was_whole = not self.framing.kept
        try:
            for packet in self.framing.feed(data):
                self.began_s, was_whole = self.heard_s, False
                self._hear(packet)
                if self.over:
                    return
        except TooLong:
            self.hang_up(f"a frame of more than {self.most} bytes")
            return
        self.lines.count(self)
        if self.over:
            return
        if was_whole:
            self.began_s = self.heard_s
        if self.client is not None and self.osc.turns.waiting(self.host_line) > CROWD:
            self.paused = True
            self.transport.pause_reading()

    def _hear(self, packet: bytes) -> None:
        if self.client is None and self.role != "none":
            self.client = self.osc.peers.make(self.address, self.role, self.send)
            self.osc.clients[self.address] = self.client
            self.client.heard_s = math.inf  # it lives as long as its connection
            self.client.flow(self.transport.get_write_buffer_size() <= FULL)
        if self.osc.hear(packet, self.address, self.send, self.client):
            self.osc.turns.wake()
        else:
            self.hang_up("")

    def sweep(self, now_s: float) -> None:
        """Read on when its turns have come; end a frame that does not become whole."""
        if self.paused and (self.client is None or self.osc.turns.waiting(self.host_line) < CROWD // 2):
            self.paused = False
            self.transport.resume_reading()
        if self.half and not self.paused and (now_s - self.heard_s > HALF_S or now_s - self.began_s > WHOLE_S):
            self.hang_up(f"a frame that was not whole after {HALF_S:g} s without a byte, or {WHOLE_S:g} s in all")

    @property
    def half(self) -> int:
        """Bytes of a frame that is not whole."""
        return 0 if self.over or self.framing is None else len(self.framing.kept)

    def send(self, packet: bytes, to: Address) -> None:
        if to != self.address:
            self.lines.elsewhere(packet, to)  # /subscribe/to another place
        elif self.over or self.framing is None:
            return
        elif self.transport.get_write_buffer_size() > DROP:
            self.lines.unsent += 1
            if self.client is not None:
                self.client.dropped += 1
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
        if why and self.osc.peers.may_tell("tcp"):
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
        self.lines.count(self)
        if self.client is not None:
            self.client.gone = True
            self.osc.peers.forget(self.client)


class Lines:
    """All connections of one OSC port.  Attribute unsent: answers that a connection did not take."""

    def __init__(self, osc: Osc, elsewhere: Send) -> None:
        """elsewhere: sends to a place that is no connection."""
        self.osc, self.elsewhere = osc, elsewhere
        self.open_lines: set[Line] = set()
        self.unsent = self.halves = 0  # halves: bytes of frames that are not whole
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        """Listen where UDP does.  Raises OSError."""
        host, port = self.osc.address[:2]
        place: dict[str, Any] = {"host": host, "port": port}
        if host == "::":  # which asyncio would take for IPv6 alone
            place = {"sock": socket.create_server((host, port), family=socket.AF_INET6, dualstack_ipv6=True)}
        self._server = await asyncio.get_running_loop().create_server(lambda: Line(self), **place)

    def admit(self, new: Line) -> bool:
        """Room for a connection: one of a host with a role always finds some (controllers/places.py)."""
        standing = [line for line in self.open_lines if not line.over]
        if new.role == "none":
            strangers = [line.host for line in standing if line.role == "none"]
            if len(strangers) >= STRANGERS_MAX or strangers.count(new.host) >= STRANGERS_OF:
                return False
        else:
            here = is_loopback(new.host)
            side = [line for line in standing if line.role != "none" and is_loopback(line.host) == here]
            if len(side) >= (HERE_MAX if here else LINES_MAX):
                for gone in gives_way(side):
                    gone.hang_up("too many connections; it was silent for longest")
        self.open_lines.add(new)
        return True

    def sweep(self, now_s: float) -> None:
        """Called ten times a second."""
        for line in list(self.open_lines):
            line.sweep(now_s)

    def forget_roles(self) -> None:
        """The rights have changed: a connection from a host that has none now ends."""
        for line in list(self.open_lines):
            had, line.role = line.role, self.osc.peers.role(line.host)
            if line.role == "none" and had != "none":
                line.hang_up("has no role any more")

    def count(self, line: Line) -> None:
        """A half frame has grown or is gone: beyond the bound of all together the largest goes."""
        self.halves += line.half - line.counted
        line.counted = line.half
        if self.halves > HALVES_MAX:
            max(self.open_lines, key=lambda line: line.half).hang_up("the largest of too many half frames")

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
        for line in list(self.open_lines):
            line.transport.abort()
