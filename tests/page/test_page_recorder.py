"""What the recorder says of itself, as people read it."""

from collections.abc import Callable

import pytest

from page_rig import Seen, eventually
from web_rig import WebRig

Open = Callable[..., Seen]


def report(rig: WebRig, path: str, value: float | str) -> None:
    """As the recorder says it of itself."""

    async def said() -> None:
        rig.desk.report("machine", {path: value})

    rig.on(said())


@pytest.mark.parametrize(("left_s", "text", "little"), [
    (45.0, "45 s", True), (599.0, "9 min", True), (600.0, "10 min", False), (11_700.0, "3 h 15 min", False),
    (1e9, "as long as you like", False),
])  # fmt: skip
def test_the_time_left_is_said_and_seen(rig: WebRig, opened: Open, left_s: float, text: str, little: bool) -> None:
    page = opened("transport")
    rig.set("ch/1/arm", 1)
    report(rig, "recorder/remaining", left_s)
    place = page.page.locator(".left b")
    eventually(lambda: place.inner_text() == text)
    eventually(lambda: ("little-left" in (place.get_attribute("class") or "")) is little)
    rig.set("ch/1/arm", 0)
    page.page.get_by_text("nothing is armed").wait_for()
    eventually(lambda: "little-left" not in (place.get_attribute("class") or ""))


def test_its_alarm_and_what_is_lost_are_said(rig: WebRig, opened: Open) -> None:
    page = opened("transport")
    assert page.page.locator(".rack [role=alert]").count() == 0
    report(rig, "recorder/alarm", "the disk is <full>")
    report(rig, "recorder/lost", 64.0)
    page.page.locator(".rack [role=alert]").nth(1).wait_for()
    said = [text.strip() for text in page.page.locator(".rack [role=alert]").all_inner_texts()]
    assert said == ["⚠ the disk is <full>", "⚠ 64 frames are missing"]
    report(rig, "recorder/alarm", "")
    report(rig, "recorder/lost", 0.0)
    page.page.locator(".rack [role=alert]").first.wait_for(state="detached")
