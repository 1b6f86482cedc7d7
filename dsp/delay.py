"""A delay on every lane, to the frame: a new time crossfades from where the line is read to where it will be.

The line holds each lane's sound in one piece, a ring of absolute frames, [lane, frame]; it is written only while some
lane is late.  What is older than its first frame is silence, and its first frames come in along a ramp, so that
switching a delay on neither clicks nor plays what an earlier one left behind.

Frames go by eights, and lanes: a square of the two is turned, so that a lane reads and writes its line a cache line at
a time, wherever in the line that is.
"""

import numpy as np
from numba import carray

from dsp.core import glide
from dsp.core.frames import turn
from dsp.core.glide import ACTIVE, LEFT, MOVING, VALUE
from dsp.core.rt import rt
from dsp.core.vectors import every, head, load, pick, stack, store, whole

MOST_MS, FADE_MS = 500.0, 20.0
CHUNK = 32  # frames that are written before the first of them is read; no chunk passes the line's end
WIDTH = 8  # frames, and lanes, of a square

# CROSS: 0 reads at AT, 1 at TO   AT TO NEXT: frames late, now, after the crossfade, wanted   ASK: 2 to take NEXT
CROSS = 2
AT, TO, NEXT, ASK, FADE = range(8, 13)
FILLED = 13  # [FILLED, 0]: frames that the line holds
ROWS = 14
MEMORY = ROWS
GLIDES = (CROSS,)
FADES = {FADE: FADE_MS}


def state(lanes: int, fade_frames: int = 960) -> np.ndarray:
    """A wire on each lane.  Shape [14, lanes]."""
    s = np.zeros((ROWS, lanes))
    s[FADE] = fade_frames
    return s


def length(rate_hz: int) -> int:
    """Frames of a line: the longest delay and a chunk, in whole chunks."""
    return -(-round(MOST_MS * rate_hz / 1000.0) // CHUNK) * CHUNK + CHUNK


def line(lanes: int, rate_hz: int) -> np.ndarray:
    """Room for the longest delay.  Shape [lanes, frames]."""
    return np.zeros((lanes, length(rate_hz)))


def aim(on: int, time_ms: float, rate_hz: float) -> float:
    """How many frames late; to be asked for by ASK = 2."""
    return float(round(time_ms * rate_hz / 1000.0)) if on else 0.0


@rt
def begin(s, c):
    """Begin what was asked of a lane that has ended what came before."""
    if s[CROSS + LEFT, c] == 0.0:
        if s[CROSS, c] == 1.0:
            s[AT, c] = s[TO, c]
            glide.start(s, CROSS, c, 0.0, 0)
        if s[ASK, c] != 0.0:
            s[ASK, c] = 0.0
            if s[NEXT, c] != s[AT, c]:
                s[TO, c] = s[NEXT, c]
                glide.start(s, CROSS, c, 1.0, int(s[FADE, c]))


@rt
def answer(s):
    """`begin` on every lane; in how many frames one ends again."""
    soonest = glide.FAR
    for c in range(s.shape[1]):
        begin(s, c)
        if s[CROSS, c] == 1.0 or s[CROSS + LEFT, c] > 0.0:
            soonest = min(soonest, max(s[CROSS + LEFT, c], 1.0))
    return int(soonest)


@rt
def heard(line, now, late, filled):
    """Of a line [frame, lane] the index of the row that is so many frames old, or -1 for what was never written."""
    if late >= filled:
        return -1
    row = now - late
    return row if row >= 0 else row + line.shape[0]


@rt
def survey(s):
    """Recompute the two head cells; an empty bank forgets its line."""
    moving = False
    active = False
    for c in range(s.shape[1]):
        moving = moving or s[ASK, c] != 0.0 or s[CROSS, c] != 0.0
        active = active or s[AT, c] != 0.0
    s[MOVING, 0] = 1.0 if moving else 0.0
    s[ACTIVE, 0] = 1.0 if active or moving else 0.0
    if not active and not moving:
        s[FILLED, 0] = 0.0


@rt
def keep(line, u, start, frames, at, ramps, c, part, end):
    """Write a chunk of the lanes from c to end into their lines, from the place `at` on."""
    box = carray(stack(WIDTH, WIDTH), (WIDTH, WIDTH), np.float64)
    i = 0
    while i + WIDTH <= frames:
        for k in range(WIDTH):
            x = load(u, start + i + k, c, part) * ramps[i + k, 0]
            store(box, k, 0, whole(WIDTH), pick(x - x == 0.0, x, 0.0))  # what is no number is not kept
        turn(box, 0, 0, box)
        for k in range(end - c):
            store(line, c + k, at + i, whole(WIDTH), load(box, k, 0, whole(WIDTH)))
        i += WIDTH
    while i < frames:
        for k in range(c, end):
            x = u[start + i, k] * ramps[i, 0]
            line[k, at + i] = x if x - x == 0.0 else 0.0
        i += 1


@rt
def old(line, c, now, late, filled):
    """What lane c held so many frames ago, seen from the place `now`; filled: what the line holds, this frame too."""
    if late >= filled:
        return 0.0
    return line[c, now - late if now >= late else now - late + line.shape[1]]


@rt
def look_back(s, row, line, now, filled, c, end, box):
    """Eight frames as late as a row of the state says, to box[frame, lane]; a lane that is not late gets anything."""
    for k in range(end - c):
        late = int(s[row, c + k])
        first = now - late if now >= late else now - late + line.shape[1]
        if late > 0 and late <= filled and first + WIDTH <= line.shape[1]:
            store(box, k, 0, whole(WIDTH), load(line, c + k, first, whole(WIDTH)))
        elif late > 0:
            for j in range(WIDTH):
                box[k, j] = old(line, c + k, now + j, late, filled + j + 1)
    turn(box, 0, 0, box)


@rt
def eight(s, line, u, i, now, filled, crosses, c, part, end):
    """Eight frames of the lanes from c to end; some of them may cross, and none ends."""
    late = load(s, AT, c, part) > 0.0
    if every(~late) and not crosses:
        return
    box = carray(stack(WIDTH, WIDTH), (WIDTH, WIDTH), np.float64)
    look_back(s, AT, line, now, filled, c, end, box)
    for k in range(WIDTH):
        x = load(u, i + k, c, part)
        store(box, k, 0, whole(WIDTH), pick(late, load(box, k, 0, whole(WIDTH)), x))
    if crosses:
        later = load(s, TO, c, part) > 0.0
        other = carray(stack(WIDTH, WIDTH), (WIDTH, WIDTH), np.float64)
        look_back(s, TO, line, now, filled, c, end, other)
        way = glide.take(s, CROSS, c, part)
        for k in range(WIDTH):
            way = glide.further(way)
            y = load(box, k, 0, whole(WIDTH))
            z = pick(later, load(other, k, 0, whole(WIDTH)), load(u, i + k, c, part))
            store(box, k, 0, whole(WIDTH), pick(way[0] > 0.0, y + way[0] * (z - y), y))
        glide.leave(s, CROSS, c, part, way, WIDTH)
    for k in range(WIDTH):
        store(u, i + k, c, part, load(box, k, 0, whole(WIDTH)))


@rt
def one(s, line, u, i, now, filled, c, end):
    """A frame of the lanes from c to end."""
    for k in range(c, end):
        x = u[i, k]
        late, to = int(s[AT, k]), int(s[TO, k])
        y = old(line, k, now, late, filled) if late > 0 else x
        if s[CROSS + VALUE, k] > 0.0:
            z = old(line, k, now, to, filled) if to > 0 else x
            y += s[CROSS + VALUE, k] * (z - y)
        u[i, k] = y


@rt
def quiet_frames(s, c, part, most):
    """For how many frames, at most so many, no crossfade of a part of the lanes comes to its end."""
    if not every((load(s, CROSS, c, part) != 1.0) | (load(s, CROSS + LEFT, c, part) > 0.0)):
        return 0
    return glide.stretch(s, CROSS, 1, c, part, most)


@rt
def tile(s, line, u, start, frames, at, ramps, moving, c, part, end):
    """A chunk of the lanes from c to end."""
    keep(line, u, start, frames, at, ramps, c, part, end)
    filled = int(s[FILLED, 0])
    i = 0
    while i < frames:
        n = frames - i
        crosses = False
        if moving:
            for k in range(c, end):
                begin(s, k)
            n = quiet_frames(s, c, part, n)
            crosses = not every(load(s, CROSS + LEFT, c, part) == 0.0)
        last = i + n - n % WIDTH
        while i < last:
            eight(s, line, u, start + i, at + i, filled + i, crosses, c, part, end)
            i += WIDTH
        if n < WIDTH and i < frames:
            if moving:
                glide.step_part(s, CROSS, 1, 1, c, part)
            one(s, line, u, start + i, at + i, filled + i + 1, c, end)
            i += 1


@rt
def chunk(s, line, u, start, frames, at, moving):
    """At most CHUNK frames, which do not pass the line's end, written from the place `at` on."""
    lanes = u.shape[1]
    ramps = carray(stack(CHUNK, 1), (CHUNK, 1), np.float64)
    filled, fade = s[FILLED, 0], s[FADE, 0]
    for i in range(frames):
        t = (filled + i + 1.0) / fade if filled + i + 1.0 < fade else 1.0
        ramps[i, 0] = t * t * (3.0 - 2.0 * t)
    for c in range(0, lanes, WIDTH):
        end = min(c + WIDTH, lanes)
        tile(s, line, u, start, frames, at, ramps, moving, c, head(WIDTH, end - c), end)
    s[FILLED, 0] = min(filled + frames, float(line.shape[1]))


@rt
def pass_on(s, line, u, frame):
    """Delay u[frame, lane], which starts at the absolute frame, in place; line: as of `line`, or in one piece."""
    moving = s[MOVING, 0] > 0.0
    if not moving and s[ACTIVE, 0] == 0.0:
        return
    frames, lanes = u.shape
    each = line.reshape((lanes, line.size // lanes))
    start = 0
    while start < frames:
        n = min(frames - start, CHUNK - (frame + start) % CHUNK)
        chunk(s, each, u, start, n, (frame + start) % each.shape[1], moving)
        start += n
    if moving:
        survey(s)
