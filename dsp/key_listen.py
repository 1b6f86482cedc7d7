"""Puts another sound in the place of each lane's own, faded: how the key of a gate or a compressor is listened to."""

import numpy as np

from dsp.core import glide
from dsp.core.glide import ACTIVE, MOVING
from dsp.core.rt import rt

OTHER = 2  # a glide: 0 its own, 1 the other
ROWS = OTHER + glide.SIZE
MEMORY = ROWS
GLIDES = (OTHER,)


def state(lanes: int) -> np.ndarray:
    """Each lane its own.  Shape [8, lanes]."""
    return np.zeros((ROWS, lanes))


@rt
def put(s, u, other):
    """Fade other[frame, lane] into u[frame, lane].  A lane that keeps its own never hears what the other holds."""
    moving = s[MOVING, 0] > 0.0
    if not moving and s[ACTIVE, 0] == 0.0:
        return
    frames, lanes = u.shape
    for i in range(frames):
        if moving:
            glide.step(s, OTHER)
        for c in range(lanes):
            part = s[OTHER, c]
            x = u[i, c]
            u[i, c] = x + part * (other[i, c] - x) if part != 0.0 else x
    if moving:
        moving = glide.moves(s, OTHER)
        active = moving
        for c in range(lanes):
            active = active or s[OTHER, c] != 0.0
        s[MOVING, 0] = 1.0 if moving else 0.0
        s[ACTIVE, 0] = 1.0 if active else 0.0
