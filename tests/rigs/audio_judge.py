"""Signals and measures by which a limiter is judged, the same for the tests and for tests/bench/limiters.py.

Sines are whole periods a second, and a second is looked at: every component then lies on one line of the transform.
Levels are peaks in dBFS.  OVER_DB is 6 dB above a ceiling of -1 dBFS.
"""

import math

import numpy as np
import pyebur128
from scipy import signal

from dsp import loudness, truepeak

OVER_DB = 5.0
BAND_HZ = (20.0, 20_000.0)  # AES17
PROGRAMME_LUFS, PROGRAMME_PEAK_DB = -25.8, -6.02


def gain(level_db: float) -> float:
    return 10.0 ** (level_db / 20.0)


def decibels(x: float) -> float:
    return 20.0 * math.log10(max(x, 1e-12))


def pair(x: np.ndarray) -> np.ndarray:
    """The same on two lanes.  [frame, 2]."""
    return np.ascontiguousarray(np.repeat(x[:, None], 2, axis=1))


def sine(level_db: float, hz: float, seconds: float, rate_hz: int = 48_000, phase: float = 0.0) -> np.ndarray:
    return gain(level_db) * np.sin(2.0 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz + phase)


# -- levels ----------------------------------------------------------------------------------------------------------


def true_peak_db(sound: np.ndarray) -> float:
    """The greatest true peak of sound[frame, lane] by the 16 times meter, dBTP."""
    s = truepeak.state(sound.shape[1])
    quiet = np.zeros((truepeak.TAPS, sound.shape[1]))
    truepeak.gather(s, truepeak.work(), np.concatenate([sound, quiet]).astype(float))
    return decibels(float(s[truepeak.TRUE].max()))


def libebur128_db(sound: np.ndarray, rate_hz: int = 48_000) -> float:
    """The greatest true peak by libebur128, dBTP."""
    state = pyebur128.R128State(sound.shape[1], rate_hz, pyebur128.MeasurementMode.MODE_TRUE_PEAK)
    state.add_frames(np.ascontiguousarray(sound, np.float64).reshape(-1), len(sound))
    return decibels(max(pyebur128.get_true_peak(state, lane) for lane in range(sound.shape[1])))


def lufs(sound: np.ndarray, rate_hz: int = 48_000) -> float:
    """Integrated loudness."""
    lanes = sound.shape[1]
    cells = np.zeros((len(sound) * loudness.GRID_HZ // rate_hz + 1, lanes))
    sound = np.ascontiguousarray(sound, np.float64)
    count = loudness.gather(loudness.state(lanes), loudness.aim(rate_hz), cells, sound, 0, rate_hz)
    return loudness.integrated(cells[:count].sum(axis=1))


def below_20_khz(sound: np.ndarray, rate_hz: int = 48_000) -> np.ndarray:
    """Linear phase, flat to 18.5 kHz and below -100 dB from 20 kHz on."""
    taps = signal.firwin(511, 19_250.0, fs=rate_hz, window=("kaiser", 10.0))
    return signal.fftconvolve(sound, taps[:, None], mode="same", axes=0)


# -- distortion ------------------------------------------------------------------------------------------------------


def lines(second: np.ndarray) -> np.ndarray:
    """Amplitude at each whole Hz of one second."""
    return np.abs(np.fft.rfft(second)) * 2.0 / len(second)


def thd_n_percent(second: np.ndarray, hz: int) -> float:
    """All of 20 Hz to 20 kHz but the sine itself, of the whole (AES17)."""
    a = lines(second)[int(BAND_HZ[0]) : int(BAND_HZ[1]) + 1]
    rest = a.copy()
    rest[hz - int(BAND_HZ[0])] = 0.0
    return 100.0 * float(np.sqrt((rest**2).sum() / (a**2).sum()))


def smpte(seconds: float, rate_hz: int = 48_000) -> np.ndarray:
    """60 Hz and 7 kHz, 4:1 (SMPTE RP 120)."""
    return 0.8 * sine(OVER_DB, 60, seconds, rate_hz) + 0.2 * sine(OVER_DB, 7000, seconds, rate_hz)


def smpte_percent(second: np.ndarray) -> float:
    """The sidebands of 7 kHz, of 7 kHz."""
    a = lines(second)
    sides = [a[7000 + 60 * n] for n in range(-10, 11) if n]
    return 100.0 * float(np.sqrt(np.sum(np.square(sides))) / a[7000])


def ccif(seconds: float, rate_hz: int = 48_000) -> np.ndarray:
    """19 and 20 kHz, alike (CCIF, ITU-R)."""
    return 0.5 * sine(OVER_DB, 19_000, seconds, rate_hz) + 0.5 * sine(OVER_DB, 20_000, seconds, rate_hz)


def ccif_percent(second: np.ndarray) -> float:
    """The difference tones of second to fifth order, of the two."""
    a = lines(second)
    return 100.0 * float(
        np.sqrt(np.sum(np.square(a[[1000, 2000, 17_000, 18_000, 21_000, 22_000]])) / (a[19_000] ** 2 + a[20_000] ** 2))
    )


# -- pumping ---------------------------------------------------------------------------------------------------------

PUMP_EVERY_S, PUMP_S, PUMP_CARRIER_DB = 0.5, 0.1, -20.0


def pumping(seconds: float, rate_hz: int = 48_000) -> np.ndarray:
    """A carrier of 997 Hz under bursts of 60 Hz, 100 ms of Hann window each, every half second."""
    n, burst = round(seconds * rate_hz), round(PUMP_S * rate_hz)
    x = sine(PUMP_CARRIER_DB, 997, seconds, rate_hz)
    window = np.hanning(burst) * sine(OVER_DB, 60, PUMP_S, rate_hz)
    for at in range(round(0.2 * rate_hz), n - burst, round(PUMP_EVERY_S * rate_hz)):
        x[at : at + burst] += window
    return x


def carrier_db(sound: np.ndarray, rate_hz: int = 48_000) -> np.ndarray:
    """The level of the carrier against what went in, frame by frame: a band of 200 Hz, its envelope."""
    taps = signal.firwin(4095, [897.0, 1097.0], pass_zero=False, fs=rate_hz, window=("kaiser", 9.0))
    band = signal.fftconvolve(sound, taps, mode="same")
    return 20.0 * np.log10(np.maximum(np.abs(signal.hilbert(band)), 1e-9) / gain(PUMP_CARRIER_DB))


def dip_db_and_recovery_ms(carrier: np.ndarray, rate_hz: int = 48_000) -> tuple[float, float]:
    """The deepest dip, and the time from there back to -1 dB, of the last whole burst but one."""
    every = round(PUMP_EVERY_S * rate_hz)
    first = round(0.2 * rate_hz) + 2 * every
    part = carrier[first : first + every]
    low = int(part.argmin())
    return float(part[low]), float(np.argmax(part[low:] > -1.0)) * 1000.0 / rate_hz


# -- programme -------------------------------------------------------------------------------------------------------

BEAT_S = 0.5
CHORDS = ((45, 57, 60, 64, 67), (41, 57, 60, 65, 69), (48, 55, 60, 64, 71), (43, 55, 59, 62, 69))  # bass first, MIDI
LEAD = (76, 79, 81, 76, 74, 72, 74, 71)
PROGRAMME_DB = -14.94


def hertz(note: float) -> float:
    return 440.0 * 2.0 ** ((note - 69.0) / 12.0)


def saw(hz: float, t: np.ndarray, partials: int) -> np.ndarray:
    k = np.arange(1, max(2, min(partials, int(16_000.0 / hz))))
    return (np.sin(2.0 * np.pi * hz * np.outer(t, k) + k) / k).sum(axis=1)


def kick(t: np.ndarray) -> np.ndarray:
    return np.sin(2.0 * np.pi * (48.0 * t + 3.2 * (1.0 - np.exp(-t * 35.0)))) * np.exp(-t * 25.0) + 0.3 * np.exp(
        -t * 900.0
    )


def programme(seconds: float, rate_hz: int = 48_000) -> np.ndarray:
    """Drums, bass, chords and a lead of frequency modulation, the same every time.  [frame, 2]."""
    rng = np.random.default_rng(1770)
    frames = round(seconds * rate_hz)
    out = np.zeros((frames + 2 * rate_hz, 2))
    drums = np.zeros_like(out)

    def put(into: np.ndarray, at_s: float, x: np.ndarray, left: float, right: float) -> None:
        first = round(at_s * rate_hz)
        into[first : first + len(x), 0] += left * x
        into[first : first + len(x), 1] += right * x

    t = np.arange(round(0.45 * rate_hz)) / rate_hz
    boom = kick(t)
    snap = rng.standard_normal(len(t)) * np.exp(-t * 60.0) + np.sin(2.0 * np.pi * 190.0 * t) * np.exp(-t * 48.0)
    hat = np.diff(rng.standard_normal(len(t) + 1)) * np.exp(-t * 60.0)
    beats = round(seconds / BEAT_S)
    for beat in range(beats):
        at_s, chord = beat * BEAT_S, CHORDS[beat // 4 % 4]
        put(drums, at_s, boom * (1.0 if beat % 2 == 0 else 0.7), 1.0, 1.0)
        if beat % 2:
            put(drums, at_s, 0.6 * snap, 0.9, 1.0)
        for half in (0.0, 0.25):
            put(drums, at_s + half, 0.12 * hat, 0.6, 1.0)
            pluck = np.tanh(1.5 * saw(hertz(chord[0] - 12.0), t[: round(0.24 * rate_hz)], 12))
            put(out, at_s + half, 0.30 * pluck * np.hanning(len(pluck)) ** 0.3, 1.0, 1.0)
        note = hertz(LEAD[beat % 8])
        lead = np.sin(2.0 * np.pi * note * t + 2.5 * np.exp(-t * 6.0) * np.sin(4.0 * np.pi * note * t))
        put(out, at_s, 0.16 * lead * np.exp(-t * 4.0), 1.0, 0.8)
        if beat % 4 == 0:
            long = np.arange(round(1.95 * rate_hz)) / rate_hz
            fade = np.minimum(1.0, np.minimum(long / 0.02, (1.95 - long) / 0.05))
            for k, tone in enumerate(chord[1:]):
                for side, cents in ((0, -4.0), (1, 5.0)):
                    swell = 0.05 * saw(hertz(tone + cents / 100.0), long, 24) * fade
                    put(out, at_s, swell, *((1.0, 0.35) if (side + k) % 2 else (0.35, 1.0)))
    return (out + drums)[:frames] * gain(PROGRAMME_DB)
