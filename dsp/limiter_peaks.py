"""How high a lane rises between its frames, for who must know it on every frame: the limiter.

The interpolator is that of dsp/truepeak.py, 16 phases of 64 taps.  Phase p is phase 16 - p run backwards: with
e = x[k] + x[63 - k] and o = x[k] - x[63 - k] the one is E + O, the other E - O, and the greater of the two magnitudes
is |E| + |O|.  So half the products do.  Single precision: the reading is right to 1e-5 dB, and twice as fast.  A
register holds frames, and the order of each sum is fixed, so that cutting the block changes no bit.

Near half the rate 64 frames do not see all, and meters differ.  So the short interpolator of most other meters
(dsp/core/rough_peak.py) is asked too, and what stands in the edge band counts on top: half of its amplitude, by a
window of the same 64 frames around half the rate.  It is odd, and takes the row of phase 8, whose own O is nothing.
"""

import numpy as np
from numba import carray

from dsp import truepeak
from dsp.core import rough_peak, singles
from dsp.core.intrinsics import flat
from dsp.core.rt import rt
from dsp.core.vectors import head, load, magnitude, pick, stack, store, whole

TAPS = truepeak.TAPS
HALF = TAPS // 2
DELAY_FRAMES = truepeak.DELAY_FRAMES
PAIRS = 8  # phases 1 and 15, 2 and 14 .. 7 and 9, and 8 with itself
MOST = 32  # frames of one call
MORE = 1.0 + 1e-6
SIZE = np.int32(0x7FFFFFFF)  # all but the sign of a float32
LINE = TAPS + MOST  # the line that is read: 63 frames of the past, then the new ones
WORK = LINE + 16  # single precision numbers of scratch


SHORT = 6  # frames on each side that the short interpolator looks through
EDGE_PART, EDGE_BETA = 0.5, 6.0  # how much of the edge band counts; of the Kaiser window: -50 dB below 22 kHz


def edge() -> np.ndarray:
    """What stands within 1 kHz of half a rate of 48 kHz, times EDGE_PART.  Shape [64]: the oldest frame first."""
    window = np.kaiser(TAPS + 2, EDGE_BETA)[1:-1]
    return EDGE_PART * window / window.sum() * (-1.0) ** np.arange(TAPS)


def table() -> np.ndarray:
    """Even and odd halves of the interpolator, [16, 32]: E of pairs 1..8, O of 1..7, edge; frame from the oldest on."""
    h = truepeak.taps()[:, 1 : PAIRS + 1]
    fore, back = h[:HALF], h[::-1][:HALF]
    rows = np.concatenate([fore + back, fore - back], axis=1).T * 0.5
    rows[-1] = edge()[:HALF]
    return np.ascontiguousarray(rows, np.float32)


def short_table() -> np.ndarray:
    """The same of the short interpolator, [3, 6]: E and O of phases 1 and 3, E of phase 2."""
    first, second, third = rough_peak.taps(48_000.0)[:, -2 * SHORT :]
    return np.ascontiguousarray(np.array([first + third, first - third, 2.0 * second])[:, :SHORT] * 0.5, np.float32)


def bound() -> float:
    """The most that can be made of samples up to 1."""
    h, e = truepeak.taps(), edge()[:, None]
    return max(truepeak.bound(h + e), truepeak.bound(h - e), rough_peak.bound(rough_peak.taps(48_000.0)))


TABLE, SHORT_TABLE, BOUND = table(), short_table(), bound()


@rt
def loudest(s, row, ring, first, count):
    """The greatest magnitude on any lane of a ring of so many frames, which begins at a row of s, from its frame first
    on, and a little more, since lines are of single precision: eight numbers at a time."""
    lanes = s.shape[1]
    line = flat(s)
    before = min(count, ring - first)  # what the ring's end cuts off lies at its beginning
    top = load(line, 0, 0, head(8, 0))
    for piece in range(2):
        at = (row + (first if piece == 0 else 0)) * lanes
        many = (before if piece == 0 else count - before) * lanes
        for k in range(0, many, 8):
            size = magnitude(load(line, 0, at + k, head(8, many - k)))
            top = pick(size > top, size, top)
    sizes = carray(stack(1, 8), (8,), np.float64)
    store(sizes, 0, 0, whole(8), top)
    found = 0.0
    for k in range(8):
        found = max(found, sizes[k])
    return found * MORE


@rt
def eight(x, k, p):
    """Eight terms of the sum p of sixteen frames, from the k-th on; x are the folded samples."""
    t = TABLE[p]
    y = singles.plus(singles.times(x[0], t[k]), singles.times(x[1], t[k + 1]))
    y = singles.plus(singles.plus(y, singles.times(x[2], t[k + 2])), singles.times(x[3], t[k + 3]))
    z = singles.plus(singles.times(x[4], t[k + 4]), singles.times(x[5], t[k + 5]))
    z = singles.plus(singles.plus(z, singles.times(x[6], t[k + 6])), singles.times(x[7], t[k + 7]))
    return singles.plus(y, z)


@rt
def folded(work, i, k, sign):
    """The k-th sample of sixteen frames from i on, and the one as far from the other end, added or taken off."""
    x, y = singles.load(work, i + k), singles.load(work, i + TAPS - 1 - k)
    return singles.plus(x, y) if sign > 0 else singles.minus(x, y)


@rt
def sums(work, i, first, sign):
    """The sums of four pairs of phases from the table's row first on, of sixteen frames from i on."""
    a = b = c = d = singles.spread(np.float32(0.0))
    for k in range(0, HALF, 8):
        x = (
            folded(work, i, k, sign), folded(work, i, k + 1, sign), folded(work, i, k + 2, sign),
            folded(work, i, k + 3, sign), folded(work, i, k + 4, sign), folded(work, i, k + 5, sign),
            folded(work, i, k + 6, sign), folded(work, i, k + 7, sign),
        )  # fmt: skip
        a = singles.plus(a, eight(x, k, first))
        b = singles.plus(b, eight(x, k, first + 1))
        c = singles.plus(c, eight(x, k, first + 2))
        d = singles.plus(d, eight(x, k, first + 3))
    return singles.size(a), singles.size(b), singles.size(c), singles.size(d)


@rt
def short(work, i):
    """The greatest magnitude that the short interpolator sees between the samples of sixteen frames from i on."""
    e = o = middle = singles.spread(np.float32(0.0))
    for k in range(SHORT):
        x, y = folded(work, i, HALF - SHORT + k, 1), folded(work, i, HALF - SHORT + k, -1)
        e = singles.plus(e, singles.times(x, SHORT_TABLE[0, k]))
        o = singles.plus(o, singles.times(y, SHORT_TABLE[1, k]))
        middle = singles.plus(middle, singles.times(x, SHORT_TABLE[2, k]))
    return singles.larger(singles.plus(singles.size(e), singles.size(o)), singles.size(middle))


@rt
def most(work, i):
    """The greatest magnitude between the samples of sixteen frames from i on, with what stands in the edge band."""
    even, odd = sums(work, i, 0, 1), sums(work, i, PAIRS, -1)
    top = singles.larger(singles.plus(even[0], odd[0]), singles.plus(even[1], odd[1]))
    top = singles.larger(top, singles.plus(even[2], odd[2]))
    top = singles.larger(top, singles.plus(even[3], odd[3]))
    even, odd = sums(work, i, 4, 1), sums(work, i, PAIRS + 4, -1)
    top = singles.larger(top, singles.plus(even[0], odd[0]))
    top = singles.larger(top, singles.plus(even[1], odd[1]))
    top = singles.larger(top, singles.plus(even[2], odd[2]))
    return singles.larger(singles.plus(singles.larger(top, even[3]), odd[3]), short(work, i))


@rt
def crests(work, frames, least, peaks):
    """Raise peaks[i] to the greatest magnitude from 32 frames before frame i of the line up to 31 before.

    work[:63 + frames] is the line; frames is at most MOST.  What cannot exceed least is left out.
    """
    loudest = np.int32(0)  # the bits of a float32 without its sign are in the order of its size
    words = work.view(np.int32)
    for i in range(TAPS - 1 + frames):
        loudest = max(loudest, words[i] & SIZE)
    work[LINE] = 0.0
    words[LINE] = loudest
    if work[LINE] * BOUND <= least:
        return
    for i in range(0, frames, singles.N):  # what lies behind the last frame is counted for nothing
        singles.store(work, LINE, most(work, i))
        for k in range(min(frames - i, singles.N)):
            own = max(abs(work[i + k + HALF - 1]), abs(work[i + k + HALF]))
            peaks[i + k] = max(max(peaks[i + k], work[LINE + k]), own)
