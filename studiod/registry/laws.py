"""The laws that tie a plain value to a turn (a position 0..1), and the float32 grid that all values live on."""

import math
import struct
from functools import cache
from typing import Any

import numpy as np

LAWS = ("line", "octave", "fader", "whole")
FADER_LOW_DB, FADER_HIGH_DB = -90.0, 10.0
FLOAT32_MAX = float(np.finfo(np.float32).max)

# Four straight segments of the fader's law: from turn, from dB, dB per turn (specs/x32-osc.md, 3.1).
SEGMENTS = ((0.5, -10.0, 40.0), (0.25, -30.0, 80.0), (0.0625, -60.0, 160.0), (0.0, -90.0, 480.0))
_FLOAT32 = struct.Struct("<f")


def float32(value: float) -> float:
    """The nearest float32, so that OSC, JSON and TOML give the same bits.  |value| <= FLOAT32_MAX."""
    return float(_FLOAT32.unpack(_FLOAT32.pack(value))[0])


@cache
def beside(limit: float) -> tuple[float, float]:
    """The float32 one step below a limit and the one above."""
    at = np.float32(limit)
    return float(np.nextafter(at, np.float32(-np.inf))), float(np.nextafter(at, np.float32(np.inf)))


@cache
def inside(low: float, high: float) -> tuple[float, float]:
    """Between these two no number is within a float32 step of either limit, whichever way it is rounded."""
    return beside(beside(low)[1])[1], beside(beside(high)[0])[0]


def shown(value: object) -> str:
    """The shortest text that reads back as the same float32: 0.707, not 0.7070000171661377; 10, not 10.0."""
    if isinstance(value, float) and math.isfinite(value):
        if abs(value) > FLOAT32_MAX:
            return repr(value)
        if value == int(value) and abs(value) < 1e16:
            return str(int(value))
        return str(np.float32(value))
    return str(value)


def plain(value: float) -> float:
    """The shortest decimal that rounds to the same float32: what scenes and JSON write."""
    return float(str(np.float32(value)))


def short(value: Any) -> Any:
    """A value as people, files and JSON get it: a float32 as its shortest decimal, all else as it is."""
    if isinstance(value, float) and abs(value) <= FLOAT32_MAX and float32(value) == value:
        return plain(value)
    return value


def fits(law: str, low: float, high: float) -> bool:
    """Whether a law can serve a range."""
    if not low < high:
        return False
    if law == "octave":
        return low > 0.0
    if law == "fader":
        return (low, high) == (FADER_LOW_DB, FADER_HIGH_DB)
    if law == "whole":
        return low == int(low) and high == int(high)
    return law == "line"


def to_turn(law: str, low: float, high: float, value: float) -> float:
    """The position 0..1 of a value within its range."""
    if value <= low:
        return 0.0
    if value >= high:
        return 1.0
    if law == "octave":
        return math.log(value / low) / math.log(high / low)
    if law == "fader":
        for turn, start_db, slope_db in SEGMENTS:
            if value >= start_db:
                return turn + (value - start_db) / slope_db
    return (value - low) / (high - low)


def from_turn(law: str, low: float, high: float, turn: float) -> float:
    """The value at a position; a turn beyond 0..1 is its end, as a knob has end stops."""
    if turn <= 0.0:
        return low
    if turn >= 1.0:
        return high
    if law == "octave":
        return low * math.exp(turn * math.log(high / low))
    if law == "fader":
        for start, start_db, slope_db in SEGMENTS:
            if turn >= start:
                return start_db + (turn - start) * slope_db
    value = low + turn * (high - low)
    return float(round(value)) if law == "whole" else value
