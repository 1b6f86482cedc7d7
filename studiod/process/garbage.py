"""When Python looks for garbage: seldom, at times of our choosing, for the loop stands still meanwhile.

What a desk is made of stays, and is not looked through (60 ms each time).  What clients leave behind mostly goes by
itself; what holds each other is looked for every ten seconds, and the less often the longer that takes: a thousand
clients are gone through in 40 ms, once in 80 s.
"""

import asyncio
import gc
import time

MADE = (5_000, 20, 200)  # things that are made before the youngest, the younger, and all are looked through
EVERY_S, LEAST_SHARE = 10.0, 0.0005  # from one look at all to the next; of the time, at the most


def settle() -> None:
    """All that there is now stays; of a start a thousand things are garbage, and looking for them takes 0.12 s."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(*MADE)


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
