"""A low cut and a high cut inside another unit: 12 dB an octave, each off, to the bit, at the far end of its range.

Butterworth, -3.01 dB at the corner, never above unity, so that they may stand in a feedback loop.  Trapezoidal
integrated SVF (A. Simper, Cytomic, 2013) with k = sqrt(2): its corner glides without a burst.  The unit holds the four
numbers of `aim` as glides and gives each lane four rows of memory.
"""

import math

from dsp.core.rt import rt

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
    return 0.0 if abs(x) <= STILL else x


@rt
def cut(s, m, c, x, low, low_part, high, high_part):
    """One sample of a lane through both cuts; their memory is four rows from m on."""
    a = 1.0 / (1.0 + low * (low + DAMPING))
    v3 = x - s[m + 1, c]
    v1 = a * (s[m, c] + low * v3)
    v2 = s[m + 1, c] + low * v1
    s[m, c] = settled(2.0 * v1 - s[m, c])
    s[m + 1, c] = settled(2.0 * v2 - s[m + 1, c])
    y = x - low_part * (DAMPING * v1 + v2)
    a = 1.0 / (1.0 + high * (high + DAMPING))
    v3 = y - s[m + 3, c]
    v1 = a * (s[m + 2, c] + high * v3)
    v2 = s[m + 3, c] + high * v1
    s[m + 2, c] = settled(2.0 * v1 - s[m + 2, c])
    s[m + 3, c] = settled(2.0 * v2 - s[m + 3, c])
    return y + high_part * (v2 - y)
