"""One filter band on every lane: a trapezoidal state-variable filter with mixed outputs, on or by way of the wire.

A. Simper, "Linear trapezoidal integrated SVF", Cytomic, 2013.  out = x + wire² (n0 x + m1 v1 + m2 v2): a lane whose
wire is 0 passes its samples bit for bit; the square hides how a filter with an empty memory starts.  The five numbers
come from `aim` (dsp/svf_design.py).

To change a lane, write NEXT_G .. NEXT_M2 and HOME, then ASK = 1 to glide straight there, or 2 to fade to the wire,
exchange the five there, and fade to HOME.  It is taken at the start of the next run; several asks before it are one.
"""

import numpy as np

from dsp import svf_design
from dsp.core import glide, svf_frames
from dsp.core.rt import rt
from dsp.core.svf_frames import (
    ACTIVE,
    ASK,
    FADE,
    FIVE,
    GLIDE,
    GLIDES,
    HOME,
    MOVING,
    NEXT,
    ROWS,
    STAGE,
    WIRE,
    G,
    bend,
    ride,
    tile,
)
from dsp.core.vectors import every, folded, head, load, whole

MEMORY, S1, S2 = svf_frames.MEMORY, svf_frames.S1, svf_frames.S2
K, N0, M1, NEXT_G = svf_frames.K, svf_frames.N0, svf_frames.M1, svf_frames.NEXT_G
FADE_MS = 20.0
FADES = {GLIDE: FADE_MS, FADE: FADE_MS}
WIDTH = 16  # lanes of a tile: two registers' worth, since each frame waits for the one before
HALF = 8  # lanes of a tile that moves

REST, LEAVING, RETURNING = 0.0, 1.0, 2.0  # STAGE
STRAIGHT, BY_WIRE = 1.0, 2.0  # ASK


def aim(kind: str, freq_hz: float, q: float, gain_db: float, rate_hz: float) -> svf_design.Five:
    """The five goals (g, k, n0, m1, m2) of one band.  See `matched.design`."""
    g, k, m0, m1, m2 = svf_design.design(kind, freq_hz, q, gain_db, rate_hz)
    return g, k, m0 - 1.0, m1, m2


def put(s: np.ndarray, lane: int, goals: svf_design.Five, home: float = 1.0) -> None:
    """Set one lane at rest on its goals, at once, its memory empty; for a new or stopped state."""
    for n, goal in enumerate(goals):
        glide.start(s, G + n * glide.SIZE, lane, goal, 0)
        s[NEXT + n, lane] = goal
    glide.start(s, WIRE, lane, home, 0)
    s[HOME, lane] = home
    s[ASK, lane] = s[STAGE, lane] = 0.0
    s[MEMORY:, lane] = 0.0
    s[MOVING, 0] = s[ACTIVE, 0] = 1.0


def state(lanes: int) -> np.ndarray:
    """A wire on each lane.  Shape [50, lanes]."""
    s = np.zeros((ROWS, lanes))
    g, k, m0, m1, m2 = svf_design.WIRE
    for lane in range(lanes):
        put(s, lane, (g, k, m0 - 1.0, m1, m2), 0.0)
    s[GLIDE] = s[FADE] = 960.0
    s[MOVING, 0] = s[ACTIVE, 0] = 0.0
    return s


def demo(lanes: int) -> np.ndarray:
    """A loud band on each lane, all kinds, each a little differently; every seventh lane is a wire."""
    s = state(lanes)
    for c in range(lanes):
        if c % 7 != 6:
            kind = svf_design.KINDS[c % len(svf_design.KINDS)]
            put(s, c, aim(kind, 200.0 * 2.0 ** (c % 6), 0.7 + 0.1 * (c % 5), 12.0 - 3.0 * (c % 4), 48000.0))
    return s


@rt
def answer(s):
    """Begin what was asked since the last run."""
    for c in range(s.shape[1]):
        ask = s[ASK, c]
        if ask != 0.0:
            s[ASK, c] = 0.0
            if s[STAGE, c] == LEAVING:
                continue  # what is wanted now is taken at the wire
            if ask == STRAIGHT and s[HOME, c] != 0.0 and s[WIRE, c] != 0.0:
                for n in range(5):
                    glide.start(s, G + n * glide.SIZE, c, s[NEXT + n, c], s[GLIDE, c])
            else:
                s[STAGE, c] = LEAVING
                glide.start(s, WIRE, c, 0.0, s[FADE, c])


@rt
def advance(s, first, end):
    """Before a frame of the lanes from first to end: exchange on those at the wire, and end what has come home."""
    for c in range(first, end):
        if s[STAGE, c] == LEAVING and s[WIRE + glide.LEFT, c] == 0.0:
            for n in range(5):
                glide.start(s, G + n * glide.SIZE, c, s[NEXT + n, c], 0)
            s[S1, c] = 0.0
            s[S2, c] = 0.0
            s[STAGE, c] = RETURNING
            glide.start(s, WIRE, c, s[HOME, c], s[FADE, c])
        if s[STAGE, c] == RETURNING and s[WIRE + glide.LEFT, c] == 0.0:
            s[STAGE, c] = REST


@rt
def narrow(s, u):
    """All frames of 2 to 15 lanes."""
    frames, lanes = u.shape
    if lanes >= 8:
        tile(s, u, 0, frames, 0, folded(16, lanes))
    elif lanes >= 4:
        tile(s, u, 0, frames, 0, folded(8, lanes))
    else:
        tile(s, u, 0, frames, 0, folded(4, lanes))


@rt
def move(s, u, c, part, end):
    """Every frame of the part of the lanes from c to end: in stretches, and frame by frame where a glide ends."""
    frames = u.shape[0]
    i = 0
    while i < frames:
        if not every(load(s, STAGE, c, part) == REST):
            advance(s, c, end)
        which = glide.going(s, G, len(GLIDES), c, part)
        if which == 0:
            tile(s, u, i, frames, c, part)
            return
        n = glide.stretch(s, G, len(GLIDES), c, part, frames - i)
        if n > 0 and which & FIVE == which:
            bend(s, u, i, i + n, c, part)
        elif n > 0:
            ride(s, u, i, i + n, which, c, part)
        else:
            n = 1
            glide.step_part(s, G, len(GLIDES), which, c, part)
            tile(s, u, i, i + 1, c, part)
        i += n


@rt
def rests(s, c, part):
    """Whether nothing moves on a part of the lanes."""
    return every(load(s, STAGE, c, part) == REST) and glide.going(s, G, len(GLIDES), c, part) == 0


@rt
def settle(s):
    """Tell whether anything still moves, and whether any lane is more than a wire."""
    moving = False
    active = False
    for c in range(0, s.shape[1], HALF):
        part = head(HALF, s.shape[1] - c)
        moving = moving or not rests(s, c, part) or not every(load(s, ASK, c, part) == 0.0)
        active = active or not every((load(s, WIRE, c, part) == 0.0) & (load(s, STAGE, c, part) == REST))
    s[MOVING, 0] = 1.0 if moving else 0.0
    s[ACTIVE, 0] = 1.0 if active else 0.0


@rt
def run(s, u):
    """Filter u[frame, lane] in place."""
    lanes = u.shape[1]
    rest = lanes % WIDTH
    if s[MOVING, 0] == 0.0:
        if s[ACTIVE, 0] != 0.0 and 1 < lanes < WIDTH:
            narrow(s, u)
        elif s[ACTIVE, 0] != 0.0:
            for c in range(0, lanes - rest, WIDTH):
                tile(s, u, 0, u.shape[0], c, whole(WIDTH))
            if rest > 0:
                tile(s, u, 0, u.shape[0], lanes - rest, head(WIDTH, rest))
        return
    answer(s)
    for c in range(0, lanes - rest, WIDTH):
        if rests(s, c, whole(WIDTH)):
            tile(s, u, 0, u.shape[0], c, whole(WIDTH))
        else:
            move(s, u, c, whole(HALF), c + HALF)
            move(s, u, c + HALF, whole(HALF), c + WIDTH)
    for c in range(lanes - rest, lanes, HALF):
        end = min(c + HALF, lanes)
        move(s, u, c, head(HALF, end - c), end)
    settle(s)
