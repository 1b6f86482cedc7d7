"""What a compressor does, from the definitions, with nothing of the compressor: sound in, sound out.

Sines are whole periods a second and the last whole second is looked at: every component lies on one line of the
transform.  A process takes and gives sound[frame] without latency.
"""

import math
from collections.abc import Callable

import numpy as np

Process = Callable[[np.ndarray], np.ndarray]
HARMONICS = 20


def sine(level_db: float, hz: float, seconds: float, rate_hz: int = 48_000) -> np.ndarray:
    return 10.0 ** (level_db / 20.0) * np.sin(2.0 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz)


def lines(sound: np.ndarray, rate_hz: int = 48_000) -> np.ndarray:
    """The amplitude at each whole Hz of the last second."""
    return np.abs(np.fft.rfft(sound[-rate_hz:])) * 2.0 / rate_hz


def gain_db(process: Process, level_db: float, hz: int, rate_hz: int = 48_000) -> float:
    """Of a sine that has lasted for two seconds."""
    x = sine(level_db, hz, 3.0, rate_hz)
    return 20.0 * math.log10(lines(process(x), rate_hz)[hz] / lines(x, rate_hz)[hz])


def reading_db(process: Process, hz: int, threshold_db: float, ratio: float, rate_hz: int = 48_000) -> float:
    """What the detector takes a sine at 0 dBFS for, by how far it is turned down beyond a hard knee."""
    return threshold_db - gain_db(process, 0.0, hz, rate_hz) / (1.0 - 1.0 / ratio)


def thd_percent(process: Process, level_db: float, hz: int, rate_hz: int = 48_000) -> float:
    """Harmonics 2 to 20 of a sine that has lasted for two seconds, of the sine."""
    a = lines(process(sine(level_db, hz, 3.0, rate_hz)), rate_hz)
    upper = a[2 * hz : min((HARMONICS + 1) * hz, rate_hz // 2 - hz) : hz]
    return 100.0 * float(np.sqrt((upper**2).sum()) / a[hz])


def reduction_db(process: Process, hz: float, steps: list[tuple[float, float]], rate_hz: int = 48_000) -> np.ndarray:
    """How far a sine is turned down frame by frame, as (level_db, seconds) say: y / x where x is loud, between by
    straight lines."""
    levels = np.concatenate([np.full(round(seconds * rate_hz), 10.0 ** (db / 20.0)) for db, seconds in steps])
    x = levels * np.sin(2.0 * np.pi * hz * np.arange(len(levels)) / rate_hz)
    y = process(x)
    loud = np.flatnonzero(np.abs(x) > 0.3 * levels)
    return np.interp(np.arange(len(x)), loud, -20.0 * np.log10(np.maximum(np.abs(y[loud] / x[loud]), 1e-9)))


def times_ms(
    process: Process, hz: float = 1000.0, soft_db: float = -40.0, loud_db: float = -10.0, rate_hz: int = 48_000
) -> tuple[float, float]:
    """(attack, release): 63 % of the way in dB after a step up, and after the step back."""
    down = reduction_db(process, hz, [(soft_db, 0.3), (loud_db, 1.0), (soft_db, 1.2)], rate_hz)
    up, back = round(0.3 * rate_hz), round(1.3 * rate_hz)
    rest, most, end = down[up - 1], down[up:back][-rate_hz // 4 :].mean(), down[-1]
    part = 1.0 - math.exp(-1.0)
    attack = int(np.argmax(down[up:back] >= rest + part * (most - rest)))
    release = int(np.argmax(down[back:] <= most - part * (most - end)))
    return attack * 1000.0 / rate_hz, release * 1000.0 / rate_hz


def overshoot_db(process: Process, hz: float, loud_db: float, rate_hz: int = 48_000) -> float:
    """How far the reduction passes what it settles at, after a step up from -40 dBFS."""
    down = reduction_db(process, hz, [(-40.0, 0.2), (loud_db, 1.0)], rate_hz)
    return float(down.max() - down[-rate_hz // 4 :].mean())
