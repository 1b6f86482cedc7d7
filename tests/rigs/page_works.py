"""Hands on whatever controls a view has: each is worked once, and what the desk must hold then."""

from typing import Any

import numpy as np

from page_rig import Seen, eventually
from studiod.registry.laws import from_turn, to_turn
from web_rig import WebRig

KNOB_PX = 180.0  # from 0 to 1
SHEET = 24  # more items than this lie over the page


def paths(page: Seen, kind: str, within: str = "#view .racks") -> list[str]:
    """What the controls of a kind are on, in the order of the page; what is folded away is unfolded."""
    page.page.wait_for_selector(within)
    page.live()
    for fold in page.page.locator(".fold[aria-expanded=false]").all()[::-1]:
        fold.click()
    found = page.page.eval_on_selector_all(f"{within} {kind}", "all => all.map((one) => one.getAttribute('path'))")
    return list(dict.fromkeys(found))


def holds(rig: WebRig, path: str, value: Any) -> None:
    """Waits until the desk holds it."""
    try:
        eventually(lambda: rig.get(path) == value)
    except AssertionError:
        raise AssertionError((path, rig.get(path), value)) from None


def flip(rig: WebRig, page: Seen, path: str) -> None:
    """A tap on a switch, and one more."""
    button = page.page.locator(f'x-switch[path="{path}"] button').first
    first = rig.get(path)
    for value in (1 - first, first):
        button.click()
        holds(rig, path, value)
        page.shows(path, value)


def pick(rig: WebRig, page: Seen, path: str) -> None:
    """Each of a few words."""
    for item in rig.desk.registry.params[path].items[::-1]:
        page.page.locator(f'x-pick[path="{path}"] button', has_text=item).and_(
            page.page.get_by_text(item, exact=True)
        ).click()
        holds(rig, path, item)


def choose(rig: WebRig, page: Seen, path: str, wish: str = "") -> None:
    """One of many."""
    items = rig.desk.registry.params[path].items
    wish = wish or items[len(items) // 2]
    control = page.page.locator(f'x-choice[path="{path}"] .choice').first
    if len(items) > SHEET:
        control.click()
        page.page.locator("#over .picks button").nth(items.index(wish)).click()
    else:
        control.select_option(wish)
    holds(rig, path, wish)


def middle(rig: WebRig, path: str) -> float:
    """A number in the middle of a parameter's travel, that is quickly typed."""
    param = rig.desk.registry.params[path]
    return float(f"{from_turn(param.law, param.low, param.high, 0.45):.3g}")


def write(rig: WebRig, page: Seen, path: str) -> None:
    """A value that is typed."""
    wish = middle(rig, path)
    page.page.locator(f'x-number[path="{path}"] button').first.click()
    page.page.locator("#over input").fill(f"{wish:g}")
    page.page.keyboard.press("Enter")
    holds(rig, path, float(np.float32(wish)))


def turn(rig: WebRig, page: Seen, path: str, px: float = 18.0) -> None:
    """A knob that is dragged up; what it must be then, to the float."""
    param = rig.desk.registry.params[path]
    law = (param.law, param.low, param.high)
    first = middle(rig, path)
    rig.set(path, first)
    page.shows(path, float(np.float32(first)))
    page.page.locator(f'x-knob[path="{path}"]').first.scroll_into_view_if_needed()
    place = page.place(path)
    knob = page.page.locator(f'x-knob[path="{path}"]').first.bounding_box()
    assert knob is not None, place
    x, y = knob["x"] + 20, knob["y"] + knob["height"] / 2
    page.hand.down(x, y)
    page.hand.move(x, y - px / 2)
    page.hand.move(x, y - px)
    page.hand.up()
    holds(rig, path, float(np.float32(from_turn(*law, to_turn(*law, float(np.float32(first))) + px / KNOB_PX))))


WORKS = {"x-switch": flip, "x-pick": pick, "x-choice": choose, "x-number": write, "x-knob": turn}


def work_all(rig: WebRig, page: Seen, without: tuple[str, ...] = ()) -> list[str]:
    """Every control of a view, once; the paths that were worked."""
    worked = []
    for kind, work in WORKS.items():
        for path in paths(page, kind):
            if path.startswith(without):
                continue
            work(rig, page, path)
            worked.append(path)
    return worked
