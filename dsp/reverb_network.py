"""What sounds in the reverb, at most 32 frames at a time: cuts, predelay, two diffusers, a loop of 16 modulated lines.

A diffuser is 16 delays and a Hadamard matrix: 256 echoes of every frame come out of the second one.  The loop is a
feedback delay network (J.-M. Jot and A. Chaigne, 1991) with the same matrix, which keeps energy; what a line loses is
its own, in proportion to its length (dsp/reverb_rooms.py).  Lines are read between frames by a cubic of Lagrange, which
nowhere amplifies.

No line of the loop is shorter than a pass (dsp/reverb_rooms.py), so that a pass goes delay by delay, eight frames side
by side.  What waits for the frame before, cuts and swing and losses, goes frame by frame, the lines side by side.
Each frame gets the bits that it would get alone.  The rings and the rows of the state: dsp/reverb_rings.py.
"""

import math

import numpy as np
from numba import carray

from dsp import reverb_rings as rings
from dsp import reverb_rooms
from dsp.core import passband
from dsp.core.frames import COUNTS, WIDTH, floored, turn
from dsp.core.hadamard import mix_into
from dsp.core.passband import settled
from dsp.core.rt import rt
from dsp.core.vectors import load, pick, stack, store, whole
from dsp.reverb_rings import PASS
from dsp.reverb_rooms import LINES, mirrored

LOUDEST = 1e9  # what is no number, or beyond this, counts as silence

START_SIN = np.sin(2.0 * np.pi * reverb_rooms.GOLDEN * np.arange(LINES))
START_COS = np.cos(2.0 * np.pi * reverb_rooms.GOLDEN * np.arange(LINES))
# how the inputs, left on even lines, go in: a mirror, see dsp/reverb_rooms.py
IN = mirrored(np.array([-1, 1, 1, -1, 1, -1, -1, 1])) / math.sqrt(8.0)
SHARE = 1.0 / math.sqrt(8.0)
HEARS = np.array([rings.ONCE + c % 2 + (2 if IN[c] < 0.0 else 0) for c in range(LINES)])  # the ring that a delay reads


@rt
def enter(s, line, u, knobs, step, swings, wholes, bounds):
    """What waits for the frame before it, at once: both sides of the input through the cuts into their rings, and how
    late each line is, [frame, line]: a whole number, and the part beyond."""
    part = whole(LINES)
    left, right = rings.now(s, rings.ENTRY, rings.WAIT), rings.now(s, rings.ENTRY, rings.WAIT + 1)
    l0, l1, l2, l3 = s[rings.CUTS, 0], s[rings.CUTS + 1, 0], s[rings.CUTS + 2, 0], s[rings.CUTS + 3, 0]
    r0, r1, r2, r3 = s[rings.CUTS, 1], s[rings.CUTS + 1, 1], s[rings.CUTS + 2, 1], s[rings.CUTS + 3, 1]
    sin = load(s, rings.SIN, 0, part)
    cos = load(s, rings.COS, 0, part)
    e = load(s, rings.TURN, 0, part)
    at = load(s, rings.AT + 2, 0, part)
    most = load(s, rings.ROOM + rings.LOOP, 0, part) - float(PASS + WIDTH)
    least = most
    greatest = most - most
    for i in range(u.shape[0]):
        k = i * step
        low, low_part = knobs[k, rings.LOW], knobs[k, rings.LOW_PART]
        high, high_part = knobs[k, rings.HIGH], knobs[k, rings.HIGH_PART]
        x = u[i, 0] if abs(u[i, 0]) <= LOUDEST else 0.0
        y, l0, l1, l2, l3 = passband.onward(x, l0, l1, l2, l3, low, low_part, high, high_part)
        line[0, left + i] = settled(y * knobs[k, rings.FEED])
        x = u[i, 1] if abs(u[i, 1]) <= LOUDEST else 0.0
        y, r0, r1, r2, r3 = passband.onward(x, r0, r1, r2, r3, low, low_part, high, high_part)
        line[0, right + i] = settled(y * knobs[k, rings.FEED])
        sin = sin + e * cos  # a rotation whose size never drifts
        cos = cos - e * sin
        late = at + knobs[k, rings.WOBBLE] * sin
        down = floored(late)
        store(swings, i, 0, part, late - down)
        down = pick((down >= 1.0) & (down < most), down, 1.0)  # what is no number must not become an index
        store(wholes, i, 0, part, down)
        least = pick(down < least, down, least)
        greatest = pick(down > greatest, down, greatest)
    store(s, rings.SIN, 0, part, sin)
    store(s, rings.COS, 0, part, cos)
    store(bounds, 0, 0, part, least)
    store(bounds, 1, 0, part, greatest)
    s[rings.CUTS, 0], s[rings.CUTS + 1, 0], s[rings.CUTS + 2, 0], s[rings.CUTS + 3, 0] = l0, l1, l2, l3
    s[rings.CUTS, 1], s[rings.CUTS + 1, 1], s[rings.CUTS + 2, 1], s[rings.CUTS + 3, 1] = r0, r1, r2, r3
    rings.again(s, line, rings.ENTRY, rings.WAIT, rings.WAIT + 2)


@rt
def held(s, line, at, late, k):
    """What is so late, from frame k of the pass on, where the pass is read from cell at: 0 before the first frame."""
    since = s[rings.FILLED, rings.HELD] + 1.0 + k
    if late < since:
        return load(line, 0, at + k, whole(WIDTH))
    count = load(COUNTS, 0, 0, whole(WIDTH))
    if late >= since + WIDTH:
        return count - count  # memory that nobody wrote is not touched
    return pick(count + since > late, load(line, 0, at + k, whole(WIDTH)), 0.0)


@rt
def wait(s, line, knobs, step, frames):
    """What entered, as late as the predelay, into the rings of the first diffuser."""
    part = whole(WIDTH)
    shares = carray(stack(1, PASS), (1, PASS), np.float64)
    crossing = step > 0 or knobs[0, rings.CROSS] > 0.0
    if crossing:
        for i in range(frames):
            shares[0, i] = knobs[i * step, rings.CROSS]
    for side in range(2):
        at = rings.since(s, rings.ENTRY, rings.WAIT + side, int(s[rings.PRE, 0]))
        to = rings.since(s, rings.ENTRY, rings.WAIT + side, int(s[rings.PRE_TO, 0]))
        upright = rings.now(s, rings.ENTRY, rings.ONCE + side)
        upside_down = rings.now(s, rings.ENTRY, rings.ONCE + 2 + side)
        for k in range(0, frames, WIDTH):
            y = held(s, line, at, s[rings.PRE, 0], k)
            if crossing:
                share = load(shares, 0, k, part)
                z = held(s, line, to, s[rings.PRE_TO, 0], k)
                y = pick(share > 0.0, y + share * (z - y), y)
            y = y * SHARE
            store(line, 0, upright + k, part, y)
            store(line, 0, upside_down + k, part, -y)
    rings.again(s, line, rings.ENTRY, rings.ONCE, rings.ENTRIES)


@rt
def diffuse(s, line, v, frames):
    """Through both diffusers; what the second lets out stays on v[line, frame]."""
    part = whole(WIDTH)
    for c in range(LINES):
        late = s[rings.AT, c]
        at = rings.since(s, rings.ENTRY, HEARS[c], int(late))
        for k in range(0, frames, WIDTH):
            store(v, c, k, part, held(s, line, at, late, k))
    for k in range(0, frames, WIDTH):
        mix_into(v, k)
    for c in range(LINES):
        at = rings.now(s, rings.SPREAD, c)
        for k in range(0, frames, WIDTH):
            store(line, 0, at + k, part, load(v, c, k, part))
    rings.again(s, line, rings.SPREAD, 0, LINES)
    for c in range(LINES):
        late = s[rings.AT + 1, c]
        at = rings.since(s, rings.SPREAD, c, int(late))
        for k in range(0, frames, WIDTH):
            store(v, c, k, part, held(s, line, at, late, k))


@rt
def cubic(f, younger, young, old, older):
    """Between four frames, a part f beyond the second."""
    a = f + 1.0
    b = f - 1.0
    d = f - 2.0
    outer = f * (a * b * older - b * d * younger) * (1.0 / 6.0)
    inner = a * d * (b * young - f * old) * 0.5
    return outer + inner


@rt
def read(s, line, f, wholes, bounds, frames):
    """The lines of the loop where they swing to, over f[line, frame], which says how far between two frames."""
    part = whole(WIDTH)
    count = load(COUNTS, 0, 0, part)
    for c in range(LINES):
        late = bounds[0, c]
        if late != bounds[1, c]:
            read_apart(s, line, f, wholes, c, frames)
            continue
        at = rings.since(s, rings.LOOP, c, int(late) + 2)
        for k in range(0, frames, WIDTH):
            since = s[rings.FILLED, rings.HELD] + 1.0 + k
            x = count - count
            if late < since + WIDTH:  # memory that nobody wrote is not touched
                younger, young = load(line, 0, at + k + 3, part), load(line, 0, at + k + 2, part)
                old, older = load(line, 0, at + k + 1, part), load(line, 0, at + k, part)
                x = cubic(load(f, c, k, part), younger, young, old, older)
            if late >= since:
                x = pick(count + since > late, x, 0.0)
            store(f, c, k, part, x)


@rt
def read_apart(s, line, f, wholes, c, frames):
    """The same of a line that swings across a frame meanwhile."""
    part = whole(WIDTH)
    taps = carray(stack(5, WIDTH), (5, WIDTH), np.float64)
    for k in range(0, frames, WIDTH):
        for j in range(min(WIDTH, frames - k)):
            taps[4, j] = wholes[k + j, c]
            at = rings.since(s, rings.LOOP, c, int(taps[4, j]) + 2) + k + j
            for n in range(4):
                taps[n, j] = line[0, at + 3 - n]
        x = cubic(
            load(f, c, k, part),
            load(taps, 0, 0, part),
            load(taps, 1, 0, part),
            load(taps, 2, 0, part),
            load(taps, 3, 0, part),
        )
        written = load(COUNTS, 0, 0, part) + (s[rings.FILLED, rings.HELD] + 1.0 + k) > load(taps, 4, 0, part)
        store(f, c, k, part, pick(written, x, 0.0))


@rt
def turn_all(source, target):
    """All blocks of [PASS, LINES] to [LINES, PASS], or back."""
    for i in range(0, source.shape[0], WIDTH):
        for j in range(0, source.shape[1], WIDTH):
            turn(source, i, j, target)


@rt
def lose(s, x, gains, gain_step, poles, pole_step, frames):
    """What each line loses, in place on x[frame, line]."""
    part = whole(LINES)
    y = load(s, rings.LOW_PASS, 0, part)
    for i in range(frames):
        gain = load(gains, i * gain_step, 0, part)
        pole = load(poles, i * pole_step, 0, part)
        y = settled(gain * load(x, i, 0, part) + pole * y)
        store(x, i, 0, part, y)
    store(s, rings.LOW_PASS, 0, part, y)


@rt
def hear(s, v, y, early, wet, k):
    """What both sides hear of early v + y, eight frames from k on: two sums each, since one would wait for itself."""
    part = whole(WIDTH)
    count = load(COUNTS, 0, 0, part)
    left = left_too = right = right_too = count - count
    for n in range(0, LINES, 2):
        one = early * load(v, n, k, part) + load(y, n, k, part)
        left = left + s[rings.EARS, n] * one
        right = right + s[rings.EARS + 1, n] * one
        other = early * load(v, n + 1, k, part) + load(y, n + 1, k, part)
        left_too = left_too + s[rings.EARS, n + 1] * other
        right_too = right_too + s[rings.EARS + 1, n + 1] * other
    store(wet, 0, k, part, left + left_too)
    store(wet, 1, k, part, right + right_too)


@rt
def close(s, line, v, y, knobs, step, wet, frames):
    """What comes out, to wet[side, frame], and what goes into the loop, of the diffusers' v and the loop's y."""
    part = whole(WIDTH)
    earlies = carray(stack(1, PASS), (1, PASS), np.float64)
    for i in range(frames):
        earlies[0, i] = knobs[i * step, rings.EARLY]
    for k in range(0, frames, WIDTH):
        hear(s, v, y, load(earlies, 0, k, part), wet, k)
        mix_into(v, k)
        mix_into(y, k)
    for c in range(LINES):
        at = rings.now(s, rings.LOOP, c)
        for k in range(0, frames, WIDTH):
            store(line, 0, at + k, part, load(v, c, k, part) + load(y, c, k, part))
    rings.again(s, line, rings.LOOP, 0, LINES)


@rt
def tail(s, line, u, knobs, step, gains, gain_step, poles, pole_step, wet):
    """The wet sound of u[frame, 2], at most what the rings have left, to wet[side, frame], before it is levelled.

    knobs, gains, poles: the glides in each frame, [frame, 16], by steps of 1, or at rest, by steps of 0.
    """
    frames = u.shape[0]
    by_frame = carray(stack(PASS, LINES), (PASS, LINES), np.float64)
    wholes = carray(stack(PASS, LINES), (PASS, LINES), np.float64)
    bounds = carray(stack(2, LINES), (2, LINES), np.float64)
    v = carray(stack(LINES, PASS), (LINES, PASS), np.float64)
    x = carray(stack(LINES, PASS), (LINES, PASS), np.float64)
    enter(s, line, u, knobs, step, by_frame, wholes, bounds)
    wait(s, line, knobs, step, frames)
    diffuse(s, line, v, frames)
    turn_all(by_frame, x)
    read(s, line, x, wholes, bounds, frames)
    turn_all(x, by_frame)
    lose(s, by_frame, gains, gain_step, poles, pole_step, frames)
    turn_all(by_frame, x)
    close(s, line, v, x, knobs, step, wet, frames)
    rings.onward(s, frames)
