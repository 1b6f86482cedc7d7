"""Reads one file of the store without writing a byte beside it: by SQLite where all is well, row by row where not.

The file and its -wal are read as they lie; SQLite gets a copy in memory.  What it finds fault with, or what has a wrong
sum anywhere, is searched page by page, in every version of each page that file and -wal hold: the newest row of each
key with a right sum counts.
"""

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from studiod.store.cells import Cell, cells
from studiod.store.pages import Frame, frames_of, laid_over
from studiod.store.rows import COLUMNS, PAGE_BYTES, TABLES, VERSION, Key, Rows, looked_at, unpacked

SHAPES = {(4, (True, True, False, False)): "state", (6, (True, True, True, False, False, False)): "kept",
          (6, (True, True, False, False, False, False)): "pieces",
          (5, (False, True, True, False, False)): "gone"}  # fmt: skip
V1_TABLES = {"state", "kept"}
OTHER = "its tables are not those of this studiod"
ROWS = "rows are not what was written"
UNREAD = (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN)  # the disk, and not what is on it
PAGES_HELD = 32  # of a copy, while it is looked at
Name = str | Key


class Damaged(Exception):
    """What is wrong with a file, in words."""


@dataclass
class Read:
    """What was found in a file.  whole: nothing of it is damaged; version: of its tables.

    names: what an index says is there; hurt: what was found with a wrong sum, and the turn that it was of, as far as it
    can be read.
    """

    rows: Rows
    version: int = VERSION
    why: str = ""
    names: set[Name] = field(default_factory=set)
    hurt: dict[Name, int] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        return not self.why


def read(file: Path) -> Read | None:
    """What is in a file and in the -wal beside it; None: neither is there.  Raises OSError: it cannot be read."""
    parts = []
    for tail in ("", "-wal"):
        try:
            parts.append(file.with_name(file.name + tail).read_bytes())
        except FileNotFoundError:
            parts.append(b"")
    if not any(parts):
        return None
    frames, sane = frames_of(parts[1])
    try:
        if not sane:
            raise Damaged("pages of its -wal are not what was written")
        return _by_sqlite(laid_over(parts[0], frames))
    except (Damaged, sqlite3.Error, ValueError) as fault:
        found = _by_page(parts[0], frames)
        found.why = str(fault) or "SQLite cannot read it"
        return found


def flaw(copy: Path) -> str:
    """Why a file without a -wal is not what was written; "" where it is.  It is looked at where it lies, row by row:
    nothing of it is held, however large it is.  Raises sqlite3.Error: it cannot be read."""
    try:
        with contextlib.closing(sqlite3.connect(f"{copy.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            base.execute(f"PRAGMA cache_size = {PAGES_HELD}")
            if _version(base) != VERSION:
                return OTHER
            for table, columns in COLUMNS.items():
                found = looked_at(table, base.execute(f"SELECT {columns}, turn, sum FROM {table}"))
                if any(held is None for _, _, held in found):
                    return ROWS
    except (Damaged, sqlite3.Error, ValueError) as fault:
        if getattr(fault, "sqlite_errorcode", 0) & 0xFF in UNREAD:
            raise
        return str(fault) or "SQLite cannot read it"
    return ""


def whole(image: bytes) -> Rows:
    """All that one file of its own holds, given its bytes.  Raises Damaged, sqlite3.Error, ValueError: it is none, or
    is not what was written."""
    found = _by_sqlite(laid_over(image, []))
    if not found.whole:
        raise Damaged(found.why)
    return found.rows


# -- by SQLite -------------------------------------------------------------------------------------------------------


def _by_sqlite(image: bytes) -> Read:
    """Raises Damaged, sqlite3.Error, ValueError."""
    with contextlib.closing(sqlite3.connect(":memory:")) as base:
        base.deserialize(image)
        if _version(base) == 1:
            return _version_1(base)
        rows = Rows()
        for table, columns in COLUMNS.items():
            if rows.take(table, base.execute(f"SELECT {columns}, turn, sum FROM {table}")):
                raise Damaged(ROWS)
        return Read(rows)


def _version(base: sqlite3.Connection) -> int:
    """Of the tables in a base that SQLite finds no fault with.  Raises Damaged, sqlite3.Error."""
    base.text_factory = bytes
    base.execute("PRAGMA cell_size_check = ON")
    (sound,) = base.execute("PRAGMA integrity_check(1)").fetchone()
    if sound != b"ok":
        raise Damaged(sound.decode("ascii", "replace").splitlines()[-1])
    tables = {name.decode(): sql.decode() for name, sql in
              base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")}  # fmt: skip
    if tables.keys() == V1_TABLES:
        return 1
    if tables != TABLES:
        raise Damaged(OTHER)
    (version,) = base.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        raise Damaged(f"it says that it is of another studiod (tables {version}, known are {VERSION})")
    return VERSION


def _version_1(base: sqlite3.Connection) -> Read:
    """Tables without sums: each row is looked at for itself."""
    out = Read(Rows(), 1)
    for row in base.execute("SELECT path, value FROM state"):
        _old(out, row)
    for row in base.execute("SELECT kind, name, head, packed FROM kept"):
        _old(out, row)
    if out.hurt:
        out.why = ROWS
    return out


def _old(out: Read, row: Sequence[Any]) -> None:
    """A row of version 1, texts as bytes: taken if it makes sense."""
    key: Name = str(bytes(row[0]), "utf-8", "replace")
    try:
        *texts, last = row
        words = [part.decode() for part in texts]
        if not texts[1:]:
            json.loads(last)
            out.rows.values[words[0]] = 0, last.decode()
            return
        key = str(key), str(bytes(row[1]), "utf-8", "replace")
        if not isinstance(json.loads(words[2]), dict) or not isinstance(json.loads(unpacked(last)), dict):
            raise ValueError("not what a record holds")
        out.rows.records[words[0], words[1]] = 0, words[2], last
    except (ValueError, RecursionError, zlib.error):
        out.hurt[key] = 0


# -- page by page ----------------------------------------------------------------------------------------------------


class _Pages:
    """Every version of each page."""

    def __init__(self, file: bytes, frames: list[Frame]) -> None:
        self.file, self.frames = file, frames
        self.count = len(file) // PAGE_BYTES
        self.ends: list[int] = []  # of each frame: the last one of its transaction
        end = len(frames) - 1
        for k in range(len(frames) - 1, -1, -1):
            end = k if frames[k].size else end
            self.ends.append(end)
        self.ends.reverse()

    def page(self, number: int, until: int) -> bytes | None:
        """As it was after a frame; -1: as it is in the file."""
        for frame in reversed(self.frames[: until + 1]):
            if frame.page == number and frame.good:
                return frame.data
        found = self.file[(number - 1) * PAGE_BYTES : number * PAGE_BYTES] if 0 < number <= self.count else None
        return found or None

    def all(self) -> Iterable[tuple[int, int, bytes, bool]]:
        """Number, the frame it is of, the page, and whether nothing newer has its place."""
        newest = {frame.page: k for k, frame in enumerate(self.frames)}
        for number in range(1, self.count + 1):
            yield number, -1, self.file[(number - 1) * PAGE_BYTES : number * PAGE_BYTES], number not in newest
        for k, frame in enumerate(self.frames):
            yield frame.page, k, frame.data, newest[frame.page] == k


def _by_page(file: bytes, frames: list[Frame]) -> Read:
    out, pages = Read(Rows()), _Pages(file, frames)
    listed: dict[tuple[str, int], Name] = {}  # what an index calls a row of a table
    whole: set[tuple[str, int]] = set()
    hurt: dict[tuple[str, int], tuple[Name, int]] = {}
    for number, at, page, newest in pages.all():
        until = pages.ends[at] if at >= 0 else -1
        for cell in cells(page, number, lambda wanted, until=until: pages.page(wanted, until))[0]:  # type: ignore[misc]
            if cell.index:
                if newest:
                    _from_index(out, cell, listed)
                continue
            table = SHAPES.get((len(cell.columns), cell.texts))
            if table is None:
                if newest and len(cell.columns) == 4 and cell.texts == (True, True, True, False):
                    _old(out, cell.columns)
                    out.version = 1
                continue
            row = cell.columns[1:] if table == "gone" else cell.columns
            if not out.rows.take(table, [row]):
                whole.add((table, cell.rowid))
            elif cell.listed and (newest or (at >= 0 and not frames[at].good)) and table != "gone":
                hurt[table, cell.rowid] = _called(table, row), _turn(row)
    for place, (name, turn) in hurt.items():
        out.hurt[listed.get(place, name)] = turn
    out.names |= {name for place, name in listed.items() if place not in whole}
    return out


def _from_index(out: Read, cell: Cell, listed: dict[tuple[str, int], Name]) -> None:
    """A key of an index, or a value of version 1, whose table was one."""
    *words, rowid = cell.columns
    if cell.texts == (True, True):
        _old(out, cell.columns)
        out.version = 1
    elif cell.texts in ((True, False), (True, True, False)) and isinstance(rowid, int):
        names = [str(part, "utf-8", "replace") for part in words if isinstance(part, bytes)]
        table = "state" if len(names) == 1 else "kept"
        listed[table, rowid] = names[0] if len(names) == 1 else (names[0], names[1])


def _called(table: str, row: Sequence[Any]) -> Name:
    words = [str(part, "utf-8", "replace") for part in row[:2]]
    return words[0] if table == "state" else (words[0], words[1])


def _turn(row: Sequence[Any]) -> int:
    return row[-2] if isinstance(row[-2], int) else 0
