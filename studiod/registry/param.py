"""One parameter as a frozen fact: what it accepts, what it refuses and in which words, and its turn positions."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real

from studiod.registry import laws, spoken
from studiod.registry.alike import NUMBER, by_number, closest, near_path
from studiod.registry.laws import FLOAT32_MAX, beside, float32, inside, shown
from studiod.registry.points import nearest_point, stereo, vocabulary
from studiod.texts import plain, printable

Value = float | int | str
Nearest = str | Callable[[], str]
TEXT_MAX = 32
TOLD_MAX = 60  # characters of what came
REFUSAL_MAX = 400  # characters
EXPECTED_MIN, WORDS_LEN = 40, 40  # characters that stay of what was expected; of the words between the parts
PARTS_MAX = {"path": 80, "reason": 160, "expected": 220, "got": 80, "nearest": 80, "remedy": 200}  # each by itself


class Refusal(ValueError):
    """Why nothing changed: where, what was expected, what came, what is nearest, what to do; str() is one line."""

    def __init__(
        self, path: str, reason: str, expected: str = "", got: str = "", nearest: Nearest = "", remedy: str = ""
    ) -> None:
        """nearest: a function looks for it when the refusal is told, not before: of many, few are."""
        super().__init__(path, reason)
        self.path, self.reason, self.expected, self.got, self.remedy = path, reason, expected, got, remedy
        self._nearest = nearest

    @property
    def nearest(self) -> str:
        if not isinstance(self._nearest, str):
            self._nearest = self._nearest()
        return self._nearest

    def __str__(self) -> str:
        return self.line()

    def line(self, near: bool = True) -> str:
        """What is told, on one line.  near: with the nearest name, which costs a search."""
        names = {name: most for name, most in PARTS_MAX.items() if near or name != "nearest"}
        said = {"nearest": ""} | {name: plain(getattr(self, name), most) for name, most in names.items()}
        over = sum(map(len, said.values())) + WORDS_LEN - REFUSAL_MAX
        if over > 0:  # what was expected gives way first: it is in the manual too
            said["expected"] = plain(said["expected"], max(len(said["expected"]) - over, EXPECTED_MIN))
        parts = [f"{said['path']}: {said['reason']}"]
        parts += [f"expected {said['expected']}"] if said["expected"] else []
        parts += [f"got {said['got']}"] if said["got"] else []
        parts += [f"nearest is {said['nearest']}"] if said["nearest"] else []
        parts += [said["remedy"]] if said["remedy"] else []
        return plain("; ".join(parts), REFUSAL_MAX)


def told(value: object) -> str:
    """What came, short and on one line; of a list or of a number of thousands of digits only what it is."""
    if isinstance(value, str):
        return plain(repr(value[: TOLD_MAX + 1]), TOLD_MAX)
    if isinstance(value, int) and abs(value) >> 128:
        return f"a whole number of {value.bit_length()} bits"
    if isinstance(value, list | dict):
        return f"a {'list' if isinstance(value, list) else 'table'} of {len(value)}"
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    return plain(shown(value), TOLD_MAX)


@dataclass(frozen=True, slots=True)
class Param:
    """A parameter of a console.  It holds no value; low, high and rest lie on the float32 grid."""

    path: str
    kind: str  # number switch list text point strip
    unit: str
    low: float
    high: float
    rest: Value
    law: str  # line octave fader whole
    items: tuple[str, ...]
    flags: frozenset[str]  # volatile read-only safe place
    about: str
    id: int
    nrpn: tuple[int, int]  # MIDI channel 1..16, number 0..16383

    @property
    def takes(self) -> tuple[object, ...]:
        """All that `accept` looks at: parameters with the same take the same values, and store them alike."""
        return self.kind, self.unit, self.low, self.high, self.law, self.items, "read-only" in self.flags

    @property
    def expected(self) -> str:
        """What this parameter takes, in words."""
        if self.kind == "number":
            noun = "whole number" if self.law == "whole" else "number"
            return f"a {noun} from {shown(self.low)} to {shown(self.high)} {self.unit}".rstrip()
        if self.kind == "switch":
            return "0 or 1"
        if self.kind == "list":
            return f"one of {' '.join(self.items)} (or an index 0..{len(self.items) - 1})"
        if self.kind == "point":
            return f"a point ({vocabulary(self.items)})"
        if self.kind == "strip":
            return f"a strip ({vocabulary(tuple(item or 'empty' for item in self.items))})"
        if "read-only" in self.flags:
            return "text"  # the desk's own, of any length
        return f"text of at most {TEXT_MAX} characters, none of them a control character"

    def refuse(self, reason: str, value: object, nearest: str = "", remedy: str = "") -> Refusal:
        return Refusal(self.path, reason, self.expected, told(value), nearest, remedy)

    def accept(self, value: object) -> Value:
        """The value as it is stored: float32, 0|1, an item's name, or text.  Raises Refusal; never clamps."""
        if self.kind == "number":
            if type(value) is float and self.law != "whole":  # most of what comes, without a look at the ends
                above, below = inside(self.low, self.high)
                if above < value < below:
                    return float32(value)
            return self._number(value)
        if self.kind == "switch":
            position = spoken.switch(value) if isinstance(value, str) else value
            if isinstance(position, Real) and position in (0, 1):
                return int(position == 1)
            raise self.refuse("not a switch position", value, remedy="send 1 for on or 0 for off")
        if self.kind == "list":
            return self._item(value)
        if self.kind == "point":
            return self._point(value)
        if self.kind == "strip":
            return self._strip(value)
        return self._text(value)

    def number_of(self, text: str) -> float:
        """The number that a text means in the unit of this parameter.  Raises Refusal."""
        try:
            found = spoken.number(text, self.unit)
        except spoken.OtherUnit as other:
            here = f"in {self.unit}" if self.unit else "without a unit"
            raise self.refuse(f"{other} is not its unit", text, remedy=f"send a number {here}") from None
        if found is None:
            remedy = spoken.POINT if spoken.has_comma(text) else "send a plain number in that unit"
            raise self.refuse("not a number", text, remedy=remedy)
        return found

    def _number(self, value: object) -> float:
        if isinstance(value, str):
            value = self.number_of(value)
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
        if self.law == "whole" and self.low <= number <= self.high and number != int(number):
            raise self.refuse("not a whole number", value, str(round(number)), "send a whole number")
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
            if item := self._named(value):
                return item
            begins = NUMBER.match(value[:TOLD_MAX].strip())
            near = (by_number(float(begins[0]), self.items) if begins else "") or closest(value, self.items)
            raise self.refuse("no such item", value, near, "send an item's name")
        if isinstance(value, Real) and not isinstance(value, bool):
            number = -1.0 if value < 0 else float(value) if value <= len(self.items) else float(len(self.items))
            if number.is_integer() and 0 <= number < len(self.items):
                return self.items[int(number)]
            nearest = self.items[0 if not number > 0 else min(round(number), len(self.items) - 1)]
            said = -1.0 if value < 0 else float(value) if value <= 1_000_000 else 1e6
            nearest = by_number(said, self.items) or nearest
            raise self.refuse("no such item", value, nearest, "send an item's name")
        raise self.refuse("neither a name nor an index", value, remedy="send an item's name")

    def _named(self, said: str) -> str:
        """The item of that name; in another case too, where only one can be meant; "" for none."""
        if said in self.items or len(said) > TOLD_MAX:
            return said if said in self.items else ""
        same = [item for item in self.items if item.lower() == said.lower()]
        return same[0] if len(same) == 1 else ""

    def _point(self, value: object) -> str:
        if isinstance(value, str) and value in self.items:
            return value
        if isinstance(value, str) and value in stereo(self.items):
            both = f"send {value}/l or {value}/r"
            raise self.refuse(f"{value} is stereo and this takes one lane", value, f"{value}/l", both)
        nearest = nearest_point(self.items, value) if isinstance(value, str) else ""
        nearest = nearest if isinstance(value, str) and near_path(value, nearest) else ""
        raise self.refuse("no such point", value, nearest, "send a point's name, or none")

    def _strip(self, value: object) -> str:
        said = value.strip("/") if isinstance(value, str) else value
        if isinstance(said, str) and said in self.items:
            return said
        near = nearest_point(self.items, said) if isinstance(said, str) and said and said != "main" else ""
        raise self.refuse("no such strip", value, near if near in self.items else "", "send a strip's path")

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
        if isinstance(turn, bool) or not isinstance(turn, (float, Real)) or turn != turn:
            expected = "a number from 0 to 1"
            remedy = spoken.POINT if spoken.has_comma(turn) else "send a plain number"
            raise Refusal(self.path, "not a turn position", expected, told(turn), remedy=remedy)
        at = min(max(float(turn), 0.0), 1.0) if not isinstance(turn, int) else float(turn > 0)
        if self.kind == "number":
            return self.accept(laws.from_turn(self.law, self.low, self.high, at))
        if self.kind == "switch":
            return int(at >= 0.5)
        if self.kind == "text":
            raise Refusal(self.path, "text has no turn position", self.expected, told(turn), remedy="set it by value")
        return self.items[math.floor(at * (len(self.items) - 1) + 0.5)]
