"""One filter band on every lane: a trapezoidal state-variable filter with mixed outputs, on or by way of the wire.

A. Simper, "Linear trapezoidal integrated SVF", Cytomic, 2013.  out = x + wire² (n0 x + m1 v1 + m2 v2): a lane whose
wire is 0 passes its samples bit for bit; the square hides how a filter with an empty memory starts.  The five numbers
come from `aim` (dsp/matched.py).

To change a lane, write NEXT_G .. NEXT_M2 and HOME, then ASK = 1 to glide straight there, or 2 to fade to the wire,
exchange the five there, and fade to HOME.  It is taken at the start of the next run; several asks before it are one.
"""

import numpy as np

from dsp import glide, matched
from dsp.rt import rt

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE
# g: tan(angle / 2)   k: damping   n0 m1 m2: mix of input (less 1), band, low   wire: how much of the band is heard
G, K, N0, M1, M2, WIRE = GLIDES = tuple(range(2, 2 + 6 * glide.SIZE, glide.SIZE))
# HOME: where WIRE returns to, 0 = off   GLIDE: frames of a straight glide   FADE: frames to the wire, and back
NEXT_G, NEXT_K, NEXT_N0, NEXT_M1, NEXT_M2, HOME, ASK, STAGE, GLIDE, FADE = range(38, 48)
NEXT = NEXT_G  # first of five rows, in the order of `aim`
# scratch: Simper's a1 a2 a3, made from g and k, and the square of the wire; all 0 on a lane whose wire is 0
A1, A2, A3, HEARD = range(48, 52)
S1, S2 = range(52, 54)  # the two integrators
MEMORY, ROWS = S1, 54

REST, LEAVING, RETURNING = 0.0, 1.0, 2.0  # STAGE
STRAIGHT, BY_WIRE = 1.0, 2.0  # ASK


def aim(kind: str, freq_hz: float, q: float, gain_db: float, rate_hz: float) -> matched.Five:
    """The five goals (g, k, n0, m1, m2) of one band.  See `matched.design`."""
    g, k, m0, m1, m2 = matched.design(kind, freq_hz, q, gain_db, rate_hz)
    return g, k, m0 - 1.0, m1, m2


def put(s: np.ndarray, lane: int, goals: matched.Five, home: float = 1.0) -> None:
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
    """A wire on each lane.  Shape [54, lanes]."""
    s = np.zeros((ROWS, lanes))
    g, k, m0, m1, m2 = matched.WIRE
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
            kind = matched.KINDS[c % len(matched.KINDS)]
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
def advance(s):
    """Before a frame: exchange on the lanes that reached the wire, and end what has come home."""
    for c in range(s.shape[1]):
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
def prepare(s):
    """The scratch rows.  On the wire they are 0 and the memory with them, so that it stays empty."""
    for c in range(s.shape[1]):
        g = s[G, c]
        wire = s[WIRE, c]
        heard = wire != 0.0
        s[HEARD, c] = wire * wire
        a1 = 1.0 / (1.0 + g * (g + s[K, c])) if heard else 0.0
        s[A1, c] = a1
        s[A2, c] = g * a1
        s[A3, c] = g * (g * a1)
        s[S1, c] = s[S1, c] if heard else 0.0
        s[S2, c] = s[S2, c] if heard else 0.0


@rt
def filter_frame(s, x):
    """One frame x[lane] in place."""
    for c in range(s.shape[1]):
        s1 = s[S1, c]
        s2 = s[S2, c]
        v3 = x[c] - s2
        v1 = s[A1, c] * s1 + s[A2, c] * v3
        v2 = s2 + (s[A2, c] * s1 + s[A3, c] * v3)
        s[S1, c] = 2.0 * v1 - s1
        s[S2, c] = 2.0 * v2 - s2
        x[c] = x[c] + s[HEARD, c] * (s[N0, c] * x[c] + s[M1, c] * v1 + s[M2, c] * v2)


@rt
def settle(s):
    """Tell whether anything still moves, and whether any lane is more than a wire."""
    moving = False
    active = False
    for c in range(s.shape[1]):
        for r in GLIDES:
            moving = moving or s[r + glide.LEFT, c] > 0.0
        moving = moving or s[STAGE, c] != REST or s[ASK, c] != 0.0
        active = active or s[WIRE, c] != 0.0 or s[STAGE, c] != REST
    s[MOVING, 0] = 1.0 if moving else 0.0
    s[ACTIVE, 0] = 1.0 if active else 0.0


@rt
def run(s, u):
    """Filter u[frame, lane] in place."""
    if s[MOVING, 0] == 0.0:
        if s[ACTIVE, 0] != 0.0:
            prepare(s)
            for i in range(u.shape[0]):
                filter_frame(s, u[i])
        return
    answer(s)
    for i in range(u.shape[0]):
        advance(s)
        for r in GLIDES:
            glide.step(s, r)
        prepare(s)
        filter_frame(s, u[i])
    settle(s)
