"""What every lane's meter reads, kept for a while in cells of absolute frames: no peak falls between two readers.

Level: peak and mean square.  Reduction: the most dB that a gate, a compressor or the limiter took away, once a quantum;
a meter has rows for as many reductions as it is made for.
"""

import numpy as np

from dsp.core.glide import ACTIVE
from dsp.core.rt import rt
from dsp.core.vectors import head, load, magnitude, pick, store, whole

CELLS = 128  # 1.28 s of 10 ms: the slowest reader comes once a second
WIDTH, NARROW = 32, 8  # lanes of a tile

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
def hold(s, u, start, end, c, part):
    """Peaks and squares of some frames on the part of the lanes that begins at c."""
    peak = load(s, PEAK, c, part)
    total = load(s, SUM, c, part)
    for i in range(start, end):
        x = load(u, i, c, part)
        size = magnitude(x)
        peak = pick(size > peak, size, peak)
        total = total + x * x
    store(s, PEAK, c, part, peak)
    store(s, SUM, c, part, total)


@rt
def listen(s, u, start, end):
    """Peaks and squares of some frames, all within one cell."""
    lanes = u.shape[1]
    c = 0
    while c + WIDTH <= lanes:
        hold(s, u, start, end, c, whole(WIDTH))
        c += WIDTH
    while c + NARROW <= lanes:
        hold(s, u, start, end, c, whole(NARROW))
        c += NARROW
    if c < lanes:
        hold(s, u, start, end, c, head(NARROW, lanes - c))


@rt
def close(s, cell, grid_frames):
    """End a cell, and begin the one after it."""
    for c in range(s.shape[1]):
        s[PEAKS + cell, c] = s[PEAK, c]
        s[MEANS + cell, c] = s[SUM, c] / grid_frames
        s[PEAK, c] = 0.0
        s[SUM, c] = 0.0
        for row in range(REDUCED + (cell + 1) % CELLS, s.shape[0], CELLS):
            s[row, c] = 0.0


@rt
def gather(s, u, frame, grid_frames):
    """Meter u[frame, lane], which starts at the absolute frame; cell n holds the frames from n * grid_frames on."""
    frames = u.shape[0]
    cell = frame // grid_frames
    start = 0
    while start < frames:
        ends = (cell + 1) * grid_frames - frame
        listen(s, u, start, min(frames, ends))
        if ends <= frames:
            close(s, cell % CELLS, grid_frames)
        cell += 1
        start = ends


@rt
def cell_of(frame, grid_frames):
    """The cell that the absolute frame lies in, as it is kept."""
    return frame // grid_frames % CELLS


@rt
def note(s, which, lane, reduction_db, cell):
    """Note what the unit of a reduction, counted from 0, takes away in a cell of `cell_of`."""
    row = REDUCED + which * CELLS + cell
    before = s[row, lane]
    s[row, lane] = reduction_db if reduction_db > before else before
