"""What there is of takes on the disk, each file of it read once and again only when it has changed.

On any thread but the desk's: a disk takes its time.  Several may look at once.
"""

import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from studiod.files.sound_files import SoundFile, Unreadable
from studiod.multitrack.take import ABOUT, About, Line, TakeFault, read_about
from studiod.texts import printable

NUMBER_MAX = 1 << 53  # frames of a take: more than any disk has

Seen = tuple[float, int]  # seconds, tracks; 0, 0: a folder that is no take
DATE_LENGTH = len("2026-11-25 10-03-22")  # with which a take's name begins
Stamp = tuple[int, int, int] | None


def stamp(file: Path) -> Stamp:
    """What changes when a file does; None: it is not there."""
    with suppress(OSError):
        found = os.stat(file)
        return found.st_mtime_ns, found.st_size, found.st_ino
    return None


def folders(within: Path) -> list[str]:
    """The names of the folders in a folder that are not hidden, in their order.  Raises OSError."""
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(within) as entries:
        return sorted(entry.name for entry in entries if entry.name[0] != "." and os.path.isdir(entry))
    return []


def meant(key: str, names: Sequence[str], number: bool = False) -> list[str]:
    """The takes that a key may mean: one by its whole name, or its place in the list (number; 1: the oldest), or by
    what it is called beside its date; else those that have the key in their names; else those that have all its words.
    """
    if key in names:
        return [key]
    if number and key.isascii() and key.isdigit() and 0 < int(key[:9]) <= len(names):
        return [names[int(key[:9]) - 1]]
    said = {name: name.casefold() for name in names}
    part = key.strip().casefold()
    tries: list[Callable[[str], bool]] = [
        lambda name: name[DATE_LENGTH:].strip() == part,
        lambda name: part in name,
        lambda name: all(word in name for word in part.split()),
    ]
    found = ([name for name, small in said.items() if fits(small)] for fits in tries if part)
    return next((some for some in found if some), [])


def about_of(folder: Path) -> tuple[About, list[Line]]:
    """What a take says of itself, if that makes sense: people edit it.  Raises TakeFault."""
    about, lines = read_about(folder)
    whole = (about.rate_hz, about.position, about.frames, *(line.number for line in lines))
    texts = [line.file for line in lines]
    sane = all(type(number) is int and abs(number) < NUMBER_MAX for number in whole)
    sane = sane and all(isinstance(text, str) and _within(text) for text in texts)
    if not sane or about.rate_hz < 1 or any(line.number < 1 for line in lines):
        raise TakeFault(f"{folder / ABOUT}: expected whole numbers and files' names; the folder can be played as it is")
    return about, lines


def _within(name: str) -> bool:
    """Whether a name is that of a file in the take's own folder."""
    return bool(name) and printable(name) and "/" not in name and name not in (".", "..")


@dataclass(frozen=True)
class Known:
    """A take as it was read, and what its files looked like right before."""

    files: tuple[Path, ...]
    stamps: tuple[Stamp, ...]
    seen: Seen


class TakeList:
    """Of one folder; None: there are never any.  Attribute read: how many takes were read so far, not remembered."""

    def __init__(self, folder: Path | None, names: Callable[[], list[str]] | None = None) -> None:
        """names: of the takes in it, where not each folder in it is one; may raise OSError."""
        self.folder, self._names = folder, names
        self.read = 0
        self._known: dict[str, Known] = {}

    def names(self) -> list[str]:
        """Every take, the oldest first.  Raises OSError."""
        if self.folder is None:
            return []
        return self._names() if self._names else folders(self.folder)

    def look(self) -> dict[str, Seen]:
        """Every take by name, the oldest first.  Raises OSError."""
        found, names = {}, self.names()
        for name in names:
            known = self._known.get(name)
            if known is None or known.stamps != tuple(map(stamp, known.files)):
                known = self._read(name)
            found[name] = known
        self._known = found  # what is gone is forgotten
        return {name: known.seen for name, known in found.items()}

    def _read(self, name: str) -> Known:
        assert self.folder is not None
        self.read += 1
        folder = self.folder / name
        files: tuple[Path, ...] = (folder, folder / ABOUT)
        stamps = tuple(map(stamp, files))
        try:
            about, lines = about_of(folder)
            frames = about.frames
            if not frames and lines:  # it is being written, or the lights went out
                files += (folder / lines[0].file,)
                stamps += (stamp(files[-1]),)
                with SoundFile(files[-1]) as first:
                    frames = round(first.frames * about.rate_hz / first.rate_hz)
            return Known(files, stamps, (frames / about.rate_hz, len(lines)))
        except (Unreadable, TakeFault):
            return Known(files, stamps, (0.0, 0))
