"""Peak and mean square of every lane on a grid of absolute frames, so that no maximum falls between two readers."""

import numpy as np

from dsp.glide import ACTIVE
from dsp.rt import rt

PEAK, SUM = 2, 3  # since the grid's last line
LAST_PEAK, LAST_MEAN = 4, 5  # of the last whole cell of the grid
ROWS = 6
MEMORY = 2
GLIDES = ()


def state(lanes):
    """Silence.  Shape [6, lanes]."""
    s = np.zeros((ROWS, lanes))
    s[ACTIVE, 0] = 1.0
    return s


@rt
def gather(s, u, frame, grid_frames):
    """Meter u[frame, lane], which starts at the absolute frame.  True when a cell of the grid was closed."""
    frames, lanes = u.shape
    closed = False
    for i in range(frames):
        for c in range(lanes):
            x = u[i, c]
            s[PEAK, c] = max(s[PEAK, c], abs(x))
            s[SUM, c] += x * x
        if (frame + i + 1) % grid_frames == 0:
            closed = True
            for c in range(lanes):
                s[LAST_PEAK, c] = s[PEAK, c]
                s[LAST_MEAN, c] = s[SUM, c] / grid_frames
                s[PEAK, c] = 0.0
                s[SUM, c] = 0.0
    return closed
