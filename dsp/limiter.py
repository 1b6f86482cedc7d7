"""The true-peak limiter of a bus: its lanes are one group, turned down together before a peak comes, and never over.

Drive, the peak between the frames (crest), what that requires, a smooth reduction (ride), the sound delayed by as
much; last a clamp, which finds nothing to do but rounding.  The delay is the same on or off.  The settings of the
group stand on lane 0.  A look-ahead is exchanged through silence: the delay goes with it.
"""

import numpy as np
from numba import carray

from dsp import limiter_gain, limiter_peaks
from dsp.core import bass, glide
from dsp.core.decibel import AMPLITUDE_DB, exp2, log2
from dsp.core.intrinsics import flat
from dsp.core.rt import rt
from dsp.core.vectors import head, load, magnitude, pick, stack, store, whole

LINKED = True  # what one lane does moves all
FADE_MS = 5.0
LOUDEST = 1e9  # what is no number, or beyond this, counts as silence
CHUNK = limiter_peaks.MOST
AT, GAIN, HEARD, WHOLE = range(4)  # what a frame that comes out needs

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE
# DRIVE CEILING: linear   WET: on   WIRE: 1 at rest, 0 while the look-ahead is exchanged (moved from here only)
DRIVE, CEILING, WET, WIRE = GLIDES = tuple(range(2, 2 + 4 * glide.SIZE, glide.SIZE))
# ASK: 2 = exchange the look-ahead   STAGE: rest, to silence, back   FRAME: count   TURNED: octaves of reduction now
NEXT_LOOK, FADE, ASK, STAGE, FRAME, TURNED, BASS_1, BASS_2, BASS_3 = range(26, 35)
SETTINGS = 35  # of ride
# NUMBERS side by side, whatever the lanes: lines of a chunk, then the work of limiter_peaks
SCRATCH = SETTINGS + limiter_gain.SETTINGS
NUMBERS = 4 * CHUNK + (limiter_peaks.WORK + 1) // 2
# LOW_1 LOW_2: of the bass filter   DRY LOUD: rings of the lane, before and after the drive   TOP: ceiling - 1
MEMORY = LOW_1 = SCRATCH + NUMBERS
LOW_2, DRY = LOW_1 + 1, LOW_1 + 2
RING, LAST = limiter_gain.RING, limiter_gain.LAST
LOUD, TOP, REDUCTION = DRY + RING, DRY + 2 * RING, DRY + 3 * RING
ROWS = REDUCTION + limiter_gain.ROWS
FADES, ASKED = {FADE: FADE_MS}, (NEXT_LOOK,)


def look_frames(lookahead_ms: float, rate_hz: float) -> int:
    """Frames over which the gain comes down.  Raises ValueError beyond 5 ms at 192 kHz, which the rings hold."""
    frames = max(1, round(lookahead_ms * rate_hz / 1000.0))
    if frames > limiter_gain.LONGEST:
        raise ValueError(
            f"a look-ahead of {lookahead_ms:g} ms at {rate_hz:g} Hz:"
            f" expected at most {limiter_gain.LONGEST} frames; got {frames}"
        )
    return frames


def latency_frames(lookahead_ms: float, rate_hz: float) -> int:
    """Frames from in to out, on or off: the look-ahead, and half of the interpolator."""
    return look_frames(lookahead_ms, rate_hz) + limiter_peaks.DELAY_FRAMES


def late_frames(s: np.ndarray) -> int:
    """The latency of a state."""
    return int(s[NEXT_LOOK, 0]) + limiter_peaks.DELAY_FRAMES


LATE_FRAMES = latency_frames(1.5, 48000.0)  # of a new state


def top_of(ceiling_db: float) -> float:
    """The ceiling, linear: the greatest single precision number not above it, which no rounding then exceeds."""
    exact = 10.0 ** (ceiling_db / 20.0)
    single = np.float32(exact)
    return float(single if float(single) <= exact else np.nextafter(single, np.float32(0.0)))


def aim(
    on: int, gain_db: float, ceiling_db: float, release_ms: float, lookahead_ms: float, rate_hz: float
) -> dict[int, float]:
    """The goal of each row of lane 0.  The look-ahead is to be asked for by ASK = 2."""
    return {
        DRIVE: 10.0 ** (gain_db / 20.0),
        CEILING: top_of(ceiling_db),
        WET: float(bool(on)),
        NEXT_LOOK: float(look_frames(lookahead_ms, rate_hz)),
        FADE: float(round(FADE_MS * rate_hz / 1000.0)),
        **dict(zip((BASS_1, BASS_2, BASS_3), bass.aim(rate_hz), strict=True)),
        **{SETTINGS + row: goal for row, goal in limiter_gain.aim(release_ms, rate_hz).items()},
    }


def settle(s: np.ndarray, goals: dict[int, float]) -> None:
    """Put the group at rest on the goals of `aim`, at once; for a new or stopped state."""
    glide.settle(s, GLIDES, {(row, 0): goal for row, goal in goals.items()})
    limiter_gain.span(s[SETTINGS:], s[REDUCTION:], int(s[NEXT_LOOK, 0]))


def state(lanes: int) -> np.ndarray:
    """Off, as late as a look-ahead of 1.5 ms at 48 kHz.  Shape [ROWS, lanes], lanes of one group."""
    s = np.zeros((ROWS, lanes))
    glide.rest(s, WIRE, 1.0)
    s[ACTIVE, 0] = 1.0
    settle(s, aim(0, 0.0, -1.0, 80.0, 1.5, 48000.0))
    return s


def demo(lanes: int) -> np.ndarray:
    """6 dB into a ceiling of -6 dBTP."""
    s = state(lanes)
    settle(s, aim(1, 6.0, -6.0, 10.0, 1.5, 48000.0))
    return s


@rt
def reduction_db(s):
    """How many dB the limiter takes away now."""
    return AMPLITUDE_DB * s[TURNED, 0] * s[WET, 0]


@rt
def scratch(s, k):
    """A number for each frame of a chunk: 0 peaks, then needs; 1 the same of the low band; 2 reductions; 3 ceilings."""
    first = SCRATCH * s.shape[1] + k * CHUNK
    return flat(s)[first : first + CHUNK]


@rt
def settings(s, frames, moving):
    """The drive and the ceiling of each frame of a chunk; the ceilings are kept until the sound comes out."""
    drives, tops = scratch(s, 2), scratch(s, 3)
    now = int(s[FRAME, 0])
    for i in range(frames):
        if moving:
            glide.step(s, DRIVE)
            glide.step(s, CEILING)
        drives[i] = s[DRIVE, 0]
        tops[i] = s[CEILING, 0]
        s[TOP + ((now + i) & LAST), 0] = s[CEILING, 0] - 1.0  # exact: a ceiling at rest is a single precision number


@rt
def drive_on(s, u, first, frames, c, part, heights):
    """The part of the lanes that begins at c into the rings; how high their low band is on each frame."""
    drives = scratch(s, 2)
    a1, a2, a3 = s[BASS_1, 0], s[BASS_2, 0], s[BASS_3, 0]
    now = int(s[FRAME, 0])
    low1 = load(s, LOW_1, c, part)
    low2 = load(s, LOW_2, c, part)
    for i in range(frames):
        at = (now + i) & LAST
        x = load(u, first + i, c, part)
        x = pick(magnitude(x) <= LOUDEST, x, 0.0)
        v = x * drives[i]
        store(s, DRY + at, c, part, x)
        store(s, LOUD + at, c, part, v)
        low, low1, low2 = bass.onward(v, low1, low2, a1, a2, a3)
        store(heights, i, 0, whole(2), magnitude(low))
    store(s, LOW_1, c, part, low1)
    store(s, LOW_2, c, part, low2)


@rt
def take(s, u, first, frames, moving):
    """Drive a chunk of u into the rings; note its ceilings and the peaks of its low band."""
    lanes = u.shape[1]
    settings(s, frames, moving)
    basses = scratch(s, 1)
    heights = carray(stack(CHUNK, 2), (CHUNK, 2), np.float64)
    for i in range(frames):
        basses[i] = 0.0
    for c in range(0, lanes, 2):
        if c + 1 < lanes:
            drive_on(s, u, first, frames, c, whole(2), heights)
        else:
            drive_on(s, u, first, frames, c, head(2, 1), heights)
        for i in range(frames):
            basses[i] = max(basses[i], max(heights[i, 0], heights[i, 1]))


@rt
def above(peak, top):
    """Octaves of a peak over a ceiling; 0 below it."""
    return max(log2(peak / top), 0.0) if peak > top else 0.0


@rt
def search(s, frames):
    """What each frame of a chunk requires, in octaves: its crest on the loudest lane over its ceiling."""
    lanes = s.shape[1]
    peaks, basses, tops = scratch(s, 0), scratch(s, 1), scratch(s, 3)
    least = tops[0]
    for i in range(frames):
        least = min(least, tops[i])
        peaks[i] = 0.0
    past = (int(s[FRAME, 0]) - limiter_peaks.TAPS + 1) & LAST
    line = limiter_peaks.TAPS - 1 + frames
    if limiter_peaks.loudest(s, LOUD, RING, past, line) * limiter_peaks.BOUND > least:
        start = SCRATCH * lanes + 4 * CHUNK
        work = flat(s)[start : start + (limiter_peaks.WORK + 1) // 2].view(np.float32)
        for c in range(lanes):
            for i in range(line):
                work[i] = s[LOUD + ((past + i) & LAST), c]
            limiter_peaks.crests(work, frames, least, peaks)
    for i in range(frames):
        peaks[i] = above(peaks[i], tops[i])
        basses[i] = above(basses[i], tops[i])


@rt
def answer(s):
    """Begin what was asked since the last block."""
    if s[ASK, 0] == 2.0 and s[STAGE, 0] != 1.0 and s[NEXT_LOOK, 0] != s[SETTINGS + limiter_gain.LOOK, 0]:
        s[STAGE, 0] = 1.0
        glide.start(s, WIRE, 0, 0.0, s[FADE, 0])
    s[ASK, 0] = 0.0


@rt
def advance(s):
    """One frame of the stages; the look-ahead changes on the frame that is silent."""
    if s[STAGE, 0] != 0.0 and s[WIRE + glide.LEFT, 0] == 0.0:
        if s[STAGE, 0] == 2.0:
            s[STAGE, 0] = 0.0
        else:
            limiter_gain.span(s[SETTINGS:], s[REDUCTION:], int(s[NEXT_LOOK, 0]))
            s[STAGE, 0] = 2.0
            glide.start(s, WIRE, 0, 1.0, s[FADE, 0])


@rt
def ride_on(s, first, last):
    """The reductions of frames first..last of a chunk."""
    needs, basses, turns = scratch(s, 0)[first:last], scratch(s, 1)[first:last], scratch(s, 2)[first:last]
    limiter_gain.follow(s[SETTINGS:SCRATCH], s[REDUCTION:ROWS], needs, basses, s[FRAME, 0] + first, turns)


@rt
def ways(s, frames, moving, out):
    """For each frame of a chunk to out[4, CHUNK]: where in the rings it lies, its gain, how much of it is heard."""
    turns = scratch(s, 2)
    apart = s[STAGE, 0] == 1.0  # the look-ahead may change within the chunk
    if not apart:
        ride_on(s, 0, frames)
    for i in range(frames):
        if moving:
            glide.step(s, WET)
            glide.step(s, WIRE)
            advance(s)
        if apart:
            ride_on(s, i, i + 1)
        late = int(s[SETTINGS + limiter_gain.LOOK, 0]) + limiter_peaks.DELAY_FRAMES
        out[AT, i] = (int(s[FRAME, 0]) + i - late) & LAST
        out[GAIN, i] = exp2(-turns[i]) if turns[i] != 0.0 else 1.0
        out[HEARD, i] = s[WET, 0]
        out[WHOLE, i] = s[WIRE, 0]


@rt
def come_out(s, u, first, frames, c, part, way):
    """The part of the lanes that begins at c from the rings, turned down and clamped."""
    for i in range(frames):
        at = int(way[AT, i])
        wet = way[HEARD, i]
        top = s[TOP + at, 0] + 1.0
        x = load(s, LOUD + at, c, part) * way[GAIN, i]
        x = pick(x < top, x, top)
        x = pick(x > -top, x, -top)
        if wet != 1.0:
            dry = load(s, DRY + at, c, part)
            x = dry + wet * (x - dry)
        store(u, first + i, c, part, x * way[WHOLE, i])


@rt
def give(s, u, first, frames, moving):
    """The delayed sound of a chunk, turned down and clamped."""
    lanes = u.shape[1]
    way = carray(stack(4, CHUNK), (4, CHUNK), np.float64)
    ways(s, frames, moving, way)
    for c in range(0, lanes, 2):
        if c + 1 < lanes:
            come_out(s, u, first, frames, c, whole(2), way)
        else:
            come_out(s, u, first, frames, c, head(2, 1), way)
    s[TURNED, 0] = scratch(s, 2)[frames - 1]
    s[FRAME, 0] += frames


@rt
def run(s, u):
    """Limit u[frame, lane] in place, all lanes by one gain.  All counts are of frames: cutting changes no bit."""
    moving = s[MOVING, 0] > 0.0
    if moving:
        answer(s)
    for first in range(0, u.shape[0], CHUNK):
        frames = min(CHUNK, u.shape[0] - first)
        take(s, u, first, frames, moving)
        search(s, frames)
        give(s, u, first, frames, moving)
    if moving:
        still = s[ASK, 0] == 0.0 and s[STAGE, 0] == 0.0
        for r in GLIDES:
            still = still and s[r + glide.LEFT, 0] == 0.0
        s[MOVING, 0] = 0.0 if still else 1.0
