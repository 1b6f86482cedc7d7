"""A clamp without latency: no sample of an output leaves its ceiling, and nothing that is no number leaves at all."""

import numpy as np

from dsp.core import glide
from dsp.core.glide import ACTIVE, MOVING
from dsp.core.rt import rt

CEILING = 2  # a glide, linear
ROWS = CEILING + glide.SIZE
MEMORY = ROWS
GLIDES = (CEILING,)


def state(lanes):
    """Full scale on each lane.  Shape [8, lanes]."""
    s = np.zeros((ROWS, lanes))
    glide.rest(s, CEILING, 1.0)
    s[ACTIVE, 0] = 1.0
    return s


def aim(ceiling_dbfs):
    """The linear ceiling."""
    return float(10.0 ** (ceiling_dbfs / 20.0))


def demo(lanes):
    """A ceiling of -12 dBFS."""
    s = state(lanes)
    glide.rest(s, CEILING, aim(-12.0))
    return s


@rt
def run(s, u):
    """Clamp u[frame, lane] in place; NaN becomes 0."""
    frames, lanes = u.shape
    moving = s[MOVING, 0] > 0.0
    for i in range(frames):
        if moving:
            glide.step(s, CEILING)
        for c in range(lanes):
            x = u[i, c]
            top = s[CEILING, c]
            x = x if x < top else (top if x >= top else 0.0)
            u[i, c] = x if x > -top else -top
    if moving:
        s[MOVING, 0] = 1.0 if glide.moves(s, CEILING) else 0.0
