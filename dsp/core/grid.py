"""The 10 ms grid of absolute frames on which programme meters write, at any rate.

Cell n holds the frames f with f * 100 // rate_hz == n, so that it does not matter where a block begins or ends.
"""

from dsp.core.rt import rt

GRID_HZ = 100  # cells a second


@rt
def cell_of(frame, rate_hz):
    """The cell that a frame belongs to."""
    return frame * GRID_HZ // rate_hz


@rt
def end_of(cell, rate_hz):
    """The first frame after a cell."""
    return ((cell + 1) * rate_hz + GRID_HZ - 1) // GRID_HZ
