"""Picks where each lane's sound comes from; a change of source fades out, switches and fades in.

A source is a column of a ring of RING absolute frames: column base, row stride, and how late it is read.  Points
further down the graph are read exactly LATE frames late: nothing depends on the order of units or on block sizes.  A
lane whose source is OWN keeps what it carries.
"""

import numpy as np

from dsp.core import glide
from dsp.core.glide import ACTIVE, LEFT, MOVING
from dsp.core.rt import rt
from dsp.core.vectors import every, head, load, store, whole

RING = 64  # frames that every point remembers
LATE = 32  # a quantum: how late a downstream point is read
OWN = -1  # in place of a column's base

# WIRE: fade of the switch   BASE STRIDE DELAY: the source read now   NEXT_..: the source wanted   ASK: 2 to switch
WIRE = 2
BASE, STRIDE, DELAY = 8, 9, 10
NEXT_BASE, NEXT_STRIDE, NEXT_DELAY = 11, 12, 13
ASK, STAGE, FADE = 14, 15, 16
RUN = 17  # how many lanes from this one on read neighbouring columns of one ring, each as late as the next, or fewer
ROWS = 18
MEMORY = ROWS
GLIDES = (WIRE,)
FADE_MS = 5.0
FADES = {FADE: FADE_MS}
WIDTH = 8  # lanes of a tile


def state(lanes, fade_frames=240, own=False):
    """OWN on each lane; else column 0 of the memory, stride 0: silence where the memory's first cell is 0."""
    s = np.zeros((ROWS, lanes))
    glide.rest(s, WIRE, 1.0)
    s[FADE] = fade_frames
    s[ACTIVE, 0] = 0.0 if own else 1.0
    s[BASE] = s[NEXT_BASE] = OWN if own else 0
    return s


@rt
def turn(s, first, end):
    """Before a frame of the lanes from first to end: the stages of those whose fade has come to its end."""
    for c in range(first, end):
        if s[STAGE, c] != 0.0 and s[WIRE + LEFT, c] == 0.0:
            if s[STAGE, c] == 1.0:
                s[BASE, c] = s[NEXT_BASE, c]
                s[STRIDE, c] = s[NEXT_STRIDE, c]
                s[DELAY, c] = s[NEXT_DELAY, c]
                for k in range(first, end):
                    s[RUN, k] = 0.0
                s[STAGE, c] = 2.0
                glide.start(s, WIRE, c, 1.0, int(s[FADE, c]))
            else:
                s[STAGE, c] = 0.0


@rt
def in_a_row(s, c):
    """Whether the lane after c reads the next column of the same ring, as late."""
    return s[BASE, c + 1] - s[BASE, c] == 1.0 and s[STRIDE, c + 1] == s[STRIDE, c] and s[DELAY, c + 1] == s[DELAY, c]


@rt
def line_up(s):
    """Recompute RUN."""
    lanes = s.shape[1]
    for c in range(lanes - 1, -1, -1):
        s[RUN, c] = s[RUN, c + 1] + 1.0 if c + 1 < lanes and in_a_row(s, c) else 1.0


@rt
def read(s, memory, frame, u, start, end, first, last):
    """The frames from start to end of the lanes from first to last, not faded."""
    c = first
    while c < last:
        base = int(s[BASE, c])
        if base == OWN:
            c += 1
            continue
        stride = int(s[STRIDE, c])
        at = frame - int(s[DELAY, c])
        n = min(int(s[RUN, c]), last - c)
        n -= n % WIDTH
        if n == 0:
            for i in range(start, end):
                u[i, c] = memory[base + ((at + i) & (RING - 1)) * stride]
            c += 1
            continue
        for i in range(start, end):
            row = base + ((at + i) & (RING - 1)) * stride
            for k in range(0, n, WIDTH):
                store(u, i, c + k, whole(WIDTH), load(memory, 0, row + k, whole(WIDTH)))
        c += n


@rt
def fade(s, u, start, end, c, part):
    """The fades of some frames, on none of which one ends."""
    wire = glide.take(s, WIRE, c, part)
    for i in range(start, end):
        wire = glide.further(wire)
        store(u, i, c, part, load(u, i, c, part) * wire[0])
    glide.leave(s, WIRE, c, part, wire, end - start)


@rt
def move(s, memory, frame, u, c, part, last):
    """The lanes from c to last: in stretches up to where a fade ends."""
    frames = u.shape[0]
    i = 0
    while i < frames:
        turn(s, c, last)
        rests = load(s, STAGE, c, part) == 0.0
        fades = load(s, WIRE + LEFT, c, part) > 0.0
        if every(rests & ~fades):
            read(s, memory, frame, u, i, frames, c, last)
            return
        n = glide.stretch(s, WIRE, 1, c, part, frames - i) if every(rests | fades) else 0
        read(s, memory, frame, u, i, i + max(n, 1), c, last)
        if n > 0:
            fade(s, u, i, i + n, c, part)
        else:
            n = 1
            glide.step_part(s, WIRE, 1, 1, c, part)
            store(u, i, c, part, load(u, i, c, part) * load(s, WIRE, c, part))
        i += n


@rt
def answer(s):
    """Begin what was asked since the last block."""
    for c in range(s.shape[1]):
        if s[ASK, c] > 0.0:
            s[ASK, c] = 0.0
            if s[STAGE, c] != 1.0:
                s[STAGE, c] = 1.0
                glide.start(s, WIRE, c, 0.0, int(s[FADE, c]))


@rt
def survey(s):
    """Recompute the two head cells: does anything move, has any lane a source."""
    moving = 0.0
    active = 0.0
    line_up(s)
    for c in range(s.shape[1]):
        if s[STAGE, c] != 0.0 or s[WIRE + LEFT, c] > 0.0:
            moving = 1.0
        if s[BASE, c] != OWN:
            active = 1.0
    s[MOVING, 0] = moving
    s[ACTIVE, 0] = max(moving, active)


@rt
def fetch(s, memory, frame, u):
    """Fill u[frame, lane] from the rings in memory, from the absolute frame on."""
    frames, lanes = u.shape
    if s[MOVING, 0] == 0.0:
        read(s, memory, frame, u, 0, frames, 0, lanes)
        return
    answer(s)
    rest = lanes % WIDTH
    for c in range(0, lanes - rest, WIDTH):
        move(s, memory, frame, u, c, whole(WIDTH), c + WIDTH)
    if rest > 0:
        move(s, memory, frame, u, lanes - rest, head(WIDTH, rest), lanes)
    survey(s)
