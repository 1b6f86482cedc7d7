"""The eight slots of effects: which of their parameters mean the same as those of the desk's effects, by type."""

from collections.abc import Iterator

from controllers.x32.laws.law import Law
from controllers.x32.laws.scales import Scale
from controllers.x32.links.effects import EchoFactor, EchoTime, EffectType
from controllers.x32.links.link import Item, Link, Number
from controllers.x32.rules.effect_types import (
    FIRST_FOUR,
    LAST_FOUR,
    NOTHING,
    PARAMETERS,
    SOURCES,
    law_of,
)  # fmt: skip
from controllers.x32.rules.row import Row

ROOMS = {"HALL": "hall", "PLAT": "plate", "ROOM": "room", "CHAM": "chamber"}
OURS = {kind: ("reverb", room) for kind, room in ROOMS.items()} | {"DLY": ("delay", ""), "CRS": ("chorus", "")}
FACTORS = (1 / 4, 3 / 8, 1 / 2, 2 / 3, 1.0, 4 / 3, 3 / 2, 2.0, 3.0)

# Places of parameters, the desk's path below the slot, and the factor from the console's unit to the desk's.
_ROOM = {1: ("predelay", 1.0), 2: ("time", 1.0), 3: ("size", 2.0), 7: ("low_cut", 1.0), 8: ("high_cut", 1.0)}
REVERBS = {
    "HALL": _ROOM | {10: ("width", 2.0)},
    "ROOM": _ROOM | {10: ("width", 2.0)},
    "CHAM": _ROOM | {10: ("width", 2.0)},
    "PLAT": _ROOM | {11: ("modulation", 2.0)},
}
DELAY = {1: ("mix", 1.0), 7: ("delay/low_cut", 1.0), 8: ("delay/high_cut", 1.0), 10: ("delay/feedback", 1.0)}
CHORUS = {1: ("chorus/rate", 1.0), 2: ("chorus/depth", 1.0), 4: ("chorus/delay", 1.0), 6: ("mix", 1.0)}
SAME = {kind: {k: (f"reverb/{tail}", by) for k, (tail, by) in row.items()} for kind, row in REVERBS.items()}
SAME |= {"DLY": DELAY, "CRS": CHORUS}
TIME, MODE, FACTOR_L, FACTOR_R = 2, 3, 4, 5  # of DLY


def parameter(slot: int, kind: str, place: int) -> tuple[Law, Link | None]:
    """The law of a parameter, by its place from 1, and what of the desk it is while the slot has a type."""
    law, desk, x = law_of(kind, place), f"fx/{slot}", f"fx/{slot}/par"
    same = SAME.get(kind, {}).get(place)
    if same is not None and isinstance(law, Scale):
        return law, Number(f"{desk}/{same[0]}", law, same[1])
    if kind != "DLY":
        return law, None
    time = law_of(kind, TIME)
    assert isinstance(time, Scale)
    sides = f"{desk}/delay/time_l", f"{desk}/delay/time_r"
    if place == TIME:
        return law, EchoTime(sides, time, FACTORS, (f"{x}/{FACTOR_L:02d}", f"{x}/{FACTOR_R:02d}"))
    if place in (FACTOR_L, FACTOR_R):
        side = place - FACTOR_L
        return law, EchoFactor(sides[side], time, FACTORS, f"{x}/{TIME:02d}", side)
    if place == MODE:
        return law, Item(f"{desk}/delay/cross", (0.0, 100.0, 0.0))
    return law, None


def effects() -> Iterator[Row]:
    """The parameters' own laws come with the type (controllers/x32/slots.py)."""
    for slot in range(1, 9):
        x, desk = f"fx/{slot}", f"fx/{slot}"
        kinds = FIRST_FOUR if slot <= 4 else LAST_FOUR
        paths = f"{desk}/type", f"{desk}/reverb/character"
        yield Row(f"{x}/type", kinds, EffectType(*paths, kinds.words, OURS, NOTHING) if slot <= 4 else None, NOTHING)
        if slot <= 4:
            buses = ("none", *(f"bus/{n}" for n in range(1, 17)), "none")
            yield Row(f"{x}/source/l", SOURCES, Item(f"{desk}/source", buses), f"MIX{12 + slot}")
            yield Row(f"{x}/source/r", SOURCES, None, f"MIX{12 + slot}")
        for place in range(1, PARAMETERS + 1):
            yield Row(f"{x}/par/{place:02d}", law_of(NOTHING, place))
