"""Sums the lanes of one bank into the lanes of the next: one gain for every crossing of a lane and a destination.

The lane axis of the state is lane * destinations + destination, so that a register holds destinations and no sum is
reordered: the order of addition is that of the lanes, whatever moves.
"""

import numpy as np

from dsp.core import glide
from dsp.core.glide import ACTIVE, D1, D2, D3, GOAL, LEFT, MOVING
from dsp.core.rt import rt
from dsp.core.vectors import every, fma, load, pick, store, whole

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
def empty(s, row, first, end):
    """Whether a row holds nothing but zeros from first to end, eight cells at a time."""
    c = first
    while c + 8 <= end:
        if not every(load(s, row, c, whole(8)) == 0.0):
            return False
        c += 8
    while c < end:
        if s[row, c] != 0.0:
            return False
        c += 1
    return True


@rt
def survey(s, lanes, destinations):
    """Note which lanes go anywhere and which of them glide."""
    moving = 0.0
    active = 0.0
    for c in range(lanes):
        first = c * destinations
        stir = 0.0 if empty(s, GAIN + LEFT, first, first + destinations) else 1.0
        used = 0.0 if stir == 0.0 and empty(s, GAIN, first, first + destinations) else 1.0
        s[USED, first] = used
        s[STIR, first] = stir
        moving = max(moving, stir)
        active = max(active, used)
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
    """The lanes from first to end, all used and none gliding: by eight destinations, then by fewer."""
    n = out.shape[1]
    d = 0
    while d + 8 <= n:
        sum_still(s, u, out, first, end, d, whole(8))
        d += 8
    if d + 4 <= n:
        sum_still(s, u, out, first, end, d, whole(4))
        d += 4
    while d + 2 <= n:
        sum_still(s, u, out, first, end, d, whole(2))
        d += 2
    if d < n:
        sum_still(s, u, out, first, end, d, whole(1))


@rt
def still(s, c, at, part):
    """Whether no gain of a lane c glides on the part of its destinations whose first cell is at."""
    return s[STIR, c] == 0.0 or every(load(s, GAIN + LEFT, at, part) == 0.0)


@rt
def keep(s, at, part, g, d1, d2, d3, left):
    """Write a glide back."""
    store(s, GAIN, at, part, g)
    store(s, GAIN + D1, at, part, d1)
    store(s, GAIN + D2, at, part, d2)
    store(s, GAIN + D3, at, part, d3)
    store(s, GAIN + LEFT, at, part, left)


@rt
def sum_one(s, u, out, first, end, d, part, i):
    """Frame i alone."""
    n = out.shape[1]
    o = load(out, i, d, part)
    for c in range(first, end):
        at = c * n + d
        g = load(s, GAIN, at, part)
        if not still(s, c * n, at, part):
            d1, d2, d3 = load(s, GAIN + D1, at, part), load(s, GAIN + D2, at, part), load(s, GAIN + D3, at, part)
            goal, left = load(s, GAIN + GOAL, at, part), load(s, GAIN + LEFT, at, part)
            g, d1, d2, d3, left = glide.onward(g, d1, d2, d3, goal, left)
            keep(s, at, part, g, d1, d2, d3, left)
        o = fma(g, u[i, c], o)
    store(out, i, d, part, o)


@rt
def sum_moving(s, u, out, first, end, d, part):
    """As sum_still, where gains of some lanes glide: those step eight frames in registers.

    A glide that ends beyond the eight frames needs no look at its end.
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
            at = c * n + d
            g = load(s, GAIN, at, part)
            if still(s, c * n, at, part):
                o0 = fma(g, u[i, c], o0)
                o1 = fma(g, u[i + 1, c], o1)
                o2 = fma(g, u[i + 2, c], o2)
                o3 = fma(g, u[i + 3, c], o3)
                o4 = fma(g, u[i + 4, c], o4)
                o5 = fma(g, u[i + 5, c], o5)
                o6 = fma(g, u[i + 6, c], o6)
                o7 = fma(g, u[i + 7, c], o7)
                continue
            d1, d2, d3 = load(s, GAIN + D1, at, part), load(s, GAIN + D2, at, part), load(s, GAIN + D3, at, part)
            goal, left = load(s, GAIN + GOAL, at, part), load(s, GAIN + LEFT, at, part)
            if every((left == 0.0) | (left > 8.0)):
                go = left > 0.0
                g, d1, d2 = pick(go, g + d1, g), d1 + d2, d2 + d3
                o0 = fma(g, u[i, c], o0)
                g, d1, d2 = pick(go, g + d1, g), d1 + d2, d2 + d3
                o1 = fma(g, u[i + 1, c], o1)
                g, d1, d2 = pick(go, g + d1, g), d1 + d2, d2 + d3
                o2 = fma(g, u[i + 2, c], o2)
                g, d1, d2 = pick(go, g + d1, g), d1 + d2, d2 + d3
                o3 = fma(g, u[i + 3, c], o3)
                g, d1, d2 = pick(go, g + d1, g), d1 + d2, d2 + d3
                o4 = fma(g, u[i + 4, c], o4)
                g, d1, d2 = pick(go, g + d1, g), d1 + d2, d2 + d3
                o5 = fma(g, u[i + 5, c], o5)
                g, d1, d2 = pick(go, g + d1, g), d1 + d2, d2 + d3
                o6 = fma(g, u[i + 6, c], o6)
                g, d1, d2 = pick(go, g + d1, g), d1 + d2, d2 + d3
                o7 = fma(g, u[i + 7, c], o7)
                left = pick(go, left - 8.0, 0.0)
            else:
                g, d1, d2, d3, left = glide.onward(g, d1, d2, d3, goal, left)
                o0 = fma(g, u[i, c], o0)
                g, d1, d2, d3, left = glide.onward(g, d1, d2, d3, goal, left)
                o1 = fma(g, u[i + 1, c], o1)
                g, d1, d2, d3, left = glide.onward(g, d1, d2, d3, goal, left)
                o2 = fma(g, u[i + 2, c], o2)
                g, d1, d2, d3, left = glide.onward(g, d1, d2, d3, goal, left)
                o3 = fma(g, u[i + 3, c], o3)
                g, d1, d2, d3, left = glide.onward(g, d1, d2, d3, goal, left)
                o4 = fma(g, u[i + 4, c], o4)
                g, d1, d2, d3, left = glide.onward(g, d1, d2, d3, goal, left)
                o5 = fma(g, u[i + 5, c], o5)
                g, d1, d2, d3, left = glide.onward(g, d1, d2, d3, goal, left)
                o6 = fma(g, u[i + 6, c], o6)
                g, d1, d2, d3, left = glide.onward(g, d1, d2, d3, goal, left)
                o7 = fma(g, u[i + 7, c], o7)
            keep(s, at, part, g, d1, d2, d3, left)
        store(out, i, d, part, o0)
        store(out, i + 1, d, part, o1)
        store(out, i + 2, d, part, o2)
        store(out, i + 3, d, part, o3)
        store(out, i + 4, d, part, o4)
        store(out, i + 5, d, part, o5)
        store(out, i + 6, d, part, o6)
        store(out, i + 7, d, part, o7)
    for i in range(whole_frames, frames):
        sum_one(s, u, out, first, end, d, part, i)


@rt
def add_moving(s, u, out, first, end):
    """The lanes from first to end, all used: by eight destinations, then by fewer."""
    n = out.shape[1]
    d = 0
    while d + 8 <= n:
        sum_moving(s, u, out, first, end, d, whole(8))
        d += 8
    if d + 4 <= n:
        sum_moving(s, u, out, first, end, d, whole(4))
        d += 4
    while d + 2 <= n:
        sum_moving(s, u, out, first, end, d, whole(2))
        d += 2
    if d < n:
        sum_moving(s, u, out, first, end, d, whole(1))


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
        first = c
        stirred = False
        while c < lanes and s[USED, c * n] != 0.0:
            stirred = stirred or s[STIR, c * n] != 0.0
            c += 1
        if c == first:
            c += 1
        elif stirred:
            add_moving(s, u, out, first, c)
        else:
            add_still(s, u, out, first, c)
