"""How far the limiter turns down: from what each frame requires to a smooth reduction that is never less.

All levels are in octaves of amplitude (log2), so that 1 is 6.02 dB, and 0 is exactly unity.

* The greatest requirement of the last look-ahead, exactly: a queue of the frames that can still become it.
* BASS holds what the low band alone requires for 10 ms, so that the gain does not ride on the waves of a bass.
* SLOW follows the reduction with 80 ms and is kept for as long as the last 25 ms still require it: what lasts is
  turned down by a constant.  Only then it goes back, in the release time.
* FAST is what stands above both, and goes back quickly: a drum costs little loudness.
* Three moving averages in a row, together as long as the look-ahead, round the corners.  They are sums of whole
  numbers, which no addition rounds: nothing drifts, and silence leaves exact zeros.
"""

import math

from dsp.core.ballistics import NEAR, coefficient
from dsp.core.rt import rt

LONGEST = 960  # frames of look-ahead: 5 ms at 192 kHz
RING = 1024  # frames: room for the longest look-ahead, and the delay of the interpolator
LAST = RING - 1
CELLS = 32  # of 1 ms each
BASS_MS, SLOW_MS, LAG_MS = 10, 25, 3  # LAG: the low band's crest comes that much later than the whole's
ONSET_MS = 80.0
RETURN_MS, RETURN_PART = 2.0, 8.0  # how fast what did not last goes back: in an eighth of the release, from 2 ms up
FURTHEST = 8.0  # octaves over a ceiling: 48 dB
AROUND_MS = 4.0  # cells close late, and the interpolator reaches over 64 frames
UNIT = 2.0**32  # steps of an octave in the averages: 37 octaves of 960 frames stay whole numbers

# LOOK: frames of look-ahead   BOX_1..3: frames of each average   CELL: frames   ONSET RELEASE RETURN: what is left of
# a distance after one frame
LOOK, BOX_1, BOX_2, BOX_3, CELL, ONSET, RELEASE, RETURN = range(8)
SETTINGS = 8
# memory; SLOW FAST: octaves of reduction   HEAD COUNT: of the queue   STEP CLOCK: frame in a cell, cell in its ring
SLOW, FAST, HEAD, COUNT, STEP, CLOCK = range(6)
# _NOW: of the cell that is open   _MAX: of those that are held   BUSY: frames to go   TURN: place in RING_1..3
NEED_NOW, BASS_NOW, NEED_MAX, BASS_MAX, BUSY, TURN, SUM_1, SUM_2, SUM_3 = range(6, 15)
NEED_CELLS = 15
BASS_CELLS = NEED_CELLS + CELLS
VALUES = BASS_CELLS + CELLS
FRAMES = VALUES + RING
RING_1, RING_2, RING_3 = FRAMES + RING, FRAMES + 2 * RING, FRAMES + 3 * RING
ROWS = FRAMES + 4 * RING


def aim(release_ms: float, rate_hz: float) -> dict[int, float]:
    """Cell length and coefficients, by row of the settings.  FAST goes back behind SLOW: the two times add up."""
    return_ms = min(release_ms, max(RETURN_MS, release_ms / RETURN_PART))
    return {
        CELL: float(round(rate_hz / 1000.0)),
        ONSET: coefficient(ONSET_MS, rate_hz),
        RELEASE: coefficient(release_ms - return_ms, rate_hz),
        RETURN: coefficient(return_ms, rate_hz),
    }


def forgotten_ms(release_ms: float, lookahead_ms: float) -> float:
    """After so long below the ceiling nothing is held: what follows has the bits that a new limiter gives it.

    The longest of what came before: FURTHEST above the ceiling.
    """
    held_ms = lookahead_ms + SLOW_MS + BASS_MS + LAG_MS + AROUND_MS
    return held_ms + release_ms * math.log(FURTHEST / NEAR)  # SLOW and FAST, one after the other


@rt
def span(k, s, look):
    """Take another look-ahead: lengths, and the sums over them anew."""
    third = (look + 2) // 3  # three in a row span the sum of their lengths less two
    k[LOOK, 0] = look
    k[BOX_1, 0] = k[BOX_2, 0] = third
    k[BOX_3, 0] = look + 2 - 2 * third
    for box in range(3):
        total = 0.0
        for back in range(int(k[BOX_1 + box, 0])):
            total += s[RING_1 + box * RING + ((int(s[TURN, 0]) - 1 - back) & LAST), 0]
        s[SUM_1 + box, 0] = total


@rt
def newest(s, row, clock, cells):
    """The greatest of the newest cells of a ring."""
    top = 0.0
    for back in range(cells):
        top = max(top, s[row + ((clock - back) & (CELLS - 1)), 0])
    return top


@rt
def close(s, need, bass):
    """Put the greatest need and bass of a cell into the rings; a bass counts only as far as there is a need with it."""
    clock = (int(s[CLOCK, 0]) + 1) & (CELLS - 1)
    s[CLOCK, 0] = clock
    s[NEED_CELLS + clock, 0] = need
    s[BASS_CELLS + clock, 0] = min(bass, newest(s, NEED_CELLS, clock, LAG_MS))
    s[NEED_MAX, 0] = newest(s, NEED_CELLS, clock, SLOW_MS)
    s[BASS_MAX, 0] = newest(s, BASS_CELLS, clock, BASS_MS)


@rt
def average(s, ring, turn, length, total, value):
    """A moving average of whole numbers, rounded up to one, and the new total."""
    total += value - s[ring + ((turn - length) & LAST), 0]
    s[ring + turn, 0] = value
    return math.ceil(total / length), total


@rt
def follow(k, s, needs, basses, frame, turns):
    """From what frames require (octaves over the ceiling, of all and of the low band) to turns, look-ahead behind.

    k and s are settings and memory; frame is the count of the first.
    """
    reach, cell = k[LOOK, 0] + 3.0, k[CELL, 0]  # a crest counts for the frames on both its sides, and one more each
    n1, n2, n3 = int(k[BOX_1, 0]), int(k[BOX_2, 0]), int(k[BOX_3, 0])
    onset, release, back = k[ONSET, 0], k[RELEASE, 0], k[RETURN, 0]
    slow, fast, busy, turn = s[SLOW, 0], s[FAST, 0], s[BUSY, 0], int(s[TURN, 0])
    head, count, step = int(s[HEAD, 0]), int(s[COUNT, 0]), s[STEP, 0]
    need_now, bass_now, kept = s[NEED_NOW, 0], s[BASS_NOW, 0], s[NEED_MAX, 0]
    sum1, sum2, sum3 = s[SUM_1, 0], s[SUM_2, 0], s[SUM_3, 0]
    for i in range(len(needs)):
        need = needs[i]
        if need == 0.0 and busy == 0.0 and count == 0 and slow == 0.0 and kept == 0.0 and need_now == 0.0:
            step = bass_now = 0.0  # nothing is held: what comes next opens a cell, as in a new limiter
            turns[i] = 0.0
            continue
        if need > 0.0:  # smaller ones that came before can never again be the greatest
            while count > 0 and s[VALUES + ((head + count - 1) & LAST), 0] <= need:
                count -= 1
            s[VALUES + ((head + count) & LAST), 0] = need
            s[FRAMES + ((head + count) & LAST), 0] = frame + i
            count += 1
        while count > 0 and s[FRAMES + head, 0] <= frame + i - reach:
            head = (head + 1) & LAST
            count -= 1
        top = s[VALUES + head, 0] if count > 0 else 0.0

        need_now = max(need_now, need)
        bass_now = max(bass_now, basses[i])
        step += 1.0
        if step >= cell:
            close(s, need_now, bass_now)
            step = need_now = bass_now = 0.0
            kept = s[NEED_MAX, 0]

        fall = slow - max(kept, need_now)
        if fall <= 0.0:
            slow = fast + onset * (slow - fast)
        else:
            slow = slow - fall + (release * fall if fall > NEAR else 0.0)
        base = max(slow, s[BASS_MAX, 0])
        above = fast - base
        fast = max(top, base + (back * above if above > NEAR else 0.0))

        busy = reach if fast > 0.0 else max(busy - 1.0, 0.0)
        y, sum1 = average(s, RING_1, turn, n1, sum1, math.ceil(fast * UNIT))
        y, sum2 = average(s, RING_2, turn, n2, sum2, y)
        y, sum3 = average(s, RING_3, turn, n3, sum3, y)
        turn = (turn + 1) & LAST
        turns[i] = y / UNIT
    s[SLOW, 0], s[FAST, 0], s[BUSY, 0], s[TURN, 0] = slow, fast, busy, turn
    s[HEAD, 0], s[COUNT, 0], s[STEP, 0] = head, count, step
    s[NEED_NOW, 0], s[BASS_NOW, 0] = need_now, bass_now
    s[SUM_1, 0], s[SUM_2, 0], s[SUM_3, 0] = sum1, sum2, sum3
