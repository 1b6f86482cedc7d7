"""Picks where each lane's sound comes from; a change of source fades out, switches and fades in.

A source is a column of a ring of RING absolute frames: column base, row stride, and how late it is read.  Points
further down the graph are read exactly LATE frames late: nothing depends on the order of units or on block sizes.  A
lane whose source is OWN keeps what it carries.
"""

import numpy as np

from dsp.core import glide
from dsp.core.glide import ACTIVE, LEFT, MOVING, VALUE
from dsp.core.rt import rt
from dsp.core.vectors import load, store, whole

RING = 64  # frames that every point remembers
LATE = 32  # a quantum: how late a downstream point is read
OWN = -1  # in place of a column's base

# WIRE: fade of the switch   BASE STRIDE DELAY: the source read now   NEXT_..: the source wanted   ASK: 2 to switch
WIRE = 2
BASE, STRIDE, DELAY = 8, 9, 10
NEXT_BASE, NEXT_STRIDE, NEXT_DELAY = 11, 12, 13
ASK, STAGE, FADE = 14, 15, 16
ROWS = 17
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
def switch(s, c):
    """Take over the wanted source."""
    s[BASE, c] = s[NEXT_BASE, c]
    s[STRIDE, c] = s[NEXT_STRIDE, c]
    s[DELAY, c] = s[NEXT_DELAY, c]


@rt
def turn(s, c):
    """Once a frame, before the step: the stages of a lane that is asked to switch."""
    if s[STAGE, c] == 1.0 and s[WIRE + LEFT, c] == 0.0:
        switch(s, c)
        s[STAGE, c] = 2.0
        glide.start(s, WIRE, c, 1.0, int(s[FADE, c]))
    elif s[STAGE, c] == 2.0 and s[WIRE + LEFT, c] == 0.0:
        s[STAGE, c] = 0.0


@rt
def in_a_row(s, c):
    """Whether the lanes from c on read neighbouring columns of one ring, each as late as the next."""
    found = True
    for k in range(c + 1, c + WIDTH):
        found = found and s[BASE, k] - s[BASE, c] == k - c
        found = found and s[STRIDE, k] == s[STRIDE, c] and s[DELAY, k] == s[DELAY, c]
    return found


@rt
def fetch(s, memory, frame, u):
    """Fill u[frame, lane] from the rings in memory, from the absolute frame on."""
    frames, lanes = u.shape
    if s[MOVING, 0] == 0.0:
        c = 0
        while c < lanes:
            base = int(s[BASE, c])
            if base == OWN:
                c += 1
                continue
            stride = int(s[STRIDE, c])
            first = frame - int(s[DELAY, c])
            if c + WIDTH <= lanes and in_a_row(s, c):
                for i in range(frames):
                    part = whole(WIDTH)
                    store(u, i, c, part, load(memory, 0, base + ((first + i) & (RING - 1)) * stride, part))
                c += WIDTH
                continue
            for i in range(frames):
                u[i, c] = memory[base + ((first + i) & (RING - 1)) * stride]
            c += 1
        return
    moving = 0.0
    for c in range(lanes):
        if s[ASK, c] > 0.0:
            s[ASK, c] = 0.0
            if s[STAGE, c] != 1.0:
                s[STAGE, c] = 1.0
                glide.start(s, WIRE, c, 0.0, int(s[FADE, c]))
    for i in range(frames):
        for c in range(lanes):
            turn(s, c)
        glide.step(s, WIRE)
        for c in range(lanes):
            at = (frame + i - int(s[DELAY, c])) & (RING - 1)
            base = int(s[BASE, c])
            x = u[i, c] if base == OWN else memory[base + at * int(s[STRIDE, c])]
            u[i, c] = x * s[WIRE + VALUE, c]
    active = 0.0
    for c in range(lanes):
        if s[STAGE, c] != 0.0 or s[WIRE + LEFT, c] > 0.0:
            moving = 1.0
        if s[BASE, c] != OWN:
            active = 1.0
    s[MOVING, 0] = moving
    s[ACTIVE, 0] = max(moving, active)
