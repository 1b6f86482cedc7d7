"""What stands on eight simulated units is what was computed apart: at rest, after changes by others."""

import pytest

import mackie_oracle as oracle
from mackie_stage import (
    COMPACT,
    DEAD,
    EXTENDER,
    LOGIC,
    MAIN,
    SLOW,
    STEADY,
    UNITS,
    Stage,
    size,
    told,
)

pytestmark = [pytest.mark.alone, pytest.mark.live]

MUTE, SOLO, SELECT = 0x10, 0x08, 0x18


def test_faders_lamps_names_and_colours_stand_on_all_units(desk: Stage) -> None:
    for unit in STEADY:
        seen = desk.sim.panel(unit)
        assert seen["online"]
        assert not seen["locked"]
        assert seen["refused"] == 0 or unit == LOGIC, "a busy machine may answer it too late, and is asked again"
    assert desk.differences() == []


def test_a_change_by_others_is_one_message_and_the_cell(desk: Stage) -> None:
    marks = {unit: desk.sim.ask("mark", unit=unit) for unit in UNITS}
    desk.desk.set("ch/1/fader", -20.0)
    desk.desk.set("ch/1/mute", 1)
    desk.agree()
    desk.rest()
    for unit in (EXTENDER, SLOW, LOGIC, COMPACT, DEAD):
        log = told(desk, unit, marks[unit])
        assert sorted(one["hex"][:4] for one in log) == sorted(["9010", log[0]["hex"][:4]])
        assert size(log) == 6, log
    assert told(desk, MAIN, marks[MAIN]) == []
    desk.desk.set("ch/1/mute", 0)


def test_mute_solo_and_select_are_lit_by_the_desk(desk: Stage) -> None:
    for note, path in ((MUTE + 1, "mute"), (SOLO + 1, "solo")):
        desk.sim.ask("press", unit=MAIN, note=note)
        strip = oracle.places(desk.desk.values, 1)[9]
        desk.sim.until(MAIN, lambda seen, note=note: f"{note:02x}" in seen["leds"])
        desk.agree()
        assert desk.desk.values[f"{strip}/{path}"] == 1
        desk.sim.ask("press", unit=MAIN, note=note)
        desk.sim.until(MAIN, lambda seen, note=note: f"{note:02x}" not in seen["leds"])
    desk.sim.ask("press", unit=EXTENDER, note=SELECT + 3)
    desk.sim.until(EXTENDER, lambda seen: "1b" in seen["leds"])
    desk.agree()
