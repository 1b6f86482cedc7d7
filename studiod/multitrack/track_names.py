"""What the tracks of a take are called: after what is on them.

A track that records what its channel is patched to has the channel's name, else that of the input, else that of the
point; one whose source was set by hand has its input's name or its point's.  Halves of a linked pair get L and R, and
what would be called the same gets a number: 07 Keys L.wav, 09 Tom 1.wav.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

from studiod.engine.gains import linked, odd
from studiod.multitrack.take import Line, clean
from studiod.registry.multitrack import PATCHED, recorded
from studiod.registry.param import Value

Values = Mapping[str, Value]


SIDES = ("", " L", " R")


@dataclass(frozen=True)
class _Label:
    track: int
    text: str
    side: str = ""  # of SIDES

    @property
    def unit(self) -> tuple[int, bool]:
        """What has one number: a track, or a pair by its odd track."""
        return (odd(self.track), True) if self.side else (self.track, False)

    def said(self, number: str = "") -> str:
        return f"{self.text}{number}{self.side}"


def lines(values: Values, tracks: Sequence[int], inputs: int) -> list[Line]:
    """What take.toml says of each track, its file among it."""
    labels = [_label(values, n, inputs) for n in tracks]
    numbers = _numbers(labels)
    out = []
    for label in labels:
        n, point = label.track, recorded(values, label.track, inputs)
        file = f"{n:02} {label.said(numbers.get(label.unit, ''))}.wav"
        out.append(Line(n, file, point, _name(values, n, point)))
    return out


def _patched(values: Values, n: int) -> str:
    """The name of the channel that a track goes with, "" without one; none of a track that was set by hand."""
    name = values[f"ch/{n}/name"] if values[f"recorder/track/{n}/source"] == PATCHED else ""
    return str(name).strip()


def _name(values: Values, n: int, point: str) -> str:
    """What people call what is on a track; "" when they do not."""
    return _patched(values, n) or str(values.get(f"{point}/name", "") if point.startswith("input/") else "").strip()


def _label(values: Values, n: int, inputs: int) -> _Label:
    point = recorded(values, n, inputs)
    text = clean(_name(values, n, point)) or clean(point)
    halved = clean(_patched(values, n)) and linked(values, "ch", n)
    return _Label(n, text, SIDES[2 - n % 2] if halved else "")


def _numbers(labels: list[_Label]) -> dict[tuple[int, bool], str]:
    """What tells units apart that would be called the same, whatever the case of their letters."""
    said = Counter(label.said().casefold() for label in labels)
    taken, out = set(said), dict[tuple[int, bool], str]()
    alike = {label.unit for label in labels if said[label.said().casefold()] > 1}
    for label in labels:
        if label.unit in alike and label.unit not in out:
            for number in count(1):
                ours = {f"{label.text} {number}{side}".casefold() for side in SIDES}
                if not ours & taken:
                    break
            taken |= ours
            out[label.unit] = f" {number}"
    return out
