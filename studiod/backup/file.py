"""A desk in one file: an SQLite database of the same tables as the store's (docs/rack.md), which may take its place.

Written whole or not at all, over nothing that is there; read and looked through before anything of it counts.  All of
it waits for a disk: never on the desk's loop.
"""

import json
import os
import re
import sqlite3
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from studiod.backup.record_look import MOVES_BYTES, piece_sound, sound, too_much
from studiod.files.plain_file import opened
from studiod.memory.shelf import MOST
from studiod.multitrack import automation_kept
from studiod.store.file import ANEW, TAILS, Batch, written
from studiod.store.read import Damaged, whole
from studiod.store.rows import Key, Record, label

SUFFIX = ".studiod"
MOST_BYTES = 256 << 20
STRAY = re.compile(rf"\..*{re.escape(SUFFIX)}\.[0-9]+\.part({'|'.join(TAILS)})?", re.DOTALL)
MAGIC = b"SQLite format 3\0"  # how every such file begins
ANOTHER = "nothing was changed; name another"
BOUNDED = ("scene", "preset", "marker")


class BackupFault(Exception):
    """Why a file cannot be written or taken, and what to do: for people."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(why)
        self.why, self.remedy = why, remedy


@dataclass(frozen=True)
class Kept:
    """What a backup holds.  values: by path; records and pieces: as the store has them; odd: for people, what of it
    nobody could read, and is left out."""

    values: dict[str, object]
    records: dict[Key, Record]
    pieces: dict[Key, list[bytes]]
    odd: list[str]


def write(file: Path, batch: Batch) -> None:
    """Raises BackupFault; then there is no such file, or the one that was there."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        if os.path.lexists(file):
            raise FileExistsError
        batch.gone[ANEW] = 1
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
        try:
            written(part, batch, 1)
            _named(part, file)
        finally:
            for tail in ("", *TAILS):
                part.with_name(part.name + tail).unlink(missing_ok=True)
    except FileExistsError:
        raise BackupFault("there is such a file", "name another one, or move it away") from None
    except FileNotFoundError:
        raise BackupFault("there is no such folder", "make it first, or name another one") from None
    except ValueError as fault:
        raise BackupFault(f"no file can have this name: {fault}", "name it otherwise") from None
    except OSError as fault:
        raise BackupFault(f"it cannot be written: {fault.strerror}", "name another folder, or free its disk") from None
    except sqlite3.Error as fault:
        raise BackupFault(f"it cannot be written: {fault}", "name another folder, or free its disk") from None


def _named(part: Path, file: Path) -> None:
    """Give a file its name, in the place of no other.  Raises OSError."""
    try:
        os.link(part, file)
    except FileExistsError:
        raise
    except OSError:  # a disk without links, a stick
        if os.path.lexists(file):
            raise FileExistsError from None
        part.rename(file)


def read(file: Path) -> Kept:
    """What a plain file holds, all of it looked through.  Raises BackupFault."""
    try:
        with open(opened(file), "rb") as found:
            image = found.read(len(MAGIC)) if os.fstat(found.fileno()).st_size else b""
            if image == MAGIC:  # else maybe none on a disk: some of /proc give what they have only once
                image += found.read(MOST_BYTES + 1 - len(MAGIC))
    except FileNotFoundError:
        raise BackupFault("there is no such file", "/backup makes one") from None
    except OSError as fault:
        raise BackupFault(str(fault.strerror), "name a file that /backup has made") from None
    if not image.startswith(MAGIC):
        raise BackupFault("not a backup of a desk, or damaged: it does not begin like one", ANOTHER)
    if len(image) > MOST_BYTES:
        raise BackupFault(f"it is larger than {MOST_BYTES >> 20} MiB", "name a file that /backup has made")
    try:
        rows = whole(image)
        values = {path: json.loads(text) for path, (_, text) in sorted(rows.values.items())}
    except (Damaged, sqlite3.Error, ValueError, RecursionError) as fault:
        raise BackupFault(f"not a backup of a desk, or damaged: {fault}", ANOTHER) from None
    if not values:
        raise BackupFault("it holds no desk", ANOTHER)
    every = {key: (head, packed) for key, (_, head, packed) in sorted(rows.records.items())}
    moves = (packed for (kind, _), (_, packed) in every.items() if kind == automation_kept.KIND)
    if too_much(chain(moves, (packed for _, packed in rows.pieces.values()))):
        raise BackupFault(f"its moves are larger than {MOVES_BYTES >> 20} MiB", ANOTHER)
    records = {key: record for key, record in every.items() if sound(key, record)}
    odd = [label(key) for key in every if key not in records]
    for kind, count in Counter(kind for kind, _ in records).items():
        if kind in BOUNDED and count > MOST:
            raise BackupFault(f"it holds {count} records of the kind {kind}; at most {MOST}", "nothing was changed")
    pieces: dict[Key, list[bytes]] = {}
    for (kind, name, _), (_, packed) in sorted(rows.pieces.items()):
        if piece_sound(packed):
            pieces.setdefault((kind, name), []).append(packed)
        else:
            odd.append(f"a piece of {label((kind, name))}")
    return Kept(values, records, pieces, odd)


def strays(folder: Path) -> list[Path]:
    """What was left in a folder by a studiod that was killed while it wrote there."""
    return [file for file in folder.glob(f".*{SUFFIX}.*.part*") if STRAY.fullmatch(file.name)]
