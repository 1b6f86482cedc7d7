"""What the page costs a browser and the network, and how long a finger takes to the desk and to another tablet.

    python tests/bench/page.py [--seconds 30] [--minutes 10] [--slow 4] [--json]

Chromium beside a daemon on the virtual interface.  light: with the processor so many times slower, sixteen strips,
meters at 30 Hz and eight faders that another client moves: frames a second, script, style and layout of the thread,
bytes a second with all meters and hidden.  quick: from a touch to another page's drawn fader, by turns with a bare
page on a bare relay; and from a WebSocket to another.  steady: heap and nodes over some minutes.
"""

import argparse
import asyncio
import json
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import paths  # noqa: F401  (finds what is imported below)
from aiohttp import WSMsgType, web

import servers
from bench.many import Socket
from browser import FLAGS, chromium
from page_rig import HOST, Hand, Seen
from studiod.net.osc_codec import encode

WIDE = {"width": 1900, "height": 900}
MOVED, MOVES_HZ = 8, 50.0
FINGERS = 60
LOST_MS = 1000.0  # a move that is not drawn by then counts as this
PARTS = ("ScriptDuration", "RecalcStyleDuration", "LayoutDuration", "TaskDuration")
COUNT = "() => { window.drawn = 0; const tick = () => { window.drawn++; requestAnimationFrame(tick); }; tick(); }"
BARE = """<!doctype html><title>bare</title>
<style>html,body{margin:0;height:100%} #cap{position:absolute;width:100px;height:100px;background:red}</style>
<div id=cap></div>
<script>
const line = new WebSocket('ws://' + location.host + '/line');
line.onmessage = (event) => requestAnimationFrame(() => { cap.style.transform = 'translateY(' + event.data + 'px)'; });
addEventListener('pointermove', (event) => line.send(String(event.clientY)));
addEventListener('touchmove', (event) => event.preventDefault(), {passive: false});
</script>"""


class Mover:
    """Another client, which moves faders all the time."""

    def __init__(self, port: int) -> None:
        self.port, self.over = port, threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
            step = 0
            while not self.over.wait(1.0 / MOVES_HZ):
                step += 1
                for n in range(1, MOVED + 1):
                    link.sendto(encode(f"/ch/{n}/fader", -40.0 + (step * n) % 45), (HOST, self.port))

    def __enter__(self) -> "Mover":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()


def metrics(page: Seen) -> dict[str, float]:
    found = page.hand.link.send("Performance.getMetrics")["metrics"]
    return {one["name"]: one["value"] for one in found}


def received(page: Seen) -> list[int]:
    """Bytes of all frames that come over its WebSocket from now on."""
    sizes: list[int] = []
    page.hand.link.send("Network.enable")

    def came(event: dict[str, Any]) -> None:
        response = event["response"]
        sizes.append(len(response["payloadData"]) * 3 // 4 if response["opcode"] == 2 else len(response["payloadData"]))

    page.hand.link.on("Network.webSocketFrameReceived", came)
    return sizes


def light(page: Seen, desk: servers.Daemon, seconds: float, slow: float) -> dict[str, float]:
    link = page.hand.link
    link.send("Performance.enable")
    link.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    page.page.evaluate(COUNT)
    with Mover(desk.osc_port):
        page.page.wait_for_timeout(1000)
        sizes = received(page)
        before, began_s = metrics(page), time.monotonic()
        page.page.evaluate("() => { window.drawn = 0; }")
        page.page.wait_for_timeout(1000 * seconds)
        took_s = time.monotonic() - began_s
        drawn, after = page.page.evaluate("() => window.drawn"), metrics(page)
    shares = {name: 100.0 * (after[name] - before[name]) / took_s for name in PARTS}
    link.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    return {
        "frames_per_s": round(drawn / took_s, 1),
        "script_style_layout_percent": round(sum(shares[name] for name in PARTS[:3]), 1),
        "thread_percent": round(shares["TaskDuration"], 1), "kb_per_s": round(sum(sizes) / took_s / 1000, 1),
    }  # fmt: skip


def hidden(page: Seen, seconds: float) -> float:
    """kB a second to a page that nobody sees, while nothing is moved."""
    hide = "() => { Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
    hide += " document.dispatchEvent(new Event('visibilitychange')); }"
    page.page.evaluate(hide % "true")
    page.page.wait_for_timeout(2500)
    sizes = received(page)
    page.page.wait_for_timeout(1000 * seconds)
    page.page.evaluate(hide % "false")
    return round(sum(sizes) / seconds / 1000, 2)


def first_values_s(context: Any, desk: servers.Daemon, slow: float) -> float:
    """From navigation to the values of all visible faders, with the processor slowed."""
    page = context.new_page()
    link = page.context.new_cdp_session(page)
    link.send("Emulation.setCPUThrottlingRate", {"rate": slow})
    began_s = time.monotonic()
    page.goto(f"http://{HOST}:{desk.http_port}/#mix/ch", wait_until="commit")
    held = "() => { const all = [...document.querySelectorAll('x-number button')]; "
    held += "return all.length > 8 && all.every((one) => !one.textContent.includes('…')); }"
    while not page.evaluate(held):
        page.wait_for_timeout(20)
    took_s = time.monotonic() - began_s
    page.close()
    return round(took_s, 2)


@contextmanager
def relay() -> Iterator[int]:
    """A bare page and a bare relay: what one sends, all get."""
    loop, lines = asyncio.new_event_loop(), set()

    async def line(request: web.Request) -> web.WebSocketResponse:
        link = web.WebSocketResponse()
        await link.prepare(request)
        lines.add(link)
        async for message in link:
            if message.type == WSMsgType.TEXT:
                for other in lines:
                    await other.send_str(message.data)
        lines.discard(link)
        return link

    async def front(_: web.Request) -> web.Response:
        return web.Response(text=BARE, content_type="text/html")

    async def begin() -> int:
        app = web.Application()
        app.add_routes([web.get("/", front), web.get("/line", line)])
        runner = web.AppRunner(app)
        await runner.setup()
        port = servers.free_udp_port()
        await web.TCPSite(runner, HOST, port).start()
        return port

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    yield asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()


def to_other_ms(hand: Any, other: Any, x: float, y: float, changed: str) -> list[float]:
    """From a touch that moves to the frame in which another page has drawn it."""
    took = []
    hand.down(x, y)
    for k in range(FINGERS):
        before = other.evaluate(changed)
        sent = time.time() * 1000
        hand.move(x, y - 40 - 3 * (k % 20) - 70 * (k % 2))
        while other.evaluate(changed) == before and time.time() * 1000 < sent + LOST_MS:
            pass
        took.append(time.time() * 1000 - sent)
        time.sleep(0.05)
    hand.up()
    return took


FADER = """() => { const cap = document.querySelector('x-fader[path="ch/1/fader"] .cap');
    return cap.style.transform; }"""


@contextmanager
def another(context: Any) -> Iterator[Any]:
    """A context of a browser of its own: of two pages in one browser, Chromium draws the one in front."""
    browser = context.browser.browser_type.launch(executable_path=servers.need_tool("chromium", "chromium"), args=FLAGS)
    try:
        yield browser.new_context(viewport=WIDE, has_touch=True)
    finally:
        browser.close()


def quick(context: Any, desk: servers.Daemon) -> dict[str, Any]:
    """Medians, by turns."""
    with ExitStack() as stack:
        port = stack.enter_context(relay())
        near, away, third, fourth = (stack.enter_context(another(context)) for _ in range(4))
        one, two = Seen(near, desk.http_port, "mix/ch"), Seen(away, desk.http_port, "mix/ch")
        bare, far = third.new_page(), fourth.new_page()
        for page in (bare, far):
            page.goto(f"http://{HOST}:{port}/")
            page.wait_for_function("() => line.readyState === 1")
        ours: list[float] = []
        theirs: list[float] = []
        place = one.place("ch/1/fader")
        for _ in range(3):
            ours += to_other_ms(one.hand, two.page, place["x"], place["y"] + 100, FADER)
            theirs += to_other_ms(Hand(bare), far, 300, 500, "() => document.querySelector('#cap').style.transform")
    return {"to_other_ms": round(statistics.median(ours), 1), "bare_to_other_ms": round(statistics.median(theirs), 1)}


def through_ms(desk: servers.Daemon) -> float:
    """From one WebSocket in to another one out, a change at a time; median."""
    one, other = Socket(HOST, desk.http_port, []), Socket(HOST, desk.http_port, [])
    other.say("/subscribe", "/ch/1/fader", 60.0)
    took = []
    for k in range(4 * FINGERS):
        time.sleep(0.05)
        other.packets_in()
        began_s = time.perf_counter()
        one.say("/ch/1/fader", -float(k % 60) - 1.0)
        while not other.packets_in() and time.perf_counter() < began_s + LOST_MS / 1000:
            pass
        took.append(1000 * (time.perf_counter() - began_s))
    for link in (one.link, other.link):
        link.close()
    return round(statistics.median(took), 2)


def steady(page: Seen, desk: servers.Daemon, minutes: float) -> dict[str, Any]:
    link = page.hand.link
    link.send("Performance.enable")
    looks = []
    with Mover(desk.osc_port):
        for _ in range(5):
            page.page.wait_for_timeout(60_000 * minutes / 5)
            link.send("HeapProfiler.collectGarbage")
            found = metrics(page)
            looks.append((found["JSHeapUsedSize"] / 1e6, found["Nodes"]))
    heaps = [round(heap, 2) for heap, _ in looks]
    return {"heap_mb": heaps, "nodes": sorted({nodes for _, nodes in looks})}


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--seconds", type=float, default=30.0)
    words.add_argument("--minutes", type=float, default=10.0)
    words.add_argument("--slow", type=float, default=4.0)
    words.add_argument("--json", action="store_true")
    asked = words.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.Daemon(Path(folder)).start() as desk,
        chromium(viewport=WIDE, has_touch=True) as context,
    ):
        found: dict[str, Any] = {"first_values_s": first_values_s(context, desk, asked.slow)}
        page = Seen(context, desk.http_port, "mix/ch")
        strips = page.page.locator("x-strip .strip:not(.empty)").count()
        found |= {"strips": strips, **light(page, desk, asked.seconds, asked.slow)}
        found["hidden_kb_per_s"] = hidden(page, 10.0)
        if asked.minutes:
            found |= steady(page, desk, asked.minutes)
        page.page.close()
        found |= {**quick(context, desk), "through_ms": through_ms(desk)}
    print(json.dumps(found) if asked.json else "\n".join(f"{name}: {value}" for name, value in found.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
