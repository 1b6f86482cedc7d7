"""What stands on eight simulated units is what was computed apart: at rest, after changes by others, after a storm."""

import random

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
    VALUE_S,
    Stage,
    felt,
    size,
    told,
)

pytestmark = [pytest.mark.alone, pytest.mark.live]

BANK_LEFT, BANK_RIGHT, CHANNEL_LEFT, CHANNEL_RIGHT = 0x2E, 0x2F, 0x30, 0x31
MUTE, SOLO, SELECT = 0x10, 0x08, 0x18
SETTLED_S, SLOWLY_S = 0.5, 1.0
LCD_BYTES = 7 + 56 + 1  # one message of a whole line


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


def storm(dice: random.Random) -> list[tuple[float, dict]]:
    """Twelve seconds of hands and keys on all units, 125 events a second."""
    events: list[tuple[float, dict]] = []
    for k in range(1500):
        unit = dice.choice(STEADY)
        event = {"do": dice.choice(["move", "move", "lift", "touch", "press", "turn"]), "unit": unit}
        match event["do"]:
            case "press":
                event["note"] = dice.choice([*range(0x20), BANK_LEFT, BANK_RIGHT, CHANNEL_LEFT, CHANNEL_RIGHT])
            case "turn":
                event |= {"knob": dice.randrange(8), "ticks": dice.choice([-7, -1, 1, 5])}
            case _:
                event["fader"] = dice.randrange(9 if UNITS[unit][3].master else 8)
        if event["do"] == "move":
            event |= {"to": dice.randrange(16384), "over_s": 0.06}
        events.append((k * 0.008, event))
    return events


def test_after_a_seeded_storm_all_panels_are_right_and_then_nothing_is_said(desk: Stage) -> None:
    dice, strips = random.Random(14), oracle.order(desk.desk.values)
    before = {unit: len(desk.sim.ask("pulls", unit=unit)) for unit in UNITS}
    marks = {unit: desk.sim.ask("mark", unit=unit) for unit in UNITS}
    stalls = desk.stalls
    desk.sim.ask("script", events=storm(dice))
    for _ in range(1000):
        strip = dice.choice(strips)
        desk.desk.set(f"{strip}/{dice.choice(['mute', 'solo'])}", dice.choice([0, 1]))
        desk.desk.set(f"{strip}/fader", dice.uniform(-90, 10))
        for _ in range(3):
            desk.sim.ask("now")
    desk.sim.after(0)
    desk.hands_off()
    end_s = desk.sim.ask("now")
    desk.sim.after(VALUE_S)
    in_time = desk.stalls == stalls
    if not in_time:
        desk.begin_anew()
    desk.agree()
    desk.rest()
    for unit in STEADY:
        if not in_time:
            continue
        felt(desk, unit, before[unit], stalls)
        log = told(desk, unit, marks[unit])
        last_s = max(one["done"] for one in log if not one["hex"].startswith("f0"))
        assert last_s - end_s <= (SETTLED_S if unit == MAIN else SLOWLY_S), unit
    marks = {unit: desk.sim.ask("mark", unit=unit) for unit in UNITS}
    desk.sim.after(3.0)
    assert {unit: told(desk, unit, marks[unit]) for unit in UNITS} == {unit: [] for unit in UNITS}
