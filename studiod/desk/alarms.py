"""What is wrong with the desk at present, in words: status/alarm, for as long as it lasts.

Whoever may have a fault says it in a function that answers "" while there is none; any part may add one.  On the desk's
thread.
"""

from collections.abc import Callable

from studiod.desk.desk import Desk
from studiod.texts import TEXT_MOST, plain

NAME = "alarms"  # the origin of what is told
PATH = "status/alarm"


class Alarms:
    """Over one desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._sources: list[Callable[[], str]] = []
        desk.live[PATH] = self.text

    def add(self, source: Callable[[], str]) -> None:
        """source: what is wrong with a part, in words; "" for nothing."""
        self._sources.append(source)

    def text(self) -> str:
        """All that is wrong, the first added first."""
        return plain("; ".join(filter(None, (source() for source in self._sources))), TEXT_MOST)

    def tick(self) -> None:
        """Tell it to those who listen, when it has changed."""
        self.desk.report(NAME, {PATH: self.text()})
