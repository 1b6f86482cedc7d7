"""Laws of /fade: one path or a pattern over time, evenly in position, until a hand takes it."""

from typing import Any

import numpy as np
import pytest

from library_rig import REGISTRY, Rig
from studiod.registry.param import Refusal


@pytest.fixture
def rig() -> Rig:
    made = Rig()
    made.desk.change([(f"ch/{n}/fader", -60) for n in range(1, 7)], "you")
    made.engine.posts.clear()
    return made


@pytest.mark.parametrize(
    ("path", "start", "goal"),
    [("ch/1/fader", -60.0, 5.0), ("ch/1/hpf/freq", 640.0, 40.0), ("ch/1/pan", -100.0, 50.0),
     ("ch/2/send/1/level", -90.0, 0.0), ("main/fader", 0.0, -90.0)],
)  # fmt: skip
def test_a_fade_moves_evenly_in_position(rig: Rig, path: str, start: float, goal: float) -> None:
    rig.desk.set(path, start)
    param = REGISTRY.params[path]
    assert rig.do("fade", path, 2, goal) == [("fade", path, 1, 0)]
    low, high = param.to_turn(start), param.to_turn(goal)
    for step in range(1, 101):
        rig.go(20)
        # float32 of a turn: five digits
        assert param.to_turn(rig.desk.get(path)) == pytest.approx(low + (high - low) * step / 100, abs=1e-5)
    assert rig.desk.get(path) == goal
    assert not rig.library.fades.running
    rig.do("undo")
    assert rig.desk.get(path) == start, "one step, and what was before"


@pytest.mark.parametrize(("words", "goal"), [(("2 s", "-oo"), -90.0), (("500 ms", "3 dB"), 3.0), (("1", "-10"), -10.0)])
def test_people_may_write_time_and_goal(rig: Rig, words: tuple[str, str], goal: float) -> None:
    rig.do("fade", "/ch/1/fader", *words)
    rig.go(2000)
    assert rig.desk.get("ch/1/fader") == goal


def test_a_pattern_fades_together_and_is_one_step(rig: Rig) -> None:
    assert rig.do("fade", "ch/[2-5]/fader", 1, -10) == [("fade", "ch/[2-5]/fader", 4, 0)]
    rig.go(1000)
    assert [rig.desk.get(f"ch/{n}/fader") for n in range(1, 7)] == [-60.0, *[-10.0] * 4, -60.0]
    rig.do("undo")
    assert [rig.desk.get(f"ch/{n}/fader") for n in range(1, 7)] == [-60.0] * 6


def test_a_fade_of_both_halves_of_a_pair_goes_on_in_both_where_the_pair_is_parted(rig: Rig) -> None:
    rig.desk.set("ch/1/link", 1)
    rig.do("fade", "ch/[1-2]/fader", 1, -10)
    rig.go(500)
    rig.desk.set("ch/1/link", 0)
    assert rig.desk.get("ch/1/fader") == rig.desk.get("ch/2/fader") != -10.0
    rig.go(500)
    assert [rig.desk.get(f"ch/{n}/fader") for n in (1, 2)] == [-10.0, -10.0]


def test_what_has_no_position_between_changes_at_the_midpoint(rig: Rig) -> None:
    rig.do("fade", "ch/1/mute", 1, "on")
    rig.go(480)
    assert rig.desk.get("ch/1/mute") == 0
    rig.go(20)
    assert rig.desk.get("ch/1/mute") == 1


def test_in_no_time_it_is_there_at_once_and_ends_a_fade(rig: Rig) -> None:
    rig.do("fade", "ch/1/fader", 5, 0)
    rig.go(1000)
    rig.do("fade", "ch/1/fader", 0, -20)
    rig.go(5000)
    assert rig.desk.get("ch/1/fader") == -20.0
    rig.do("fade", "ch/1/fader", 5, 0)
    held = rig.desk.get("ch/1/fader")
    rig.do("fade", "ch/1/fader", 0, held)
    rig.go(5000)
    assert rig.desk.get("ch/1/fader") == held, "also where it says what is there"


HANDS = ("a set", "its own sender", "a set to what is", "a touch", "an undo", "a fade", "a scene", "the partner")


@pytest.mark.parametrize("how", HANDS)
def test_hands_win(rig: Rig, how: str) -> None:
    rig.do("scene/store", "S")
    if how == "the partner":
        rig.desk.set("ch/1/link", 1)
    rig.do("fade", "ch/[13]/fader", 2, 0)
    rig.go(500)
    if how in ("a set", "its own sender"):
        rig.desk.set("ch/1/fader", -33, "me" if how == "its own sender" else "midi:x")
    elif how == "the partner":
        rig.desk.set("ch/2/fader", -33, "midi:x")
    elif how == "a set to what is":
        rig.desk.set("ch/1/fader", rig.desk.get("ch/1/fader"), "midi:x")
    elif how == "a touch":
        rig.desk.touch("ch/1/fader", True, "midi:x")
    elif how == "a fade":
        rig.do("fade", "ch/1/fader", 0.02, -33, by="other")
    elif how == "a scene":
        rig.do("scene/recall", "S", 0, "ch/1/fader")
    else:
        rig.do("undo")
    rig.go(20)
    held = rig.desk.get("ch/1/fader")
    rig.go(2000)
    assert rig.desk.get("ch/1/fader") == held
    assert rig.desk.get("ch/3/fader") == (-60.0 if how == "an undo" else 0.0)
    assert not rig.library.fades.running


def test_a_switch_set_to_what_it_is_is_not_turned_at_the_midpoint(rig: Rig) -> None:
    rig.do("fade", "ch/1/mute", 1, 1)
    rig.go(200)
    rig.desk.set("ch/1/mute", 0, "midi:x")
    rig.go(1000)
    assert rig.desk.get("ch/1/mute") == 0


def test_what_a_finger_is_on_is_left_out_and_counted(rig: Rig) -> None:
    rig.desk.touch("ch/2/fader", True, "midi:x")
    assert rig.do("fade", "ch/*/fader", 1, 0) == [("fade", "ch/*/fader", 5, 1)]
    rig.go(1000)
    assert rig.desk.get("ch/2/fader") == -60.0


def test_a_fade_to_where_it_is_already_does_nothing(rig: Rig) -> None:
    rig.do("fade", "ch/1/fader", 1, -60)
    rig.go(1100)
    assert rig.engine.posts == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("ch/1/fadr", 3, -10), "ch/1/fadr: no such path; .*; nearest is ch/1/fader"),
        (("ch/x*/fader", 3, -10), "no such path"),
        (("ch/1/fader", 3), "fade: the goal is missing; expected a path or pattern, seconds, the value to arrive at"),
        (("ch/1/fader",), "fade: the time is missing"),
        ((), "fade: the path is missing"),
        ((3, "ch/1/fader", 0), "fade: the path is not text"),
        (("ch/1/fader", 601, 0), r"the time is out of range \(0 to 600 s\)"),
        (("ch/1/fader", "3 dB", 0), "the time: dB is not its unit; .*; send a number in s"),
        (("ch/1/fader", 3, 11), "ch/1/fader: out of range; .*; nearest is 10 dB"),
        (("ch/1/fader", 3, "2 kHz"), "ch/1/fader: kHz is not its unit"),
        (("ch/*/pan", 3, 200), "ch/1/pan: out of range"),
        (("status/late", 3, 0), "status/late: "),
        (("talkback/on", 3, 1), "talkback/on: does not fade: it is never stored; set it by value"),
        (("ch/1/fader", 3, 0, 1), "more words than it takes"),
    ],
)
def test_a_bad_fade_is_refused_and_changes_nothing(rig: Rig, words: tuple[Any, ...], said: str) -> None:
    before = rig.desk.snapshot()
    with pytest.raises(Refusal, match=said):
        rig.do("fade", *words)
    rig.go(100)
    assert rig.desk.snapshot() == before
    assert rig.engine.posts == []


def test_nothing_steps_further_than_an_even_walk(rig: Rig) -> None:
    fader = REGISTRY.params["ch/1/fader"]
    rig.do("fade", "ch/1/fader", 3, 10)
    rig.go(3000)
    turns = [fader.to_turn(news["ch/1/fader"]) for _, news in rig.engine.posts]
    assert len(turns) == 150
    assert np.diff(turns).max() < 1.01 * (turns[-1] - turns[0]) / 149


@pytest.mark.parametrize("seconds", [1e-10, 4e-10, 1e-300])
def test_a_time_below_a_step_is_at_once(rig: Rig, seconds: float) -> None:
    rig.do("fade", "ch/1/fader", seconds, -10)
    rig.go(20)
    assert rig.desk.get("ch/1/fader") == -10.0
    assert not rig.library.fades.running


def test_a_fade_that_cannot_go_on_is_dropped_and_the_others_go_on(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    rig.do("fade", "ch/1/fader", 1, -10)
    rig.do("fade", "ch/2/fader", 1, -10)
    first, _ = rig.library.fades.running
    monkeypatch.setattr(first, "at", lambda param, t: 1 / 0)
    rig.go(1000)
    assert [rig.desk.get(f"ch/{n}/fader") for n in (1, 2)] == [-60.0, -10.0]
    assert "a fade of" in caplog.text
    assert not rig.library.fades.running
