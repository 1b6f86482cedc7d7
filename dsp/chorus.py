"""A stereo chorus: each side is read from a delay that swings, left and right a quarter of a turn apart.

The line is read between frames by a polynomial of Lagrange through eight of them, the four on either side: its
magnitude is never above 1, and on a sine at 48 kHz it errs by at most -152 dB at 2 kHz, -89 at 5 kHz, -44 at 10 kHz.
A swing never bends the pitch by more than a semitone: where depth and rate ask for more, it is narrower.

The lanes of the state are the eight frames; those of the row KNOBS are the settings of the whole.  DELAY and SWING are
to glide for SLOW_MS, and bend the pitch meanwhile as a turned knob does.
"""

import math

import numpy as np
from numba import carray

from dsp import delay
from dsp.core import glide
from dsp.core.frames import WIDTH, floored
from dsp.core.passband import settled
from dsp.core.rt import rt
from dsp.core.vectors import load, stack, store, whole

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
# FADE FILLED: frames; of the ramp, and those that the line holds   PHASE: 0..1
FADE, FILLED, PHASE = range(8, 11)
AWAKE = 1  # lane of FILLED: frames of silence that it takes until the line counts as empty
MEMORY, ROWS = PHASE, 11
FADES = {FADE: FADE_MS}

PASS = 32  # frames: at most so many are worked out together
BOTH = 2 * PASS  # of both sides
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
    """A wire, over a chorus at rest.  Shape [11, 8]."""
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
        s[FILLED, AWAKE] = 0.0  # how long it went on hearing while it fell asleep depends on the blocks
        glide.start(s, KNOBS, FEED, 0.0, 0)
        glide.start(s, KNOBS, FEED, 1.0, s[FADE, 0] if s[KNOBS + glide.LEFT, WET] > 0.0 else 0.0)
        s[ACTIVE, 0] = 1.0


@rt
def swings(s, knobs, step, places, frames):
    """Where each side reads in each frame, places[side, frame]: frames ago, which need not be whole."""
    phase = s[PHASE, 0]
    for i in range(frames):
        k = i * step
        phase = phase + knobs[k, TURN]
        phase = phase if phase < 1.0 else phase - 1.0
        phase = phase if phase < 1.0 else 0.0  # what is no number begins anew
        for side in range(2):
            angle = 2.0 * math.pi * (phase + 0.25 * side)
            late = knobs[k, DELAY] + knobs[k, SWING] * math.sin(angle)
            places[side, i] = late if late > LEAST else LEAST
    s[PHASE, 0] = phase


@rt
def weigh(places, weights, frames):
    """How much of each of the eight frames is heard, weights[tap, place], eight places side by side."""
    part = whole(WIDTH)
    for side in range(2):
        for first in range(0, frames, WIDTH):
            late = load(places, side, first, part)
            f = late - floored(late)
            at = side * PASS + first
            product = f - f + 1.0
            for k in range(TAPS):  # of the distances to all nodes below k
                store(weights, k, at, part, product)
                product = product * (f - NODES[k])
            product = f - f + 1.0
            for k in range(TAPS - 1, -1, -1):  # and to all above
                store(weights, k, at, part, load(weights, k, at, part) * product * SCALES[k])
                product = product * (f - NODES[k])


@rt
def between(line, now, side, newest, weights, at, filled):
    """One side of the line by the weights of a place, the youngest of the eight frames being so old."""
    row = now - newest
    row = row if row >= 0 else row + line.shape[0]
    y = 0.0
    if row >= TAPS - 1 and newest + TAPS - 1 < filled:
        for k in range(TAPS):
            y += weights[k, at] * line[row - k, side]
        return y
    for k in range(TAPS):
        row = delay.heard(line, now, newest + k, filled)
        y += weights[k, at] * (line[row, side] if row >= 0 else 0.0)
    return y


@rt
def voices(s, line, u, frame, knobs, step):
    """At most a pass of awake frames, in place; gives how many: what is no number is forgotten, and ends it."""
    places = carray(stack(2, PASS), (2, PASS), np.float64)
    weights = carray(stack(TAPS, BOTH), (TAPS, BOTH), np.float64)
    length = line.shape[0]
    swings(s, knobs, step, places, u.shape[0])
    weigh(places, weights, u.shape[0])
    now = frame % length
    filled = s[FILLED, 0]
    awake = s[FILLED, AWAKE]
    bad = 0.0
    done = 0
    while done < u.shape[0] and bad == 0.0:
        i = done
        k = i * step
        done += 1
        sounds = u[i, 0] != 0.0 or u[i, 1] != 0.0
        filled = min(filled + 1.0, float(length))
        wet = knobs[k, WET]
        for side in range(2):
            x = u[i, side]
            y = between(line, now, side, int(places[side, i]) - NEWER, weights, side * PASS + i, filled)
            kept = settled((x if abs(x) <= LOUDEST else 0.0) * knobs[k, FEED] + knobs[k, FEEDBACK] * y)
            line[now, side] = kept
            bad += kept * 0.0
            sounds = sounds or kept != 0.0
            y = y if y - y == 0.0 else 0.0
            if wet == 1.0:
                u[i, side] = y
            elif wet != 0.0:
                u[i, side] = x + wet * (y - x)
        awake = float(length) if sounds else awake - 1.0
        now = now + 1 if now + 1 < length else 0
    s[FILLED, 0] = filled
    s[FILLED, AWAKE] = awake
    if bad != 0.0:
        forget(s)
    return done


@rt
def sing(s, line, u, frame, knobs, step):
    """At most a pass of frames, whose settings stand in knobs."""
    done = 0
    while done < u.shape[0]:
        if s[FILLED, AWAKE] == 0.0:
            while done < u.shape[0] and u[done, 0] == 0.0 and u[done, 1] == 0.0:
                done += 1
            if done == u.shape[0]:
                return  # nothing in, and nothing left inside
            forget(s)  # the swing begins with the sound, however long the silence was
            s[FILLED, AWAKE] = float(line.shape[0])
        end = min(u.shape[0], done + int(s[FILLED, AWAKE]))
        done += voices(s, line, u[done:end], frame + done, knobs[done * step :], step)


@rt
def pass_on(s, line, u, frame):
    """Chorus on the stereo u[frame, 2], which starts at the absolute frame, in place."""
    if s[MOVING, 0] == 0.0 and s[ACTIVE, 0] == 0.0:
        return
    knobs = carray(stack(PASS, TAPS), (PASS, TAPS), np.float64)
    moving = s[MOVING, 0] > 0.0
    if moving:
        wake(s)
    for first in range(0, u.shape[0], PASS):
        now = u[first : first + PASS]
        if moving:
            glide.step(s, KNOBS)
        step = glide.ride(s, KNOBS, whole(TAPS), knobs, now.shape[0])
        sing(s, line, now, frame + first, knobs, step)
    if moving:
        s[MOVING, 0] = 1.0 if glide.moves(s, KNOBS) else 0.0
        s[ACTIVE, 0] = 1.0 if s[MOVING, 0] != 0.0 or s[KNOBS, WET] != 0.0 else 0.0
