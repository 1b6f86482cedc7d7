"""What one listener has yet to hear: the newest value of each path that changed, and no queue.

Shared by OSC and MIDI.  Everything here runs on the desk's loop.
"""

from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, field

from studiod.registry.registry import Value


@dataclass
class Hand:
    """Who listens, whether it wants to hear itself, and on which paths it has a finger."""

    origin: str
    own: bool = False
    held: set[str] = field(default_factory=set)

    def is_me(self, origin: str) -> bool:
        return origin == self.origin


class Echo:
    """Collects changes for one listener.  While a finger is down its path waits: the hand wins."""

    def __init__(
        self,
        hand: Hand,
        paths: Set[str],
        wake: Callable[[], None] = lambda: None,
        beside: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """beside: which other origins may be this listener too, such as another port of its host."""
        self.hand, self.paths, self.wake, self.beside = hand, paths, wake, beside
        self.pending: dict[str, Value] = {}

    def hear(self, origin: str, news: dict[str, Value]) -> None:
        """A listener for desk.listen."""
        if self.paths.isdisjoint(news):
            return
        if not self.hand.own and (self.hand.is_me(origin) or self.beside(origin)):
            for path in news if self.pending else ():
                if path in self.paths:
                    self.pending.pop(path, None)  # what waited is older than what the listener has just said
            return
        whole = news.keys() <= self.paths
        self.pending.update(news if whole else {path: value for path, value in news.items() if path in self.paths})
        self.wake()

    def again(self, held: Iterable[tuple[str, Value]]) -> bool:
        """Tell these once more, whoever changed them last; whether this listener is told of any."""
        fresh = {path: value for path, value in held if path in self.paths}
        self.pending |= fresh
        return bool(fresh)

    def take(self) -> dict[str, Value]:
        """The newest pending values, each once; those under a finger stay."""
        held = self.hand.held
        if not held:
            out, self.pending = self.pending, {}
            return out
        out = {path: value for path, value in self.pending.items() if path not in held}
        self.pending = {path: value for path, value in self.pending.items() if path in held}
        return out
