"""Laws of the JavaScript of a session for Open Stage Control, run by Node in a stand-in for the app."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from stage_app import Stage, ground, native, plain_of, sends
from studiod.layouts import stage_control
from studiod.layouts.drawn import drawn
from studiod.registry.registry import Console, Registry

SMALL = Registry(Console(inputs=9, outputs=2, channels=9, buses=3, returns=2, matrices=2, dcas=2, mute_groups=2))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    path = tmp_path / "desk.json"
    stage_control.write(SMALL, drawn(SMALL, "mix", (), (), 1024, 768), path)
    stage = Stage(path)
    yield stage
    stage.close()


def test_it_asks_at_its_start_once_more_soon_and_then_every_ten_seconds(stage: Stage) -> None:
    first = [tuple(line) for line in stage.do("create")["sent"]]
    assert {line[0] for line in first} == {"/subscribe", "/meters/subscribe"}
    assert sum(line[0] == "/subscribe" for line in first) <= 32  # of one sender
    whole = {line for line in first if "/ch/1/**" not in line[1]}
    times = []
    for _ in range(350):
        told = stage.do("tick", ms=100)
        if told["sent"] and whole <= {tuple(line) for line in told["sent"]}:
            times.append(told["now"])
    assert times == [2000, 10000, 20000, 30000]


def test_a_line_turns_red_when_the_desk_is_silent_and_back_when_it_returns(stage: Stage) -> None:
    stage.do("create")
    assert (stage.value("alive"), ground(stage, "alive")) == ("no desk", "#e01b24")
    for n in range(5):
        stage.do("receive", address="/alive", value=n)
        stage.do("tick", ms=1000)
        assert (stage.value("alive"), ground(stage, "alive")) == ("studiod", "#1a4d26")
    stage.do("tick", ms=1900)
    assert stage.value("alive") == "studiod"
    stage.do("tick", ms=200)
    assert (stage.value("alive"), ground(stage, "alive")) == ("no desk", "#e01b24")
    stage.do("receive", address="/alive", value=9)
    assert stage.value("alive") == "studiod"


def test_a_finger_is_told_down_and_up_and_talkback_is_open_as_long_as_it_is_pressed(stage: Stage) -> None:
    stage.do("create")
    for one in stage.widgets():
        if one["type"] == "fader" and sends(one):
            path = native(stage.do("state", id=one["id"])["address"])
            assert stage.do("touch", id=one["id"], type="start")["sent"] == [[f"/touch/{path}", 1]]
            assert stage.do("touch", id=one["id"], type="move")["sent"] == []
            assert stage.do("touch", id=one["id"], type="stop")["sent"] == [[f"/touch/{path}", 0]]
    talk = next(one for one in stage.widgets() if one.get("address") == "/hold/talkback/on")
    assert talk["mode"] == "push"
    assert stage.do("user", id=talk["id"], value=1)["sent"] == [["/hold/talkback/on", 1, "i"]]
    assert stage.do("user", id=talk["id"], value=0)["sent"] == [["/hold/talkback/on", 0, "i"]]


def test_names_colours_levels_and_figures_come_in(stage: Stage) -> None:
    stage.do("create")
    names = [one["id"] for one in stage.widgets() if one.get("address") == "/ch/2/name"]
    assert len(names) == 4  # its strip, and a send into each of three buses
    for text, want in (("Kick", "Kick"), ("", "Ch 2"), ("a^b ^play", "a^\ufeffb ^\ufeffplay"), ("@{x}", "@{x}")):
        stage.do("receive", address="/ch/2/name", value=text)
        assert {stage.value(id) for id in names} == {want}
    seen = set()
    for colour in SMALL.params["ch/2/colour"].items:
        stage.do("receive", address="/ch/2/colour", value=colour)
        seen |= {ground(stage, id) for id in names}
    assert len(seen) == 8
    momentary = next(one["id"] for one in stage.widgets() if one.get("address") == "/meters/main/momentary")
    stage.do("receive", address="/meters/main/momentary", value=-23.04)
    assert stage.value(momentary) == "-23.0"
    shown = next(one["id"] for one in stage.widgets() if one["id"].endswith("ch/1/fader shown"))
    for level_db, text in ((-90, "-oo dB"), (-6.25, "-6.3 dB"), (-0.04, "0.0 dB"), (10, "10.0 dB")):
        stage.do("receive", address="/ch/1/fader", value=level_db)
        assert stage.value(shown) == text


@pytest.mark.parametrize("turn", [0.37, 0.92])
def test_every_number_is_written_by_its_own_law_with_its_unit(stage: Stage, turn: float) -> None:
    stage.do("create")
    seen = set()
    for one in stage.widgets():
        if one["type"] != "fader" or "onValue" not in one:
            continue
        address = stage.do("state", id=one["id"])["address"]
        param = SMALL.params[native(address)]
        stage.do("receive", address=address, value=plain_of(param, address, param.from_turn(turn)))
        shown = re.search(r'set\("([^"]+ shown)"', one["onValue"])[1]
        number, _, unit = stage.value(shown).partition(" ")
        half = 0.51 * 10.0 ** -len(number.partition(".")[2])  # of the last digit
        assert float(number) == pytest.approx(param.from_turn(turn), abs=half), (address, number)
        assert unit == param.unit
        seen.add(param.law)
    assert seen >= {"fader", "line", "octave"}


def test_the_chosen_strip_is_followed_and_the_one_before_left(stage: Stage) -> None:
    assert ["/subscribe", "/ch/1/**"] in stage.do("create")["sent"]
    chooser = next(one["id"] for one in stage.widgets() if one["type"] == "dropdown")
    gain = next(one["id"] for one in stage.widgets() if str(one.get("address", "")).endswith("/eq/1/gain"))
    before = 1
    for strip in (2, 9, 1):
        said = stage.do("user", id=chooser, value=strip)["sent"]
        assert [line for line in said if line[0] == "/unsubscribe"] == [
            ["/unsubscribe", f"/ch/{before}/**"], ["/unsubscribe", f"/turn/ch/{before}/**"],
        ]  # fmt: skip
        assert ["/subscribe", f"/ch/{strip}/**"] in said
        assert stage.do("user", id=gain, value=3.5)["sent"][0] == [f"/ch/{strip}/eq/1/gain", 3.5, "f"]
        before = strip
