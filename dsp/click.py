"""A metronome, one lane: a short soft-edged tone on each beat, higher and at its own level on the first of four.

Beat k is due at the frame START + round((k - FROM) PERIOD), halves up: counted, never added up, so that it cannot
drift.  The count begins at the frame at which it was switched on, or with beat 0 at the frame ANCHOR.  A new tempo
goes on from the part of the beat that has passed: the next beat is due after the rest of it at the new tempo.

The tone is t^3 e^(-t/tau) times a sine: it begins at zero with no slope, its peak is 3 tau after the beat, and beyond
a few kHz there is nothing of it to fold (four poles, 24 dB an octave from 159 Hz off its pitch).  It is a function of
the time since the beat, so that it sounds alike at every rate.  Switched off, a tone that sounds ends by itself.
"""

import math

import numpy as np

from dsp.core import glide
from dsp.core.rt import rt

PITCH_HZ, ACCENT_HZ = 1000.0, 1500.0
TAU_MS, LENGTH_MS = 1.0, 28.0  # where it ends, it is 160 dB down; the shortest beat is 200 ms
BAR = 4  # beats from one accent to the next
HERE = -1.0  # ANCHOR: where it is switched on

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE
LEVEL, ACCENT = GLIDES = tuple(range(2, 2 + 2 * glide.SIZE, glide.SIZE))  # linear; ACCENT: of LEVEL, first of four
# ON: 0, 1   NEXT: the period that is wanted, frames   ANCHOR: the frame of beat 0, or HERE   TIME: ms of a frame
ON, NEXT, ANCHOR, TIME = range(14, 18)
# COUNTS: 1 while the count goes on   KNOWN: the anchor that it began with   START FROM PERIOD: see above
# BEAT: the next one   SINCE: frames since the last, plus 1; 0 is silence   ACCENTED: whether that was the first of four
COUNTS, KNOWN, START, FROM, PERIOD, BEAT, SINCE, ACCENTED = range(18, 26)
MEMORY, ROWS = COUNTS, 26


def aim(on: int, level_gain: float, accent_gain: float, bpm: float, rate_hz: float) -> dict[int, float]:
    """The goal of each row; the gains are linear, the accent's over that of the others.  ANCHOR is the caller's."""
    return {
        LEVEL: level_gain,
        ACCENT: accent_gain,
        ON: float(bool(on)),
        NEXT: 60.0 * rate_hz / bpm,
        TIME: 1000.0 / rate_hz,
    }


def settle(s: np.ndarray, goals: dict[int, float]) -> None:
    """Put the unit at rest on the goals of `aim`, at once; for a new or stopped state."""
    glide.settle(s, GLIDES, {(row, 0): goal for row, goal in goals.items()})


def state(rate_hz: float = 48000.0) -> np.ndarray:
    """Off, at 120 beats a minute.  Shape [26, 1]."""
    s = np.zeros((ROWS, 1))
    settle(s, aim(0, 0.1, 1.0, 120.0, rate_hz))
    s[ANCHOR, 0] = HERE
    s[MOVING, 0] = 0.0
    return s


@rt
def due(s):
    """The frame of the next beat."""
    return s[START, 0] + np.floor((s[BEAT, 0] - s[FROM, 0]) * s[PERIOD, 0] + 0.5)


@rt
def answer(s, now):
    """Begin the count, end it, or go on in a new tempo, at the first frame of a block."""
    if s[ON, 0] == 0.0:
        s[COUNTS, 0] = 0.0
        return
    if s[COUNTS, 0] == 0.0 or s[KNOWN, 0] != s[ANCHOR, 0]:
        s[COUNTS, 0] = 1.0
        s[KNOWN, 0] = s[ANCHOR, 0]
        s[START, 0] = now if s[ANCHOR, 0] == HERE else s[ANCHOR, 0]
        s[FROM, 0] = 0.0
        s[PERIOD, 0] = s[NEXT, 0]
        s[BEAT, 0] = np.floor((now - s[START, 0]) / s[PERIOD, 0])
        while due(s) < now:  # at most twice: the beat is the one before now, or by rounding the one after that
            s[BEAT, 0] += 1.0
    elif s[NEXT, 0] != s[PERIOD, 0]:
        s[FROM, 0] += (now - s[START, 0]) / s[PERIOD, 0]
        s[START, 0] = now
        s[PERIOD, 0] = s[NEXT, 0]


@rt
def tone(s):
    """What sounds so many frames after a beat, before its level."""
    t = (s[SINCE, 0] - 1.0) * s[TIME, 0]
    x = t / (3.0 * TAU_MS)
    turn = 2.0 * math.pi / 1000.0 * (ACCENT_HZ if s[ACCENTED, 0] != 0.0 else PITCH_HZ)
    return x * x * x * math.exp(3.0 - t / TAU_MS) * math.sin(turn * t)


@rt
def run(s, u, now):
    """Fill u[frame, 0], which starts at the absolute frame now.  Cutting the block changes no bit."""
    moving = s[MOVING, 0] != 0.0
    answer(s, now)
    if s[COUNTS, 0] == 0.0 and s[SINCE, 0] == 0.0 and not moving:
        for i in range(u.shape[0]):
            u[i, 0] = 0.0
        return
    length = LENGTH_MS / s[TIME, 0]
    coming = due(s)
    for i in range(u.shape[0]):
        if moving:
            glide.step(s, LEVEL)
            glide.step(s, ACCENT)
        if s[COUNTS, 0] != 0.0 and now + i >= coming:
            if s[SINCE, 0] == 0.0:  # a new anchor may put a beat into a tone: one of them is enough
                s[SINCE, 0] = 1.0
                s[ACCENTED, 0] = 1.0 if s[BEAT, 0] % BAR == 0.0 else 0.0
            s[BEAT, 0] += 1.0
            coming = due(s)
        y = 0.0
        if s[SINCE, 0] > 0.0:
            y = s[LEVEL, 0] * (s[ACCENT, 0] if s[ACCENTED, 0] != 0.0 else 1.0) * tone(s)
            s[SINCE, 0] = s[SINCE, 0] + 1.0 if s[SINCE, 0] < length else 0.0
        u[i, 0] = y
    if moving:
        s[MOVING, 0] = 1.0 if glide.moves(s, LEVEL) or glide.moves(s, ACCENT) else 0.0
    s[ACTIVE, 0] = 1.0 if s[COUNTS, 0] != 0.0 or s[SINCE, 0] > 0.0 or s[MOVING, 0] != 0.0 else 0.0
