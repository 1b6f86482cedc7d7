"""A seeded storm of hands and keys on eight simulated units, beside an app that sets values: run by its name.

    pytest tests/live/mackie/storm.py

Twelve seconds, 125 events and some hundred changes a second.  It wants an idle machine, so the suite leaves it out.
"""

import random

import pytest

import mackie_oracle as oracle
from mackie_stage import (
    MAIN,
    STEADY,
    UNITS,
    VALUE_S,
    Stage,
    felt,
    told,
)

pytestmark = [pytest.mark.alone, pytest.mark.live]

BANK_LEFT, BANK_RIGHT, CHANNEL_LEFT, CHANNEL_RIGHT = 0x2E, 0x2F, 0x30, 0x31
SETTLED_S, SLOWLY_S = 0.5, 1.0


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
