"""Those who want the same share one feed of it: who joins, who leaves, and everybody's part of a frame in slices.

Feeds of changes, of meters and of any other dialect stand on this.
"""

import logging
from collections.abc import Callable, Collection, Hashable
from typing import Any, Generic, Protocol, TypeVar

from controllers.turns import Steps

SERVED = 16  # members in one slice
_log = logging.getLogger(__name__)


class Member(Protocol):
    """Attribute feed: the one that it is in, or None; client: whom it belongs to."""

    feed: Any
    client: Any

    def leave(self) -> None: ...


One = TypeVar("One", bound=Member)


class Feed(Protocol[One]):
    members: dict[One, None]

    def join(self, member: One) -> None: ...


class Shared(Generic[One]):
    """All feeds of one kind, by what is wanted of them."""

    def __init__(self) -> None:
        self._of: dict[Hashable, Feed[One]] = {}

    def __len__(self) -> int:
        """How many members there are."""
        return sum(len(feed.members) for feed in self._of.values())

    def put(self, member: One, wanted: Hashable, make: Callable[[Hashable], Feed[One]]) -> None:
        """A member gets its part together with its like from now on.  make: a feed with its share of the turns."""
        unproven = member.client.who[1] == "unproven"
        key = (wanted, unproven)
        if member.feed is not None and member.feed is self._of.get(key):
            return
        member.leave()
        self._of = {known: feed for known, feed in self._of.items() if feed.members}
        if key not in self._of:
            self._of[key] = make(("out", "unproven" if unproven else key))
        member.feed = self._of[key]
        member.feed.join(member)


def told(members: Collection[One], tell: Callable[[One], None], what: str) -> Steps:
    """Each of them its part, in slices; what: it is that a fault loses.  Who has left meanwhile is left out."""
    for count, member in enumerate(tuple(members)):
        if member in members:
            try:
                tell(member)
            except Exception:
                _log.exception("%s for %s were lost", what, member.client.origin)
        if count % SERVED == SERVED - 1:
            yield None
