"""The backups of the store: the last good hour, day and week, each a file of its own beside it.

Made on the store's thread by SQLite's own copying, some pages at a time, so that changes are written in between.  A
copy is read before it takes the place of one that was good.
"""

import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from studiod.store.file import TAILS, synced
from studiod.store.merge import Backup
from studiod.store.place import RESERVE_BYTES, sync_folder
from studiod.store.read import PAGES_HELD, flaw, read

AGES_S = {"hour": 3600.0, "day": 86_400.0, "week": 604_800.0}
PAGES = 256  # at a time: 1 MB
STEP_S = 0.02  # between two looks at whether something is to be written
AGAIN_S = 600.0  # one that could not be made is tried again


class Unsound(Exception):
    """What was copied is not what was written."""


def name_of(file: Path, age: str) -> Path:
    """studiod.sqlite.hour"""
    return file.with_name(f"{file.name}.{age}")


def backups_of(file: Path) -> list[Backup]:
    """Those that can be read, the newest first."""
    found: list[Backup] = []
    for age in AGES_S:
        one = name_of(file, age)
        with contextlib.suppress(OSError):
            held = read(one)
            if held is not None:
                found.append(Backup(one, one.stat().st_mtime, held))
    return sorted(found, key=lambda backup: backup.found.rows.turn, reverse=True)


class Backups:
    """Of one file.  clock: the wall's, in s."""

    def __init__(self, file: Path, free_bytes: Callable[[], int], clock: Callable[[], float] = time.time) -> None:
        self.file, self.free_bytes, self.clock = file, free_bytes, clock
        self.turn = -1  # of the newest one, as far as it was made here
        self._failed_s: float | None = None

    def _old(self, age: str) -> bool:
        """Whether a backup is as old as it may become; a clock that went back makes it so."""
        try:
            made_s = name_of(self.file, age).stat().st_mtime
        except OSError:
            return True
        return not 0.0 <= self.clock() - made_s < AGES_S[age]

    def due(self, turn: int) -> bool:
        """Whether one is to be made now: something has changed since the last, an hour ago."""
        if self._failed_s is not None and 0.0 <= self.clock() - self._failed_s < AGAIN_S:
            return False
        return turn != self.turn and self._old("hour")

    def make(self, base: sqlite3.Connection, turn: int, between: Callable[[], None]) -> bool:
        """Make one, between writes; whether there was room for it.  Raises sqlite3.Error, OSError, Unsound."""
        part = name_of(self.file, "hour.part")
        self._failed_s = self.clock()  # unless it comes to its end
        if self.free_bytes() < 2 * self.file.stat().st_size + 4 * RESERVE_BYTES:
            return False
        part.unlink(missing_ok=True)
        with contextlib.closing(sqlite3.connect(part, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous = OFF")
            copy.execute(f"PRAGMA cache_size = {PAGES_HELD}")
            base.backup(copy, pages=PAGES, progress=lambda *_: between(), sleep=0.0)
            copy.execute("PRAGMA journal_mode = DELETE")
        if why := _on_disk(part, between):
            part.unlink()
            raise Unsound(why)
        self._rotate()
        part.replace(name_of(self.file, "hour"))
        sync_folder(self.file.parent)
        self.turn, self._failed_s = turn, None
        return True

    def _rotate(self) -> None:
        """The last hour becomes the last day, and that the last week, where those are old enough."""
        for younger, older in (("day", "week"), ("hour", "day")):
            if self._old(older):
                with contextlib.suppress(FileNotFoundError):
                    name_of(self.file, younger).replace(name_of(self.file, older))


def _on_disk(part: Path, between: Callable[[], None]) -> str:
    """What is wrong with a copy, once it is on the disk, "" for nothing; both take a while, on a thread of their own.
    Raises sqlite3.Error, OSError."""
    found: list[str] = []
    faults: list[sqlite3.Error | OSError] = []

    def work() -> None:
        try:
            synced(part)
            found.append(flaw(part))
        except (sqlite3.Error, OSError) as fault:
            faults.append(fault)

    thread = threading.Thread(target=work, name="store-copy", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(STEP_S)
        between()
    if faults:
        raise faults[0]
    return found[0]


def leftovers(file: Path) -> list[Path]:
    """What an end in the middle of a copy has left."""
    stems = [name_of(file, "hour.part"), name_of(file, "part")]
    return [stem.with_name(stem.name + tail) for stem in stems for tail in ("", *TAILS)]
