"""Fingers on the motor faders of simulated units: each is the value at once, and no finger ever feels the motor."""

import time

import pytest

import mackie_oracle as oracle
from mackie_stage import DEAD, EXTENDER, SLOW, TRAVEL, UNITS, Stage, felt

pytestmark = [pytest.mark.alone, pytest.mark.live]

STEP = 16
SETTLED_S = 0.5
LATE_S = 5.0  # what a busy machine may hold a position up with
NUDGES = 5
RELEASE_S = 0.020 + 4 * 256 / 48000  # two periods of the server each way come on top


def rides(desk: Stage, unit: str, fader: int, to: int, over_s: float, within_db: float) -> None:
    """A finger rides a fader, and its value is the hand's.  Where the desk stood still or a period of JACK was late, in
    which the server loses what is sent, it is waited for, and then the finger goes on by a little."""
    path = f"ch/{fader + 1}/fader"
    for nudge in range(NUDGES):
        stalls = desk.stalls
        desk.sim.ask("move", unit=unit, fader=fader, to=to + nudge * 2 * STEP, over_s=over_s)
        desk.sim.after(over_s + 0.2)
        wanted_db = oracle.decibels(desk.sim.panel(unit)["faders"][fader], UNITS[unit][3].facts)
        end_s = time.monotonic() + LATE_S
        while (wrong := abs(desk.desk.values[path] - wanted_db) > within_db) and desk.stalls != stalls:
            if time.monotonic() > end_s:
                break
            time.sleep(0.02)
        if not wrong or desk.stalls == stalls:
            break
    assert desk.desk.values[path] == pytest.approx(wanted_db, abs=within_db)


def test_a_fader_under_a_finger_is_the_value_at_once_and_stays_there(desk: Stage) -> None:
    stalls = desk.stalls
    rides(desk, EXTENDER, 2, 9000, 0.1, 0.1)
    desk.agree(SLOW)
    desk.sim.ask("lift", unit=EXTENDER, fader=2)
    desk.agree()
    desk.sim.until(EXTENDER, lambda seen: not any(seen["moving"]))
    if desk.stalls == stalls:
        assert abs(desk.sim.panel(EXTENDER)["faders"][2] - 9000) <= STEP


def test_what_others_do_meanwhile_is_shown_when_the_finger_leaves_and_not_before(desk: Stage) -> None:
    before = len(desk.sim.ask("pulls", unit=EXTENDER))
    desk.sim.ask("move", unit=EXTENDER, fader=4, to=8000, over_s=0.1)
    desk.sim.after(0.2)
    desk.desk.set("ch/5/fader", -40.0)
    desk.sim.after(SETTLED_S)
    own = desk.sim.ask("pulls", unit=EXTENDER)[before:]
    assert all(abs(one["raw"] - one["finger"]) <= STEP for one in own)  # seen to fail: a position sent while held
    assert abs(desk.sim.panel(EXTENDER)["faders"][4] - 8000) <= STEP
    mark, stalls = desk.sim.ask("mark", unit=EXTENDER), desk.stalls
    desk.sim.ask("lift", unit=EXTENDER, fader=4)
    desk.sim.after(SETTLED_S)
    log = desk.sim.log(EXTENDER, mark)
    release_s = next(one["t"] for one in log if one["hex"] == "906c00")
    told = [one for one in log if one["way"] == "in" and one["hex"].startswith("e4")]
    assert len(told) == 1, log
    desk.agree()
    if desk.stalls == stalls:
        assert told[0]["done"] - release_s < RELEASE_S


def test_a_motors_own_report_never_becomes_a_value(desk: Stage) -> None:
    desk.desk.set("ch/6/fader", -90.0)
    desk.agree()
    desk.desk.set("ch/6/fader", 0.0)
    desk.agree()
    desk.rest()
    assert any(one["hex"].startswith("e5") for one in desk.sim.log(TRAVEL, way="out")), "it tells of its motor"
    assert desk.desk.values["ch/6/fader"] == 0.0


def test_a_fader_without_a_sensor_is_a_hand_while_it_moves(desk: Stage) -> None:
    for unit, fader in ((DEAD, 1), (TRAVEL, 3)):
        before, stalls = len(desk.sim.ask("pulls", unit=unit)), desk.stalls
        rides(desk, unit, fader, 4000, 0.8, 0.2)
        desk.sim.ask("lift", unit=unit, fader=fader)
        desk.agree()
        felt(desk, unit, before, stalls)
