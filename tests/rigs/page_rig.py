"""The page in a real browser, over a real web port: what it draws, fingers on it, and what arrives at the desk."""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from browser import chromium
from studiod.registry.registry import Console, Registry
from web_rig import HOST, WebRig

CONSOLE = Console(
    inputs=16, outputs=8, channels=16, buses=8, rate_hz=48000, returns=4, matrices=2, dcas=4, mute_groups=4, surfaces=2
)
TABLET = {"width": 1024, "height": 768}
CAP_PX = 44  # of a fader: its travel is so much less than its height


class Hand:
    """Fingers on one page, as a touch screen reports them.  Places in CSS px."""

    def __init__(self, page: Any) -> None:
        self.link = page.context.new_cdp_session(page)
        self.at: dict[int, tuple[float, float]] = {}

    def _send(self, kind: str) -> None:
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in self.at.items()]
        self.link.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def down(self, x: float, y: float, finger: int = 0) -> None:
        self.at[finger] = (x, y)
        self._send("touchStart")

    def move(self, x: float, y: float, finger: int = 0) -> None:
        self.at[finger] = (x, y)
        self._send("touchMove")

    def up(self, finger: int = 0) -> None:
        del self.at[finger]
        self._send("touchEnd")

    def cancel(self) -> None:
        self.at.clear()
        self._send("touchCancel")

    def tap(self, x: float, y: float) -> None:
        self.down(x, y)
        self.up()


class Seen:
    """One page of a browser.  faults: what it threw, and what it asked for in vain."""

    def __init__(self, context: Any, port: int, place: str) -> None:
        self.page = context.new_page()
        self.faults: list[str] = []
        self.asked: list[str] = []
        self.page.on("pageerror", lambda fault: self.faults.append(str(fault)))
        self.page.on("response", lambda answer: answer.status >= 400 and self.faults.append(answer.url))
        self.page.on("console", lambda line: line.type == "error" and self.faults.append(line.text))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(f"http://{HOST}:{port}/#{place}")
        self.hand = Hand(self.page)
        self.live()

    def live(self) -> None:
        """Waits until the desk is heard and all that is shown has come."""
        self.page.wait_for_selector("html[data-state=live]")
        self.until("(await use('line/desk.js')).loading.value === 0")
        self.frames()

    def run(self, body: str) -> Any:
        """The outcome of JavaScript, in which `await use('line/desk.js')` is a module of the page."""
        head = "const use = (name) => import(`/page/${document.querySelector('meta[name=page]').content}/${name}`);"
        return self.page.evaluate(f"async () => {{ {head} return {body}; }}")

    def until(self, held: str) -> None:
        """Waits until an expression of JavaScript is true.  Raises AssertionError after 20 s."""
        ends_s = time.monotonic() + 20.0
        while not self.run(held):
            assert time.monotonic() < ends_s, held
            self.page.wait_for_timeout(20)

    def frames(self, count: int = 3) -> None:
        """So many frames are drawn."""
        for _ in range(count):
            self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")

    def value(self, path: str) -> Any:
        """What the page shows for a path."""
        return self.run(f"(await use('line/desk.js')).peek({path!r})")

    def shows(self, path: str, value: Any) -> None:
        """Waits until the page shows it."""
        self.until(f"(await use('line/desk.js')).peek({path!r}) === {value!r}")

    def place(self, path: str) -> dict[str, float]:
        """Where a control of a path is: x and y of its middle, width, height."""
        box = self.page.locator(f'[path="{path}"]').first.bounding_box()
        assert box is not None, path
        return {**box, "x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}

    def close(self) -> None:
        self.page.close()
        assert not self.faults, self.faults


@contextlib.contextmanager
def page_rig(
    console: Console = CONSOLE, make: type[WebRig] = WebRig, **context: Any
) -> Iterator[tuple[Any, Callable[..., Seen]]]:
    """A desk, made as wanted, and what opens its page: open(place, **of the browser's context)."""
    with make(registry=Registry(console)) as rig, chromium(viewport=TABLET, has_touch=True, **context) as browser:
        yield rig, lambda place="mix/ch": Seen(browser, rig.port, place)


def cut(rig: WebRig) -> None:
    """Every connection over a WebSocket ends without a word."""

    async def work() -> None:
        for client in list(rig.osc.clients.values()):
            if client.address[-1] == "ws":
                client.hang_up("cut by a test")

    rig.on(work())


def eventually(held: Callable[[], bool], within_s: float = 10.0) -> None:
    """Waits until something is so.  Raises AssertionError."""
    ends_s = time.monotonic() + within_s
    while not held():
        assert time.monotonic() < ends_s
        time.sleep(0.01)
