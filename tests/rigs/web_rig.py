"""A desk with its OSC port and its web port on real sockets, its engine stood in for; and callers of the web port."""

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Coroutine, Iterator
from http.client import HTTPConnection, HTTPResponse
from types import SimpleNamespace
from typing import Any, Self

import aiohttp
import numpy as np

from controllers.http.start import Web
from controllers.osc.listen import Port, start
from servers import free_udp_port
from studiod.desk.desk import Desk
from studiod.net.osc_codec import decode, encode
from studiod.registry.meter_banks import BANKS
from studiod.registry.registry import Console, Registry

HOST = "127.0.0.1"
REGISTRY = Registry(Console(inputs=4, outputs=2, channels=8, buses=4))


class StandIn:
    """An engine that writes down what is posted, and whose meters stand still."""

    def __init__(self, registry: Registry) -> None:
        self.console = registry.console
        self.posts: list[tuple[int, dict[str, Any]]] = []

    def post(self, changed: dict[str, Any], values: dict[str, Any], frame: int) -> None:
        self.posts.append((frame, dict(changed)))

    def frame_at(self, ns: int) -> int:
        return ns * 48 // 1_000_000

    def meters(self, bank: str, since: int) -> tuple[list[float], int]:
        names = ("inputs", "outputs", "channels", "buses", "returns", "matrices")
        return [-20.0] * len(BANKS[bank]({name: getattr(self.console, name) for name in names})), 1

    def inputs(self, since: int) -> tuple[np.ndarray, np.ndarray, int]:
        return np.zeros((0, 4)), np.zeros((0, 4)), 0

    def reset_meters(self) -> None: ...

    def words(self) -> dict[str, Any]:
        return {"frames": 4800, "device": "null"}


class WebRig:
    """Attributes: desk; osc, the OSC port; web, the web port; port, of the latter."""

    def __init__(self, registry: Registry = REGISTRY, rights: Any = None, **http: Any) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        wanted = {
            "listen": HOST, "port": free_udp_port(), "hosts": [], "origins": [], "certificate": "", "key": "",
            "announce": False, "connections": 64, "connections_of_host": 64, "idle_s": 60.0, **http,
        }  # fmt: skip
        self.settings = SimpleNamespace(
            osc=SimpleNamespace(listen=HOST, port=free_udp_port(), client=[]),
            access=SimpleNamespace(lan="none", rules=[]),
            http=SimpleNamespace(**wanted),
        )
        self.faults: list[dict[str, Any]] = []  # what the loop's own handler was told
        self.loop.set_exception_handler(lambda _, context: self.faults.append(context))
        self.desk = Desk(registry, StandIn(registry))
        self.osc, self.web = self.on(self._start(rights))
        self.port = self.settings.http.port

    async def _start(self, rights: Any) -> tuple[Port, Web]:
        self.ticker = asyncio.get_running_loop().create_task(self.desk.run())
        osc = await start(self.desk, self.settings, rights)
        web = Web(osc, self.settings)
        web.begin()
        if not web.trouble:
            await web.open.wait()
        return osc, web

    def on(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The outcome of something done on the desk's loop."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    def set(self, path: str, value: Any) -> None:
        async def work() -> None:
            self.desk.set(path, value, "test")

        self.on(work())

    def get(self, path: str) -> Any:
        async def work() -> Any:
            return self.desk.get(path)

        return self.on(work())

    def until(self, held: Callable[[], bool]) -> None:
        """Waits until something of the desk is so.  Raises TimeoutError after 20 s."""

        async def work() -> None:
            while not held():
                await asyncio.sleep(0.001)

        self.on(asyncio.wait_for(work(), 20))

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers in small letters, and body."""
        link = HTTPConnection(HOST, self.port, timeout=20)
        try:
            link.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
            for name, value in headers.items():
                link.putheader(name.replace("_", "-"), value)
            link.endheaders()
            answer: HTTPResponse = link.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            link.close()

    def json(self, path: str, **headers: str) -> Any:
        status, _, body = self.ask(path, **headers)
        assert status == 200, (status, body)
        return json.loads(body)

    def raw(self, data: bytes, wait_s: float = 10.0) -> bytes:
        """What comes back for bytes, until the desk closes or it is silent for so long."""
        with socket.create_connection((HOST, self.port), timeout=wait_s) as link:
            link.sendall(data)
            back = b""
            try:
                while more := link.recv(65536):
                    back += more
            except OSError:
                pass
            return back

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        """Closed, and the loop's own handler was told nothing."""
        faults = self.faults
        self.close()
        assert kind is not None or not faults

    def close(self) -> None:
        async def stop() -> None:
            await self.web.close()
            await self.osc.close()
            self.ticker.cancel()
            await asyncio.gather(self.ticker, return_exceptions=True)

        self.on(stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


class Tablet:
    """OSC over a WebSocket, by aiohttp's client, on a loop of its own thread."""

    def __init__(self, port: int, path: str = "/", **headers: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.socket = self._on(self._open(f"http://{HOST}:{port}{path}", headers))

    def _on(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(30)

    async def _open(self, url: str, headers: dict[str, str]) -> aiohttp.ClientWebSocketResponse:
        self.session = aiohttp.ClientSession()
        try:
            return await self.session.ws_connect(url, headers=headers, max_msg_size=1 << 24)
        except BaseException:
            await self.session.close()
            raise

    def say(self, address: str, *args: Any) -> None:
        self._on(self.socket.send_bytes(encode(address, *args)))

    def send(self, data: bytes) -> None:
        self._on(self.socket.send_bytes(data))

    def text(self, data: str) -> None:
        self._on(self.socket.send_str(data))

    def hear(self, wait_s: float = 0.15, until: str = "") -> list[tuple[str, list[Any]]]:
        """All messages until silence for so long, or the first one with an address."""
        return list(self._hear(max(wait_s, 5.0) if until else wait_s, until))

    def _hear(self, wait_s: float, until: str) -> Iterator[tuple[str, list[Any]]]:
        while True:
            try:
                message = self._on(self.socket.receive(wait_s))
            except TimeoutError:
                return
            if message.type != aiohttp.WSMsgType.BINARY:
                return
            found = [told for told in decode(message.data)[0] if told[0] != "/alive"]
            yield from found
            if until and any(address == until for address, _ in found):
                return

    def ask(self, address: str, *args: Any, answer: str = "") -> list[Any]:
        self.say(address, *args)
        return next(args for told, args in self.hear(until=answer or address) if told == (answer or address))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        async def end() -> None:
            await self.socket.close()
            await self.session.close()

        self._on(end())
        self._stop()

    def cut(self) -> None:
        """Gone without a word."""

        async def abort() -> None:
            transport = self.socket._response.connection.transport  # type: ignore[union-attr]
            transport.abort()
            await self.session.close()

        self._on(abort())
        self._stop()

    def _stop(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()
