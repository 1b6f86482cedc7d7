"""What OSCQuery says of a parameter: the attributes of its node, all of them taken from the registry.

Vidvox, "OSC Query Proposal", 2016 on; LAW and DEFAULT are of our own.
"""

import json
import math
from functools import lru_cache

from studiod.registry.laws import short
from studiod.registry.param import Param, Value

# By the unit of the registry; what the proposal has no name for (%, ppm, LUFS) goes by its own.
UNITS = {
    "dB": "gain.db", "dBFS": "gain.db", "dBTP": "gain.db", "Hz": "time.hz", "ms": "time.ms", "s": "time.second",
    "BPM": "time.bpm", "frames": "time.samples",
}  # fmt: skip
OURS = ("FULL_PATH", "CONTENTS", "TYPE", "ACCESS", "VALUE", "RANGE", "DESCRIPTION", "TAGS", "UNIT", "CLIPMODE",
        "OVERLOADS", "LAW", "DEFAULT", "NAMES")  # fmt: skip
OTHERS = ("EXTENDED_TYPE", "CRITICAL", "HTML")  # of the proposal, and not here
NO, READ, WRITE, BOTH = 0, 1, 2, 3  # ACCESS
KEPT = 8192  # texts of values


def unit(name: str) -> str | None:
    """A unit of the registry in OSCQuery's words."""
    return UNITS.get(name, name) or None


def attributes(param: Param) -> dict[str, object]:
    """All but FULL_PATH and VALUE."""
    kind = param.kind
    found: dict[str, object] = {
        "TYPE": {"number": "f", "switch": "i"}.get(kind, "s"),
        "ACCESS": READ if "read-only" in param.flags else BOTH,
        "DESCRIPTION": param.about,
        "TAGS": [kind, *sorted(param.flags - {"read-only"})],
    }
    if kind == "number":
        found["RANGE"] = [{"MIN": short(param.low), "MAX": short(param.high)}]
        found["LAW"] = [param.law]
    elif kind == "switch":
        found["RANGE"] = [{"MIN": 0, "MAX": 1}]
    elif param.items:
        found["RANGE"] = [{"VALS": list(param.items)}]
    if "RANGE" in found:
        found["CLIPMODE"] = ["none"]  # what is out of range is refused, never clipped
    if param.unit:
        found["UNIT"] = [unit(param.unit)]
    if found["ACCESS"] == BOTH:
        found["DEFAULT"] = [short(param.rest)]
    return found


def json_of(what: object) -> bytes:
    """As JSON without spaces."""
    return json.dumps(what, separators=(",", ":"), allow_nan=False).encode()


def value_json(kind: str, value: Value) -> bytes:
    """A value of a kind of parameter as JSON: a number always with its point, as `f` it is."""
    return _text(float(value) if kind == "number" else value)


@lru_cache(KEPT, typed=True)
def _text(value: Value) -> bytes:
    if isinstance(value, float) and not math.isfinite(value):
        return b"null"  # JSON has no infinities
    return json.dumps(short(value)).encode()
