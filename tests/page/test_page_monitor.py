"""Monitor and talk: everything that is on the view reaches the desk, and a held talkback ends with the finger."""

from collections.abc import Callable

import pytest

from page_rig import CAP_PX, Seen, eventually
from page_works import work_all
from studiod.registry.laws import float32, from_turn, to_turn
from web_rig import WebRig

Open = Callable[..., Seen]


def test_each_control_of_the_monitor_reaches_the_desk(rig: WebRig, opened: Open) -> None:
    page = opened("monitor")
    worked = set(work_all(rig, page, ("generator/to/", "click/to/", "talkback/to/")))
    assert worked >= {
        "monitor/level", "monitor/dim", "monitor/mono", "monitor/mute", "monitor/swap", "monitor/source",
        "monitor/speaker", "monitor/trim/a", "monitor/trim/b", "monitor/trim/c", "monitor/translate",
        "solo/ch_mode", "solo/bus_mode", "solo/exclusive", "talkback/on", "talkback/level", "talkback/source",
        "click/on", "click/level", "generator/on", "generator/type", "generator/freq", "generator/level", "tempo",
    }  # fmt: skip


@pytest.mark.parametrize("of", ["talkback", "click", "generator"])
def test_a_sound_goes_where_it_is_sent(rig: WebRig, opened: Open, of: str) -> None:
    page = opened("monitor")
    others = tuple(one for one in ("monitor", "solo", "talkback", "click", "generator", "tempo") if one != of)
    rest = tuple(f"{of}/{part}" for part in ("on", "dim", "source", "level", "accent", "freq", "type"))
    worked = work_all(rig, page, (*others, *rest))
    assert set(worked) == {path for path in rig.desk.registry.params if path.startswith(f"{of}/to/")}


def test_its_fader_follows_the_finger(rig: WebRig, opened: Open) -> None:
    page = opened("monitor")
    rig.set("monitor/level", -30.0)
    page.shows("monitor/level", -30)
    place = page.place("monitor/level")
    page.hand.down(place["x"], place["y"])
    page.hand.move(place["x"], place["y"] - 40)
    page.hand.up()
    law = ("fader", -90.0, 10.0)
    wanted = float32(from_turn(*law, to_turn(*law, -30.0) + 40 / (place["height"] - CAP_PX)))
    eventually(lambda: rig.get("monitor/level") == wanted)


@pytest.mark.parametrize("end", ["lift", "cancel", "hide", "close", "elsewhere"])
def test_the_talkback_is_open_while_the_finger_is_down(rig: WebRig, opened: Open, end: str) -> None:
    page = opened("monitor")
    place = page.page.locator("x-hold").bounding_box()
    assert place is not None
    x, y = place["x"] + 40, place["y"] + 40
    page.hand.down(x, y)
    eventually(lambda: rig.get("talkback/on") == 1)
    page.hand.move(x + 30, y + 200)  # a finger that slides off still holds
    page.frames()
    assert rig.get("talkback/on") == 1
    assert rig.desk.values["talkback/on"] == 0  # held over the desk, never set
    if end == "lift":
        page.hand.up()
    elif end == "cancel":
        page.hand.cancel()
    elif end == "hide":
        hidden = "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        page.page.evaluate(f"() => {{ {hidden} document.dispatchEvent(new Event('visibilitychange')); }}")
    elif end == "close":
        page.page.goto("about:blank")
    else:
        page.page.evaluate("() => { location.hash = 'fx'; }")
    eventually(lambda: rig.get("talkback/on") == 0)


def test_the_talkback_by_a_key(rig: WebRig, opened: Open) -> None:
    page = opened("monitor")
    page.page.locator("x-hold").focus()
    page.page.keyboard.down(" ")
    eventually(lambda: rig.get("talkback/on") == 1)
    page.page.wait_for_selector("x-hold[aria-pressed=true]")
    page.page.keyboard.up(" ")
    eventually(lambda: rig.get("talkback/on") == 0)


def test_solo_is_cleared(rig: WebRig, opened: Open) -> None:
    page = opened("monitor")
    rig.set("ch/2/solo", 1)
    page.shows("solo/any", 1)
    page.page.locator(".rack .clear-solo").click()
    eventually(lambda: rig.get("ch/2/solo") == 0)
