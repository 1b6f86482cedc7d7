"""A gate on every lane: gate, downward expanders 2:1 to 4:1, or ducker.

The memory is a part of the range, so that zero means long silence whatever the range: for gate and expanders how far
it is open (1 - reduction / range), for the ducker how far it ducks (reduction / range).  Attack is towards open (the
ducker: towards ducked), release back; both straight in dB.  Level is |x| of the sample, of a linked pair the louder.
Switched on, or its mode exchanged, a gate starts closed: the 5 ms of WET or WIRE hide the step.
"""

import numpy as np

from dsp.core import glide
from dsp.core.ballistics import coefficient, follow, only
from dsp.core.decibel import AMPLITUDE_DB, exp2, log2
from dsp.core.rt import rt
from dsp.core.vectors import every, fma, head, load, magnitude, partner, pick, store, whole

MODES = ("gate", "expand2", "expand3", "expand4", "duck")  # the number of expandR is R - 1, its slope
DUCK = 4.0
FADE_MS = 5.0
WIDTH = 8  # lanes of a tile

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE
# THRESHOLD RANGE: dB   WET: on   WIRE: 1 at rest, 0 while the mode is exchanged (moved from here only)
THRESHOLD, RANGE, WET, WIRE = GLIDES = tuple(range(2, 2 + 4 * glide.SIZE, glide.SIZE))
# HYSTERESIS: dB   ATTACK RELEASE: one-pole coefficients   HOLD FADE: frames   LINK: 1 on both of lanes 2k, 2k + 1
MODE, NEXT_MODE, HYSTERESIS, ATTACK, RELEASE, HOLD, LINK, FADE = range(26, 34)
# ASK: 2 = exchange the mode by way of the wire   STAGE: rest, to the wire, back
ASK, STAGE = range(34, 36)
# OPEN: over the threshold, with hysteresis   Y1 Y: part of the range, see ballistics   COUNT: frames of hold left
OPEN, Y1, Y, COUNT = range(36, 40)
MEMORY, ROWS = 36, 40
FADES, ASKED = {FADE: FADE_MS}, (NEXT_MODE,)


def state(lanes: int) -> np.ndarray:
    """Off on each lane.  Shape [40, lanes]."""
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
    glide.settle(s, GLIDES, {(row, lane): goal for row, goal in goals.items()})
    s[MODE, lane] = s[NEXT_MODE, lane]


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
def advance(s, first, end):
    """One frame of the stages of the lanes from first to end; the mode changes when the wire glide is at 0."""
    for c in range(first, end):
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
def tile(s, u, key, start, end, which, c, part):
    """The frames from start to end of the part of the lanes that begins at lane c.

    which: the glides that move, see `glide.among`; none of them ends here.
    """
    bounds = glide.among(which, 1)
    spans = glide.among(which, 2)
    fades = glide.among(which, 12)
    foot = glide.take(s, THRESHOLD, c, part)
    span = glide.take(s, RANGE, c, part)
    wet = glide.take(s, WET, c, part)
    wire = glide.take(s, WIRE, c, part)
    w = wet[0] * wire[0]
    mode = load(s, MODE, c, part)
    duck = mode == DUCK
    switches = duck | (mode == 0.0)
    hysteresis = load(s, HYSTERESIS, c, part)
    opens = exp2(foot[0] * (1.0 / AMPLITUDE_DB))
    closes = exp2((foot[0] - hysteresis) * (1.0 / AMPLITUDE_DB))
    steep = mode / span[0]
    attack = load(s, ATTACK, c, part)
    release = load(s, RELEASE, c, part)
    hold = load(s, HOLD, c, part)
    linked = load(s, LINK, c, part) == 1.0
    links = not every(~linked)
    opened = load(s, OPEN, c, part) != 0.0
    y1 = load(s, Y1, c, part)
    y = load(s, Y, c, part)
    count = load(s, COUNT, c, part)
    works = w != 0.0
    y1, y, count = only(works, y1, y, count)
    known = y * np.nan  # the y that less belongs to
    less = known
    for i in range(start, end):
        if bounds:
            foot = glide.further(foot)
            opens = exp2(foot[0] * (1.0 / AMPLITUDE_DB))
            closes = exp2((foot[0] - hysteresis) * (1.0 / AMPLITUDE_DB))
        if spans:
            span = glide.further(span)
            steep = mode / span[0]
        if fades:
            wet = glide.further(wet)
            wire = glide.further(wire)
            w = wet[0] * wire[0]
            works = w != 0.0
            y1, y, count = only(works, y1, y, count)
        peak = magnitude(load(key, i, c, part))
        if links:
            other = partner(peak)
            peak = pick(linked & (other > peak), other, peak)
        above = works & (peak >= pick(opened, closes, opens))
        target = pick(above, 1.0, 0.0)
        if not every(switches):
            under = foot[0] - AMPLITUDE_DB * log2(peak)
            expanded = 1.0 - steep * pick(under > 0.0, under, 0.0)
            target = pick(switches | ~works, target, pick(expanded > 0.0, expanded, 0.0))
        y1, y, count = follow(target, y1, y, count, attack, release, hold)
        # between the peaks of a wave the hold keeps a gate open, and with it the lower threshold
        opened = above | (count > 0.0)
        if spans or not every(y == known):
            known = y
            # what is no number stays visible
            less = fma(0.0, y, exp2(span[0] * pick(duck, y, 1.0 - y) * (-1.0 / AMPLITUDE_DB))) - 1.0
        store(u, i, c, part, load(u, i, c, part) * fma(w, less, 1.0))
    store(s, OPEN, c, part, pick(opened, 1.0, 0.0))
    store(s, Y1, c, part, y1)
    store(s, Y, c, part, y)
    store(s, COUNT, c, part, count)
    if bounds:
        glide.leave(s, THRESHOLD, c, part, foot, end - start)
    if spans:
        glide.leave(s, RANGE, c, part, span, end - start)
    if fades:
        glide.leave(s, WET, c, part, wet, end - start)
        glide.leave(s, WIRE, c, part, wire, end - start)


@rt
def move(s, u, key, c, part, end):
    """Every frame of the part of the lanes from c to end: in stretches, and frame by frame where something ends."""
    frames = u.shape[0]
    i = 0
    while i < frames:
        which = glide.going(s, THRESHOLD, len(GLIDES), c, part)
        rests = load(s, STAGE, c, part) == 0.0
        if which == 0 and every(rests):
            tile(s, u, key, i, frames, 0, c, part)
            return
        n = glide.stretch(s, THRESHOLD, len(GLIDES), c, part, frames - i)
        if n > 0 and every(rests | (load(s, WIRE + glide.LEFT, c, part) > 0.0)):
            tile(s, u, key, i, i + n, which, c, part)
        else:
            n = 1
            glide.step_part(s, THRESHOLD, len(GLIDES), which, c, part)
            advance(s, c, end)
            tile(s, u, key, i, i + 1, 0, c, part)
        i += n


@rt
def survey(s):
    """Recompute the two head cells: does anything move, does any lane work."""
    moving = False
    active = False
    for c in range(0, s.shape[1], WIDTH):
        part = head(WIDTH, s.shape[1] - c)
        moving = moving or glide.going(s, THRESHOLD, len(GLIDES), c, part) != 0
        moving = moving or not every((load(s, ASK, c, part) == 0.0) & (load(s, STAGE, c, part) == 0.0))
        active = active or not every(load(s, WET, c, part) * load(s, WIRE, c, part) == 0.0)
    s[MOVING, 0] = 1.0 if moving else 0.0
    s[ACTIVE, 0] = 1.0 if active else 0.0


@rt
def works(s, c, part):
    """Whether a lane of a part at rest is on; where none is, sound and memory stay as they are."""
    return not every(load(s, WET, c, part) * load(s, WIRE, c, part) == 0.0)


@rt
def rest_on(s, u, key):
    """All frames while nothing moves."""
    frames, lanes = u.shape
    rest = lanes % WIDTH
    if lanes == 2:  # see `folded` of vectors
        tile(s, u, key, 0, frames, None, 0, whole(2))
        return
    for c in range(0, lanes - rest, WIDTH):
        if works(s, c, whole(WIDTH)):
            tile(s, u, key, 0, frames, None, c, whole(WIDTH))
    if rest > 0 and works(s, lanes - rest, head(WIDTH, rest)):
        tile(s, u, key, 0, frames, 0, lanes - rest, head(WIDTH, rest))


@rt
def run_keyed(s, u, key):
    """`run` with the detector listening to key[frame, lane], which may be u itself."""
    lanes = u.shape[1]
    rest = lanes % WIDTH
    if s[MOVING, 0] == 0.0:
        if s[ACTIVE, 0] != 0.0:
            rest_on(s, u, key)
        return
    answer(s)
    for c in range(0, lanes - rest, WIDTH):
        move(s, u, key, c, whole(WIDTH), c + WIDTH)
    if rest > 0:
        move(s, u, key, lanes - rest, head(WIDTH, rest), lanes)
    survey(s)


@rt
def run(s, u):
    """Gate u[frame, lane] in place.  Glides and stages count frames, so that cutting the block changes no bit."""
    run_keyed(s, u, u)
