"""What the values of a strip come to in one place of it, worked out once: scenes are recalled again."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

from studiod.registry.param import Value

KEPT = 2048  # of each: values whose outcome is known
T = TypeVar("T")


class Known(Generic[T]):
    """By the values at some paths below a strip, whichever strip it is."""

    def __init__(self, work: Callable[[Mapping[str, Value], str], T], *tails: str) -> None:
        """work: what the values come to for a strip; it looks at nothing but these tails, and nobody may change what it
        gives."""
        self._work, self._tails = work, tails
        self._paths: dict[str, list[str]] = {}  # by strip
        self._found: dict[tuple[Value, ...], T] = {}

    def __call__(self, values: Mapping[str, Value], strip: str) -> T:
        paths = self._paths.get(strip)
        if paths is None:
            paths = self._paths[strip] = [f"{strip}/{tail}" for tail in self._tails]
        held = tuple([values[path] for path in paths])
        found = self._found.get(held)
        if found is None:
            if len(self._found) >= KEPT:
                self._found.clear()
            found = self._found[held] = self._work(values, strip)
        return found
