"""Which places of a bank's sound are heard from their rings, a lane of the state for each place.

A place that is heard no longer is kept for a while: whoever leaves it fades out first.
"""

import numpy as np

from dsp.core.rt import rt

HOLD = 2  # frames for which it is heard yet; EVER, or a reader's fade and more
ROWS = 3
MEMORY = ROWS
GLIDES = ()
EVER = np.inf
LEAVE_FRAMES = 4096  # more than the longest fade of a source


def state(places: int) -> np.ndarray:
    """All heard, until who knows better says otherwise.  Shape [3, places]."""
    s = np.zeros((ROWS, places))
    s[HOLD] = EVER
    return s


@rt
def count(s, frames):
    """So many frames have passed."""
    for place in range(s.shape[1]):
        s[HOLD, place] = max(s[HOLD, place] - frames, 0.0)
