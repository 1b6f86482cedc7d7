"""Groups, layers, banks: who belongs where, in which order, and what a slip of the hand does not do."""

from collections.abc import Callable

import pytest

from page_rig import TABLET, Seen, eventually
from web_rig import WebRig

Open = Callable[..., Seen]


def strips(page: Seen) -> list[str]:
    """The strips beside the mains, from left to right."""
    found = "all => all.map(one => one.getAttribute('path')).filter(one => one !== 'none' && one !== 'main')"
    return list(page.page.eval_on_selector_all("x-strip", found))


def strips_are(page: Seen, *wanted: str) -> None:
    eventually(lambda: strips(page) == list(wanted))


@pytest.mark.parametrize("group", ["dca/3", "mutegroup/2"])
def test_a_tap_on_a_strip_makes_it_a_member_and_the_next_none(rig: WebRig, opened: Open, group: str) -> None:
    page = opened(f"members/{group}")
    for strip in ("ch/2", "ch/7", "main"):
        button = page.page.locator(f'x-switch[path="{strip}/{group}"] button')
        button.tap()
        eventually(lambda strip=strip: rig.get(f"{strip}/{group}") == 1)
        page.page.wait_for_selector(f'x-switch[path="{strip}/{group}"] button[aria-pressed=true]')
        button.tap()
        eventually(lambda strip=strip: rig.get(f"{strip}/{group}") == 0)
    page.page.locator("nav.banks button", has_text="Buses").tap()
    page.page.locator(f'x-switch[path="bus/1/{group}"] button').tap()
    eventually(lambda: rig.get(f"bus/1/{group}") == 1)
    rig.set(f"bus/1/{group}", 0)
    page.page.locator("button", has_text="Done").tap()
    page.page.wait_for_selector(".groups")


def test_a_dca_leads_to_its_members_and_spills_them(rig: WebRig, opened: Open) -> None:
    for strip in ("ch/4", "ch/9", "return/2", "bus/6"):
        rig.set(f"{strip}/dca/2", 1)
    page = opened("mix/dca")
    page.page.locator('[data-path="dca/2"] .to-members').tap()
    page.page.wait_for_selector(".members")
    page.page.locator("button", has_text="Mixer").tap()
    page.page.locator("nav.banks button", has_text="DCAs").tap()
    page.page.locator('[data-path="dca/2"] button.name').tap()
    strips_are(page, "ch/4", "ch/9", "return/2", "bus/6")
    rig.set("ch/9/dca/2", 0)
    strips_are(page, "ch/4", "return/2", "bus/6")
    for strip in ("ch/4", "return/2", "bus/6"):
        rig.set(f"{strip}/dca/2", 0)


def test_a_dca_and_a_layer_with_nothing_in_them_say_so_and_lead_on(opened: Open) -> None:
    page = opened("mix/dca/4")
    page.page.locator(".none button", has_text="Choose members").tap()
    page.page.wait_for_selector(".members")
    page.run("location.hash = 'mix/layer/6', 0")
    page.page.locator(".none button", has_text="Arrange").tap()
    page.page.wait_for_selector(".layers")


def test_mute_groups_are_switched_named_and_counted(rig: WebRig, opened: Open) -> None:
    rig.set("ch/1/mutegroup/3", 1)
    rig.set("ch/5/mutegroup/3", 1)
    page = opened("groups")
    card = page.page.locator(".card").filter(has=page.page.locator('x-text[path="mutegroup/3/name"]'))
    card.locator("button", has_text="2 members").wait_for()
    card.locator("x-switch button").tap()
    eventually(lambda: rig.get("mutegroup/3/on") == 1)
    card.locator("x-switch button").tap()
    eventually(lambda: rig.get("mutegroup/3/on") == 0)
    card.locator("x-text input").fill("<img src=x onerror=alert(1)>")
    page.page.keyboard.press("Enter")
    eventually(lambda: rig.get("mutegroup/3/name") == "<img src=x onerror=alert(1)>")
    page.page.wait_for_selector(".card[aria-label='<img src=x onerror=alert(1)>']")
    card.locator("button", has_text="2 members").tap()
    page.page.wait_for_selector('x-switch[path="ch/1/mutegroup/3"] button[aria-pressed=true]')
    for path, value in (("mutegroup/3/name", ""), ("ch/1/mutegroup/3", 0), ("ch/5/mutegroup/3", 0)):
        rig.set(path, value)


def slots(rig: WebRig, layer: int, count: int = 5) -> list[str]:
    return [rig.get(f"surface/page/layer/{layer}/slot/{k}") for k in range(1, count + 1)]


def middle(page: Seen, strip: str, part: str = ".handle") -> tuple[float, float]:
    box = page.page.locator(f'.order li[data-strip="{strip}"] {part}').bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_layer_is_chosen_dragged_into_order_and_the_same_on_every_tablet(rig: WebRig, opened: Open) -> None:
    page = opened("layers/2")
    apart = page.page.context.browser.new_context(viewport=TABLET, has_touch=True)  # another device
    other = Seen(apart, rig.port, "mix/layer/2")
    for strip in ("ch 3", "bus 2", "dca 1", "ch 8"):
        page.page.locator(".choose button").filter(has=page.page.locator(f"small:text-is('{strip}')")).tap()
    eventually(lambda: slots(rig, 2) == ["ch/3", "bus/2", "dca/1", "ch/8", "none"])
    strips_are(other, "ch/3", "bus/2", "dca/1", "ch/8")
    page.page.wait_for_selector('.order li[data-strip="ch/8"]')
    start, goal = middle(page, "ch/8"), middle(page, "bus/2")
    page.hand.down(*start)
    page.hand.move((start[0] + goal[0]) / 2, start[1])
    page.hand.move(*goal)
    assert slots(rig, 2)[1] == "bus/2"  # not before the finger is up
    page.hand.up()
    eventually(lambda: slots(rig, 2) == ["ch/3", "ch/8", "bus/2", "dca/1", "none"])
    strips_are(other, "ch/3", "ch/8", "bus/2", "dca/1")
    page.page.locator('.order li[data-strip="ch/3"] .handle').focus()
    page.page.keyboard.press("ArrowRight")
    eventually(lambda: slots(rig, 2) == ["ch/8", "ch/3", "bus/2", "dca/1", "none"])
    page.page.keyboard.press("Delete")
    eventually(lambda: slots(rig, 2) == ["ch/8", "bus/2", "dca/1", "none", "none"])
    page.page.locator('.order li[data-strip="bus/2"] .out').tap()
    eventually(lambda: slots(rig, 2) == ["ch/8", "dca/1", "none", "none", "none"])
    page.page.locator("button", has_text="Empty place").tap()
    eventually(lambda: slots(rig, 2) == ["ch/8", "none", "dca/1", "none", "none"])
    page.page.locator("x-text input").fill("Band")
    page.page.keyboard.press("Enter")
    eventually(lambda: rig.get("surface/page/layer/2/name") == "Band")
    other.page.wait_for_selector("nav.banks button:text-is('Band')")
    other.page.locator("button", has_text="Arrange").tap()
    other.page.wait_for_selector('.order li[data-strip="dca/1"]')
    other.close()
    apart.close()


def test_a_drag_that_is_cancelled_leaves_the_order(rig: WebRig, opened: Open) -> None:
    for k, strip in enumerate(("ch/1", "ch/2", "ch/3"), 1):
        rig.set(f"surface/page/layer/4/slot/{k}", strip)
    page = opened("layers/4")
    page.hand.down(*middle(page, "ch/1"))
    page.hand.move(*middle(page, "ch/3"))
    page.page.wait_for_selector(".order li.moving")
    page.hand.cancel()
    page.page.wait_for_selector(".order li.moving", state="detached")
    assert slots(rig, 4, 4) == ["ch/1", "ch/2", "ch/3", "none"]


def heard(rig: WebRig, page: Seen) -> None:
    """All that the page has said until now has come to the desk."""
    rig.set("ch/16/fader", -20.0)
    page.run("(await use('line/line.js')).say('/ch/16/fader', [-1.0], 'f')")
    eventually(lambda: rig.get("ch/16/fader") == -1.0)


def test_an_order_that_was_dragged_while_the_desk_was_away_is_not_sent(rig: WebRig, opened: Open) -> None:
    rig.set("surface/page/layer/2/slot/1", "ch/1")
    rig.set("surface/page/layer/2/slot/2", "ch/2")
    page = opened("layers/2")
    page.page.wait_for_selector(".order > li >> nth=1")
    (x, y), (to_x, to_y) = middle(page, "ch/1"), middle(page, "ch/2")
    page.hand.down(x, y)
    page.hand.move(to_x, to_y)
    page.page.wait_for_selector(".order > li.moving")
    page.run("(await use('line/line.js')).state.value = 'offline', 0")
    page.run("(await use('line/line.js')).state.value = 'live', 0")
    page.hand.up()
    heard(rig, page)
    assert page.page.locator(".order > li").first.get_attribute("data-strip") == "ch/1"
    assert slots(rig, 2, 2) == ["ch/1", "ch/2"]


def test_a_finger_never_goes_on_with_the_strip_that_comes_under_it(rig: WebRig, opened: Open) -> None:
    for strip in ("ch/4", "ch/9"):
        rig.set(f"{strip}/dca/2", 1)
    rig.set("ch/4/fader", -10.0)
    rig.set("ch/9/fader", -40.0)
    page = opened("mix/dca/2")
    strips_are(page, "ch/4", "ch/9")
    spot = page.place("ch/4/fader")
    page.hand.down(spot["x"], spot["y"])
    page.hand.move(spot["x"], spot["y"] - 20)
    eventually(lambda: rig.get("ch/4/fader") > -10.0)
    rig.set("ch/4/dca/2", 0)
    strips_are(page, "ch/9")
    page.hand.move(spot["x"], spot["y"] - 60)
    page.hand.up()
    eventually(lambda: not rig.desk.touched("ch/4/fader"))
    heard(rig, page)
    assert rig.get("ch/9/fader") == -40.0
    rig.set("ch/9/dca/2", 0)


def test_a_swipe_on_the_names_changes_the_bank_and_opens_nothing(rig: WebRig, opened: Open) -> None:
    page = opened("mix/ch")
    strips_are(page, *(f"ch/{n}" for n in range(1, 9)))
    for way, first in ((-1, 9), (-1, 9), (1, 1)):
        box = page.page.locator("x-strip button.name").nth(3).bounding_box()
        assert box is not None
        x, y = box["x"] + 40, box["y"] + 20
        page.hand.down(x, y)
        for px in (20, 60, 120):
            page.hand.move(x + way * px, y)
        page.hand.up()
        strips_are(page, *(f"ch/{n}" for n in range(first, first + 8)))
    assert page.page.evaluate("location.hash") == "#mix/ch"


def test_a_solo_anywhere_shows_clear_solo(rig: WebRig, opened: Open) -> None:
    page = opened("sends/1")
    assert page.page.locator(".clear-solo").count() == 0
    rig.set("ch/12/solo", 1)
    page.page.locator(".clear-solo").tap()
    eventually(lambda: rig.get("ch/12/solo") == 0)
    page.page.wait_for_selector(".clear-solo", state="detached")


def test_the_mains_mute_wants_a_second_tap_on_another_spot(rig: WebRig, opened: Open) -> None:
    page = opened("mix/ch")
    box = page.place("main/mute")
    page.hand.tap(box["x"], box["y"])
    page.page.wait_for_selector(".over.sure")
    page.hand.tap(box["x"], box["y"])  # the same spot: it is away
    page.page.wait_for_selector(".over.sure", state="detached")
    assert rig.get("main/mute") == 0
    page.page.locator('x-switch[path="main/mute"]').tap()
    page.page.locator(".over.sure button", has_text="Yes").tap()
    eventually(lambda: rig.get("main/mute") == 1)
    page.page.locator('x-switch[path="main/mute"]').tap()  # off at once
    eventually(lambda: rig.get("main/mute") == 0)
