"""One filter band on every lane: a trapezoidal state-variable filter with mixed outputs, on or by way of the wire.

A. Simper, "Linear trapezoidal integrated SVF", Cytomic, 2013.  out = x + wire² (n0 x + m1 v1 + m2 v2): a lane whose
wire is 0 passes its samples bit for bit; the square hides how a filter with an empty memory starts.  The five numbers
come from `aim` (dsp/svf_design.py).

To change a lane, write NEXT_G .. NEXT_M2 and HOME, then ASK = 1 to glide straight there, or 2 to fade to the wire,
exchange the five there, and fade to HOME.  It is taken at the start of the next run; several asks before it are one.
"""

import numpy as np

from dsp import svf_design
from dsp.core import glide
from dsp.core.rt import rt
from dsp.core.vectors import every, fma, head, load, pick, store, whole

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE
# g: tan(angle / 2)   k: damping   n0 m1 m2: mix of input (less 1), band, low   wire: how much of the band is heard
G, K, N0, M1, M2, WIRE = GLIDES = tuple(range(2, 2 + 6 * glide.SIZE, glide.SIZE))
# HOME: where WIRE returns to, 0 = off   GLIDE: frames of a straight glide   FADE: frames to the wire, and back
NEXT_G, NEXT_K, NEXT_N0, NEXT_M1, NEXT_M2, HOME, ASK, STAGE, GLIDE, FADE = range(38, 48)
NEXT = NEXT_G  # first of five rows, in the order of `aim`
S1, S2 = range(48, 50)  # the two integrators
MEMORY, ROWS = S1, 50
FADE_MS = 20.0
FADES = {GLIDE: FADE_MS, FADE: FADE_MS}
WIDTH = 16  # lanes of a tile: two registers' worth, since each frame waits for the one before
HALF = 8  # lanes of a tile that moves
FIVE = 31  # of `glide.going`: all but WIRE

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
def tile(s, u, start, end, c, part):
    """The frames from start to end of the part of the lanes that begins at lane c.

    Simper's s = 2 v - s and v = (s before + s after) / 2 are put into his a1 a2 a3 and into the mix: fewer steps lie
    between one frame's integrators and the next.  On the wire all is 0, the memory too, so that it stays empty.
    """
    g = load(s, G, c, part)
    wire = load(s, WIRE, c, part)
    heard = wire * wire
    a1 = 1.0 / fma(g, g + load(s, K, c, part), 1.0)
    b1 = 2.0 * a1 - 1.0
    b2 = 2.0 * (g * a1)
    b3 = g * b2
    n0 = heard * load(s, N0, c, part)
    n1 = 0.5 * heard * load(s, M1, c, part)
    n2 = 0.5 * heard * load(s, M2, c, part)
    s1 = pick(wire != 0.0, load(s, S1, c, part), 0.0)
    s2 = pick(wire != 0.0, load(s, S2, c, part), 0.0)
    b1 = pick(wire != 0.0, b1, 0.0)
    b2 = pick(wire != 0.0, b2, 0.0)
    b3 = pick(wire != 0.0, b3, 0.0)
    for i in range(start, end):
        x = load(u, i, c, part)
        v3 = x - s2
        next1 = fma(b2, v3, b1 * s1)
        next2 = fma(b3, v3, fma(b2, s1, s2))
        store(u, i, c, part, fma(n2, s2 + next2, fma(n1, s1 + next1, fma(n0, x, x))))
        s1 = next1
        s2 = next2
    store(s, S1, c, part, s1)
    store(s, S2, c, part, s2)


@rt
def ride(s, u, start, end, which, c, part):
    """`tile` while wires move, and perhaps other glides: those of `going`, of which none ends."""
    sets = which & FIVE != 0
    g = glide.take(s, G, c, part)
    k = glide.take(s, K, c, part)
    m0 = glide.take(s, N0, c, part)
    m1 = glide.take(s, M1, c, part)
    m2 = glide.take(s, M2, c, part)
    wire = glide.take(s, WIRE, c, part)
    a = 2.0 / fma(g[0], g[0] + k[0], 1.0)
    b2 = g[0] * a
    b3 = g[0] * b2
    s1 = load(s, S1, c, part)
    s2 = load(s, S2, c, part)
    for i in range(start, end):
        if sets:
            g = glide.further(g)
            k = glide.further(k)
            m0 = glide.further(m0)
            m1 = glide.further(m1)
            m2 = glide.further(m2)
            a = 2.0 / fma(g[0], g[0] + k[0], 1.0)
            b2 = g[0] * a
            b3 = g[0] * b2
        wire = glide.further(wire)
        heard = wire[0] * wire[0]
        half = 0.5 * heard
        on = wire[0] != 0.0
        s1 = pick(on, s1, 0.0)
        s2 = pick(on, s2, 0.0)
        x = load(u, i, c, part)
        v3 = x - s2
        f2 = pick(on, b2, 0.0)
        next1 = fma(f2, v3, pick(on, a - 1.0, 0.0) * s1)
        next2 = fma(pick(on, b3, 0.0), v3, fma(f2, s1, s2))
        low = fma(half * m1[0], s1 + next1, fma(heard * m0[0], x, x))
        store(u, i, c, part, fma(half * m2[0], s2 + next2, low))
        s1 = next1
        s2 = next2
    store(s, S1, c, part, s1)
    store(s, S2, c, part, s2)
    if sets:
        glide.leave(s, G, c, part, g, end - start)
        glide.leave(s, K, c, part, k, end - start)
        glide.leave(s, N0, c, part, m0, end - start)
        glide.leave(s, M1, c, part, m1, end - start)
        glide.leave(s, M2, c, part, m2, end - start)
    glide.leave(s, WIRE, c, part, wire, end - start)


@rt
def bend(s, u, start, end, c, part):
    """`tile` while glides move but no wire, of which none ends: what rests needs no registers."""
    g = glide.take(s, G, c, part)
    k = glide.take(s, K, c, part)
    m0 = glide.take(s, N0, c, part)
    m1 = glide.take(s, M1, c, part)
    m2 = glide.take(s, M2, c, part)
    wire = load(s, WIRE, c, part)
    on = wire != 0.0
    heard = wire * wire
    half = 0.5 * heard
    s1 = pick(on, load(s, S1, c, part), 0.0)
    s2 = pick(on, load(s, S2, c, part), 0.0)
    for i in range(start, end):
        g = glide.further(g)
        k = glide.further(k)
        m0 = glide.further(m0)
        m1 = glide.further(m1)
        m2 = glide.further(m2)
        x = load(u, i, c, part)
        v3 = x - s2
        a = 2.0 / fma(g[0], g[0] + k[0], 1.0)
        b2 = pick(on, g[0] * a, 0.0)
        next1 = fma(b2, v3, pick(on, a - 1.0, 0.0) * s1)
        next2 = fma(pick(on, g[0] * b2, 0.0), v3, fma(b2, s1, s2))
        low = fma(half * m1[0], s1 + next1, fma(heard * m0[0], x, x))
        store(u, i, c, part, fma(half * m2[0], s2 + next2, low))
        s1 = next1
        s2 = next2
    store(s, S1, c, part, s1)
    store(s, S2, c, part, s2)
    glide.leave(s, G, c, part, g, end - start)
    glide.leave(s, K, c, part, k, end - start)
    glide.leave(s, N0, c, part, m0, end - start)
    glide.leave(s, M1, c, part, m1, end - start)
    glide.leave(s, M2, c, part, m2, end - start)


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
        if s[ACTIVE, 0] != 0.0:
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
