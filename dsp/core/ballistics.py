"""How fast a gain change comes and goes: attack, hold and release, shared by the gate and the compressor.

Attack: the time to 63.2 % of the change in dB after a step.  Hold: the time before release begins.  Release: the time
for the reduction to fall to 36.8 % once it has begun.  The peak with release comes first and the attack smooths it,
so that neither shortens the other ("smooth decoupled": D. Giannoulis, M. Massberg, J. Reiss, "Digital dynamic range
compressor design", J. AES 60(6), 2012), with the release not smoothed a second time.
"""

import math

from dsp.core.rt import rt
from dsp.core.vectors import fma, pick

# What is this near counts as arrived (dB, or parts of the range): silence then leaves exact zeros behind.
NEAR = 1e-9


def coefficient(time_ms: float, rate_hz: float) -> float:
    """What is left of a distance after one frame of a one-pole with this time constant."""
    return math.exp(-1000.0 / (time_ms * rate_hz)) if time_ms > 0.0 else 0.0


@rt
def follow(x, y1, y, count, attack, release, hold):
    """One frame towards x >= 0, on floats or lanes: (y1, y, count) anew.

    y1: peak, held, released  y: y1 with its rises smoothed.
    """
    fall = y1 - x
    reached = fall <= NEAR
    y1 = pick(reached, x, pick(count > 0.0, y1, fma(release, fall, x)))
    left = pick(count > 1.0, count - 1.0, 0.0)
    count = pick(reached & (x > 0.0), hold, left)
    below = y - y1
    y = pick(below < -NEAR, fma(attack, below, y1), y1)
    return y1, y, count


@rt
def only(works, y1, y, count):
    """What `follow` goes on from: nothing where a lane does not work.  Towards 0 it stays there."""
    return pick(works, y1, 0.0), pick(works, y, 0.0), pick(works, count, 0.0)
