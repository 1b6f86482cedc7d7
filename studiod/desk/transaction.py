"""One transaction: what it sets and holds and what that brings about, until it is heard or taken back."""

from collections.abc import Callable, Collection, Mapping

from studiod.desk.holds import Holds, is_hand
from studiod.desk.rules import FOLLOWS, Couplings
from studiod.registry.param import Value
from studiod.registry.registry import Registry

MANY = 12  # changes, beyond which it pays to look at them together
_NOTHING = object()


class Transaction:
    """On a desk's values, which it changes at once.  Attributes: done, what was set; follow, what that brought about;
    unheld, whether nobody held anything when it began.

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
        self.follow: dict[str, None] = {}  # in the order in which it was brought about
        self._hand = is_hand(origin.removeprefix(FOLLOWS))
        self._before: dict[str, Value] = {}
        self._heard_before: dict[str, Value] = {}
        self._layers = holds.copy()
        self.unheld = not holds.layers

    def set_all(self, changes: Collection[tuple[str, Value]]) -> None:
        """Values in their order, each as `set` would: most of them bring about nothing, and nobody holds any."""
        if not self.unheld:
            for path, value in changes:
                self.set(path, value)
            return
        if len(changes) > MANY and self._set_at_once(changes):
            return
        values, done, live, plain = self.values, self.done, self.live, self.couplings.plain
        before, follow = self._before, self.follow
        for path, value in changes:
            pair = plain.get(path)
            if pair is None or path in live:
                self.set(path, value)
                continue
            if path not in done:
                before[path] = values[path]
            elif follow:
                follow.pop(path, None)
            done[path] = values[path] = value
            link, other = pair
            if link and values[link] and (other not in done or done[other] != value):  # which takes what this one takes
                if other not in done:
                    before[other] = values[other]
                done[other] = values[other] = value
                follow[other] = None
        self.heard.update(done)  # nobody holds any: what is heard is what is stored
        self._heard_before = before | self._heard_before

    def _set_at_once(self, changes: Collection[tuple[str, Value]]) -> bool:
        """All of them as one, where none brings about anything but in the inserts; False: some may, nothing is done."""
        values, heard, rules, wanted = self.values, self.heard, self.couplings, dict(changes)
        paths = wanted.keys()
        if not (paths.isdisjoint(rules.fickle) and paths.isdisjoint(self.live)):
            return False
        if not all(paths.isdisjoint(below) for link, below in rules.pairs.below.items() if values[link]):
            return False
        self._before = dict(zip(paths, map(values.__getitem__, paths), strict=True))
        self._heard_before = dict(zip(paths, map(heard.__getitem__, paths), strict=True))
        self.done = wanted
        values.update(wanted)
        heard.update(wanted)
        inserts = [] if paths.isdisjoint(rules.inserts) else [one for one in changes if one[0] in rules.inserts]
        for path, _ in inserts:
            values[path], heard[path] = self._before[path], self._heard_before[path]
        for path, value in inserts:
            self.set(path, value)
        return True

    def set(self, path: str, value: Value) -> None:
        """A value, and what it brings about in others."""
        self._put(path, value)
        self.follow.pop(path, None)
        for other, brought in self.couplings.after(path, value, self.values, self.now_ns):
            taken = self.registry.params[other].accept(brought)
            if other != path and other not in self.follow and self.done.get(other, _NOTHING) == taken:
                continue  # it was set to that itself
            self._put(other, taken)
            self.follow[other] = None

    def hold(self, path: str, value: Value) -> None:
        """A layer over a value; one that is beneath anyhow lets go."""
        self.follow.pop(path, None)
        if value == self.values[path]:  # let go by hand
            for at in {path, *self.holds.release(self.origin, path)}:
                self._heard_before.setdefault(at, self.heard[at])
                self.heard[at] = self.holds.over(at, self.values[at])
            return
        self._lay(path, value, path)
        for other, brought in self.couplings.after(path, value, self.heard, self.now_ns):
            self._lay(other, self.registry.params[other].accept(brought), path)
            self.follow[other] = None

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
        heard = self.heard
        return {path: heard[path] for path, was in self._heard_before.items() if heard[path] != was}

    def stored(self) -> dict[str, Value]:
        """What is beneath all holds now and was not before."""
        before = self._before
        return {path: value for path, value in self.done.items() if value != before[path]}

    def take_back(self) -> None:
        """As if it had never been."""
        self.values.update(self._before)
        self.heard.update(self._heard_before)
        self.holds.layers = self._layers
