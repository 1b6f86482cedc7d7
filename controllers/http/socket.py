"""OSC over WebSocket: a binary frame is a packet, and the connection is a client that ends with it.

Frames go out by hand, whole, into the transport's buffer, which is bounded: who reads slowly keeps the newest value of
each path until it reads on, as over TCP.  Pings find who is dead.
"""

import asyncio
import logging
import math
from typing import Any

from aiohttp import WSMsgType, web

from controllers.http.door import Caller
from controllers.http.tokens import JOIN_S, Asker
from controllers.osc.client import Client
from controllers.osc.server import Osc
from controllers.osc.subscription import Address

PING_S = 6.0  # and half of it for the answer: the dead are found in 10 s
DROP = 1 << 20  # bytes unsent: answers are lost
CROWD = 1 << 20  # bytes that wait for their turn: nothing more is read meanwhile
FRAME_BYTES, PACKET_BYTES = 1 << 20, 1 << 14  # of what is heard; of what is sent at once
WAIT_S = 0.02
PARTING_S = 2.0  # for a last word: who does not read does not hear it
POLICY, TOO_BIG = 1008, 1009
BINARY, TEXT = 0x82, 0x81  # first bytes of frames
_log = logging.getLogger(__name__)
# it would log the protocols that a stranger offers, as often as he likes: some programs put their token there
logging.getLogger("aiohttp.websocket").setLevel(logging.ERROR)


def frame(packet: bytes, kind: int = BINARY) -> bytes:
    """A frame of a server (RFC 6455, 5.2): final, not masked."""
    size = len(packet)
    if size < 126:
        return bytes((kind, size)) + packet
    if size < 1 << 16:
        return bytes((kind, 126)) + size.to_bytes(2, "big") + packet
    return bytes((kind, 127)) + size.to_bytes(8, "big") + packet


class Wire:
    """One connection that speaks OSC.  text: hears what is no OSC (a text frame), with the client."""

    def __init__(self, osc: Osc, caller: Caller, request: web.BaseRequest, asker: Asker) -> None:
        self.osc, self.caller, self.asker = osc, caller, asker
        host, port = (request.transport.get_extra_info("peername") or ("", 0))[:2]  # type: ignore[union-attr]
        self.address: Address = (host, port, "ws")
        self.over = False
        self.socket = web.WebSocketResponse(heartbeat=PING_S, max_msg_size=FRAME_BYTES, compress=False, timeout=1.0)
        self.client: Client | None = None
        self.unsent = 0

    async def run(self, request: web.BaseRequest, text: Any = None) -> web.WebSocketResponse:
        """From the upgrade to its end."""
        await self.socket.prepare(request)
        client = self.client = self.osc.peers.make(self.address, self.asker.role, self.send)
        client.here, client.grant = self.asker.here, self.asker.grant
        client.most, client.pace_s = PACKET_BYTES, 0.0
        client.heard_s = math.inf  # it lives as long as its connection
        client.hang_up, client.tell = self.hang_up, self.tell
        if (older := self.osc.clients.get(self.address)) is not None:  # its end has not been noticed yet
            older.hang_up("")
        self.osc.clients[self.address] = client
        self.caller.peer, self.caller.lost = client, self._end  # also while nothing is read, for there is a crowd
        who = self.osc.peers.who(self.address)[0]
        if client.role == "none":
            asyncio.get_running_loop().call_later(JOIN_S, self._joined_by_now)
        try:
            async for message in self.socket:
                if self.over:
                    break
                if message.type == WSMsgType.BINARY:
                    if not self.osc.hear(message.data, self.address, self.send, client):
                        break
                    self.osc.turns.wake()
                elif message.type == WSMsgType.TEXT and text is not None and client.role != "none":
                    text(message.data, client)
                while self.osc.turns.waiting(who) > CROWD and not (self.over or self.socket.closed):
                    await asyncio.sleep(WAIT_S)
        finally:
            self._end()
        return self.socket

    def send(self, packet: bytes, to: Address) -> None:
        transport = self.caller.transport
        if to != self.address or self.over or transport is None or transport.is_closing():
            return
        if transport.get_write_buffer_size() > DROP:
            self.unsent += 1
            if self.client is not None:
                self.client.dropped += 1
            return
        transport.write(frame(packet))

    def tell(self, text: str) -> None:
        """A text frame, unless it takes nothing now."""
        transport = self.caller.transport
        if not self.over and transport is not None and transport.get_write_buffer_size() <= DROP:
            transport.write(frame(text.encode(), TEXT))

    def _joined_by_now(self) -> None:
        if self.client is not None and self.client.role == "none" and not self.over:
            self.hang_up("it has no role, and did not join with a token")

    def hang_up(self, why: str) -> None:
        """End it from this side, with a word."""
        if self.over:
            return
        if why and self.osc.peers.may_tell("ws"):
            _log.warning("%s closed: %s", self.address[0], why)
        self._end()
        self._closing = asyncio.get_running_loop().create_task(self._close(why))

    async def _close(self, why: str) -> None:
        try:
            async with asyncio.timeout(PARTING_S):
                await self.socket.close(code=POLICY, message=why.encode()[:120])
        except TimeoutError:
            pass
        finally:
            self.caller.hang_up()

    def _end(self) -> None:
        """Leases, fingers and holds end with the connection, at once."""
        if self.over or self.client is None:
            return
        self.over = True
        self.caller.peer = None
        self.client.gone = True
        if self.osc.clients.get(self.address) is self.client:
            self.osc.peers.forget(self.client)


def asks_for_socket(request: web.BaseRequest) -> bool:
    """Whether a request wants to be upgraded."""
    return "websocket" in request.headers.get("Upgrade", "").lower()
