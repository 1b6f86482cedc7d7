"""A musician's page: his mix and nothing else, whatever he presses, and one wheel for more of himself."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from browser import chromium
from page_rig import CONSOLE, TABLET, Seen, eventually
from studiod.registry.registry import Registry
from studiod.registry.roles import BUS
from token_rig import TokenRig

Open = Callable[..., Seen]
PX_PER_DB = 10.0
FIRST = {
    "bus/3/name": "Cello", "bus/3/colour": "yellow", "bus/3/link": 0, "bus/3/fader": 0.0, "bus/3/mute": 0,
    "output/4/source": "bus/3", "output/4/ceiling": -12.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as context:
        yield context.browser


@pytest.fixture(scope="module")
def desks(browser: Any) -> Iterator[Callable[[str], TokenRig]]:
    """A desk that gives everybody one role; one for each, which its tests share."""
    made: dict[str, TokenRig] = {}

    def one(role: str) -> TokenRig:
        if role not in made:
            made[role] = TokenRig(registry=Registry(CONSOLE), rights=lambda _: role)
        return made[role]

    yield one
    for rig in made.values():
        rig.close()


def clean(rig: TokenRig) -> None:
    for n in range(1, CONSOLE.buses + 1):
        rig.set(f"bus/{n}/main/on", 0)
    for strip in (*(f"ch/{n}" for n in range(1, 17)), *(f"return/{n}" for n in range(1, 5))):
        send = f"{strip}/send/3"
        for tail, value in (("level", -90.0), ("on", 1), ("tap", "pre_fader")):
            rig.set(f"{send}/{tail}", value)
    for path, value in FIRST.items():
        rig.set(path, value)


@pytest.fixture
def rig(desks: Callable[[str], TokenRig]) -> TokenRig:
    made = desks("bus:3")
    clean(made)
    return made


@pytest.fixture
def opened(browser: Any) -> Iterator[Open]:
    """Opens a page on a device of its own, which has kept nothing."""
    pages: list[Seen] = []

    def one(rig: TokenRig, place: str = "", like: Seen | None = None) -> Seen:
        device = like.page.context if like else browser.new_context(viewport=TABLET, has_touch=True)
        pages.append(Seen(device, rig.port, place))
        return pages[-1]

    yield one
    for page in pages:
        if not page.page.is_closed():
            page.close()


def levels(rig: TokenRig, *strips: str) -> list[float]:
    return [rig.get(f"{strip}/send/3/level") for strip in strips]


def send(rig: TokenRig, **db: float) -> None:
    for strip, level in db.items():
        rig.set(f"{strip.replace('_', '/')}/send/3/level", level)


def faders(page: Seen) -> list[str]:
    find = "all => all.map(one => one.getAttribute('path'))"
    return list(page.page.eval_on_selector_all(".sent-here x-strip", find))


def near(found: list[float], wanted: list[float]) -> bool:
    return bool(np.allclose(found, wanted, atol=1e-3))


# -- what there is ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["mix/ch", "bus/5", "groups", "sends/1", ""])
def test_a_musician_sees_his_mix_wherever_he_goes(rig: TokenRig, opened: Open, place: str) -> None:
    send(rig, ch_2=-10.0, ch_5=-20.0, return_1=-30.0)
    page = opened(rig, place)
    page.page.wait_for_selector("h1:text-is('Mix: Cello')")
    eventually(lambda: faders(page) == ["ch/2", "ch/5", "return/1"])
    assert page.page.locator("header.top button").all_inner_texts() == ["☰", "↶", "↷"]
    page.page.locator("header.top .menu").click()
    offered = page.page.locator(".menu-list button").all_inner_texts()
    assert offered == ["A musician’s mix", "People", "Invite", "Screen"]
    assert "Ceiling: \u221212.0 dBFS at output 4" in page.page.locator(".ceiling").inner_text()


def test_every_button_leaves_what_is_not_his_as_it_is(rig: TokenRig, opened: Open) -> None:
    rig.set("bus/3/link", 1)
    rig.set("ch/9/solo", 1)
    send(rig, ch_1=-10.0, ch_2=-20.0)
    before = dict(rig.desk.values)
    page = opened(rig, "mix/ch")
    ear = "(address, args) => address === '/error' && told.push(args.join(' '))"
    page.run(f"void (window.told = [], (await use('line/line.js')).hear({ear}))")
    page.page.locator(".whose").tap()
    page.page.locator("#over .choose button").first.tap()
    page.page.keyboard.press("Escape")
    press = """() => {
      let pressed = 0;
      const all = (root) => [...document.querySelectorAll(`${root} button`)].filter((one) => one.offsetParent);
      const over = () => document.querySelector('#over .over');
      const every = (root, deep) => {
        for (let k = 0; k < all(root).length; k++) {
          all(root)[k].click();
          pressed++;
          if (deep && over()) {
            const inside = all('#over').length;
            for (let n = 1; n < inside; n++) {
              if (!over()) all(root)[k]?.click();
              all('#over')[n]?.click();
              pressed++;
            }
            all('#over')[0]?.click();
          }
        }
      };
      every('#app', true);
      for (const one of document.querySelectorAll('[role=slider]')) {
        for (const key of ['ArrowUp', 'PageDown', 'm', 's'])
          one.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
        pressed++;
      }
      return pressed;
    }"""
    assert page.page.evaluate(press) > 60
    page.run("(await use('line/line.js')).say('/ping')")
    page.page.wait_for_timeout(500)
    rig.idle()
    changed = {path for path, value in rig.desk.values.items() if before[path] != value}
    own = [
        re.compile(re.sub(r"\*\*", ".+", one.replace("N", bus)).replace("/*/", "/[^/]+/") + "$")
        for one in BUS
        for bus in "34"
    ]
    assert not {path for path in changed if not any(one.match(path) for one in own)}
    assert len(changed) > 10
    assert not [words for words in page.page.evaluate("told") if "needs the role" in words], "offered, and refused"
    assert rig.get("ch/9/solo") == 1


@pytest.mark.parametrize(
    ("path", "value"), [("ch/1/fader", -6.0), ("ch/1/send/4/level", -6.0), ("output/4/ceiling", 0.0), ("main/mute", 1)]
)
def test_what_the_page_does_not_offer_is_refused_when_it_is_sent(
    rig: TokenRig, opened: Open, path: str, value: float
) -> None:
    page = opened(rig)
    before = rig.get(path)
    page.run(f"(await use('line/desk.js')).set('{path}', {value})")
    page.until("(await use('line/desk.js')).refusal.value.text !== ''")
    page.shows(path, before)
    page.run(f"(await use('line/desk.js')).setAll([['{path}', {value}]])")
    page.shows(path, before)
    assert rig.get(path) == before


def test_level_mute_and_eq_are_his(rig: TokenRig, opened: Open) -> None:
    page = opened(rig)
    page.page.locator('x-switch[path="bus/3/mute"]').tap()
    eventually(lambda: rig.get("bus/3/mute") == 1)
    page.page.locator('x-fader[path="bus/3/fader"]').focus()
    page.page.keyboard.press("PageDown")
    eventually(lambda: rig.get("bus/3/fader") == -3.0)
    page.page.locator("button", has_text="EQ").tap()
    page.page.locator('#over x-fader[path="bus/3/eq/2/gain"]').focus()
    page.page.keyboard.press("PageUp")
    eventually(lambda: rig.get("bus/3/eq/2/gain") == 3.0)
    page.page.wait_for_function("() => /[^8]\\.\\d/.test(document.querySelector('#over .line').getAttribute('d'))")
    page.page.locator("#over button", has_text="Flat").tap()
    eventually(lambda: rig.get("bus/3/eq/2/gain") == 0.0)
    page.page.locator("#over button", has_text="EQ in").tap()
    eventually(lambda: rig.get("bus/3/eq/on") == 0)


# -- an order that stays ---------------------------------------------------------------------------------------------


def test_no_fader_goes_or_comes_by_itself(rig: TokenRig, opened: Open) -> None:
    send(rig, ch_4=-10.0, ch_6=-20.0)
    page = opened(rig)
    eventually(lambda: faders(page) == ["ch/4", "ch/6"])
    page.page.locator('x-fader[path="ch/4/send/3/level"]').focus()
    page.page.keyboard.press("Home")
    eventually(lambda: levels(rig, "ch/4") == [-90.0])
    send(rig, ch_1=-5.0)
    more = page.page.locator("button", has_text="+1 more sent here")
    more.wait_for()
    assert faders(page) == ["ch/4", "ch/6"]
    more.tap()
    eventually(lambda: faders(page) == ["ch/1", "ch/4", "ch/6"])
    page.page.reload()
    page.live()
    eventually(lambda: faders(page) == ["ch/1", "ch/4", "ch/6"])
    page.page.locator("button", has_text="Sent here").tap()  # asked for: what is sent there now
    eventually(lambda: faders(page) == ["ch/1", "ch/6"])
    page.page.locator("button:text-is('All')").tap()
    eventually(lambda: len(faders(page)) == 20)


def test_the_most_used_come_first_when_he_says_so_and_stay_there(rig: TokenRig, opened: Open) -> None:
    send(rig, ch_1=-10.0, ch_2=-10.0, ch_3=-10.0)
    page = opened(rig)

    def use(strip: str, times: int) -> None:
        box = page.place(f"{strip}/send/3/level")
        for k in range(times):
            page.hand.down(box["x"], box["y"])
            page.hand.move(box["x"], box["y"] - 20 + 40 * (k % 2))
            page.hand.up()

    use("ch/3", 3)
    use("ch/2", 1)
    assert faders(page) == ["ch/1", "ch/2", "ch/3"]
    page.page.locator("button", has_text="Most used first").tap()
    eventually(lambda: faders(page) == ["ch/3", "ch/2", "ch/1"])
    use("ch/1", 5)
    page.page.reload()
    page.live()
    eventually(lambda: faders(page) == ["ch/3", "ch/2", "ch/1"])
    page.page.locator("button", has_text="order").tap()
    eventually(lambda: faders(page) == ["ch/1", "ch/2", "ch/3"])


# -- more me ---------------------------------------------------------------------------------------------------------


def choose(page: Seen, *strips: str) -> None:
    page.page.locator(".whose").tap()
    for strip in strips:
        small = page.page.locator(f"small:text-is('{strip.replace('/', ' ')}')")
        page.page.locator("#over .choose button").filter(has=small).tap()
    page.page.keyboard.press("Escape")
    page.page.wait_for_selector(".wheel")


def wheel(page: Seen, db: float) -> None:
    box = page.page.locator(".wheel").bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.hand.down(x, y)
    page.hand.move(x + db * PX_PER_DB / 2, y)
    page.hand.move(x + db * PX_PER_DB, y)
    page.hand.up()


def test_the_wheel_raises_him_then_lowers_the_others_and_goes_back_the_same_way(rig: TokenRig, opened: Open) -> None:
    send(rig, ch_1=-4.0, ch_2=-10.0, ch_3=-20.0, return_2=-6.0, ch_7=-55.0)
    rest = ("ch/3", "return/2", "ch/7", "ch/8")
    page = opened(rig)
    choose(page, "ch/1", "ch/2")
    wheel(page, 4.0)
    eventually(lambda: near(levels(rig, "ch/1", "ch/2"), [0.0, -6.0]))
    assert levels(rig, *rest) == [-20.0, -6.0, -55.0, -90.0]
    wheel(page, 15.0)  # 10 dB to the top, 5 off the others
    eventually(lambda: near(levels(rig, "ch/1", "ch/2", *rest), [10.0, 4.0, -25.0, -11.0, -60.0, -90.0]))
    assert "the others 5.0 dB lower" in page.page.locator(".said").inner_text()
    wheel(page, 7.0)
    eventually(lambda: near(levels(rig, "ch/1", *rest), [10.0, -32.0, -18.0, -60.0, -90.0]))
    send(rig, ch_3=-40.0)  # somebody moves one: it is his now
    page.shows("ch/3/send/3/level", -40)
    wheel(page, -14.0)
    eventually(lambda: near(levels(rig, "ch/1", "ch/2", *rest), [8.0, 2.0, -40.0, -6.0, -55.0, -90.0]))
    eventually(lambda: not rig.desk.touched("ch/1/send/3/level"))


def test_one_turn_is_one_step_of_undo(rig: TokenRig, opened: Open) -> None:
    send(rig, ch_1=-20.0, ch_2=-14.0)
    page = opened(rig)
    choose(page, "ch/1", "ch/2")
    wheel(page, 6.0)
    eventually(lambda: near(levels(rig, "ch/1", "ch/2"), [-14.0, -8.0]))
    page.page.locator("button[aria-label=Undo]").tap()
    eventually(lambda: levels(rig, "ch/1", "ch/2") == [-20.0, -14.0])


def test_who_was_off_is_brought_in_and_keys_turn_the_wheel_too(rig: TokenRig, opened: Open) -> None:
    rig.set("ch/5/send/3/on", 0)
    page = opened(rig)
    choose(page, "ch/5")
    page.page.locator(".wheel").focus()
    page.page.keyboard.press("PageUp")
    eventually(lambda: near(levels(rig, "ch/5"), [-27.0]) and rig.get("ch/5/send/3/on") == 1)
    page.page.keyboard.press("ArrowLeft")
    eventually(lambda: near(levels(rig, "ch/5"), [-27.5]))
    eventually(lambda: page.page.locator(".wheel").get_attribute("aria-valuetext") == "\u221227.5 dB")


def test_seeded_turns_there_and_back_end_where_they_began(rig: TokenRig, opened: Open) -> None:
    """The wheel's own function, for 200 mixes: nothing over the top, and back to the start."""
    page = opened(rig)
    random = np.random.default_rng(17)
    for _ in range(200):
        me = [[f"m{k}", float(random.uniform(-50, 10))] for k in range(random.integers(1, 4))]
        others = [[f"o{k}", float(random.uniform(-59, 10)), 0] for k in range(random.integers(0, 6))]
        up = float(random.uniform(0, 60))
        there, back = page.run(f"""await (async () => {{
          const {{turned}} = await use('parts/more_levels.js');
          const there = turned({{me: {me}, others: {others}, by: 0}}, {up});
          return [there, turned(there, -{up})];
        }})()""")
        assert all(db <= 10.0 + 1e-9 for _, db, *_ in there["me"] + there["others"])
        wasted = up - (there["me"][0][1] - me[0][1]) - there["by"]  # turned on when all are at the bottom
        assert wasted > -1e-9
        if wasted < 1e-9:
            assert near([db for _, db, *_ in back["me"]], [db for _, db in me])
            assert near([db for _, db, *_ in back["others"]], [db for _, db, _ in others])


# -- help ------------------------------------------------------------------------------------------------------------


def test_the_main_mix_is_copied_and_taken_back(rig: TokenRig, opened: Open) -> None:
    for n, db in ((1, -3.0), (2, -8.0)):
        rig.set(f"ch/{n}/fader", db)
        rig.set(f"ch/{n}/main/on", 1)
    send(rig, ch_6=-20.0)
    page = opened(rig)
    page.page.locator("button", has_text="Copy the main mix").tap()
    page.page.locator(".over.sure button", has_text="Copy it").tap()
    eventually(lambda: near(levels(rig, "ch/1", "ch/2"), [-3.0, -8.0]))
    eventually(lambda: {"ch/1", "ch/2", "ch/6"} <= set(faders(page)))
    page.page.locator("button", has_text="Take it back").tap()
    eventually(lambda: levels(rig, "ch/1", "ch/2", "ch/6") == [-90.0, -90.0, -20.0])
    page.page.wait_for_selector(".copied", state="detached")


def test_a_mixer_opens_any_musicians_page_and_helps(desks: Callable[[str], TokenRig], opened: Open) -> None:
    rig = desks("mix")
    clean(rig)
    send(rig, ch_3=-12.0)
    page = opened(rig, "bus/3")
    eventually(lambda: faders(page) == ["ch/3"])
    page.page.locator('x-fader[path="ch/3/send/3/level"]').focus()
    page.page.keyboard.press("PageUp")
    eventually(lambda: levels(rig, "ch/3") == [-9.0])
    page.page.locator(".mixes button", has_text="Bus 5").tap()
    page.page.wait_for_selector("h1:text-is('Mix: Bus 5')")
    page.page.wait_for_selector('x-fader[path="bus/5/fader"]')
    page.page.locator("button", has_text="Mixer").tap()
    page.page.wait_for_selector('x-fader[path="ch/3/fader"]')


def test_who_may_only_look_moves_nothing(desks: Callable[[str], TokenRig], opened: Open) -> None:
    rig = desks("view")
    clean(rig)
    send(rig, ch_3=-12.0)
    page = opened(rig, "bus/3")
    page.page.wait_for_selector('x-fader[path="ch/3/send/3/level"][aria-disabled=true]')
    for button in ("Copy the main mix",):
        assert page.page.locator("button", has_text=button).get_attribute("aria-disabled") == "true"
    page.page.locator('x-switch[path="bus/3/mute"]').tap()
    page.frames(10)
    assert rig.get("bus/3/mute") == 0
