"""True peaks by instruments that share nothing with the limiter's: a long interpolator, a converter, libebur128.

The true peak of a sound up to half its rate has no one value: how much of the last two kilohertz an interpolator lets
through decides.  So each figure names its instrument.
"""

import numpy as np
import pyebur128
from scipy.signal import fftconvolve, firwin, upfirdn

FINE = 16  # times


def decibels(x: float) -> float:
    return 20.0 * np.log10(max(x, 1e-12))


def long_db(sound: np.ndarray, taps: int = 257) -> float:
    """By 16 phases of a sinc of so many frames, odd, under a Kaiser window of beta 8: flat to 0.49 of the rate."""
    half, top = taps // 2, float(np.abs(sound).max())
    at = np.arange(-half, half + 1)
    padded = np.pad(sound, ((half, half), (0, 0)))
    for phase in range(1, FINE):
        where = at - phase / FINE
        h = np.sinc(where) * np.i0(8.0 * np.sqrt(np.maximum(1.0 - (where / (half + 1)) ** 2, 0.0))) / np.i0(8.0)
        h /= h.sum()
        top = max(top, float(np.abs(fftconvolve(padded, h[:, None], mode="valid", axes=0)).max()))
    return decibels(top)


def converter_db(sound: np.ndarray) -> float:
    """Behind the filter of a converter, eight times finer: flat to 0.454 of the rate, -100 dB from 0.546 on."""
    taps = firwin(8 * 96 + 1, 1.0 / 8.0, width=0.092 / 4.0, window=("kaiser", 10.0)) * 8.0
    return decibels(max(float(np.abs(upfirdn(taps, lane, 8)).max()) for lane in sound.T))


def libebur128_db(sound: np.ndarray, rate_hz: int = 48_000) -> float:
    """By libebur128: 49 taps, four times finer."""
    state = pyebur128.R128State(sound.shape[1], rate_hz, pyebur128.MeasurementMode.MODE_TRUE_PEAK)
    state.add_frames(np.ascontiguousarray(sound, np.float64).reshape(-1), len(sound))
    return decibels(max(pyebur128.get_true_peak(state, lane) for lane in range(sound.shape[1])))


METERS = {"libebur128": libebur128_db, "16x257": long_db, "converter": converter_db}


# -- sounds that are full to the edge of the band ----------------------------------------------------------------------


def white(seconds: float, rate_hz: int = 48_000, seed: int = 11) -> np.ndarray:
    """Even noise between -1 and 1.  [frame, 2]."""
    return np.random.default_rng(seed).uniform(-1.0, 1.0, (round(seconds * rate_hz), 2))


def bright_drums(seconds: float, rate_hz: int = 48_000, seed: int = 12) -> np.ndarray:
    """A stroke of noise every eighth of a second, differenced once, so that it rises to the edge.  [frame, 2]."""
    rng = np.random.default_rng(seed)
    frames = round(seconds * rate_hz)
    out, t = np.zeros((frames, 2)), np.arange(rate_hz // 8) / rate_hz
    for start in range(0, frames - len(t) + 1, len(t)):
        stroke = np.diff(rng.standard_normal((len(t) + 1, 2)), axis=0) * np.exp(-t * rng.uniform(20.0, 90.0))[:, None]
        out[start : start + len(t)] = stroke * rng.uniform(0.2, 0.6)
    return out
