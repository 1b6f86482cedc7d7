"""The page in WebKit, which is what iPads run: it loads, a fader follows the hand, it comes back, every view stands."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from test_everybody import BOXES, LEAST_PX, PLACES

from controllers.http.start import Web
from page_rig import CAP_PX, CONSOLE, eventually
from servers import need_module
from studiod.registry.laws import from_turn, to_turn
from studiod.registry.registry import Registry
from token_rig import TokenRig
from webkit import Window, webkit

ENTER = "\ue007"  # as WebDriver names the key
FADER, OCTAVE = ("fader", -90.0, 10.0), ("octave", 20.0, 20000.0)
SPAN_DB = 40.0  # of the graph of an EQ, from edge to edge


@pytest.fixture(scope="module")
def rig() -> Iterator[TokenRig]:
    with TokenRig(registry=Registry(CONSOLE)) as made:
        yield made


@pytest.fixture(scope="module")
def driver() -> Iterator[Any]:
    with webkit() as made:
        made.set_window_rect(0, 0, 1100, 900)
        yield made


@pytest.fixture
def page(driver: Any, rig: TokenRig) -> Iterator[Window]:
    driver.get("about:blank")
    made = Window(driver, rig.port, "mix/ch")
    yield made
    assert not made.faults()


def pointer(driver: Any) -> Any:
    """What a pointer does, said one after the other."""
    return need_module("selenium.webdriver.common.action_chains").ActionChains(driver, duration=20)


def hold(driver: Any, selector: str) -> Any:
    """A pointer goes down on something."""
    return pointer(driver).move_to_element(driver.find_element("css selector", selector)).click_and_hold()


def test_a_fader_follows_the_pointer_to_the_float(rig: TokenRig, driver: Any, page: Window) -> None:
    rig.set("ch/1/fader", -10.0)
    page.until("(await use('line/desk.js')).peek('ch/1/fader') === -10")
    travel = page.run("document.querySelector('x-fader').clientHeight") - CAP_PX
    hold(driver, "x-fader").move_by_offset(0, -40).move_by_offset(0, -20).perform()
    eventually(lambda: rig.desk.touched("ch/1/fader"))
    pointer(driver).release().perform()
    goal = float(np.float32(from_turn(*FADER, to_turn(*FADER, -10.0) + 60 / travel)))
    eventually(lambda: rig.get("ch/1/fader") == goal)
    eventually(lambda: not rig.desk.touched("ch/1/fader"))
    page.until(f"(await use('line/desk.js')).peek('ch/1/fader') === {goal}")


def test_a_handle_of_the_eq_follows_the_pointer_to_the_float(rig: TokenRig, driver: Any, page: Window) -> None:
    page.run("void (location.hash = 'strip/ch/3/eq')")
    handle = 'x-eq-handle[band="2"]'
    page.until(f"Boolean(document.querySelector('{handle}')?.clientWidth)")
    page.live()
    wide, high = page.run(
        "(({width, height}) => [width, height])(document.querySelector('x-eq').getBoundingClientRect())"
    )
    first = rig.get("ch/3/eq/2/freq")
    hold(driver, handle).move_by_offset(60, -30).move_by_offset(40, -20).release().perform()
    hz = float(np.float32(from_turn(*OCTAVE, to_turn(*OCTAVE, first) + 100 / wide)))
    eventually(lambda: rig.get("ch/3/eq/2/freq") == hz)
    eventually(lambda: rig.get("ch/3/eq/2/gain") == float(np.float32(50 / high * SPAN_DB)))


def test_a_switch_and_a_typed_number(rig: TokenRig, driver: Any, page: Window) -> None:
    driver.find_element("css selector", 'x-switch[path="ch/2/mute"] button').click()
    eventually(lambda: rig.get("ch/2/mute") == 1)
    driver.find_element("css selector", 'x-number[path="ch/2/fader"] button').click()
    page.until("document.activeElement?.matches('#over input') === true")
    driver.switch_to.active_element.send_keys("-7.5", ENTER)
    eventually(lambda: rig.get("ch/2/fader") == -7.5)


def test_it_comes_back_by_itself_and_sends_nothing_of_the_dead_time(rig: TokenRig, driver: Any, page: Window) -> None:
    rig.set("ch/3/fader", -30.0)
    page.until("(await use('line/desk.js')).peek('ch/3/fader') === -30")
    grasp = hold(driver, 'x-fader[path="ch/3/fader"]')
    grasp.move_by_offset(0, -30).perform()
    eventually(lambda: rig.get("ch/3/fader") > -30.0)
    rig.on(rig.web.close())
    page.until("document.documentElement.dataset.state === 'offline'", 4.0)
    held = rig.get("ch/3/fader")
    pointer(driver).move_by_offset(0, -50).release().perform()

    async def again() -> None:
        rig.web = Web(rig.osc, rig.settings)
        rig.web.begin()
        await rig.web.open.wait()

    rig.on(again())
    page.until("document.documentElement.dataset.state === 'live'", 4.0)
    page.live()
    assert rig.get("ch/3/fader") == held
    rig.set("ch/3/fader", -12.0)
    page.until("(await use('line/desk.js')).peek('ch/3/fader') === -12")
    page.until("[...document.querySelectorAll('x-meter b')].some((bar) => !bar.style.transform.endsWith('(1)'))")


@pytest.mark.parametrize("place", PLACES)
def test_every_view_stands_without_a_fault(driver: Any, page: Window, place: str) -> None:
    page.run(f"void (location.hash = {place!r})")
    page.until(f"decodeURI(location.hash) === '#{place}'")
    page.live()
    assert page.run("document.querySelector('#view').innerText.length") > 10
    assert driver.execute_script(f"return ({BOXES})([{LEAST_PX}, '#app'])") == []
