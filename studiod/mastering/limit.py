"""Limiting a whole sound for delivery: measured after the limiter, and limited again where the meter still reads more.

A limiter that runs live turns its gain before it knows what its own turning does between the samples.  On a file that
can be measured, and the ceiling lowered by as much.
"""

import math

import numpy as np

from dsp import limiter, truepeak

TOLERANCE_DB, PASSES = 0.05, 8


def once(sound: np.ndarray, settings: dict[int, float], late: int) -> np.ndarray:
    """All of sound[frame, lane] through a new limiter, its latency taken off."""
    s = limiter.state(sound.shape[1])
    limiter.settle(s, settings)
    out = np.concatenate([sound, np.zeros((late, sound.shape[1]))])
    limiter.run(s, out)
    return out[late:]


def true_peak_db(sound: np.ndarray) -> float:
    """The greatest true peak of any lane, dBTP, the end followed by silence."""
    lanes = sound.shape[1]
    s, room = truepeak.state(lanes), truepeak.work()
    truepeak.gather(s, room, np.ascontiguousarray(sound, np.float64))
    truepeak.gather(s, room, np.zeros((truepeak.TAPS, lanes)))
    top = float(s[truepeak.TRUE].max())
    return 20.0 * math.log10(top) if top > 0.0 else -math.inf


def limit(
    sound: np.ndarray,
    rate_hz: int,
    gain_db: float = 0.0,
    ceiling_db: float = -1.0,
    release_ms: float = 80.0,
    lookahead_ms: float = 1.5,
) -> np.ndarray:
    """Limit sound[frame, lane] to true peaks of at most ceiling_db + 0.05 dB.  float64, as long as the sound, in time.

    The lanes are turned by one gain.  Raises ValueError for a sound that eight passes do not bring there.
    """
    sound = np.ascontiguousarray(sound, np.float64)
    late, lower_db = limiter.latency_frames(lookahead_ms, rate_hz), 0.0
    for _ in range(PASSES):
        out = once(sound, limiter.aim(1, gain_db, ceiling_db - lower_db, release_ms, lookahead_ms, rate_hz), late)
        over_db = true_peak_db(out) - ceiling_db
        if over_db <= TOLERANCE_DB:
            return out
        lower_db += over_db
    raise ValueError(
        f"true peaks are still {over_db:.2f} dB above the ceiling of {ceiling_db:g} dBTP; expected at most"
        f" {TOLERANCE_DB} dB after {PASSES} passes; filter the sound below 20 kHz, or lower the ceiling"
    )
