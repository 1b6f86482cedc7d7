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

import math

import numpy as np

from dsp import comp_frames
from dsp.comp_frames import (
    ACTIVE,
    ASK,
    ATTACK,
    DETECTOR,
    FADE,
    FIND,
    GLIDES,
    HOLD,
    KNEE,
    LINK,
    LONGEST,
    MAKEUP,
    MOVING,
    NEXT_DETECTOR,
    NEXT_POSITION,
    POSITION,
    QUANTUM,
    RELEASE,
    RMS,
    ROWS,
    SLOPE,
    STAGE,
    THRESHOLD,
    TURN_1,
    WAIT,
    WET,
    WIDTH,
    WIRE,
    Y,
    tile,
)
from dsp.core import detectors, glide
from dsp.core.ballistics import coefficient
from dsp.core.rt import rt
from dsp.core.vectors import every, head, least, load, pick, store, whole, within

POSITIONS = ("pre_eq", "post_eq")
DETECTORS = ("peak", "rms")
FADE_MS, RMS_MS = 5.0, 2.5
FADES, ASKED, MEMORY = {FADE: FADE_MS}, (NEXT_POSITION, NEXT_DETECTOR), comp_frames.MEMORY


def state(lanes: int) -> np.ndarray:
    """Off on each lane.  Shape [71, lanes]."""
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
        FIND: math.exp(-2.0 * math.pi * detectors.WAVE_HZ / rate_hz),
        LONGEST: float(round(detectors.WAVE_MS * rate_hz / 1000.0)),
        **{TURN_1 + n: detectors.turn(hz, rate_hz) for n, hz in enumerate(detectors.CORNERS_HZ)},
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
            tile(s, u, key, i, frames, position, 0, c, part, whole(WIDTH))
            return
        n = quiet_frames(s, c, mine, frames - i)
        if n > 0:
            tile(s, u, key, i, i + n, position, which, c, part, whole(WIDTH))
            wait = load(s, WAIT, c, mine)
            store(s, WAIT, c, mine, pick(load(s, STAGE, c, mine) == 3.0, wait - float(n), wait))
        else:
            n = 1
            glide.step_part(s, THRESHOLD, len(GLIDES), which, c, mine)
            advance(s, position, c, end)
            tile(s, u, key, i, i + 1, position, 0, c, part, whole(WIDTH))
        i += n


@rt
def survey(s):
    """Recompute the two head cells: does anything move, does any lane work and where."""
    moving = False
    active = 0
    for c in range(0, s.shape[1], WIDTH):
        part = head(WIDTH, s.shape[1] - c)
        moving = moving or glide.going(s, THRESHOLD, len(GLIDES), c, part) != 0
        moving = moving or not every((load(s, ASK, c, part) == 0.0) & (load(s, STAGE, c, part) == 0.0))
        off = load(s, WET, c, part) * load(s, WIRE, c, part) == 0.0
        behind = load(s, POSITION, c, part) == 1.0
        active |= (0 if every(off | behind) else 1) | (0 if every(off | ~behind) else 2)
    s[MOVING, 0] = 1.0 if moving else 0.0
    s[ACTIVE, 0] = active


@rt
def works(s, position, c, part):
    """Whether a lane of a part at rest is at home at this place and on; where none is, sound and memory stay."""
    off = load(s, WET, c, part) * load(s, WIRE, c, part) == 0.0
    return not every(off | (load(s, POSITION, c, part) != float(position)))


@rt
def rest_on(s, u, key, position):
    """All frames while nothing moves."""
    frames, lanes = u.shape
    rest = lanes % WIDTH
    if lanes == 2:  # see `folded` of vectors
        tile(s, u, key, 0, frames, position, None, 0, whole(2), whole(2))
        return
    for c in range(0, lanes - rest, WIDTH):
        if works(s, position, c, whole(WIDTH)):
            tile(s, u, key, 0, frames, position, None, c, whole(WIDTH), whole(WIDTH))
    if rest > 0 and works(s, position, lanes - rest, head(WIDTH, rest)):
        tile(s, u, key, 0, frames, position, 0, lanes - rest, head(WIDTH, rest), whole(WIDTH))


@rt
def keyed_at(s, u, key, position):
    """`run_at` with the detector listening to key[frame, lane], which may be u itself."""
    lanes = u.shape[1]
    rest = lanes % WIDTH
    if s[MOVING, 0] == 0.0:
        if int(s[ACTIVE, 0]) & (1 << position):
            rest_on(s, u, key, position)
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
