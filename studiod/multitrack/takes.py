"""Takes: listed, loaded into the player, deleted and restored; and any folder of sound files, opened as if it were one.

A disk may take its time, or not answer at all: the desk's loop checks the words and plans, errands look at files.
"""

import errno
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from studiod.desk.arguments import Words, nearest
from studiod.desk.command import Answer, Deed, Errand
from studiod.files.folders import expanded
from studiod.files.sound_files import Unreadable
from studiod.multitrack.machine import Machine
from studiod.multitrack.player import FADE_S
from studiod.multitrack.reel import Reel, Sound, Track, spooled
from studiod.multitrack.take import TakeFault
from studiod.multitrack.take_list import TakeList, about_of, meant
from studiod.registry.param import Refusal
from studiod.texts import plain

LOG = logging.getLogger(__name__)
LINE_MOST, NOTES_MOST = 500, 20  # characters of a line about what was left out; of these lines
FILE_MOST = 60  # characters of a file's name
CANDIDATES = 4  # of an ambiguous name, that are told


def full(fault: OSError) -> bool:
    return fault.errno in (errno.ENOSPC, errno.EDQUOT)


def _refusal(words: Words, name: str, fault: Unreadable) -> Refusal:
    """Which file of those that a name means cannot be played: its folder is what the asker has said."""
    return words.refuse(f"{plain(fault.file.name, FILE_MOST)}: {fault.why}", name, remedy=fault.remedy)


class Takes:
    """The commands, over one machine."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._basket = machine.recorder.wastebasket
        self._list = TakeList(machine.folder)
        self._deleted = TakeList(machine.folder and self._basket.folder, self._basket.names)
        machine.desk.commands |= {
            "take/list": self.list, "take/load": self.load, "take/open": self.open, "take/delete": self.delete,
            "take/deleted": self.deleted, "take/restore": self.restore, "take/empty": self.empty,
        }  # fmt: skip

    def list(self, origin: str, *given: object) -> Deed:
        """Every take that is on the disk."""
        return self._told("take/list", self._list, origin, given)

    def deleted(self, origin: str, *given: object) -> Deed:
        """Every take in the wastebasket, in the same way."""
        return self._told("take/deleted", self._deleted, origin, given)

    def _told(self, word: str, takes: TakeList, origin: str, given: tuple[object, ...]) -> Deed:
        words = Words.of(word, given)
        words.end()

        def told(found: dict[str, tuple[float, int]]) -> Answer:
            return [*((word, name, *told) for name, told in found.items()), (f"{word}/end", len(found))]

        return Deed(origin, {}, lambda _: Errand(lambda: self._look(words, takes), told))

    # -- on an errand's thread ---------------------------------------------------------------------------------------

    def _look(self, words: Words, takes: TakeList) -> dict[str, tuple[float, int]]:
        """Raises Refusal."""
        try:
            return takes.look()
        except OSError as fault:
            raise words.refuse(f"the folder of takes: {fault.strerror}", remedy="mend it") from None

    def _find(self, words: Words, key: str, number: bool = False, deleted: bool = False) -> str:
        """A take's whole name, by any part of it; number: or by its place in the list.  Raises Refusal."""
        try:
            names = self._basket.names() if deleted else self._list.names()
        except OSError as fault:
            raise words.refuse(f"the folder of takes: {fault.strerror}", remedy="mend it") from None
        found = meant(key, names, number)
        if len(found) == 1:
            return found[0]
        if found:
            some = ", ".join(repr(name) for name in found[:CANDIDATES]) + ", …" * (len(found) > CANDIDATES)
            raise words.refuse(f"{len(found)} takes are called so: {some}", key, remedy="say more of its name")
        remedies = {"take/deleted": "the wastebasket is empty", "take/list": "recorder/state record makes one"}
        place = "take/deleted" if deleted else "take/list"
        remedy = f"/{place} lists them all" if names else remedies[place]
        raise words.refuse(f"no {'deleted ' * deleted}take of that name", key, nearest(key, names), remedy)

    def _reel(self, words: Words, key: str) -> tuple[str, Reel, int]:
        """A take's name, its tracks, and how many this desk has no room for.  Raises Refusal."""
        name = self._find(words, key, number=True)
        folder = self._basket.takes / name
        try:
            about, lines = about_of(folder)
            rate_hz, channels = self.machine.rate_hz, self.machine.channels
            position = round(about.position * rate_hz / about.rate_hz)
            fits = [line for line in lines if line.number <= channels]
            tracks = {line.number: Track(Sound(folder / line.file, rate_hz), 0, position) for line in fits}
        except Unreadable as fault:
            raise _refusal(words, name, fault) from None
        except TakeFault as fault:
            raise words.refuse(str(fault).removeprefix(f"{folder}/"), name) from None
        return name, Reel(tracks), len(lines) - len(fits)

    def _spool(self, words: Words, name: str) -> tuple[str, Reel, int, Sequence[str]]:
        """A path as it was understood, its tracks, how many this desk has no room for, and what was left out.

        Raises Refusal.
        """
        try:
            path = Path(name).expanduser()  # which asks the system's list of users
        except (RuntimeError, ValueError):  # ValueError: a zero, or half of a surrogate pair
            raise words.refuse("no such user", name.split("/")[0], remedy="write the path out, from / on") from None
        try:
            files, lines = expanded([path])
            spool = spooled(files, self.machine.rate_hz, self.machine.channels)
        except Unreadable as fault:
            raise _refusal(words, name, fault) from None
        lines += [f"{fault}; its track stays empty" for fault in spool.faults]
        for line in lines:
            LOG.warning("%s", line)
        return str(path), spool.reel, spool.left, lines

    # -- on the desk's loop ------------------------------------------------------------------------------------------

    def _finished(self, words: Words, name: str) -> None:
        """Raises Refusal while that take is written."""
        if self.machine.recorder.busy and name == self.machine.desk.values["recorder/folder"]:
            raise words.refuse("that take is still being recorded", name, remedy="stop it first")

    def load(self, origin: str, *given: object) -> Errand:
        """Into the player, each track in its place; add 1 keeps the tracks that the take does not have."""
        words = Words.of("take/load", given)
        key, add = words.key("the name"), words.number("add", 0, 1, "", 0.0)
        words.end()
        self._finished(words, key)

        def then(found: tuple[str, Reel, int]) -> Deed:
            self._finished(words, found[0])
            return self._deed(origin, "take/load", *found, bool(add))

        return Errand(lambda: self._reel(words, key), then)

    def open(self, origin: str, *given: object) -> Errand:
        """A folder's sound files in the order of their names, or one file, side by side from track 1 on."""
        words = Words.of("take/open", given)
        name, add = words.text("the path"), words.number("add", 0, 1, "", 0.0)
        words.end()
        if not name.startswith(("/", "~")):
            raise words.refuse("not a path from / on", name, remedy="write the path out, from / on")

        def then(found: tuple[str, Reel, int, Sequence[str]]) -> Deed:
            path, reel, left, lines = found
            return self._deed(origin, "take/open", path, reel, left, bool(add), lines)

        return Errand(lambda: self._spool(words, name), then)

    def _deed(
        self, origin: str, word: str, name: str, reel: Reel, left: int, add: bool, out: Sequence[str] = ()
    ) -> Deed:
        """Stop, go to the start, and play this from now on; answers tracks, how many had no room, and seconds.

        out: lines about what was left out; each is answered too, first.
        """
        machine = self.machine

        def act(_: Deed) -> Answer:
            whole = reel.over(machine.player.newest) if add else reel  # with what another load may have brought
            over = machine.transport.newest.frame + round(FADE_S * machine.rate_hz)
            machine.player.load(whole, max(over, machine.now))
            notes = [(f"{word}/left_out", plain(line, LINE_MOST)) for line in out[:NOTES_MOST]]
            return [*notes, (word, name, len(reel.tracks), left, reel.frames / machine.rate_hz)]

        return Deed(origin, {"transport/state": "stop", "transport/position": 0.0}, act)

    def delete(self, origin: str, *given: object) -> Errand:
        """Into the wastebasket, or for good where there is none; what the player has open plays on."""
        words = Words.of("take/delete", given)
        key = words.text("the name")
        words.end()
        keep = bool(self.machine.desk.heard["recorder/wastebasket"])

        def away(name: str) -> None:
            try:
                done = self.machine.recorder.put_away(self._basket.takes / name, keep)
            except OSError as fault:
                remedy = (
                    "set recorder/wastebasket to 0, or free the disk" if full(fault) else "mend the folder of takes"
                )
                raise words.refuse(str(fault.strerror), name, remedy=remedy) from None
            if not done:  # it began before the desk was told its name
                raise words.refuse("that take is still being recorded", name, remedy="stop it first")
            LOG.info("%s deleted for %s", plain(name), plain(origin))

        return self._moved(words, key, origin, away)

    def restore(self, origin: str, *given: object) -> Errand:
        """Out of the wastebasket."""
        words = Words.of("take/restore", given)
        key = words.text("the name")
        words.end()

        def back(name: str) -> None:
            try:
                if self._basket.back(name):
                    return
            except OSError as fault:
                raise words.refuse(str(fault.strerror), name, remedy="mend the folder of takes") from None
            raise words.refuse("there is a take of that name", name, remedy="delete or rename that one first")

        return self._moved(words, key, origin, back, deleted=True)

    def _moved(self, words: Words, key: str, origin: str, move: Callable[[str], None], deleted: bool = False) -> Errand:
        """Find a take, move it once the packet is carried out, and answer with its name."""

        def then(name: str) -> Deed:
            if not deleted:
                self._finished(words, name)
            return Deed(origin, {}, lambda _: Errand(lambda: move(name), lambda _: [(words.command, name)]))

        return Errand(lambda: self._find(words, key, deleted=deleted), then)

    def empty(self, origin: str, *given: object) -> Deed:
        """All that is in the wastebasket, for good; answers how many takes that were."""
        words = Words.of("take/empty", given)
        words.end()

        def gone() -> int:
            try:
                return self._basket.empty()
            except OSError as fault:
                raise words.refuse(str(fault.strerror), remedy="mend the folder of takes") from None

        def told(count: int) -> Answer:
            LOG.info("the wastebasket emptied for %s: %d takes", plain(origin), count)
            return [("take/empty", count)]

        return Deed(origin, {}, lambda _: Errand(gone, told))
