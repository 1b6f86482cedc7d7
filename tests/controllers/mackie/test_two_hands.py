"""Two hands on one value, on two surfaces, and a tablet beside them: the latest move counts, and nobody is pulled."""

import asyncio
from pathlib import Path

import pytest

from mackie_dry import Hall, hall
from mackie_oracle import decibels, raw
from mackie_stage import DEAD, EXTENDER, LOGIC, SLOW, TRAVEL, UNITS

STEP, RELEASED_S, HELD_S = 16, 0.3, 0.3


def at(here: Hall, unit: str, fader: int = 0) -> int:
    return here.cables[unit].unit.faders[fader].reported


def told(here: Hall, unit: str, since: int, fader: int = 0) -> list[str]:
    log = here.cables[unit].unit.log[since:]
    return [one["hex"] for one in log if one["way"] == "in" and one["hex"].startswith(f"e{fader:x}")]


@pytest.mark.parametrize(("one", "other"), [(SLOW, LOGIC), (EXTENDER, SLOW), (LOGIC, EXTENDER)])
def test_of_two_hands_the_latest_move_counts_and_neither_motor_moves_until_its_own_is_off(
    tmp_path: Path, one: str, other: str
) -> None:
    async def law(here: Hall) -> None:
        here.do("move", one, fader=0, to=4000, over_s=0.05)
        await asyncio.sleep(0.1)
        here.do("move", other, fader=0, to=9000, over_s=0.05)
        await asyncio.sleep(0.2)
        since = {unit: len(here.cables[unit].unit.log) for unit in (one, other)}
        wanted_db = decibels(at(here, other), UNITS[other][3].facts)
        assert here.desk.heard["ch/1/fader"] == pytest.approx(wanted_db, abs=0.05)
        here.do("set", path="ch/1/fader", value=-3.0)
        await asyncio.sleep(0.5)
        assert [told(here, unit, since[unit]) for unit in (one, other)] == [[], []]
        assert abs(at(here, one) - 4000) <= STEP
        here.do("move", one, fader=0, to=5000, over_s=0.05)
        await asyncio.sleep(0.2)
        last_db = decibels(at(here, one), UNITS[one][3].facts)
        here.do("lift", other, fader=0)
        await asyncio.sleep(RELEASED_S)
        assert here.desk.heard["ch/1/fader"] == pytest.approx(last_db, abs=0.05)
        assert abs(at(here, other) - raw(last_db, UNITS[other][3].facts)) <= STEP
        assert told(here, one, since[one]) == []
        here.do("lift", one, fader=0)
        await asyncio.sleep(RELEASED_S)
        assert here.differences(but=("labels",)) == []

    hall(law, tmp_path)


@pytest.mark.parametrize(("unit", "fader"), [(DEAD, 4), (TRAVEL, 4)])
def test_a_hand_that_no_sensor_feels_is_not_pulled_while_it_moves(tmp_path: Path, unit: str, fader: int) -> None:
    async def law(here: Hall) -> None:
        await asyncio.sleep(1.0)
        here.do("move", unit, fader=fader, to=2000, over_s=1.5)
        await asyncio.sleep(0.3)
        since = len(here.cables[unit].unit.log)
        for k in range(20):
            here.do("set", path="ch/5/fader", value=-20.0 + k)
            await asyncio.sleep(0.05)
        assert told(here, unit, since, fader) == []
        await asyncio.sleep(0.3)
        here.do("lift", unit, fader=fader)
        wanted_db = decibels(at(here, unit, fader), UNITS[unit][3].facts)
        await asyncio.sleep(HELD_S + RELEASED_S)
        assert here.desk.heard["ch/5/fader"] == pytest.approx(wanted_db, abs=0.05)
        assert here.differences(but=("labels",)) == []

    hall(law, tmp_path)
