"""One parameter as a frozen fact: what it accepts, what it refuses and in which words, and its turn positions."""

import math
import unicodedata
from dataclasses import dataclass
from difflib import get_close_matches
from numbers import Real

from studiod import laws
from studiod.laws import FLOAT32_MAX, beside, float32, shown
from studiod.points import nearest_point, stereo, vocabulary

Value = float | int | str
TEXT_MAX = 32


class Refusal(ValueError):
    """Why nothing changed: where, what was expected, what came, what is nearest, what to do; str() is one line."""

    def __init__(self, path: str, reason: str, expected: str = "", got: str = "", nearest: str = "", remedy: str = ""):
        self.path, self.reason, self.expected, self.got = path, reason, expected, got
        self.nearest, self.remedy = nearest, remedy
        parts = [f"{path}: {reason}"]
        parts += [f"expected {expected}"] if expected else []
        parts += [f"got {got}"] if got else []
        parts += [f"nearest is {nearest}"] if nearest else []
        parts += [remedy] if remedy else []
        super().__init__("; ".join(parts))


def told(value: object) -> str:
    """What came, short and on one line."""
    text = shown(value) if isinstance(value, float) else ascii(value) if not isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def printable(text: str) -> bool:
    """No control character, line break or half of a surrogate pair."""
    return text.isprintable() or all(unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") for c in text)


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a console.  It holds no value; low, high and rest lie on the float32 grid."""

    path: str
    kind: str  # number switch list text point
    unit: str
    low: float
    high: float
    rest: Value
    law: str  # line octave fader
    items: tuple[str, ...]
    flags: frozenset[str]  # volatile read-only safe
    about: str
    id: int
    nrpn: tuple[int, int]  # MIDI channel 1..16, number 0..16383

    @property
    def expected(self) -> str:
        """What this parameter takes, in words."""
        if self.kind == "number":
            return f"a number from {shown(self.low)} to {shown(self.high)} {self.unit}".rstrip()
        if self.kind == "switch":
            return "0 or 1"
        if self.kind == "list":
            return f"one of {' '.join(self.items)} (or an index 0..{len(self.items) - 1})"
        if self.kind == "point":
            return f"a point ({vocabulary(self.items)})"
        return f"text of at most {TEXT_MAX} characters, none of them a control character"

    def refuse(self, reason: str, value: object, nearest: str = "", remedy: str = "") -> Refusal:
        return Refusal(self.path, reason, self.expected, told(value), nearest, remedy)

    def accept(self, value: object) -> Value:
        """The value as it is stored: float32, 0|1, an item's name, or text.  Raises Refusal; never clamps."""
        if self.kind == "number":
            return self._number(value)
        if self.kind == "switch":
            if isinstance(value, Real) and value in (0, 1):
                return int(value == 1)
            raise self.refuse("not a switch position", value, remedy="send 1 for on or 0 for off")
        if self.kind == "list":
            return self._item(value)
        if self.kind == "point":
            return self._point(value)
        return self._text(value)

    def _number(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, Real):
            raise self.refuse("not a number", value, remedy="send a plain number in that unit")
        try:
            number = float(value)
        except OverflowError:
            number = -math.inf if isinstance(value, int) and value < 0 else math.inf
        if number != number:
            raise self.refuse("not a number", value, remedy="send a plain number in that unit")
        if number == -math.inf and self.law == "fader":
            return self.low
        if abs(number) <= FLOAT32_MAX:
            number = float32(number)
        below, above = beside(self.low)
        if number <= above and number >= below:
            return self.low
        below, above = beside(self.high)
        if number >= below and number <= above:
            return self.high
        if self.low < number < self.high:
            return number
        limit = f"{shown(self.low if number < self.low else self.high)} {self.unit}".rstrip()
        raise self.refuse("out of range", value, limit, "send a value in that range")

    def _item(self, value: object) -> str:
        if isinstance(value, str):
            if value in self.items:
                return value
            close = get_close_matches(value.lower()[:40], self.items, 1, 0.0)
            raise self.refuse("no such item", value, close[0] if close else self.items[0], "send an item's name")
        if isinstance(value, Real) and not isinstance(value, bool):
            number = -1.0 if value < 0 else float(value) if value <= len(self.items) else float(len(self.items))
            if number.is_integer() and 0 <= number < len(self.items):
                return self.items[int(number)]
            nearest = self.items[0 if not number > 0 else min(round(number), len(self.items) - 1)]
            raise self.refuse("no such item", value, nearest, "send an item's name")
        raise self.refuse("neither a name nor an index", value, remedy="send an item's name")

    def _point(self, value: object) -> str:
        if isinstance(value, str) and value in self.items:
            return value
        if isinstance(value, str) and value in stereo(self.items):
            both = f"send {value}/l or {value}/r"
            raise self.refuse(f"{value} is stereo and this takes one lane", value, f"{value}/l", both)
        nearest = nearest_point(self.items, value) if isinstance(value, str) else ""
        raise self.refuse("no such point", value, nearest, "send a point's name, or none")

    def _text(self, value: object) -> str:
        if not isinstance(value, str):
            raise self.refuse("not text", value, remedy="send a string")
        if len(value) > TEXT_MAX:
            raise self.refuse(f"too long ({len(value)} characters)", value, repr(value[:TEXT_MAX]), "shorten it")
        if not printable(value):
            raise self.refuse("a control character in the text", value, remedy="leave it out")
        return value

    def to_turn(self, value: object) -> float:
        """The position 0..1 of a value; items and switch positions are spread evenly.  Raises Refusal."""
        held = self.accept(value)
        if self.kind == "text":
            raise self.refuse("text has no turn position", value, remedy="set it by value")
        if isinstance(held, str):
            return self.items.index(held) / max(len(self.items) - 1, 1)
        return laws.to_turn(self.law, self.low, self.high, held) if self.kind == "number" else float(held)

    def from_turn(self, turn: object) -> Value:
        """The value at a position; beyond 0..1 is the end stop.  Raises Refusal on what is no number."""
        if isinstance(turn, bool) or not isinstance(turn, Real) or turn != turn:
            expected = "a number from 0 to 1"
            raise Refusal(self.path, "not a turn position", expected, told(turn), remedy="send a plain number")
        at = min(max(float(turn), 0.0), 1.0) if not isinstance(turn, int) else float(turn > 0)
        if self.kind == "number":
            return self._number(laws.from_turn(self.law, self.low, self.high, at))
        if self.kind == "switch":
            return int(at >= 0.5)
        if self.kind == "text":
            raise Refusal(self.path, "text has no turn position", self.expected, told(turn), remedy="set it by value")
        return self.items[math.floor(at * (len(self.items) - 1) + 0.5)]
