"""The folder of the store: who owns it, whether its file is still the one that was opened, what room is left, and what
was written last.

The lock's file holds a witness: the turn of the newest transaction and what it and those before it have changed.  It is
written over in place after each of them.  A -wal that is cut short looks whole: the witness says what it had.
"""

import contextlib
import errno
import fcntl
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path

from studiod.store.rows import Key

FILE, LOCK, RESERVE = "studiod.sqlite", "studiod.lock", "studiod.reserve"
RESERVE_BYTES = 256 << 10
FULL_BYTES = 64 << 10  # less than that, and what fails does so for it
WITNESS_BYTES = 16 << 10
FRESH_MOST = 300  # names in the witness
Name = str | Key
Identity = tuple[int, int] | None  # device and inode


@lru_cache(1024)
def _quoted(name: Name) -> str:
    """Its kind and itself, as JSON has them."""
    return ", ".join(json.dumps(part) for part in (("", name) if isinstance(name, str) else name))


class Held(OSError):
    """Another studiod owns the folder."""


@dataclass(frozen=True)
class Witness:
    """turn: of the newest transaction; fresh: the turn of each record, and of the values that were changed last."""

    turn: int = 0
    fresh: Mapping[Name, int] = field(default_factory=dict)


def identity(file: Path) -> Identity:
    """Which file a path leads to; None: to none."""
    with contextlib.suppress(OSError):
        found = os.stat(file)
        return found.st_dev, found.st_ino
    return None


def sync_folder(folder: Path) -> None:
    """What was renamed in a folder stays renamed when the lights go out.  Raises OSError."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(place)
    finally:
        os.close(place)


class Place:
    """One folder.  All but `witness` is for the store's thread, once that runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / FILE
        self._lock = -1
        self._identity: Identity = None

    # -- who owns it -------------------------------------------------------------------------------------------------

    def claim(self) -> None:
        """Own the folder, made if it is not there.  Raises Held, OSError."""
        if self._lock >= 0 and identity(self.folder / LOCK) == self._identity is not None:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise Held(errno.EBUSY, "another program holds it", str(self.file)) from None
        except OSError:
            os.close(lock)
            raise
        self.release()
        self._lock, self._identity = lock, identity(self.folder / LOCK)

    def release(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
        self._lock = -1

    # -- the witness -------------------------------------------------------------------------------------------------

    def witness(self) -> Witness:
        """What the folder's last owner wrote last; nothing, where that cannot be read."""
        try:
            data = (self.folder / LOCK).read_bytes()[:WITNESS_BYTES]
            total, _, text = data.rstrip(b"\0").partition(b" ")
            if zlib.crc32(text) != int(total or b"-1"):
                return Witness()
            turn, *fresh = json.loads(text)
            return Witness(turn, {name if kind == "" else (kind, name): of for kind, name, of in fresh})
        except (OSError, ValueError, TypeError):
            return Witness()

    def testify(self, turn: int, fresh: dict[Name, int]) -> None:
        """A transaction is on the disk; fresh: what was changed, oldest first.  A disk that refuses it is left."""
        if self._lock < 0:
            return
        records: Iterator[Name] = (name for name in reversed(fresh) if not isinstance(name, str))
        values: Iterator[Name] = (name for name in reversed(fresh) if isinstance(name, str))
        told, left = [str(turn)], WITNESS_BYTES - 64
        for name in islice(chain(records, values), FRESH_MOST):
            told.append(f"[{_quoted(name)}, {fresh[name]}]")
            left -= len(told[-1]) + 2
            if left < 0:
                del told[-1]
                break
        text = f"[{', '.join(told)}]".encode()
        data = b"%d %s" % (zlib.crc32(text), text)
        with contextlib.suppress(OSError):
            os.pwrite(self._lock, data.ljust(WITNESS_BYTES, b"\0"), 0)

    # -- room --------------------------------------------------------------------------------------------------------

    def free_bytes(self) -> int:
        """What this user may still write; -1 where nobody can tell."""
        with contextlib.suppress(OSError):
            found = os.statvfs(self.folder)
            return found.f_bavail * found.f_frsize
        return -1

    @property
    def full(self) -> bool:
        return 0 <= self.free_bytes() < FULL_BYTES

    def spend_reserve(self) -> bool:
        """Give the reserve up, for one more write on a full disk; whether there was one."""
        if self.free_bytes() > RESERVE_BYTES:
            return False
        try:
            (self.folder / RESERVE).unlink()
        except OSError:
            return False
        return True

    def keep_reserve(self) -> bool:
        """Make the reserve, where it is not and there is room for more than it; whether it is there now."""
        file = self.folder / RESERVE
        if file.exists():
            return True
        if self.free_bytes() < 4 * RESERVE_BYTES:
            return False
        try:
            made = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except OSError:
            return False
        try:
            os.posix_fallocate(made, 0, RESERVE_BYTES)
        except OSError:
            file.unlink()
            return False
        finally:
            os.close(made)
        return True
