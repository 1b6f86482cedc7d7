"""The effects: whatever the desk says that an effect has is there, and reaches the desk."""

from collections.abc import Callable

import pytest

from page_rig import Seen, eventually
from page_works import holds, paths, work_all
from web_rig import WebRig

Open = Callable[..., Seen]
SLOTS = 4


@pytest.mark.parametrize(("slot", "effect"), [(1, "reverb"), (2, "delay"), (4, "chorus")])
def test_each_parameter_of_an_effect_reaches_the_desk(rig: WebRig, opened: Open, slot: int, effect: str) -> None:
    for n in range(1, SLOTS + 1):
        rig.set(f"fx/{n}/type", "off")
    page = opened("fx")
    page.page.locator(f'x-pick[path="fx/{slot}/type"] button', has_text=effect).click()
    holds(rig, f"fx/{slot}/type", effect)
    page.page.wait_for_selector(f'[path^="fx/{slot}/{effect}/"]')
    others = tuple(f"fx/{n}/" for n in range(1, SLOTS + 1) if n != slot)
    worked = work_all(rig, page, (*others, f"fx/{slot}/type", "tempo"))
    own = {path for path in rig.desk.registry.params if path.startswith(f"fx/{slot}/{effect}/")}
    assert own
    assert set(worked) == own | {f"fx/{slot}/source", f"fx/{slot}/mix"}


def test_an_effect_has_no_other_ones_parameters(rig: WebRig, opened: Open) -> None:
    rig.set("fx/1/type", "chorus")
    page = opened("fx")
    page.page.wait_for_selector('[path^="fx/1/chorus/"]')
    assert not [path for path in paths(page, "x-knob") if path.startswith(("fx/1/reverb", "fx/1/delay/"))]


def test_taps_make_the_tempo(rig: WebRig, opened: Open) -> None:
    rig.set("tempo", 33.0)
    page = opened("fx")
    page.shows("tempo", 33)
    button = page.page.get_by_role("button", name="Tap the tempo").bounding_box()
    assert button is not None
    for _ in range(3):
        page.hand.tap(button["x"] + 50, button["y"] + 20)
        page.page.wait_for_timeout(400)
    eventually(lambda: 90.0 < rig.get("tempo") < 160.0)
    page.until(f"(await use('line/desk.js')).peek('tempo') === {rig.get('tempo')!r}")


def test_the_tempo_is_typed_and_the_return_opens(rig: WebRig, opened: Open) -> None:
    page = opened("fx")
    assert set(work_all(rig, page, ("fx/",))) == {"tempo"}
    page.page.get_by_role("button", name="Open its return").nth(2).click()
    page.until("location.hash === '#strip/return/3'")
