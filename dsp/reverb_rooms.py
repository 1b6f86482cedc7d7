"""What makes a hall a hall: how long the lines of the reverb are, and what each of them lets through.

The loss of a line is in proportion to its length, so that all modes decay alike: J.-M. Jot and A. Chaigne, "Digital
delay networks for designing artificial reverberators", AES 90th Convention, 1991.  The loss is a one-pole low-pass,
fitted at two frequencies: the decay time is exact at 1 kHz, and shorter by the damping at 8 kHz.

The diffusers of a mono sound are a mirror.  Line 15 - c is as long as the whole spread less line c; the signs of what
goes in, and of what comes out, are those of line c times the parity of c.  Then what the right side hears of the
diffusers is what the left one hears, backwards: another sound, with the same power at every frequency.  (A matrix of
Hadamard has for 15 - i and 15 - j the sign that it has for i and j, times the parities of both.)

The lines of the loop cannot be such a mirror.  Which of them stands where, and how much of each is heard, was looked
for by trial: at a size of 100 % and from 0.1 to 20 seconds no octave from 63 Hz to 8 kHz is 0.5 dB louder on one side,
and at 0.1 seconds the decay is right within 8 % in each from 125 Hz on.
"""

import math
from typing import NamedTuple

import numpy as np

LINES = 16
PARITY = np.array([1 - 2 * (c.bit_count() % 2) for c in range(LINES)])
CHARACTERS = ("hall", "plate", "room", "chamber")
# shortest and longest line of the loop, then how wide the two diffusers spread a click, ms at a size of 100 %
SPANS_MS = {
    "hall": (31.0, 89.0, 17.0, 41.0),
    "plate": (22.0, 66.0, 5.0, 13.0),
    "room": (21.0, 63.0, 9.0, 19.0),
    "chamber": (23.0, 71.0, 11.0, 29.0),
}
LARGEST = 2.0  # size
LONGEST_MS = LARGEST * max(span[1] for span in SPANS_MS.values())
SHORTEST = 48  # frames: a line of the loop must not be heard within a pass of the network; binds below 31 kHz only
PASSES = 8.0  # a decay goes through the mean line at least so often: a longer line would leave steps in it
MID_HZ, HIGH_HZ = 1000.0, 8000.0
DAMPED = 0.85  # by how much full damping shortens the decay at 8 kHz
BASS = 0.15  # by how much of its loss a line may lose less in the bass than at 1 kHz
GOLDEN = 0.5 * (math.sqrt(5.0) - 1.0)  # its multiples, less their whole parts, lie evenly and never repeat


def mirrored(half: np.ndarray) -> np.ndarray:
    """Signs of all lines, of those of the first eight."""
    return np.concatenate([half, (PARITY[:8] * half)[::-1]])


class Spread(NamedTuple):
    """Of a diffuser: in which sixteenth of the spread each of the first eight lines lies, and where within it, as a
    multiple of the golden section."""

    sixteenths: tuple[int, ...]
    golden: int


class Places(NamedTuple):
    """Of a character: both diffusers; which of the loop's lengths, the shortest first, a line has; what the left side
    hears of it, in all as much as of signs."""

    first: Spread
    second: Spread
    loop: tuple[int, ...]
    left: tuple[float, ...]


PLACES = {
    "hall": Places(
        Spread((9, 11, 2, 15, 12, 14, 7, 10), 22),
        Spread((4, 1, 8, 12, 6, 10, 15, 2), 14),
        (5, 11, 14, 15, 4, 12, 2, 9, 10, 8, 7, 1, 3, 0, 13, 6),
        (-0.73, 1.2, 0.5, 1.49, -0.5, -1.5, 1.12, 0.63,
         -0.52, 0.41, -0.48, -1.36, -1.28, 0.42, -1.5, 0.92),
    ),
    "plate": Places(
        Spread((14, 4, 15, 10, 7, 9, 3, 2), 15),
        Spread((8, 3, 13, 5, 4, 14, 15, 6), 21),
        (4, 11, 7, 12, 14, 3, 10, 1, 0, 5, 2, 15, 13, 9, 8, 6),
        (0.42, -0.44, 0.72, 1.33, -1.05, -1.03, -0.73, 1.19,
         -1.77, 0.42, -0.86, -1.53, -0.84, 0.91, 0.94, 0.65),
    ),
    "room": Places(
        Spread((12, 4, 10, 7, 13, 1, 6, 15), 14),
        Spread((10, 1, 4, 0, 3, 13, 7, 9), 26),
        (14, 10, 3, 11, 4, 7, 13, 9, 0, 12, 15, 2, 6, 5, 1, 8),
        (1.44, 0.95, 0.87, -1.14, -0.68, -0.79, 0.45, 0.42,
         -0.52, -1.75, -1.45, -0.79, 0.93, 1.04, -0.97, 0.74),
    ),
    "chamber": Places(
        Spread((13, 15, 4, 9, 14, 3, 7, 10), 21),
        Spread((6, 7, 5, 4, 0, 14, 12, 2), 2),
        (3, 11, 5, 9, 0, 4, 14, 12, 15, 13, 8, 2, 1, 10, 6, 7),
        (0.47, -0.42, 1.17, -0.7, 0.65, -1.16, -1.2, 1.39,
         1.24, 1.39, -1.04, -1.18, 0.43, -1.31, -0.42, 0.79),
    ),
}  # fmt: skip


def ears(character: str) -> np.ndarray:
    """How much left and right hear of each line.  Shape [2, 16], the squares of a side sum up to 16."""
    left = np.array(PLACES[character].left)
    left *= np.sqrt(LINES / (left @ left))
    return np.stack([left, PARITY * left[::-1]])


def prime_from(number: int) -> int:
    """The first prime that is not below a number."""
    number = max(2, number)
    while any(number % k == 0 for k in range(2, math.isqrt(number) + 1)):
        number += 1
    return number


def scale(character: str, time_s: float, size: float) -> float:
    """The size at which lines are built: the one asked for, halved by half octaves until the time has PASSES."""
    shortest, longest, *_ = SPANS_MS[character]
    mean_s = 0.5 * (shortest + longest) / 1000.0
    over = size * PASSES * mean_s / time_s
    return size * 2.0 ** (-0.5 * math.ceil(2.0 * math.log2(over))) if over > 1.0 else size


def spread(places: Spread, frames: int) -> np.ndarray:
    """Frames of the lines of a diffuser that spreads a click over so many: line 15 - c mirrors line c.  int [16]."""
    out = np.zeros(LINES, np.int64)
    for c, place in enumerate(places.sixteenths):
        within = (GOLDEN * (c + 1) * places.golden) % 1.0
        near = round((min(place, LINES - 1 - place) + within) / LINES * frames)
        out[c] = near if place < LINES // 2 else frames - near
        out[LINES - 1 - c] = frames - out[c]
    return out


def lengths(character: str, time_s: float, size: float, rate_hz: float) -> np.ndarray:
    """Frames of each line of the diffusers and the loop.  int [3, 16]; those of the loop are different primes,
    none shorter than a pass."""
    shortest, longest, *spans = SPANS_MS[character]
    per_ms = scale(character, time_s, size) * rate_hz / 1000.0
    first, second, loop, _ = PLACES[character]
    sorted_frames: list[int] = []
    for c in range(LINES):
        part = (c + (GOLDEN * (c + 1)) % 1.0) / LINES
        frames = prime_from(max(SHORTEST, round(shortest * (longest / shortest) ** part * per_ms)))
        while frames in sorted_frames:
            frames = prime_from(frames + 1)
        sorted_frames.append(frames)
    diffusers = (spread(places, round(span * per_ms)) for places, span in zip((first, second), spans, strict=True))
    return np.stack([*diffusers, np.array(sorted_frames, np.int64)[list(loop)]])


def _pole(between: float, at: float, below: float) -> float:
    """The pole p of 1 / (1 - p/z) whose power at cosine `below` is `between` times that at cosine `at`."""
    if between <= 1.0:
        return 0.0
    half = (at - between * below) / (1.0 - between)
    return half - math.sqrt(half * half - 1.0) if half > 1.0 else 1.0


def absorption(frames: np.ndarray, time_s: float, damping: float, rate_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """(gain, pole) of each line: y = gain x + pole y.  The gain at 1 kHz is 60 dB in time_s, exactly."""
    mid, high = (math.cos(2.0 * math.pi * hz / rate_hz) for hz in (MID_HZ, HIGH_HZ))
    shorter = 1.0 / (1.0 - DAMPED * damping)
    gains, poles = np.zeros(len(frames)), np.zeros(len(frames))
    for c, length in enumerate(frames):
        loss_db = 60.0 * float(length) / (rate_hz * time_s)
        treble = _pole(10.0 ** (0.1 * loss_db * (shorter - 1.0)), high, mid)
        bass = _pole(10.0 ** (0.1 * loss_db * BASS), mid, 1.0)
        pole = min(treble, bass)
        poles[c] = pole
        gains[c] = 10.0 ** (-loss_db / 20.0) * math.sqrt(1.0 - 2.0 * pole * mid + pole * pole)
    return gains, poles


def levels(frames: np.ndarray, character: str, time_s: float, size: float, rate_hz: float) -> tuple[float, float]:
    """(level, early): of the output, so that noise comes out as loud as it went in; of the diffusers within it.

    The loop's echoes are so many a second, the diffusers' so many in their span: `early` makes one decay of both.
    """
    span = sum(SPANS_MS[character][2:]) * scale(character, time_s, size) * rate_hz / 1000.0
    early = math.sqrt(span / frames.mean())
    left = 10.0 ** (-6.0 * frames.mean() / (rate_hz * time_s))  # of the power, after one pass
    return 1.0 / math.sqrt(2.0 * (early * early + left / (1.0 - left))), early
