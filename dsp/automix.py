"""Automatic mixing: talkers share one gain, so that all open microphones together are as loud as one.

D. Dugan, "Automatic microphone mixer", US patent 3,992,584, 1976, and "Automatic microphone mixing", J. AES 23(6),
1975: the attenuation of a lane in dB is the level of the sum less its own level.  Levels are mean squares and the sum
is that of powers, so the squares of the gains add up to 1: N equal talkers are each down by 10 log10 N, and a lane
that is 3 dB louder than another comes out 6 dB louder.

Level: the square, averaged by two one-poles of MEAN_MS (a 100 Hz tone swings a gain by 0.02 dB), falling by
RELEASE_MS, so that a pause between words is no invitation.  FLOOR is added to each: below it lanes share by their
weights alone, and the noise of quiet rooms moves nothing.  The gain follows its share by SMOOTH_MS.  What is
remembered of it is how far it is from the share in silence, so that an empty memory is silence.
"""

import numpy as np
from numba import carray

from dsp.core import glide
from dsp.core.ballistics import NEAR, coefficient
from dsp.core.decibel import AMPLITUDE_DB, log2
from dsp.core.rt import rt
from dsp.core.vectors import fma, head, load, magnitude, pick, stack, store, whole

LINKED = True  # what one lane does moves all
MEAN_MS, RELEASE_MS, SMOOTH_MS = 4.0, 100.0, 3.0
FLOOR = 10.0 ** (-80.0 / 10.0)  # a mean square: -80 dBFS
STILL = 1e-20  # a mean square below -200 dB is silence
LOUDEST = 1e9  # what is no number, or beyond this, counts as silence
QUANTUM = 32  # frames of a chunk
MOST = 8  # frames of a chunk while settings glide
WIDTH = 16  # lanes of a tile

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE
WET, WEIGHT = GLIDES = tuple(range(2, 2 + 2 * glide.SIZE, glide.SIZE))  # on of desk and lane; linear
# one-pole coefficients   QUIET: gain in silence
MEAN, RELEASE, SMOOTH, QUIET = range(14, 18)
# scratch, a row for each frame of a chunk; the latter three while settings glide: WET, WET times WEIGHT, QUIET
SHARE = 18
WETS, WEIGHTS, QUIETS, MEMORY = range(SHARE + QUANTUM, SHARE + QUANTUM + 4 * MOST, MOST)
# MS0 MS: mean square, once and twice averaged   LEVEL: it, with release   APART: gain less QUIET
MS0 = MEMORY
MS, LEVEL, APART, ROWS = range(MS0 + 1, MS0 + 5)


def state(lanes: int) -> np.ndarray:
    """Off on each lane.  Shape [78, lanes]."""
    s = np.zeros((ROWS, lanes))
    glide.rest(s, WEIGHT, 1.0)
    return s


def aim(on_desk: int, on_lane: int, weight_db: float, rate_hz: float) -> dict[int, float]:
    """The goal of each row of one lane."""
    return {
        WET: float(bool(on_desk and on_lane)),
        WEIGHT: 10.0 ** (weight_db / 20.0),
        MEAN: coefficient(MEAN_MS, rate_hz),
        RELEASE: coefficient(RELEASE_MS, rate_hz),
        SMOOTH: coefficient(SMOOTH_MS, rate_hz),
    }


def settle(s: np.ndarray, lane: int, goals: dict[int, float]) -> None:
    """Put one lane at rest on the goals of `aim`, at once; for a new or stopped state."""
    glide.settle(s, GLIDES, {(row, lane): goal for row, goal in goals.items()})


def demo(lanes: int) -> np.ndarray:
    """All talk but every seventh, at weights a little apart."""
    s = state(lanes)
    for c in range(lanes):
        settle(s, c, aim(1, int(c % 7 != 6), 1.5 * (c % 5) - 3.0, 48000.0))
    return s


@rt
def gain_db(s, lane):
    """What the lane is turned by now: 0 where it does not take part, else below."""
    return AMPLITUDE_DB * log2(1.0 + s[WET, lane] * (s[QUIET, lane] + s[APART, lane] - 1.0))


@rt
def ride(s, frames, c, part):
    """The glides of some frames, on none of which one ends, to WETS and WEIGHTS."""
    wet = glide.take(s, WET, c, part)
    weight = glide.take(s, WEIGHT, c, part)
    for i in range(frames):
        wet = glide.further(wet)
        weight = glide.further(weight)
        store(s, WETS + i, c, part, wet[0])
        store(s, WEIGHTS + i, c, part, wet[0] * weight[0])
    glide.leave(s, WET, c, part, wet, frames)
    glide.leave(s, WEIGHT, c, part, weight, frames)


@rt
def arrive(s, c, part):
    """One frame of the glides, on which some end, to WETS and WEIGHTS."""
    glide.step_part(s, WET, len(GLIDES), 3, c, part)
    store(s, WETS, c, part, load(s, WET, c, part))
    store(s, WEIGHTS, c, part, load(s, WET, c, part) * load(s, WEIGHT, c, part))


@rt
def rest(s, frames):
    """The gains in silence, which follow from the settings alone, of some frames to QUIETS, of the last to QUIET."""
    for i in range(frames):
        total = 0.0
        for c in range(s.shape[1]):
            total += s[WEIGHTS + i, c] * s[WEIGHTS + i, c]
        root = np.sqrt(total)
        for c in range(s.shape[1]):
            s[QUIETS + i, c] = s[WEIGHTS + i, c] / root if total > 0.0 else 0.0
    for c in range(s.shape[1]):
        s[QUIET, c] = s[QUIETS + frames - 1, c]


@rt
def hear(s, u, start, end, moving, c, part, totals):
    """The weighted powers of some frames on the part of the lanes that begins at c, to SHARE and onto totals."""
    works = load(s, WET, c, part) != 0.0
    weight = load(s, WET, c, part) * load(s, WEIGHT, c, part)
    weight = weight * weight
    mean = load(s, MEAN, c, part)
    release = load(s, RELEASE, c, part)
    ms0 = load(s, MS0, c, part)
    ms = load(s, MS, c, part)
    level = load(s, LEVEL, c, part)
    for i in range(start, end):
        if moving:
            works = load(s, WETS + i - start, c, part) != 0.0
            weight = load(s, WEIGHTS + i - start, c, part)
            weight = weight * weight
        x = load(u, i, c, part)
        x = pick(magnitude(x) <= LOUDEST, x, 0.0)
        square = x * x
        ms0 = fma(mean, ms0 - square, square)
        ms = fma(mean, ms - ms0, ms0)
        ms0 = pick(works & (ms0 > STILL), ms0, 0.0)
        ms = pick(works & (ms > STILL), ms, 0.0)
        fallen = release * level
        level = pick(ms > fallen, ms, pick(works & (fallen > STILL), fallen, 0.0))
        share = weight * (level + FLOOR)
        store(s, SHARE + i - start, c, part, share)
        store(totals, i - start, 0, whole(WIDTH), load(totals, i - start, 0, whole(WIDTH)) + share)
    store(s, MS0, c, part, ms0)
    store(s, MS, c, part, ms)
    store(s, LEVEL, c, part, level)


@rt
def divide(s, frames, totals):
    """From powers to the gains that the lanes would share them by."""
    for i in range(frames):
        for far in (8, 4, 2, 1):  # in halves: a single sum would wait for itself
            for k in range(far):
                totals[i, k] += totals[i, k + far]
        total = totals[i, 0]
        scale = 1.0 / total if total > 0.0 else 0.0
        for c in range(s.shape[1]):
            s[SHARE + i, c] = np.sqrt(s[SHARE + i, c] * scale)


@rt
def turn(s, u, start, end, moving, c, part):
    """Some frames of the part of the lanes that begins at c, by their gains."""
    wet = load(s, WET, c, part)
    works = wet != 0.0
    smooth = load(s, SMOOTH, c, part)
    quiet = load(s, QUIET, c, part)
    apart = load(s, APART, c, part)
    for i in range(start, end):
        if moving:
            wet = load(s, WETS + i - start, c, part)
            works = wet != 0.0
            quiet = load(s, QUIETS + i - start, c, part)
        to = load(s, SHARE + i - start, c, part) - quiet
        way = apart - to
        way = pick(magnitude(way) > NEAR, way, 0.0)
        apart = fma(smooth, way, pick(magnitude(to) > NEAR, to, 0.0))
        apart = pick(works, apart, 0.0)
        x = load(u, i, c, part)
        y = pick(magnitude(x) <= LOUDEST, x, 0.0) * fma(wet, quiet + apart - 1.0, 1.0)
        store(u, i, c, part, pick(works, y, x))
    store(s, APART, c, part, apart)


@rt
def chunk(s, u, start, end, moving):
    """At most QUANTUM frames of all lanes; moving: at most MOST, whose settings stand in WETS, WEIGHTS and QUIETS."""
    lanes = u.shape[1]
    over = lanes % WIDTH
    totals = carray(stack(QUANTUM, WIDTH), (QUANTUM, WIDTH), np.float64)
    for i in range(end - start):
        for k in range(WIDTH):
            totals[i, k] = 0.0
    for c in range(0, lanes - over, WIDTH):
        hear(s, u, start, end, moving, c, whole(WIDTH), totals)
    if over > 0:
        hear(s, u, start, end, moving, lanes - over, head(WIDTH, over), totals)
    divide(s, end - start, totals)
    for c in range(0, lanes - over, WIDTH):
        turn(s, u, start, end, moving, c, whole(WIDTH))
    if over > 0:
        turn(s, u, start, end, moving, lanes - over, head(WIDTH, over))


@rt
def move(s, u, start, most):
    """At most so many frames while settings glide: up to where the next glide ends, or that frame; how many."""
    lanes = u.shape[1]
    over = lanes % WIDTH
    n = most
    for c in range(0, lanes - over, WIDTH):
        n = min(n, glide.stretch(s, WET, len(GLIDES), c, whole(WIDTH), n))
    if over > 0:
        n = min(n, glide.stretch(s, WET, len(GLIDES), lanes - over, head(WIDTH, over), n))
    for c in range(0, lanes - over, WIDTH):
        if n > 0:
            ride(s, n, c, whole(WIDTH))
        else:
            arrive(s, c, whole(WIDTH))
    if over > 0:
        if n > 0:
            ride(s, n, lanes - over, head(WIDTH, over))
        else:
            arrive(s, lanes - over, head(WIDTH, over))
    n = max(n, 1)
    rest(s, n)
    chunk(s, u, start, start + n, True)
    return n


@rt
def run(s, u):
    """Share the gain among the lanes of u[frame, lane] in place."""
    frames = u.shape[0]
    if s[MOVING, 0] == 0.0:
        if s[ACTIVE, 0] != 0.0:
            for start in range(0, frames, QUANTUM):
                chunk(s, u, start, min(start + QUANTUM, frames), False)
        return
    start = 0
    while start < frames:
        start += move(s, u, start, min(MOST, frames - start))
    active = 0.0
    for c in range(s.shape[1]):
        active = max(active, s[WET, c])
    s[MOVING, 0] = 1.0 if glide.moves(s, WET) or glide.moves(s, WEIGHT) else 0.0
    s[ACTIVE, 0] = 1.0 if active != 0.0 or s[MOVING, 0] != 0.0 else 0.0
