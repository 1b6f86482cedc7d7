"""What makes a hall a hall: how long the lines of the reverb are, and what each of them lets through.

The loss of a line is in proportion to its length, so that all modes decay alike: J.-M. Jot and A. Chaigne, "Digital
delay networks for designing artificial reverberators", AES 90th Convention, 1991.  The loss is a one-pole low-pass,
fitted at two frequencies: the decay time is exact at 1 kHz, and shorter by the damping at 8 kHz.
"""

import math

import numpy as np

LINES = 16
CHARACTERS = ("hall", "plate", "room", "chamber")
# shortest and longest line of the loop, then how wide the two diffusers spread a click, ms at a size of 100 %
SPANS_MS = {
    "hall": (31.0, 89.0, 17.0, 41.0),
    "plate": (19.0, 61.0, 5.0, 13.0),
    "room": (15.0, 47.0, 9.0, 19.0),
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


def lengths(character: str, time_s: float, size: float, rate_hz: float) -> np.ndarray:
    """Frames of each line of the diffusers and the loop.  int [3, 16]; those of the loop are different primes,
    none shorter than a pass."""
    shortest, longest, *spans = SPANS_MS[character]
    per_ms = scale(character, time_s, size) * rate_hz / 1000.0
    out = np.zeros((3, LINES), np.int64)
    for n, span in enumerate(spans):
        for c in range(LINES):  # one line in each sixteenth of the span, in another order each time
            place = (c * (7, 11)[n] + 5 * n) % LINES
            out[n, c] = round((place + (GOLDEN * (c + 1) * (3, 5)[n]) % 1.0) / LINES * span * per_ms)
    for c in range(LINES):
        part = (c + (GOLDEN * (c + 1)) % 1.0) / LINES
        frames = prime_from(max(SHORTEST, round(shortest * (longest / shortest) ** part * per_ms)))
        while frames in out[2]:
            frames = prime_from(frames + 1)
        out[2, c] = frames
    return out


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
