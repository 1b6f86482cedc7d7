"""What sounds in the reverb, a frame at a time: cuts, predelay, two diffusers, and a loop of 16 modulated lines.

A diffuser is 16 delays and a Hadamard matrix: 256 echoes of every frame come out of the second one.  The loop is a
feedback delay network (J.-M. Jot and A. Chaigne, 1991) with the same matrix, which keeps energy; what a line loses is
its own, in proportion to its length (dsp/reverb_rooms.py).  Lines are read between frames by a cubic of Lagrange, which
nowhere amplifies.

The lanes of the state are the lines; those of the row KNOBS are the settings of the whole.  All lines are columns of
one ring of absolute frames, and what is older than FILLED counts as silence: so they are emptied in no time.
"""

import math

import numpy as np

from dsp import reverb_rooms
from dsp.core import glide, passband
from dsp.core.passband import settled
from dsp.core.rt import rt
from dsp.reverb_rooms import LINES

LOUDEST = 1e9  # what is no number, or beyond this, counts as silence

# KNOBS: see below   GAIN POLE: of each line, y = GAIN x + POLE y
KNOBS, GAIN, POLE = GLIDES = tuple(range(2, 2 + 3 * glide.SIZE, glide.SIZE))
# lanes of KNOBS; WIRE, FEED and CROSS are moved from here only: 0 while lengths change; what goes in; to PRE_TO
WET, WIDTH, WOBBLE, LEVEL, EARLY, LOW, LOW_PART, HIGH, HIGH_PART, WIRE, FEED, CROSS = range(12)
# AT: frames of the lines of both diffusers and the loop, now and wanted   PRE: frames of the predelay, now, to, wanted
AT, NEXT = 20, 23
PRE, PRE_TO, NEXT_PRE, ASK, STAGE, FADE, FILLED, TURN = range(26, 34)  # FILLED: frames that the lines hold   TURN: e
# SIN COS: where each line swings   LOW_PASS: y   SCRATCH: eight vectors   CUTS: of passband, lanes left and right
MEMORY = SIN = 34
COS, LOW_PASS, SCRATCH, CUTS = 35, 36, 37, 45
ROWS = CUTS + passband.MEMORY

# columns of the line: loop, diffusers, predelay; an odd number of cache lines, so that rows do not share their places
LOOP, FIRST, SECOND, WAIT, COLUMNS = 0, LINES, 2 * LINES, 3 * LINES, 56
AGAIN = 3  # rows: the first of the ring stand once more behind its last, so that four in a row never wrap
START_SIN = np.sin(2.0 * np.pi * reverb_rooms.GOLDEN * np.arange(LINES))
START_COS = np.cos(2.0 * np.pi * reverb_rooms.GOLDEN * np.arange(LINES))
# signs: how the inputs, left on even lines, go in; how left and right come out: balanced, orthogonal, no Hadamard rows
IN = np.array([1, 1, -1, 1, 1, -1, -1, -1, 1, -1, 1, 1, -1, 1, -1, -1]) / math.sqrt(8.0)
LEFT = np.array([1, 1, -1, -1, 1, -1, 1, -1, -1, 1, -1, 1, -1, -1, 1, 1], np.float64)
RIGHT = np.array([1, -1, 1, -1, -1, -1, -1, -1, 1, 1, -1, 1, 1, 1, -1, 1], np.float64)


@rt
def row_of(line, now, late):
    """The row that is so many frames old."""
    row = now - late
    return row if row >= 0 else row + line.shape[0] - AGAIN


@rt
def again(line, row):
    """Let the first rows of the loop stand behind the last ones, too."""
    if row < AGAIN:
        for c in range(LINES):
            line[line.shape[0] - AGAIN + row, LOOP + c] = line[row, LOOP + c]


@rt
def begin(line, now):
    """Before the first frame of lines that forgot there was silence: for reads that straddle it."""
    for late in range(1, AGAIN):
        row = row_of(line, now, late)
        for c in range(LINES):
            line[row, LOOP + c] = 0.0
        again(line, row)


@rt
def mixed(v):
    """The first 16 of v times the Hadamard matrix of signs, which is four times as loud; v[16..31] is scratch."""
    for _ in range(2):
        for c in range(8):
            v[16 + 2 * c] = v[c] + v[c + 8]
            v[17 + 2 * c] = v[c] - v[c + 8]
        for c in range(8):
            v[2 * c] = v[16 + c] + v[24 + c]
            v[2 * c + 1] = v[16 + c] - v[24 + c]


@rt
def diffuse(s, v, line, now, n):
    """v through one diffuser: 16 delays, and what comes out of them before it is mixed stays on v."""
    first = FIRST + n * LINES
    for c in range(LINES):
        line[now, first + c] = v[c]
    filled = int(s[FILLED, 0])
    for c in range(LINES):
        late = int(s[AT + n, c])
        x = line[row_of(line, now, late), first + c]
        v[c] = x if late < filled else 0.0


@rt
def read(s, v, line, now):
    """The lines of the loop into v, each where it swings to; v[16..95] is scratch: four taps, and how far between."""
    filled = s[FILLED, 0]
    lines = s.shape[1]  # not a constant: the loops then become vectors, where unrolling would leave single numbers
    swing = s[KNOBS, WOBBLE]
    longest = line.shape[0] - 2.0 * AGAIN
    for c in range(lines):
        s[SIN, c] += s[TURN, c] * s[COS, c]  # a rotation whose size never drifts
        s[COS, c] -= s[TURN, c] * s[SIN, c]
    for c in range(lines):
        late = s[AT + 2, c] + swing * s[SIN, c]
        whole = np.floor(late)
        v[80 + c] = late - whole
        v[c] = whole if whole >= 1.0 and whole < longest else 1.0  # what is no number must not become an index
    for c in range(lines):
        oldest = row_of(line, now, int(v[c]) + 2)
        v[16 + c] = line[oldest + 3, c]
        v[32 + c] = line[oldest + 2, c]
        v[48 + c] = line[oldest + 1, c]
        v[64 + c] = line[oldest, c]
    for c in range(lines):
        f = v[80 + c]
        a = f + 1.0
        b = f - 1.0
        d = f - 2.0
        outer = f * (a * b * v[64 + c] - b * d * v[16 + c]) * (1.0 / 6.0)
        inner = a * d * (b * v[32 + c] - f * v[48 + c]) * 0.5
        v[c] = outer + inner if v[c] < filled else 0.0


@rt
def enter(s, line, now, x, side):
    """One side of the input through its cuts into the line, and out of it as late as the predelay."""
    x = x if abs(x) <= LOUDEST else 0.0
    k = KNOBS
    x = passband.cut(s, CUTS, side, x, s[k, LOW], s[k, LOW_PART], s[k, HIGH], s[k, HIGH_PART])
    line[now, WAIT + side] = settled(x * s[k, FEED])
    filled = int(s[FILLED, 0])
    late = int(s[PRE, 0])
    y = line[row_of(line, now, late), WAIT + side] if late < filled else 0.0
    part = s[k, CROSS]
    if part > 0.0:
        late = int(s[PRE_TO, 0])
        z = line[row_of(line, now, late), WAIT + side] if late < filled else 0.0
        y += part * (z - y)
    return y


@rt
def total(signs, v, first):
    """16 of v by their signs: four sums side by side, since one would wait for itself 16 times."""
    a = 0.0
    b = 0.0
    c = 0.0
    d = 0.0
    for k in range(0, LINES, 4):
        a += signs[k] * v[first + k]
        b += signs[k + 1] * v[first + k + 1]
        c += signs[k + 2] * v[first + k + 2]
        d += signs[k + 3] * v[first + k + 3]
    return (a + b) + (c + d)


@rt
def tail(s, line, now, x_left, x_right):
    """One frame of the wet sound, left and right, before it is levelled."""
    v = s[SCRATCH : SCRATCH + 8].reshape(-1)
    lines = s.shape[1]
    in_left = enter(s, line, now, x_left, 0)
    in_right = enter(s, line, now, x_right, 1)
    for c in range(0, lines, 2):
        v[c] = in_left * IN[c]
        v[c + 1] = in_right * IN[c + 1]
    diffuse(s, v, line, now, 0)
    mixed(v)
    for c in range(lines):
        v[c] *= 0.25
    diffuse(s, v, line, now, 1)
    early = s[KNOBS, EARLY]
    for c in range(lines):
        v[96 + c] = early * v[c]
    mixed(v)
    for c in range(lines):
        v[112 + c] = 0.25 * v[c]
    read(s, v, line, now)
    for c in range(lines):
        y = settled(s[GAIN, c] * v[c] + s[POLE, c] * s[LOW_PASS, c])
        s[LOW_PASS, c] = y
        v[c] = y
        v[96 + c] += y
    mixed(v)
    for c in range(lines):
        line[now, LOOP + c] = v[112 + c] + 0.25 * v[c]
    again(line, now)
    return total(LEFT, v, 96), total(RIGHT, v, 96)
