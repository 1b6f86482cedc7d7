"""The simulated motor fader is a mass with a motor and a finger, in whatever pieces its time is handed in."""

import dataclasses
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mackie_sim.fader import Fader
from mackie_sim.kinds import KINDS

MACKIE = KINDS["mackie"]


def at_rest_after(fader: Fader, begin_s: float) -> float:
    """How long its motor runs, in seconds."""
    now_s = begin_s
    while fader.moving:
        now_s += 0.0005
        fader.advance(now_s)
    return now_s - begin_s


def test_the_full_throw_takes_120_ms_and_a_quarter_of_it_half_as_long() -> None:
    for goal, most_s in ((16383, 0.120), (4096, 0.060), (1024, 0.030)):
        fader = Fader(MACKIE)
        fader.want(0.0, goal)
        assert at_rest_after(fader, 0.0) == pytest.approx(most_s, abs=0.006)  # steps of half a millisecond
        assert fader.place == goal


def test_a_motor_that_is_turned_round_runs_on_for_a_while() -> None:
    fader = Fader(MACKIE)
    fader.want(0.0, 16383)
    fader.advance(0.050)
    here = fader.place
    fader.want(0.050, 0)
    fader.advance(0.060)
    assert fader.place > here
    at_rest_after(fader, 0.060)
    assert fader.place == 0


@given(st.lists(st.integers(0, 16383), min_size=1, max_size=4), st.lists(st.floats(0.0, 0.2), max_size=12))
def test_cutting_the_time_changes_nothing(goals: list[int], cuts: list[float]) -> None:
    kind = KINDS["own-travel"]
    whole, cut = Fader(kind), Fader(kind)
    told: list[list[tuple[float, str, int]]] = [[], []]
    for number, goal in enumerate(goals):
        begin_s = number * 0.05
        whole.want(begin_s, goal)
        cut.want(begin_s, goal)
        told[0] += whole.advance(begin_s + 0.05)
        for time_s in sorted(t for t in cuts if t < 0.05):
            told[1] += cut.advance(begin_s + time_s)
        told[1] += cut.advance(begin_s + 0.05)
    assert whole.place == cut.place
    assert told[0] == told[1]


def test_a_finger_is_told_of_and_moves_in_hardware_steps() -> None:
    fader = Fader(MACKIE)
    fader.touch(0.0)
    fader.move(0.0, 8000, 0.1)
    said = fader.advance(0.2)
    fader.lift(0.2)
    said += fader.advance(0.2)
    assert said[0] == (0.0, "touch", 1)
    assert said[-1] == (0.2, "touch", 0)
    places = [value for _, what, value in said if what == "at"]
    assert places == sorted(places)
    assert places[-1] == 8000
    assert all(place % 16 == 0 for place in places)
    times = [at_s for at_s, what, _ in said if what == "at"]
    assert min(b - a for a, b in itertools.pairwise(times)) >= MACKIE.report_s - 1e-9


def test_no_motor_moves_a_fader_that_is_held_and_the_servo_brings_it_back_after_that() -> None:
    fader = Fader(dataclasses.replace(MACKIE, servo_s=1.0))
    fader.want(0.0, 4000)
    at_rest_after(fader, 0.0)
    fader.advance(1.0)
    fader.move(1.0, 12000, 0.05)
    fader.advance(1.2)
    fader.want(1.2, 800)
    fader.advance(1.4)
    assert fader.place == 12000
    fader.lift(1.4)
    fader.advance(2.39)
    assert fader.place == 12000
    fader.advance(3.0)
    assert fader.place == 800


def test_a_position_after_the_release_moves_it_at_once() -> None:
    fader = Fader(KINDS["x-touch"])
    fader.move(0.0, 12000, 0.05)
    fader.advance(0.2)
    fader.lift(0.2)
    fader.want(0.21, 1600)
    fader.advance(0.4)
    assert fader.place == 1600


def test_only_one_with_own_travel_tells_of_its_motor() -> None:
    told = {}
    for name in ("mackie", "no-touch", "own-travel", "dead-touch"):
        fader = Fader(KINDS[name])
        fader.want(0.0, 16383)
        told[name] = fader.advance(0.5)
    places = [value for _, _, value in told.pop("own-travel")]
    assert not any(told.values())
    assert places == sorted(places), "it stops without running over"
    assert len(places) > 8
    assert places[-1] == 16383


def test_the_top_is_the_devices_own() -> None:
    fader = Fader(KINDS["x-touch"])
    fader.want(0.0, 16383)
    at_rest_after(fader, 0.0)
    assert fader.reported == 15935


def test_a_motor_that_knows_no_finger_goes_on_when_it_has_gone() -> None:
    fader = Fader(KINDS["no-touch"])
    fader.move(0.0, 8000, 0.05)
    fader.advance(0.1)
    fader.want(0.1, 1600)
    fader.advance(0.4)
    assert fader.place == 8000
    fader.lift(0.4)
    fader.advance(1.0)
    assert fader.place == 1600


def test_a_sensor_that_is_not_there_tells_nothing_but_the_move() -> None:
    fader = Fader(KINDS["no-touch"])
    fader.move(0.0, 800, 0.02)
    said = fader.advance(0.1)
    fader.lift(0.1)
    said += fader.advance(0.5)
    assert {what for _, what, _ in said} == {"at"}
    assert fader.place == 800  # and no servo: it does not know that the hand has gone
