"""How high a lane rises between its frames, for who must know it on every frame: the limiter.

The interpolator is that of dsp/truepeak.py, 16 phases of 64 taps.  Phase p is phase 16 - p run backwards: with
e = x[k] + x[63 - k] and o = x[k] - x[63 - k] the one is E + O, the other E - O, and the greater of the two magnitudes
is |E| + |O|.  So half the products do.  Single precision: the reading is right to 1e-5 dB, and twice as fast.  The
loops run along the frames, but the order of each sum is fixed, so that cutting the block changes no bit.
"""

import numpy as np

from dsp import truepeak
from dsp.core.rt import rt

TAPS = truepeak.TAPS
HALF = TAPS // 2
DELAY_FRAMES = truepeak.DELAY_FRAMES
PAIRS = 8  # phases 1 and 15, 2 and 14 .. 7 and 9, and 8 with itself
MOST = 32  # frames of one call
LINE = TAPS + MOST  # the line that is read: 63 frames of the past, then the new ones
WORK = LINE + 2 * HALF * MOST + 2 * PAIRS * MOST  # single precision numbers of scratch


def table() -> np.ndarray:
    """Even and odd halves of the interpolator, [16, 32]: E of pairs 1..8, O of the same; frame from the oldest on."""
    h = truepeak.taps()[:, 1 : PAIRS + 1]
    fore, back = h[:HALF], h[::-1][:HALF]
    return np.ascontiguousarray(np.concatenate([fore + back, fore - back], axis=1).T * 0.5, np.float32)


TABLE = table()
BOUND = truepeak.bound(truepeak.taps())  # the most that any phase can make of samples up to 1


@rt
def crests(work, frames, least, peaks):
    """Raise peaks[i] to the greatest magnitude from 32 frames before frame i of the line up to 31 before.

    work[:63 + frames] is the line; frames is at most MOST.  What cannot exceed least is left out.
    """
    loudest = np.float32(0.0)
    for i in range(TAPS - 1 + frames):
        loudest = max(loudest, abs(work[i]))
    if loudest * BOUND <= least:
        return
    even = work[LINE : LINE + HALF * MOST].reshape(HALF, MOST)
    odd = work[LINE + HALF * MOST : LINE + 2 * HALF * MOST].reshape(HALF, MOST)
    sums = work[LINE + 2 * HALF * MOST :].reshape(2 * PAIRS, MOST)
    for k in range(HALF):
        for i in range(frames):
            x = work[i + k]
            y = work[i + TAPS - 1 - k]
            even[k, i] = x + y
            odd[k, i] = x - y
    for p in range(0, 2 * PAIRS, 2):  # two sums at a time, eight terms at a time: each sample is fetched half as often
        fold = even if p < PAIRS else odd
        one, other = sums[p], sums[p + 1]
        for i in range(frames):
            one[i] = np.float32(0.0)
            other[i] = np.float32(0.0)
        for k in range(0, HALF, 8):
            f0, f1, f2, f3 = fold[k], fold[k + 1], fold[k + 2], fold[k + 3]
            f4, f5, f6, f7 = fold[k + 4], fold[k + 5], fold[k + 6], fold[k + 7]
            a0, a1, a2, a3 = TABLE[p, k], TABLE[p, k + 1], TABLE[p, k + 2], TABLE[p, k + 3]
            a4, a5, a6, a7 = TABLE[p, k + 4], TABLE[p, k + 5], TABLE[p, k + 6], TABLE[p, k + 7]
            b0, b1, b2, b3 = TABLE[p + 1, k], TABLE[p + 1, k + 1], TABLE[p + 1, k + 2], TABLE[p + 1, k + 3]
            b4, b5, b6, b7 = TABLE[p + 1, k + 4], TABLE[p + 1, k + 5], TABLE[p + 1, k + 6], TABLE[p + 1, k + 7]
            for i in range(frames):
                x0, x1, x2, x3, x4, x5, x6, x7 = f0[i], f1[i], f2[i], f3[i], f4[i], f5[i], f6[i], f7[i]
                y = a0 * x0 + a1 * x1 + a2 * x2 + a3 * x3
                z = b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3
                one[i] += y + (a4 * x4 + a5 * x5 + a6 * x6 + a7 * x7)
                other[i] += z + (b4 * x4 + b5 * x5 + b6 * x6 + b7 * x7)
    top = sums[0]
    for i in range(frames):
        top[i] = abs(top[i]) + abs(sums[PAIRS, i])
    for p in range(1, PAIRS):
        one, other = sums[p], sums[PAIRS + p]
        for i in range(frames):
            y = abs(one[i]) + abs(other[i])
            top[i] = top[i] if top[i] > y else y
    for i in range(frames):
        peaks[i] = max(max(peaks[i], top[i]), max(abs(work[i + HALF - 1]), abs(work[i + HALF])))
