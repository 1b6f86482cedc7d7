"""Puts another sound in the place of each lane's own, faded: how the key of a gate or a compressor is listened to."""

import numpy as np

from dsp.core import glide
from dsp.core.glide import ACTIVE, MOVING
from dsp.core.rt import rt
from dsp.core.vectors import head, load, pick, store, whole

OTHER = 2  # a glide: 0 its own, 1 the other
ROWS = OTHER + glide.SIZE
MEMORY = ROWS
GLIDES = (OTHER,)
WIDTH = 8  # lanes of a tile


def state(lanes: int) -> np.ndarray:
    """Each lane its own.  Shape [8, lanes]."""
    return np.zeros((ROWS, lanes))


@rt
def cross(u, other, i, c, part, amount):
    """One frame of a part of the lanes."""
    x = load(u, i, c, part)
    store(u, i, c, part, pick(amount != 0.0, x + amount * (load(other, i, c, part) - x), x))


@rt
def move(s, u, other, c, part):
    """Every frame of a part of the lanes: in stretches up to where a fade ends."""
    frames = u.shape[0]
    i = 0
    while i < frames:
        n = glide.stretch(s, OTHER, 1, c, part, frames - i)
        if n > 0:
            fade = glide.take(s, OTHER, c, part)
            for k in range(i, i + n):
                fade = glide.further(fade)
                cross(u, other, k, c, part, fade[0])
            glide.leave(s, OTHER, c, part, fade, n)
        else:
            n = 1
            glide.step_part(s, OTHER, 1, 1, c, part)
            cross(u, other, i, c, part, load(s, OTHER, c, part))
        i += n


@rt
def put(s, u, other):
    """Fade other[frame, lane] into u[frame, lane].  A lane that keeps its own never hears what the other holds."""
    moving = s[MOVING, 0] > 0.0
    if not moving and s[ACTIVE, 0] == 0.0:
        return
    lanes = u.shape[1]
    rest = lanes % WIDTH
    for c in range(0, lanes - rest, WIDTH):
        move(s, u, other, c, whole(WIDTH))
    if rest > 0:
        move(s, u, other, lanes - rest, head(WIDTH, rest))
    if moving:
        moving = glide.moves(s, OTHER)
        active = moving
        for c in range(lanes):
            active = active or s[OTHER, c] != 0.0
        s[MOVING, 0] = 1.0 if moving else 0.0
        s[ACTIVE, 0] = 1.0 if active else 0.0
