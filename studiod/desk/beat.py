"""The beat of the desk's loop: all who look every so often look together, at multiples of 20 ms.

A desk at rest wakes fifty times a second, and each wake costs more than what is done in it.
"""

import asyncio

BEAT_S = 0.02
EARLY_S = 1e-6  # a loop calls a timer so much before its time at most


def until_s(every_s: float, now_s: float) -> float:
    """How long from now to the next time that is a multiple of every_s; of 0, no time."""
    if not every_s:
        return 0.0
    return ((now_s + EARLY_S) // every_s + 1.0) * every_s - now_s


async def beat(every_s: float = BEAT_S) -> None:
    """Sleep until the loop's clock is at a multiple of every_s; the multiples of two multiples of BEAT_S meet."""
    await asyncio.sleep(until_s(every_s, asyncio.get_running_loop().time()))
