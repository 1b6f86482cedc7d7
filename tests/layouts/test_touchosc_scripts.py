"""Laws of the Lua of a layout for TouchOSC, run by lupa in a stand-in for the app."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from studiod.layouts import touchosc
from studiod.layouts.drawn import drawn
from studiod.registry.laws import from_turn
from studiod.registry.registry import Console, Registry
from touchosc_app import App

SMALL = Registry(Console(inputs=9, outputs=2, channels=9, buses=3, returns=2, matrices=2, dcas=2, mute_groups=2))


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    path = tmp_path / "desk.tosc"
    touchosc.write(SMALL, drawn(SMALL, "mix", (), (), 1024, 768), 9001, path)
    app = App(path)
    yield app
    app.close()


def subscriptions(app: App) -> list[tuple]:
    return [line for line in app.said if line[0].endswith("subscribe/to")]


def test_it_asks_at_its_start_once_more_soon_and_then_every_ten_seconds(app: App) -> None:
    app.begin()
    first = subscriptions(app)
    assert all(line[1] == "localhost:9001" for line in first)
    assert {line[0] for line in first} == {"/subscribe/to", "/meters/subscribe/to"}
    assert sum(line[0] == "/subscribe/to" for line in first) <= 32  # of one sender
    whole = [line for line in first if "/ch/1/**" not in line[2]]  # the strip that is chosen asks for itself
    times = []
    for _ in range(350):
        before = len(app.said)
        app.tick(100)
        if whole[0] in app.said[before:]:
            times.append(app.clock)
            assert set(whole) <= set(app.said[before:])
    assert times == [2000, 12000, 22000, 32000]


def test_a_line_turns_red_when_the_desk_is_silent_and_back_when_it_returns(app: App) -> None:
    app.begin()
    line = app.root.nodes[0]
    red, up = line.color, "studiod"
    assert (line.values.text, red[0] > 0.5) == ("no desk", True)
    for _ in range(5):
        app.receive("/alive", 1)
        app.tick(1000)
        assert (line.values.text, line.color == red) == (up, False)
    app.tick(2000)
    assert line.values.text == up
    app.tick(200)
    assert (line.values.text, line.color) == ("no desk", red)
    app.receive("/alive", 2)
    assert (line.values.text, line.color == red) == (up, False)


@pytest.mark.parametrize("turn", [0.0, 0.03, 0.0625, 0.2, 0.25, 0.4, 0.5, 0.749, 0.75, 1.0])
def test_a_level_is_written_as_the_law_has_it(app: App, turn: float) -> None:
    app.begin()
    app.receive("/turn/ch/1/fader", turn)
    one = SMALL.params["ch/1/fader"]
    level = from_turn(one.law, one.low, one.high, turn)
    text = next(node for node in app.root.walk() if node.name == "ch/1/fader shown")
    assert text.values.text == ("-oo dB" if turn == 0.0 else f"{level:z.1f} dB")  # z: no -0.0


@pytest.mark.parametrize("turn", [0.37, 0.92])
def test_every_number_is_written_by_its_own_law_with_its_unit(app: App, turn: float) -> None:
    app.begin()
    seen = set()
    for node in app.root.walk():
        if node.type != "FADER" or "script" not in node.properties:
            continue
        one = SMALL.params[node.name.replace("@", "1")]
        node.put("x", turn)
        text = next(other for other in node.parent.nodes if other.name == f"{node.name} shown").values.text
        number, _, unit = text.partition(" ")
        half = 0.51 * 10.0 ** -len(number.partition(".")[2])  # of the last digit
        assert float(number) == pytest.approx(one.from_turn(turn), abs=half), (node.name, text)
        assert unit == one.unit
        seen.add(one.law)
    assert seen >= {"fader", "line", "octave"}


def test_names_colours_and_figures_come_in_and_an_empty_name_is_the_strips_place(app: App) -> None:
    app.begin()
    names = [node for node in app.root.walk() if node.name == "ch/2/name"]
    assert len(names) == 4  # its strip, and a send into each of three buses
    for text, want in (("Kick", "Kick"), ("", "Ch 2"), ("it's", "it's")):
        app.receive("/ch/2/name", text)
        assert {node.values.text for node in names} == {want}
    seen = set()
    for colour in SMALL.params["ch/2/colour"].items:
        app.receive("/ch/2/colour", colour)
        assert len({node.color for node in names}) == 1
        seen.add(names[0].color)
    assert len(seen) == 8
    app.receive("/meters/main/momentary", -23.04)
    assert next(node for node in app.root.walk() if node.name == "figure main/momentary").values.text == "-23.0"


def test_the_chosen_strip_is_followed_and_the_one_before_left(app: App) -> None:
    app.begin()
    assert ("/subscribe/to", "localhost:9001", "/turn/ch/1/**") in app.said
    gain = next(node for node in app.root.walk() if node.name == "ch/@/eq/1/gain")
    for step, want in ((1, 2), (8, 9), (8, 9), (-1, 8), (-8, 1)):
        app.said.clear()
        button = next(node for node in app.root.walk() if node.name == f"step {step}")
        button.put("x", 1.0, hand=True)
        button.put("x", 0.0, hand=True)
        gain.put("x", 0.25 + want / 100, hand=True)
        assert app.said[-1] == (f"/turn/ch/{want}/eq/1/gain", 0.25 + want / 100)
        if len(app.said) > 1:
            assert ("/subscribe/to", "localhost:9001", f"/turn/ch/{want}/**") in app.said
            assert [line[0] for line in app.said].count("/unsubscribe") == 2
        app.receive(f"/turn/ch/{want}/eq/1/gain", 0.5)
        app.receive(f"/turn/ch/{want % 9 + 1}/eq/1/gain", 0.9)
        assert gain.values.x == 0.5


def test_a_talkback_is_open_as_long_as_it_is_pressed(app: App) -> None:
    app.begin()
    app.said.clear()
    button = next(node for node in app.root.walk() if node.name == "talkback/on")
    button.put("x", 1.0, hand=True)
    button.put("x", 0.0, hand=True)
    assert app.said == [("/hold/talkback/on", 1), ("/hold/talkback/on", 0)]
