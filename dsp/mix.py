"""Sums the lanes of one bank into the lanes of the next: one gain for every crossing of a lane and a destination.

The lane axis of the state is lane * destinations + destination, so that the innermost loop runs over destinations and
vectorises without reordering a sum: the order of addition is that of the lanes, whatever moves.
"""

import numpy as np

from dsp.glide import ACTIVE, D1, D2, D3, GOAL, LEFT, MOVING
from dsp.rt import rt

GAIN = 2  # a glide, linear
USED = 8  # in the crossing's first destination: this lane goes somewhere
STIR = 9  # likewise: something of this lane glides
ROWS = 10
MEMORY = ROWS
GLIDES = (GAIN,)


def state(lanes, destinations):
    """Nothing goes anywhere.  Shape [10, lanes * destinations]."""
    return np.zeros((ROWS, lanes * destinations))


@rt
def survey(s, lanes, destinations):
    """Note which lanes go anywhere and which of them glide."""
    moving = 0.0
    active = 0.0
    for c in range(lanes):
        used = 0.0
        stir = 0.0
        for d in range(destinations):
            at = c * destinations + d
            if s[GAIN + LEFT, at] > 0.0:
                stir = 1.0
                moving = 1.0
            if s[GAIN, at] != 0.0 or s[GAIN + LEFT, at] > 0.0:
                used = 1.0
                active = 1.0
        s[USED, c * destinations] = used
        s[STIR, c * destinations] = stir
    s[MOVING, 0] = moving
    s[ACTIVE, 0] = active


@rt
def add(s, u, out):
    """Add u[frame, lane] times the gains to out[frame, destination]."""
    frames, lanes = u.shape
    n = out.shape[1]
    if s[MOVING, 0] > 0.0:
        survey(s, lanes, n)
    if s[ACTIVE, 0] == 0.0:
        return
    for c in range(lanes):
        first = c * n
        if s[USED, first] == 0.0:
            continue
        if s[STIR, first] == 0.0:
            for i in range(frames):
                x = u[i, c]
                for d in range(n):
                    out[i, d] += s[GAIN, first + d] * x
        else:
            for i in range(frames):
                x = u[i, c]
                for d in range(n):
                    at = first + d
                    left = s[GAIN + LEFT, at]
                    last = left == 1.0
                    d1 = s[GAIN + D1, at]
                    d2 = s[GAIN + D2, at]
                    d3 = s[GAIN + D3, at]
                    g = s[GAIN + GOAL, at] if last else s[GAIN, at] + d1
                    s[GAIN, at] = g
                    s[GAIN + D1, at] = 0.0 if last else d1 + d2
                    s[GAIN + D2, at] = 0.0 if last else d2 + d3
                    s[GAIN + D3, at] = 0.0 if last else d3
                    s[GAIN + LEFT, at] = left - 1.0 if left > 0.0 else 0.0
                    out[i, d] += g * x
