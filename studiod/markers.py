"""Markers: named places of the music, kept in the store; and /locate, to one of them or to a second."""

from studiod.deed import Answer, Deed
from studiod.machine import Machine
from studiod.shelf import Shelf
from studiod.tape_params import LONGEST_S
from studiod.words import Words


class Markers:
    """The commands, over one machine and one shelf."""

    def __init__(self, machine: Machine, shelf: Shelf) -> None:
        self.machine, self.shelf = machine, shelf
        machine.desk.commands |= {
            "marker/add": self.add, "marker/list": self.list, "marker/delete": self.delete, "locate": self.locate,
        }  # fmt: skip

    def at(self, name: str) -> float:
        """Where a marker is, in s."""
        return float(str(self.shelf.values(name)["position"]))

    def add(self, origin: str, *given: object) -> Deed:
        """name [s]: without a place, where the music stands; a marker of that name moves there."""
        words = Words("marker/add", "a marker's name, [its place in s]", given)
        name = words.name("the name")
        place = words.number("the place", 0.0, LONGEST_S, "s", -1.0)
        words.end()
        self.shelf.room(words, name)

        def act(_: Deed) -> Answer:
            at = self.machine.position_s() if place < 0 else place
            self.shelf.put(name, {}, {"position": at})
            return [("marker/add", name, at)]

        return Deed(origin, {}, act)

    def list(self, origin: str, *given: object) -> Deed:
        """Every marker and its place, in the order of the music."""
        Words("marker/list", "no words", given).end()

        def act(_: Deed) -> Answer:
            found = sorted((self.at(name), name) for name in self.shelf.heads)
            return [*(("marker/list", name, at) for at, name in found), ("marker/list/end", len(found))]

        return Deed(origin, {}, act)

    def delete(self, origin: str, *given: object) -> Deed:
        """name."""
        words = Words("marker/delete", "a marker's name", given)
        name = self.shelf.find(words, words.text("the name"))
        words.end()

        def act(_: Deed) -> Answer:
            self.shelf.drop(name)
            return [("marker/delete", name)]

        return Deed(origin, {}, act)

    def locate(self, origin: str, *given: object) -> Deed:
        """A marker's name, or s."""
        words = Words("locate", "a marker's name, or a place in s", given)
        if given and isinstance(given[0], str):
            place = self.at(self.shelf.find(words, words.text("the marker")))
        else:
            place = words.number("the place", 0.0, LONGEST_S, "s")
        words.end()
        return Deed(origin, {"transport/position": place}, lambda _: [("locate", place)])
