"""The UDP socket of the OSC port: datagrams in batches, sent without waiting; places that answer *unreachable*.

The socket is read by hand, since asyncio reads one datagram a round: a flood would fill the system's buffer, and what
others sent would be lost in it.  Names are never looked up here; addresses are numbers.
"""

import asyncio
import contextlib
import errno
import socket
from collections.abc import Callable
from typing import Any

from studiod.net.host_port import is_v6

BUFFER = 1 << 22  # bytes
BATCH = 2048  # datagrams a round of the loop
MOST_BYTES = 65_507  # of one datagram
_GONE = (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH)
_RECVERR = {socket.AF_INET: (socket.IPPROTO_IP, 11), socket.AF_INET6: (socket.IPPROTO_IPV6, 25)}  # Linux
_ERRQUEUE = 0x2000


class Udp:
    """Attribute unsent: packets that the network did not take."""

    def __init__(
        self, hear: Callable[[bytes, Any], None], heard: Callable[[], None], gone: Callable[[Any], None]
    ) -> None:
        """hear: a datagram and where it came from; heard: a batch is over; gone: nobody listens at an address."""
        self._hear, self._heard, self._gone = hear, heard, gone
        self.unsent = 0
        self.address: tuple[Any, ...] = ("", 0)
        self._wire: socket.socket | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def open(self, host: str, port: int) -> None:
        """Raises OSError."""
        self._loop = asyncio.get_running_loop()
        found = await self._loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM, flags=socket.AI_PASSIVE)
        family, kind, proto, _, place = found[0]
        wire = socket.socket(family, kind, proto)
        try:
            wire.setblocking(False)
            wire.bind(place)
        except OSError as fault:
            wire.close()
            raise OSError(fault.errno, f"error while attempting to bind on address {place}: {fault.strerror}") from None
        for way, beyond in ((socket.SO_RCVBUF, 33), (socket.SO_SNDBUF, 32)):  # 33, 32: beyond the limit, for root
            with contextlib.suppress(OSError):
                wire.setsockopt(socket.SOL_SOCKET, way, BUFFER)  # the system takes as much of it as it allows
                wire.setsockopt(socket.SOL_SOCKET, beyond, BUFFER)
        with contextlib.suppress(OSError, KeyError):
            wire.setsockopt(*_RECVERR[family], 1)
        self._wire, self.address = wire, wire.getsockname()[:2]
        self._loop.add_reader(wire.fileno(), self._read)

    def broadcast(self, on: bool) -> None:
        """Whether packets to a whole network go out; default: they do not."""
        if self._wire is not None:
            self._wire.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, int(on))

    def probe(self, to: tuple[Any, ...], broadcast: bool = False) -> int:
        """Why nothing can be sent to a number and port from here, as an errno; 0: it can, as far as is known."""
        if self._wire is None:
            return errno.EBADF
        with socket.socket(self._wire.family, socket.SOCK_DGRAM) as probe:
            try:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, int(broadcast))
                place = self._wire.getsockname()
                probe.bind((place[0], 0, *place[2:]))
                probe.connect(to[:2])
            except socket.gaierror:
                return errno.EAFNOSUPPORT
            except (OSError, OverflowError) as fault:
                return getattr(fault, "errno", None) or errno.EINVAL
        return 0

    def reach(self, host: str) -> str:
        """A host's number as this socket takes it: on one of IPv6 an IPv4 number stands within one of IPv6."""
        v6 = self._wire is not None and self._wire.family == socket.AF_INET6
        return f"::ffff:{host}" if v6 and not is_v6(host) else host

    def send(self, packet: bytes, to: tuple[Any, ...]) -> int:
        """0 when the network has taken it, else an errno."""
        if self._wire is None or len(packet) > MOST_BYTES:
            self.unsent += 1
            return errno.EMSGSIZE
        why = errno.EINVAL
        for last in (False, True):
            try:
                self._wire.sendto(packet, to[:2])
                return 0
            except OSError as fault:
                why = fault.errno or why
                if last or fault.errno not in _GONE:
                    break  # the network does not take it: newer values will follow
                self._unreachable()  # told of an earlier packet, to whomever
            except (ValueError, OverflowError, TypeError):
                break
        self.unsent += 1
        return why

    def _read(self) -> None:
        wire, errors = self._wire, True
        for _ in range(BATCH):
            if wire is None:
                return
            try:
                data, addr = wire.recvfrom(65536)
            except BlockingIOError:
                break
            except OSError:
                self._unreachable()
                continue
            self._hear(data, addr[:2])
            errors = False
        if errors:  # woken by nothing else; beside datagrams they are told instead of the next of these
            self._unreachable()
        self._heard()

    def _unreachable(self) -> None:
        """Read which places answered that nobody listens there."""
        while self._wire is not None:
            try:
                _, told, _, place = self._wire.recvmsg(0, 512, _ERRQUEUE)
            except OSError:
                return
            for _, _, data in told:
                if int.from_bytes(data[:4], "little") in _GONE and place:
                    self._gone(place[:2])

    def close(self) -> None:
        if self._wire is not None:
            if self._loop is not None:
                self._loop.remove_reader(self._wire.fileno())
            self._wire.close()
            self._wire = None
