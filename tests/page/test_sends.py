"""Sends on faders: which mix they show, and what a hand sets there."""

from collections.abc import Callable

import numpy as np
import pytest

from page_rig import CAP_PX, Seen, eventually
from studiod.registry.laws import from_turn, to_turn
from web_rig import WebRig

Open = Callable[..., Seen]
FADER = ("fader", -90.0, 10.0)


def at(db: float, px: float, travel: float) -> float:
    return float(np.float32(from_turn(*FADER, to_turn(*FADER, db) + px / travel)))


def drag(page: Seen, path: str, px: float) -> float:
    """A fader dragged up; its travel."""
    box = page.place(path)
    page.hand.down(box["x"], box["y"])
    page.hand.move(box["x"], box["y"] - px / 2)
    page.hand.move(box["x"], box["y"] - px)
    page.hand.up()
    return box["height"] - CAP_PX


@pytest.fixture(autouse=True)
def mixes(rig: WebRig) -> None:
    for path, value in {
        "bus/2/name": "Anna", "bus/2/colour": "cyan", "bus/5/name": "Ears", "bus/5/colour": "magenta", "bus/5/link": 1,
        "ch/1/send/2/level": -20.0, "ch/1/send/2/tap": "post_fader", "ch/1/send/2/on": 1,
    }.items():  # fmt: skip
        rig.set(path, value)


def test_a_bus_in_a_layer_shows_its_send_into_another(rig: WebRig, opened: Open) -> None:
    rig.set("surface/page/layer/3/slot/1", "bus/4")
    rig.set("bus/4/send/2/level", -12.0)
    page = opened("sends/2/layer/3")
    page.page.locator('x-number[path="bus/4/send/2/level"]', has_text="\u221212.0 dB").wait_for(timeout=5000)
    rig.set("surface/page/layer/3/slot/1", "none")
    rig.set("bus/4/send/2/level", -90.0)


def test_a_long_name_ends_with_its_second_line(rig: WebRig, opened: Open) -> None:
    rig.set("ch/1/name", "W" * 32)
    page = opened("bus/2")
    name = page.page.locator(".own h2.name span", has_text="WWW").first
    lines = "one => one.clientHeight / parseFloat(getComputedStyle(one).lineHeight)"
    assert round(name.evaluate(lines), 1) == 2.0
    rig.set("ch/1/name", "")


def test_faders_are_the_sends_and_the_last_one_is_the_bus(rig: WebRig, opened: Open) -> None:
    page = opened("sends/2")
    page.shows("ch/1/send/2/level", -20)
    travel = drag(page, "ch/1/send/2/level", 60)
    eventually(lambda: rig.get("ch/1/send/2/level") == at(-20.0, 60, travel))
    rig.set("bus/2/fader", -10.0)
    page.shows("bus/2/fader", -10)
    travel = drag(page, "bus/2/fader", 40)
    eventually(lambda: rig.get("bus/2/fader") == at(-10.0, 40, travel))
    assert (rig.get("ch/1/fader"), rig.get("main/fader")) == (-90.0, 0.0)  # as they were


def test_the_page_always_says_which_mix_it_shows_in_its_colour(rig: WebRig, opened: Open) -> None:
    page = opened("sends/2")
    page.page.wait_for_selector("h1:text-is('Sends into Anna')")
    tints = [
        page.page.eval_on_selector(one, f"one => getComputedStyle(one).{what}")
        for one, what in (("header.top", "backgroundColor"), (".sends", "borderLeftColor"))
    ]
    assert tints == ["rgb(43, 196, 207)"] * 2
    page.page.locator(".mixes button", has_text="Ears").tap()
    page.page.wait_for_selector("h1:text-is('Sends into Ears')")
    page.page.wait_for_selector("header.top.colour-magenta")
    page.page.locator("nav.banks button", has_text="FX").tap()
    page.page.wait_for_selector('x-fader[path="return/1/send/5/level"]')
    assert page.page.locator("h1").inner_text() == "Sends into Ears"


@pytest.mark.parametrize("leave", ["Mixer", "Sends on faders"])
def test_it_is_entered_and_left_by_one_tap(rig: WebRig, opened: Open, leave: str) -> None:
    page = opened("mix/ch")
    page.page.locator("nav.banks button", has_text="Sends on faders").tap()
    page.page.wait_for_selector(".sends x-fader[path^='ch/1/send/']")
    page.page.locator("button", has_text=leave).tap()
    page.page.wait_for_selector('x-fader[path="ch/1/fader"]')
    assert page.page.evaluate("location.hash") == "#mix/ch"


def test_a_bus_strip_leads_to_its_sends(rig: WebRig, opened: Open) -> None:
    page = opened("mix/bus")
    page.page.locator('[data-path="bus/2"] .to-sends').tap()
    page.page.wait_for_selector("h1:text-is('Sends into Anna')")


def test_where_a_send_taps_is_seen_and_set(rig: WebRig, opened: Open) -> None:
    page = opened("sends/2")
    tap = page.page.locator('[data-path="ch/1"] .tap')
    assert tap.inner_text() == "Post"
    for item, text in (("pre_fader", "Pre"), ("pre_eq", "Pre EQ"), ("input", "Input"), ("post_fader", "Post")):
        tap.tap()
        page.page.locator("#over .taps button").filter(has=page.page.locator(f"b:text-is('{text}')")).tap()
        eventually(lambda item=item: rig.get("ch/1/send/2/tap") == item)
        page.page.wait_for_selector(f'[data-path="ch/1"] .tap:text-is("{text}")')
    rig.set("ch/1/send/2/tap", "group")
    page.page.wait_for_selector('[data-path="ch/1"] .tap:text-is("Group")')
    assert page.page.locator('[data-path="ch/1"] x-fader').count() == 0  # a group has no level to move
    page.page.locator('[data-path="ch/2"] x-switch[kind=send]').tap()
    eventually(lambda: rig.get("ch/2/send/2/on") == 0)


def test_a_pair_of_buses_is_one_mix_with_pan(rig: WebRig, opened: Open) -> None:
    """The even bus shows the odd one's sends: those are what plays."""
    rig.set("ch/1/pan", -40.0)
    rig.set("ch/1/send/5/follow", 1)
    page = opened("sends/6")
    page.page.wait_for_selector('x-fader[path="ch/1/send/5/level"]')
    assert page.page.locator(".mixes button", has_text="5+6").count() == 1
    assert page.page.locator('[data-path="ch/1"] x-knob').count() == 0
    page.page.locator('[data-path="ch/1"] .follow').tap()
    eventually(lambda: (rig.get("ch/1/send/5/follow"), rig.get("ch/1/send/5/pan")) == (0, -40.0))
    box = page.place("ch/1/send/5/pan")
    page.hand.tap(box["x"], box["y"])
    page.hand.tap(box["x"], box["y"])
    eventually(lambda: rig.get("ch/1/send/5/pan") == 0.0)
    page.page.locator('[data-path="ch/1"] .follow').tap()
    eventually(lambda: rig.get("ch/1/send/5/follow") == 1)
    assert rig.get("ch/1/pan") == -40.0
    assert page.page.locator(".main x-meter").count() == 2


def test_a_bus_without_a_partner_has_no_pan(rig: WebRig, opened: Open) -> None:
    page = opened("sends/2")
    assert page.page.locator(".sends x-knob").count() == 0
