"""Stereo echoes: two delays up to two seconds, their feedback straight or crossed, cut low and high on its way round.

The first echo is the sound itself, to the frame and the bit; what comes back is multiplied by the feedback and passes
the cuts once a turn, so that echo n + 1 is n times the feedback in dB.  `cross` is the share of the feedback that
changes sides: at 1 an echo of one side answers on the other.

Above unity the loop would grow for ever: what is fed back is bounded by `bent`, which is a wire up to 0 dBFS, to the
bit, and then bends, without a corner, towards +6.02 dBFS, which it never reaches.  What comes in is not bent.

The first rows are those of dsp/delay.py: a new time crossfades from one place of the line to another.  The settings of
the whole are the lanes of the row KNOBS; lanes 0 and 1 of the other rows are left and right.
"""

import numpy as np
from numba import carray

from dsp import delay
from dsp.core import glide, passband
from dsp.core.passband import settled
from dsp.core.rt import rt
from dsp.core.vectors import every, load, magnitude, partner, pick, stack, store, whole
from dsp.delay import ACTIVE, ASK, AT, CROSS, FADE, FILLED, MOVING, NEXT, TO

MOST_MS = 2000.0
FADE_MS = 20.0
LOUDEST = 1e9  # what is no number, or beyond this, counts as silence

KNOBS = delay.ROWS  # a glide: see below
GLIDES = (CROSS, KNOBS)
WET, FEEDBACK, SWAP, LOW, LOW_PART, HIGH, HIGH_PART, FEED = range(8)  # lanes of KNOBS; FEED: moved from here only
LANES = 8
PASS = 32  # frames: at most so many between two looks at what moves
MEMORY = KNOBS + glide.SIZE  # of passband
ROWS = MEMORY + passband.MEMORY
FADES = {FADE: FADE_MS}

# Parts of a whole note; t: triplet, d: dotted
DIVISIONS = {
    "1/16": 1 / 16,
    "1/16t": 1 / 24,
    "1/8": 1 / 8,
    "1/8t": 1 / 12,
    "1/8d": 3 / 16,
    "1/4": 1 / 4,
    "1/4t": 1 / 6,
    "1/4d": 3 / 8,
    "1/2": 1 / 2,
    "1/1": 1.0,
}


def time_ms(bpm: float, division: str) -> float:
    """How long a division lasts, the beat being a quarter; halved until the line holds it.  bpm > 0."""
    ms = 240_000.0 / bpm * DIVISIONS[division]
    while ms > MOST_MS:
        ms *= 0.5
    return ms


def line(rate_hz: float) -> np.ndarray:
    """Room for the longest echo.  Shape [frames, 2]."""
    return np.zeros((round(MOST_MS * rate_hz / 1000.0) + 1, 2))


def aim(
    mix: float,
    time_l_ms: float,
    time_r_ms: float,
    feedback: float,
    cross: float,
    low_cut_hz: float,
    high_cut_hz: float,
    rate_hz: float,
) -> dict[tuple[int, int], float]:
    """The goal of each cell (row, lane); feedback 0..1.1, mix and cross 0..1.  Times are to be asked for by ASK = 2 on
    lanes 0 and 1."""
    cuts = passband.aim(low_cut_hz, high_cut_hz, rate_hz)
    goals = {(KNOBS, knob): goal for knob, goal in enumerate((mix, feedback, cross, *cuts))}
    for side, ms in enumerate((time_l_ms, time_r_ms)):
        goals[NEXT, side] = float(max(1, round(ms * rate_hz / 1000.0)))
        goals[FADE, side] = float(round(FADE_MS * rate_hz / 1000.0))
    return goals


def settle(s: np.ndarray, goals: dict[tuple[int, int], float]) -> None:
    """Put the unit at rest on the goals of `aim`, at once; for a new or stopped state."""
    glide.settle(s, GLIDES, goals)
    s[AT] = s[NEXT]


def state(rate_hz: float = 48000.0) -> np.ndarray:
    """A wire, over echoes at rest.  Shape [24, 8]."""
    s = np.zeros((ROWS, LANES))
    glide.start(s, KNOBS, FEED, 1.0, 0)
    settle(s, aim(0.0, 375.0, 250.0, 0.3, 0.0, 20.0, 20000.0, rate_hz))
    s[MOVING, 0] = 0.0
    return s


@rt
def bent(x):
    """x up to 1, to the bit; beyond, 2 - 1 / x of its size: the slope begins at 1, and the end is 2."""
    return pick(magnitude(x) <= 1.0, x, pick(x > 0.0, 2.0, -2.0) - 1.0 / x)


@rt
def forget(s):
    """Empty the line and every memory."""
    s[FILLED, 0] = 0.0
    for r in range(MEMORY, ROWS):
        for c in range(LANES):
            s[r, c] = 0.0


@rt
def feed(s, frames):
    """What goes in comes back along a ramp: a sound that is cut in would click in its echo."""
    glide.start(s, KNOBS, FEED, 0.0, 0)
    glide.start(s, KNOBS, FEED, 1.0, frames)


@rt
def wake(s):
    """Begin with nothing, and the times that are wanted; softly, unless everything is put on at once."""
    if s[ACTIVE, 0] == 0.0:
        forget(s)
        for c in range(2):
            s[AT, c] = s[NEXT, c]
        feed(s, s[FADE, 0] if s[KNOBS + glide.LEFT, WET] > 0.0 else 0.0)
        s[ACTIVE, 0] = 1.0


@rt
def dream(s):
    """While they sleep and are not woken, settings move at once: nothing of them is heard, see `wake`."""
    glide.end(s, KNOBS)
    for c in range(2):
        s[ASK, c] = 0.0
    s[MOVING, 0] = 0.0


@rt
def survey(s):
    """Recompute the two head cells."""
    moving = glide.moves(s, KNOBS)
    for c in range(2):
        moving = moving or s[ASK, c] != 0.0 or s[CROSS, c] != 0.0
    s[MOVING, 0] = 1.0 if moving else 0.0
    s[ACTIVE, 0] = 1.0 if moving or s[KNOBS, WET] != 0.0 else 0.0


@rt
def calm(s):
    """How many frames, this one and those that follow, go by until `delay.answer` has something to begin."""
    frames = PASS
    for c in range(2):
        if s[CROSS + glide.LEFT, c] > 0.0 or s[CROSS, c] == 1.0 or s[ASK, c] != 0.0:
            frames = min(frames, int(s[CROSS + glide.LEFT, c]) + 1)
    return frames


@rt
def echo(line, now, side, late, to, share, filled):
    """What comes out of one side's delay now; share: how much of it is read at `to`."""
    row = delay.heard(line, now, late, filled)
    y = line[row, side] if row >= 0 else 0.0
    if share > 0.0:
        row = delay.heard(line, now, to, filled)
        z = line[row, side] if row >= 0 else 0.0
        y += share * (z - y)
    return y


@rt
def turn(s, line, u, frame, knobs, step, shares, share_step):
    """At most a pass of frames, whose settings stand in knobs and shares: left and right side by side."""
    sides = whole(2)
    pair = carray(stack(1, 2), (1, 2), np.float64)
    length = line.shape[0]
    filled = s[FILLED, 0]
    m0 = load(s, MEMORY, 0, sides)
    m1 = load(s, MEMORY + 1, 0, sides)
    m2 = load(s, MEMORY + 2, 0, sides)
    m3 = load(s, MEMORY + 3, 0, sides)
    at_l, at_r, to_l, to_r = int(s[AT, 0]), int(s[AT, 1]), int(s[TO, 0]), int(s[TO, 1])
    now = frame % length
    for i in range(u.shape[0]):
        k, share = i * step, i * share_step
        filled = min(filled + 1.0, float(length))
        left = echo(line, now, 0, at_l, to_l, shares[share, 0], filled)
        right = echo(line, now, 1, at_r, to_r, shares[share, 1], filled)
        pair[0, 0] = left
        pair[0, 1] = right
        y = load(pair, 0, 0, sides)
        x = load(u, i, 0, sides)
        swap = knobs[k, SWAP]
        back = pick(swap != 1.0, y + swap * (partner(y) - y), partner(y))
        back, m0, m1, m2, m3 = passband.onward(
            back, m0, m1, m2, m3, knobs[k, LOW], knobs[k, LOW_PART], knobs[k, HIGH], knobs[k, HIGH_PART]
        )
        enters = pick(magnitude(x) <= LOUDEST, x, 0.0) * knobs[k, FEED]
        kept = settled(enters + bent(knobs[k, FEEDBACK] * back))
        store(line, now, 0, sides, kept)
        if not every((y + kept) * 0.0 == 0.0):  # what is no number is forgotten
            filled = 0.0
            nothing = pick(x == x, 0.0, 0.0)
            y = nothing
            m0 = nothing
            m1 = nothing
            m2 = nothing
            m3 = nothing
        wet = knobs[k, WET]
        store(u, i, 0, sides, pick(wet == 1.0, y, pick(wet != 0.0, x + wet * (y - x), x)))
        now = now + 1 if now + 1 < length else 0
    s[FILLED, 0] = filled
    store(s, MEMORY, 0, sides, m0)
    store(s, MEMORY + 1, 0, sides, m1)
    store(s, MEMORY + 2, 0, sides, m2)
    store(s, MEMORY + 3, 0, sides, m3)


@rt
def pass_on(s, line, u, frame):
    """Echoes of the stereo u[frame, 2], which starts at the absolute frame, in place."""
    if s[MOVING, 0] != 0.0 and glide.sleeps(s, KNOBS, WET):
        dream(s)
    if s[MOVING, 0] == 0.0 and s[ACTIVE, 0] == 0.0:
        return
    knobs = carray(stack(PASS, LANES), (PASS, LANES), np.float64)
    shares = carray(stack(PASS, LANES), (PASS, LANES), np.float64)
    moving = s[MOVING, 0] > 0.0
    if moving:
        wake(s)
    done = 0
    while done < u.shape[0]:
        frames = min(PASS, u.shape[0] - done)
        if moving:
            delay.answer(s)
            glide.step(s, CROSS)
            glide.step(s, KNOBS)
            frames = min(frames, calm(s))
        step = glide.ride(s, KNOBS, whole(LANES), knobs, frames)
        share_step = glide.ride(s, CROSS, whole(LANES), shares, frames)
        turn(s, line, u[done : done + frames], frame + done, knobs, step, shares, share_step)
        done += frames
    if moving:
        survey(s)
