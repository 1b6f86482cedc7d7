"""Opens a file that somebody named, if it is a plain one: a FIFO, a socket or a device may hold its reader for ever."""

import os
import stat
from pathlib import Path

KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def opened(path: Path) -> int:
    """A descriptor to read it by.  Links are followed.  Raises OSError, whose strerror says why, for people."""
    try:
        _look(path, os.stat(path).st_mode)  # before it is opened: some devices act when they are
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except ValueError as fault:  # a zero, or half of a surrogate pair
        raise OSError(22, f"no file can have this name: {fault}", str(path)) from None
    try:
        _look(path, os.fstat(file).st_mode)  # another may have taken its place
    except OSError:
        os.close(file)
        raise
    return file


def _look(path: Path, mode: int) -> None:
    if not stat.S_ISREG(mode):
        raise OSError(22, f"it is {KINDS.get(stat.S_IFMT(mode), 'something else')}, not a plain file", str(path))
