"""A finger on the page's faders: what it does, to the float, and what it never does."""

from collections.abc import Callable

import numpy as np
import pytest

from page_rig import CAP_PX, Seen, eventually
from studiod.registry.laws import from_turn, to_turn
from web_rig import WebRig

Open = Callable[..., Seen]
FADER = ("fader", -90.0, 10.0)


def at(db: float, px: float, travel: float) -> float:
    """Where a fader ends that stood at a value and was dragged up so far, as a float32."""
    return float(np.float32(from_turn(*FADER, to_turn(*FADER, db) + px / travel)))


def ready(rig: WebRig, page: Seen, path: str, db: float) -> tuple[float, float, float]:
    """A fader at a value: x and y where a finger may begin, and its travel."""
    rig.set(path, db)
    page.shows(path, float(np.float32(db)))
    place = page.place(path)
    return place["x"], place["y"], place["height"] - CAP_PX


def changes(rig: WebRig) -> int:
    return len(rig.desk.engine.posts)


@pytest.mark.parametrize("first", [-90.0, -20.0, 0.0])
def test_ten_faders_follow_the_finger_to_the_float(rig: WebRig, opened: Open, first: float) -> None:
    page = opened()
    page.run("void ((await use('parts/choices.js')).width.value = 84)")
    page.live()
    strips = [f"ch/{n}" for n in range(1, 10)] + ["main"]
    for k, strip in enumerate(strips):
        path, px = f"{strip}/fader", 20.0 + 11.0 * k if k % 2 or first < -30 else -20.0 - 11.0 * k
        x, y, travel = ready(rig, page, path, first)
        page.hand.down(x, y)
        page.hand.move(x, y - px / 2)
        page.hand.move(x, y - px)
        page.hand.up()
        expected = at(first, px, travel)
        eventually(lambda path=path, expected=expected: rig.get(path) == expected)
        page.shows(path, expected)
    page.run("void ((await use('parts/choices.js')).width.value = 104)")


def test_a_tablet_has_eight_strips_and_the_mains_with_380_px_of_travel(rig: WebRig, opened: Open) -> None:
    page = opened()
    boxes = page.page.eval_on_selector_all(
        "x-strip .strip:not(.empty)",
        "all => all.map(one => [one.dataset.path, one.offsetWidth, one.querySelector('x-fader').clientHeight])",
    )
    assert [path for path, *_ in boxes] == [*(f"ch/{n}" for n in range(1, 9)), "main"]
    assert all(wide >= 84 and high - CAP_PX >= 380 for _, wide, high in boxes)


def test_a_still_touch_changes_nothing(rig: WebRig, opened: Open) -> None:
    page = opened()
    x, y, _ = ready(rig, page, "ch/3/fader", -12.0)
    before = changes(rig)
    page.hand.down(x, y)
    eventually(lambda: rig.desk.touched("ch/3/fader"))
    page.hand.move(x + 1, y - 1)
    page.hand.up()
    eventually(lambda: not rig.desk.touched("ch/3/fader"))
    page.frames(10)
    assert rig.get("ch/3/fader") == -12.0
    assert changes(rig) == before


def test_a_finger_that_slid_aside_moves_an_eighth(rig: WebRig, opened: Open) -> None:
    page = opened()
    x, y, travel = ready(rig, page, "ch/2/fader", -10.0)
    page.hand.down(x, y)
    page.hand.move(x + 61, y)
    page.hand.move(x + 61, y - 80)
    page.hand.up()
    eventually(lambda: rig.get("ch/2/fader") == at(-10.0, 80 / 8, travel))


def test_a_double_tap_is_0_db_and_the_centre(rig: WebRig, opened: Open) -> None:
    page = opened()
    x, y, _ = ready(rig, page, "ch/4/fader", -33.0)
    page.hand.tap(x, y)
    page.hand.tap(x, y)
    eventually(lambda: rig.get("ch/4/fader") == 0.0)
    rig.set("ch/4/pan", 40.0)
    page.shows("ch/4/pan", 40)
    place = page.place("ch/4/pan")
    page.hand.tap(place["x"], place["y"])
    page.hand.tap(place["x"], place["y"])
    eventually(lambda: rig.get("ch/4/pan") == 0.0)


@pytest.mark.parametrize(
    ("said", "db"), [("-6", -6.0), ("+3.5", 3.5), ("off", -90.0), ("-0.1", float(np.float32(-0.1)))]
)
def test_the_number_that_is_typed_is_set(rig: WebRig, opened: Open, said: str, db: float) -> None:
    page = opened()
    ready(rig, page, "ch/5/fader", -40.0)
    page.page.locator('x-number[path="ch/5/fader"] button').tap()
    page.page.locator("#over input").fill(said)
    page.page.keyboard.press("Enter")
    eventually(lambda: rig.get("ch/5/fader") == db)


OFFLINE = "(await use('line/line.js')).state.value = 'offline', 0"


def test_a_keypad_and_a_question_keep_what_they_have_while_the_desk_is_away(rig: WebRig, opened: Open) -> None:
    page = opened()
    ready(rig, page, "ch/5/fader", -40.0)
    page.page.locator('x-number[path="ch/5/fader"] button').tap()
    page.page.locator("#over input").fill("-33")
    page.run(OFFLINE)
    page.page.keyboard.press("Enter")
    page.page.wait_for_selector("#over button.strong[aria-disabled=true]")
    assert page.page.locator("#over input").input_value() == "-33"
    page.run("(await use('line/line.js')).state.value = 'live', 0")
    page.page.keyboard.press("Enter")
    eventually(lambda: rig.get("ch/5/fader") == -33.0)
    page.page.locator('x-switch[path="main/mute"] button').tap()
    page.run(OFFLINE)
    page.page.locator("#over button.strong[aria-disabled=true]").tap(force=True)
    page.run("(await use('line/line.js')).state.value = 'live', 0")
    page.page.locator("#over button.strong[aria-disabled=false]").tap()
    eventually(lambda: rig.get("main/mute") == 1)
    rig.set("main/mute", 0)


def test_an_address_of_what_is_not_there_says_it_once_and_breaks_nothing(opened: Open) -> None:
    page = opened()
    page.run("location.hash = 'mix/dca/99', 0")
    page.until("(await use('line/desk.js')).refusal.value.text.includes('dca/99: no path matches')")
    page.run("location.hash = 'mix/%zz', 0")
    page.page.locator("h1", has_text="Channels").wait_for()
    page.page.wait_for_timeout(2000)  # patterns linger, and are given back only then
    assert "unsubscribe" not in page.run("(await use('line/desk.js')).refusal.value.text")


def test_five_fingers_move_five_faders_each_its_own(rig: WebRig, opened: Open) -> None:
    page = opened()
    begun = [ready(rig, page, f"ch/{n}/fader", -30.0 + 2 * n) for n in range(1, 6)]
    for finger, (x, y, _) in enumerate(begun):
        page.hand.down(x, y, finger)
    for step in range(1, 11):
        for finger, (x, y, _) in enumerate(begun):
            page.hand.move(x, y - step * (finger + 1), finger)
    for finger in range(5):
        page.hand.up(finger)
    for n, (_, _, travel) in enumerate(begun, 1):
        expected = at(-30.0 + 2 * n, 10.0 * n, travel)
        eventually(lambda n=n, expected=expected: rig.get(f"ch/{n}/fader") == expected)


def test_others_do_not_move_what_a_finger_is_on(rig: WebRig, opened: Open) -> None:
    page = opened()
    x, y, travel = ready(rig, page, "ch/6/fader", -10.0)
    page.hand.down(x, y)
    page.hand.move(x, y - 50)
    mine = at(-10.0, 50, travel)
    eventually(lambda: rig.get("ch/6/fader") == mine)
    rig.set("ch/6/fader", -50.0)
    page.frames(20)
    assert page.value("ch/6/fader") == mine
    page.hand.up()
    page.shows("ch/6/fader", -50)


@pytest.mark.parametrize("how", ["cancel", "close", "hide"])
def test_a_finger_that_ends_otherwise_is_up(rig: WebRig, opened: Open, how: str) -> None:
    page = opened()
    x, y, _ = ready(rig, page, "ch/7/fader", -10.0)
    page.hand.down(x, y)
    page.hand.move(x, y - 20)
    eventually(lambda: rig.desk.touched("ch/7/fader"))
    if how == "cancel":
        page.hand.cancel()
    elif how == "close":
        page.page.goto("about:blank")
    else:
        hidden = "Object.defineProperty(document, 'hidden', {value: true, configurable: true});"
        page.page.evaluate(f"() => {{ {hidden} document.dispatchEvent(new Event('visibilitychange')); }}")
    eventually(lambda: not rig.desk.touched("ch/7/fader"), 11.0)
