"""The desk says by mDNS that it is there: `_oscjson._tcp` and `_http._tcp` of the web port, `_osc._udp` of OSC.

Only on networks that are listened on, never for loopback.  Its own thread looks after all of it: to be heard takes
1.6 s of asking whether the name is free, and the package a tenth of a second to load.  Where an address comes or goes,
what was said is said anew.  It touches nothing of the desk.
"""

import asyncio
import ipaddress
import logging
import socket
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from controllers.http.host_info import WILD, own_name

LOOK_S = 10.0  # between two looks at the addresses of this machine
LEAVE_S = 0.8  # a word of leave takes half of it
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Service:
    """kind: such as "_osc._udp"; host: where it listens, as the settings say it."""

    kind: str
    host: str
    port: int


def services(scheme: str, web: Sequence[Any], osc: Sequence[Any]) -> list[Service]:
    """What a desk has to say: host and port of the web port, and of OSC.  OSCQuery's clients speak no TLS."""
    kinds = ("_oscjson._tcp", "_http._tcp") if scheme == "http" else ("_https._tcp",)
    found = [Service(kind, *web[:2]) for kind in kinds] + [Service("_osc._udp", *osc[:2])]
    return [service for service in found if not is_loopback(service.host)]


def is_loopback(host: str) -> bool:
    """Whether nobody else can hear what listens there; a name is looked up by nobody here, so it is not announced."""
    if host in WILD:
        return False
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return True


def addresses(host: str, own: Iterable[str]) -> list[str]:
    """Where others reach what listens at a host; own: the addresses of this machine."""
    if host not in WILD:
        return [host]
    return sorted(address for address in own if not is_loopback(address))


class Announcer:
    """Says what it is given, from now until it is closed."""

    def __init__(self, said: Sequence[Service]) -> None:
        self.said = said
        self._over = threading.Event()
        self._trouble = ""
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave: asyncio.Event | None = None
        self._speaker: Any = None  # zeroconf's own, while something is said
        self._thread = threading.Thread(target=self._run, name="mdns", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take leave; waits for it no longer than LEAVE_S."""
        self._over.set()
        if self._loop is not None and self._leave is not None:
            try:
                self._loop.call_soon_threadsafe(self._leave.set)
            except RuntimeError:
                return  # it is over by itself
        self._thread.join(LEAVE_S)

    def _run(self) -> None:
        try:
            asyncio.run(self._say())
        except Exception:
            _log.exception("mDNS ended; the desk goes on without it")

    async def _say(self) -> None:
        self._loop, self._leave = asyncio.get_running_loop(), asyncio.Event()
        work = asyncio.create_task(self._keep_said())
        over = asyncio.create_task(self._over_or_told())
        await asyncio.wait((work, over), return_when=asyncio.FIRST_COMPLETED)
        for task in (work, over):  # in the middle of it, too: what was said once is taken back
            task.cancel()
        await asyncio.gather(work, over, return_exceptions=True)
        await self._hush()
        if not work.cancelled():
            work.result()

    async def _over_or_told(self) -> None:
        """Until it is closed."""
        assert self._leave is not None
        if not self._over.is_set():  # closed before there was somebody to tell
            await self._leave.wait()

    async def _keep_said(self) -> None:
        """Say it, and anew when the addresses change."""
        from zeroconf import get_all_addresses

        before: dict[Service, list[str]] = {}
        while True:
            own = get_all_addresses()
            now = {service: found for service in self.said if (found := addresses(service.host, own))}
            if now != before:
                await self._hush()
                before = now if await self._begin(now) else {}
            await asyncio.sleep(LOOK_S)

    async def _begin(self, now: dict[Service, list[str]]) -> bool:
        """Say all of it; False: there is nobody to say it to."""
        from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

        everywhere = sorted({address for found in now.values() for address in found})
        if not everywhere:
            return False
        machine = f"{socket.gethostname().partition('.')[0]}.local."

        async def say(service: Service, where: list[str]) -> None:
            kind = f"{service.kind}.local."
            info = AsyncServiceInfo(
                kind, f"{own_name()}.{kind}", port=service.port, parsed_addresses=where, server=machine
            )
            await (await speaker.async_register_service(info, allow_name_change=True))

        try:
            self._speaker = speaker = AsyncZeroconf(interfaces=everywhere)
            await asyncio.gather(*(say(service, found) for service, found in now.items()))
        except OSError as fault:
            trouble = f"mDNS: {', '.join(everywhere)}: {fault.strerror}; others find the desk by its address only"
            if trouble != self._trouble:
                _log.warning("%s", trouble)
            self._trouble = trouble
            await self._hush()
            return False
        self._trouble = ""
        return True

    async def _hush(self) -> None:
        """Take back what was said."""
        speaker, self._speaker = self._speaker, None
        if speaker is not None:
            await speaker.async_unregister_all_services()
            await speaker.async_close()
