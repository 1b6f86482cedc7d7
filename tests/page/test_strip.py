"""A strip in full: each of its tiles is worked once, and ends in the desk's own values."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from page_rig import CAP_PX, Seen, eventually
from studiod.host.library import Library
from studiod.registry.laws import from_turn, to_turn
from studiod.store.store import Store
from web_rig import WebRig

Open = Callable[..., Seen]
HZ = ("octave", 20.0, 20000.0)
Q = ("octave", 0.3, 10.0)
SPAN_DB = 40.0  # of the EQ's graph, from edge to edge


def float32(value: float) -> float:
    return float(np.float32(value))


def turned(law: tuple[str, float, float], value: float) -> float:
    """A hundredth of its travel further, as a key or the wheel goes."""
    return float32(from_turn(*law, to_turn(*law, float32(value)) + 0.01))


def box(page: Seen, selector: str) -> dict[str, float]:
    """Where something is: x and y of its middle, width, height."""
    found = page.page.locator(selector).first.bounding_box()
    assert found is not None, selector
    return {**found, "x": found["x"] + found["width"] / 2, "y": found["y"] + found["height"] / 2}


def go(page: Seen, place: str) -> None:
    """Another place on the same page: two pages of one browser are one client."""
    page.run(f"void (location.hash = {place!r})")
    page.live()


def eq(rig: WebRig, opened: Open, strip: str = "ch/3") -> tuple[Seen, dict[str, float]]:
    """The EQ of a strip, flat, and the box of its graph."""
    for path, param in rig.desk.registry.params.items():
        if path.startswith((f"{strip}/eq/", f"{strip}/hpf/", f"{strip}/lpf/")):
            rig.set(path, param.rest)
    page = opened(f"strip/{strip}/eq")
    page.page.wait_for_selector('x-eq-handle[band="4"]')
    page.frames()
    return page, box(page, "x-eq")


def test_a_handle_of_the_eq_moves_frequency_and_gain_to_the_float(rig: WebRig, opened: Open) -> None:
    page, graph = eq(rig, opened)
    at = box(page, 'x-eq-handle[band="2"]')
    page.hand.down(at["x"], at["y"])
    eventually(lambda: rig.desk.touched("ch/3/eq/2/freq") and rig.desk.touched("ch/3/eq/2/gain"))
    page.hand.move(at["x"] + 40, at["y"] - 30)
    page.hand.move(at["x"] + 120, at["y"] - 60)
    page.hand.up()
    hz = from_turn(*HZ, to_turn(*HZ, 400.0) + 120 / graph["width"])
    eventually(lambda: rig.get("ch/3/eq/2/freq") == float32(hz))
    eventually(lambda: rig.get("ch/3/eq/2/gain") == float32(60 / graph["height"] * SPAN_DB))
    eventually(lambda: not rig.desk.touched("ch/3/eq/2/freq"))
    assert rig.get("ch/3/eq/2/q") == float32(0.707)
    page.frames()
    moved = box(page, 'x-eq-handle[band="2"]')
    assert math.hypot(moved["x"] - at["x"] - 120, moved["y"] - at["y"] + 60) < 1.5, "the handle is where the finger was"


def test_a_double_tap_is_flat_and_a_still_touch_nothing(rig: WebRig, opened: Open) -> None:
    page, _ = eq(rig, opened)
    rig.set("ch/3/eq/3/gain", 9.0)
    page.shows("ch/3/eq/3/gain", 9)
    page.frames()
    at, before = box(page, 'x-eq-handle[band="3"]'), len(rig.desk.engine.posts)
    page.hand.down(at["x"], at["y"])
    page.hand.move(at["x"] + 1, at["y"] + 1)
    page.hand.up()
    page.page.wait_for_timeout(400)  # longer than two taps are apart
    assert len(rig.desk.engine.posts) == before
    page.hand.tap(at["x"], at["y"])
    page.hand.tap(at["x"], at["y"])
    eventually(lambda: rig.get("ch/3/eq/3/gain") == 0.0)
    assert rig.get("ch/3/eq/3/freq") == 2000.0


def test_two_fingers_and_the_wheel_move_the_q(rig: WebRig, opened: Open) -> None:
    page, graph = eq(rig, opened)
    at = box(page, 'x-eq-handle[band="2"]')
    page.hand.down(at["x"], at["y"], 0)
    page.hand.down(at["x"], at["y"] + 100, 1)
    page.hand.move(at["x"], at["y"] + 50, 1)
    eventually(lambda: rig.get("ch/3/eq/2/q") == float32(float32(0.707) * 2))
    page.hand.up(1)
    page.hand.up(0)
    eventually(lambda: not rig.desk.touched("ch/3/eq/2/q"))
    assert rig.get("ch/3/eq/2/gain") == 0.0
    # both fingers beside the handles: the band that was chosen
    x, y = graph["x"] - graph["width"] / 2 + 60, graph["y"] - graph["height"] / 2 + 40
    page.hand.down(x, y, 0)
    page.hand.down(x + 50, y, 1)
    page.hand.move(x + 100, y, 1)
    eventually(lambda: rig.get("ch/3/eq/2/q") == float32(0.707))
    page.hand.up(1)
    page.hand.up(0)
    page.page.mouse.move(at["x"], at["y"])
    page.page.mouse.wheel(0, -100)
    eventually(lambda: rig.get("ch/3/eq/2/q") == turned(Q, 0.707))


def test_a_filter_has_a_handle(rig: WebRig, opened: Open) -> None:
    page, graph = eq(rig, opened)
    at = box(page, 'x-eq-handle[band="hpf"]')
    page.hand.down(at["x"], at["y"])
    page.hand.move(at["x"] + 70, at["y"])
    page.hand.up()
    eventually(lambda: rig.get("ch/3/hpf/freq") == float32(from_turn(*HZ, to_turn(*HZ, 80.0) + 70 / graph["width"])))
    page.page.locator('x-switch[path="ch/3/hpf/on"] button').click()  # as below: no tap after a drag
    eventually(lambda: rig.get("ch/3/hpf/on") == 1)
    page.page.locator('x-choice[path="ch/3/hpf/slope"] select').select_option("24dB")
    eventually(lambda: rig.get("ch/3/hpf/slope") == "24dB")


def test_a_handle_by_the_keyboard(rig: WebRig, opened: Open) -> None:
    page, _ = eq(rig, opened)
    page.page.locator('x-eq-handle[band="1"]').focus()
    for key, path, value in (
        ("ArrowUp", "gain", 0.5),
        ("Shift+ArrowUp", "gain", float32(0.6)),
        ("PageDown", "gain", float32(-2.4)),
        ("ArrowRight", "freq", turned(HZ, 100.0)),
        ("Enter", "on", 0),
        ("]", "q", turned(Q, 0.707)),
        ("0", "gain", 0.0),
    ):
        page.page.keyboard.press(key)
        eventually(lambda path=path, value=value: rig.get(f"ch/3/eq/1/{path}") == value)
    page.page.wait_for_selector('x-eq-handle[band="1"][aria-label*="Band 1 of"][aria-valuetext*="off"]')


def test_a_band_by_its_buttons_and_the_analyser(rig: WebRig, opened: Open) -> None:
    page, _ = eq(rig, opened)
    rig.set("meter/rta", "none")
    page.page.get_by_role("button", name="Band 4").tap()
    page.page.locator('x-switch[path="ch/3/eq/4/on"] button').tap()
    eventually(lambda: rig.get("ch/3/eq/4/on") == 0)
    page.page.locator('x-choice[path="ch/3/eq/4/type"] select').select_option("high_shelf")
    eventually(lambda: rig.get("ch/3/eq/4/type") == "high_shelf")
    assert not page.page.locator("x-analyser path").get_attribute("d")
    page.page.get_by_role("button", name="Analyser").tap()
    eventually(lambda: rig.get("meter/rta") == "ch/3")
    page.until("(document.querySelector('x-analyser path').getAttribute('d') ?? '').split('M').length === 32")
    page.page.get_by_role("button", name="Analyser").tap()
    eventually(lambda: rig.get("meter/rta") == "none")
    page.until("!document.querySelector('x-analyser path').getAttribute('d')")


@pytest.mark.parametrize("strip", ["bus/2", "return/1", "matrix/1", "main"])
def test_every_strip_with_an_eq_has_its_handles(rig: WebRig, opened: Open, strip: str) -> None:
    page, graph = eq(rig, opened, strip)
    params = rig.desk.registry.params
    wanted = [f"{n}" for n in range(1, 9) if f"{strip}/eq/{n}/freq" in params]
    wanted += [one for one in ("hpf", "lpf") if f"{strip}/{one}/freq" in params]
    found = page.page.eval_on_selector_all("x-eq-handle", "all => all.map(one => one.getAttribute('band'))")
    assert sorted(found) == sorted(wanted)
    at = box(page, 'x-eq-handle[band="3"]')
    page.hand.down(at["x"], at["y"])
    page.hand.move(at["x"], at["y"] - 50)
    page.hand.up()
    eventually(lambda: rig.get(f"{strip}/eq/3/gain") == float32(50 / graph["height"] * SPAN_DB))


def test_threshold_ratio_and_range_by_dragging(rig: WebRig, opened: Open) -> None:
    page = opened("strip/ch/4/comp")
    at, graph = box(page, 'x-squeeze-handle[name="threshold"]'), box(page, "x-squeeze")
    page.hand.down(at["x"], at["y"])
    page.hand.move(at["x"] - 60, at["y"])
    page.hand.up()
    threshold = float32(-20.0 - 60 * 60.0 / graph["width"])
    eventually(lambda: rig.get("ch/4/comp/threshold") == threshold)
    page.frames()
    at = box(page, 'x-squeeze-handle[name="ratio"]')
    page.hand.down(at["x"], at["y"])
    page.hand.move(at["x"], at["y"] + 30)
    page.hand.up()
    slope = 1 - 1 / 3.0 + 30 * 72.0 / graph["height"] / -threshold
    eventually(lambda: rig.get("ch/4/comp/ratio") == float32(1 / (1 - slope)))
    go(page, "strip/ch/4/gate")
    page.page.wait_for_selector('x-squeeze-handle[name="range"]')
    page.frames()
    at, graph = box(page, 'x-squeeze-handle[name="range"]'), box(page, "x-squeeze")
    page.hand.down(at["x"], at["y"])
    page.hand.move(at["x"], at["y"] - 100)
    page.hand.up()
    eventually(lambda: rig.get("ch/4/gate/range") == float32(60.0 - 100 * 80.0 / graph["height"]))
    page.page.locator('x-squeeze-handle[name="threshold"]').focus()
    page.page.keyboard.press("ArrowDown")
    eventually(lambda: rig.get("ch/4/gate/threshold") == -40.5)


def test_the_point_lives_where_so_much_is_taken_away(
    rig: WebRig, opened: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("on", 1), ("threshold", -40.0), ("ratio", 2.0), ("knee", 0.0), ("makeup", 3.0)):
        rig.set(f"ch/5/comp/{name}", value)
    known = rig.desk.engine.meters
    taken = [8.0] * len(known("comp", 0)[0])

    def told(bank: str, since: int) -> tuple[list[float], int]:
        return (taken, 1) if bank == "comp" else known(bank, since)

    monkeypatch.setattr(rig.desk.engine, "meters", told)
    page = opened("strip/ch/5/comp")
    graph = box(page, "x-squeeze")
    left, top = graph["x"] - graph["width"] / 2, graph["y"] - graph["height"] / 2
    # 8 dB at 2:1 is a level 16 dB over the threshold; it comes out at -24 - 8 + 3 dB
    x, y = left + graph["width"] * (-24 + 60) / 60, top + graph["height"] * (12 - (-24 - 8 + 3)) / 72

    def there() -> bool:
        page.frames(1)
        point = box(page, "x-squeeze .point")
        return math.hypot(point["x"] - x, point["y"] - y) < 1.5

    eventually(there)


@pytest.mark.parametrize("unit", ["gate", "comp", "sends", "delay", "insert", "filters", "groups"])
def test_a_tile_has_every_parameter_of_its_part(rig: WebRig, opened: Open, unit: str) -> None:
    parts = {"sends": ["send"], "filters": ["hpf", "lpf"], "groups": ["dca", "mutegroup"]}.get(unit, [unit])
    rig.set("bus/1/link", 1)
    rig.set("ch/2/send/1/follow", 0)
    page = opened(f"strip/ch/2/{unit}")
    page.until("(await use('line/desk.js')).peek('ch/2/send/1/follow') === 0")
    page.frames()
    there = set(page.page.eval_on_selector_all("main [path]", "all => all.map(one => one.getAttribute('path'))"))
    wanted = {path for path in rig.desk.registry.params if any(path.startswith(f"ch/2/{part}/") for part in parts)}
    if unit == "sends":  # a place only where there are two sides
        wanted = {path for path in wanted if path.startswith("ch/2/send/1/") or not path.endswith(("/pan", "/follow"))}
    assert wanted <= there, wanted - there
    rig.set("bus/1/link", 0)


def test_a_send_by_a_finger(rig: WebRig, opened: Open) -> None:
    rig.set("ch/6/send/3/level", -20.0)
    page = opened("strip/ch/6/sends")
    page.shows("ch/6/send/3/level", -20)
    at = page.place("ch/6/send/3/level")
    travel = page.run("document.querySelector('x-fader[path=\"ch/6/send/3/level\"]').clientHeight") - CAP_PX
    page.hand.down(at["x"], at["y"])
    page.hand.move(at["x"], at["y"] - 40)
    page.hand.up()
    law = ("fader", -90.0, 10.0)
    eventually(lambda: rig.get("ch/6/send/3/level") == float32(from_turn(*law, to_turn(*law, -20.0) + 40 / travel)))
    page.page.locator(
        'x-switch[path="ch/6/send/3/on"] button'
    ).click()  # Chromium may swallow a tap after a drag, of a bare page too
    eventually(lambda: rig.get("ch/6/send/3/on") == 0)
    page.page.locator('x-choice[path="ch/6/send/3/tap"] select').select_option("pre_fader")
    eventually(lambda: rig.get("ch/6/send/3/tap") == "pre_fader")


def test_a_source_is_searched_for(rig: WebRig, opened: Open) -> None:
    rig.set("input/12/name", "Banjo")
    page = opened("strip/ch/6/input")
    page.page.locator('x-choice[path="ch/6/source"] button').tap()
    page.page.wait_for_selector("#over .picks button:has-text('Banjo')")
    page.page.locator("#over input").fill("banjo")
    assert page.page.locator("#over .picks button").count() == 1
    page.page.keyboard.press("Enter")
    eventually(lambda: rig.get("ch/6/source") == "input/12")
    for path in ("ch/6/polarity", "ch/5/link"):
        page.page.locator(f'x-switch[path="{path}"] button').tap()
        eventually(lambda path=path: rig.get(path) == 1)
    page.page.locator('x-number[path="ch/6/trim"] button').tap()
    page.page.locator("#over input").fill("4.5")
    page.page.keyboard.press("Enter")
    eventually(lambda: rig.get("ch/6/trim") == 4.5)
    rig.set("ch/5/link", 0)


def test_groups_and_routes(rig: WebRig, opened: Open) -> None:
    page = opened("strip/ch/8/groups")
    for path in ("ch/8/dca/2", "ch/8/mutegroup/3"):
        page.page.locator(f'x-switch[path="{path}"] button').tap()
        eventually(lambda path=path: rig.get(path) == 1)
    go(page, "strip/return/2/route")
    page.page.locator('x-switch[path="return/2/main/on"] button').tap()
    eventually(lambda: rig.get("return/2/main/on") == 0)
    page.page.locator('.tile x-knob[path="return/2/width"]').focus()
    page.page.keyboard.press("End")
    eventually(lambda: rig.get("return/2/width") == 200.0)
    go(page, "strip/main/limiter")
    page.page.locator('x-knob[path="main/limiter/ceiling"]').focus()
    page.page.keyboard.press("ArrowDown")
    eventually(lambda: rig.get("main/limiter/ceiling") == -1.5)


def test_name_colour_and_the_strip_beside(rig: WebRig, opened: Open) -> None:
    page = opened("strip/ch/7/gate")
    field = page.page.locator('x-text[path="ch/7/name"] input')
    field.fill("<b>Bär</b>")
    page.page.keyboard.press("Enter")
    eventually(lambda: rig.get("ch/7/name") == "<b>Bär</b>")
    field.fill("nothing")
    page.page.keyboard.press("Escape")
    assert field.input_value() == "<b>Bär</b>"
    page.page.locator('x-choice[path="ch/7/colour"] select').select_option("cyan")
    eventually(lambda: rig.get("ch/7/colour") == "cyan")
    page.page.get_by_role("button", name="The strip after").tap()
    page.page.wait_for_selector('x-text[path="ch/8/name"]')
    assert page.page.url.endswith("#strip/ch/8/gate"), "the same tile"
    page.page.get_by_role("button", name="All", exact=True).tap()
    page.page.get_by_role("button", name="Compressor: open").tap()
    page.page.wait_for_selector('x-squeeze-handle[name="ratio"]')
    assert page.page.url.endswith("#strip/ch/8/comp")


def test_a_pair_says_in_the_mixer_which_side_a_strip_is(rig: WebRig, opened: Open) -> None:
    page = opened("mix/ch")
    number = (
        "[...document.querySelectorAll('.strip[data-path=\"ch/%d\"] .name small')].map((one) => one.textContent)[0]"
    )
    page.until(f"{number % 3} === '3'")
    rig.set("ch/3/link", 1)
    page.until(f"{number % 3} === '3 L' && {number % 4} === '4 R' && {number % 2} === '2'")
    rig.set("ch/3/link", 0)
    page.until(f"{number % 3} === '3'")


def test_a_part_is_copied_to_another_strip(rig: WebRig, opened: Open) -> None:
    async def with_library() -> None:
        Library(rig.desk, Store(None)).begin(from_file=False)

    rig.on(with_library())
    rig.set("ch/9/eq/1/gain", -7.0)
    rig.set("ch/9/comp/ratio", 8.0)
    page = opened("strip/ch/9/eq")
    page.page.get_by_role("button", name="Copy from").tap()
    page.page.get_by_role("button", name="The strip after").tap()
    page.page.get_by_role("button", name="Paste EQ of").tap()
    page.page.locator("#told p", has_text="is copied to ch/10").wait_for()
    eventually(lambda: rig.get("ch/10/eq/1/gain") == -7.0)
    assert rig.get("ch/10/comp/ratio") == 3.0
    page.page.get_by_role("button", name="All", exact=True).tap()
    page.page.get_by_role("button", name="Paste strip of").tap()
    eventually(lambda: rig.get("ch/10/comp/ratio") == 8.0)
    # the same as a preset
    page.page.get_by_role("button", name="Presets").tap()
    page.page.locator("#over input").fill("Warm")
    page.page.get_by_role("button", name="Store the strip").tap()
    row = page.page.locator("#over li", has_text="Warm")
    row.wait_for()
    rig.set("ch/10/eq/1/gain", 2.0)
    row.get_by_role("button", name="Recall").tap()
    eventually(lambda: rig.get("ch/10/eq/1/gain") == -7.0)
    page.page.get_by_role("button", name="Presets").tap()
    row.get_by_role("button", name="Delete").tap()
    page.page.locator("#over .sure").get_by_role("button", name="Delete").tap()
    page.page.get_by_role("button", name="Presets").tap()
    page.page.locator("#over li", has_text="No presets yet").wait_for()


TILES = ("input", "filters", "gate", "eq", "comp", "sends", "groups", "route")
SIZES = [(390, 844), (768, 1024), (1024, 768), (1440, 900)]
PLACES = ["strip/ch/1", "strip/main", *(f"strip/ch/1/{tile}" for tile in TILES)]
CUT = """() => [...document.querySelectorAll('main button, main select, main input, main x-knob, main x-eq-handle')]
  .filter((one) => one.offsetParent && !one.closest('.send-row, .tile-tabs, x-meter'))
  .map((one) => [one.tagName, one.textContent.trim().slice(0, 20), one.getBoundingClientRect()])
  .filter(([, , at]) => at.width < 43.9 || at.height < 43.9 || at.left < -0.5 || at.right > innerWidth + 0.5)
  .map(([tag, text, at]) => `${tag} ${text} ${at.left} ${at.right} ${at.width} ${at.height}`)"""


@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_cut_and_every_target_is_large(opened: Open, size: tuple[int, int]) -> None:
    page = opened("strip/ch/1")
    page.page.set_viewport_size({"width": size[0], "height": size[1]})
    faults: dict[str, Any] = {}
    for place in PLACES:
        go(page, place)
        if found := page.page.evaluate(CUT):
            faults[place] = found
        assert page.run("document.documentElement.scrollWidth <= innerWidth")
        assert page.run("(({scrollWidth: all, clientWidth: seen}) => all <= seen)(document.querySelector('.tiles'))"), (
            place
        )
    assert not faults
