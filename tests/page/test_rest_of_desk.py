"""The rest of a desk on the page: patch, people, invitations.  Each thing is done once, and ends in the desk."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from page_rig import TABLET, Seen, eventually, page_rig
from token_rig import TokenRig

Open = Callable[..., Seen]


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[TokenRig, Open]]:
    with page_rig(make=TokenRig) as made:
        yield made


def pick(page: Seen, label: str, words: str) -> None:
    """Chooses the first point that has these words."""
    page.page.get_by_role("button", name=label).click()
    page.page.locator("#over input[type=search]").fill(words)
    page.page.keyboard.press("Enter")


def typed(page: Seen, path: str, text: str) -> None:
    page.page.locator(f'x-number[path="{path}"] button').click()
    page.page.locator("#over input").fill(text)
    page.page.keyboard.press("Enter")


def test_a_channel_takes_its_sound_from_where_it_is_told(rig: TokenRig, opened: Open) -> None:
    rig.set("ch/2/name", "Snare")
    page = opened("patch")
    page.page.wait_for_selector('[data-path="ch/2"] b >> text=Snare')
    pick(page, "Source of Snare", "input/11")
    eventually(lambda: rig.get("ch/2/source") == "input/11")
    typed(page, "ch/2/trim", "-4.5")
    page.page.get_by_role("button", name="Polarity of Snare").click()
    page.page.get_by_role("button", name="Delay on of Snare").click()
    typed(page, "ch/2/delay/time", "12")
    eventually(
        lambda: [rig.get(f"ch/2/{end}") for end in ("trim", "polarity", "delay/on", "delay/time")] == [-4.5, 1, 1, 12.0]
    )


def test_an_output_plays_what_it_is_told(rig: TokenRig, opened: Open) -> None:
    page = opened("patch/output")
    page.page.wait_for_selector('[data-path="output/3"]')
    pick(page, "Source of Output 3", "bus/2")
    eventually(lambda: rig.get("output/3/source") == "bus/2")
    page.page.get_by_label("Tap of Output 3").select_option("pre_fader")
    page.page.get_by_label("Speaker of Output 3").select_option("b")
    page.page.get_by_role("button", name="Polarity of Output 3").click()
    page.page.get_by_role("button", name="Mute of Output 3").click()
    for end, text in (("trim", "-2"), ("delay", "3"), ("ceiling", "-6")):
        typed(page, f"output/3/{end}", text)
    ends = ("tap", "speaker", "polarity", "mute", "trim", "delay", "ceiling")
    expected = ["pre_fader", "b", 1, 1, -2.0, 3.0, -6.0]
    eventually(lambda: [rig.get(f"output/3/{end}") for end in ends] == expected)
    page.page.get_by_role("button", name="Mute all outputs").click()
    assert rig.get("output/mute") == 0, "one tap alone mutes nobody"
    page.page.get_by_role("button", name="Yes").click()
    eventually(lambda: rig.get("output/mute") == 1)
    rig.set("output/mute", 0)


def test_an_input_is_called_what_it_is_told_and_found_by_it(rig: TokenRig, opened: Open) -> None:
    page = opened("patch/input")
    page.page.get_by_label("Name of Input 9").fill("Kick out")
    page.page.keyboard.press("Enter")
    eventually(lambda: rig.get("input/9/name") == "Kick out")
    page.page.get_by_label("Search the patch").fill("kick")
    page.page.wait_for_function("() => document.querySelectorAll('.patched').length === 1")
    assert page.page.locator(".patched").get_attribute("data-path") == "input/9"
    rig.set("ch/5/source", "input/9")
    page.page.get_by_role("button", name="Channels").click()
    shown = "[...document.querySelectorAll('.patched')].map(one => one.dataset.path).join(' ')"
    page.until(f"{shown} === 'ch/5 ch/9'")  # by the name of their source


def test_people_shows_who_is_here_who_moved_what_and_takes_it_back(rig: TokenRig, opened: Open) -> None:
    page, other = opened("mix/ch"), opened("screen")
    other.page.get_by_label("Name of this device").fill("Drums")
    other.page.keyboard.press("Tab")
    rig.set("ch/1/name", "Kick")
    page.shows("ch/1/name", "Kick")
    page.page.locator('x-switch[path="ch/1/mute"] button').click()
    eventually(lambda: rig.get("ch/1/mute") == 1)
    page.run("void (location.hash = 'people')")
    page.page.get_by_label("Who is connected").get_by_text("Drums").first.wait_for()
    moves = page.page.get_by_label("Who moved what").locator("li")
    moves.filter(has_text="Kick mute off → on").first.wait_for()
    steps = page.page.get_by_label("Undo and redo")
    steps.locator("li", has_text="Kick mute on → off").wait_for()
    steps.get_by_role("button", name="Undo").click()
    eventually(lambda: rig.get("ch/1/mute") == 0)
    steps.locator("li", has_text="Kick mute off → on").wait_for()
    steps.get_by_role("button", name="Redo").click()
    eventually(lambda: rig.get("ch/1/mute") == 1)
    rig.set("ch/1/mute", 0)


def test_an_invitation_is_scanned_lets_in_by_its_role_and_ends_when_revoked(rig: TokenRig, opened: Open) -> None:
    page = opened("invite")
    page.page.get_by_role("button", name="A musician").click()
    page.page.get_by_label("Which mix").select_option("3")
    page.page.get_by_label("For whom").fill("Anna")
    page.page.get_by_label("For how long").select_option("4")
    page.page.get_by_role("button", name="Make a code").click()
    code = page.page.locator(".qr")
    code.wait_for()
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(code.screenshot())))
    url = found[0].text
    assert url == page.page.locator(".address").inner_text()
    (line,) = rig.do("token/list")[:-1]
    assert line[2:4] == ("Anna", "bus:3")
    context = page.page.context.browser.new_context(viewport=TABLET, has_touch=True)
    scanned = Scanned(context, url)
    assert scanned.run("(await use('line/line.js')).role.value") == "bus:3"
    page.page.get_by_role("button", name="Revoke Anna").click()
    page.page.locator("#over").get_by_role("button", name="Revoke", exact=True).click()
    eventually(lambda: len(rig.do("token/list")) == 1)
    scanned.page.wait_for_selector("html:not([data-state=live])")
    context.close()
    page.page.get_by_text("None yet.").wait_for()


class Scanned(Seen):
    """A page at an address."""

    def __init__(self, context: Any, url: str) -> None:
        host, _, rest = url.removeprefix("http://").partition("/#")
        super().__init__(context, int(host.rpartition(":")[2]), rest)


def test_two_tabs_of_one_browser_both_stay(rig: TokenRig, opened: Open) -> None:
    first, second = opened(), opened()
    connections = "(await use('line/line.js')).connections.value"
    first.until(f"{connections} === 2")
    first.live()
    for n, page in ((1, first), (2, second)):
        page.page.locator(f'x-switch[path="ch/{n}/solo"] button').click()
        eventually(lambda n=n: rig.get(f"ch/{n}/solo") == 1)
    assert [page.run(connections) for page in (first, second)] == [2, 1]
    second.page.get_by_role("button", name="Clear solo").click()
    eventually(lambda: not rig.get("ch/1/solo") and not rig.get("ch/2/solo"))
