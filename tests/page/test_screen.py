"""What a device chooses for itself: it holds at the next visit, and the lock holds against hands and keys."""

from collections.abc import Callable

import pytest

from page_rig import Seen, eventually
from web_rig import WebRig

Open = Callable[..., Seen]


def centre(page: Seen, selector: str) -> tuple[float, float, float]:
    """Middle and width of something."""
    box = page.page.locator(selector).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"]


def slide(page: Seen, within: str, part: float = 1.0) -> None:
    """A finger draws a slide so far."""
    x, y, wide = centre(page, f"{within} .knob")
    way = (centre(page, f"{within} x-slide")[2] - wide) * part
    page.hand.down(x, y)
    for step in range(1, 5):
        page.hand.move(x + way * step / 4 + 3 * part, y)
    page.hand.up()


def locked(page: Seen) -> bool:
    return bool(page.page.locator("#lock .lock").count())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Light", "document.documentElement.dataset.theme === 'light'"),
        ("High contrast", "document.documentElement.dataset.theme === 'contrast'"),
        ("Huge", "getComputedStyle(document.documentElement).fontSize === '24px'"),
        ("Narrow", "(await use('parts/choices.js')).width.value === 84"),
        ("Jumps to the finger", "(await use('parts/choices.js')).jumps.value === true"),
        ("Sleeps as the device does", "(await use('parts/choices.js')).awake.value === false"),
    ],
)
def test_a_choice_holds_at_the_next_visit(opened: Open, text: str, said: str) -> None:
    page = opened("screen")
    page.page.get_by_role("button", name=text, exact=True).click()
    page.until(said)
    page.page.reload()
    page.live()
    page.until(said)
    page.page.evaluate("() => localStorage.clear()")


def test_others_see_the_name_of_this_device(rig: WebRig, opened: Open) -> None:
    page = opened("screen")
    page.page.get_by_label("Name of this device").fill("Tablet by the drums")
    page.page.keyboard.press("Enter")
    eventually(lambda: "Tablet by the drums" in [one.presence.name for one in rig.osc.clients.values()])
    page.page.reload()
    page.live()
    eventually(lambda: "Tablet by the drums" in [one.presence.name for one in rig.osc.clients.values()])
    page.page.evaluate("() => localStorage.clear()")


def test_locked_nothing_moves_until_a_whole_slide(rig: WebRig, opened: Open) -> None:
    rig.set("ch/1/fader", -20.0)
    page = opened("screen")
    slide(page, "#view", 0.8)
    page.frames()
    assert not locked(page), "half a slide is none"
    slide(page, "#view")
    page.page.wait_for_selector("#lock .lock")
    page.run("void (location.hash = 'mix/ch')")
    page.page.wait_for_selector("x-fader[path='ch/1/fader']")
    page.live()
    page.shows("ch/1/fader", -20)
    posts = len(rig.desk.engine.posts)
    place = page.place("ch/1/fader")
    page.hand.down(place["x"], place["y"])
    page.hand.move(place["x"], place["y"] - 80)
    page.hand.up()
    mute = page.place("ch/1/mute")
    page.hand.tap(mute["x"], mute["y"])
    for key in ("Tab", "Tab", "ArrowUp", "m", "Control+z", "Escape"):
        page.page.keyboard.press(key)
    page.frames(10)
    assert len(rig.desk.engine.posts) == posts
    assert locked(page)
    page.page.reload()
    page.live()
    assert locked(page), "a locked screen stays locked"
    page.page.locator("#lock .knob").tap()
    page.frames()
    assert locked(page), "a tap unlocks nothing"
    slide(page, "#lock")
    page.page.wait_for_selector("#lock .lock", state="detached")
    place = page.place("ch/1/fader")
    page.hand.down(place["x"], place["y"])
    page.hand.move(place["x"], place["y"] - 80)
    page.hand.up()
    eventually(lambda: rig.get("ch/1/fader") > -20.0)


def test_the_slide_goes_by_keyboard_too(opened: Open) -> None:
    page = opened("screen")
    page.page.locator("#view .knob").focus()
    for _ in range(4):
        page.page.keyboard.press("ArrowRight")
    assert not locked(page)
    page.page.keyboard.press("ArrowRight")
    page.page.wait_for_selector("#lock .lock")
    page.page.keyboard.press("End")
    page.page.wait_for_selector("#lock .lock", state="detached")


def test_the_screen_stays_awake_by_a_lock_and_without_one_by_a_video_from_the_first_touch(opened: Open) -> None:
    page = opened("screen")
    how = "(await use('parts/awake.js')).kept.value"
    page.until(f"{how} === 'lock'")
    page.page.get_by_role("button", name="Sleeps as the device does").click()
    page.until(f"{how} === ''")
    page.page.evaluate("() => localStorage.clear()")
    page.page.add_init_script("delete Navigator.prototype.wakeLock")
    page.page.reload()
    page.live()
    assert page.run(how) == ""
    assert not page.page.locator("video").count()
    page.page.locator("h1").tap()
    page.until(f"{how} === 'video'")
    film = "document.querySelector('video')"
    assert page.run(f"{film}.muted && !{film}.loop && {film}.playsInline")
    page.run(f"void ({film}.currentTime = 7)")
    page.until(f"{film}.currentTime < 6")  # sent back before its end
    assert not page.run(f"{film}.paused")


def test_a_page_goes_to_the_home_screen_with_its_icon(rig: WebRig, opened: Open) -> None:
    page = opened()
    icon = page.page.locator("link[rel=apple-touch-icon]").get_attribute("href")
    status, headers, body = rig.ask(str(icon))
    assert (status, headers["content-type"], body[:8]) == (200, "image/png", b"\x89PNG\r\n\x1a\n")
    manifest = rig.json(str(page.page.locator("link[rel=manifest]").get_attribute("href")))
    assert manifest["display"] == "fullscreen"
    assert "start_url" not in manifest, "the address with its invitation is what is kept"
    assert "viewport-fit=cover" in str(page.page.locator("meta[name=viewport]").get_attribute("content"))
