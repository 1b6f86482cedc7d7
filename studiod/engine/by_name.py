"""A unit's `aim`, called with the values of the parameters that are declared for it, each by its own name.

A parameter's name and its unit make the argument: `gate/threshold` in dB is `threshold_db`; per cent become parts of 1.
"""

import inspect
from collections.abc import Callable, Collection, Mapping
from typing import Any

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
    ) -> None:
        """given: arguments that the caller brings; apart: names below the path that others take; aliases: of names.

        Raises TypeError for a parameter that the unit does not take, and for an argument that nothing declares.
        """
        self._aim = aim
        self._arguments: list[tuple[str, str, Callable[[Value], object]]] = []
        takes = inspect.signature(aim).parameters.keys() - set(given)
        unit, left = aim.__module__, set(takes)
        for path, param in params.items():
            tail = path.removeprefix(f"{at}/")
            if tail == path or tail.partition("/")[0] in apart:
                continue
            name = (aliases or {}).get(tail, tail) + SUFFIXES[param.unit]
            if name not in left:
                raise TypeError(f"{path}: {unit}.aim takes no {name}; it takes {', '.join(sorted(takes))}")
            left.discard(name)
            self._arguments.append((name, f"/{tail}", _as_taken(param)))
        if left:
            raise TypeError(f"{unit}.aim takes {', '.join(sorted(left))}: nothing below {at} is declared as that")

    def __call__(self, values: Mapping[str, Value], at: str, **given: object) -> Any:
        """The goals of the unit below a path."""
        return self._aim(**{name: as_taken(values[at + tail]) for name, tail, as_taken in self._arguments}, **given)


def _as_taken(param: Param) -> Callable[[Value], object]:
    """How an argument takes a value: a switch as 0 or 1, a choice as its name, a number as a float."""
    if param.unit == "%":
        return lambda value: float(value) / 100.0
    return {"switch": int, "list": str}.get(param.kind, float)
