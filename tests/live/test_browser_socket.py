"""A browser's own WebSocket: our page speaks OSC, and a page from elsewhere does not, whatever it is called."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from browser import chromium
from studiod.net.osc_codec import decode, encode
from web_rig import HOST, WebRig

TALK = """async ([url, packets, until]) => {
    const socket = new WebSocket(url), heard = [];
    socket.binaryType = 'arraybuffer';
    return await new Promise((done) => {
        socket.onopen = () => packets.forEach((packet) => socket.send(Uint8Array.from(packet)));
        socket.onmessage = (event) => {
            heard.push(Array.from(new Uint8Array(event.data)));
            if (heard.length >= until) { socket.close(); done(heard); }
        };
        socket.onerror = () => done('refused');
    });
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as context:
        yield context


@pytest.fixture
def rig() -> Iterator[WebRig]:
    made = WebRig()
    yield made
    made.close()


@pytest.fixture
def elsewhere() -> Iterator[int]:
    """The port of a page of somebody else, on this very machine."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>elsewhere</title>")

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer((HOST, 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_our_page_sets_asks_and_hears(browser: Any, rig: WebRig) -> None:
    page = browser.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.goto(f"http://{HOST}:{rig.port}/")
    assert page.title().endswith("studiod")
    packets = [list(encode("/ch/1/fader", -6.5)), list(encode("/ch/1/fader"))]
    (heard,) = page.evaluate(TALK, [f"ws://{HOST}:{rig.port}/", packets, 1])
    assert decode(bytes(heard))[0] == [("/ch/1/fader", [-6.5])]
    assert rig.get("ch/1/fader") == -6.5
    assert not faults
    page.close()


@pytest.mark.parametrize("name", [HOST, "localhost"])
def test_a_page_from_elsewhere_gets_nothing(browser: Any, rig: WebRig, elsewhere: int, name: str) -> None:
    page = browser.new_page()
    page.goto(f"http://{name}:{elsewhere}/")
    packets = [list(encode("/ch/1/fader", -7.5))]
    assert page.evaluate(TALK, [f"ws://{name}:{rig.port}/", packets, 1]) == "refused"
    read = "async (url) => { try { return await (await fetch(url)).text() } catch { return 'refused' } }"
    assert page.evaluate(read, f"http://{name}:{rig.port}/health") == "refused"
    assert rig.get("ch/1/fader") == -90.0
    page.close()


def test_our_page_cannot_be_framed(browser: Any, rig: WebRig, elsewhere: int) -> None:
    page = browser.new_page()
    page.goto(f"http://{HOST}:{elsewhere}/")
    frame = f"<iframe src='http://{HOST}:{rig.port}/page/index.html'></iframe>"
    page.set_content(frame)
    page.wait_for_timeout(300)
    assert not any("studiod" in (other.title() or "") for other in page.frames)
    page.close()
