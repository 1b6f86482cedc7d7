"""The connections of the web port: so many, headers of a size, and requests that become whole in time.

A host finds room while it has few; of those that hold nothing, the longest silent one gives way.  What is over its
limits is closed without a word, for it would not be read.
"""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from controllers.access import is_loopback

LINE_BYTES, FIELD_BYTES = 8190, 8190  # of the first line; of one header
HEADERS_MOST = 64
HALF_S = 10.0  # a request that is not whole by then
FULL = 1 << 16  # bytes unsent: streams wait


class Caller(RequestHandler):
    """One connection.  Attributes: host; peer, whatever speaks OSC over it; lost, told when it ends; began_s, when a
    request began that is not whole yet; heard_s."""

    __slots__ = ("asks", "began_s", "door", "heard_s", "host", "lost", "over", "peer")

    def __init__(self, door: "Door", **limits: Any) -> None:
        super().__init__(door, loop=asyncio.get_running_loop(), **limits)
        self.door = door
        self.host = ""
        self.heard_s = time.monotonic()
        self.began_s: float | None = None
        self.asks = False  # a request is being answered
        self.over = False
        self.peer: Any = None
        self.lost: Callable[[], None] = lambda: None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.host = str((transport.get_extra_info("peername") or ("",))[0])
        transport.set_write_buffer_limits(high=FULL)  # type: ignore[attr-defined]
        wire = transport.get_extra_info("socket")
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, FULL)  # what lies in there is old when it arrives
        self.began_s = time.monotonic()
        if not self.door.admit(self):
            self.hang_up()

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self.lost()

    def data_received(self, data: bytes) -> None:
        self.heard_s = time.monotonic()
        if self.began_s is None and not self.asks:
            self.began_s = self.heard_s
        super().data_received(data)

    def begins(self) -> None:
        """A request is whole, and is being answered."""
        self.asks, self.began_s = True, None

    def ends(self) -> None:
        self.asks = False

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What is no request is counted, and not repeated: it may hold a token, and the log is not for others to fill.
        What goes wrong here is a fault of ours, and logged."""
        if status >= 500 or request.writer.output_size > 0:
            return super().handle_error(request, status, exc, message)
        self.door.malformed += 1
        answer = web.Response(status=status, text="not a request that can be read\n")
        answer.force_close()
        return answer

    def hang_up(self) -> None:
        """End it at once."""
        self.over = True
        self.force_close()
        if self.transport is not None:
            self.transport.abort()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self.peer is not None:
            self.peer.flow(False)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.peer is not None:
            self.peer.flow(True)


class Door(web.Server):
    """All connections of one web port."""

    def __init__(self, handler: Any, settings: Any) -> None:
        super().__init__(handler, access_log=None, keepalive_timeout=settings.idle_s, lingering_time=0.0,
                         max_line_size=LINE_BYTES, max_field_size=FIELD_BYTES)  # fmt: skip
        self.most, self.of_host = settings.connections, settings.connections_of_host
        self.refused = self.malformed = 0

    def __call__(self) -> Caller:
        return Caller(self, **self._kwargs)

    @property
    def callers(self) -> list[Caller]:
        return [caller for caller in self.connections if isinstance(caller, Caller) and not caller.over]

    def admit(self, new: Caller) -> bool:
        """Room for one more: of its own host, then of all, who only listens or waits goes first."""
        others = [caller for caller in self.callers if caller is not new]
        mine = [caller for caller in others if caller.host == new.host]
        if len(mine) >= self.of_host and not self._gives_way(mine):
            return False
        side = [caller for caller in others if is_loopback(caller.host) == is_loopback(new.host)]
        return len(side) < self.most or self._gives_way(side)

    def _gives_way(self, side: list[Caller]) -> bool:
        """The longest silent of those who hold nothing, of the host that has most; False: all of them hold."""
        crowd = Counter(caller.host for caller in side)
        idle = [caller for caller in side if caller.peer is None or not caller.peer.busy()]
        if not idle:
            self.refused += 1
            return False
        most = max(crowd[caller.host] for caller in idle)
        gone = min((caller for caller in idle if crowd[caller.host] == most), key=lambda caller: caller.heard_s)
        gone.hang_up()
        return True

    def sweep(self, now_s: float) -> None:
        """Requests that do not become whole end."""
        for caller in self.callers:
            if caller.began_s is not None and now_s - caller.began_s > HALF_S:
                caller.hang_up()
