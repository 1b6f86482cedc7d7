"""A compressor on every lane: soft knee, peak or RMS detector, before or after the EQ, mixed with the dry sound.

Curve and order (level in dB, curve, ballistics): D. Giannoulis, M. Massberg, J. Reiss, "Digital dynamic range
compressor design", J. AES 60(6), 2012, eq. 4.  The RMS detector averages the square over 5 ms (two one-poles of 2.5
ms: a single one leaves 0.07 dB of ripple on a 1 kHz sine) and reads 3.01 dB up, so that a sine at 0 dBFS is 0 dB on
both detectors.

One state serves both places in the strip: the graph calls `run_at(s, u, 0)` before the EQ and `run_at(s, u, 1)` after
it on the same frames, at most QUANTUM.  A lane's frame is counted in the call of its own place.  To move, a lane
fades to the wire, takes its new place at the end of the block, and fades back QUANTUM frames after it reached the
wire: by then the move is done however the blocks were cut.
"""

import numpy as np
from numba import carray

from dsp.core import glide
from dsp.core.ballistics import coefficient, follow
from dsp.core.decibel import AMPLITUDE_DB, POWER_DB, exp2, log2
from dsp.core.rt import rt
from dsp.core.vectors import every, fma, head, least, load, partner, pick, stack, store, whole, within

QUANTUM = 64  # frames of the longest block for run_at
POSITIONS = ("pre_eq", "post_eq")
DETECTORS = ("peak", "rms")
FADE_MS, RMS_MS = 5.0, 2.5
NARROWEST = 1e-9  # dB, what a knee of 0 counts as
SURE = 1e-4  # dB below the knee, where the logarithm surely reads less too and the curve is exactly 0
WIDTH = 8  # lanes of a tile

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE  # ACTIVE holds 1: some lane works before the EQ, 2: after, 3: both
# SLOPE: 1 - 1/ratio   WET: on * mix   WIRE: 1 at rest, 0 while something is exchanged (moved from here only)
THRESHOLD, SLOPE, KNEE, MAKEUP, WET, WIRE = GLIDES = tuple(range(2, 2 + 6 * glide.SIZE, glide.SIZE))
# ATTACK RELEASE RMS: one-pole coefficients   HOLD FADE: frames   LINK: 1 on both lanes 2k, 2k + 1 of a pair
ATTACK, RELEASE, HOLD, LINK, POSITION, DETECTOR, NEXT_POSITION, NEXT_DETECTOR, FADE, RMS = range(38, 48)
# ASK: 2 = exchange by way of the wire   STAGE: rest, to the wire, back, waiting on it   WAIT: frames
ASK, STAGE, WAIT = range(48, 51)
# MS0 MS: mean square, once and twice averaged   Y1 Y: reduction in dB, see ballistics   COUNT: frames of hold left
MS0, MS, Y1, Y, COUNT = range(51, 56)
MEMORY, ROWS = 51, 56
FADES, ASKED = {FADE: FADE_MS}, (NEXT_POSITION, NEXT_DETECTOR)


def state(lanes: int) -> np.ndarray:
    """Off on each lane.  Shape [56, lanes]."""
    s = np.zeros((ROWS, lanes))
    s[WIRE] = s[WIRE + glide.GOAL] = 1.0
    s[FADE] = 240.0
    return s


def aim(
    on: int, position: str, threshold_db: float, ratio: float, knee_db: float, attack_ms: float, hold_ms: float,
    release_ms: float, makeup_db: float, mix: float, detector: str, linked: int, rate_hz: float,
) -> dict[int, float]:  # fmt: skip
    """The goal of each row of one lane; mix 0..1, ratio >= 1.  Position and detector are to be asked for by ASK = 2."""
    return {
        THRESHOLD: threshold_db,
        SLOPE: 1.0 - 1.0 / ratio,
        KNEE: knee_db,
        MAKEUP: makeup_db,
        WET: mix if on else 0.0,
        ATTACK: coefficient(attack_ms, rate_hz),
        RELEASE: coefficient(release_ms, rate_hz),
        HOLD: float(round(hold_ms * rate_hz / 1000.0)),
        LINK: float(bool(linked)),
        NEXT_POSITION: float(POSITIONS.index(position)),
        NEXT_DETECTOR: float(DETECTORS.index(detector)),
        FADE: float(round(FADE_MS * rate_hz / 1000.0)),
        RMS: coefficient(RMS_MS, rate_hz),
    }


def settle(s: np.ndarray, lane: int, goals: dict[int, float]) -> None:
    """Put one lane at rest on the goals of `aim`, at once; for a new or stopped state."""
    glide.settle(s, GLIDES, {(row, lane): goal for row, goal in goals.items()})
    s[POSITION, lane], s[DETECTOR, lane] = s[NEXT_POSITION, lane], s[NEXT_DETECTOR, lane]


def demo(lanes: int) -> np.ndarray:
    """6 dB and more off a loud voice, each lane a little differently."""
    s = state(lanes)
    for c in range(lanes):
        place, detector = POSITIONS[c % 2], DETECTORS[c // 2 % 2]
        settle(s, c, aim(1, place, -30.0 + c % 7, 4.0, 6.0, 5.0, 2.0, 80.0, 3.0, 0.9, detector, 0, 48000.0))
    return s


@rt
def reduction_db(s, lane):
    """How many dB the lane takes away now, before make-up and mix."""
    return s[Y, lane]


@rt
def answer(s, position):
    """Begin what was asked since the last block."""
    for c in range(s.shape[1]):
        if s[POSITION, c] == position and s[ASK, c] != 0.0:
            new = s[NEXT_POSITION, c] != s[POSITION, c] or s[NEXT_DETECTOR, c] != s[DETECTOR, c]
            if s[ASK, c] == 2.0 and s[STAGE, c] == 3.0:
                s[WAIT, c] = QUANTUM + 1.0  # this block's first frame counts too
            elif s[ASK, c] == 2.0 and s[STAGE, c] != 1.0 and new:
                s[STAGE, c] = 1.0
                glide.start(s, WIRE, c, 0.0, s[FADE, c])
            s[ASK, c] = 0.0


@rt
def advance(s, position, first, end):
    """One frame of the stages of the lanes of one place from first to end."""
    for c in range(first, end):
        stage = s[STAGE, c]
        if stage != 0.0 and s[POSITION, c] == position:
            if stage == 1.0 and s[WIRE + glide.LEFT, c] == 0.0:
                s[STAGE, c] = 3.0
                s[WAIT, c] = QUANTUM + 1.0  # this block's first frame counts too
            elif stage == 3.0:
                s[WAIT, c] -= 1.0
                if s[WAIT, c] <= 0.0:
                    s[STAGE, c] = 2.0
                    glide.start(s, WIRE, c, 1.0, s[FADE, c])
            elif stage == 2.0 and s[WIRE + glide.LEFT, c] == 0.0:
                s[STAGE, c] = 0.0


@rt
def detect(s, key, start, end, position, which, c, part, targets):
    """Detector and curve: how many dB of reduction each frame asks for, on the lanes of one place."""
    here = load(s, POSITION, c, part) == float(position)
    mine = within(part, here)
    foots = which & 5 != 0
    bends = which & 4 != 0
    slopes = which & 2 != 0
    fades = which & 48 != 0
    threshold = glide.take(s, THRESHOLD, c, mine)
    slope = glide.take(s, SLOPE, c, mine)
    knee = glide.take(s, KNEE, c, mine)
    wet = glide.take(s, WET, c, mine)
    wire = glide.take(s, WIRE, c, mine)
    works = here & (wet[0] * wire[0] != 0.0)
    bow = pick(knee[0] > NARROWEST, knee[0], NARROWEST)
    curve = 0.5 / bow
    foot = threshold[0] - 0.5 * bow
    quiet = exp2((foot - SURE) * (1.0 / POWER_DB))
    rms = load(s, DETECTOR, c, part) == 1.0
    a = load(s, RMS, c, part)
    linked = load(s, LINK, c, part) == 1.0
    ms0 = load(s, MS0, c, part)
    ms = load(s, MS, c, part)
    for i in range(start, end):
        if bends:
            knee = glide.further(knee)
            bow = pick(knee[0] > NARROWEST, knee[0], NARROWEST)
            curve = 0.5 / bow
        if foots:
            threshold = glide.further(threshold)
            foot = threshold[0] - 0.5 * bow
        if slopes:
            slope = glide.further(slope)
        if fades:
            wet = glide.further(wet)
            wire = glide.further(wire)
            works = here & (wet[0] * wire[0] != 0.0)
        square = load(key, i, c, part)
        square = square * square
        ms0 = fma(a, ms0 - square, square)
        ms = fma(a, ms - ms0, ms0)
        ms0 = pick(works & (ms0 > 1e-20), ms0, 0.0)
        ms = pick(works & (ms > 1e-20), ms, 0.0)
        power = pick(works, pick(rms, 2.0 * ms, square), 0.0)  # a lane on the wire tells its partner nothing
        other = partner(power)
        power = pick(linked & (other > power), other, power)
        target = 0.0 * slope[0]
        if foots or not every(power < quiet):
            into = fma(POWER_DB, log2(power), -foot)
            bend = pick(into < bow, into, bow)
            bend = pick(bend > 0.0, bend, 0.0)
            target = slope[0] * fma(bend * bend, curve, pick(into > bow, into - bow, 0.0))
        store(targets, i - start, 0, whole(WIDTH), target)
    store(s, MS0, c, mine, ms0)
    store(s, MS, c, mine, ms)
    if foots:
        glide.leave(s, THRESHOLD, c, mine, threshold, end - start)
        glide.leave(s, KNEE, c, mine, knee, end - start)
    if slopes:
        glide.leave(s, SLOPE, c, mine, slope, end - start)


@rt
def squeeze(s, u, start, end, position, which, c, part, targets):
    """Ballistics and gain, on the lanes of one place."""
    here = load(s, POSITION, c, part) == float(position)
    mine = within(part, here)
    lifts = which & 8 != 0
    fades = which & 48 != 0
    makeup = glide.take(s, MAKEUP, c, mine)
    wet = glide.take(s, WET, c, mine)
    wire = glide.take(s, WIRE, c, mine)
    w = pick(here, wet[0] * wire[0], 0.0)
    attack = load(s, ATTACK, c, part)
    release = load(s, RELEASE, c, part)
    hold = load(s, HOLD, c, part)
    y1 = load(s, Y1, c, part)
    y = load(s, Y, c, part)
    count = load(s, COUNT, c, part)
    known = y * np.nan  # the y that less belongs to
    less = known
    for i in range(start, end):
        if lifts:
            makeup = glide.further(makeup)
        if fades:
            wet = glide.further(wet)
            wire = glide.further(wire)
            w = pick(here, wet[0] * wire[0], 0.0)
        works = w != 0.0
        target = load(targets, i - start, 0, whole(WIDTH))
        y1, y, count = follow(target, y1, y, count, attack, release, hold)
        y1 = pick(works, y1, 0.0)
        y = pick(works, y, 0.0)
        count = pick(works, count, 0.0)
        if lifts or not every(y == known):
            known = y
            # what is no number stays visible
            less = fma(0.0, y, exp2((makeup[0] - y) * (1.0 / AMPLITUDE_DB))) - 1.0
        store(u, i, c, part, load(u, i, c, part) * fma(w, less, 1.0))
    store(s, Y1, c, mine, y1)
    store(s, Y, c, mine, y)
    store(s, COUNT, c, mine, count)
    if lifts:
        glide.leave(s, MAKEUP, c, mine, makeup, end - start)
    if fades:
        glide.leave(s, WET, c, mine, wet, end - start)
        glide.leave(s, WIRE, c, mine, wire, end - start)


@rt
def tile(s, u, key, start, end, position, which, c, part):
    """The frames from start to end, at most QUANTUM, of the lanes of one place in the part that begins at lane c.

    In two passes: in the second a frame waits for the one before it, the logarithms of the first need not.
    which: the glides that move, as of `glide.going`; none of them ends here.
    """
    targets = carray(stack(QUANTUM, WIDTH), (QUANTUM, WIDTH), np.float64)
    detect(s, key, start, end, position, which, c, part, targets)
    squeeze(s, u, start, end, position, which, c, part, targets)


@rt
def lives(s, position, first, end):
    """Whether a lane from first to end is at home at this place."""
    found = False
    for c in range(first, end):
        found = found or s[POSITION, c] == position
    return found


@rt
def quiet_frames(s, c, mine, most):
    """For how many frames, at most so many, nothing ends and no stage of a part of the lanes is over."""
    n = glide.stretch(s, THRESHOLD, len(GLIDES), c, mine, most)
    stage = load(s, STAGE, c, mine)
    due = pick((stage == 1.0) | (stage == 2.0), load(s, WIRE + glide.LEFT, c, mine), glide.FAR)
    due = pick(stage == 3.0, load(s, WAIT, c, mine), due)
    return min(n, int(least(due)) - 1)


@rt
def move(s, u, key, position, c, part, end):
    """Every frame of the lanes of one place in the part from c to end: in stretches, slowly where something ends."""
    mine = within(part, load(s, POSITION, c, part) == float(position))
    frames = u.shape[0]
    i = 0
    while i < frames:
        which = glide.going(s, THRESHOLD, len(GLIDES), c, mine)
        if which == 0 and every(load(s, STAGE, c, mine) == 0.0):
            tile(s, u, key, i, frames, position, 0, c, part)
            return
        n = quiet_frames(s, c, mine, frames - i)
        if n > 0:
            tile(s, u, key, i, i + n, position, which, c, part)
            wait = load(s, WAIT, c, mine)
            store(s, WAIT, c, mine, pick(load(s, STAGE, c, mine) == 3.0, wait - float(n), wait))
        else:
            n = 1
            glide.step_part(s, THRESHOLD, len(GLIDES), which, c, mine)
            advance(s, position, c, end)
            tile(s, u, key, i, i + 1, position, 0, c, part)
        i += n


@rt
def survey(s):
    """Recompute the two head cells: does anything move, does any lane work and where."""
    moving = False
    active = 0
    for c in range(s.shape[1]):
        moving = moving or s[ASK, c] != 0.0 or s[STAGE, c] != 0.0
        for r in GLIDES:
            moving = moving or s[r + glide.LEFT, c] > 0.0
        if s[WET, c] * s[WIRE, c] != 0.0:
            active |= 2 if s[POSITION, c] == 1.0 else 1
    s[MOVING, 0] = 1.0 if moving else 0.0
    s[ACTIVE, 0] = active


@rt
def keyed_at(s, u, key, position):
    """`run_at` with the detector listening to key[frame, lane], which may be u itself."""
    lanes = u.shape[1]
    rest = lanes % WIDTH
    if s[MOVING, 0] == 0.0:
        if int(s[ACTIVE, 0]) & (1 << position):
            for c in range(0, lanes - rest, WIDTH):
                if lives(s, position, c, c + WIDTH):
                    tile(s, u, key, 0, u.shape[0], position, 0, c, whole(WIDTH))
            if rest > 0 and lives(s, position, lanes - rest, lanes):
                tile(s, u, key, 0, u.shape[0], position, 0, lanes - rest, head(WIDTH, rest))
        return
    answer(s, position)
    for c in range(0, lanes - rest, WIDTH):
        if lives(s, position, c, c + WIDTH):
            move(s, u, key, position, c, whole(WIDTH), c + WIDTH)
    if rest > 0 and lives(s, position, lanes - rest, lanes):
        move(s, u, key, position, lanes - rest, head(WIDTH, rest), lanes)
    if position == 1:
        for c in range(lanes):
            if s[STAGE, c] == 3.0:
                s[POSITION, c] = s[NEXT_POSITION, c]
                s[DETECTOR, c] = s[NEXT_DETECTOR, c]
    survey(s)


@rt
def run_at(s, u, position):
    """Compress in place the lanes of u[frame, lane] at home here, 0 before the EQ, 1 after; at most QUANTUM frames."""
    keyed_at(s, u, u, position)


@rt
def run(s, u):
    """Both places in turn, with nothing between them; any number of frames."""
    for first in range(0, u.shape[0], QUANTUM):
        part = u[first : first + QUANTUM]
        run_at(s, part, 0)
        run_at(s, part, 1)
