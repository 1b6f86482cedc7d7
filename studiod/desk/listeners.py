"""What has changed on a desk, told to everyone who listens, in the order in which it changed."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from itertools import count

from studiod.desk.rules import FOLLOWS
from studiod.registry.param import Value

Listener = Callable[[str, dict[str, Value]], None]
_log = logging.getLogger(__name__)


class News:
    """Attributes, while listeners are told: due, the frame at which what they hear of is heard, 0: at once; was, the
    values before it, of these paths and maybe more."""

    def __init__(self) -> None:
        self.due = 0
        self.was: Mapping[str, Value] = {}
        self._listeners: dict[int, Listener] = {}  # in the order in which they came
        self._all: tuple[Listener, ...] | None = None  # the same; None: one came or went
        self._count = count()
        self._waiting: deque[tuple[str, dict[str, Value], Mapping[str, Value], int]] = deque()
        self._telling = False

    def listen(self, fn: Listener) -> Callable[[], None]:
        """Hear (origin, {path: value}) after each real change; the answer un-listens.  All hear the same dict, and
        nobody may change it."""
        key = next(self._count)
        self._listeners[key], self._all = fn, None

        def unlisten() -> None:
            if self._listeners.pop(key, None) is not None:
                self._all = None

        return unlisten

    def tell_apart(
        self, origin: str, changed: dict[str, Value], was: Mapping[str, Value], follow: Iterable[str], frame: int
    ) -> None:
        """First what an origin has set, then what that brought about in others, if anything has changed of either."""
        brought = {path: changed[path] for path in follow if path in changed}
        told = changed
        if brought:
            told = changed.copy()
            for path in brought:
                del told[path]
        if told:
            self.tell(origin, told, was, frame)
        if brought:
            self.tell(FOLLOWS + origin, brought, was, frame)

    def tell(self, origin: str, news: dict[str, Value], was: Mapping[str, Value], frame: int) -> None:
        """In order of change, also when a listener makes a change itself."""
        self._waiting.append((origin, news, was, frame))
        if self._telling:
            return
        self._telling = True
        try:
            while self._waiting:
                who, what, self.was, self.due = self._waiting.popleft()
                if self._all is None:
                    self._all = tuple(self._listeners.values())
                for fn in self._all:
                    try:
                        fn(who, what)
                    except Exception:
                        _log.exception("a listener failed")
        finally:
            self._telling, self.was = False, {}
