"""What a start finds in the folder of the store.  It only reads, but for the lock, where that can be made."""

import contextlib
import errno
import os
from pathlib import Path

from studiod.errors import Fault
from studiod.store.backups import backups_of
from studiod.store.merge import Start, merged
from studiod.store.place import LOCK, Held, Place
from studiod.store.read import Read, read
from studiod.store.rows import Rows
from studiod.texts import plain

NOT_OURS = (errno.EACCES, errno.EPERM, errno.ENOTDIR)  # nothing is wrong with the file: it is left alone
LOCKS, PROCESSES = Path("/proc/locks"), Path("/proc")
WHO_MAX = 100  # characters of a command line


class Shared(Fault):
    """Another studiod keeps its state in the folder: two of them would undo each other's."""

    code = 1


def begin(place: Place) -> Start:
    """The file, what its backups have beyond it, and what is told of it.  Raises Shared."""
    refused = ""
    try:
        place.claim()
    except Held:
        told = f"{place.folder}: another studiod keeps its state there{holder(place.folder / LOCK)}"
        raise Shared(f"{told}; end that one, or give this one a folder of its own: --state DIR") from None
    except OSError as fault:
        refused = cannot(place, fault)
    witness = place.witness()
    try:
        main: Read | None = _newest(place, read(place.file))
    except OSError as fault:
        if fault.errno in NOT_OURS:
            return _barred(place, fault)
        main = Read(Rows(), why=f"it cannot be read: {fault.strerror}")
    start = merged(place.file, main, [], witness)
    if start.damaged or main is None:
        start = merged(place.file, main, backups_of(place.file), witness)
    if refused:
        start.lines.append(refused)
        start.refused = refused
    return start


def _newest(place: Place, main: Read | None) -> Read | None:
    """The file, or the one that was made whole to take its place when the lights went out."""
    with contextlib.suppress(OSError):
        fresh = read(place.file.with_name(f"{place.file.name}.new"))
        if fresh is not None and fresh.whole and (main is None or fresh.rows.turn > main.rows.turn):
            return Read(fresh.rows, version=1)  # to be made anew, like one of older tables
    return main


def _barred(place: Place, fault: OSError) -> Start:
    told = (
        f"{place.file}: cannot be used: {why(fault)}; this session begins without it and leaves nothing in it; "
        "mend its folder, then start again"
    )
    return Start(Rows(), sound=True, barred=True, lines=[told], alarm=told)


def holder(lock: Path) -> str:
    """Which process has a file locked, where the system tells: " (process 123: studiod run)"."""
    with contextlib.suppress(OSError, ValueError):
        found = os.stat(lock)
        file = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
        rows = [row.split() for row in LOCKS.read_text().splitlines()]
        (process,) = {row[4] for row in rows if row[1:2] == ["FLOCK"] and row[5:6] == [file]}
        words = (PROCESSES / process / "cmdline").read_bytes().split(b"\0")
        return f" (process {process}: {plain(os.fsdecode(b' '.join(words)).strip(), WHO_MAX)})"
    return ""


def cannot(place: Place, fault: Exception) -> str:
    """What is told while a place takes nothing."""
    return f"{place.file}: cannot be written: {why(fault)}; nothing new is kept until that is mended"


def why(fault: Exception) -> str:
    return getattr(fault, "strerror", None) or str(fault)
