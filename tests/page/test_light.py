"""What a visit costs: requests, bytes on the wire, levels of imports; and that the second one costs next to nothing."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from controllers.http.pages import pages
from page_rig import Seen, eventually, page_rig
from web_rig import HOST, WebRig

Open = Callable[..., Seen]
REQUESTS, DEEP, BYTES = 60, 4, 120_000
NAME = "<img src=x onerror=alert(1)>"


def requests(rig: WebRig) -> int:
    return rig.web.site.counted["http_requests"]


def sent(page: Seen) -> tuple[int, float]:
    """How many files a page has asked for, and bytes on the wire with their headers; its own not counted."""
    found = page.page.evaluate(
        "() => performance.getEntriesByType('resource').map(one => [one.name, one.transferSize])",
    )
    own = page.page.evaluate("() => performance.getEntriesByType('navigation')[0].transferSize")
    return len(found) + 1, own + sum(size for _, size in found)


def test_a_first_visit_is_light_and_a_later_one_two_requests() -> None:
    with page_rig() as (rig, opened):
        before = requests(rig)
        page = opened()
        count, size = sent(page)
        assert count <= REQUESTS
        assert requests(rig) - before <= REQUESTS
        assert 10_000 < size <= BYTES
        assert all(url.startswith((f"http://{HOST}:{rig.port}/", f"ws://{HOST}:{rig.port}/")) for url in page.asked)
        before = requests(rig)
        page.page.reload()
        page.live()
        page.shows("ch/1/fader", -90)
        assert requests(rig) - before == 2, "the page itself and its socket"
        page.close()


def test_no_file_lies_more_than_four_imports_deep() -> None:
    main = pages().files["main.js"].decode()
    found = ["main.js", *re.findall(r"import\('\./([^']+)'\)", main)]  # views that come later
    level = dict.fromkeys(found, 1)
    for name in found:
        text = pages().files[name].decode()
        folder = name.split("/")[:-1]
        for wanted in re.findall(r"(?:from|import) '([^']+)'", text):
            parts = list(folder)
            for part in wanted.split("/"):
                parts = parts[:-1] if part == ".." else parts if part == "." else [*parts, part]
            if (path := "/".join(parts)) not in level:
                level[path] = level[name] + 1
                found.append(path)
    assert max(level.values()) <= DEEP
    scripts = {name for name in pages().files if name.endswith(".js")}
    assert scripts == set(level), "a file that nothing imports is sent for nothing"


@pytest.mark.parametrize("path", ["ch/1/name", "bus/1/name", "dca/1/name"])
def test_a_name_is_a_name_whatever_it_looks_like(rig: WebRig, opened: Open, path: str) -> None:
    rig.set(path, NAME)
    page = opened(f"mix/{path.partition('/')[0]}")
    said: list[Any] = []
    page.page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    page.shows(path, NAME)
    assert NAME in page.page.locator("x-strip .name").first.inner_text()
    assert not page.page.locator("x-strip img").count()
    assert not said
    rig.set(path, "")


def test_what_is_asked_for_in_vain_is_not_waited_for(opened: Open) -> None:
    page = opened()
    page.run("void ((await use('line/desk.js')).show(['ch/99/nothing*']))")
    page.until("(await use('line/desk.js')).refusal.value.text.startsWith('ch/99/nothing*: ')")
    page.until("(await use('line/desk.js')).loading.value === 0")


def test_who_hops_through_many_views_is_refused_nothing(opened: Open) -> None:
    """What lingers gives way: the desk takes so many patterns of one client, and no more."""
    page = opened()
    hop = (
        "for (let n = 1; n <= 16; n++) for (const what of ['fader', 'mute', 'pan']) desk.show([`ch/${n}/${what}*`])();"
    )
    page.run(f"await (async () => {{ const desk = await use('line/desk.js'); {hop} }})()")
    page.until("(await use('line/desk.js')).loading.value === 0")
    assert page.run("(await use('line/desk.js')).refusal.value.text") == ""


def test_two_pages_and_another_hand_end_on_one_value(rig: WebRig, opened: Open) -> None:
    """Faders moved by fingers on two pages and by OSC, with recalls between: all show what the desk holds."""
    one, two = opened(), opened()
    for turn in range(6):
        for page, strip in ((one, 1 + turn % 4), (two, 1 + (turn + 1) % 4)):
            place = page.place(f"ch/{strip}/fader")
            page.hand.down(place["x"], place["y"])
            page.hand.move(place["x"], place["y"] - 30 + 17 * (turn % 5))
            rig.set(f"ch/{strip}/fader", -3.0 * turn)
            page.hand.move(place["x"], place["y"] - 60 + 13 * (turn % 7))
            rig.set(f"ch/{1 + (strip + 1) % 4}/fader", -5.0 * turn)
            page.hand.up()
    for strip in range(1, 5):
        held = rig.get(f"ch/{strip}/fader")
        for page in (one, two):
            eventually(lambda page=page, strip=strip, held=held: page.value(f"ch/{strip}/fader") == held)
