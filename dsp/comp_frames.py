"""What a compressor does with some frames, and the rows of its state: detector and curve, then ballistics and gain."""

import numpy as np
from numba import carray

from dsp.core import detectors, glide
from dsp.core.ballistics import follow, only
from dsp.core.decibel import AMPLITUDE_DB, POWER_DB, exp2, log2
from dsp.core.rt import rt
from dsp.core.vectors import every, fma, load, partner, pick, stack, store, within

QUANTUM = 64  # frames of the longest block for run_at
NARROWEST = 1e-9  # dB, what a knee of 0 counts as
SURE = 1e-4  # dB below the knee, where the logarithm surely reads less too and the curve is exactly 0
WIDTH = 8  # lanes of a tile

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE  # ACTIVE holds 1: some lane works before the EQ, 2: after, 3: both
# SLOPE: 1 - 1/ratio   WET: on * mix   WIRE: 1 at rest, 0 while something is exchanged (moved from here only)
THRESHOLD, SLOPE, KNEE, MAKEUP, WET, WIRE = GLIDES = tuple(range(2, 2 + 6 * glide.SIZE, glide.SIZE))
# ATTACK RELEASE RMS: one-pole coefficients   HOLD FADE: frames   LINK: 1 on both lanes 2k, 2k + 1 of a pair
ATTACK, RELEASE, HOLD, LINK, POSITION, DETECTOR, NEXT_POSITION, NEXT_DETECTOR, FADE, RMS = range(38, 48)
# TURN_1..4: all-passes, two of each chain   FIND: one-pole coefficient   LONGEST: frames of half a wave at most
TURN_1, TURN_2, TURN_3, TURN_4, FIND, LONGEST = range(48, 54)
# ASK: 2 = exchange by way of the wire   STAGE: rest, to the wire, back, waiting on it   WAIT: frames
ASK, STAGE, WAIT = range(54, 57)
# MS0 MS: mean square, once and twice averaged   Y1 Y: reduction in dB, see ballistics   COUNT: frames of hold left
MS0, MS, Y1, Y, COUNT = range(57, 62)
# PASS_1..4: of the all-passes   LOW SINCE HALF, TOP KEEP: see wave and held of detectors
PASS_1, PASS_2, PASS_3, PASS_4, LOW, SINCE, HALF, TOP, KEEP = range(62, 71)
MEMORY, ROWS = 57, 71


@rt
def detect(s, key, start, end, position, which, c, part, row, targets):
    """Detector and curve: how many dB of reduction each frame asks for, on the lanes of one place."""
    here = load(s, POSITION, c, part) == float(position)
    mine = within(part, here)
    foots = glide.among(which, 5)
    bends = glide.among(which, 4)
    slopes = glide.among(which, 2)
    fades = glide.among(which, 48)
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
    links = not every(~linked)
    means = not every(~(rms & here))
    peaks = not every(rms | ~here)
    t1, t2 = load(s, TURN_1, c, part), load(s, TURN_2, c, part)
    t3, t4 = load(s, TURN_3, c, part), load(s, TURN_4, c, part)
    find = load(s, FIND, c, part)
    longest = load(s, LONGEST, c, part)
    ms0 = load(s, MS0, c, part)
    ms = load(s, MS, c, part)
    s1, s2 = load(s, PASS_1, c, part), load(s, PASS_2, c, part)
    s3, s4 = load(s, PASS_3, c, part), load(s, PASS_4, c, part)
    low = load(s, LOW, c, part)
    since = load(s, SINCE, c, part)
    half = load(s, HALF, c, part)
    top = load(s, TOP, c, part)
    keep = load(s, KEEP, c, part)
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
        x = load(key, i, c, part)
        power = 0.0 * slope[0]  # a lane on the wire tells its partner nothing
        if means:
            hears = works & rms
            x1, s1 = detectors.turned(x, t1, s1, hears)
            x1, s2 = detectors.turned(x1, t2, s2, hears)
            x2, s3 = detectors.turned(x, t3, s3, hears)
            x2, s4 = detectors.turned(x2, t4, s4, hears)
            square = fma(x1, x1, x2 * x2)
            ms0 = fma(a, ms0 - square, square)
            ms = fma(a, ms - ms0, ms0)
            ms0 = pick(hears & (ms0 > 1e-20), ms0, 0.0)
            ms = pick(hears & (ms > 1e-20), ms, 0.0)
            power = ms
        if peaks:
            hears = works & ~rms
            low, since, half = detectors.wave(x, find, longest, low, since, half)
            top, keep = detectors.held(x * x, half, top, keep)
            low = pick(hears, low, 0.0)
            since = pick(hears, since, 0.0)
            half = pick(hears, half, 0.0)
            top = pick(hears, top, 0.0)
            keep = pick(hears, keep, 0.0)
            power = power + top
        if links:
            other = partner(power)
            power = pick(linked & (other > power), other, power)
        target = 0.0 * slope[0]
        if foots or not every(power < quiet):
            into = fma(POWER_DB, log2(power), -foot)
            bend = pick(into < bow, into, bow)
            bend = pick(bend > 0.0, bend, 0.0)
            target = slope[0] * fma(bend * bend, curve, pick(into > bow, into - bow, 0.0))
        store(targets, i - start, 0, row, target)
    store(s, MS0, c, mine, ms0)
    store(s, MS, c, mine, ms)
    store(s, PASS_1, c, mine, s1)
    store(s, PASS_2, c, mine, s2)
    store(s, PASS_3, c, mine, s3)
    store(s, PASS_4, c, mine, s4)
    store(s, LOW, c, mine, low)
    store(s, SINCE, c, mine, since)
    store(s, HALF, c, mine, half)
    store(s, TOP, c, mine, top)
    store(s, KEEP, c, mine, keep)
    if foots:
        glide.leave(s, THRESHOLD, c, mine, threshold, end - start)
        glide.leave(s, KNEE, c, mine, knee, end - start)
    if slopes:
        glide.leave(s, SLOPE, c, mine, slope, end - start)


@rt
def squeeze(s, u, start, end, position, which, c, part, row, targets):
    """Ballistics and gain, on the lanes of one place."""
    here = load(s, POSITION, c, part) == float(position)
    mine = within(part, here)
    lifts = glide.among(which, 8)
    fades = glide.among(which, 48)
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
    works = w != 0.0
    y1, y, count = only(works, y1, y, count)
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
            y1, y, count = only(works, y1, y, count)
        target = pick(works, load(targets, i - start, 0, row), 0.0)
        y1, y, count = follow(target, y1, y, count, attack, release, hold)
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
def tile(s, u, key, start, end, position, which, c, part, row):
    """The frames from start to end, at most QUANTUM, of the lanes of one place in the part that begins at lane c.

    In two passes: in the second a frame waits for the one before it, the logarithms of the first need not.
    which: the glides that move, see `glide.among`; none of them ends here.  row: all lanes of a part's vector.
    """
    targets = carray(stack(QUANTUM, WIDTH), (QUANTUM, WIDTH), np.float64)
    detect(s, key, start, end, position, which, c, part, row, targets)
    squeeze(s, u, start, end, position, which, c, part, row, targets)
