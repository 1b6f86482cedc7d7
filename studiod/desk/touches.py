"""Fingers on controls: who touches which path."""

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

    def of(self, path: str, origin: str) -> int:
        """Which touch an origin has on a path; 0: none."""
        return self._of.get((path, origin), 0)

    def paths(self) -> set[str]:
        """All that anyone touches."""
        return {path for path, _ in self._of}

    def release(self, origin: str) -> None:
        """All fingers of an origin are up."""
        self._of = {touch: number for touch, number in self._of.items() if touch[1] != origin}
