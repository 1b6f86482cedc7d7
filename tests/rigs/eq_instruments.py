"""What an EQ band does against its analog curve, from the definitions, with nothing of the EQ: an impulse through it.

Analog curves: R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients", 1998; p = j f / freq.
"""

from collections.abc import Callable

import numpy as np

Process = Callable[[np.ndarray], np.ndarray]
FLOOR_DB = -60.0  # below that a curve counts as this


def analog_db(kind: str, freq_hz: float, q: float, gain_db: float, hz: np.ndarray) -> np.ndarray:
    """The level of the analog band at some frequencies."""
    p, a = 1j * hz / freq_hz, 10.0 ** (gain_db / 40.0)
    slope = p * np.sqrt(a) / q
    h = {
        "bell": lambda: (p * p + p * a / q + 1.0) / (p * p + p / (a * q) + 1.0),
        "low_shelf": lambda: a * (p * p + slope + a) / (a * p * p + slope + 1.0),
        "high_shelf": lambda: a * (a * p * p + slope + 1.0) / (p * p + slope + a),
        "low_cut": lambda: p * p / (p * p + p / q + 1.0),
        "high_cut": lambda: 1.0 / (p * p + p / q + 1.0),
        "notch": lambda: (p * p + 1.0) / (p * p + p / q + 1.0),
    }[kind]()
    return 20.0 * np.log10(np.abs(h) + 1e-30)


def level_db(process: Process, hz: np.ndarray, rate_hz: int) -> np.ndarray:
    """The level of what a process makes of one frame of sound, at some frequencies, to the end of a long decay."""
    x = np.zeros(1 << 17)
    x[0] = 1.0
    y = process(x)
    last = int(np.flatnonzero(np.abs(y) > 1e-16 * np.abs(y).max())[-1]) + 1
    turns = np.exp(-2j * np.pi * np.outer(hz / rate_hz, np.arange(last)))
    return 20.0 * np.log10(np.abs(turns @ y[:last]) + 1e-30)


def error_db(measured_db: np.ndarray, wanted_db: np.ndarray) -> float:
    """The greatest difference with its sign, where both are above the floor or one is."""
    difference = np.maximum(measured_db, FLOOR_DB) - np.maximum(wanted_db, FLOOR_DB)
    return float(difference[np.abs(difference).argmax()])
