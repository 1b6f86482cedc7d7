"""True peak of every lane: the greatest sample of a 16 times finer grid, by a windowed sinc of 64 taps a phase.

ITU-R BS.1770-5, annex 2, asks for four times or more.  Sixteen times, and a Kaiser window of beta 8, read a long sine
within -0.01 and +0.01 dB up to 0.42 of the rate.  Phase 0 is the sample itself, so that a true peak is never below the
sample peak.

Chunks are looked at two times finer first, then four times, and all phases follow only where that comes near the
greatest so far: a band-limited wave is still cos(pi d) of its greatest value d of a frame beside it, and the grids are
never further away than a quarter and an eighth of a frame.
"""

import numpy as np

from dsp.core.rt import rt

PHASES, TAPS = 16, 64
HALF = TAPS // 2
DELAY_FRAMES = HALF
BETA = 8.0
NEAR_HALF, NEAR_QUARTER = 0.65, 0.87  # of the greatest so far: cos(pi / 4), cos(pi / 8) and room for the window's edge
CHUNK = 64  # frames at once

# PEAK: of the samples   TRUE: of the finer grid   HISTORY: the last 63 samples, the oldest first
PEAK, TRUE, HISTORY = range(3)
PAST = TAPS - 1
ROWS = HISTORY + PAST


def state(lanes: int) -> np.ndarray:
    """Silence.  Shape [65, lanes].  Who reads may set PEAK and TRUE back to 0 at any frame."""
    return np.zeros((ROWS, lanes))


def work() -> np.ndarray:
    """Room for one lane of a chunk: its line, the sums of one frame; the line again and three sums a frame, single."""
    return np.zeros(PAST + CHUNK + PHASES + (PAST + 4 * CHUNK + 1) // 2)


def taps() -> np.ndarray:
    """The interpolator, each phase with unity gain at 0 Hz.  Shape [64, 16]: frame, the oldest first; phase."""
    at = np.arange(PHASES * TAPS) - PHASES * DELAY_FRAMES
    h = (np.sinc(at / PHASES) * np.kaiser(PHASES * TAPS + 1, BETA)[:-1]).reshape(TAPS, PHASES)
    return np.ascontiguousarray((h / h.sum(axis=0))[::-1])


def bound(h: np.ndarray) -> float:
    """The most that any phase can make of samples up to 1, and a little more."""
    return float(np.abs(h).sum(axis=0).max() * (1.0 + 1e-9))


H = taps()
BOUND = bound(H)
# Phase 12 is phase 4 run backwards, phase 8 is itself: what their halves make of sums and differences of samples
ONE = np.float32(1.0)
FORE, BACK = H[:HALF, 4], H[::-1][:HALF, 4]
EVEN, ODD, MIDDLE = (rough.astype(np.float32) for rough in ((FORE + BACK) / 2.0, (FORE - BACK) / 2.0, H[:HALF, 8]))


@rt
def fold(line, numbers, sign, sums, frames):
    """A phase of half as many numbers at each frame of the line, over its samples plus (or minus) the mirrored ones."""
    for i in range(frames):
        sums[i] = np.float32(0.0)
    for k in range(0, HALF, 8):  # by eight: the sums are fetched an eighth as often
        c0, c1, c2, c3 = numbers[k], numbers[k + 1], numbers[k + 2], numbers[k + 3]
        c4, c5, c6, c7 = numbers[k + 4], numbers[k + 5], numbers[k + 6], numbers[k + 7]
        for i in range(frames):
            r, b = i + k, i + PAST - k
            y = c0 * (line[r] + sign * line[b]) + c1 * (line[r + 1] + sign * line[b - 1])
            y += c2 * (line[r + 2] + sign * line[b - 2]) + c3 * (line[r + 3] + sign * line[b - 3])
            y += c4 * (line[r + 4] + sign * line[b - 4]) + c5 * (line[r + 5] + sign * line[b - 5])
            sums[i] += y + c6 * (line[r + 6] + sign * line[b - 6]) + c7 * (line[r + 7] + sign * line[b - 7])


@rt
def greatest(line, i, sums):
    """The greatest magnitude of all phases of one frame."""
    sums[:] = 0.0
    for k in range(0, TAPS, 8):  # by eight: the sums stay in registers, twice as fast as by four
        r = i + k
        x0, x1, x2, x3 = line[r], line[r + 1], line[r + 2], line[r + 3]
        x4, x5, x6, x7 = line[r + 4], line[r + 5], line[r + 6], line[r + 7]
        for p in range(PHASES):
            y = H[k, p] * x0 + H[k + 1, p] * x1 + H[k + 2, p] * x2 + H[k + 3, p] * x3
            y += H[k + 4, p] * x4 + H[k + 5, p] * x5 + H[k + 6, p] * x6 + H[k + 7, p] * x7
            sums[p] += y
    top = 0.0
    for p in range(PHASES):
        top = max(top, abs(sums[p]))
    return top


@rt
def look(line, sums, rough, frames, top):
    """The greatest magnitude of a line, or top if that is more.  Single precision decides only where to look."""
    fine, even = rough[: PAST + CHUNK], rough[PAST + CHUNK : PAST + 2 * CHUNK]
    odd, middle = rough[PAST + 2 * CHUNK : PAST + 3 * CHUNK], rough[PAST + 3 * CHUNK : PAST + 4 * CHUNK]
    for k in range(PAST + frames):
        fine[k] = line[k]
    fold(fine, MIDDLE, ONE, middle, frames)
    most = np.float32(0.0)
    for i in range(frames):
        middle[i] = max(abs(middle[i]), max(abs(fine[i + HALF - 1]), abs(fine[i + HALF])))
        most = max(most, middle[i])
    if most <= NEAR_HALF * top:
        return top
    fold(fine, EVEN, ONE, even, frames)
    fold(fine, ODD, -ONE, odd, frames)
    for i in range(frames):
        middle[i] = max(middle[i], abs(even[i]) + abs(odd[i]))
        most = max(most, middle[i])
    least = NEAR_QUARTER * max(top, 0.9999 * most)  # what was seen roughly is there, up to single precision
    for i in range(frames):
        if middle[i] > least:
            top = max(top, greatest(line, i, sums))
    return top


@rt
def gather(s, room, u):
    """Follow u[frame, lane], with room = work().  The last 64 frames are complete after as many zeros."""
    frames, lanes = u.shape
    line, sums = room[: PAST + CHUNK], room[PAST + CHUNK : PAST + CHUNK + PHASES]
    rough = room[PAST + CHUNK + PHASES :].view(np.float32)
    for c in range(lanes):
        for k in range(PAST):
            line[k] = s[HISTORY + k, c]
        top = s[TRUE, c]
        peak = s[PEAK, c]
        for first in range(0, frames, CHUNK):
            n = min(CHUNK, frames - first)
            loudest = 0.0
            for i in range(n):
                line[PAST + i] = u[first + i, c]
                peak = max(peak, abs(u[first + i, c]))
            for k in range(PAST + n):
                loudest = max(loudest, abs(line[k]))
            top = max(top, peak)
            if loudest * BOUND > top:
                top = look(line, sums, rough, n, top)
            for k in range(PAST):
                line[k] = line[n + k]
        for k in range(PAST):
            s[HISTORY + k, c] = line[k]
        s[TRUE, c] = top
        s[PEAK, c] = peak
