"""What malloc (glibc's) keeps of what was freed: little, so that bursts do not add up over months.

By itself it has up to eight heaps a core, one for each thread that takes memory while others do; what is free in one
serves none of the others.  And it takes for large only what is larger than the largest that was freed before.
"""

import ctypes
from functools import cache

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # malloc.h
LARGE_BYTES = 1 << 17


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


def part() -> None:
    """Large pieces are the system's own from now on, and go back to it when they are freed."""
    if hasattr(_libc(), "mallopt"):
        _libc().mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)
        _libc().mallopt(M_TRIM_THRESHOLD, LARGE_BYTES)


def share() -> None:
    """One heap for all threads of this process, its large pieces apart; to be said before a second one takes memory."""
    part()
    if hasattr(_libc(), "mallopt"):
        _libc().mallopt(M_ARENA_MAX, 1)


def give_back() -> None:
    """What has been freed goes to the system, so that it is not taken for held."""
    if hasattr(_libc(), "malloc_trim"):
        _libc().malloc_trim(0)
