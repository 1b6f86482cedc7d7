"""The web port introduces itself: OSCQuery, OSC over WebSocket, the page, metrics and health, in the desk's loop.

Its port is taken at the start; what answers there is loaded beside the sound, off the loop, for it takes longer than
all other languages together.  A port that is taken is told, and tried again: the desk plays without a web port.
"""

import asyncio
import errno
import importlib
import logging
import socket
import ssl
import time
from collections.abc import Iterator
from typing import Any

from controllers.http.tokens import door
from controllers.osc.server import Osc
from studiod.desk.controller import Controller, NetPort, Ports, Running
from studiod.desk.desk import Desk
from studiod.net.bind_error import refused
from studiod.net.host_port import joined

AGAIN_S = 10.0
BACKLOG = 128
_log = logging.getLogger(__name__)


class Web(Running):
    """The web port of one desk.  Attribute address: where it listens, host and port."""

    def __init__(self, osc: Osc, settings: Any) -> None:
        self.osc, self.settings = osc, settings.http
        self.trouble = ""
        self.address: tuple[Any, ...] = (self.settings.listen, self.settings.port)
        self.site: Any = None
        self.listening: Any = None
        self._announcer: Any = None
        self._door: Any = None
        self._wire: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._secure = _secure(self.settings)
        self._task: asyncio.Task[None] | None = None
        self.open = asyncio.Event()
        osc.desk.grants.doors.append(lambda: door(self.scheme, self.settings, self.address[1], self.trouble))

    @property
    def scheme(self) -> str:
        return "https" if self._secure else "http"

    def begin(self) -> None:
        """Take the port, and answer as soon as all is loaded."""
        self._take()
        self._task = asyncio.get_running_loop().create_task(self._run())

    def _take(self) -> None:
        """The port, or why it cannot be had."""
        host, port = self.settings.listen, self.settings.port
        try:
            self._wire = _bound(host, port)
        except OSError as fault:
            trouble = "; ".join(refused(fault, "http", host, port))
            if trouble != self.trouble:
                _log.warning("%s; the desk goes on without its web port and tries again every %g s", trouble, AGAIN_S)
            self.trouble = trouble
            return
        if self.trouble:
            _log.info("http: %s has become free", joined(host, port))
        self.trouble, self.address = "", self._wire.getsockname()[:2]

    async def _run(self) -> None:
        while self._wire is None:
            await asyncio.sleep(AGAIN_S)
            self._take()
        loop = asyncio.get_running_loop()
        # the package of the web server takes 0.15 s to load: not while the loop has others to answer
        parts = await loop.run_in_executor(None, _load)
        self.site = parts.site.Site(
            self.osc, parts.guard.Guard(self.settings.hosts, self.settings.origins), self.scheme
        )
        space = parts.tree.Space(self.osc.desk, lambda: parts.host_info.host_info(self.osc.address))
        self.listening = parts.listening.Listening(self.osc, space)
        self.site.respond, self.site.text = space.respond, self.listening.hear
        self._door = parts.door.Door(self.site.handle, self.settings)
        self._server = await loop.create_server(self._door, sock=self._wire, ssl=self._secure, backlog=BACKLOG)
        self.open.set()
        self._announce(parts)
        while True:
            await asyncio.sleep(1.0)
            self._door.sweep(time.monotonic())
            for path in space.look():
                self.listening.changed(path)

    def _announce(self, parts: "_Parts") -> None:
        """Say by mDNS that all this is there, where somebody else can hear it."""
        said = parts.announce.services(self.scheme, self.address, self.osc.address) if self.settings.announce else []
        if said:
            self._announcer = parts.announce.Announcer(said)

    def greeting(self) -> Iterator[str]:
        """Where it listens."""
        if not self.trouble:
            host, port = self.address
            yield f"{self.scheme} {joined(host, port)}"

    def alarm(self) -> str:
        return self.trouble

    async def close(self) -> None:
        if self._announcer is not None:
            await asyncio.get_running_loop().run_in_executor(None, self._announcer.close)
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._server is not None:
            self._server.close()
        if self._door is not None:
            for caller in self._door.callers:
                caller.hang_up()
        if self._wire is not None:
            self._wire.close()


class _Parts:
    """What answers, once it is loaded."""

    def __init__(self) -> None:
        self.site = importlib.import_module("controllers.http.site")
        self.door = importlib.import_module("controllers.http.door")
        self.guard = importlib.import_module("controllers.http.guard")
        self.tree = importlib.import_module("controllers.http.tree")
        self.host_info = importlib.import_module("controllers.http.host_info")
        self.listening = importlib.import_module("controllers.http.listening")
        self.announce = importlib.import_module("controllers.http.announce")


def _load() -> _Parts:
    return _Parts()


def _bound(host: str, port: int) -> socket.socket:
    """Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    place = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM, 0, socket.AI_PASSIVE)[0][4]
    return socket.create_server(place[:2], family=family, backlog=BACKLOG, dualstack_ipv6=host == "::")


def _secure(settings: Any) -> ssl.SSLContext | None:
    """TLS where the settings have a certificate.  Raises ValueError in words."""
    if not settings.certificate and not settings.key:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.certificate, settings.key or None)
    except (OSError, ssl.SSLError) as fault:
        why = fault.strerror if isinstance(fault, OSError) and fault.errno == errno.ENOENT else str(fault)
        raise ValueError(f"http.certificate {settings.certificate!r}, http.key {settings.key!r}: {why}; expected a "
                         "certificate and its key, both PEM") from None  # fmt: skip
    return context


async def start(desk: Desk, settings: Any, osc: Osc) -> Web:
    """Raises ValueError for a certificate that cannot be used."""
    web = Web(osc, settings)
    web.begin()
    return web


CONTROLLER = Controller(
    "http",
    tables=("http",),
    wanted=lambda settings: True,
    start=start,
    ports=lambda settings, registry: Ports((NetPort("http", settings.http.listen, settings.http.port, ("TCP",)),)),
    rides="osc",
)
