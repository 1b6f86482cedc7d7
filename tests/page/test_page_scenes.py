"""Scenes and cues: each word of them is said by the view, and the desk is as it says."""

from collections.abc import Callable
from typing import Any

import pytest

from page_rig import Seen, eventually
from page_works import holds, work_all
from studiod.host.library import Library
from studiod.store.store import Store
from web_rig import WebRig

Open = Callable[..., Seen]


@pytest.fixture(scope="module")
def library(stage: tuple[WebRig, Any]) -> Library:
    """What the desk of this file remembers."""
    rig = stage[0]

    async def made() -> Library:
        library = Library(rig.desk, Store(None))
        library.begin(from_file=False)
        return library

    found: Library = rig.on(made())
    return found


@pytest.fixture(autouse=True)
def empty(rig: WebRig, library: Library) -> None:
    """No scene, no cue, and a desk at rest."""

    async def clean() -> None:
        for name in list(library.scenes.shelf.heads):
            list(rig.desk.do("scene/delete", "test", name))
        while library.cues.cues:
            list(rig.desk.do("cue/remove", "test", 1))
        rig.desk.set("ch/1/fader", -90.0, "test")
        rig.desk.set("ch/1/mute", 0, "test")
        rig.desk.set("ch/2/mute", 0, "test")
        rig.desk.set("monitor/dim", 0, "test")
        rig.desk.set("ch/1/safe", 0, "test")

    rig.on(clean())


def do(rig: WebRig, word: str, *args: Any) -> None:
    async def said() -> None:
        list(rig.desk.do(word, "test", *args))

    rig.on(said())


def scenes(library: Library) -> set[str]:
    return set(library.scenes.shelf.heads)


def kept(rig: WebRig, name: str, *scope: str, **values: Any) -> None:
    """A scene with these values, after which the desk is as before; a path with _ for /."""
    before = {path: rig.get(path) for path in (key.replace("_", "/") for key in values)}
    for key, value in values.items():
        rig.set(key.replace("_", "/"), value)
    do(rig, "scene/store", name, *scope)
    for path, value in before.items():
        rig.set(path, value)


def button(page: Seen, name: str) -> Any:
    return page.page.get_by_role("button", name=name, exact=True)


def chosen(page: Seen, name: str) -> None:
    row = page.page.locator(".rows .pickrow", has=page.page.get_by_text(name, exact=True))  # a date has a c in Dec
    row.first.click()
    page.page.wait_for_selector(f'.rack.scene[aria-label="{name}"]')


def sure(page: Seen, word: str) -> str:
    """The second tap; what was asked."""
    asked = str(page.page.locator("#over h2").inner_text())
    page.page.locator("#over").get_by_role("button", name=word, exact=True).click()
    return asked


def test_a_new_scene_is_stored_and_chosen(rig: WebRig, opened: Open, library: Library) -> None:
    page = opened("scenes")
    page.page.get_by_label("Name of a new scene").fill("Verse 1")
    button(page, "Store the desk under this name").click()
    eventually(lambda: scenes(library) == {"Verse 1"})
    page.page.wait_for_selector('.rack.scene[aria-label="Verse 1"]')


def test_a_recall_wants_a_second_tap_on_another_spot(rig: WebRig, opened: Open) -> None:
    kept(rig, "Verse", ch_1_fader=-6.0)
    page = opened("scenes")
    chosen(page, "Verse")
    first = button(page, "Recall Verse at once")
    box = first.bounding_box()
    first.click()
    again = page.page.locator("#over").get_by_role("button", name="Recall", exact=True).bounding_box()
    assert box
    assert again
    assert again["y"] > box["y"] + box["height"] or again["x"] > box["x"] + box["width"] or again["y"] + 44 < box["y"]
    assert rig.get("ch/1/fader") == -90.0
    page.page.locator("#over").get_by_role("button", name="No", exact=True).click()
    page.frames(5)
    assert rig.get("ch/1/fader") == -90.0
    first.click()
    assert sure(page, "Recall").startswith("Recall Verse?")
    holds(rig, "ch/1/fader", -6.0)
    page.page.wait_for_selector("#told p")
    assert "Verse: 1 changed" in page.page.locator("#told p").inner_text()


def test_a_recall_with_a_fade(rig: WebRig, opened: Open, library: Library) -> None:
    kept(rig, "Verse", ch_1_fader=-6.0)
    page = opened("scenes")
    chosen(page, "Verse")
    page.page.get_by_label("Fade, s").fill("0.4")
    page.page.keyboard.press("Tab")
    button(page, "In 0.4 s: recall Verse with a fade").click()
    sure(page, "Recall")
    eventually(lambda: _step(rig, library) and -90.0 < rig.get("ch/1/fader") < -6.0)
    eventually(lambda: _step(rig, library) and rig.get("ch/1/fader") == -6.0)


def _step(rig: WebRig, library: Library) -> bool:
    """The fades take a step, as the daemon makes them."""

    async def work() -> list[None]:
        return list(library.fades.step())

    return rig.on(work()) is not None


def test_what_would_change_is_told_before(rig: WebRig, opened: Open) -> None:
    kept(rig, "Verse", ch_1_fader=-6.0, ch_2_mute=1, monitor_dim=1)
    rig.set("ch/1/name", "<b>Kick")
    page = opened("scenes")
    chosen(page, "Verse")
    button(page, "What would change").click()
    page.page.wait_for_selector(".changes li")
    lines = page.page.locator(".changes li").all_inner_texts()
    assert sorted(" ".join(line.split()) for line in lines) == [
        "<b>Kick fader −∞ dB → −6.0 dB", "<b>Kick name <b>Kick →", "Ch 2 mute off → on",
    ]  # fmt: skip
    page.page.get_by_label("Only").fill("*/*/mute")
    page.until("document.querySelectorAll('.changes li').length === 1")
    button(page, "Recall Verse at once").click()
    assert sure(page, "Recall") == "Recall Verse? 1 value changes."
    holds(rig, "ch/2/mute", 1)
    assert rig.get("ch/1/fader") == -90.0
    rig.set("ch/1/name", "")


def test_a_scope_of_the_scene_and_safe_things_too(rig: WebRig, opened: Open) -> None:
    kept(rig, "Dim", "ch/1 monitor", ch_1_mute=1, ch_2_mute=1, monitor_dim=1)
    page = opened("scenes")
    chosen(page, "Dim")
    assert "only ch/1 monitor" in page.page.locator(".rack.scene").inner_text()
    button(page, "Recall Dim at once").click()
    sure(page, "Recall")
    holds(rig, "ch/1/mute", 1)
    assert (rig.get("ch/2/mute"), rig.get("monitor/dim")) == (0, 0)
    button(page, "Safe things too: what scenes leave alone").click()
    button(page, "Recall Dim at once").click()
    sure(page, "Recall")
    holds(rig, "monitor/dim", 1)


def test_a_safe_strip_is_left_alone(rig: WebRig, opened: Open) -> None:
    kept(rig, "Verse", ch_1_mute=1, ch_2_mute=1)
    page = opened("scenes")
    page.page.locator('x-switch[path="ch/1/safe"] button').click()
    holds(rig, "ch/1/safe", 1)
    chosen(page, "Verse")
    button(page, "Recall Verse at once").click()
    sure(page, "Recall")
    holds(rig, "ch/2/mute", 1)
    assert rig.get("ch/1/mute") == 0
    assert len(work_all(rig, page)) == len([path for path in rig.desk.registry.params if path.endswith("/safe")])


def test_stored_over_renamed_and_deleted(rig: WebRig, opened: Open, library: Library) -> None:
    kept(rig, "Verse", ch_1_fader=-6.0)
    page = opened("scenes")
    chosen(page, "Verse")
    rig.set("ch/1/fader", -3.0)
    button(page, "Store over").click()
    sure(page, "Store over")
    eventually(lambda: any(name.startswith("Verse (before") for name in scenes(library)))
    page.page.get_by_label("Its new name").fill("Verse 2")
    button(page, "Rename").click()
    eventually(lambda: "Verse 2" in scenes(library) and "Verse" not in scenes(library))
    page.page.wait_for_selector('.rack.scene[aria-label="Verse 2"]')
    rig.set("ch/1/fader", -20.0)
    button(page, "Recall Verse 2 at once").click()
    sure(page, "Recall")
    holds(rig, "ch/1/fader", -3.0)
    button(page, "Delete").click()
    assert "gone for good" in sure(page, "Delete")
    eventually(lambda: "Verse 2" not in scenes(library))
    page.page.wait_for_selector('.rack[aria-label="Chosen scene"]')


def test_what_others_store_is_there_within_seconds(rig: WebRig, opened: Open) -> None:
    page = opened("scenes")
    page.page.get_by_text("No scene yet.").wait_for()
    do(rig, "scene/store", "<img src=x onerror=alert(1)>")
    page.page.locator(".rows .pickrow", has_text="<img src=x onerror=alert(1)>").wait_for(timeout=15000)


def cues(library: Library) -> list[str]:
    return [cue.name for cue in library.cues.cues]


def test_the_cue_list(rig: WebRig, opened: Open, library: Library) -> None:
    kept(rig, "A", ch_1_fader=-1.0)
    kept(rig, "B", ch_1_fader=-2.0)
    kept(rig, "C", ch_1_fader=-3.0)
    page = opened("scenes")
    page.page.get_by_label("Name of a new scene").wait_for()
    for name in "ABC":
        chosen(page, name)
        page.page.get_by_label("Fade, s").fill("0")
        page.page.keyboard.press("Tab")
        button(page, "Add as cue").click()
        eventually(lambda name=name: cues(library)[-1:] == [name])
    button(page, "Cue 3, C: earlier").click()
    eventually(lambda: cues(library) == ["A", "C", "B"])
    button(page, "Cue 1, A: later").click()
    eventually(lambda: cues(library) == ["C", "A", "B"])
    button(page, "Cue 3, B: go").click()
    assert sure(page, "Go") == "Go to cue 3: B?"
    holds(rig, "ch/1/fader", -2.0)
    page.page.wait_for_selector('.cue.now b:has-text("3 B")')
    button(page, "Previous").click()
    assert sure(page, "Go") == "Go back to A?"
    holds(rig, "ch/1/fader", -1.0)
    page.page.wait_for_selector('.cue.now b:has-text("2 A")')
    button(page, "Next").click()
    assert sure(page, "Go") == "Go on to B?"
    holds(rig, "ch/1/fader", -2.0)
    button(page, "Cue 1, C: out of the list").click()
    eventually(lambda: cues(library) == ["A", "B"])


@pytest.mark.parametrize(("scope", "fits", "others"), [
    ("ch/1", "ch/1/eq/1/gain", "ch/10/mute"), ("ch/*/fader", "ch/12/fader", "ch/1/send/2/level"),
    ("*/*/mute main/mute", "main/mute", "main/fader"), ("ch/[1-3]/**", "ch/2/hpf/on", "ch/4/hpf/on"),
    ("{bus,main}/**", "bus/3/eq/on", "ch/1/eq/on"), ("**/mute", "ch/1/mute", "ch/1/fader"),
    ("//gain", "ch/1/eq/2/gain", "ch/1/eq/2/freq"), ("/ch/1/", "ch/1/mute", "ch/2/mute"), ("", "ch/1/mute", ""),
])  # fmt: skip
def test_a_scope_means_what_the_desk_means(rig: WebRig, opened: Open, scope: str, fits: str, others: str) -> None:
    page = opened("fx")
    within = f"(await use('parts/scope.js')).within({scope!r})"
    paths = [path for path in rig.desk.registry.params if path.startswith(("ch/", "bus/", "main/"))]
    ours = {path for path, is_in in zip(paths, page.run(f"{paths!r}.map({within})"), strict=True) if is_in}
    theirs = set()
    for pattern in scope.split():
        for wanted in (pattern.strip("/") if pattern[:2] != "//" else pattern, f"{pattern.strip('/')}/**"):
            found = {param.path for param in rig.desk.registry.matching(wanted) if param is not None}
            theirs |= found & set(paths)
            if found:
                break
    assert ours == (theirs if scope else set(paths))
    assert fits in ours
    assert others not in ours
