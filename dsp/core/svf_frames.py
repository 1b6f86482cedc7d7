"""What a filter does with some frames, and the rows of its state: at rest, and while glides or its wire move."""

from dsp.core import glide
from dsp.core.rt import rt
from dsp.core.vectors import fma, load, pick, store

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE
# g: tan(angle / 2)   k: damping   n0 m1 m2: mix of input (less 1), band, low   wire: how much of the band is heard
G, K, N0, M1, M2, WIRE = GLIDES = tuple(range(2, 2 + 6 * glide.SIZE, glide.SIZE))
# HOME: where WIRE returns to, 0 = off   GLIDE: frames of a straight glide   FADE: frames to the wire, and back
NEXT_G, NEXT_K, NEXT_N0, NEXT_M1, NEXT_M2, HOME, ASK, STAGE, GLIDE, FADE = range(38, 48)
NEXT = NEXT_G  # first of five rows, in the order of `aim`
S1, S2 = range(48, 50)  # the two integrators
MEMORY, ROWS = S1, 50
FIVE = 31  # of `glide.going`: all but WIRE


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
