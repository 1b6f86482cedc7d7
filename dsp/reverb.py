"""A reverb, stereo: hall, plate, room or chamber, from 0.1 to 20 seconds.

What sounds is in dsp/reverb_network.py, how long its lines are and what they lose in dsp/reverb_rooms.py.  Another
character or size, or a time that wants other lines, is asked for by ASK = 2: the wet sound fades out, the lines change
length and forget, and it fades in.  A predelay crossfades; all else glides.
"""

import math

import numpy as np
from numba import carray

from dsp import reverb_network as net
from dsp import reverb_rings as rings
from dsp import reverb_rooms
from dsp.core import glide, passband
from dsp.core.rt import rt
from dsp.core.vectors import stack, whole
from dsp.reverb_rings import PASS
from dsp.reverb_rooms import LINES

FADE_MS = 20.0
PREDELAY_MS = 250.0
WOBBLE_MS = 0.25  # how far a line swings at a modulation of 1
WOBBLE_HZ = 0.3  # the slowest line's; each is a tenth faster than the one before
NARROW = 0.85  # of the sides at full width: a mono sum then loses 2.3 dB, where independent sides lose 3

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE
# what a desk needs of the layout, whose legend is in dsp/reverb_rings.py
ROWS, MEMORY, GLIDES, KNOBS, ASK, WET = rings.ROWS, rings.MEMORY, rings.GLIDES, rings.KNOBS, rings.ASK, rings.WET
FADES = {rings.FADE: FADE_MS}
REST, LEAVING, RETURNING = 0.0, 1.0, 2.0  # STAGE


def longest_frames(rate_hz: float) -> int:
    """Of what is kept: the longest lines or predelay."""
    longest_ms = max(PREDELAY_MS, reverb_rooms.LONGEST_MS * 1.02 + WOBBLE_MS)  # 2 %: up to the next free prime
    return math.ceil(longest_ms * rate_hz / 1000.0) + 8


def swing_frames(rate_hz: float) -> int:
    """How much farther than its length a line of the loop is read, at most: its swing, and the taps beyond."""
    return math.ceil(WOBBLE_MS * rate_hz / 1000.0) + 3


def line(rate_hz: float) -> np.ndarray:
    """Room for the rings of any room.  Shape [1, cells]."""
    cells = 0
    for character in reverb_rooms.CHARACTERS:
        first, second, loop = reverb_rooms.lengths(character, math.inf, reverb_rooms.LARGEST, rate_hz)
        delays = [longest_frames(rate_hz)] * 2 + [first.max()] * 4 + [*second]
        delays += [1.02 * frames + swing_frames(rate_hz) for frames in loop]  # 2 %: up to the next free prime
        cells = max(cells, rings.cells(delays))
    return np.zeros((1, cells))


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
    frames, ears = reverb_rooms.lengths(character, time_s, size, rate_hz), reverb_rooms.ears(character)
    gains, poles = reverb_rooms.absorption(frames[2], time_s, damping, rate_hz)
    level, early = reverb_rooms.levels(frames[2], character, time_s, size, rate_hz)
    level /= math.sqrt(0.5 + 0.5 * NARROW * NARROW)
    cuts = passband.aim(low_cut_hz, high_cut_hz, rate_hz)
    swing = modulation * WOBBLE_MS * rate_hz / 1000.0
    goals = {(KNOBS, knob): goal for knob, goal in enumerate((mix, width, swing, level, early, *cuts))}
    goals[rings.NEXT_PRE, 0] = float(round(predelay_ms * rate_hz / 1000.0))
    goals[rings.FADE, 0] = float(round(FADE_MS * rate_hz / 1000.0))
    for c in range(LINES):
        goals[rings.GAIN, c], goals[rings.POLE, c] = float(gains[c]), float(poles[c])
        goals |= {(rings.NEXT + n, c): float(part[c]) for n, part in enumerate((*frames, *ears))}
        goals[rings.TURN, c] = 2.0 * math.sin(math.pi * WOBBLE_HZ * 1.1**c / rate_hz)
    return goals


def settle(s: np.ndarray, goals: dict[tuple[int, int], float]) -> None:
    """Put the unit at rest on the goals of `aim`, at once; for a new or stopped state."""
    glide.settle(s, GLIDES, goals)
    s[rings.AT : rings.NEXT], s[rings.PRE] = s[rings.NEXT : rings.PRE], s[rings.NEXT_PRE]


def state(rate_hz: float = 48000.0) -> np.ndarray:
    """A wire, over a hall at rest.  Shape [ROWS, 16]."""
    s = np.zeros((ROWS, LINES))
    for knob in (rings.WIRE, rings.FEED):
        glide.start(s, KNOBS, knob, 1.0, 0)
    settle(s, aim(0.0, "hall", 1.8, 20.0, 1.0, 0.4, 80.0, 12000.0, 1.0, 0.2, rate_hz))
    s[rings.FILLED, rings.MOST] = longest_frames(rate_hz)
    s[rings.FILLED, rings.SWING] = swing_frames(rate_hz)
    s[MOVING, 0] = 0.0
    return s


@rt
def forget(s):
    """Empty the lines and every memory."""
    s[rings.FILLED, rings.HELD] = 0.0
    for r in range(MEMORY, ROWS):
        for c in range(LINES):
            s[r, c] = 0.0
    for c in range(LINES):
        s[rings.SIN, c] = net.START_SIN[c]
        s[rings.COS, c] = net.START_COS[c]


@rt
def feed(s, frames):
    """What goes in comes back along a ramp: a sound that is cut in would click in every echo."""
    glide.start(s, KNOBS, rings.FEED, 0.0, 0)
    glide.start(s, KNOBS, rings.FEED, 1.0, frames)


@rt
def build(s):
    """Give the lines the lengths that are wanted, and empty them."""
    for n in range(rings.PARTS):
        for c in range(LINES):
            s[rings.AT + n, c] = s[rings.NEXT + n, c]
    forget(s)


@rt
def answer(s):
    """Begin what was asked since the last block: a reverb that slept, at once."""
    if s[ACTIVE, 0] == 0.0:
        build(s)
        s[rings.FILLED, rings.AWAKE] = 0.0  # how long it went on hearing while it fell asleep depends on the blocks
        s[rings.PRE, 0] = s[rings.NEXT_PRE, 0]
        feed(s, s[rings.FADE, 0] if s[KNOBS + glide.LEFT, WET] > 0.0 else 0.0)
        s[ACTIVE, 0] = 1.0
    if s[ASK, 0] == 2.0 and s[rings.STAGE, 0] != LEAVING:
        new = False
        for n in range(rings.PARTS):
            for c in range(LINES):
                new = new or s[rings.AT + n, c] != s[rings.NEXT + n, c]
        if new:
            s[rings.STAGE, 0] = LEAVING
            glide.start(s, KNOBS, rings.WIRE, 0.0, s[rings.FADE, 0])
    s[ASK, 0] = 0.0


@rt
def dream(s):
    """While it sleeps and is not woken, settings move at once: nothing of them is heard, see `answer`."""
    for r in GLIDES:
        glide.end(s, r)
    s[ASK, 0] = 0.0
    s[MOVING, 0] = 0.0


@rt
def advance(s):
    """One frame of what moves: the lengths change on a frame that is silent, the predelay from one read to another."""
    for r in GLIDES:
        glide.step(s, r)
    if s[rings.STAGE, 0] != REST and s[KNOBS + glide.LEFT, rings.WIRE] == 0.0:
        if s[rings.STAGE, 0] == RETURNING:
            s[rings.STAGE, 0] = REST
        else:
            build(s)
            feed(s, s[rings.FADE, 0])
            s[rings.STAGE, 0] = RETURNING
            glide.start(s, KNOBS, rings.WIRE, 1.0, s[rings.FADE, 0])
    if s[KNOBS + glide.LEFT, rings.CROSS] == 0.0:
        if s[KNOBS, rings.CROSS] == 1.0:
            s[rings.PRE, 0] = s[rings.PRE_TO, 0]
            glide.start(s, KNOBS, rings.CROSS, 0.0, 0)
        if s[rings.NEXT_PRE, 0] != s[rings.PRE, 0]:
            s[rings.PRE_TO, 0] = s[rings.NEXT_PRE, 0]
            glide.start(s, KNOBS, rings.CROSS, 1.0, s[rings.FADE, 0])


@rt
def survey(s):
    """Recompute the two head cells."""
    moving = s[ASK, 0] != 0.0 or s[rings.STAGE, 0] != REST or s[rings.NEXT_PRE, 0] != s[rings.PRE, 0]
    for r in GLIDES:
        moving = moving or glide.moves(s, r)
    s[MOVING, 0] = 1.0 if moving else 0.0
    s[ACTIVE, 0] = 1.0 if moving or s[KNOBS, WET] != 0.0 else 0.0


@rt
def calm(s):
    """How many frames, this one and those that follow, go by until `advance` has something to begin."""
    frames = PASS
    if s[rings.STAGE, 0] != REST:
        frames = min(frames, int(s[KNOBS + glide.LEFT, rings.WIRE]))
    if s[KNOBS + glide.LEFT, rings.CROSS] > 0.0 or s[KNOBS, rings.CROSS] == 1.0:
        frames = min(frames, int(s[KNOBS + glide.LEFT, rings.CROSS]))
    return max(frames, 1)


@rt
def blend(s, u, knobs, step, wet):
    """Wet and dry in place on u[frame, 2]; gives how many frames: what is no number is forgotten, and ends it."""
    loud = -1
    done = 0
    while done < u.shape[0]:
        i = done
        done += 1
        k = i * step
        left, right = wet[0, i], wet[1, i]
        if u[i, 0] != 0.0 or u[i, 1] != 0.0 or left != 0.0 or right != 0.0:
            loud = i
        bad = (left + right) * 0.0 != 0.0
        if bad:
            left = 0.0
            right = 0.0
        level = knobs[k, rings.LEVEL] * knobs[k, rings.WIRE]
        middle = 0.5 * level * (left + right)
        side = 0.5 * level * (left - right) * knobs[k, rings.WIDTH] * NARROW
        share = knobs[k, WET]
        for c in range(2):
            x = u[i, c]
            y = middle + side if c == 0 else middle - side
            if share == 1.0:
                u[i, c] = y
            elif share != 0.0:
                u[i, c] = x + share * (y - x)
        if bad:
            forget(s)
            break
    awake = s[rings.FILLED, rings.AWAKE] if loud < 0 else s[rings.FILLED, rings.MOST] + loud + 1.0
    s[rings.FILLED, rings.AWAKE] = awake - done
    return done


@rt
def sound(s, line, u, frame, knobs, step, gains, gain_step, poles, pole_step):
    """At most a pass of frames, whose settings stand in knobs, gains and poles."""
    wet = carray(stack(2, PASS), (2, PASS), np.float64)
    done = 0
    while done < u.shape[0]:
        if s[rings.FILLED, rings.AWAKE] == 0.0:
            while done < u.shape[0] and u[done, 0] == 0.0 and u[done, 1] == 0.0:
                done += 1
            if done == u.shape[0]:
                return  # nothing in, and nothing left inside
            forget(s)  # what swings begins with the sound, however long the silence was
            s[rings.FILLED, rings.AWAKE] = s[rings.FILLED, rings.MOST]
        if s[rings.FILLED, rings.HELD] == 0.0:
            rings.lay_out(s, line, frame + done)
        end = min(u.shape[0], done + min(rings.left(s), int(s[rings.FILLED, rings.AWAKE])))
        part = u[done:end]
        k, g, p = done * step, done * gain_step, done * pole_step
        net.tail(s, line, part, knobs[k:], step, gains[g:], gain_step, poles[p:], pole_step, wet)
        done += blend(s, part, knobs[k:], step, wet)


@rt
def pass_on(s, line, u, frame):
    """Reverb on the stereo u[frame, 2], which starts at the absolute frame, in place."""
    if s[MOVING, 0] != 0.0 and glide.sleeps(s, KNOBS, WET):
        dream(s)
    if s[MOVING, 0] == 0.0 and s[ACTIVE, 0] == 0.0:
        rings.touch(s, line)
        return
    knobs = carray(stack(PASS, LINES), (PASS, LINES), np.float64)
    gains = carray(stack(PASS, LINES), (PASS, LINES), np.float64)
    poles = carray(stack(PASS, LINES), (PASS, LINES), np.float64)
    part = whole(LINES)
    moving = s[MOVING, 0] > 0.0
    if moving:
        answer(s)
    done = 0
    while done < u.shape[0]:
        frames = min(PASS, u.shape[0] - done)
        if moving:
            advance(s)
            frames = min(frames, calm(s))
        step = glide.ride(s, KNOBS, part, knobs, frames)
        gain_step = glide.ride(s, rings.GAIN, part, gains, frames)
        pole_step = glide.ride(s, rings.POLE, part, poles, frames)
        now = u[done : done + frames]
        sound(s, line, now, frame + done, knobs, step, gains, gain_step, poles, pole_step)
        done += frames
    if moving:
        survey(s)
