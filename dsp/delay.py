"""A delay on every lane, to the frame: a new time crossfades from where the line is read to where it will be.

The line is a ring of absolute frames [length, lanes], shared by all lanes of a bank; it is written only while some lane
is late.  What is older than its first frame is silence, and its first frames come in along a ramp, so that switching
a delay on neither clicks nor plays what an earlier one left behind.
"""

import numpy as np

from dsp.core import glide
from dsp.core.glide import ACTIVE, LEFT, MOVING, VALUE
from dsp.core.rt import rt

MOST_MS, FADE_MS = 500.0, 20.0

# CROSS: 0 reads at AT, 1 at TO   AT TO NEXT: frames late, now, after the crossfade, wanted   ASK: 2 to take NEXT
CROSS = 2
AT, TO, NEXT, ASK, FADE = range(8, 13)
FILLED = 13  # [FILLED, 0]: frames that the line holds
ROWS = 14
MEMORY = ROWS
GLIDES = (CROSS,)
FADES = {FADE: FADE_MS}


def state(lanes: int, fade_frames: int = 960) -> np.ndarray:
    """A wire on each lane.  Shape [14, lanes]."""
    s = np.zeros((ROWS, lanes))
    s[FADE] = fade_frames
    return s


def line(lanes: int, rate_hz: int) -> np.ndarray:
    """Room for the longest delay.  Shape [frames, lanes]."""
    return np.zeros((round(MOST_MS * rate_hz / 1000.0) + 1, lanes))


def aim(on: int, time_ms: float, rate_hz: float) -> float:
    """How many frames late; to be asked for by ASK = 2."""
    return float(round(time_ms * rate_hz / 1000.0)) if on else 0.0


@rt
def answer(s):
    """Begin what was asked for, on lanes that have ended what came before; in how many frames one ends again."""
    soonest = glide.FAR
    for c in range(s.shape[1]):
        if s[CROSS + LEFT, c] == 0.0:
            if s[CROSS, c] == 1.0:
                s[AT, c] = s[TO, c]
                glide.start(s, CROSS, c, 0.0, 0)
            if s[ASK, c] != 0.0:
                s[ASK, c] = 0.0
                if s[NEXT, c] != s[AT, c]:
                    s[TO, c] = s[NEXT, c]
                    glide.start(s, CROSS, c, 1.0, int(s[FADE, c]))
        if s[CROSS, c] == 1.0 or s[CROSS + LEFT, c] > 0.0:
            soonest = min(soonest, max(s[CROSS + LEFT, c], 1.0))
    return int(soonest)


@rt
def heard(line, now, late, filled):
    """Lane by lane the index of the row that is so many frames old, or -1 for what was never written."""
    if late >= filled:
        return -1
    row = now - late
    return row if row >= 0 else row + line.shape[0]


@rt
def survey(s):
    """Recompute the two head cells; an empty bank forgets its line."""
    moving = False
    active = False
    for c in range(s.shape[1]):
        moving = moving or s[ASK, c] != 0.0 or s[CROSS, c] != 0.0
        active = active or s[AT, c] != 0.0
    s[MOVING, 0] = 1.0 if moving else 0.0
    s[ACTIVE, 0] = 1.0 if active or moving else 0.0
    if not active and not moving:
        s[FILLED, 0] = 0.0


@rt
def pass_on(s, line, u, frame):
    """Delay u[frame, lane], which starts at the absolute frame, in place."""
    moving = s[MOVING, 0] > 0.0
    if not moving and s[ACTIVE, 0] == 0.0:
        return
    frames, lanes = u.shape
    length = line.shape[0]
    due = 0
    for i in range(frames):
        now = (frame + i) % length
        filled = s[FILLED, 0] + 1.0
        s[FILLED, 0] = filled if filled < length else float(length)
        t = filled / s[FADE, 0] if filled < s[FADE, 0] else 1.0
        ramp = t * t * (3.0 - 2.0 * t)
        for c in range(lanes):
            x = u[i, c] * ramp
            line[now, c] = x if x - x == 0.0 else 0.0  # what is no number is not kept
        if moving:
            if i == due:
                due += answer(s)
            glide.step(s, CROSS)
        for c in range(lanes):
            late = int(s[AT, c])
            x = u[i, c]
            y = x
            if late > 0:
                row = heard(line, now, late, s[FILLED, 0])
                y = line[row, c] if row >= 0 else 0.0
            if s[CROSS + VALUE, c] > 0.0:
                late = int(s[TO, c])
                z = x
                if late > 0:
                    row = heard(line, now, late, s[FILLED, 0])
                    z = line[row, c] if row >= 0 else 0.0
                y += s[CROSS + VALUE, c] * (z - y)
            u[i, c] = y
    if moving:
        survey(s)
