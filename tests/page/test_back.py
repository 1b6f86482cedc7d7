"""A page that slept, that lost its socket again and again, or that is older than the desk."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from controllers.http import pages as files
from page_rig import Seen, cut, eventually, page_rig
from web_rig import WebRig

Open = Callable[..., Seen]
ROUNDS = 20
HIDE = """() => { Object.defineProperty(document, 'hidden', {value: %s, configurable: true});
    document.dispatchEvent(new Event('visibilitychange')); }"""


@pytest.fixture
def stage() -> Iterator[tuple[WebRig, Callable[..., Seen]]]:
    """A desk for each test: they end its connections."""
    with page_rig() as made:
        yield made


def sockets(rig: WebRig) -> int:
    return sum(client.address[-1] == "ws" for client in list(rig.osc.clients.values()))


def count(page: Seen) -> dict[str, float]:
    """What the browser holds of the page, once garbage is collected."""
    link = page.hand.link
    link.send("HeapProfiler.collectGarbage")
    link.send("Performance.enable")
    found = {one["name"]: one["value"] for one in link.send("Performance.getMetrics")["metrics"]}
    return {name: found[name] for name in ("Nodes", "JSEventListeners")}


def test_twenty_lost_connections_leave_nothing_behind(rig: WebRig, opened: Open) -> None:
    page = opened()
    before: dict[str, float] = {}
    for turn in range(ROUNDS):
        made = page.run("(await use('line/line.js')).connections.peek()")
        cut(rig)
        page.until(f"(await use('line/line.js')).connections.peek() > {made}")
        page.live()
        if turn == 3:
            before = count(page)
    after = count(page)
    assert after["JSEventListeners"] <= before["JSEventListeners"]
    assert after["Nodes"] <= before["Nodes"] + 5
    eventually(lambda: sockets(rig) == 1)
    rig.set("ch/2/fader", -17.0)
    page.shows("ch/2/fader", -17)


def test_a_hidden_page_is_right_when_it_is_shown_and_asks_for_no_meters(rig: WebRig, opened: Open) -> None:
    page = opened()
    streams = lambda: sum(len(client.streams) for client in list(rig.osc.clients.values()))  # noqa: E731
    eventually(lambda: streams() > 0)
    page.page.evaluate(HIDE % "true")
    eventually(lambda: streams() == 0)
    for n in range(1, 17):
        for k in range(32):
            rig.set(f"ch/{n}/fader", -40.0 + n + k / 4)
    page.page.evaluate(HIDE % "false")
    eventually(lambda: streams() > 0, 2.0)
    for n in range(1, 17):
        page.shows(f"ch/{n}/fader", -40.0 + n + 31 / 4)


def test_a_sleeper_whose_socket_only_looks_open_gets_a_new_one(rig: WebRig, opened: Open) -> None:
    """The old socket is deaf from then on, as after an iPad's sleep: it stays OPEN and nothing comes."""
    page = opened()
    page.page.evaluate("() => { WebSocket.prototype.send = function () {}; }")
    deaf = page.run("(await use('line/line.js')).connections.peek()")
    rig.on(_silence(rig))
    made = "const frame = document.createElement('iframe'); document.body.append(frame);"
    restored = f"{made} WebSocket.prototype.send = frame.contentWindow.WebSocket.prototype.send;"
    page.page.evaluate(f"() => {{ {restored} frame.remove(); }}")
    page.page.evaluate(HIDE % "true")
    page.page.evaluate(HIDE % "false")
    page.until(f"(await use('line/line.js')).connections.peek() > {deaf}")
    page.live()


async def _silence(rig: WebRig) -> None:
    """Nothing more is sent over the connections that there are."""
    for client in list(rig.osc.clients.values()):
        if client.address[-1] == "ws":
            client._send = lambda packet, to: None


@pytest.mark.parametrize("finger", [False, True])
def test_a_page_older_than_the_desk_comes_anew_but_not_under_a_finger(
    rig: WebRig, opened: Open, monkeypatch: pytest.MonkeyPatch, finger: bool
) -> None:
    page = opened()
    old = files.pages()
    new = replace(old, hash="0123456789abcdef", front=old.front.replace(old.hash.encode(), b"0123456789abcdef"))
    monkeypatch.setattr("controllers.http.site.pages", lambda: new)
    named = "document.querySelector('meta[name=page]').content"
    place = page.place("ch/1/fader")
    if finger:
        page.hand.down(place["x"], place["y"])
    cut(rig)
    if finger:
        page.until("(await use('line/age.js')).older.value")
        page.page.wait_for_timeout(600)  # two looks of the page at whether it may
        assert page.page.evaluate(named) == old.hash
        assert "newer page" in page.page.locator(".banner").inner_text()
        page.hand.up()
    page.page.wait_for_selector("meta[name=page][content='0123456789abcdef']", state="attached")
    page.live()
