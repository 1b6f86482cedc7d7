"""The laws of a float leaf: positions 0..1 on the wire, in steps; levels, straight lines and exponential ones."""

import math
from functools import cached_property
from typing import Any

from controllers.x32.laws.law import Law, Step
from controllers.x32.laws.texts import cut, fader_turn, fixed, number, thousands
from studiod.registry.laws import float32, from_turn


class Scale(Law):
    """Steps from a low end to a high one; `value` and `at` are in the unit of the text."""

    tag = "f"

    def wire(self, step: Step) -> float:
        return float32(int(step) / self.last)

    def value(self, step: Step) -> float:
        """The plain value of a step."""
        raise NotImplementedError

    def at(self, value: float) -> int:
        """The step nearest to a plain value; beyond the range it is the end."""
        raise NotImplementedError

    def shown(self, value: float) -> str:
        """A plain value as it is printed."""
        raise NotImplementedError

    @cached_property
    def _told(self) -> dict[Step, str]:
        return {}

    @cached_property
    def _steps(self) -> dict[float | None, int]:
        """The first step that is printed as a value."""
        return {number(self.text(step)): step for step in reversed(range(self.last + 1))}

    def text(self, step: Step) -> str:
        told = self._told.get(step)
        if told is None:
            told = self._told[step] = self.shown(self.value(step))
        return told

    def heard(self, arg: Any, former: Step) -> Step | None:
        if isinstance(arg, str):
            return self.said(arg, former)
        if not isinstance(arg, int | float) or math.isnan(arg):
            return None
        return math.floor(min(max(arg, 0.0), 1.0) * self.last + 0.5)

    def said(self, text: str, former: Step) -> Step | None:
        value = number(text)
        if value is None:
            return None
        if value == number(self.text(former)):
            return former  # many steps are printed alike: this one is meant
        near = self.at(value)
        return near if number(self.text(near)) == value else self._steps.get(value, near)


class Level(Scale):
    """A fader or a send in dB; its first step is off."""

    def __init__(self, last: int) -> None:
        self.last = last

    def value(self, step: Step) -> float:
        return from_turn("fader", -90.0, 10.0, int(step) / self.last)

    def at(self, value: float) -> int:
        return math.floor(fader_turn(value) * self.last + 0.5)

    def shown(self, value: float) -> str:
        if value <= -90.0:
            return "-oo"
        if abs(value) < 0.1 and self.last > 160:
            return "0.0"
        return f"{'+' if value > 0.0 else ''}{fixed(round(value, 7), 1)}"


class Line(Scale):
    """A straight line; digits: at most so many are printed, 0: all; plus: what is not below 0 gets a sign."""

    def __init__(self, low: float, high: float, step: float, decimals: int = 0, digits: int = 0, plus: bool = False):
        self.low, self.high, self.step = low, high, step
        self.decimals, self.digits, self.plus = decimals, digits, plus
        self.last = round((high - low) / step)

    def value(self, step: Step) -> float:
        return round(self.low + int(step) / self.last * (self.high - self.low), 7)

    def at(self, value: float) -> int:
        turn = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return math.floor(turn * self.last + 0.5)

    def shown(self, value: float) -> str:
        text = f"{'+' if self.plus and value >= 0.0 else ''}{fixed(value, self.decimals)}"
        return cut(text, value, self.decimals, self.digits)


class Octave(Scale):
    """An exponential one; low may be above high.  hertz: from 1000 on with a k."""

    def __init__(self, low: float, high: float, last: int, decimals: int, digits: int = 0, hertz: bool = False) -> None:
        self.low, self.high, self.last = low, high, last
        self.decimals, self.digits, self.hertz = decimals, digits, hertz

    def value(self, step: Step) -> float:
        return round(self.low * math.exp(math.log(self.high / self.low) * (int(step) / self.last)), 7)

    def at(self, value: float) -> int:
        ends = sorted((self.low, self.high))
        held = min(max(value, ends[0]), ends[1])
        return math.floor(math.log(held / self.low) / math.log(self.high / self.low) * self.last + 0.5)

    def shown(self, value: float) -> str:
        if self.hertz and value >= 1000.0:
            return thousands(value, self.decimals)
        return cut(fixed(value, self.decimals), value, self.decimals, self.digits)
