"""The types of the console's effects and the laws of their parameters (effects.json), read once."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from controllers.x32.laws.law import Choice, Law, Whole
from controllers.x32.laws.scales import Line, Octave, Scale

LAST_FOUR = Choice((
    "GEQ2", "GEQ", "TEQ2", "TEQ", "DES2", "DES", "P1A", "P1A2", "PQ5", "PQ5S", "WAVD", "LIM", "FAC", "FAC1M", "FAC2",
    "LEC", "LEC2", "ULC", "ULC2", "ENH2", "ENH", "EXC2", "EXC", "IMG", "EDI", "SON", "AMP2", "AMP", "DRV2", "DRV",
    "PHAS", "FILT", "PAN", "SUB",
))  # fmt: skip
SOURCES = Choice(("INS", *(f"MIX{n}" for n in range(1, 17)), "M/C"))
PARAMETERS = 64  # of a slot, whatever its type
UNUSED = Whole(0)  # those that a type has not
NOTHING = "GEQ"  # flat: what a slot shows that plays nothing of the console's


@cache
def laws() -> dict[str, tuple[Law, ...]]:
    """The laws of the parameters of each type, in their order."""
    held = json.loads((Path(__file__).parent / "effects.json").read_text("utf-8"))
    made: dict[str, Law] = {}
    return {
        kind: tuple(made.setdefault(json.dumps(entry[1:]), _law(*entry[1:])) for entry in entries)
        for kind, entries in held.items()
        if kind != "about"
    }


def _law(form: str, *numbers: Any) -> Law:
    if form == "words":
        return Choice(numbers[0])
    if form == "line":
        low, high, step, decimals, *plus = numbers
        return Line(low, high, step, decimals, plus=bool(plus))
    low, high, steps, decimals, hertz = numbers
    return Octave(low, high, steps, decimals, hertz=bool(hertz))


FIRST_FOUR = Choice(tuple(laws()))  # have all types, in the order of the file


def law_of(kind: str, place: int) -> Law:
    """Of a parameter of a type, by its place from 1."""
    found = laws()[kind]
    return found[place - 1] if place <= len(found) else UNUSED


def rest_of(law: Law) -> int:
    """The step of a parameter that nobody has set: nothing where it has a middle of 0 or begins there, a factor of 1,
    else the middle of its range."""
    if isinstance(law, Choice):
        return law.words.index("1") if "1" in law.words else 0
    if not isinstance(law, Scale):
        return 0
    low, high = law.value(0), law.value(law.last)
    return law.at(0.0) if low <= 0.0 <= high else law.last // 2
