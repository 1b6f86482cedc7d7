"""One transaction: what it sets and holds and what that brings about, until it is heard or taken back."""

from collections.abc import Callable, Mapping

from studiod.desk.holds import Holds, is_hand
from studiod.desk.rules import FOLLOWS, Couplings
from studiod.registry.param import Value
from studiod.registry.registry import Registry


class Transaction:
    """On a desk's values, which it changes at once.  Attributes: done, what was set; follow, what that brought about.

    live: paths whose values are found when they are asked for.
    """

    def __init__(
        self,
        registry: Registry,
        values: dict[str, Value],
        heard: dict[str, Value],
        holds: Holds,
        couplings: Couplings,
        live: Mapping[str, Callable[[], Value]],
        origin: str,
        now_ns: int,
    ) -> None:
        self.registry, self.values, self.heard, self.holds = registry, values, heard, holds
        self.couplings, self.live, self.origin, self.now_ns = couplings, live, origin, now_ns
        self.done: dict[str, Value] = {}
        self.follow: set[str] = set()
        self._hand = is_hand(origin.removeprefix(FOLLOWS))
        self._before: dict[str, Value] = {}
        self._heard_before: dict[str, Value] = {}
        self._layers = holds.copy()

    def set(self, path: str, value: Value) -> None:
        """A value, and what it brings about in others."""
        self._put(path, value)
        self.follow.discard(path)
        for other, brought in self.couplings.after(path, value, self.values, self.now_ns):
            self._put(other, self.registry.params[other].accept(brought))
            self.follow.add(other)

    def hold(self, path: str, value: Value) -> None:
        """A layer over a value; one that is beneath anyhow lets go."""
        self.follow.discard(path)
        if value == self.values[path]:  # let go by hand
            for at in {path, *self.holds.release(self.origin, path)}:
                self._heard_before.setdefault(at, self.heard[at])
                self.heard[at] = self.holds.over(at, self.values[at])
            return
        self._lay(path, value, path)
        for other, brought in self.couplings.after(path, value, self.heard, self.now_ns):
            self._lay(other, self.registry.params[other].accept(brought), path)
            self.follow.add(other)

    def _put(self, path: str, value: Value) -> None:
        was = self.live[path]() if path in self.live else self.values[path]
        self._before.setdefault(path, was)
        self._heard_before.setdefault(path, was if path in self.live else self.heard[path])
        self.done[path] = self.values[path] = value
        if self._hand and self.holds.layers:
            self.holds.end(path)
        self.heard[path] = self.holds.over(path, value) if self.holds.layers else value

    def _lay(self, path: str, value: Value, cause: str) -> None:
        self._heard_before.setdefault(path, self.heard[path])
        self.holds.put(path, self.origin, cause, value)
        self.heard[path] = value

    def news(self) -> dict[str, Value]:
        """What is heard now and was not before."""
        return {path: self.heard[path] for path, was in self._heard_before.items() if self.heard[path] != was}

    def stored(self) -> dict[str, Value]:
        """What is beneath all holds now and was not before."""
        return {path: value for path, value in self.done.items() if value != self._before[path]}

    def take_back(self) -> None:
        """As if it had never been."""
        self.values.update(self._before)
        self.heard.update(self._heard_before)
        self.holds.layers = self._layers
