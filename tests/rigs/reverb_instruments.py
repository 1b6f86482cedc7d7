"""What a reverb does, from the definitions, with nothing of the reverb: stereo sound in, wet sound out.

A process takes and gives sound[frame, 2].  Octaves reach from f / sqrt 2 to f sqrt 2.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy.signal import butter, sosfilt

Process = Callable[[np.ndarray], np.ndarray]
OCTAVES_HZ = (63, 125, 250, 500, 1000, 2000, 4000, 8000)
LATE_S = 1.2  # of the window on the late sound


def click(process: Process, seconds: float, left: float, right: float, rate_hz: int = 48_000) -> np.ndarray:
    x = np.zeros((round(seconds * rate_hz), 2))
    x[0] = left, right
    return process(x)


def lean_db(response: np.ndarray, rate_hz: int = 48_000) -> np.ndarray:
    """How much louder the left side of a response is than the right one, for each octave."""
    power = np.abs(np.fft.rfft(response, 1 << (len(response) - 1).bit_length(), axis=0)) ** 2
    hz = np.arange(len(power)) * rate_hz / (2 * len(power) - 2)
    parts = [power[(hz >= f / math.sqrt(2.0)) & (hz < f * math.sqrt(2.0))].sum(axis=0) for f in OCTAVES_HZ]
    return np.array([10.0 * math.log10(left / right) for left, right in parts])


def ringing_db(response: np.ndarray, time_s: float, start_s: float, rate_hz: int = 48_000) -> float:
    """The standard deviation of the late spectrum's level, 200 Hz to 8 kHz, about a smooth curve; Gaussian noise: 5.57.

    Over a Hann window of 1.2 s, its decay taken out, so that all of the window counts; the mean of both sides.
    """
    frames = round(LATE_S * rate_hz)
    part = response[round(start_s * rate_hz) :][:frames]
    even = 10.0 ** (3.0 * np.arange(frames) / rate_hz / time_s) * np.hanning(frames)
    hz = np.fft.rfftfreq(frames, 1.0 / rate_hz)
    band = (hz > 200.0) & (hz < 8000.0)
    octaves, spreads = np.log2(hz[band]), []
    for side in (0, 1):
        level = 20.0 * np.log10(np.abs(np.fft.rfft(part[:, side] * even))[band] + 1e-30)
        spreads.append((level - np.polyval(np.polyfit(octaves, level, 4), octaves)).std())
    return float(np.mean(spreads))


def detune_cents(process: Process, hz: float, rate_hz: int = 48_000) -> float:
    """How far the pitch of a held tone moves, after three seconds of it: the deviation of the frequency by moments of
    20 ms, weighted by their power, the mean of both sides."""
    n = np.arange(9 * rate_hz)
    y = process(np.repeat(0.3 * np.sin(2.0 * np.pi * hz * n / rate_hz)[:, None], 2, axis=1))[3 * rate_hz :]
    window, step, cents = np.hanning(rate_hz // 50), rate_hz // 1000, []
    for side in (0, 1):
        turned = y[:, side] * np.exp(-2j * np.pi * hz * np.arange(len(y)) / rate_hz)
        slow = np.convolve(turned, window / window.sum(), "valid")[::step]
        off_hz = np.angle(slow[1:] * slow[:-1].conj()) / (2.0 * np.pi) * rate_hz / step
        power = np.abs(slow[1:] * slow[:-1])
        cents.append(1200.0 / math.log(2.0) * math.sqrt((power * off_hz**2).sum() / power.sum()) / hz)
    return float(np.mean(cents))


def t30_s(process: Process, octave_hz: float, seconds: float, rate_hz: int = 48_000) -> float:
    """The decay time in one octave: backward integration, from -5 to -35 dB, both inputs on both outputs.

    The filter runs backwards, so that its own decay comes before the sound's and not behind it (ISO 3382-1).
    """
    edges = (octave_hz / math.sqrt(2.0), octave_hz * math.sqrt(2.0))
    sections, energy = butter(3, edges, "band", fs=rate_hz, output="sos"), 0.0
    for left, right in ((1.0, 0.0), (0.0, 1.0)):
        h = click(process, seconds, left, right, rate_hz)
        backwards = sosfilt(sections, np.concatenate([h, np.zeros((rate_hz // 4, 2))])[::-1], axis=0)
        energy = energy + (backwards**2).sum(axis=1)
    decay_db = 10.0 * np.log10(np.cumsum(energy) / energy.sum() + 1e-300)[::-1]
    at = np.flatnonzero((decay_db <= -5.0) & (decay_db >= -35.0))
    return -60.0 / float(np.polyfit(at / rate_hz, decay_db[at], 1)[0])
