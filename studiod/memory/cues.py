"""The cue list: scenes in the order of a show, each with a fade; kept in the store, and gone along by buttons.

An entry holds its scene by number, so that a new name changes nothing, and by name, for one that was made anew.
"""

import json
import logging
from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import cast

from studiod.desk.arguments import NAME_MAX, Words, nearest
from studiod.desk.command import Answer, Deed, Slices
from studiod.memory.fades import LONGEST_S
from studiod.memory.scenes import Scenes
from studiod.memory.shelf import BROKEN, DIGITS_MAX, pack, unpack
from studiod.registry.param import Value
from studiod.texts import printable

KIND, NAME = "cue", "list"  # of the record
MOST = 1000  # entries
EMPTY = "no cue in the list"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Cue:
    """One entry: a scene by number (0: none) and by name, and the s in which it fades in."""

    number: int
    name: str
    fade_s: float


def entries(packed: bytes) -> tuple[list[Cue], object, str]:
    """The cues of a record, which was recalled last, and in words what is no cue.  Raises one of BROKEN."""
    held, cues = unpack(packed), []
    found = held["cues"]
    if not isinstance(found, list):
        raise ValueError("no list")
    for entry in found:
        match entry:
            case [int(number), str(name), int(fade_s) | float(fade_s)] if 0 <= fade_s <= LONGEST_S and printable(name):
                cues.append(Cue(number, name[:NAME_MAX], float(fade_s)))
    odd = len(found) - len(cues[:MOST])
    return cues[:MOST], held.get("at"), f"{odd} of {len(found)} cues" if odd else ""


class Cues:
    """The commands, over the scenes of one desk.  Attribute at: which entry was recalled last, from 1; 0: none yet."""

    def __init__(self, scenes: Scenes) -> None:
        self.scenes, self.shelf, self.store = scenes, scenes.shelf, scenes.shelf.store
        self.cues: list[Cue] = []
        self.at = 0
        self._load()
        self.store.holders.append(self._load)
        scenes.desk.commands |= {
            "cue/add": self.add, "cue/move": self.move, "cue/remove": self.remove, "cue/list": self.list,
            "cue/go": self.go, "cue/next": self.next, "cue/previous": self.previous,
        }  # fmt: skip

    def _load(self) -> None:
        """At the start, and after a restore; what is no entry is left out."""
        self.cues, record = [], self.store.records.get((KIND, NAME))
        at: object = 0
        if record is not None:
            try:
                self.cues, at, odd = entries(record[1])
            except BROKEN:
                odd = "all of it"
            if odd:
                _log.warning("the cue list: %s cannot be read, and is left out", odd)
        self.at = at if type(at) is int and 0 <= at <= len(self.cues) else 0

    def _keep(self, cues: list[Cue], at: int) -> None:
        self.cues, self.at = cues, at
        held = {"cues": [[cue.number, cue.name, cue.fade_s] for cue in cues], "at": at}
        self.store.put(KIND, NAME, (json.dumps({"count": len(cues)}), pack(held)))

    def _name(self, cue: Cue) -> str:
        """What its scene is called by now, or was when there was one."""
        return self.shelf.numbered(cue.number) or cue.name

    def _place(self, words: Words, what: str, most: int) -> int:
        """The next word, a place in the list.  Raises Refusal."""
        if most == 0:
            raise words.refuse(EMPTY, remedy="/cue/add adds one")
        place = words.number(what, 1, most, "")
        if place != int(place):
            raise words.refuse(f"{what} is not a whole number", place)
        return int(place)

    def _still(self, words: Words, place: int) -> None:
        """The same packet may have removed one.  Raises Refusal."""
        if place > len(self.cues):
            raise words.refuse("there is no such place any more", remedy="/cue/list says what there is")

    def add(self, origin: str, *given: object) -> Deed:
        """At the end, or so that it stands at that place."""
        words = Words.of("cue/add", given)
        name = self.shelf.find(words, words.key("the scene"))
        fade_s = words.number("the fade", 0.0, LONGEST_S, "s", 0.0)
        place = self._place(words, "the place", len(self.cues) + 1) if words.more() else len(self.cues) + 1
        words.end()
        if len(self.cues) >= MOST:
            raise words.refuse(f"more than {MOST} cues", remedy="/cue/remove some")

        def act(_: Deed) -> Answer:
            if len(self.cues) >= MOST:  # by the same packet
                raise words.refuse(f"more than {MOST} cues", remedy="/cue/remove some")
            k = min(place, len(self.cues) + 1)
            cues = [*self.cues[: k - 1], Cue(self.shelf.number(name), name, fade_s), *self.cues[k - 1 :]]
            self._keep(cues, self.at + (self.at >= k))
            return [("cue/add", k, name, fade_s)]

        return Deed(origin, {}, act)

    def move(self, origin: str, *given: object) -> Deed:
        """An entry to another place."""
        words = Words.of("cue/move", given)
        old = self._place(words, "the place", len(self.cues))
        new = self._place(words, "the new place", len(self.cues))
        words.end()

        def act(_: Deed) -> Answer:
            self._still(words, max(old, new))
            cue = self.cues[old - 1]
            order = list(range(1, len(self.cues) + 1))
            order.insert(new - 1, order.pop(old - 1))
            self._keep([self.cues[k - 1] for k in order], order.index(self.at) + 1 if self.at else 0)
            return [("cue/move", old, new, self._name(cue))]

        return Deed(origin, {}, act)

    def remove(self, origin: str, *given: object) -> Deed:
        """The entry is gone; its scene stays."""
        words = Words.of("cue/remove", given)
        place = self._place(words, "the place", len(self.cues))
        words.end()

        def act(_: Deed) -> Answer:
            self._still(words, place)
            cue = self.cues[place - 1]
            self._keep([*self.cues[: place - 1], *self.cues[place:]], self.at - (self.at >= place))
            return [("cue/remove", place, self._name(cue))]

        return Deed(origin, {}, act)

    def list(self, origin: str, *given: object) -> Deed:
        """Every entry; then how many, and which was recalled last."""
        Words.of("cue/list", given).end()

        def act(_: Deed) -> Answer:
            lines: list[tuple[Value, ...]] = [
                ("cue/list", place, name, cue.fade_s, int(name in self.shelf.heads))
                for place, cue in enumerate(self.cues, 1)
                for name in [self._name(cue)]
            ]
            return [*lines, ("cue/list/end", len(lines), self.at)]

        return Deed(origin, {}, act)

    def go(self, origin: str, *given: object) -> Slices:
        """Recall the entry of a place or of a scene; without one, the next."""
        words = Words.of("cue/go", given)
        if not words.more():
            return self._step(origin, "cue/go", 1)
        if not isinstance(given[0], str):
            place = self._place(words, "the place", len(self.cues))
            words.end()
            return self._recall(origin, words, place)
        name = words.text("the scene")
        words.end()
        places = [place for place, cue in enumerate(self.cues, 1) if self._name(cue) == name]
        if places:  # of several the next one
            return self._recall(origin, words, next((place for place in places if place > self.at), places[0]))
        if name.isascii() and name.isdigit():
            return self.go(origin, int(name[:DIGITS_MAX]))
        known = [self._name(cue) for cue in self.cues]
        raise words.refuse("no cue of that scene", name, lambda: nearest(name, known), "/cue/list lists them all")

    def next(self, origin: str, *given: object) -> Slices:
        """Recall the entry after the one that was recalled last."""
        Words.of("cue/next", given).end()
        return self._step(origin, "cue/next", 1)

    def previous(self, origin: str, *given: object) -> Slices:
        """Recall the entry before the one that was recalled last."""
        Words.of("cue/previous", given).end()
        return self._step(origin, "cue/previous", -1)

    def _step(self, origin: str, command: str, way: int) -> Slices:
        words = Words(command, "no words", ())
        if not self.cues:
            raise words.refuse(EMPTY, remedy="/cue/add adds one")
        place = self.at + way
        if place < 1:
            raise words.refuse("there is no cue before this one", remedy="/cue/next goes on")
        if place > len(self.cues):
            raise words.refuse("that was the last cue", remedy="/cue/go 1 begins again")
        return self._recall(origin, words, place)

    def _recall(self, origin: str, words: Words, place: int) -> Slices:
        """Its scene, in its fade; the list stands there when the desk does.  Raises Refusal."""
        cue = self.cues[place - 1]
        name = self._name(cue)
        if name not in self.shelf.heads:
            remedy = f"/scene/store it again, or /cue/remove {place}"
            raise words.refuse(f"the scene of cue {place} is gone", name, remedy=remedy)
        recalled = self.scenes.recall(origin, name, cue.fade_s)

        def steps() -> Generator[None, None, Deed]:
            deed: Deed = yield from recalled.steps
            recall = deed.act

            def act(done: Deed) -> Answer:
                [(_, _, count, left)] = cast(Answer, recall(done))
                if self.cues[place - 1 : place] == [cue]:
                    self._keep(self.cues, place)
                return [(words.command, place, name, count, left)]

            return replace(deed, act=act)

        return Slices(steps())
