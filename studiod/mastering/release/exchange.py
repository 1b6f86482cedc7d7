"""A release takes the place of the former one in one step: until then it lies in a hidden folder beside it.

However a process ends, one of the two is there, whole; what it leaves beside is hidden, and the next run removes it.
"""

import contextlib
import ctypes
import errno
import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from studiod.encoding import name_of
from studiod.errors import FileFault

REPORT = "release.json"  # by which a release is known
MAKER = "studiod"
NAME_BYTES = 255  # of a name on a disk; the folders beside the target have longer ones than it
AT_FDCWD, RENAME_EXCHANGE = -100, 2


class Place:
    """Where a release is to be.  Attributes: target, hidden (the folder to write it into)."""

    def __init__(self, target: Path) -> None:
        self.target = Path(os.path.abspath(target))
        self.hidden = self.target.parent / f".{self.target.name}.new"

    def faults(self) -> list[str]:
        """Why nothing can be written there."""
        name, parent = name_of(self.target), self.target.parent
        if not self.target.name:
            return [f"-o: expected a folder of its own for the release; got {name}"]
        beside = len(os.fsencode(self._former.name))
        if beside > NAME_BYTES:
            most = NAME_BYTES - beside + len(os.fsencode(self.target.name))
            return [f"-o: {name}: expected a name of at most {most} bytes; choose a shorter one"]
        if not parent.is_dir():
            return [f"-o: {name}: there is no folder {name_of(parent)}; make it, or name another"]
        if not os.access(parent, os.W_OK | os.X_OK):
            return [f"-o: {name}: no right to write in {name_of(parent)}; name another folder, or give the right"]
        if (self.target.exists() or self.target.is_symlink()) and not self.ours():
            return [
                f"-o: {name}: expected a former release, an empty folder, or nothing; something else is there;"
                " name another folder"
            ]
        return []

    def ours(self) -> bool:
        """Whether what is there may be replaced: a release that was made here, or an empty folder."""
        if self.target.is_symlink() or not self.target.is_dir():
            return False
        return not any(self.target.iterdir()) or self.report().get("made_by", {}).get("name") == MAKER

    def report(self) -> dict[str, dict[str, object]]:
        """What a release that is there says of itself."""
        try:
            found = json.loads((self.target / REPORT).read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    @contextlib.contextmanager
    def begun(self) -> Iterator[Path]:
        """A hidden folder, empty, that is gone afterwards unless it became the release.  Raises FileFault, OSError."""
        lock = self._locked()
        try:
            self._mend()
            for left in self.hidden.iterdir():
                shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
            yield self.hidden
        finally:
            shutil.rmtree(self.hidden, ignore_errors=True)
            os.close(lock)

    def _locked(self) -> int:
        """The hidden folder, there and nobody else's."""
        while True:
            self.hidden.mkdir(exist_ok=True)
            at = os.open(self.hidden, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                fcntl.flock(at, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if os.path.exists(self.hidden) and os.path.samestat(os.fstat(at), os.stat(self.hidden)):
                    return at
            except BlockingIOError:
                os.close(at)
                raise FileFault(
                    f"{name_of(self.target)}: another studiod is making this release now; wait for its end"
                ) from None
            os.close(at)  # who had it has just thrown it away

    def _mend(self) -> None:
        """After an exchange in two steps that was cut short: what was there is there again, or thrown away."""
        if self._former.exists():
            if self.target.exists():
                shutil.rmtree(self._former)
            else:
                os.rename(self._former, self.target)

    def exchange(self) -> None:
        """What lies in the hidden folder is the release now.  Raises OSError."""
        for folder, _, files in os.walk(self.hidden):
            for name in [*files, ""]:
                _sync(Path(folder) / name)
        if not self.target.exists():
            os.rename(self.hidden, self.target)
        else:
            self._swap()
        _sync(self.target.parent)

    def _swap(self) -> None:
        """Exchange the two folders, in one step where the system can."""
        libc = ctypes.CDLL(None, use_errno=True)
        if hasattr(libc, "renameat2"):
            names = [os.fsencode(path) for path in (self.hidden, self.target)]
            if libc.renameat2(AT_FDCWD, names[0], AT_FDCWD, names[1], RENAME_EXCHANGE) == 0:
                return
            number = ctypes.get_errno()
            if number not in (errno.EINVAL, errno.ENOSYS):
                raise OSError(number, os.strerror(number), str(self.target))
        os.rename(self.target, self._former)  # a disk without exchanges: for a moment there is no release
        os.rename(self.hidden, self.target)
        shutil.rmtree(self._former, ignore_errors=True)

    @property
    def _former(self) -> Path:
        return self.target.with_name(f".{self.target.name}.former")


def _sync(path: Path) -> None:
    at = os.open(path, os.O_RDONLY)
    try:
        os.fsync(at)
    finally:
        os.close(at)
