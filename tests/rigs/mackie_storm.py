"""A seeded storm: what many hands, keys, an app and bad cables do at once to simulated units, as a list of events."""

import random
from collections.abc import Iterator, Mapping
from typing import Any

import mackie_oracle as oracle
from mackie_sim.kinds import KINDS
from mackie_stage import UNITS

Events = list[tuple[float, dict[str, Any]]]
EVERY_S, AT_ONCE, CALM_S = 0.008, 100, 0.7  # a pause behind so many, in which hands that have left are answered
ROWS = range(0x20)
BANKS, FLIP, PAGES, VIEWS, HOME = (0x2E, 0x2F, 0x30, 0x31), 0x32, (0x29, 0x2A), range(0x3E, 0x45), 0x33
FADE_HZ, FADE_S = 50, 0.6
AWAY, AWAY_S, LEAVES_S, KNOWN_S = ("power", "cable"), (0.05, 0.6), 0.05, 1.3
DEEDS = ("move", "lift", "touch", "row", "key", "turn", "set", "many", "fade", "power", "cable")
WEIGHTS = (32, 14, 8, 14, 8, 10, 10, 1, 1, 1, 1)


def storm(values: Mapping[str, Any], count: int, seed: int, units: list[str], cables: bool = True) -> Events:
    """So many events, one each 8 ms with pauses between, in the order of their times; fades go on meanwhile.

    cables: units are switched off and on, and unplugged, too.
    """
    dice, strips = random.Random(seed), oracle.order(values)
    events: Events = []
    back_s = dict.fromkeys(units, 0.0)
    kinds = dice.choices(DEEDS, WEIGHTS, k=count)
    for k, kind in enumerate(kinds):
        at_s = k * EVERY_S + k // AT_ONCE * CALM_S
        here = [unit for unit in units if back_s[unit] <= at_s]
        if not here or (kind in AWAY and not cables):
            kind = "set"
        unit = dice.choice(here or units)
        found = [(at_s + in_s, event) for in_s, event in happening(dice, kind, unit, strips)]
        if kind in AWAY:  # nobody's hand is on it meanwhile: what it does not tell nobody can know
            back_s[unit] = found[-1][0] + KNOWN_S
        events += found
    return sorted(events, key=lambda one: one[0])


def happening(dice: random.Random, kind: str, unit: str, strips: list[str]) -> Iterator[tuple[float, dict[str, Any]]]:
    """One event, or what belongs together."""
    fader = dice.randrange(9 if UNITS[unit][3].master else 8)
    match kind:
        case "move":
            yield 0.0, {"do": kind, "unit": unit, "fader": fader, "to": dice.randrange(16384), "over_s": 0.06}
        case "lift" | "touch":
            yield 0.0, {"do": kind, "unit": unit, "fader": fader}
        case "row":
            yield 0.0, {"do": "press", "unit": unit, "note": dice.choice(ROWS)}
        case "key":
            note = dice.choice([*BANKS, *BANKS, FLIP, *PAGES, *VIEWS, HOME])
            yield 0.0, {"do": "press", "unit": unit, "note": note}
        case "turn":
            yield 0.0, {"do": "turn", "unit": unit, "knob": dice.randrange(8), "ticks": dice.choice([-7, -1, 1, 5])}
        case "set":
            tail = dice.choice(["fader", "fader", "mute", "solo"])
            value = dice.uniform(-90, 10) if tail == "fader" else dice.randrange(2)
            yield 0.0, {"do": "set", "path": f"{dice.choice(strips)}/{tail}", "value": value}
        case "many":
            levels = [(f"{strip}/fader", dice.uniform(-90, 10)) for strip in strips]
            yield 0.0, {"do": "many", "changes": levels + [(f"{strip}/mute", dice.randrange(2)) for strip in strips]}
        case "fade":
            strip, begin, end = dice.choice(strips), dice.uniform(-90, 10), dice.uniform(-90, 10)
            steps = round(FADE_HZ * FADE_S)
            for k in range(steps + 1):
                value = begin + k / steps * (end - begin)
                yield k / FADE_HZ, {"do": "set", "path": f"{strip}/fader", "value": value}
        case "power":
            yield from hands_off(unit)
            back_s = LEAVES_S + dice.uniform(*AWAY_S)
            yield LEAVES_S, {"do": kind, "unit": unit, "on": False}
            if not KINDS[UNITS[unit][0]].greets:  # one that says nothing is known by its port alone
                yield LEAVES_S, {"do": "unplug", "unit": unit}
                yield back_s, {"do": "plug", "unit": unit}
            yield back_s, {"do": kind, "unit": unit, "on": True}
        case "cable":
            yield from hands_off(unit)
            yield LEAVES_S, {"do": "unplug", "unit": unit}
            yield LEAVES_S + dice.uniform(*AWAY_S), {"do": "plug", "unit": unit}


def hands_off(unit: str) -> Iterator[tuple[float, dict[str, Any]]]:
    for fader in range(9 if UNITS[unit][3].master else 8):
        yield 0.0, {"do": "lift", "unit": unit, "fader": fader}
