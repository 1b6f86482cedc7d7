"""Parameters that differ by their indices only, as one: ch/1/fader … ch/32/fader is ch/1..32/fader."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from studiod.registry.param import Param

NUMBERS = 16384  # of one MIDI channel


@dataclass(frozen=True)
class Fold:
    """One line of the manual: a path with spans for indices, and the parameters that it stands for, in order."""

    path: str
    about: str  # N stands for the last index, where each has its own
    params: tuple[Param, ...]
    steps: tuple[int, ...]  # how far NRPN numbers are apart from one index to the next, for each span of more than one

    @property
    def heading(self) -> str:
        """The strip, or a unit of it, that it belongs to; "" where it belongs to none."""
        return self.path.rpartition("/")[0]


def folded(params: Iterable[Param]) -> list[Fold]:
    """In the order in which the first of each stands; what is beside one another under a heading stays so."""
    alike: dict[tuple[object, ...], list[Param]] = {}
    for param in params:
        shape = re.sub(r"(?<![^/])[0-9]+(?![^/])", "#", param.path)
        alike.setdefault((shape, param.expected, param.flags, re.sub("[0-9]+", "#", param.about)), []).append(param)
    folds: list[Fold] = []
    for same in alike.values():
        for about, some in _told(same).items():
            folds += _blocks(about, some)
    order = {heading: place for place, heading in enumerate(dict.fromkeys(fold.heading for fold in folds))}
    return sorted(folds, key=lambda fold: order[fold.heading])


def _told(same: Sequence[Param]) -> dict[str, list[Param]]:
    """By what is said of them; N for the last index, when that makes all of them say the same."""
    found: dict[str, list[Param]] = {}
    for param in same:
        found.setdefault(param.about, []).append(param)
    if len(found) > 1:
        by_index = {re.sub(rf"\b{_indices(param)[-1]}\b", "N", param.about) for param in same if _indices(param)}
        if len(by_index) == 1:
            return {by_index.pop(): list(same)}
    return found


def span(indices: Sequence[int]) -> str:
    """1..32; 1,3..31 where only every other one is; 1,2,5 where there is no rule."""
    if len(indices) < 3:
        return "..".join(map(str, indices)) if indices[-1] - indices[0] == 1 else ",".join(map(str, indices))
    gaps = {b - a for a, b in itertools.pairwise(indices)}
    if gaps == {1}:
        return f"{indices[0]}..{indices[-1]}"
    return f"{indices[0]},{indices[1]}..{indices[-1]}" if len(gaps) == 1 else ",".join(map(str, indices))


def _indices(param: Param) -> tuple[int, ...]:
    return tuple(int(part) for part in param.path.split("/") if part.isdigit())


def _blocks(about: str, same: Sequence[Param]) -> list[Fold]:
    """Folds of parameters of one shape: each has every combination of its spans."""
    found = {_indices(param): param for param in same}
    if len(found) != len(same):
        raise ValueError(f"{same[0].path}: two paths of one shape with the same indices")
    shape = ["#" if part.isdigit() else part for part in same[0].path.split("/")]
    return [_fold(shape, about, spans, found) for spans in _spans(list(found))]


def _spans(places: list[tuple[int, ...]]) -> list[tuple[tuple[int, ...], ...]]:
    """Whole boxes of indices that together are these places."""
    if not places[0]:
        return [()]
    below: dict[int, list[tuple[int, ...]]] = {}
    for first, *rest in places:
        below.setdefault(first, []).append(tuple(rest))
    firsts: dict[tuple[tuple[tuple[int, ...], ...], ...], list[int]] = {}
    for first, rests in below.items():
        firsts.setdefault(tuple(_spans(rests)), []).append(first)
    return [(tuple(some), *spans) for boxes, some in firsts.items() for spans in boxes]


def _fold(
    shape: list[str], about: str, spans: tuple[tuple[int, ...], ...], found: dict[tuple[int, ...], Param]
) -> Fold:
    places: list[tuple[int, ...]] = [()]
    for indices in spans:
        places = [(*place, index) for place in places for index in indices]
    held = iter(spans)
    path = "/".join(span(next(held)) if part == "#" else part for part in shape)
    start = tuple(indices[0] for indices in spans)
    steps = []
    for k, indices in enumerate(spans):
        if len(indices) > 1:
            beside = (*start[:k], indices[1], *start[k + 1 :])
            steps.append(_number(found[beside]) - _number(found[start]))
    return Fold(path, about, tuple(found[place] for place in places), tuple(steps))


def _number(param: Param) -> int:
    channel, number = param.nrpn
    return (channel - 1) * NUMBERS + number
