"""Where deleted takes lie until they are restored, or the disk needs their room: a folder among the takes.

On any thread but the desk's.  What goes for good is hidden first, then removed by a thread of its own, since minutes of
many tracks take a disk a while; what a stop of the desk left of that is removed at the next start.
"""

import errno
import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path

from studiod.multitrack.take_list import folders

FOLDER, GOING = ".wastebasket", ".deleted "  # the folder; how the name of one that is being removed begins
ROOM_BYTES, ROOM_PART = 2 << 30, 0.05  # that a disk keeps free of deleted takes: the lesser of these


class Wastebasket:
    """Of one folder of takes.  All that it does to folders may raise OSError."""

    def __init__(self, takes: Path) -> None:
        self.takes, self.folder = takes, takes / FOLDER
        self._lock = threading.Lock()
        self._going: threading.Thread | None = None
        self._again = False  # whether something was hidden since it looked

    def names(self) -> list[str]:
        """Of the takes in it, the oldest first; none where a link has its place: what is elsewhere is not ours."""
        return [] if self.folder.is_symlink() else folders(self.folder)

    def put(self, folder: Path, keep: bool = True) -> None:
        """A take out of the list; not to keep it: for good."""
        if not keep:
            self._away(folder)
            return
        with self._lock:
            if self.folder.is_symlink():
                raise NotADirectoryError(errno.ENOTDIR, "a link has the wastebasket's place", str(self.folder))
            self.folder.mkdir(exist_ok=True)
            folder.rename(_free(self.folder / folder.name))

    def back(self, name: str) -> bool:
        """A take into the list again; False: there is one of its name."""
        with self._lock:
            if os.path.lexists(self.takes / name):
                return False
            (self.folder / name).rename(self.takes / name)
            return True

    def empty(self) -> int:
        """All of it for good; how many takes there were."""
        names = self.names()
        for name in names:
            self._away(self.folder / name)
        return len(names)

    def make_room(self, free_bytes: int, disk_bytes: int) -> str:
        """Where a disk has little room left, the oldest take in it goes for good; its name.  One at a time."""
        if free_bytes >= min(ROOM_BYTES, int(disk_bytes * ROOM_PART)) or self.busy:
            return ""
        for name in self.names()[:1]:
            self._away(self.folder / name)
            return name
        return ""

    @property
    def busy(self) -> bool:
        """Whether something is being removed."""
        return self._going is not None

    def sweep(self) -> None:
        """Remove what is hidden, on a thread of its own."""
        with self._lock:
            self._again = True
            if self._going is None:
                self._going = threading.Thread(target=self._remove, name="studiod-delete", daemon=True)
                self._going.start()

    def _away(self, folder: Path) -> None:
        """For good: hidden now, which takes no room even on a full disk, and removed by and by."""
        with self._lock, suppress(FileNotFoundError):  # restored meanwhile
            folder.rename(_free(self.takes / f"{GOING}{folder.name}"))
        self.sweep()

    def _remove(self) -> None:
        while self._more():
            for place in self.takes.glob(f"{GOING}*"):
                if place.is_symlink():
                    with suppress(OSError):
                        place.unlink()
                else:
                    shutil.rmtree(place, ignore_errors=True)

    def _more(self) -> bool:
        with self._lock:
            more, self._again = self._again, False
            if not more:
                self._going = None
            return more


def _free(place: Path) -> Path:
    """That place, or one beside it that nothing has yet."""
    number, found = 1, place
    while os.path.lexists(found):  # a link to nowhere is something too
        number += 1
        found = place.with_name(f"{place.name} ({number})")
    return found
