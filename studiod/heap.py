"""What malloc keeps of what was freed: as little as glibc can be asked for, so that bursts do not add up over months.

By itself it gives each new thread a heap out of which others cannot be served, and takes for large only what is larger
than what was freed before.
"""

import ctypes
from functools import cache

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # malloc.h
LARGE_BYTES = 1 << 17


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def settle() -> None:
    """One heap for all threads that begin from now on; large pieces are the system's own, and go back when freed."""
    if hasattr(_libc(), "mallopt"):  # glibc only
        _libc().mallopt(M_ARENA_MAX, 1)
        _libc().mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        _libc().mallopt(M_TRIM_THRESHOLD, LARGE_BYTES)


def give_back() -> None:
    """What has been freed goes to the system, so that it is not taken for held."""
    if hasattr(_libc(), "malloc_trim"):
        _libc().malloc_trim(0)
