"""One transaction: what it sets and holds and what that brings about, until it is heard or taken back."""

from collections.abc import Callable, Collection, Mapping
from itertools import count, islice

from studiod.desk.holds import Holds, is_hand
from studiod.desk.rules import FOLLOWS, Couplings
from studiod.registry.param import Value

MANY = 48  # changes, beyond which it pays to look at them together


class Transaction:
    """On a desk's values, which it changes at once.  Attributes: done, what was set; follow, what that brought about;
    before and heard_before, what stood there and was heard there; unheld, whether nobody held anything when it began.

    live: paths whose values are found when they are asked for.
    """

    def __init__(
        self,
        values: dict[str, Value],
        heard: dict[str, Value],
        holds: Holds,
        couplings: Couplings,
        live: Mapping[str, Callable[[], Value]],
        origin: str,
        now_ns: int,
    ) -> None:
        self.values, self.heard, self.holds = values, heard, holds
        self.couplings, self.live, self.origin, self.now_ns = couplings, live, origin, now_ns
        self.done: dict[str, Value] = {}
        self.follow: dict[str, None] = {}  # in the order in which it was brought about
        self._hand = is_hand(origin.removeprefix(FOLLOWS))
        self.before: dict[str, Value] = {}
        self._layers = holds.copy()
        self.unheld = not holds.layers
        self.heard_before: dict[str, Value] = self.before if self.unheld else {}

    def set_all(self, changes: Collection[tuple[str, Value]]) -> None:
        """Values in their order, each as `set` would."""
        if len(changes) > MANY and self.unheld and self._set_at_once(dict(changes), changes):
            return
        for path, value in changes:
            self.set(path, value)

    def _set_at_once(self, wanted: dict[str, Value], changes: Collection[tuple[str, Value]]) -> bool:
        """All of them as one, which comes to the same; False: these have to be set one by one, nothing is done.

        Most bring about nothing but in their pair; those that do go one by one, after the links and beside the rest.
        """
        values, done, before, rules = self.values, self.done, self.before, self.couplings
        links = list(islice(wanted, sum(link in wanted for link in rules.pairs.links)))
        ordered = len(wanted) == len(changes) and rules.pairs.both.keys() >= {*links}
        if not (ordered and wanted.keys().isdisjoint(rules.alone) and wanted.keys().isdisjoint(self.live)):
            return False
        apart = [] if wanted.keys().isdisjoint(rules.apart) else [one for one in changes if one[0] in rules.apart]
        before.update(zip(wanted, map(values.__getitem__, wanted), strict=True))  # in the order of the changes
        for link in links:
            self._put(link, wanted[link])
            for odd, even in rules.pairs.both[link] if wanted[link] else ():
                if odd in rules.apart or not (odd in wanted or even in wanted):  # else it takes what comes
                    self._bring(even, values[odd])
        for path in (*links, *(path for path, _ in apart)):
            del wanted[path]
        values.update(wanted)
        done.update(wanted)
        brought = self._brought(wanted)
        for path in brought:
            before.setdefault(path, values[path])
        values.update(brought)
        done.update(brought)
        self.follow.update(dict.fromkeys(brought))
        for path, value in apart:
            self.set(path, value)
        self.heard.update(done)  # nobody holds any: what is heard is what is stored
        return True

    def _brought(self, wanted: dict[str, Value]) -> dict[str, Value]:
        """What these bring about in linked pairs: of two that are told apart the later one counts."""
        brought, places = dict[str, Value](), dict[str, int]()
        for link, likes in self.couplings.likes.items():
            if not self.values[link] or wanted.keys().isdisjoint(self.couplings.pairs.below[link]):
                continue
            for odd, even in likes:
                if odd in wanted and even in wanted:
                    if wanted[odd] == wanted[even]:
                        continue
                    places = places or dict(zip(wanted, count(), strict=False))
                    winner, loser = (odd, even) if places[odd] > places[even] else (even, odd)
                elif odd in wanted or even in wanted:
                    winner, loser = (odd, even) if odd in wanted else (even, odd)
                else:
                    continue
                brought[loser] = wanted[winner]
        return brought

    def set(self, path: str, value: Value) -> None:
        """A value, and what it brings about in others."""
        self._put(path, value)
        self.follow.pop(path, None)
        pair = self.couplings.plain.get(path)
        if pair is None:
            for other, brought in self.couplings.after(path, value, self.values, self.now_ns):
                self._bring(other, brought)
        elif pair[0] and self.values[pair[0]]:
            self._bring(pair[1], value)

    def _bring(self, path: str, value: Value) -> None:
        """It follows, unless it was set to that itself."""
        if path not in self.done or path in self.follow or self.done[path] != value:
            self._put(path, value)
            self.follow[path] = None

    def hold(self, path: str, value: Value) -> None:
        """A layer over a value; one that is beneath anyhow lets go."""
        self.follow.pop(path, None)
        if value == self.values[path]:  # let go by hand
            for at in {path, *self.holds.release(self.origin, path)}:
                self.heard_before.setdefault(at, self.heard[at])
                self.heard[at] = self.holds.over(at, self.values[at])
            return
        self._lay(path, value, path)
        for other, brought in self.couplings.after(path, value, self.heard, self.now_ns):
            self._lay(other, brought, path)
            self.follow[other] = None

    def _put(self, path: str, value: Value) -> None:
        was = self.live[path]() if path in self.live else self.values[path]
        self.before.setdefault(path, was)
        self.heard_before.setdefault(path, was if path in self.live else self.heard[path])
        self.done[path] = self.values[path] = value
        if self._hand and self.holds.layers:
            self.holds.end(path)
        self.heard[path] = self.holds.over(path, value) if self.holds.layers else value

    def _lay(self, path: str, value: Value, cause: str) -> None:
        self.heard_before.setdefault(path, self.heard[path])
        self.holds.put(path, self.origin, cause, value)
        self.heard[path] = value

    def news(self) -> dict[str, Value]:
        """What is heard now and was not before."""
        heard = self.heard
        return {path: heard[path] for path, was in self.heard_before.items() if heard[path] != was}

    def stored(self) -> dict[str, Value]:
        """What is beneath all holds now and was not before."""
        before = self.before
        return {path: value for path, value in self.done.items() if value != before[path]}

    def take_back(self) -> None:
        """As if it had never been."""
        self.values.update(self.before)
        self.heard.update(self.heard_before)
        self.holds.layers = self._layers
