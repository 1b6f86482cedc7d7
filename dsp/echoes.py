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

from dsp import delay
from dsp.core import glide, passband
from dsp.core.passband import settled
from dsp.core.rt import rt
from dsp.delay import ACTIVE, ASK, AT, CROSS, FADE, FILLED, MOVING, NEXT, TO

MOST_MS = 2000.0
FADE_MS = 20.0
LOUDEST = 1e9  # what is no number, or beyond this, counts as silence

KNOBS = delay.ROWS  # a glide: see below
GLIDES = (CROSS, KNOBS)
WET, FEEDBACK, SWAP, LOW, LOW_PART, HIGH, HIGH_PART, FEED = range(8)  # lanes of KNOBS; FEED: moved from here only
LANES = 8
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
    if abs(x) <= 1.0:
        return x
    return 2.0 - 1.0 / x if x > 0.0 else -2.0 - 1.0 / x


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
def survey(s):
    """Recompute the two head cells."""
    moving = glide.moves(s, KNOBS)
    for c in range(2):
        moving = moving or s[ASK, c] != 0.0 or s[CROSS, c] != 0.0
    s[MOVING, 0] = 1.0 if moving else 0.0
    s[ACTIVE, 0] = 1.0 if moving or s[KNOBS, WET] != 0.0 else 0.0


@rt
def echo(s, line, now, side):
    """What comes out of one side's delay now."""
    row = delay.heard(line, now, int(s[AT, side]), s[FILLED, 0])
    y = line[row, side] if row >= 0 else 0.0
    if s[CROSS, side] > 0.0:
        row = delay.heard(line, now, int(s[TO, side]), s[FILLED, 0])
        z = line[row, side] if row >= 0 else 0.0
        y += s[CROSS, side] * (z - y)
    return y


@rt
def keep(s, line, now, side, x, own, other):
    """Write one side of the line: what comes in, and what is fed back of both echoes."""
    k = KNOBS
    x = x if abs(x) <= LOUDEST else 0.0
    back = own + s[k, SWAP] * (other - own) if s[k, SWAP] != 1.0 else other
    back = passband.cut(s, MEMORY, side, back, s[k, LOW], s[k, LOW_PART], s[k, HIGH], s[k, HIGH_PART])
    line[now, side] = settled(x * s[k, FEED] + bent(s[k, FEEDBACK] * back))


@rt
def pass_on(s, line, u, frame):
    """Echoes of the stereo u[frame, 2], which starts at the absolute frame, in place."""
    if s[MOVING, 0] == 0.0 and s[ACTIVE, 0] == 0.0:
        return
    length = line.shape[0]
    moving = s[MOVING, 0] > 0.0
    if moving:
        wake(s)
    for i in range(u.shape[0]):
        now = (frame + i) % length
        if moving:
            delay.answer(s)
            glide.step(s, CROSS)
            glide.step(s, KNOBS)
        s[FILLED, 0] = min(s[FILLED, 0] + 1.0, float(length))
        left = echo(s, line, now, 0)
        right = echo(s, line, now, 1)
        x_left, x_right = u[i, 0], u[i, 1]
        keep(s, line, now, 0, x_left, left, right)
        keep(s, line, now, 1, x_right, right, left)
        if (left + right + line[now, 0] + line[now, 1]) * 0.0 != 0.0:  # what is no number is forgotten
            forget(s)
            left = 0.0
            right = 0.0
        wet = s[KNOBS, WET]
        if wet == 1.0:
            u[i, 0] = left
            u[i, 1] = right
        elif wet != 0.0:
            u[i, 0] = x_left + wet * (left - x_left)
            u[i, 1] = x_right + wet * (right - x_right)
    if moving:
        survey(s)
