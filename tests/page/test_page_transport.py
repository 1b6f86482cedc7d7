"""Transport and recorder, worked on the page of a real daemon: music that rolls, takes on a disk."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

import servers
from browser import chromium
from page_rig import TABLET, Seen, eventually
from studiod.client.client import ask

CONSOLE = {"channels": 4, "buses": 2, "returns": 1, "matrices": 0, "dcas": 1, "mute_groups": 1, "surfaces": 1}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Daemon]:
    with servers.Daemon(tmp_path_factory.mktemp("desk"), {"console": CONSOLE}).start() as made:
        yield made


@pytest.fixture(scope="module")
def context() -> Iterator[Any]:
    with chromium(viewport=TABLET, has_touch=True) as made:
        yield made


@pytest.fixture
def page(context: Any, desk: servers.Daemon) -> Iterator[Seen]:
    page = Seen(context, desk.http_port, "transport")
    page.page.get_by_label("Name of a new marker").wait_for()
    yield page
    page.close()


@pytest.fixture
def holds(desk: servers.Daemon) -> Callable[[str, Any], None]:
    """Waits until the desk holds a value."""

    def wait(path: str, value: Any) -> None:
        eventually(lambda: ask(desk.host, desk.osc_port, path) == value)

    return wait


@pytest.fixture
def told(desk: servers.Daemon) -> Callable[[str], Any]:
    return lambda path: ask(desk.host, desk.osc_port, path)


def button(page: Seen, name: str) -> Any:
    return page.page.get_by_role("button", name=name, exact=True)


def sure(page: Seen, word: str) -> None:
    page.page.locator("#over").get_by_role("button", name=word, exact=True).click()


def takes(desk: servers.Daemon, within: str = "") -> list[str]:
    folder = desk.state / "recordings" / within
    return sorted(one.name for one in folder.iterdir() if one.name[0] != ".") if folder.is_dir() else []


def clock(page: Seen) -> str:
    return str(page.page.locator('x-clock[path="transport/position"] button').inner_text())


def typed(page: Seen, path: str, text: str) -> None:
    page.page.locator(f'x-clock[path="{path}"] button').click()
    page.page.locator("#over input").fill(text)
    page.page.keyboard.press("Enter")


@pytest.mark.parametrize(("said", "seconds", "shown"), [
    ("83.5", 83.5, "1:23.5"), ("1:02:03", 3723.0, "1:02:03.0"), ("0:07.25", 7.25, "0:07.2"),
])  # fmt: skip
def test_a_place_is_typed(page: Seen, holds: Any, said: str, seconds: float, shown: str) -> None:
    typed(page, "transport/position", said)
    holds("transport/position", seconds)
    eventually(lambda: clock(page) == shown)


def test_no_place_goes_nowhere(page: Seen, holds: Any, told: Any) -> None:
    typed(page, "transport/position", "12")
    holds("transport/position", 12.0)
    typed(page, "transport/position", "soon")
    page.frames(10)
    assert told("transport/position") == 12.0


def test_it_rolls_and_the_clock_with_it(page: Seen, holds: Any) -> None:
    button(page, "To the beginning").click()
    holds("transport/position", 0.0)
    button(page, "Play").click()
    holds("transport/state", "play")
    eventually(lambda: clock(page) > "0:00.5")
    before = clock(page)
    changes = page.page.evaluate(
        "() => new Promise((done) => { const place = document.querySelector('x-clock button'), seen = [];"
        " new MutationObserver(() => seen.push(place.textContent)).observe(place,"
        "  {childList: true, characterData: true, subtree: true}); setTimeout(() => done(seen), 1000); })"
    )
    assert len(set(changes)) >= 4
    assert changes == sorted(changes)
    assert changes[-1] > before
    button(page, "Stop").click()
    holds("transport/state", "stop")


def test_markers(page: Seen, holds: Any) -> None:
    for name, place in (("Verse", "10"), ("Chorus <b>", "20"), ("", "30")):
        typed(page, "transport/position", place)
        holds("transport/position", float(place))
        page.page.get_by_label("Name of a new marker").fill(name)
        button(page, "Here: a marker where the music stands").click()
        button(page, f"{name or 'Marker 1'} 0:{place}.0").wait_for()
    button(page, "To the marker before").click()
    holds("transport/position", 20.0)
    button(page, "Verse 0:10.0").click()
    holds("transport/position", 10.0)
    button(page, "To the next marker").click()
    holds("transport/position", 20.0)
    button(page, "Delete Chorus <b>").click()
    sure(page, "Delete")
    button(page, "Delete Chorus <b>").wait_for(state="detached")
    button(page, "To the marker before").click()
    holds("transport/position", 10.0)


def test_the_loop(page: Seen, holds: Any) -> None:
    page.page.locator('x-switch[path="transport/loop/on"] button').click()
    holds("transport/loop/on", 1)
    typed(page, "transport/loop/out", "1:05")
    holds("transport/loop/out", 65.0)
    typed(page, "transport/position", "4.5")
    holds("transport/position", 4.5)
    eventually(lambda: clock(page) == "0:04.5")
    button(page, "In here").click()
    holds("transport/loop/in", 4.5)
    page.page.locator('x-switch[path="transport/loop/on"] button').click()
    holds("transport/loop/on", 0)


def test_channels_are_armed_by_one_and_all(page: Seen, holds: Any) -> None:
    page.page.locator('x-switch[path="ch/2/arm"] button').click()
    holds("ch/2/arm", 1)
    button(page, "All channels armed").click()
    for n in range(1, 5):
        holds(f"ch/{n}/arm", 1)
    page.shows("ch/4/arm", 1)
    button(page, "None of the channels armed").click()
    for n in range(1, 5):
        holds(f"ch/{n}/arm", 0)


def test_soundcheck_format_lookback_and_wastebasket(page: Seen, holds: Any) -> None:
    for path in ("transport/soundcheck", "recorder/wastebasket"):
        first = page.value(path)
        for value in (1 - first, first):
            page.page.locator(f'x-switch[path="{path}"] button').click()
            holds(path, value)
    for word in ("wav24", "wav32f"):
        page.page.locator('x-pick[path="recorder/format"] button', has_text=word).click()
        holds("recorder/format", word)
    page.page.locator('x-number[path="recorder/lookback"] button').click()
    page.page.locator("#over input").fill("0")
    page.page.keyboard.press("Enter")
    holds("recorder/lookback", 0.0)


def test_automation_of_the_desk_and_of_a_strip(page: Seen, holds: Any) -> None:
    for word in ("off", "read"):
        page.page.locator('x-pick[path="automation/mode"] button', has_text=word).click()
        holds("automation/mode", word)
    page.page.get_by_text("Strips", exact=True).click()
    for path in ("ch/3/automation", "main/automation", "bus/1/automation", "return/1/automation"):
        page.page.locator(f'x-choice[path="{path}"] select').select_option("latch")
        holds(path, "latch")


def record(page: Seen, desk: servers.Daemon, holds: Any, name: str) -> str:
    """The folder of a short take."""
    before = takes(desk)
    field = page.page.get_by_label("Name of the next take")
    field.fill(name)
    field.press("Enter")
    holds("recorder/take", name)
    button(page, "Record").click()
    holds("recorder/state", "record")
    eventually(lambda: len(takes(desk)) == len(before) + 1)
    page.page.wait_for_selector(".rack.recording")
    button(page, "Recording: end the take").click()
    assert ask(desk.host, desk.osc_port, "recorder/state") == "record"  # not by one tap
    sure(page, "End it")
    holds("recorder/state", "stop")
    (made,) = set(takes(desk)) - set(before)
    return made


def test_a_take_is_recorded_loaded_deleted_and_brought_back(page: Seen, desk: servers.Daemon, holds: Any) -> None:
    page.page.locator('x-switch[path="ch/1/arm"] button').click()
    holds("ch/1/arm", 1)
    eventually(lambda: bool(page.run("(await use('line/desk.js')).number('recorder/remaining') > 0")))
    assert "one track: so long the disk lasts" in page.page.locator(".left").inner_text()
    friday = record(page, desk, holds, "Friday")
    sunday = record(page, desk, holds, "Sunday")
    assert (friday[-7:], sunday[-7:]) == (" Friday", " Sunday")
    button(page, f"Load {friday}").click()
    page.page.wait_for_selector("#told p")
    assert f"{friday} is loaded: 1 track" in page.page.locator("#told p").inner_text()
    button(page, "Load a take beside what is loaded").click()
    button(page, f"Load {sunday}").click()
    eventually(lambda: sunday in page.page.locator("#told p").inner_text())
    button(page, f"Delete {friday}").click()
    sure(page, "Delete")
    eventually(lambda: takes(desk) == [sunday] and takes(desk, ".wastebasket") == [friday])
    page.page.get_by_text("Wastebasket: 1").click()
    button(page, f"Bring back {friday}").click()
    eventually(lambda: takes(desk) == [friday, sunday])
    for one in (friday, sunday):
        button(page, f"Delete {one}").click()
        sure(page, "Delete")
        button(page, f"Delete {one}").wait_for(state="detached")
    page.page.get_by_text("Wastebasket: 2").wait_for()
    button(page, "Empty it").click()
    sure(page, "Empty it")
    eventually(lambda: takes(desk, ".wastebasket") == [])
    page.page.locator('x-switch[path="ch/1/arm"] button').click()
    holds("ch/1/arm", 0)
