"""A test generator, one lane: a sine, pink noise or white noise, all three of the same power at the same level.

At a level of 0 dB a meter reads 0 dBFS RMS for each kind, as it does for a full sine (dsp/comp.py): a mean square of
1/2.  White noise is uniform, not Gaussian, so that it never exceeds its level by more than 1.76 dB.  It is a hash of
the absolute frame (the finaliser of splitmix64: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number
generators", OOPSLA 2014): nothing is remembered, and the same frames always give the same noise.  Pink is that noise
through poles and zeros that alternate every quarter of a decade, and one more zero against the warp near the top.

The phase of the sine is the frame times the turn of one, in whole 2^-64ths of a cycle that wrap: it cannot drift.
The lanes of the state are the sections of the pink filter; those of the row KNOBS are the settings of the whole.
KNOBS' first three are to glide for FADE_MS, and so fade on, off, and from kind to kind.
"""

import functools
import math

import numpy as np

from dsp.core import glide
from dsp.core.rt import rt

KINDS = ("sine", "pink", "white")
FADE_MS = 5.0
FULL = math.sqrt(1.5)  # what uniform noise within -1..1 lacks to the power of a full sine
LOWEST_HZ = 5.0  # the first pole; each next one is half a decade up
SECTIONS, LANES = 8, 9

MOVING, ACTIVE = glide.MOVING, glide.ACTIVE
KNOBS = 2  # a glide: see below
GLIDES = (KNOBS,)
# lanes of KNOBS; SINE PINK WHITE: how much of each   LEVEL: linear   TURN: cycles a frame
SINE, PINK, WHITE, LEVEL, TURN = range(5)
GLIDES_MS = {(KNOBS, SINE): FADE_MS, (KNOBS, PINK): FADE_MS, (KNOBS, WHITE): FADE_MS}
# POLE ZERO: of each section   TOP: the last zero, on lane 0
POLE, ZERO, TOP = range(8, 11)
# PHASE: 2^-64ths of a cycle at frame 0, upper and lower half on lanes 0, 1   NODE: before each section, and after all
PHASE, NODE = range(11, 13)
MEMORY, ROWS = PHASE, 13

CYCLE = 2.0**64
HALF, LOW = np.uint64(32), np.uint64(0xFFFFFFFF)
STRIDE, MIX_1, MIX_2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
SHIFT_1, SHIFT_2, SHIFT_3, TO_52 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(12)


def power(poles: np.ndarray, zeros: np.ndarray, top: float, turn: np.ndarray) -> np.ndarray:
    """What the pink filter makes of the power at some frequencies, in cycles a frame."""
    late = np.exp(-2j * np.pi * turn)
    made = 1.0 + top * late
    for pole, zero in zip(poles, zeros, strict=True):
        made = made * (1.0 - zero * late) / (1.0 - pole * late)
    return np.abs(made) ** 2


@functools.cache
def pink(rate_hz: float) -> tuple[np.ndarray, np.ndarray, float, float]:
    """(poles, zeros, top, gain to the power of the white noise) at a rate from 44.1 to 192 kHz."""
    hz = LOWEST_HZ * 10.0 ** (np.arange(SECTIONS) / 2.0)
    inside = hz < rate_hz / 4.0
    poles = np.where(inside, np.exp(-2.0 * np.pi * hz / rate_hz), 0.0)
    zeros = np.where(inside, np.exp(-2.0 * np.pi * hz * 10.0**0.25 / rate_hz), 0.0)
    band = np.geomspace(20.0, 20000.0, 400)
    tops = np.linspace(0.0, 0.7, 141)
    apart = [np.ptp(np.log(power(poles, zeros, top, band / rate_hz) * band)) for top in tops]
    top = float(tops[np.argmin(apart)])
    turns = np.concatenate([[0.0], np.geomspace(1e-7, 0.5, 20000)])  # 0.02 Hz at 192 kHz: far below the first pole
    mean = 2.0 * np.trapezoid(power(poles, zeros, top, turns), turns)
    return poles, zeros, top, 1.0 / math.sqrt(mean)


def aim(on: int, kind: str, freq_hz: float, level_gain: float, rate_hz: float) -> dict[tuple[int, int], float]:
    """The goal of each cell (row, lane).  level_gain is linear; 0 < freq_hz < rate_hz / 2."""
    poles, zeros, top, gain = pink(rate_hz)
    full = (1.0, FULL * gain, FULL)
    goals = {(KNOBS, n): full[n] if on and kind == name else 0.0 for n, name in enumerate(KINDS)}
    goals |= {(KNOBS, LEVEL): level_gain, (KNOBS, TURN): freq_hz / rate_hz, (TOP, 0): top}
    for k in range(SECTIONS):
        goals[POLE, k], goals[ZERO, k] = float(poles[k]), float(zeros[k])
    return goals


def settle(s: np.ndarray, goals: dict[tuple[int, int], float]) -> None:
    """Put the unit at rest on the goals of `aim`, at once; for a new or stopped state."""
    glide.settle(s, GLIDES, goals)


def state(rate_hz: float = 48000.0) -> np.ndarray:
    """Off.  Shape [13, 9]."""
    s = np.zeros((ROWS, LANES))
    settle(s, aim(0, "sine", 1000.0, 0.1, rate_hz))
    s[MOVING, 0] = 0.0
    return s


@rt
def hashed(frame):
    """The white noise of an absolute frame, uniform within -1..1."""
    z = (np.uint64(frame) + np.uint64(1)) * STRIDE
    z = (z ^ (z >> SHIFT_1)) * MIX_1
    z = (z ^ (z >> SHIFT_2)) * MIX_2
    z = z ^ (z >> SHIFT_3)
    return (np.float64(z >> TO_52) + 0.5) * 2.0**-51 - 1.0


@rt
def turned(turn, frame):
    """How far a sine has gone in so many frames, in 2^-64ths of a cycle, of which whole cycles drop out."""
    return np.uint64(np.int64(turn * CYCLE)) * np.uint64(frame)


@rt
def phase(s):
    """What PHASE holds."""
    return (np.uint64(s[PHASE, 0]) << HALF) | np.uint64(s[PHASE, 1])


@rt
def keep(s, word):
    """Write it to PHASE."""
    s[PHASE, 0] = np.float64(word >> HALF)
    s[PHASE, 1] = np.float64(word & LOW)


@rt
def step(s, frame):
    """One frame of the glides; what begins to sound begins at its beginning, and a new frequency goes on from here."""
    turn = s[KNOBS, TURN]
    sine = s[KNOBS, SINE]
    noise = s[KNOBS, PINK]
    glide.step(s, KNOBS)
    if sine == 0.0 and s[KNOBS, SINE] != 0.0:
        keep(s, np.uint64(0) - turned(s[KNOBS, TURN], frame))
    elif s[KNOBS, TURN] != turn:
        keep(s, phase(s) + turned(turn, frame) - turned(s[KNOBS, TURN], frame))
    if noise == 0.0 and s[KNOBS, PINK] != 0.0:
        for k in range(LANES):
            s[NODE, k] = 0.0


@rt
def coloured(s, x):
    """One frame of white noise through the pink filter."""
    for k in range(SECTIONS):
        y = x - s[ZERO, k] * s[NODE, k] + s[POLE, k] * s[NODE, k + 1]
        s[NODE, k] = x
        x = y
    y = x + s[TOP, 0] * s[NODE, SECTIONS]
    s[NODE, SECTIONS] = x
    return y


@rt
def run(s, u, now):
    """Fill u[frame, 0], which starts at the absolute frame now.  Cutting the block changes no bit."""
    moving = s[MOVING, 0] != 0.0
    if not moving and s[ACTIVE, 0] == 0.0:
        for i in range(u.shape[0]):
            u[i, 0] = 0.0
        return
    for i in range(u.shape[0]):
        if moving:
            step(s, now + i)
        y = 0.0
        if s[KNOBS, SINE] != 0.0:
            part = np.int64(phase(s) + turned(s[KNOBS, TURN], now + i))  # signed: half a cycle either way
            y += s[KNOBS, SINE] * math.sin(2.0 * math.pi / CYCLE * np.float64(part))
        if s[KNOBS, PINK] != 0.0 or s[KNOBS, WHITE] != 0.0:
            x = hashed(now + i)
            y += s[KNOBS, WHITE] * x
            if s[KNOBS, PINK] != 0.0:
                y += s[KNOBS, PINK] * coloured(s, x)
        u[i, 0] = s[KNOBS, LEVEL] * y
    if moving:
        s[MOVING, 0] = 1.0 if glide.moves(s, KNOBS) else 0.0
        sounds = s[KNOBS, SINE] != 0.0 or s[KNOBS, PINK] != 0.0 or s[KNOBS, WHITE] != 0.0
        s[ACTIVE, 0] = 1.0 if sounds or s[MOVING, 0] != 0.0 else 0.0
