"""The file of the store while it is written: transactions, checkpoints, and the whole file made anew from memory.

On the store's thread.  Before and after each transaction it is looked at where the path leads.  Where the file was
renamed, deleted or replaced, it is made anew at its path, and what has its place by then is kept aside.
"""

import contextlib
import os
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from studiod.store.place import RESERVE_BYTES, Identity, Place, identity, sync_folder
from studiod.store.rows import (
    DROP_PIECES,
    DROP_RECORD,
    FORGET_GONE,
    PAGE_BYTES,
    PUT_GONE,
    PUT_PIECE,
    PUT_RECORD,
    PUT_VALUE,
    TABLES,
    VERSION,
    Key,
    Record,
    summed,
)

LOCK_S = 0.2  # how long another program's transaction is waited for
WAL_MOST_BYTES = 512 << 10
ASIDE_MOST = 8  # damaged files that are kept
ANEW = ("file", "made anew")
TAILS = ("-wal", "-shm", "-journal")


@dataclass
class Batch:
    """What one transaction writes.  values: JSON by path; records: None to delete; pieces: from a part's number on."""

    values: dict[str, str] = field(default_factory=dict)
    records: dict[Key, Record | None] = field(default_factory=dict)
    pieces: dict[Key, tuple[int, list[bytes]]] = field(default_factory=dict)
    gone: dict[Key, int] = field(default_factory=dict)  # when the file is made anew: deleted before

    def __bool__(self) -> bool:
        return bool(self.values or self.records or self.pieces or self.gone)


class StoreFile:
    """One file in a place.  Its methods raise sqlite3.Error, OSError."""

    def __init__(self, place: Place, turn: int, sound: bool, damaged: bool) -> None:
        """turn: of the newest transaction in it; sound: it may be written on; damaged: else it is to be kept aside."""
        self.place, self.turn = place, turn
        self.sound, self._damaged = sound, damaged
        self.base: sqlite3.Connection | None = None
        self._identity: Identity = identity(place.file)
        self._wal: Identity = None  # None too: nothing was written yet
        self._left_wal: Identity = None  # of the file that has moved
        self._why = ""  # it has to be made anew

    # -- transactions ------------------------------------------------------------------------------------------------

    def write(self, batch: Batch, everything: Callable[[], Batch]) -> str:
        """Write a transaction, on the disk when it is over; everything: for a file that has to be made anew.

        What is to be told of it, "" for nothing.
        """
        self.place.claim()
        if self.sound and not self.moved():
            try:
                self._insert(batch)
            except sqlite3.OperationalError as fault:  # locked, no room, read-only: not damaged
                code = getattr(fault, "sqlite_errorcode", 0)
                if code & 0xFF == sqlite3.SQLITE_IOERR and self.place.free_bytes() > RESERVE_BYTES:
                    self.distrust(f"it cannot be written: {fault}")  # a file anew may lie where the disk still works
                raise
            except sqlite3.DatabaseError as fault:
                self.distrust(f"damaged while it was in use: {fault}")
            else:
                self.turn += 1
        if self.sound and not self.moved():
            return ""
        return self._made_anew(everything())

    def _insert(self, batch: Batch) -> None:
        _transaction(self._open(), batch, self.turn + 1)
        if self._wal is None:
            self._wal = identity(self._tail("-wal"))

    def _open(self) -> sqlite3.Connection:
        if self.base is None:
            self.base = _connected(self.place.file)
            self.base.execute("PRAGMA journal_mode = WAL")
        return self.base

    def moved(self) -> bool:
        """Whether the path leads elsewhere by now: then nothing more is written to what it led to."""
        found = identity(self.place.file)
        has_wal = self._wal is None or identity(self._tail("-wal")) == self._wal
        if not self.sound or (found == self._identity and has_wal):
            return False
        words = {self._identity: "its -wal was deleted", None: "it was deleted, or its folder was renamed"}
        self._why = words.get(found, "another file has its place")
        self._left_wal = self._wal
        self._drop()
        self.sound = False
        return True

    def distrust(self, why: str) -> None:
        """Write on a new one: this one is not what was written."""
        self._drop()
        self.sound, self._damaged, self._why = False, True, why

    def _tail(self, tail: str) -> Path:
        return self.place.file.with_name(self.place.file.name + tail)

    def rest(self, quiet: bool) -> bool:
        """Empty the -wal into the file, if there was quiet, or much is in it; whether that was done or not needed.

        Another program that reads may hold it up: then the next time.
        """
        try:
            size = self._tail("-wal").stat().st_size
        except OSError:
            return True
        if self.base is None or not size or not (quiet or size > WAL_MOST_BYTES):
            return True
        if self.moved():
            return False
        (busy, _, _) = self.base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def close(self) -> None:
        """Let go of it, its -wal emptied; where another file has its place, that is left alone."""
        with contextlib.suppress(sqlite3.Error, OSError):
            self.rest(quiet=True)
        self._drop()

    def _drop(self) -> None:
        if self.base is not None:
            with contextlib.suppress(sqlite3.Error):
                self.base.close()
        self.base, self._wal = None, None

    # -- made anew ---------------------------------------------------------------------------------------------------

    def _made_anew(self, batch: Batch) -> str:
        """The file as memory has it, whole at its path or not at all; what was there and is damaged is kept aside."""
        file, part, ready = self.place.file, self._tail(".part"), self._tail(".new")
        part.unlink(missing_ok=True)
        batch.gone[ANEW] = self.turn + 1  # a file without a row would say that it is of no turn
        written(part, batch, self.turn + 1)
        part.replace(ready)
        sync_folder(file.parent)
        aside = self._out_of_the_way()
        ready.replace(file)
        sync_folder(file.parent)
        self._identity = identity(file)
        self.turn += 1
        told = [*filter(None, [self._why]), *([f"kept aside as {aside}"] if aside is not None else [])]
        self.sound, self._damaged, self._why = True, False, ""
        with contextlib.suppress(sqlite3.Error):
            self._open()
        return f"{file}: {'; '.join(told)}; made anew from memory" if told else ""

    def _out_of_the_way(self) -> Path | None:
        """Put what stands at the path under another name, where it may be of use; that name."""
        file = self.place.file
        foreign = identity(file) not in (None, self._identity)
        kind = "damaged" if self._damaged else "replaced" if foreign else ""
        aside = free_name(file, kind) if kind and file.exists() else None
        for tail in (*TAILS, ""):  # the file last: it is nothing without its -wal
            one = self._tail(tail)
            ours = tail == "-wal" and identity(one) == self._left_wal is not None  # nothing to a file of others
            with contextlib.suppress(FileNotFoundError):
                if aside is not None and tail != "-shm" and not ours:
                    one.rename(aside.with_name(aside.name + tail))
                elif tail:
                    one.unlink()
        if aside is not None:
            limit_aside(file, ASIDE_MOST)
        return aside


def written(file: Path, batch: Batch, turn: int) -> None:
    """A file of its own that holds a batch and nothing else, on the disk.  Raises sqlite3.Error, OSError."""
    with contextlib.closing(_connected(file)) as base:
        base.execute(f"PRAGMA page_size = {PAGE_BYTES}")
        base.execute("PRAGMA journal_mode = OFF")
        base.execute("PRAGMA synchronous = OFF")
        base.executescript(f"BEGIN; {'; '.join(TABLES.values())}; PRAGMA user_version = {VERSION}; COMMIT")
        _transaction(base, batch, turn)
    synced(file)


def free_name(file: Path, kind: str) -> Path:
    """studiod.sqlite.damaged-20261129-101203, a name that nothing has."""
    stem = f"{file.name}.{kind}-{datetime.now():%Y%m%d-%H%M%S}"
    names = (file.with_name(stem + tail) for tail in ("", *(f".{n}" for n in range(2, 1000))))
    return next(name for name in names if not name.exists())


def limit_aside(file: Path, most: int) -> None:
    """Keep the newest of those that were put aside: a disk that damages much should not be filled by it."""
    found = [path for kind in ("damaged", "replaced") for path in file.parent.glob(f"{file.name}.{kind}-*")]
    stems = [path for path in found if not path.name.endswith(TAILS)]
    for old in sorted(stems, key=lambda path: path.name.rpartition("d-")[2])[:-most]:
        for tail in ("", *TAILS):
            with contextlib.suppress(OSError):
                old.with_name(old.name + tail).unlink(missing_ok=True)


def synced(file: Path) -> None:
    """On the disk.  Raises OSError."""
    opened = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _connected(file: Path) -> sqlite3.Connection:
    base = sqlite3.connect(file, timeout=LOCK_S, check_same_thread=False, isolation_level=None)
    for words in ("synchronous = FULL", "wal_autocheckpoint = 0", "secure_delete = ON"):
        base.execute(f"PRAGMA {words}")  # secure_delete: what was deleted is not found again by a search of the pages
    return base


def _transaction(base: sqlite3.Connection, batch: Batch, turn: int) -> None:
    base.execute("BEGIN IMMEDIATE")
    try:
        base.executemany(PUT_VALUE, (summed("state", pair, turn) for pair in batch.values.items()))
        for key, record in batch.records.items():
            base.execute(DROP_PIECES, key)
            if record is None:
                base.execute(DROP_RECORD, key)
                base.execute(PUT_GONE, summed("gone", key, turn))
            else:
                base.execute(PUT_RECORD, summed("kept", (*key, *record), turn))
        for key, (first, pieces) in batch.pieces.items():
            rows = (summed("pieces", (*key, first + k, piece), turn) for k, piece in enumerate(pieces))
            base.executemany(PUT_PIECE, rows)
        base.executemany(PUT_GONE, (summed("gone", key, of) for key, of in batch.gone.items()))
        if batch.gone or None in batch.records.values():
            base.execute(FORGET_GONE)
        base.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            base.execute("ROLLBACK")
        raise
