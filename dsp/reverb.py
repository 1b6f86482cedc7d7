"""A reverb, stereo: hall, plate, room or chamber, from 0.1 to 20 seconds.

What sounds is in dsp/reverb_network.py, how long its lines are and what they lose in dsp/reverb_rooms.py.  Another
character or size, or a time that wants other lines, is asked for by ASK = 2: the wet sound fades out, the lines change
length and forget, and it fades in.  A predelay crossfades; all else glides.
"""

import math

import numpy as np

from dsp import reverb_network as net
from dsp import reverb_rooms
from dsp.core import glide, passband
from dsp.core.rt import rt
from dsp.reverb_rooms import LINES

FADE_MS = 20.0
PREDELAY_MS = 250.0
WOBBLE_MS = 0.25  # how far a line swings at a modulation of 1
WOBBLE_HZ = 0.3  # the slowest line's; each is a tenth faster than the one before
NARROW = 0.85  # of the sides at full width: a mono sum then loses 2.3 dB, where independent sides lose 3

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE
# what a desk needs of the layout, whose legend is in dsp/reverb_network.py
ROWS, MEMORY, GLIDES, KNOBS, ASK, WET = net.ROWS, net.MEMORY, net.GLIDES, net.KNOBS, net.ASK, net.WET
FADES = {net.FADE: FADE_MS}
AWAKE = 1  # lane of FILLED: frames of silence that it takes until the lines count as empty
REST, LEAVING, RETURNING = 0.0, 1.0, 2.0  # STAGE


def line(rate_hz: float) -> np.ndarray:
    """Room for the longest lines and predelay, and what stands again.  Shape [frames, 56]."""
    longest_ms = max(PREDELAY_MS, reverb_rooms.LONGEST_MS * 1.02 + WOBBLE_MS)  # 2 %: up to the next free prime
    return np.zeros((math.ceil(longest_ms * rate_hz / 1000.0) + 8 + net.AGAIN, net.COLUMNS))


def aim(
    mix: float,
    character: str,
    time_s: float,
    predelay_ms: float,
    size: float,
    damping: float,
    low_cut_hz: float,
    high_cut_hz: float,
    width: float,
    modulation: float,
    rate_hz: float,
) -> dict[tuple[int, int], float]:
    """The goal of each cell (row, lane); size 0.1..2, other shares 0..1.  Lengths are to be asked for by ASK = 2."""
    frames = reverb_rooms.lengths(character, time_s, size, rate_hz)
    gains, poles = reverb_rooms.absorption(frames[2], time_s, damping, rate_hz)
    level, early = reverb_rooms.levels(frames[2], character, time_s, size, rate_hz)
    level /= math.sqrt(0.5 + 0.5 * NARROW * NARROW)
    cuts = passband.aim(low_cut_hz, high_cut_hz, rate_hz)
    swing = modulation * WOBBLE_MS * rate_hz / 1000.0
    goals = {(KNOBS, knob): goal for knob, goal in enumerate((mix, width, swing, level, early, *cuts))}
    goals[net.NEXT_PRE, 0] = float(round(predelay_ms * rate_hz / 1000.0))
    goals[net.FADE, 0] = float(round(FADE_MS * rate_hz / 1000.0))
    for c in range(LINES):
        goals[net.GAIN, c], goals[net.POLE, c] = float(gains[c]), float(poles[c])
        goals |= {(net.NEXT + n, c): float(frames[n, c]) for n in range(3)}
        goals[net.TURN, c] = 2.0 * math.sin(math.pi * WOBBLE_HZ * 1.1**c / rate_hz)
    return goals


def settle(s: np.ndarray, goals: dict[tuple[int, int], float]) -> None:
    """Put the unit at rest on the goals of `aim`, at once; for a new or stopped state."""
    glide.settle(s, GLIDES, goals)
    s[net.AT : net.AT + 3], s[net.PRE] = s[net.NEXT : net.NEXT + 3], s[net.NEXT_PRE]


def state(rate_hz: float = 48000.0) -> np.ndarray:
    """A wire, over a hall at rest.  Shape [ROWS, 16]."""
    s = np.zeros((ROWS, LINES))
    for knob in (net.WIRE, net.FEED):
        glide.start(s, KNOBS, knob, 1.0, 0)
    settle(s, aim(0.0, "hall", 1.8, 20.0, 1.0, 0.4, 80.0, 12000.0, 1.0, 0.2, rate_hz))
    s[MOVING, 0] = 0.0
    return s


@rt
def forget(s):
    """Empty the lines and every memory."""
    s[net.FILLED, 0] = 0.0
    for r in range(MEMORY, ROWS):
        for c in range(LINES):
            s[r, c] = 0.0
    for c in range(LINES):
        s[net.SIN, c] = net.START_SIN[c]
        s[net.COS, c] = net.START_COS[c]


@rt
def feed(s, frames):
    """What goes in comes back along a ramp: a sound that is cut in would click in every echo."""
    glide.start(s, KNOBS, net.FEED, 0.0, 0)
    glide.start(s, KNOBS, net.FEED, 1.0, frames)


@rt
def build(s):
    """Give the lines the lengths that are wanted, and empty them."""
    for n in range(3):
        for c in range(LINES):
            s[net.AT + n, c] = s[net.NEXT + n, c]
    forget(s)


@rt
def answer(s):
    """Begin what was asked since the last block: a reverb that slept, at once."""
    if s[ACTIVE, 0] == 0.0:
        build(s)
        s[net.PRE, 0] = s[net.NEXT_PRE, 0]
        feed(s, s[net.FADE, 0] if s[KNOBS + glide.LEFT, WET] > 0.0 else 0.0)
        s[ACTIVE, 0] = 1.0
    if s[ASK, 0] == 2.0 and s[net.STAGE, 0] != LEAVING:
        new = False
        for n in range(3):
            for c in range(LINES):
                new = new or s[net.AT + n, c] != s[net.NEXT + n, c]
        if new:
            s[net.STAGE, 0] = LEAVING
            glide.start(s, KNOBS, net.WIRE, 0.0, s[net.FADE, 0])
    s[ASK, 0] = 0.0


@rt
def advance(s):
    """One frame of what moves: the lengths change on a frame that is silent, the predelay from one read to another."""
    for r in GLIDES:
        glide.step(s, r)
    if s[net.STAGE, 0] != REST and s[KNOBS + glide.LEFT, net.WIRE] == 0.0:
        if s[net.STAGE, 0] == RETURNING:
            s[net.STAGE, 0] = REST
        else:
            build(s)
            feed(s, s[net.FADE, 0])
            s[net.STAGE, 0] = RETURNING
            glide.start(s, KNOBS, net.WIRE, 1.0, s[net.FADE, 0])
    if s[KNOBS + glide.LEFT, net.CROSS] == 0.0:
        if s[KNOBS, net.CROSS] == 1.0:
            s[net.PRE, 0] = s[net.PRE_TO, 0]
            glide.start(s, KNOBS, net.CROSS, 0.0, 0)
        if s[net.NEXT_PRE, 0] != s[net.PRE, 0]:
            s[net.PRE_TO, 0] = s[net.NEXT_PRE, 0]
            glide.start(s, KNOBS, net.CROSS, 1.0, s[net.FADE, 0])


@rt
def survey(s):
    """Recompute the two head cells."""
    moving = s[ASK, 0] != 0.0 or s[net.STAGE, 0] != REST or s[net.NEXT_PRE, 0] != s[net.PRE, 0]
    for r in GLIDES:
        moving = moving or glide.moves(s, r)
    s[MOVING, 0] = 1.0 if moving else 0.0
    s[ACTIVE, 0] = 1.0 if moving or s[KNOBS, WET] != 0.0 else 0.0


@rt
def pass_on(s, line, u, frame):
    """Reverb on the stereo u[frame, 2], which starts at the absolute frame, in place."""
    if s[MOVING, 0] == 0.0 and s[ACTIVE, 0] == 0.0:
        return
    length = line.shape[0] - net.AGAIN
    moving = s[MOVING, 0] > 0.0
    if moving:
        answer(s)
    for i in range(u.shape[0]):
        now = (frame + i) % length
        if moving:
            advance(s)
        sounds = u[i, 0] != 0.0 or u[i, 1] != 0.0
        if s[net.FILLED, AWAKE] == 0.0:
            if not sounds:
                continue  # nothing in, and nothing left inside
            forget(s)  # what swings begins with the sound, however long the silence was
        s[net.FILLED, AWAKE] = float(length) if sounds else s[net.FILLED, AWAKE] - 1.0
        if s[net.FILLED, 0] == 0.0:
            net.begin(line, now)
        s[net.FILLED, 0] = min(s[net.FILLED, 0] + 1.0, float(length))
        left, right = net.tail(s, line, now, u[i, 0], u[i, 1])
        if left != 0.0 or right != 0.0:
            s[net.FILLED, AWAKE] = float(length)
        if (left + right) * 0.0 != 0.0:  # what is no number is forgotten
            forget(s)
            left = 0.0
            right = 0.0
        level = s[KNOBS, net.LEVEL] * s[KNOBS, net.WIRE]
        middle = 0.5 * level * (left + right)
        side = 0.5 * level * (left - right) * s[KNOBS, net.WIDTH] * NARROW
        wet = s[KNOBS, WET]
        for c in range(2):
            x = u[i, c]
            y = middle + side if c == 0 else middle - side
            if wet == 1.0:
                u[i, c] = y
            elif wet != 0.0:
                u[i, c] = x + wet * (y - x)
    if moving:
        survey(s)
