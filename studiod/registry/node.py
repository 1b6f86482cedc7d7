"""One part of a path in the tree of all: its kids by name, and which parameters end here and below."""

from studiod.registry.param import Param


class Node:
    """place: the number, in the order of the console, of the parameter that ends here; -1: none does.

    first, last and count are of all parameters below and here; so one can tell whether they are simply first..last.
    """

    __slots__ = ("count", "first", "kids", "last", "param", "place")

    def __init__(self, first: int) -> None:
        self.kids: dict[str, Node] = {}  # in order of birth
        self.param: Param | None = None
        self.place = -1
        self.first = self.last = first
        self.count = 0

    def run(self) -> range | None:
        """The places of all that is below, when they follow one another; None: they do not, or one ends here too."""
        whole = self.place < 0 and self.last - self.first + 1 == self.count
        return range(self.first, self.last + 1) if whole else None
