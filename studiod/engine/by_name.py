"""A unit's `aim`, called with the values of the parameters that are declared for it, each by its own name.

A parameter's name and its unit make the argument: `gate/threshold` in dB is `threshold_db`; per cent become parts of 1,
and dB a linear gain where the unit takes `level_gain`.
"""

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any

from studiod.engine import gains
from studiod.engine.known import KEPT
from studiod.registry.param import Param, Value

SUFFIXES = {"dB": "_db", "dBTP": "_db", "ms": "_ms", "s": "_s", "Hz": "_hz", "%": "", "": ""}


class ByName:
    """One unit below a path such as ch/1/gate; what it is called for may stand below any other strip."""

    def __init__(
        self,
        aim: Callable[..., Any],
        params: Mapping[str, Param],
        at: str,
        given: Collection[str] = (),
        apart: Collection[str] = (),
        aliases: Mapping[str, str] | None = None,
        then: Callable[[Any], Any] = lambda goals: goals,
    ) -> None:
        """given: arguments that the caller brings; apart: names below the path that others take; aliases: of names;
        then: what is made of the goals, once for all.

        Raises TypeError for a parameter that the unit does not take, and for an argument that nothing declares.
        """
        self._aim, self._then = aim, then
        self._arguments: list[tuple[str, str, Callable[[Value], object]]] = []
        self._paths: dict[str, list[str]] = {}  # the whole paths, by the one below which they stand
        self._goals: dict[tuple[object, ...], Any] = {}  # of values that were asked for before
        takes = inspect.signature(aim).parameters.keys() - set(given)
        unit, left = f"{aim.__module__}.{aim.__name__}", set(takes)
        for path, param in params.items():
            tail = path.removeprefix(f"{at}/")
            if tail == path or tail.partition("/")[0] in apart:
                continue
            bare = (aliases or {}).get(tail, tail)
            name = bare + SUFFIXES[param.unit]
            linear = name not in takes and f"{bare}_gain" in takes
            if linear:
                name = f"{bare}_gain"
            if name not in left:
                raise TypeError(f"{path}: {unit} takes no {name}; it takes {', '.join(sorted(takes))}")
            left.discard(name)
            self._arguments.append((name, f"/{tail}", _as_gain if linear else _as_taken(param)))
        if left:
            raise TypeError(f"{unit} takes {', '.join(sorted(left))}: nothing below {at} is declared as that")

    @property
    def tails(self) -> list[str]:
        """All that it looks at, below the path."""
        return [tail for _, tail, _ in self._arguments]

    def __call__(self, values: Mapping[str, Value], at: str, **given: object) -> Any:
        """The goals of the unit below a path: nobody may change them, for the same values get the same again.

        given: by every caller in the same order.
        """
        paths = self._paths.get(at)
        if paths is None:
            paths = self._paths[at] = [at + tail for tail in self.tails]
        held = [values[path] for path in paths]
        key = (*held, *given.values())
        goals = self._goals.get(key)
        if goals is None:
            if len(self._goals) >= KEPT:
                self._goals.clear()
            taken = {name: as_taken(value) for (name, _, as_taken), value in zip(self._arguments, held, strict=True)}
            goals = self._goals[key] = self._then(self._aim(**taken, **given))
        return goals


def _as_taken(param: Param) -> Callable[[Value], object]:
    """How an argument takes a value: a switch as 0 or 1, a choice as its name, a number as a float."""
    if param.unit == "%":
        return lambda value: float(value) / 100.0
    return {"switch": int, "list": str}.get(param.kind, float)


def _as_gain(value: Value) -> float:
    return gains.linear(float(value))
