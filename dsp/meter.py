"""What every lane's meter reads, kept for a while in cells of absolute frames: no peak falls between two readers.

Level: peak and mean square.  Reduction: the most dB that a gate, a compressor or the limiter took away, once a quantum;
a meter has rows for as many reductions as it is made for.
"""

import numpy as np

from dsp.core.glide import ACTIVE
from dsp.core.rt import rt

CELLS = 128  # 1.28 s of 10 ms: the slowest reader comes once a second

# TAP: [TAP, 0], where the strips of the bank are metered   PEAK SUM: since the cell began
TAP, PEAK, SUM = range(2, 5)
# A row for each cell, [first + cell % CELLS, lane]; a reduction's row is 0 when its cell begins
PEAKS = 5
MEANS = PEAKS + CELLS
REDUCED = ROWS = MEANS + CELLS  # then CELLS for each reduction
MEMORY = ROWS
GLIDES = ()


def state(lanes: int, reductions: int = 0) -> np.ndarray:
    """Silence.  Shape [261 + 128 * reductions, lanes]."""
    s = np.zeros((ROWS + reductions * CELLS, lanes))
    s[ACTIVE, 0] = 1.0
    return s


@rt
def gather(s, u, frame, grid_frames):
    """Meter u[frame, lane], which starts at the absolute frame; cell n holds the frames from n * grid_frames on."""
    frames, lanes = u.shape
    for i in range(frames):
        for c in range(lanes):
            x = u[i, c]
            s[PEAK, c] = max(s[PEAK, c], abs(x))
            s[SUM, c] += x * x
        if (frame + i + 1) % grid_frames == 0:
            cell = (frame + i) // grid_frames % CELLS
            following = (cell + 1) % CELLS
            for c in range(lanes):
                s[PEAKS + cell, c] = s[PEAK, c]
                s[MEANS + cell, c] = s[SUM, c] / grid_frames
                s[PEAK, c] = 0.0
                s[SUM, c] = 0.0
                for row in range(REDUCED + following, s.shape[0], CELLS):
                    s[row, c] = 0.0


@rt
def note(s, which, lane, reduction_db, frame, grid_frames):
    """Note what the unit of a reduction, counted from 0, takes away at the absolute frame."""
    row = REDUCED + which * CELLS + frame // grid_frames % CELLS
    s[row, lane] = max(s[row, lane], reduction_db)
