"""Links of leaves that mean something only together: inserts, delays with a switch, two sides, the two oscillators."""

from collections.abc import Mapping, Sequence

from controllers.x32.laws.law import Step
from controllers.x32.laws.scales import Scale
from controllers.x32.links.link import Changes, Link, Number, Steps, Values, nearest
from studiod.registry.laws import float32
from studiod.registry.param import Param, Value


def slot_of(sel: Step, slots: int) -> str:
    """The slot of effects that a place of the console's list of inserts is; "0": none of ours."""
    slot = (int(sel) + 1) // 2
    return str(slot) if 1 <= slot <= slots else "0"


class Insert(Link):
    """A part of where an effect is inserted; beside: the leaf of the other part."""

    def __init__(self, path: str, beside: str) -> None:
        self.paths, self.beside, self.slots = (path,), (beside,), 0

    def fits(self, params: Mapping[str, Param]) -> bool:
        if not super().fits(params):
            return False
        self.slots = len(params[self.paths[0]].items) - 1
        return self.slots > 0


class InsertSel(Insert):
    """Which effect is inserted; it is there only while the insert is on."""

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        slot = str(now[self.paths[0]])
        return former if slot in ("0", slot_of(former, self.slots)) else 2 * int(slot) - 1

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        return [(self.paths[0], slot_of(step, self.slots))] if shown[self.beside[0]] else []


class InsertOn(Insert):
    """Whether what is chosen there is inserted."""

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        if now[self.paths[0]] != "0":
            return 1
        return former if slot_of(shown[self.beside[0]], self.slots) == "0" else 0

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        return [(self.paths[0], slot_of(shown[self.beside[0]], self.slots) if step else "0")]


class DelayOn(Link):
    """A delay that the desk has without a switch: 0 ms is off."""

    def __init__(self, path: str, time: str, law: Scale) -> None:
        self.paths, self.beside, self.law = (path,), (time,), law

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        return int(float(now[self.paths[0]]) > 0.0)

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        return [(self.paths[0], float32(self.law.value(shown[self.beside[0]])) if step else 0.0)]


class DelayTime(Number):
    """The time that it has while it is on."""

    def __init__(self, path: str, on: str, law: Scale) -> None:
        super().__init__(path, law)
        self.beside = (on,)

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        return super().read(now, former, shown) if float(now[self.paths[0]]) > 0.0 else former

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        return super().write(step, now, shown) if shown[self.beside[0]] else []


class Side(Link):
    """The place of one side (-1 left, +1 right) of a strip with a balance and a width."""

    def __init__(self, balance: str, width: str, side: int, law: Scale) -> None:
        self.paths, self.side, self.law = (balance, width), side, law

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        return self.law.at(float(now[self.paths[0]]) + self.side * float(now[self.paths[1]]))

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        balance, width = (float(now[path]) for path in self.paths)
        place, other = self.law.value(step), min(max(balance - self.side * width, -100.0), 100.0)
        wide = self.side * (place - other) / 2.0
        if wide < 0.0:  # the sides do not cross: the other one comes along
            return [(self.paths[0], place), (self.paths[1], 0.0)]
        return [(self.paths[0], float32((place + other) / 2.0)), (self.paths[1], float32(wide))]


class Oscillator(Number):
    """One of two frequencies: the desk has the one that is chosen."""

    def __init__(self, path: str, law: Scale, which: int, chosen: str) -> None:
        super().__init__(path, law)
        self.which, self.beside = which, (chosen,)

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        return super().read(now, former, shown) if shown[self.beside[0]] == self.which else former

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        return super().write(step, now, shown) if shown[self.beside[0]] == self.which else []


class OscillatorChosen(Link):
    """Which of the two it is."""

    def __init__(self, path: str, law: Scale, two: Sequence[str]) -> None:
        self.paths, self.law, self.beside = (path,), law, tuple(two)

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        return former

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        return [(self.paths[0], float32(self.law.value(shown[self.beside[int(step)]])))]


class OneOf(Link):
    """Switches of which one is on: each step has some of them, or none."""

    def __init__(self, places: Sequence[tuple[str, ...]]) -> None:
        self.places = tuple(places)

    def fits(self, params: Mapping[str, Param]) -> bool:
        self.places = tuple(tuple(path for path in place if path in params) for place in self.places)
        self.paths = tuple(dict.fromkeys(path for place in self.places for path in place))
        return bool(self.paths)

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        on = {path for path in self.paths if now[path]}
        shown_now = set(self.places[int(former)])
        if shown_now <= on if shown_now else not on:
            return former
        held = [place for place, paths in enumerate(self.places) if paths and set(paths) <= on]
        empty = (place for place, paths in enumerate(self.places) if not paths)
        return held[0] if held else next(empty, former)

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        wanted: dict[str, Value] = {path: int(path in self.places[int(step)]) for path in self.paths}
        return [(path, value) for path, value in wanted.items() if now[path] != value]


class KeyFilter(Link):
    """The shape of a key filter: cuts of two slopes, of which the desk has one, and five widths of a band."""

    WIDTHS = (1.0, 2.0, 3.0, 5.0, 10.0)
    CUTS = ("low_cut", "low_cut", "high_cut", "high_cut")

    def __init__(self, kind: str, q: str) -> None:
        self.paths = (kind, q)

    def _values(self, step: Step) -> tuple[Value, ...]:
        if int(step) < len(self.CUTS):
            return (self.CUTS[int(step)],)
        return "band", self.WIDTHS[int(step) - len(self.CUTS)]

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        kind, q = now[self.paths[0]], float(now[self.paths[1]])
        held = self._values(former)
        if held == (kind, q)[: len(held)]:
            return former
        return self.CUTS.index(str(kind)) if kind != "band" else len(self.CUTS) + nearest(self.WIDTHS, q)

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        return list(zip(self.paths, self._values(step), strict=False))
