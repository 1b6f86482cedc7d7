"""Numbers as the console prints them, and as its texts are read: 124.7, 1k39, -oo, +0.00."""

import math
import re
from decimal import ROUND_HALF_UP, Decimal

from studiod.registry.laws import to_turn

_THOUSANDS = re.compile(r"([+-]?)(\d{1,4})k(\d{0,3})")


def fixed(value: float, decimals: int) -> str:
    """So many decimals; what lies in the middle goes away from zero."""
    told = str(Decimal(abs(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))
    return f"-{told}" if value < 0.0 else told


def cut(text: str, value: float, decimals: int, digits: int) -> str:
    """At most so many digits, the rest cut off: 10.25 → 10.2."""
    over = len(str(math.floor(abs(value)))) + decimals - digits
    if digits == 0 or over <= 0:
        return text
    over = min(over, decimals)
    return text[: -(over + 1)] if over == decimals else text[:-over]


def thousands(value_hz: float, decimals: int) -> str:
    """A frequency from 1 kHz on, with the k in the place of the point, and its last digits cut off."""
    exact = math.floor(value_hz + 0.5) if decimals == 0 else value_hz
    rest = math.floor(math.floor(exact * 10.0 + 0.5) / 10.0 % 1000.0)
    return f"{math.floor(value_hz / 1000.0)}k{rest:03d}"[: len(str(math.floor(value_hz / 1000.0))) + 2 + decimals]


def number(text: str) -> float | None:
    """What a text says, in its unit; -oo is -inf; None: no number."""
    text = text.strip()
    if text in ("-oo", "-inf"):
        return -math.inf
    if not text.isascii():
        return None
    found = _THOUSANDS.fullmatch(text)
    if found:
        sign, kilo, rest = found.groups()
        return float(f"{sign}{int(kilo) * 1000 + int(rest.ljust(3, '0') or 0)}")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in text else None  # 1_0 is a number to Python alone


def fader_turn(level_db: float) -> float:
    """The position of a fader, 0..1, at a level."""
    return to_turn("fader", -90.0, 10.0, level_db)
