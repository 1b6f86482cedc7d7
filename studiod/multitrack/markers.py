"""Markers: named places of the music, kept in the store; and /locate, to one of them or to a second."""

import logging
from collections.abc import Mapping
from itertools import count

from studiod.desk.arguments import Words
from studiod.desk.command import Answer, Deed
from studiod.memory.shelf import BROKEN, Shelf
from studiod.multitrack.machine import Machine
from studiod.registry.multitrack import LONGEST_S
from studiod.texts import plain

_log = logging.getLogger(__name__)
NEXT, PREVIOUS = "next", "previous"
BACK_S = 1.0
SAME_S = 0.001


def place_of(values: Mapping[str, object]) -> float:
    """Where a marker is, in s, from what its record holds.  Raises one of BROKEN."""
    at = float(str(values["position"]))
    if not 0.0 <= at <= LONGEST_S:
        raise ValueError("no place in the music")
    return at


class Markers:
    """The commands, over one machine and one shelf."""

    def __init__(self, machine: Machine, shelf: Shelf) -> None:
        self.machine, self.shelf = machine, shelf
        self.places: dict[str, float] = {}  # s
        self._load()
        shelf.store.holders.append(self._load)
        machine.desk.commands |= {
            "marker/add": self.add, "marker/list": self.list, "marker/delete": self.delete, "locate": self.locate,
        }  # fmt: skip

    def _load(self) -> None:
        """At the start, and after a restore."""
        self.places = {}
        for name in list(self.shelf.heads):
            try:
                self.places[name] = place_of(self.shelf.values(name))
            except BROKEN:
                _log.warning("marker %s has no place in the music; it is left out", plain(name))

    def add(self, origin: str, *given: object) -> Deed:
        """Without a place, where the music stands; a marker of that name moves there.

        A button has no name to give: the marker gets the next number.
        """
        words = Words.of("marker/add", given)
        name = words.name("the name", next(n for k in count(1) if (n := f"Marker {k}") not in self.places))
        place = words.number("the place", 0.0, LONGEST_S, "s", -1.0)
        words.end()
        self.shelf.room(words, name)

        def act(_: Deed) -> Answer:
            at = self.machine.position_s() if place < 0 else place
            self.shelf.put(name, {}, {"position": at})
            self.places[name] = at
            return [("marker/add", name, at)]

        return Deed(origin, {}, act)

    def list(self, origin: str, *given: object) -> Deed:
        """Every marker and its place, in the order of the music."""
        Words.of("marker/list", given).end()

        def act(_: Deed) -> Answer:
            found = sorted((at, name) for name, at in self.places.items())
            return [*(("marker/list", name, at) for at, name in found), ("marker/list/end", len(found))]

        return Deed(origin, {}, act)

    def delete(self, origin: str, *given: object) -> Deed:
        """A marker is gone."""
        words = Words.of("marker/delete", given)
        name = self.shelf.find(words, words.text("the name"))
        words.end()

        def act(_: Deed) -> Answer:
            self.shelf.drop(name)
            self.places.pop(name, None)
            return [("marker/delete", name)]

        return Deed(origin, {}, act)

    def locate(self, origin: str, *given: object) -> Deed:
        """To a marker, to the next or the previous one, or to a second."""
        words = Words.of("locate", given)
        if given and given[0] in (NEXT, PREVIOUS) and given[0] not in self.places:
            place = self._beside(words, words.text("which") == NEXT)
        elif given and isinstance(given[0], str):
            place = self.places[self.shelf.find(words, words.text("the marker"))]
        else:
            place = words.number("the place", 0.0, LONGEST_S, "s")
        words.end()
        return Deed(origin, {"transport/position": place}, lambda _: [("locate", place)])

    def _beside(self, words: Words, after: bool) -> float:
        """The place of the marker after, or before, where the music stands; before the first one: the start."""
        now = self.machine.position_s()
        if not after:
            return max((at for at in self.places.values() if at < now - self._grace_s()), default=0.0)
        found = [at for at in self.places.values() if at > now + SAME_S]
        if not found:
            raise words.refuse(f"no marker after {now:.3f} s", remedy="/marker/list names them")
        return min(found)

    def _grace_s(self) -> float:
        """How far behind a marker it counts as left: while the music rolls, two presses go back by two."""
        return BACK_S if self.machine.transport.playing else SAME_S
