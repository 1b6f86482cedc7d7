"""What survives the daemon: the desk's values, its scenes and presets, in one SQLite file.

The desk's thread reads it once, before its loop runs, and writes nothing then.  From then on a thread of its own owns
the file: the loop notes what has changed and goes on, and all that came within GATHER_S is one transaction, on the disk
when it is over.  Memory holds all that the file should; what a disk refuses waits there.
"""

import contextlib
import errno
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from studiod.store.backups import Backups, Unsound, leftovers, name_of
from studiod.store.file import Batch, StoreFile
from studiod.store.memory import Due, Memory, Packing
from studiod.store.merge import Start
from studiod.store.place import FILE, Place
from studiod.store.rows import Key, Record, Rows
from studiod.store.start import begin, cannot, why
from studiod.texts import plain

__all__ = ["FILE", "Record", "Store"]
HERE = frozenset(("token",))  # kinds of records that are this desk's alone: in no backup, and no restore touches them
GATHER_S = 0.05  # a change is on the disk 250 ms after it was made: this, and the writing
AGAIN_S = 1.0  # a disk that is full, or a file that another program holds, is tried again
QUIET_S = 1.0  # without a change, and the -wal is emptied into the file
BUSY_S = 30.0  # without quiet, and what waits for it is done all the same
CLOSE_S = 1.0  # a stop promises to be over in 2 s
_log = logging.getLogger(__name__)


class Store:
    """One file.  `state`, `records` and `pieces` are what was in it at the start, `lines` what was found wrong then,
    `damage` the same in short."""

    def __init__(self, folder: Path | None) -> None:
        """folder None: nothing survives, and nothing is said about it.  Raises Shared."""
        self.file = folder / FILE if folder else None
        self._place = Place(folder) if folder else None
        start = begin(self._place) if self._place else Start(Rows(), sound=True)
        rows, self.lines, self.damage = start.rows, start.lines, start.alarm
        self.state: dict[str, object] = _held(rows)
        self.records: dict[Key, Record] = {key: row[1:] for key, row in sorted(rows.records.items())}
        self.pieces: dict[Key, list[bytes]] = {}
        for (kind, name, _), (_, packed) in sorted(rows.pieces.items()):
            self.pieces.setdefault((kind, name), []).append(packed)
        self.holders: list[Callable[[], None]] = []  # who reads `records` again when they were replaced, in this order
        self._trouble = start.refused  # why the file does not take what it should
        self._unsafe = ""  # why there is no backup
        self._memory = Memory(start, self.state)
        self._wake, self._over, self._lasts = threading.Event(), threading.Event(), False
        self._tidied_s = time.monotonic()
        self._thread: threading.Thread | None = None
        if self._place is not None and not start.barred:
            self._file = StoreFile(self._place, start.turn, start.sound, start.damaged)
            self._backups = Backups(self._place.file, self._place.free_bytes)
            self._thread = threading.Thread(target=self._run, args=(self._place,), name="store", daemon=True)
            self._thread.start()
            if not start.sound:
                self._wake.set()

    @property
    def fault(self) -> str:
        """What was found wrong at the start, "" for nothing."""
        return "\n".join(self.lines)

    @property
    def alarm(self) -> str:
        """What is wrong at present, "" for nothing.  Any thread may ask."""
        return "; ".join(filter(None, (self._trouble, self._unsafe, self.damage)))

    # -- the desk's thread -------------------------------------------------------------------------------------------

    def note(self, news: Mapping[str, object]) -> None:
        """Values to be written; the newest of a path counts."""
        self._memory.note(news)
        if not self._wake.is_set():
            self._wake.set()

    def put(self, kind: str, name: str, record: Packing) -> None:
        """A record, in the place of what that name held, its pieces included; a function makes it on the store's
        thread."""
        self._memory.put((kind, name), record)
        self._wake.set()

    def add(self, kind: str, name: str, piece: bytes) -> None:
        """One more piece of a record that is still being made; kept beside it until it is put anew."""
        self._memory.add((kind, name), piece)
        self._wake.set()

    def drop(self, kind: str, name: str) -> None:
        self._memory.put((kind, name), None)
        self._wake.set()

    def copied(self) -> Batch:
        """All that the file should hold, for a backup elsewhere, but what is of this desk alone; takes some ms.  Any
        thread."""
        batch = self._memory.copied()
        return replace(batch, records={key: record for key, record in batch.records.items() if key[0] not in HERE})

    def replace(self, records: Mapping[Key, Record], pieces: Mapping[Key, list[bytes]]) -> None:
        """These in the place of all records that there are, but of those that are this desk's alone; whoever holds
        some reads them again."""
        for key in self._memory.keys() | pieces.keys():
            if key[0] not in HERE:
                self._memory.put(key, None)
        records = {key: record for key, record in records.items() if key[0] not in HERE}
        for key, record in records.items():
            self._memory.put(key, record)
        for key, parts in pieces.items():
            for part in parts:
                self._memory.add(key, part)
        self.records, self.pieces = dict(records), {key: list(parts) for key, parts in pieces.items()}
        self._wake.set()
        for again in self.holders:
            try:
                again()
            except Exception:
                _log.exception("a part of the desk could not read its records again")

    def close(self) -> bool:
        """Write what is left, and let go of the file; whether all of it is on the disk now.

        A disk that stands still is waited for no longer than CLOSE_S.
        """
        self._over.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(CLOSE_S)
            if self._thread.is_alive():
                _log.error("%s: the disk takes longer than %g s; the last changes may be lost", self.file, CLOSE_S)
                return False
        return self._lasts

    # -- the store's thread ------------------------------------------------------------------------------------------

    def _run(self, place: Place) -> None:
        for stray in leftovers(place.file):
            with contextlib.suppress(OSError):
                stray.unlink(missing_ok=True)
        if self._file.sound:  # what was to take its place is older
            with contextlib.suppress(OSError):
                name_of(place.file, "new").unlink(missing_ok=True)
        idle_s: float | None = QUIET_S
        while True:
            woken = self._wake.wait(idle_s)
            if woken:
                self._over.wait(GATHER_S)
            self._wake.clear()
            over = self._over.is_set()
            written = self._write_news(place, over)
            if written:  # behind the file: on a small disk that needs the room first
                place.keep_reserve()
            if over:
                self._lasts = written and not self._memory.waiting
                self._file.close()
                place.release()
                return
            if not written:
                self._over.wait(AGAIN_S)
                self._wake.set()
            else:
                done = self._tidy(place, quiet=not woken)
                idle_s = QUIET_S if woken or not done else None

    def _write_news(self, place: Place, look: bool = False) -> bool:
        """Write what has come; whether the file holds all of it now.  What it refuses waits.

        look: whether the file is where it belongs even if nothing has come.
        """
        if self._file.sound and not self._memory.waiting and not (look and self._file.moved()):
            return True
        due = self._memory.take()
        try:
            self._save(place, due)
        except Exception as fault:  # whatever it is, the next change is to be kept
            self._memory.back(due)
            reason = "the disk is full" if place.full else why(fault)
            self._say(f"{self.file}: not written: {reason}; tried again every second, nothing is lost meanwhile")
            return False
        return True

    def _save(self, place: Place, due: Due) -> None:
        """Write; on a full disk with the reserve.  Raises sqlite3.Error, OSError."""
        spent = ""
        try:
            said = self._file.write(due.batch, self._memory.everything)
        except (sqlite3.Error, OSError):
            if not place.spend_reserve():
                raise
            said = self._file.write(due.batch, self._memory.everything)
            spent = f"{self.file}: the disk is full: this was written with the last reserve; free some of it"
        place.testify(self._file.turn, self._memory.freshened(due, self._file.turn))
        self._memory.written(due, self._file.turn)
        over, self._trouble = self._trouble, ""
        if over:
            _log.warning("%s: written again", self.file)
        if said:
            _log.error("%s", said)
        if spent:
            self._say(spent)

    def _tidy(self, place: Place, quiet: bool) -> bool:
        """Between changes: the -wal is emptied, reserve and backup are made; whether all is done.

        Where there is never quiet, they are made all the same after BUSY_S.
        """
        try:
            done = self._file.rest(quiet)
            if not quiet and time.monotonic() - self._tidied_s < BUSY_S:
                return done
            self._tidied_s = time.monotonic()
            place.claim()
        except sqlite3.Error as fault:
            self._say(f"{self.file}: its -wal cannot be emptied: {why(fault)}; mend its disk")
            return False
        except OSError as fault:
            self._say(cannot(place, fault))
            return False
        reserved = place.keep_reserve()
        if reserved:  # what was wrong is over: the disk takes something and has room
            self._trouble = ""
        self._back_up(place)
        return done and reserved

    def _back_up(self, place: Place) -> None:
        """Make a backup, if it is time for one."""
        base, words = self._file.base, ""

        def between() -> None:
            if self._memory.waiting:
                self._write_news(place)
            if self._file.base is not base:
                raise OSError(errno.ESTALE, "the file was replaced meanwhile")

        if base is None or not self._backups.due(self._file.turn):
            return
        try:
            if not self._backups.make(base, self._file.turn, between):
                words = f"{self.file}: no backup: its disk has no room for one; free some of it"
        except Unsound as fault:
            self._file.distrust(f"a copy of it is damaged: {fault}")
            self._wake.set()
        except (sqlite3.Error, OSError) as fault:
            words = f"{self.file}: no backup: {why(fault)}; mend its disk"
        said, self._unsafe = self._unsafe, words
        if words and words != said:
            _log.error("%s", words)

    def _say(self, words: str) -> None:
        """The alarm first: whoever reads the log and asks finds it."""
        said, self._trouble = self._trouble, words
        if words != said:
            _log.error("%s", words)


def _held(rows: Rows) -> dict[str, object]:
    """The values by path; one that is no JSON costs itself, and is told."""
    out: dict[str, object] = {}
    for path, (_, text) in sorted(rows.values.items()):
        try:
            out[path] = json.loads(text)
        except (ValueError, RecursionError):
            _log.error("%s: what is stored is no value; left out", plain(path))
    return out
