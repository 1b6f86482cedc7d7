"""Links of an effect: its type, and the times of a delay, of which the console has one with a factor for each side."""

import math
from collections.abc import Mapping, Sequence

from controllers.x32.laws.law import Step
from controllers.x32.laws.scales import Scale
from controllers.x32.links.link import Changes, Link, Steps, Values, nearest
from studiod.registry.laws import float32
from studiod.registry.param import Param


class EchoTime(Link):
    """The time of a delay whose two sides take a factor of it each."""

    def __init__(self, paths: Sequence[str], law: Scale, factors: Sequence[float], beside: Sequence[str]) -> None:
        self.paths, self.law, self.factors, self.beside = tuple(paths), law, tuple(factors), tuple(beside)
        self.low, self.high = 1.0, 2000.0

    def fits(self, params: Mapping[str, Param]) -> bool:
        if not super().fits(params):
            return False
        self.low, self.high = params[self.paths[0]].low, params[self.paths[0]].high
        return True

    def side(self, time_ms: float, side: int, shown: Steps) -> float:
        """The time of one side, within the desk's range."""
        factor = self.factors[int(shown[self.beside[side]])]
        return float32(min(max(time_ms * factor, self.low), self.high))

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        left_ms = float(now[self.paths[0]])
        if left_ms == self.side(self.law.value(former), 0, shown):
            return former
        return self.law.at(left_ms / self.factors[int(shown[self.beside[0]])])

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        return [(path, self.side(self.law.value(step), side, shown)) for side, path in enumerate(self.paths)]


class EchoFactor(Link):
    """The factor of one side."""

    def __init__(self, path: str, law: Scale, factors: Sequence[float], time: str, side: int) -> None:
        self.paths, self.law, self.factors, self.beside, self.side = (path,), law, tuple(factors), (time,), side
        self.low, self.high = 1.0, 2000.0

    def fits(self, params: Mapping[str, Param]) -> bool:
        if not super().fits(params):
            return False
        self.low, self.high = params[self.paths[0]].low, params[self.paths[0]].high
        return True

    def _ms(self, step: Step, shown: Steps) -> float:
        time_ms = self.law.value(shown[self.beside[0]])
        return float32(min(max(time_ms * self.factors[int(step)], self.low), self.high))

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        ms = float(now[self.paths[0]])
        if self.side == 0 or math.isclose(ms, self._ms(former, shown), rel_tol=1e-6):
            return former
        return nearest(self.factors, ms / self.law.value(shown[self.beside[0]]))

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        return [(self.paths[0], self._ms(step, shown))]


class EffectType(Link):
    """The type of an effect, and of a reverb its room; what the desk has not is off."""

    def __init__(
        self, kind: str, room: str, words: Sequence[str], ours: Mapping[str, tuple[str, str]], off: str
    ) -> None:
        """off: the word for a slot that the desk has switched off."""
        self.paths, self.held = (kind, room), [ours.get(word, ("off", "")) for word in words]
        self.off = words.index(off)

    def read(self, now: Values, former: Step, shown: Steps) -> Step:
        kind, room = (str(now[path]) for path in self.paths)
        here = (kind, room if kind == "reverb" else "")
        if self.held[int(former)] == here:
            return former
        return self.off if kind == "off" else self.held.index(here)

    def write(self, step: Step, now: Values, shown: Steps) -> Changes:
        kind, room = self.held[int(step)]
        return [(self.paths[0], kind), *([(self.paths[1], room)] if room else [])]
