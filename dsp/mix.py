"""Sums the lanes of one bank into the lanes of the next: one gain for every crossing of a lane and a destination.

The lane axis of the state is lane * destinations + destination, so that a register holds destinations and no sum is
reordered: the order of addition is that of the lanes, whatever moves.
"""

import numpy as np

from dsp.core import glide
from dsp.core.glide import ACTIVE, D1, D2, D3, GOAL, LEFT, MOVING
from dsp.core.rt import rt
from dsp.core.vectors import fma, load, store, whole

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
def sum_still(s, u, out, first, end, d, part):
    """The lanes from first to end, all used and none gliding, into the part of the destinations that begins at d.

    Eight frames at a time: each gain is read once for all of them, and no sum waits for the one before it.
    """
    n = out.shape[1]
    frames = u.shape[0]
    whole_frames = frames - frames % 8
    for i in range(0, whole_frames, 8):
        o0 = load(out, i, d, part)
        o1 = load(out, i + 1, d, part)
        o2 = load(out, i + 2, d, part)
        o3 = load(out, i + 3, d, part)
        o4 = load(out, i + 4, d, part)
        o5 = load(out, i + 5, d, part)
        o6 = load(out, i + 6, d, part)
        o7 = load(out, i + 7, d, part)
        for c in range(first, end):
            g = load(s, GAIN, c * n + d, part)
            o0 = fma(g, u[i, c], o0)
            o1 = fma(g, u[i + 1, c], o1)
            o2 = fma(g, u[i + 2, c], o2)
            o3 = fma(g, u[i + 3, c], o3)
            o4 = fma(g, u[i + 4, c], o4)
            o5 = fma(g, u[i + 5, c], o5)
            o6 = fma(g, u[i + 6, c], o6)
            o7 = fma(g, u[i + 7, c], o7)
        store(out, i, d, part, o0)
        store(out, i + 1, d, part, o1)
        store(out, i + 2, d, part, o2)
        store(out, i + 3, d, part, o3)
        store(out, i + 4, d, part, o4)
        store(out, i + 5, d, part, o5)
        store(out, i + 6, d, part, o6)
        store(out, i + 7, d, part, o7)
    for i in range(whole_frames, frames):
        o = load(out, i, d, part)
        for c in range(first, end):
            o = fma(load(s, GAIN, c * n + d, part), u[i, c], o)
        store(out, i, d, part, o)


@rt
def add_still(s, u, out, first, end):
    """The lanes from first to end, all used and none gliding: by eight destinations, then by two."""
    n = out.shape[1]
    eights = n - n % 8
    for d in range(0, eights, 8):
        sum_still(s, u, out, first, end, d, whole(8))
    for d in range(eights, n - 1, 2):
        sum_still(s, u, out, first, end, d, whole(2))
    if n % 2 == 1:
        sum_still(s, u, out, first, end, n - 1, whole(1))


@rt
def sum_moving(s, u, out, c, d, part, end):
    """A lane of which something glides, into the part of the destinations from d to end."""
    first = c * out.shape[1]
    g = load(s, GAIN, first + d, part)
    if glide.under_way(s, GAIN, 1, first + d, first + end) == 0:
        for i in range(u.shape[0]):
            store(out, i, d, part, fma(g, u[i, c], load(out, i, d, part)))
        return
    d1 = load(s, GAIN + D1, first + d, part)
    d2 = load(s, GAIN + D2, first + d, part)
    d3 = load(s, GAIN + D3, first + d, part)
    goal = load(s, GAIN + GOAL, first + d, part)
    left = load(s, GAIN + LEFT, first + d, part)
    for i in range(u.shape[0]):
        g, d1, d2, d3, left = glide.onward(g, d1, d2, d3, goal, left)
        store(out, i, d, part, fma(g, u[i, c], load(out, i, d, part)))
    store(s, GAIN, first + d, part, g)
    store(s, GAIN + D1, first + d, part, d1)
    store(s, GAIN + D2, first + d, part, d2)
    store(s, GAIN + D3, first + d, part, d3)
    store(s, GAIN + LEFT, first + d, part, left)


@rt
def add_moving(s, u, out, c):
    """A lane of which something glides, by eight destinations, then by two."""
    n = out.shape[1]
    eights = n - n % 8
    for d in range(0, eights, 8):
        sum_moving(s, u, out, c, d, whole(8), d + 8)
    for d in range(eights, n - 1, 2):
        sum_moving(s, u, out, c, d, whole(2), d + 2)
    if n % 2 == 1:
        sum_moving(s, u, out, c, n - 1, whole(1), n)


@rt
def add(s, u, out):
    """Add u[frame, lane] times the gains to out[frame, destination]."""
    lanes = u.shape[1]
    n = out.shape[1]
    if s[MOVING, 0] > 0.0:
        survey(s, lanes, n)
    if s[ACTIVE, 0] == 0.0:
        return
    c = 0
    while c < lanes:
        if s[STIR, c * n] != 0.0:
            add_moving(s, u, out, c)
            c += 1
            continue
        first = c
        while c < lanes and s[USED, c * n] != 0.0 and s[STIR, c * n] == 0.0:
            c += 1
        if c > first:
            add_still(s, u, out, first, c)
        else:
            c += 1
