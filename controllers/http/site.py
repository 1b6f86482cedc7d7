"""What the web port answers: who asks, and by which name, is looked at first; then the path.

    GET /           with text/html in Accept: the page; else the tree
    GET /page/…     its files (controllers/http/pages.py)
    GET /health     whether it plays
    GET /metrics    counters, as Prometheus text
    GET anything    a node of the tree (OSCQuery)
    an upgrade      OSC over WebSocket, on any path

Runs on the desk's loop.  What takes long is made in pieces, each in its asker's turn (controllers/turns.py).
"""

import asyncio
import logging
import zlib
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from urllib.parse import unquote

from aiohttp import web

from controllers.access import is_loopback
from controllers.http import metrics
from controllers.http.answer import Answer, told
from controllers.http.door import HEADERS_MOST, Caller
from controllers.http.guard import Guard, forwarded
from controllers.http.pages import FOR_EVER, PACKED, kind_of, pages, ranged
from controllers.http.socket import Wire, asks_for_socket
from controllers.http.tokens import Asker, Denied, admits, shown
from controllers.osc.server import Osc

Got = TypeVar("Got")
_log = logging.getLogger(__name__)
OWN = ("health", "metrics", "page")  # first words of a path that are no roots of the registry
SAFE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Server": "studiod",
}


Respond = Callable[[str, str], Answer]  # path, query: all who may read at all may read everything


class Site:
    """Over one desk's OSC server.  respond: answers for nodes of the tree; text: hears text frames of a socket."""

    def __init__(self, osc: Osc, guard: Guard, scheme: str) -> None:
        self.osc, self.guard, self.scheme = osc, guard, scheme
        self.respond: Respond = lambda path, query: told(404, "no tree")
        self.text: Any = None
        self.counted = {"http_requests": 0, "http_refused": 0, "websockets": 0}

    def asker(self, request: web.BaseRequest) -> Asker:
        """Who asks: a forwarded request is never this machine's own; a token's role replaces the address's.

        Raises Denied.
        """
        host = str(request.remote or "")
        here = is_loopback(host) and not forwarded(request.headers)
        grant = shown(self.osc, host, here, request.headers)
        if grant is not None:
            return Asker(grant.role, here, grant)
        return Asker(self.osc.peers.role(host) if here or not is_loopback(host) else "none", here)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """One request, from the door."""
        caller = request.protocol
        assert isinstance(caller, Caller)
        caller.begins()
        self.counted["http_requests"] += 1
        try:
            return await self._answer(request, caller)
        except ConnectionError:  # gone in the middle of it
            return web.Response(status=499)
        except web.HTTPException as refused:  # an upgrade that is none
            return web.Response(status=refused.status, text=refused.text, headers=SAFE)
        except Exception:
            if self.osc.peers.may_tell("http"):
                _log.exception("a request from %s failed", request.remote)
            return web.Response(status=500, text="a fault of the desk; its log says more")
        finally:
            caller.ends()

    def _refuse(self, request: web.BaseRequest) -> Answer | None:
        """Why a request is not looked at; None: it is."""
        host = request.headers.get("Host", "")
        if len(request.headers) > HEADERS_MOST:
            return told(431, f"more than {HEADERS_MOST} headers")
        if not self.guard.called_right(host):
            remedy = "name it in [http] hosts, or use the address"
            return told(
                421, "this desk is not called that", expected="an address or this machine's name", remedy=remedy
            )
        if not self.guard.from_here(request.headers.get("Origin"), self.scheme, host):
            return told(403, "a page from elsewhere", remedy="name it in [http] origins")
        if request.method not in ("GET", "HEAD"):
            return told(405, "only GET and HEAD")
        return None

    async def _answer(self, request: web.BaseRequest, caller: Caller) -> web.StreamResponse:
        refused = self._refuse(request)
        if refused is not None:
            self.counted["http_refused"] += 1
            return await self._send(request, refused)
        try:
            asker = self.asker(request)
        except Denied as denied:
            self.counted["http_refused"] += 1
            return await self._send(request, told(denied.status, denied.reason))
        if asks_for_socket(request):
            if asker.role == "none" and not admits(self.osc, caller.host):
                self.counted["http_refused"] += 1
                return await self._send(request, told(403, "needs the role view", remedy="grant it in [access]"))
            self.counted["websockets"] += 1
            return await Wire(self.osc, caller, request, asker).run(request, self.text)
        return await self._send(request, self._found(request, asker.role))

    def _found(self, request: web.BaseRequest, role: str) -> Answer:
        """What stands at a path."""
        path = unquote(request.url.raw_path)
        first, _, rest = path.removeprefix("/").partition("/")
        if path == "/" and "text/html" in request.headers.get("Accept", ""):
            return self._front(request)
        if first == "page":
            return self._file(rest, request.headers.get("Range", ""))
        if path == "/health":
            return Answer(iter([metrics.health(self.osc.desk)]))
        if role == "none":
            self.counted["http_refused"] += 1
            return told(403, "needs the role view", remedy="grant it in [access]")
        if path == "/metrics":
            text = "\n".join(metrics.lines(self.osc.desk.status(), self.counted)) + "\n"
            return Answer(iter([text.encode()]), kind=metrics.KIND)
        return self.respond(path, request.url.raw_query_string)

    def _front(self, request: web.BaseRequest) -> Answer:
        """The page, which names its files; asked for anew each time, so that it is never older than the desk."""
        host = request.headers.get("Host", "")
        socket = "wss" if self.scheme == "https" else "ws"
        policy = f"default-src 'self'; connect-src 'self' {socket}://{host}; frame-ancestors 'none'; base-uri 'none'"
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-cache"}
        return Answer(iter([pages().front]), kind="text/html; charset=utf-8", headers=headers)

    def _file(self, name: str, wanted: str) -> Answer:
        """A file of the page, by the hash of them all and its name."""
        found, _, name = name.partition("/")
        data = pages().files.get(name) if found == pages().hash else None
        if data is None:
            return told(404, "no such file of the page")
        kind, headers = kind_of(name), {"Cache-Control": FOR_EVER}
        if kind not in PACKED:
            return Answer(iter([data]), kind=kind, headers=headers)
        status, part, more = ranged(data, wanted)
        return Answer(iter([part]), status, kind, {**headers, "Accept-Ranges": "bytes", **more})

    async def _send(self, request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
        """Piece by piece, each made in its asker's turn and compressed by itself."""
        response = web.StreamResponse(status=answer.status, headers={**SAFE, **answer.headers})
        response.content_type, _, charset = answer.kind.partition("; charset=")
        if charset or answer.kind.startswith("text/"):
            response.charset = charset or "utf-8"
        if answer.status >= 400:
            response.force_close()
        squeeze = None
        if "gzip" in request.headers.get("Accept-Encoding", "") and answer.status == 200 and answer.kind not in PACKED:
            response.headers["Content-Encoding"] = "gzip"
            squeeze = zlib.compressobj(6, zlib.DEFLATED, 31)
        await response.prepare(request)
        if request.method == "HEAD":
            return response
        who, within = self.osc.peers.who((str(request.remote or ""), 0, "http"))

        def made() -> bytes | None:
            piece = next(answer.pieces, None)
            return piece if piece is None or squeeze is None else squeeze.compress(piece)

        while (piece := await in_turn(self.osc, who, within, made)) is not None:
            if piece:
                await response.write(piece)
        if squeeze:
            await response.write(squeeze.flush())
        await response.write_eof()
        return response


async def in_turn(osc: Osc, who: Hashable, within: Hashable, work: Callable[[], Got]) -> Got:
    """Do a piece of work when its asker's turn comes."""
    done: asyncio.Future[Got] = asyncio.get_running_loop().create_future()

    def job() -> None:
        if done.cancelled():
            return
        try:
            done.set_result(work())
        except Exception as fault:
            done.set_exception(fault)

    osc.turns.put(("http", who), job, 0, ("http", within))
    osc.turns.wake()
    return await done
