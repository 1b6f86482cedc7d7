"""What survives the daemon: the desk's values, its scenes and presets, in one SQLite file.

The desk's thread reads it once, before its loop runs.  From then on a thread of its own owns the file: the loop notes
what has changed and goes on, and all that came within GATHER_S is one transaction, on the disk when it is over.
"""

import contextlib
import fcntl
import json
import logging
import sqlite3
import threading
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import IO

from studiod.laws import short

FILE = "studiod.sqlite"
VERSION = 1  # of the tables, in the file's user_version
GATHER_S = 0.05  # a change is on the disk 250 ms after it was made: this, and the writing
AGAIN_S = 1.0  # a disk that is full, or a file that another program holds, is tried again
LOCK_S = 0.2
CLOSE_S = 1.0  # a stop promises to be over in 2 s
TABLES = """
CREATE TABLE IF NOT EXISTS state (path TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept (
    kind TEXT, name TEXT, head TEXT NOT NULL, packed BLOB NOT NULL, PRIMARY KEY (kind, name)
);
"""  # value, head: JSON; packed: JSON through zlib
Record = tuple[str, bytes]  # head, packed
_log = logging.getLogger(__name__)


class Unusable(Exception):
    """The file is not what it should be."""


class Store:
    """One file.  `fault` says why it could not be used, `state` and `records` what was in it."""

    def __init__(self, folder: Path | None) -> None:
        """folder None: nothing survives, and nothing is said about it."""
        self.fault = ""
        self.file = folder / FILE if folder else None
        self.state: dict[str, object] = {}
        self.records: dict[tuple[str, str], Record] = {}
        self._claim: IO[str] | None = None
        self._lasts = False
        self._base = self._opened()
        self._news: dict[str, object] = {}
        self._jobs: list[tuple[str, tuple[object, ...]]] = []
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._over = False
        self._told = ""
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)
        self._thread.start()

    # -- the desk's thread -------------------------------------------------------------------------------------------

    def note(self, news: Mapping[str, object]) -> None:
        """Values to be written; the newest of a path counts."""
        with self._lock:
            self._news.update(news)
        self._wake.set()

    def put(self, kind: str, name: str, record: Record) -> None:
        self._job("INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?)", (kind, name, *record))

    def drop(self, kind: str, name: str) -> None:
        self._job("DELETE FROM kept WHERE kind = ? AND name = ?", (kind, name))

    def _job(self, order: str, words: tuple[object, ...]) -> None:
        with self._lock:
            self._jobs.append((order, words))
        self._wake.set()

    def close(self) -> bool:
        """Write what is left, and let go of the file; whether all of it is on the disk now.

        A disk that stands still is waited for no longer than CLOSE_S.
        """
        self._over = True
        self._wake.set()
        self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            _log.error("%s: the disk takes longer than %g s; the last changes may be lost", self.file, CLOSE_S)
            return False
        self._base.close()
        if self._claim is not None:
            self._claim.close()
        return self._lasts and not (self._news or self._jobs)

    # -- opening -----------------------------------------------------------------------------------------------------

    def _opened(self) -> sqlite3.Connection:
        """The file, a new one beside a damaged one, or memory; what is in it has been read."""
        if self.file is not None:
            try:
                self._claim_it()
                try:
                    return self._read(self.file)
                except (Unusable, sqlite3.DatabaseError, ValueError) as fault:
                    if isinstance(fault, sqlite3.OperationalError):  # locked, read-only, no room: not damaged
                        raise
                    self._set_aside(fault)
                    return self._read(self.file)
            except (OSError, sqlite3.Error) as fault:
                why = "another program holds it" if "locked" in str(fault) else str(fault)
                self.fault = (
                    f"{self.file}: cannot be used: {why}; this session begins without it and leaves nothing in it; "
                    "end the other program or mend its folder, then start again"
                )
                self.state, self.records = {}, {}
        return self._read(None)

    def _claim_it(self) -> None:
        """One daemon a file.  Raises OSError."""
        assert self.file is not None
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self._claim = self.file.with_suffix(".lock").open("w", encoding="ascii")
        try:
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError("locked") from None

    def _read(self, file: Path | None) -> sqlite3.Connection:
        """Open and read.  Raises Unusable, ValueError, sqlite3.Error."""
        base = sqlite3.connect(file or ":memory:", timeout=LOCK_S, check_same_thread=False, isolation_level=None)
        try:
            base.execute("PRAGMA journal_mode = WAL")
            base.execute("PRAGMA synchronous = FULL")
            (version,) = base.execute("PRAGMA user_version").fetchone()
            if version > VERSION:
                raise Unusable(f"it is of a newer studiod (tables {version}, known are {VERSION})")
            (sound,) = base.execute("PRAGMA quick_check(1)").fetchone()
            if sound != "ok":
                raise Unusable(sound)
            base.executescript(f"BEGIN IMMEDIATE; {TABLES} PRAGMA user_version = {VERSION}; COMMIT")
            self.state = {str(path): json.loads(value) for path, value in base.execute("SELECT path, value FROM state")}
            rows = base.execute("SELECT kind, name, head, packed FROM kept ORDER BY kind, name")
            self.records = {(kind, name): (head, packed) for kind, name, head, packed in rows}
        except BaseException:
            base.close()
            raise
        self._lasts = file is not None
        return base

    def _set_aside(self, fault: Exception) -> None:
        assert self.file is not None
        aside = self.file.with_name(f"{FILE}.damaged-{datetime.now():%Y%m%d-%H%M%S}")
        for tail in ("", "-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):
                self.file.with_name(FILE + tail).rename(aside.with_name(aside.name + tail))
        self.state, self.records = {}, {}
        self.fault = f"{self.file}: damaged: {fault}; kept aside as {aside}; this session begins with a new one"

    # -- the store's thread ------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            self._wake.wait()
            if not self._over:
                time.sleep(GATHER_S)
            self._wake.clear()
            over = self._over
            with self._lock:
                news, self._news = self._news, {}
                jobs, self._jobs = self._jobs, []
            try:
                self._write(news, jobs)
            except sqlite3.Error as fault:
                with self._lock:
                    self._news = news | self._news
                    self._jobs = jobs + self._jobs
                self._tell(f"{self.file}: not written: {fault}; tried again every second, nothing is lost meanwhile")
                if not over:
                    time.sleep(AGAIN_S)
                    self._wake.set()
            else:
                self._told = ""
            if over:
                return

    def _write(self, news: dict[str, object], jobs: list[tuple[str, tuple[object, ...]]]) -> None:
        if not (news or jobs):
            return
        base = self._base
        base.execute("BEGIN IMMEDIATE")
        try:
            rows = [(path, json.dumps(short(value), ensure_ascii=False)) for path, value in news.items()]
            base.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", rows)
            for order, words in jobs:
                base.execute(order, words)
            base.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):
                base.execute("ROLLBACK")
            raise

    def _tell(self, words: str) -> None:
        if words != self._told:
            self._told = words
            _log.error("%s", words)
