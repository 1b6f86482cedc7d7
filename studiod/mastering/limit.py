"""Limiting a whole sound for delivery: measured after the limiter, and limited again where the meter still reads more.

A limiter that runs live turns its gain before it knows what its own turning does between the samples.  On a file that
can be measured, and the ceiling lowered by as much.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np

from dsp import limiter
from studiod.mastering.peak_meters import true_peak_db

TOLERANCE_DB, PASSES = 0.05, 8


def stream(blocks: Iterable[np.ndarray], settings: dict[int, float], late: int) -> Iterator[np.ndarray]:
    """Blocks of float64 [frame, lane] through a new limiter, its latency taken off: as many frames, in time."""
    s: np.ndarray | None = None
    ahead = late
    for block in chain(blocks, [None]):
        if s is None and block is not None:
            s = limiter.state(block.shape[1])
            limiter.settle(s, settings)
        if s is None:
            return
        out = np.zeros((late, s.shape[1])) if block is None else np.array(block, np.float64, order="C")
        limiter.run(s, out)
        if ahead < len(out):
            yield out[ahead:]
        ahead -= min(ahead, len(out))


def once(sound: np.ndarray, settings: dict[int, float], late: int) -> np.ndarray:
    """All of sound[frame, lane] through a new limiter, its latency taken off."""
    return np.concatenate([*stream([sound], settings, late)])


def limit(
    sound: np.ndarray,
    rate_hz: int,
    gain_db: float = 0.0,
    ceiling_db: float = -1.0,
    release_ms: float = 80.0,
    lookahead_ms: float = 1.5,
    meter: str = "studiod",
) -> np.ndarray:
    """Limit sound[frame, lane] to true peaks of at most ceiling_db + 0.05 dB.  float64, as long as the sound, in time.

    The lanes are turned by one gain.  The true peaks are those of a meter of `peak_meters`.  Raises ValueError for
    another one, and for a sound that eight passes do not bring there.
    """
    sound = np.ascontiguousarray(sound, np.float64)
    late, lower_db = limiter.latency_frames(lookahead_ms, rate_hz), 0.0
    for _ in range(PASSES):
        out = once(sound, limiter.aim(1, gain_db, ceiling_db - lower_db, release_ms, lookahead_ms, rate_hz), late)
        over_db = true_peak_db(out, rate_hz, meter) - ceiling_db
        if over_db <= TOLERANCE_DB:
            return out
        lower_db += over_db
    raise ValueError(still_over(over_db, ceiling_db, TOLERANCE_DB, meter))


def still_over(over_db: float, ceiling_db: float, tolerance_db: float, meter: str) -> str:
    """What is told of a sound that all passes do not bring below the ceiling."""
    return (
        f"true peaks are still {over_db:.2f} dB above the ceiling of {ceiling_db:g} dBTP by {meter}; expected at most"
        f" {tolerance_db} dB after {PASSES} passes; filter the sound below 20 kHz, or lower the ceiling"
    )
