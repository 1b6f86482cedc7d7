"""A low cut and a high cut inside another unit: 12 dB an octave, each off, to the bit, at the far end of its range.

Butterworth, -3.01 dB at the corner, never above unity, so that they may stand in a feedback loop.  Trapezoidal
integrated SVF (A. Simper, Cytomic, 2013) with k = sqrt(2): its corner glides without a burst.  The unit holds the four
numbers of `aim` as glides and gives each lane four rows of memory.
"""

import math

from dsp.core.rt import rt
from dsp.core.vectors import magnitude, pick

LOW_OFF_HZ, HIGH_OFF_HZ = 20.0, 20000.0
TOP = 0.49  # of the rate: where a corner stops
DAMPING = math.sqrt(2.0)
STILL = 1e-30  # a memory below -600 dB is silence: keeps denormals away
MEMORY = 4  # rows: two integrators of each cut


def aim(low_hz: float, high_hz: float, rate_hz: float) -> tuple[float, float, float, float]:
    """(g, part) of the low cut and of the high cut: tan(half the angle), and how much of the cut is heard."""
    low, high = (math.tan(math.pi * min(hz / rate_hz, TOP)) for hz in (low_hz, high_hz))
    return low, float(low_hz > LOW_OFF_HZ), high, float(high_hz < HIGH_OFF_HZ)


@rt
def settled(x):
    """x, or zero where it is too small to matter; what is no number stays visible."""
    return pick(magnitude(x) <= STILL, 0.0, x)


@rt
def onward(x, m0, m1, m2, m3, low, low_part, high, high_part):
    """One sample through both cuts, and their memory anew: on floats or lanes."""
    a = 1.0 / (1.0 + low * (low + DAMPING))
    v3 = x - m1
    v1 = a * (m0 + low * v3)
    v2 = m1 + low * v1
    y = x - low_part * (DAMPING * v1 + v2)
    b = 1.0 / (1.0 + high * (high + DAMPING))
    w3 = y - m3
    w1 = b * (m2 + high * w3)
    w2 = m3 + high * w1
    return (
        y + high_part * (w2 - y),
        settled(2.0 * v1 - m0),
        settled(2.0 * v2 - m1),
        settled(2.0 * w1 - m2),
        settled(2.0 * w2 - m3),
    )


@rt
def cut(s, m, c, x, low, low_part, high, high_part):
    """One sample of a lane through both cuts; their memory is four rows from m on."""
    y, s[m, c], s[m + 1, c], s[m + 2, c], s[m + 3, c] = onward(
        x, s[m, c], s[m + 1, c], s[m + 2, c], s[m + 3, c], low, low_part, high, high_part
    )
    return y
