"""Transactions that wait for their time: posted a little ahead, always in the order in which they are due.

Owned by the desk's loop; nothing here is thread-safe.
"""

import heapq
from dataclasses import dataclass, field
from itertools import count

from studiod.registry.param import Value


@dataclass(slots=True)
class Plan:
    """One accepted transaction and when it is due (monotonic ns)."""

    changes: list[tuple[str, Value]]
    origin: str
    due_ns: int
    holds: list[tuple[str, Value]] = field(default_factory=list)
    posted: bool = field(default=False)


class Agenda:
    """Two heaps: when each plan is due, and when it has to be posted."""

    def __init__(self) -> None:
        self._due: list[tuple[int, int, Plan]] = []
        self._post: list[tuple[int, int, Plan]] = []
        self._order = count()

    def __len__(self) -> int:
        return len(self._due)

    def add(self, plan: Plan, ahead_ns: int) -> None:
        order = next(self._order)
        heapq.heappush(self._due, (plan.due_ns, order, plan))
        heapq.heappush(self._post, (plan.due_ns - max(ahead_ns, 0), order, plan))

    def next_ns(self) -> int | None:
        """When the next plan has to be posted; None when nothing waits."""
        while self._post and self._post[0][2].posted:
            heapq.heappop(self._post)
        return self._post[0][0] if self._post else None

    def take(self, now_ns: int) -> list[Plan]:
        """The plans to post by now.  One with a long lead takes along all that are due before it."""
        until_ns = None
        while (post_ns := self.next_ns()) is not None and post_ns <= now_ns:
            plan = heapq.heappop(self._post)[2]
            until_ns = plan.due_ns if until_ns is None else max(until_ns, plan.due_ns)
        out: list[Plan] = []
        while until_ns is not None and self._due and self._due[0][0] <= until_ns:
            plan = heapq.heappop(self._due)[2]
            plan.posted = True
            out.append(plan)
        return out
