"""What the tests of the effect units share: a desk's way of moving a setting, blocks, and the ear for clicks."""

import itertools
from collections.abc import Iterable
from types import ModuleType

import numpy as np
from scipy.signal import butter, sosfilt

from dsp.core import glide

Goals = dict[tuple[int, int], float]
HIGH_PASS = butter(12, 4000.0, "high", fs=48_000, output="sos")


def made(unit: ModuleType, goals: Goals, rate_hz: int = 48_000) -> tuple[np.ndarray, np.ndarray]:
    """(state, line) at rest on the goals."""
    s = unit.state(rate_hz)
    unit.settle(s, goals)
    return s, unit.line(rate_hz)


def post(unit: ModuleType, s: np.ndarray, goals: Goals, frames: int = 960) -> None:
    """Send a running unit to its goals as the desk does: glides glide, all else is written and asked for."""
    for (row, lane), goal in goals.items():
        if row in unit.GLIDES:
            own_ms = getattr(unit, "GLIDES_MS", {}).get((row, lane))
            glide.start(s, row, lane, goal, round(own_ms * 48.0) if own_ms else frames)
        else:
            s[row, lane] = goal
    if hasattr(unit, "ASK"):
        s[unit.ASK, :2] = 2.0
    s[glide.MOVING, 0] = 1.0


def through(
    unit: ModuleType, s: np.ndarray, line: np.ndarray, x: np.ndarray, first: int = 0, cuts: Iterable[int] = ()
) -> np.ndarray:
    """x[frame, 2] through a unit from an absolute frame on, the block cut at these frames of x."""
    u = x.copy()
    for start, end in itertools.pairwise((0, *cuts, len(u))):
        unit.pass_on(s, line, u[start:end], first + start)
    return u


def click(frames: int, left: float = 1.0, right: float = 1.0) -> np.ndarray:
    """One frame of sound, then none."""
    x = np.zeros((frames, 2))
    x[0] = left, right
    return x


def noise(frames: int, seed: int = 5, level: float = 0.3) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((frames, 2)) * level


def sine(frames: int, hz: float = 1000.0) -> np.ndarray:
    """At 0 dBFS and 48 kHz, the right side a quarter of a wave later; it begins softly, since it will echo."""
    turn = 2.0 * np.pi * hz / 48_000 * np.arange(frames)
    soft = np.sin(0.5 * np.pi * np.minimum(np.arange(frames) / 4800.0, 1.0)) ** 2
    return np.stack([np.sin(turn), -np.cos(turn)], axis=1) * soft[:, None]


def high_db(sound: np.ndarray, settled: int) -> float:
    """The loudest trace above 4 kHz after so many frames, in dBFS (the measure of tests/whole/test_clicks.py)."""
    return float(20.0 * np.log10(np.abs(sosfilt(HIGH_PASS, sound, axis=0)[settled:]).max() + 1e-12))


def decibels(x: np.ndarray | float) -> np.ndarray:
    return 20.0 * np.log10(np.maximum(np.abs(x), 1e-30))
