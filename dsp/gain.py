"""Gain on every lane: trim with polarity, the fader, an output's level."""

import numpy as np

from dsp.core import glide
from dsp.core.glide import ACTIVE, LEFT, MOVING, VALUE
from dsp.core.rt import rt
from dsp.core.vectors import head, load, store, whole

GAIN = 2  # a glide, linear
ROWS = GAIN + glide.SIZE
MEMORY = ROWS  # nothing to forget
GLIDES = (GAIN,)
WIDTH = 8  # lanes of a tile


def state(lanes):
    """Unity on each lane.  Shape [8, lanes]."""
    s = np.zeros((ROWS, lanes))
    glide.rest(s, GAIN, 1.0)
    return s


def aim(gain_db, floor_db=-np.inf):
    """The linear gain of a level; at floor_db or below it is 0."""
    return 0.0 if gain_db <= floor_db else float(10.0 ** (gain_db / 20.0))


def demo(lanes):
    """Lanes a little apart, each on its way somewhere."""
    s = state(lanes)
    for lane in range(lanes):
        glide.start(s, GAIN, lane, 0.5 + 0.01 * lane, 300)
    s[MOVING, 0] = 1.0
    return s


@rt
def move(s, u, c, part):
    """The part of the lanes that begins at c, on its way: in stretches up to where a lane arrives."""
    frames = u.shape[0]
    i = 0
    while i < frames:
        n = glide.stretch(s, GAIN, 1, c, part, frames - i)
        if n > 0:
            gain = glide.take(s, GAIN, c, part)
            for k in range(i, i + n):
                gain = glide.further(gain)
                store(u, k, c, part, load(u, k, c, part) * gain[0])
            glide.leave(s, GAIN, c, part, gain, n)
        else:
            n = 1
            glide.step_part(s, GAIN, 1, 1, c, part)
            store(u, i, c, part, load(u, i, c, part) * load(s, GAIN, c, part))
        i += n


@rt
def run(s, u):
    """Scale u[frame, lane] in place."""
    frames, lanes = u.shape
    if s[MOVING, 0] > 0.0:
        rest = lanes % WIDTH
        for c in range(0, lanes - rest, WIDTH):
            move(s, u, c, whole(WIDTH))
        if rest > 0:
            move(s, u, lanes - rest, head(WIDTH, rest))
        moving = 0.0
        active = 0.0
        for c in range(lanes):
            if s[GAIN + LEFT, c] > 0.0:
                moving = 1.0
            if s[GAIN, c] != 1.0:
                active = 1.0
        s[MOVING, 0] = moving
        s[ACTIVE, 0] = max(moving, active)
    elif s[ACTIVE, 0] > 0.0:
        for i in range(frames):
            for c in range(lanes):
                u[i, c] *= s[GAIN + VALUE, c]
