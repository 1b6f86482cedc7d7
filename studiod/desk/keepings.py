"""What controllers keep beside the desk's values, as tables by name: the desk's store has them, where there is one."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Keepings(Protocol):
    """Of one desk."""

    def read(self, name: str) -> Mapping[str, Any]:
        """What was kept under a name; empty: nothing."""

    def keep(self, name: str, held: Mapping[str, Any]) -> None:
        """In the place of what was there.  What is handed over is not changed afterwards."""

    def listen(self, again: Callable[[], None]) -> Callable[[], None]:
        """Be told when all of it was replaced, as by a restore: it is to be read again.  Returns what ends that."""


class InMemory:
    """For as long as the desk runs."""

    def __init__(self) -> None:
        self._held: dict[str, Mapping[str, Any]] = {}

    def read(self, name: str) -> Mapping[str, Any]:
        return self._held.get(name, {})

    def keep(self, name: str, held: Mapping[str, Any]) -> None:
        self._held[name] = held

    def listen(self, again: Callable[[], None]) -> Callable[[], None]:
        return lambda: None  # nothing replaces it
