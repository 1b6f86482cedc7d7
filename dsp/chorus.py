"""A stereo chorus: each side is read from a delay that swings, left and right a quarter of a turn apart.

The line is read between frames by a polynomial of Lagrange through eight of them, the four on either side: its
magnitude is never above 1, and on a sine at 48 kHz it errs by at most -152 dB at 2 kHz, -89 at 5 kHz, -44 at 10 kHz.
A swing never bends the pitch by more than a semitone: where depth and rate ask for more, it is narrower.

The lanes of the state are the eight frames; those of the row KNOBS are the settings of the whole.  DELAY and SWING are
to glide for SLOW_MS, and bend the pitch meanwhile as a turned knob does.
"""

import math

import numpy as np

from dsp import delay
from dsp.core import glide
from dsp.core.passband import settled
from dsp.core.rt import rt

MOST_MS = 30.0
FADE_MS, SLOW_MS = 20.0, 500.0
SEMITONE = 2.0 ** (1.0 / 12.0) - 1.0
WIDEST = 0.9  # of the delay: how far it swings at most
LOUDEST = 1e9  # what is no number, or beyond this, counts as silence

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE
KNOBS = 2  # a glide: see below
GLIDES = (KNOBS,)
# lanes of KNOBS; DELAY SWING: frames   TURN: of the swing in a frame   FEED: what goes in, moved from here only
WET, DELAY, SWING, TURN, FEEDBACK, FEED = range(6)
GLIDES_MS = {(KNOBS, DELAY): SLOW_MS, (KNOBS, SWING): SLOW_MS}
# FADE FILLED: frames; of the ramp, and those that the line holds   PHASE: 0..1   BELOW ABOVE: scratch, see `between`
FADE, FILLED, PHASE, BELOW, ABOVE = range(8, 13)
AWAKE = 1  # lane of FILLED: frames of silence that it takes until the line counts as empty
MEMORY, ROWS = PHASE, 13
FADES = {FADE: FADE_MS}

TAPS = 8
NEWER = TAPS // 2 - 1  # frames of the eight that are younger than the place that is read
LEAST = NEWER + 1.0  # frames: what is fed back must have been written
NODES = np.arange(TAPS) - float(NEWER)
SCALES = np.array([1.0 / math.prod(j - i for i in NODES if i != j) for j in NODES])


def line(rate_hz: float) -> np.ndarray:
    """Room for the longest delay at its widest swing.  Shape [frames, 2]."""
    return np.zeros((math.ceil(MOST_MS * (1.0 + WIDEST) * rate_hz / 1000.0) + 2 * TAPS, 2))


def aim(
    mix: float, swing_hz: float, depth: float, delay_ms: float, feedback: float, rate_hz: float
) -> dict[tuple[int, int], float]:
    """The goal of each cell (row, lane); feedback 0..0.9, mix and depth 0..1."""
    swing_ms = depth * min(WIDEST * delay_ms, 1000.0 * SEMITONE / (2.0 * math.pi * swing_hz))
    per_ms = rate_hz / 1000.0
    knobs = (mix, delay_ms * per_ms, swing_ms * per_ms, swing_hz / rate_hz, feedback)
    goals = {(KNOBS, knob): goal for knob, goal in enumerate(knobs)}
    goals[FADE, 0] = float(round(FADE_MS * per_ms))
    return goals


def settle(s: np.ndarray, goals: dict[tuple[int, int], float]) -> None:
    """Put the unit at rest on the goals of `aim`, at once; for a new or stopped state."""
    glide.settle(s, GLIDES, goals)


def state(rate_hz: float = 48000.0) -> np.ndarray:
    """A wire, over a chorus at rest.  Shape [13, 8]."""
    s = np.zeros((ROWS, TAPS))
    glide.start(s, KNOBS, FEED, 1.0, 0)
    settle(s, aim(0.0, 0.8, 0.3, 8.0, 0.0, rate_hz))
    s[MOVING, 0] = 0.0
    return s


@rt
def forget(s):
    """Empty the line and begin the swing anew."""
    s[FILLED, 0] = 0.0
    for r in range(MEMORY, ROWS):
        for c in range(TAPS):
            s[r, c] = 0.0


@rt
def wake(s):
    """Begin with nothing; what goes in comes along a ramp, unless everything is put on at once."""
    if s[ACTIVE, 0] == 0.0:
        forget(s)
        glide.start(s, KNOBS, FEED, 0.0, 0)
        glide.start(s, KNOBS, FEED, 1.0, s[FADE, 0] if s[KNOBS + glide.LEFT, WET] > 0.0 else 0.0)
        s[ACTIVE, 0] = 1.0


@rt
def between(s, line, now, side, late):
    """One side of the line, so many frames ago, which need not be whole."""
    late = late if late > LEAST else LEAST
    whole = int(late)
    f = late - whole
    product = 1.0
    for k in range(TAPS):  # of the distances to all nodes below k
        s[BELOW, k] = product
        product *= f - NODES[k]
    product = 1.0
    for k in range(TAPS - 1, -1, -1):
        s[ABOVE, k] = product
        product *= f - NODES[k]
    y = 0.0
    for k in range(TAPS):
        row = delay.heard(line, now, whole - NEWER + k, s[FILLED, 0])
        y += s[BELOW, k] * s[ABOVE, k] * SCALES[k] * (line[row, side] if row >= 0 else 0.0)
    return y


@rt
def pass_on(s, line, u, frame):
    """Chorus on the stereo u[frame, 2], which starts at the absolute frame, in place."""
    if s[MOVING, 0] == 0.0 and s[ACTIVE, 0] == 0.0:
        return
    length = line.shape[0]
    moving = s[MOVING, 0] > 0.0
    if moving:
        wake(s)
    for i in range(u.shape[0]):
        now = (frame + i) % length
        if moving:
            glide.step(s, KNOBS)
        sounds = u[i, 0] != 0.0 or u[i, 1] != 0.0
        if s[FILLED, AWAKE] == 0.0:
            if not sounds:
                continue  # nothing in, and nothing left inside
            forget(s)  # the swing begins with the sound, however long the silence was
        s[FILLED, AWAKE] = float(length) if sounds else s[FILLED, AWAKE] - 1.0
        s[FILLED, 0] = min(s[FILLED, 0] + 1.0, float(length))
        phase = s[PHASE, 0] + s[KNOBS, TURN]
        phase = phase if phase < 1.0 else phase - 1.0
        s[PHASE, 0] = phase if phase < 1.0 else 0.0  # what is no number begins anew
        wet = s[KNOBS, WET]
        bad = 0.0
        for side in range(2):
            x = u[i, side]
            angle = 2.0 * math.pi * (s[PHASE, 0] + 0.25 * side)
            y = between(s, line, now, side, s[KNOBS, DELAY] + s[KNOBS, SWING] * math.sin(angle))
            kept = settled((x if abs(x) <= LOUDEST else 0.0) * s[KNOBS, FEED] + s[KNOBS, FEEDBACK] * y)
            line[now, side] = kept
            bad += kept * 0.0
            if kept != 0.0:
                s[FILLED, AWAKE] = float(length)
            y = y if y - y == 0.0 else 0.0
            if wet == 1.0:
                u[i, side] = y
            elif wet != 0.0:
                u[i, side] = x + wet * (y - x)
        if bad != 0.0:  # what is no number is forgotten
            forget(s)
    if moving:
        s[MOVING, 0] = 1.0 if glide.moves(s, KNOBS) else 0.0
        s[ACTIVE, 0] = 1.0 if s[MOVING, 0] != 0.0 or s[KNOBS, WET] != 0.0 else 0.0
