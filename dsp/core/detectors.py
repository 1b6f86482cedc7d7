"""How loud a lane is, for a compressor: its mean square in quadrature, or its peak, held for half a wave.

Mean square: two chains of two all-passes turn the sound so that they lie a quarter of a wave apart in the bass.  The
sum of their squares is then the square of the amplitude at every frame, where one square alone swings from nothing to
all of it twice a wave.  What the average of 5 ms leaves of a sine is at most 0.015 dB from 20 Hz on; the corners were
fitted to that.  Above 500 Hz the average alone does.  (Pairs of all-passes a quarter of a wave apart: S. Darlington,
"Realization of a constant phase difference", Bell System Technical Journal 29, 1950.)

Peak: held until as long after it as half a wave took at last, from one passage through zero to the next of the sound
below 100 Hz, so that it stays up from crest to crest.  Half a wave longer than 26 ms is not waited for.
"""

import math

from dsp.core.rt import rt
from dsp.core.vectors import fma, magnitude, pick

CORNERS_HZ = (321.13, 29.53, 7.88, 79.99)  # of the all-passes: those of one chain, then of the other
WAVE_HZ, WAVE_MS = 100.0, 26.0
FAINT = 1e-10  # an amplitude that counts as silence: 200 dB below full scale


def turn(corner_hz: float, rate_hz: float) -> float:
    """The number of an all-pass of the first order that turns its corner by a quarter of a wave."""
    wide = math.tan(math.pi * corner_hz / rate_hz)
    return (wide - 1.0) / (wide + 1.0)


@rt
def turned(x, a, s, hears):
    """One frame through an all-pass: (out, memory, which is nothing where a lane does not hear)."""
    y = fma(a, x, s)
    s = fma(-a, y, x)
    return y, pick(hears & (magnitude(s) > FAINT), s, 0.0)


@rt
def wave(x, b, longest, low, since, half):
    """One frame of the lengths of waves: (low, since, half) anew.

    low: the sound below WAVE_HZ  since: frames since it passed through zero  half: frames of the half wave before
    """
    now = fma(b, low - x, x)
    now = pick(magnitude(now) > FAINT, now, 0.0)
    passed = now * low < 0.0
    since = since + 1.0
    known = since < longest
    half = pick(known & (now != 0.0), pick(passed, since, half), 0.0)
    since = pick(known, since, longest)
    return now, pick(passed | (now == 0.0), 0.0, since), half


@rt
def held(power, half, top, keep):
    """One frame of the held peak: (top, frames left)."""
    over = (power >= top) | (keep <= 0.0)
    keep = pick(over, pick(half > 0.0, half + 1.0, 0.0), keep - 1.0)  # one more: a crest lies between two frames
    return pick(over, power, top), keep
