"""The low band of what the limiter is given: a low-pass of 500 Hz, 12 dB an octave, on floats or lanes.

A. Simper, "Linear trapezoidal integrated SVF", Cytomic, 2013, with the damping of a Butterworth filter.
"""

import math

from dsp.core.rt import rt
from dsp.core.vectors import magnitude, pick

BASS_HZ = 500.0
STILL = 1e-30  # a memory below -600 dB is silence: keeps denormals away


def aim(rate_hz: float) -> tuple[float, float, float]:
    """Its three coefficients."""
    g = math.tan(math.pi * BASS_HZ / rate_hz)
    a1 = 1.0 / (1.0 + g * (g + math.sqrt(2.0)))
    return a1, g * a1, g * g * a1


@rt
def onward(x, low1, low2, a1, a2, a3):
    """One frame: what is low of x, and the memory anew."""
    v3 = x - low2
    v1 = a1 * low1 + a2 * v3
    v2 = low2 + a2 * low1 + a3 * v3
    low1 = 2.0 * v1 - low1
    low2 = 2.0 * v2 - low2
    return v2, pick(magnitude(low1) > STILL, low1, 0.0), pick(magnitude(low2) > STILL, low2, 0.0)
