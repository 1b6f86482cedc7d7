"""How one leaf of the console and the desk's own paths mean the same: reading a step off values, and what to set.

A link holds no value.  Where the desk cannot tell two steps apart (a colour and its inverted one), the one that was
shown before stays until the desk's value is another: that is `former`.
"""

from collections.abc import Iterable, Mapping, Sequence

from controllers.x32.laws.law import Step
from controllers.x32.laws.scales import Scale
from studiod.registry.laws import float32
from studiod.registry.param import Param, Value

Values = Mapping[str, Value]
Steps = Mapping[str, Step]  # what is shown, by address
Changes = list[tuple[str, Value]]
NOT_THERE = "not there"  # an item that a console lacks


class Link:
    """paths: of the desk, which it reads; beside: addresses of leaves that are read with it."""

    paths: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    def fits(self, params: Mapping[str, Param]) -> bool:
        """Whether a console has all that it needs; it takes ranges from there."""
        return all(path in params for path in self.paths)

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        """The step that the desk's values come to."""
        raise NotImplementedError

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        """What to set for a step; none: the desk stands so already, or has nothing of it."""
        raise NotImplementedError


class Number(Link):
    """A number in the unit of the law, times a factor."""

    def __init__(self, path: str, law: Scale, times: float = 1.0) -> None:
        self.paths, self.law, self.times = (path,), law, times
        self.low, self.high = -1e30, 1e30

    def fits(self, params: Mapping[str, Param]) -> bool:
        if not super().fits(params):
            return False
        self.low, self.high = params[self.paths[0]].low, params[self.paths[0]].high
        return True

    def value(self, step: Step) -> float:
        """Within the desk's own range."""
        return float32(min(max(self.law.value(step) * self.times, self.low), self.high))

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        value = float(now[self.paths[0]])
        return former if value == self.value(former) else self.law.at(value / self.times)

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        return [(self.paths[0], self.value(step))]


class Item(Link):
    """A value for each step, any of the desk's kinds; the first step that has it is shown.

    also: paths that are set with it, and not read.  other: the step of a value that is none of them.
    """

    def __init__(self, path: str, values: Sequence[Value], also: Iterable[str] = (), other: int = 0) -> None:
        self.paths, self.values, self.other = (path,), tuple(values), other
        self.also = tuple(also)
        self._places = {value: place for place, value in reversed(list(enumerate(self.values)))}

    def fits(self, params: Mapping[str, Param]) -> bool:
        if not super().fits(params) or not all(path in params for path in self.also):
            return False
        items = params[self.paths[0]].items
        if items:  # a point that this console does not have is as none, any other item leaves the desk alone
            without = "none" if "none" in items else NOT_THERE
            self.values = tuple(value if value in items else without for value in self.values)
            self._places = {value: place for place, value in reversed(list(enumerate(self.values)))}
        return True

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        value = now[self.paths[0]]
        if value == self.values[int(former)]:
            return former
        return self._places.get(value, self.other)

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        value = self.values[int(step)]
        return [] if value == NOT_THERE else [(path, value) for path in (*self.paths, *self.also)]


def switch(path: str) -> Item:
    return Item(path, (0, 1))


def inverse(path: str) -> Item:
    """On here is off there: a strip that is on is not muted."""
    return Item(path, (1, 0))


class Near(Link):
    """A number of the desk that a leaf has only some values of: the nearest by ratio, or by distance, is shown."""

    def __init__(self, path: str, values: Sequence[float]) -> None:
        self.paths, self.values = (path,), tuple(map(float32, values))

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        value = float(now[self.paths[0]])
        if value == self.values[int(former)]:
            return former
        return nearest(self.values, value)

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        return [(self.paths[0], self.values[int(step)])]


def nearest(values: Sequence[float], value: float) -> int:
    """The place of the nearest of some values; by ratio where all are above 0."""
    if value > 0.0 and min(values) > 0.0:
        return min(range(len(values)), key=lambda k: max(values[k] / value, value / values[k]))
    return min(range(len(values)), key=lambda k: abs(values[k] - value))


class Name(Link):
    """The first letters of a name."""

    def __init__(self, path: str, most: int = 12) -> None:
        self.paths, self.most = (path,), most

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        return str(now[self.paths[0]]).replace('"', "'")[: self.most]

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        return [(self.paths[0], step)]


class Flags(Link):
    """Switches of the desk in one number, from the lowest bit on; those that the desk has not are kept as they were."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.all = tuple(paths)

    def fits(self, params: Mapping[str, Param]) -> bool:
        self.bits = {path: 1 << place for place, path in enumerate(self.all) if path in params}
        self.paths, self.ours = tuple(self.bits), sum(self.bits.values())
        return bool(self.paths)

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        return int(former) & ~self.ours | sum(bit for path, bit in self.bits.items() if now[path])

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        wanted = ((path, int(bool(int(step) & bit))) for path, bit in self.bits.items())
        return [(path, value) for path, value in wanted if now[path] != value]
