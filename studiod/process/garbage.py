"""When Python looks for garbage: seldom, at times of our choosing, for the loop stands still meanwhile.

What a desk is made of stays, and is not looked through (60 ms each time).  What clients leave behind mostly goes by
itself; what holds each other is looked for every ten seconds, and the less often the longer that takes: a thousand
clients are gone through in 40 ms, once in 80 s.

And what would grow later by what comes and goes grows at the start.
"""

import asyncio
import gc
import sys
import time

MADE = (5_000, 20, 200)  # things that are made before the youngest, the younger, and all are looked through
EVERY_S, LEAST_SHARE = 10.0, 0.0005  # from one look at all to the next; of the time, at the most
NAMES = 1 << 16  # as many as fill what is left of Python's table of names, with some 45,000 in use
STILL = 1 << 13  # names that may still come: settings, faults, what is loaded when it is first asked for


def settle() -> None:
    """All that there is now stays; of a start a thousand things are garbage, and looking for them takes 0.12 s."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(*MADE)
    _fill_names()


def _fill_names() -> None:
    """Let Python's table of names (interned strings) grow now, in some ms, if it would grow later.

    Each part of a path is a name while the path lives.  Those that are gone keep their places until the table is full;
    it is made anew then, for three times as many as are in use: an hour after the start, 1.9 MB came at once.
    """
    if sys.version_info < (3, 12):  # later ones keep names otherwise, 3.12 for ever
        held = [sys.intern(f"held {n}") for n in range(STILL)]
        for n in range(NAMES):
            sys.intern(f"passing {n}")
        del held


async def run() -> None:
    """Look through all, as often as it may be."""
    wait_s = EVERY_S
    while True:
        await asyncio.sleep(wait_s)
        wait_s = max(EVERY_S, look() / LEAST_SHARE)


def look() -> float:
    """How long it took, in s."""
    began_s = time.perf_counter()
    gc.collect()
    return time.perf_counter() - began_s
