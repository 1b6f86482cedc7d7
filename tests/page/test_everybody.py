"""For everybody: whoever sees little, has no mouse, or a small screen.  On every view that main.js names."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from controllers.http.pages import FOLDER
from node_clients import node_modules
from page_rig import TABLET, Seen, page_rig
from token_rig import TokenRig

Open = Callable[..., Seen]
MAIN = (FOLDER / "main.js").read_text("utf-8")
NAMED = re.findall(r"app\.(?:add|later)\('([\w-]+)'", MAIN)
# What a view needs to be told; others stand by their name alone.
OF = {
    "strip": ["ch/1", "bus/1", "main", "ch/1/eq", "ch/1/comp"], "sends": ["1"], "bus": ["3"],
    "mix": ["ch", "bus", "dca"], "members": ["dca/1", "mutegroup/2"], "layers": ["2"], "patch": ["ch", "output"],
}  # fmt: skip
PLACES = [f"{name}/{of}" if of else name for name in NAMED for of in OF.get(name, [""])]
THEMES = ["dark", "light", "contrast"]
SIZES = [(390, 844), (768, 1024), (1024, 768), (1440, 900)]
LEAST_PX = 44
BOXES = Path(__file__).parents[1].joinpath("rigs", "boxes.js").read_text("utf-8")
# A view has drawn itself: its fonts stand, what moves into place has come there, and three frames are past.
DRAWN = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  await frame();
  const ends = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < 2000);
  await Promise.all([document.fonts.ready, ...ends.map((one) => one.finished.catch(() => {}))]);
  for (let k = 0; k < 3; k++) await frame();
}"""


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[TokenRig, Open]]:
    with page_rig(make=TokenRig) as (rig, opened):
        for n, name in enumerate(("Kick", "Snare top", "Overheads", "Bass", "Vox"), 1):
            rig.set(f"ch/{n}/name", name)
            rig.set(f"ch/{n}/colour", ("red", "green", "blue", "yellow", "white")[n - 1])
        rig.set("ch/2/mute", 1)
        rig.set("ch/3/solo", 1)
        rig.set("ch/1/dca/1", 1)
        rig.give("view", "Somebody with a long name")
        yield rig, opened


def shown(page: Seen, place: str) -> None:
    """A view, drawn."""
    page.run(f"void (location.hash = {place!r})")
    page.live()
    page.page.wait_for_function("() => !document.querySelector('#view > .first')")
    page.page.evaluate(DRAWN)


def themed(page: Seen, theme: str) -> None:
    page.run(f"void ((await use('parts/choices.js')).theme.value = {theme!r})")
    page.frames()


def test_every_view_that_is_registered_is_looked_at(opened: Open) -> None:
    page = opened()
    assert NAMED
    assert page.run("(await use('views/app.js')).all().map(([name]) => name)") == NAMED


def weighty(page: Seen) -> list[str]:
    """What axe finds that is serious or worse."""
    if not page.page.evaluate("() => 'axe' in window"):
        page.page.evaluate((node_modules() / "axe-core" / "axe.min.js").read_text("utf-8"))
    found = page.page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations.map(one => "
        "[one.impact, one.id, one.nodes.slice(0, 6).map(node => `${node.html.slice(0, 160)} ${node.failureSummary}`)])"
    )
    return [f"{kind}: {nodes}" for impact, kind, nodes in found if impact in ("serious", "critical")]


@pytest.mark.parametrize("place", PLACES)
def test_axe_finds_nothing_serious_in_any_theme(opened: Open, place: str) -> None:
    page = opened(place)
    shown(page, place)
    for theme in THEMES:
        themed(page, theme)
        assert not weighty(page), theme
    themed(page, "dark")


def test_axe_finds_nothing_serious_in_what_lies_over_the_page(opened: Open) -> None:
    page = opened()
    for theme in THEMES:
        themed(page, theme)
        page.page.get_by_role("button", name="Menu").click()
        page.page.locator("x-number button").first.click()
        page.page.wait_for_selector("#over .keypad")
        assert not weighty(page), theme
        page.page.keyboard.press("Escape")
        page.page.get_by_role("button", name="Menu").click()
    page.run("void ((await use('parts/choices.js')).locked.value = true)")
    page.page.wait_for_selector("#lock .lock")
    assert not weighty(page)
    page.run("void ((await use('parts/choices.js')).locked.value = false)")
    themed(page, "dark")


def test_escape_closes_what_lies_over_the_page_wherever_the_focus_is(opened: Open) -> None:
    page = opened()
    page.page.locator("x-number button").first.click()
    page.page.wait_for_selector("#over .keypad")
    page.frames()
    page.page.evaluate("() => document.activeElement.blur()")
    page.page.keyboard.press("Escape")
    page.page.wait_for_selector("#over .keypad", state="detached")


@pytest.mark.parametrize("place", PLACES)
def test_tab_reaches_everything_and_comes_round(opened: Open, place: str) -> None:
    page = opened(place)
    shown(page, place)
    every = page.page.evaluate(
        """() => {
          const wanted = 'button, input, select, textarea, a[href], summary, [role=slider], [tabindex="0"]';
          window.every = [...document.querySelectorAll(`#app :is(${wanted})`)].filter((one) =>
            !one.disabled && one.tabIndex >= 0 && one.getClientRects().length);
          document.activeElement?.blur();
          return window.every.map((one) => one.outerHTML.slice(0, 120));
        }"""
    )
    assert len(every) > 3
    met: list[int] = []
    for _ in range(2 * len(every) + 5):
        page.page.keyboard.press("Tab")
        at = page.page.evaluate("() => window.every.indexOf(document.activeElement)")
        if met and at == met[0]:
            break
        met += [at] if at >= 0 else []
    else:
        pytest.fail(f"Tab does not come round; it goes {met[-12:]}, {[every[at] for at in met[-3:]]}")
    assert not [every[at] for at in range(len(every)) if at not in met]
    page.page.keyboard.press("Shift+Tab")
    assert page.page.evaluate("() => window.every.indexOf(document.activeElement)") != met[0], "and back"


@pytest.mark.parametrize("place", PLACES)
def test_nothing_is_cut_small_or_overlaps_on_any_screen_and_at_200_percent(opened: Open, place: str) -> None:
    page = opened(place)
    faults = []
    try:
        for wide, high in SIZES:
            for zoom in (1, 2):
                page.page.set_viewport_size({"width": wide // zoom, "height": high // zoom})
                shown(page, place)
                found = page.page.evaluate(BOXES, [LEAST_PX, "#app"])
                faults += [f"{wide}x{high} at {zoom}00 %: {one}" for one in found]
    finally:
        page.page.set_viewport_size(TABLET)
    assert not faults, "\n".join(faults[:40])


def test_the_menu_and_the_keypad_are_whole_on_any_screen(opened: Open) -> None:
    page = opened()
    faults = []
    for wide, high in SIZES:
        for zoom in (1, 2):
            page.page.set_viewport_size({"width": wide // zoom, "height": high // zoom})
            page.page.get_by_role("button", name="Menu").click()
            page.page.evaluate(DRAWN)
            found = page.page.evaluate(BOXES, [LEAST_PX, "#menu"])
            faults += [f"menu {wide}x{high} at {zoom}00 %: {one}" for one in found]
            page.page.get_by_role("button", name="Menu").click()
            page.page.locator("x-number button").first.click()
            page.page.wait_for_selector("#over .keypad")
            faults += [
                f"keypad {wide}x{high} at {zoom}00 %: {one}" for one in page.page.evaluate(BOXES, [LEAST_PX, "#app"])
            ]
            page.page.keyboard.press("Escape")
    assert not faults, "\n".join(faults[:40])
