"""Who gives way when a table is full: nobody is locked out, and nobody who is at work is put out by a stranger.

The longest silent one that holds nothing goes first; when all hold something, the longest silent one of the host that
has most places.  This machine has places of its own, so that whoever sits at it always gets in.
"""

from collections import Counter
from heapq import nsmallest
from typing import Protocol, TypeVar


class Place(Protocol):
    """One that has a place."""

    heard_s: float  # when it spoke last (monotonic)

    @property
    def host(self) -> str: ...

    def busy(self) -> bool:
        """Whether it has asked for something that lasts: a subscription, a finger, a hold."""


P = TypeVar("P", bound=Place)


def gives_way(side: list[P], count: int = 1) -> list[P]:
    """Of those on one side, this machine or the network, the ones that leave."""
    idle = [place for place in side if not place.busy()]
    if not idle:
        most = Counter(place.host for place in side)
        crowd = max(most.values(), default=0)
        idle = [place for place in side if most[place.host] == crowd]
    return nsmallest(count, idle, key=lambda place: place.heard_s)
