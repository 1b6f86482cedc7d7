"""What was asked for lately: a table bounded in entries and in weight; what nobody asked for longest goes first.

Any thread may use it.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")


class Recent(Generic[Key, Kept]):
    """entries: how many at most; weight: the sum of their weights at most, in the unit of who puts them in."""

    def __init__(self, entries: int, weight: int) -> None:
        self.most_entries, self.most_weight = entries, weight
        self.weight = 0
        self._kept: OrderedDict[Key, tuple[Kept, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, key: object) -> bool:
        return key in self._kept

    def get(self, key: Key) -> Kept | None:
        """What was kept by that key; None: nothing (any more)."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is None:
                return None
            self._kept.move_to_end(key)
            return kept[0]

    def put(self, key: Key, what: Kept, weight: int) -> None:
        """Keep one more.  What alone weighs more than the table may is not kept."""
        with self._lock:
            self.weight -= self._kept.pop(key, (what, 0))[1]
            if weight > self.most_weight:
                return
            self._kept[key] = what, weight
            self.weight += weight
            while len(self._kept) > self.most_entries or self.weight > self.most_weight:
                self.weight -= self._kept.popitem(last=False)[1][1]

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self.weight = 0
