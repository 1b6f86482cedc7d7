"""A gate on every lane: gate, downward expanders 2:1 to 4:1, or ducker.

The memory is a part of the range, so that zero means long silence whatever the range: for gate and expanders how far
it is open (1 - reduction / range), for the ducker how far it ducks (reduction / range).  Attack is towards open (the
ducker: towards ducked), release back; both straight in dB.  Level is |x| of the sample, of a linked pair the louder.
Switched on, or its mode exchanged, a gate starts closed: the 5 ms of WET or WIRE hide the step.
"""

import numpy as np

from dsp import glide
from dsp.ballistics import coefficient, follow
from dsp.decibel import AMPLITUDE_DB, exp2, log2
from dsp.rt import rt

MODES = ("gate", "expand2", "expand3", "expand4", "duck")  # the number of expandR is R - 1, its slope
DUCK = 4.0
FADE_MS = 5.0

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE
# THRESHOLD RANGE: dB   WET: on   WIRE: 1 at rest, 0 while the mode is exchanged (moved from here only)
THRESHOLD, RANGE, WET, WIRE = GLIDES = tuple(range(2, 2 + 4 * glide.SIZE, glide.SIZE))
# HYSTERESIS: dB   ATTACK RELEASE: one-pole coefficients   HOLD FADE: frames   LINK: 1 on both of lanes 2k, 2k + 1
MODE, NEXT_MODE, HYSTERESIS, ATTACK, RELEASE, HOLD, LINK, FADE = range(26, 34)
# ASK: 2 = exchange the mode by way of the wire   STAGE: rest, to the wire, back   PEAK: scratch
ASK, STAGE, PEAK = range(34, 37)
# OPEN: over the threshold, with hysteresis   Y1 Y: part of the range, see ballistics   COUNT: frames of hold left
OPEN, Y1, Y, COUNT = range(37, 41)
MEMORY, ROWS = 37, 41


def state(lanes: int) -> np.ndarray:
    """Off on each lane.  Shape [41, lanes]."""
    s = np.zeros((ROWS, lanes))
    s[WIRE] = s[WIRE + glide.GOAL] = 1.0
    s[RANGE] = s[RANGE + glide.GOAL] = 60.0
    s[FADE] = 240.0
    return s


def aim(
    on: int,
    mode: str,
    threshold_db: float,
    range_db: float,
    hysteresis_db: float,
    attack_ms: float,
    hold_ms: float,
    release_ms: float,
    linked: int,
    rate_hz: float,
) -> dict[int, float]:
    """The goal of each row of one lane; range_db > 0.  The mode is to be asked for by ASK = 2."""
    return {
        THRESHOLD: threshold_db,
        RANGE: range_db,
        WET: float(bool(on)),
        NEXT_MODE: float(MODES.index(mode)),
        HYSTERESIS: hysteresis_db,
        ATTACK: coefficient(attack_ms, rate_hz),
        RELEASE: coefficient(release_ms, rate_hz),
        HOLD: float(round(hold_ms * rate_hz / 1000.0)),
        LINK: float(bool(linked)),
        FADE: float(round(FADE_MS * rate_hz / 1000.0)),
    }


def settle(s: np.ndarray, lane: int, goals: dict[int, float]) -> None:
    """Put one lane at rest on the goals of `aim`, at once; for a new or stopped state."""
    for row, goal in goals.items():
        if row in GLIDES:
            glide.start(s, row, lane, goal, 0)
        else:
            s[row, lane] = goal
    s[MODE, lane] = s[NEXT_MODE, lane]
    s[MOVING, 0] = 1.0


def demo(lanes: int) -> np.ndarray:
    """Every mode in turn, around -30 dB."""
    s = state(lanes)
    for c in range(lanes):
        settle(s, c, aim(1, MODES[c % 5], -30.0 + c % 7, 40.0, 3.0, 1.0, 2.0, 60.0, 0, 48000.0))
    return s


@rt
def reduction_db(s, lane):
    """How many dB the lane takes away now; 0 while it is off."""
    if s[WET, lane] * s[WIRE, lane] == 0.0:
        return 0.0
    part = s[Y, lane] if s[MODE, lane] == DUCK else 1.0 - s[Y, lane]
    return s[RANGE, lane] * part


@rt
def answer(s):
    """Begin what was asked since the last block."""
    for c in range(s.shape[1]):
        if s[ASK, c] == 2.0 and s[STAGE, c] != 1.0 and s[NEXT_MODE, c] != s[MODE, c]:
            s[STAGE, c] = 1.0
            glide.start(s, WIRE, c, 0.0, s[FADE, c])
        s[ASK, c] = 0.0


@rt
def advance(s):
    """One frame of the stages; the mode changes on the frame in which the wire glide is at 0."""
    for c in range(s.shape[1]):
        if s[STAGE, c] != 0.0 and s[WIRE + glide.LEFT, c] == 0.0:
            if s[STAGE, c] == 2.0:
                s[STAGE, c] = 0.0
            else:
                s[MODE, c] = s[NEXT_MODE, c]
                s[STAGE, c] = 2.0
                for r in range(MEMORY, ROWS):
                    s[r, c] = 0.0
                glide.start(s, WIRE, c, 1.0, s[FADE, c])


@rt
def detect(s, key, i):
    """The peak of one frame into the scratch row."""
    for c in range(s.shape[1]):
        s[PEAK, c] = abs(key[i, c])


@rt
def link(s, lanes):
    """The louder peak of each linked pair onto both its lanes."""
    for k in range(lanes // 2):
        a = s[PEAK, 2 * k]
        b = s[PEAK, 2 * k + 1]
        louder = a if a > b else b
        s[PEAK, 2 * k] = louder if s[LINK, 2 * k] == 1.0 else a
        s[PEAK, 2 * k + 1] = louder if s[LINK, 2 * k + 1] == 1.0 else b


@rt
def swing(s, u, i):
    """Curve, ballistics and gain of one frame."""
    for c in range(s.shape[1]):
        w = s[WET, c] * s[WIRE, c]
        mode = s[MODE, c]
        duck = mode == DUCK
        span = s[RANGE, c]
        over = AMPLITUDE_DB * log2(s[PEAK, c]) - s[THRESHOLD, c]
        opened = 1.0 if over >= (0.0 if s[OPEN, c] == 0.0 else -s[HYSTERESIS, c]) else 0.0
        under = -over if over < 0.0 else 0.0
        part = 1.0 - mode * under / span
        part = part if part > 0.0 else 0.0
        target = opened if mode == 0.0 or duck else part
        y1, y, count = follow(target, s[Y1, c], s[Y, c], s[COUNT, c], s[ATTACK, c], s[RELEASE, c], s[HOLD, c])
        y1 = y1 if w != 0.0 else 0.0
        y = y if w != 0.0 else 0.0
        # between the peaks of a wave the hold keeps a gate open, and with it the lower threshold
        s[OPEN, c] = (1.0 if opened > 0.0 or count > 0.0 else 0.0) if w != 0.0 else 0.0
        s[Y1, c] = y1
        s[Y, c] = y
        s[COUNT, c] = count if w != 0.0 else 0.0
        gain = (
            exp2(span * (y if duck else 1.0 - y) * (-1.0 / AMPLITUDE_DB)) + 0.0 * y
        )  # what is no number stays visible
        u[i, c] = u[i, c] * (1.0 + w * (gain - 1.0))


@rt
def survey(s):
    """Recompute the two head cells: does anything move, does any lane work."""
    moving = False
    active = False
    for c in range(s.shape[1]):
        moving = moving or s[ASK, c] != 0.0 or s[STAGE, c] != 0.0
        for r in GLIDES:
            moving = moving or s[r + glide.LEFT, c] > 0.0
        active = active or s[WET, c] * s[WIRE, c] != 0.0
    s[MOVING, 0] = 1.0 if moving else 0.0
    s[ACTIVE, 0] = 1.0 if active else 0.0


@rt
def run_keyed(s, u, key):
    """`run` with the detector listening to key[frame, lane], which may be u itself."""
    moving = s[MOVING, 0] > 0.0
    if not moving and s[ACTIVE, 0] == 0.0:
        return
    frames, lanes = u.shape
    linked = False
    for c in range(lanes):
        linked = linked or s[LINK, c] == 1.0
    if moving:
        answer(s)
    for i in range(frames):
        if moving:
            for r in GLIDES:
                glide.step(s, r)
            advance(s)
        detect(s, key, i)
        if linked:
            link(s, lanes)
        swing(s, u, i)
    if moving:
        survey(s)


@rt
def run(s, u):
    """Gate u[frame, lane] in place.  Glides and stages count frames, so that cutting the block changes no bit."""
    run_keyed(s, u, u)
