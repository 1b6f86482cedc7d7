"""Fingers on controls: who touches which path."""

from collections.abc import Container
from itertools import count


class Touches:
    """Of one desk, counted from 1."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], int] = {}  # path and origin: which touch
        self._count = count(1)

    def put(self, path: str, down: bool, origin: str) -> None:
        """A finger is down on a path, or up again."""
        if down:
            self._of.setdefault((path, origin), next(self._count))
        else:
            self._of.pop((path, origin), None)

    def on(self, path: str) -> bool:
        return any(held == path for held, _ in self._of)

    def latest(self, paths: Container[str], origin: str) -> int:
        """The newest touch that an origin has on any of some paths; 0: none."""
        return max((n for (path, who), n in self._of.items() if who == origin and path in paths), default=0)

    def paths(self) -> set[str]:
        """All that anyone touches."""
        return {path for path, _ in self._of}

    def release(self, origin: str) -> None:
        """All fingers of an origin are up."""
        self._of = {touch: number for touch, number in self._of.items() if touch[1] != origin}
