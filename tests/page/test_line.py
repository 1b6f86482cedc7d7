"""The page and a desk that comes and goes: what is said, what comes back, and what is never sent later."""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import servers
from browser import chromium
from page_rig import TABLET, Seen
from studiod.client.client import ask
from studiod.registry.laws import float32

CONSOLE = {"channels": 12, "buses": 4, "returns": 2, "matrices": 0, "dcas": 2, "mute_groups": 2, "surfaces": 1}
GONE_S, BACK_S = 4.0, 4.0  # three seconds, and one for a machine that has much to do


@pytest.fixture(scope="module")
def context() -> Iterator[Any]:
    with chromium(viewport=TABLET, has_touch=True) as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[servers.Daemon]:
    with servers.Daemon(tmp_path, {"console": CONSOLE}).start() as made:
        yield made


def told(desk: servers.Daemon, path: str) -> Any:
    return ask(desk.host, desk.osc_port, path)


def state(page: Seen, wanted: str, within_s: float) -> float:
    """Waits for a state of the page; how long it took."""
    began_s = time.monotonic()
    page.page.wait_for_selector(f"html[data-state={wanted}]", timeout=within_s * 1000)
    return time.monotonic() - began_s


def test_killed_under_a_drag_and_started_again(context: Any, desk: servers.Daemon) -> None:
    page = Seen(context, desk.http_port, "mix/ch")
    page.shows("ch/3/fader", -90)
    place = page.place("ch/3/fader")
    page.hand.down(place["x"], place["y"])
    page.hand.move(place["x"], place["y"] - 100)
    page.frames(10)
    before = page.value("ch/3/fader")
    assert before > -90.0
    time.sleep(0.5)  # a store holds what is older than 250 ms
    desk.kill()
    state(page, "offline", GONE_S)
    assert "Offline" in page.page.locator(".banner").inner_text()
    page.hand.move(place["x"], place["y"] - 200)  # it is dead, and moves nothing
    desk.start()
    state(page, "live", BACK_S)
    page.live()
    page.hand.move(place["x"], place["y"] - 250)  # the finger that was down when it went is dead until it is lifted
    page.hand.up()
    page.frames(10)
    assert page.value("ch/3/fader") == before
    assert float32(told(desk, "ch/3/fader")) == before
    assert page.run("location.hash") == "#mix/ch"
    page.faults.clear()  # sockets that found nobody
    page.close()


def test_stopped_with_the_socket_open_and_gone_on(context: Any, desk: servers.Daemon) -> None:
    page = Seen(context, desk.http_port, "mix/ch")
    os.killpg(desk.pid, signal.SIGSTOP)
    try:
        state(page, "offline", GONE_S)
        page.page.locator('x-switch[path="ch/1/mute"] button').click(force=True)
    finally:
        os.killpg(desk.pid, signal.SIGCONT)
    state(page, "live", BACK_S)
    page.live()
    page.frames(10)
    assert page.value("ch/1/mute") == told(desk, "ch/1/mute") == 0
    page.faults.clear()
    page.close()
