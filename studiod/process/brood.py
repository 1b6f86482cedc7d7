"""The child processes of this one, as the system knows them: killed all together, and waited for by nobody."""

import contextlib
import os
import signal
from collections.abc import Iterator

PARENT = 1  # of the fields behind the name in /proc/PID/stat


def children() -> Iterator[int]:
    """Their process ids, also of those that have ended and were not reaped; none on a system without /proc.

    A child that loses this process ends by itself; only one that was stopped, or whose driver hangs, does not.
    """
    mine = os.getpid()
    with contextlib.suppress(FileNotFoundError), os.scandir("/proc") as places:
        for pid in (int(place.name) for place in places if place.name.isdecimal()):
            with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", "rb", buffering=0) as stat:
                if int(stat.read(4096).rpartition(b")")[2].split()[PARENT]) == mine:
                    yield pid


def kill_all() -> None:
    """SIGKILL to every child."""
    for pid in list(children()):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
