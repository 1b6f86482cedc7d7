"""Numbers and switch positions as people write them: 1k2, 3 dB, 250 ms, -oo, on, No.

One reading for every tongue and command.  A unit that is not the parameter's own is never guessed at: it is refused.
"""

import math
import re

LENGTH_MAX = 40  # characters that are looked at
ON, OFF = frozenset(("on", "yes", "true", "1")), frozenset(("off", "no", "false", "0"))

# How a unit may be written, in small letters, and what one of it is in the unit that the numbers of the desk have.
WRITTEN: dict[str, dict[str, float]] = {
    "ms": {"ms": 1.0, "s": 1e3, "sec": 1e3, "us": 1e-3, "µs": 1e-3, "min": 6e4},
    "s": {"s": 1.0, "sec": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "min": 60.0},
    "Hz": {"hz": 1.0, "khz": 1e3},
    "dB": {"db": 1.0},
    "dBFS": {"dbfs": 1.0, "db": 1.0},
    "dBTP": {"dbtp": 1.0, "db": 1.0},
    "%": {"%": 1.0},
    "": {":1": 1.0},
}
KNOWN = frozenset(name for names in WRITTEN.values() for name in names) | {"bpm", "frames", "ppm"}
NUMBER = re.compile(
    r"(?P<sign>[+-]?)(?:(?P<endless>oo|inf|infinity|∞)"
    r"|(?P<plain>\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)(?P<k>k(?P<after>\d*))?)"
    r" *(?P<unit>[a-zµ%:][a-z1]*)?",
    re.ASCII,
)  # 1k2 is 1.2k: the letter in the place of the point


COMMA = re.compile(r"\s*[+\-\N{MINUS SIGN}]?\s*\d*,\d+\D*")
POINT = "write the decimals with a point, not with a comma"


class OtherUnit(ValueError):
    """A number in a unit that is not the one of its place; str() is the unit as it was written."""


def number(text: str, unit: str) -> float | None:
    """The number of a text in a unit ("" for none), which may be infinite; None: it is no number.  Raises OtherUnit."""
    said = text.strip().replace("\N{MINUS SIGN}", "-").replace("\N{GREEK SMALL LETTER MU}", "µ")
    found = NUMBER.fullmatch(said.lower()) if len(text) <= LENGTH_MAX else None
    if found is None:
        return None
    kilo, plain, after = found["k"], found["plain"], found["after"]
    written = found["unit"] or ""
    if kilo and not after and written == "hz":
        kilo, written = None, "khz"
    if (after and "." in plain) or (kilo and "e" in plain):
        return None
    names = {unit.lower(): 1.0, **WRITTEN.get(unit, {}), "": 1.0}
    if written and written not in names:
        if written in KNOWN:
            raise OtherUnit(text.strip()[-len(written) :])
        return None
    if found["endless"]:
        return -math.inf if found["sign"] == "-" else math.inf
    value = float(f"{plain}.{after}" if after else plain) * (1e3 if kilo else 1.0) * names[written]
    return -value if found["sign"] == "-" else value


def has_comma(said: object) -> bool:
    """Whether a text would be a number if its comma were a point."""
    return isinstance(said, str) and len(said) <= LENGTH_MAX and COMMA.fullmatch(said) is not None


def switch(text: str) -> int | None:
    """1 for a word that means on, 0 for one that means off, None for any other."""
    said = text.strip().lower() if len(text) <= LENGTH_MAX else ""
    return 1 if said in ON else 0 if said in OFF else None
