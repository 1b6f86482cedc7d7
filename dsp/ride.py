"""How far the limiter turns down: from what each frame requires to a smooth reduction that is never less.

All levels are in octaves of amplitude (log2), so that 1 is 6.02 dB, and 0 is exactly unity.

* WINDOW: the greatest requirement of the last look-ahead, exactly (a queue of the frames that still can be it).
* BASS holds what the low band alone requires for 10 ms, so that the gain does not ride on the waves of a bass.
* SLOW follows the reduction with 80 ms and is kept for as long as the last 25 ms still require it: what lasts is
  turned down by a constant.  Only then it goes back, in the release time.
* FAST is what stands above both, and goes back quickly: a drum costs little loudness.
* Three moving averages in a row, together as long as the look-ahead, round the corners.  They are sums of whole
  numbers, which no addition rounds: nothing drifts, and silence leaves exact zeros.
"""

import math

from dsp.ballistics import NEAR, coefficient
from dsp.rt import rt

RING = 1024  # frames; 5 ms at 192 kHz are 960
CELLS = 32  # of 1 ms each
BASS_CELLS, SLOW_CELLS = 10, 25
ONSET_MS = 80.0
RETURN_MS, RETURN_PART = 2.0, 8.0  # how fast what did not last goes back: in an eighth of the release, from 2 ms up
UNIT = 2.0**32  # steps of an octave in the averages: 37 octaves of 960 frames stay whole numbers

# LOOK: frames of look-ahead   BOX_1..3: frames of each average   CELL: frames   ONSET RELEASE RETURN: what is left
LOOK, BOX_1, BOX_2, BOX_3, CELL, ONSET, RELEASE, RETURN = range(8)
SETTINGS = 8
# memory: reductions in octaves; HEAD COUNT: of the queue; STEP CLOCK: frame and ring of the cells; BUSY: frames to go
SLOW, FAST, HEAD, COUNT, STEP, CLOCK, NEED_NOW, BASS_NOW, NEED_MAX, BASS_MAX, BUSY, TURN, SUM_1, SUM_2, SUM_3 = range(
    15
)
NEED_CELLS = 16
BASS_RING = NEED_CELLS + CELLS
VALUES = BASS_RING + CELLS
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
            total += s[RING_1 + box * RING + (int(s[TURN, 0]) - 1 - back) % RING, 0]
        s[SUM_1 + box, 0] = total


@rt
def window(s, need, frame, frames):
    """The greatest need of the last frames, this one among them."""
    head, count = int(s[HEAD, 0]), int(s[COUNT, 0])
    if need > 0.0:
        while count > 0 and s[VALUES + (head + count - 1) % RING, 0] <= need:
            count -= 1
        s[VALUES + (head + count) % RING, 0] = need
        s[FRAMES + (head + count) % RING, 0] = frame
        count += 1
    while count > 0 and s[FRAMES + head, 0] <= frame - frames:
        head = (head + 1) % RING
        count -= 1
    s[HEAD, 0] = head
    s[COUNT, 0] = count
    return s[VALUES + head, 0] if count > 0 else 0.0


@rt
def newest(s, row, clock, cells):
    """The greatest of the newest cells of a ring."""
    top = 0.0
    for back in range(cells):
        top = max(top, s[row + (clock - back) % CELLS, 0])
    return top


@rt
def hold(k, s, need, bass):
    """Keep the greatest need and bass of the last cells."""
    s[NEED_NOW, 0] = max(s[NEED_NOW, 0], need)
    s[BASS_NOW, 0] = max(s[BASS_NOW, 0], bass)
    s[STEP, 0] += 1.0
    if s[STEP, 0] >= k[CELL, 0]:
        s[STEP, 0] = 0.0
        clock = (int(s[CLOCK, 0]) + 1) % CELLS
        s[CLOCK, 0] = clock
        s[NEED_CELLS + clock, 0] = s[NEED_NOW, 0]
        s[BASS_RING + clock, 0] = s[BASS_NOW, 0]
        s[NEED_NOW, 0] = 0.0
        s[BASS_NOW, 0] = 0.0
        s[NEED_MAX, 0] = newest(s, NEED_CELLS, clock, SLOW_CELLS)
        s[BASS_MAX, 0] = min(newest(s, BASS_RING, clock, BASS_CELLS), newest(s, NEED_CELLS, clock, BASS_CELLS))


@rt
def average(s, box, turn, length, value):
    """A moving average of whole numbers, rounded up to one."""
    s[SUM_1 + box, 0] += value - s[RING_1 + box * RING + (turn - length) % RING, 0]
    s[RING_1 + box * RING + turn, 0] = value
    return math.ceil(s[SUM_1 + box, 0] / length)


@rt
def follow(k, s, need, bass, frame):
    """The reduction in octaves that this frame ends on, look-ahead frames behind the need."""
    top = window(s, need, frame, k[LOOK, 0] + 3.0)
    hold(k, s, need, bass)
    kept = max(s[NEED_MAX, 0], s[NEED_NOW, 0])
    slow, fast = s[SLOW, 0], s[FAST, 0]
    if kept >= slow:
        slow = fast + k[ONSET, 0] * (slow - fast)
    else:
        fall = slow - kept
        slow = kept + k[RELEASE, 0] * fall if fall > NEAR else kept
    base = max(slow, s[BASS_MAX, 0])
    above = fast - base
    fast = max(top, base + k[RETURN, 0] * above if above > NEAR else base)
    s[SLOW, 0] = slow
    s[FAST, 0] = fast
    s[BUSY, 0] = k[LOOK, 0] + 2.0 if fast > 0.0 else s[BUSY, 0] - 1.0
    if s[BUSY, 0] <= 0.0:  # the averages hold nothing but zeros, and stand still
        s[BUSY, 0] = 0.0
        return 0.0
    turn = int(s[TURN, 0])
    y = average(s, 0, turn, int(k[BOX_1, 0]), math.ceil(fast * UNIT))
    y = average(s, 1, turn, int(k[BOX_2, 0]), y)
    y = average(s, 2, turn, int(k[BOX_3, 0]), y)
    s[TURN, 0] = (turn + 1) % RING
    return y / UNIT
