"""The third-octave analyser against the mask of IEC 61260-1, closed forms, and the laws of every meter.

The response is read from the coefficients, and sines through `gather` then show that the filters are those.
"""

import math
from itertools import pairwise

import numba
import numpy as np
import pytest
from scipy import signal
from test_laws import MATRIX, allocates

from dsp import loudness, rta

RATES_HZ = (44_100, 48_000, 96_000, 192_000)
each_rate = pytest.mark.parametrize("rate_hz", RATES_HZ)
G = 10.0**0.3  # the octave, base ten

# IEC 61260-1:2014, table 1, class 1: octave-band frequency as a power of G, least and greatest relative attenuation, dB
INSIDE = ((0.0, -0.4, 0.4), (1 / 8, -0.4, 0.5), (1 / 4, -0.4, 0.7), (3 / 8, -0.4, 1.4), (1 / 2, -0.4, 5.3))
OUTSIDE = ((1 / 2, 1.2), (1.0, 16.6), (2.0, 40.5), (3.0, 60.0), (4.0, 70.0))  # and 70 beyond


def third(power: float) -> float:
    """A frequency of the table as log10 of the ratio to the midband of a third-octave (5.10.3, formula 9)."""
    return math.log10(1.0 + (G ** (1 / 6) - 1.0) / (G**0.5 - 1.0) * (G**power - 1.0))


def mask_db(ratio: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest attenuation; below midband it is the mirror, between the table's lines straight in log f."""
    x = np.abs(np.log10(ratio))
    inside = x < third(1 / 2)
    low = np.where(inside, -0.4, np.interp(x, [third(p) for p, _ in OUTSIDE], [low for _, low in OUTSIDE]))
    high = np.interp(x, [third(p) for p, *_ in INSIDE], [high for *_, high in INSIDE])
    return low, np.where(inside, high, np.inf)


def response_db(k: np.ndarray, band: int, freqs_hz: np.ndarray, rate_hz: int) -> np.ndarray:
    """Of a band, from its numbers: H = in + (band σ + low) / (σ² + k σ + 1), σ = j tan(half the angle) / g."""
    h = np.ones(len(freqs_hz), complex)
    for g, a, into, by_band, by_low in k[:, band].reshape(rta.SECTIONS, rta.SECTION):
        sigma = 1j * np.tan(np.pi * freqs_hz / rate_hz) / g
        h *= into + (by_band * sigma + by_low) / (sigma**2 + ((1.0 / a - 1.0) / g - g) * sigma + 1.0)
    return 20.0 * np.log10(np.abs(h))


def there(rate_hz: int) -> list[int]:
    """The bands that the rate has room for."""
    return [band for band, freq_hz in enumerate(rta.MIDBAND_HZ) if freq_hz * rta.EDGE <= 0.49 * rate_hz]


def levels_db(sound: np.ndarray, rate_hz: int, from_s: float = 0.0) -> np.ndarray:
    """The level of every band over all whole cells after a time."""
    sound = sound.reshape(len(sound), -1)
    cells = np.zeros((len(sound) * 100 // rate_hz + 1, rta.BANDS))
    count = rta.gather(rta.state(sound.shape[1]), rta.aim(rate_hz), cells, sound, 0, rate_hz)
    return rta.level_db(cells[round(from_s * 100) : count].mean(axis=0))


def sine(freq_hz: float, rate_hz: int, seconds: float, amplitude: float = 1.0) -> np.ndarray:
    return amplitude * np.sin(2.0 * np.pi * freq_hz / rate_hz * np.arange(round(seconds * rate_hz)))


def test_the_bands_are_those_of_the_standard() -> None:
    assert len(rta.MIDBAND_HZ) == rta.BANDS == 31
    exact = (19.953, 25.119, 31.623, 1000.0, 1258.925, 19952.623)  # IEC 61260-1, annex E
    np.testing.assert_allclose([rta.MIDBAND_HZ[n] for n in (0, 1, 2, 17, 18, 30)], exact, atol=5e-4)
    assert math.isclose(rta.MIDBAND_HZ[17] * rta.EDGE, rta.MIDBAND_HZ[18] / rta.EDGE)


@each_rate
def test_every_band_is_of_class_1(rate_hz: int) -> None:
    k = rta.aim(rate_hz)
    for band in there(rate_hz):
        freq_hz = rta.MIDBAND_HZ[band]
        wide = np.geomspace(freq_hz / 300.0, freq_hz * 300.0, 4001)
        near = np.geomspace(freq_hz * 0.8, freq_hz * 1.25, 2000)
        at = np.concatenate([wide, near])
        at = np.append(at[at < 0.5 * rate_hz], 0.49999 * rate_hz)
        loss = response_db(k, band, np.array([freq_hz]), rate_hz) - response_db(k, band, at, rate_hz)
        low, high = mask_db(at / freq_hz)
        assert (loss >= low).all(), f"{freq_hz:.0f} Hz: {(low - loss).max():.2f} dB too little"
        assert (loss <= high).all(), f"{freq_hz:.0f} Hz: {(loss - high).max():.2f} dB too much"


@each_rate
def test_within_its_edges_a_band_is_the_analog_butterworth(rate_hz: int) -> None:
    k = rta.aim(rate_hz)
    for band in there(rate_hz):
        ratio = np.geomspace(1.0 / rta.EDGE, rta.EDGE, 101)
        analog = -10.0 * np.log10(1.0 + (rta.SHARPNESS * (ratio - 1.0 / ratio)) ** 6)
        found = response_db(k, band, rta.MIDBAND_HZ[band] * ratio, rate_hz)
        assert found[50] == pytest.approx(0.0, abs=1e-9)
        # next to Nyquist the fit is least good: 20 kHz at 48 kHz, and 16 kHz at 44.1 kHz
        near = {48_000: (30, 0.25), 44_100: (29, 0.04)}.get(rate_hz, (-1, 0.0))
        assert np.abs(found - analog).max() < (near[1] if band == near[0] else 0.025)


def test_a_band_that_the_rate_has_no_room_for_is_silent() -> None:
    assert there(44_100) == list(range(30))
    assert there(48_000) == list(range(31))
    found = levels_db(np.random.default_rng(1).standard_normal(44_100), 44_100)
    assert found[30] == -math.inf
    assert (found[:30] > -60.0).all()


@each_rate
def test_a_sine_reads_its_level_in_its_band_and_the_response_elsewhere(rate_hz: int) -> None:
    k = rta.aim(rate_hz)
    for band in (0, 9, 17, 24, there(rate_hz)[-1]):
        # the whole number of half periods in the cells of 2 s: the mean square is that of whole periods
        freq_hz = round(rta.MIDBAND_HZ[band] * 4.0) / 4.0
        settle_s = 2.0 if band == 0 else 1.0  # of the narrowest band, to -100 dB
        found = levels_db(sine(freq_hz, rate_hz, settle_s + 2.0, 0.25), rate_hz, settle_s)
        must = 20.0 * math.log10(0.25)
        for other in (b for b in there(rate_hz) if abs(b - band) < 3):
            expected = must + float(response_db(k, other, np.array([freq_hz]), rate_hz)[0])
            assert found[other] == pytest.approx(expected, abs=0.01), (band, other)  # what still rings after settling
        assert found[band] == pytest.approx(must, abs=0.02)  # a quarter of a hertz beside the middle of a narrow band


def test_a_full_scale_sine_is_0_dbfs_and_two_lanes_are_averaged_by_power() -> None:
    wave = sine(1000.0, 48_000, 1.0)
    assert levels_db(wave, 48_000, 0.5)[17] == pytest.approx(0.0, abs=1e-3)
    assert levels_db(np.stack([wave, -wave], 1), 48_000, 0.5)[17] == pytest.approx(0.0, abs=1e-3)  # no cancelling
    assert levels_db(np.stack([wave, 0 * wave], 1), 48_000, 0.5)[17] == pytest.approx(-3.0103, abs=1e-3)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 192_000])
def test_pink_noise_is_flat_and_white_noise_rises_3_db_an_octave(rate_hz: int) -> None:
    # in closed form, the integral of the response: at 20 Hz no averaging time would do
    k = rta.aim(rate_hz)
    pink, white = [], []
    for band in there(rate_hz):
        at = np.geomspace(rta.MIDBAND_HZ[band] / 30.0, min(rta.MIDBAND_HZ[band] * 30.0, 0.49999 * rate_hz), 20_001)
        response = 10.0 ** (response_db(k, band, at, rate_hz) / 10.0)
        pink.append(10.0 * math.log10(np.trapezoid(response / at, at)))
        white.append(10.0 * math.log10(np.trapezoid(response, at)))
    assert max(pink) - min(pink) < 0.3  # the 20 kHz band at 48 kHz is wider by 0.25 dB; the others agree to 0.03
    assert max(pink[:-2]) - min(pink[:-2]) < 0.03
    np.testing.assert_allclose(np.diff(white), 1.0, atol=0.3)  # 1 dB a third of an octave, base ten


def test_noise_through_it_reads_what_the_closed_form_says() -> None:
    rate_hz, seconds = 48_000, 60
    white = np.random.default_rng(5).standard_normal(seconds * rate_hz) * 0.1
    found = levels_db(white, rate_hz, 1.0)
    # the power of white noise between the edges, and 0.20 dB for the skirts: pi / 6 over its sine
    wide_hz = np.array(rta.MIDBAND_HZ) / rta.SHARPNESS * (math.pi / 6.0) / math.sin(math.pi / 6.0)
    must = 10.0 * np.log10(2.0 * 0.01 * wide_hz / (0.5 * rate_hz))
    bands = slice(14, 30)  # from 500 Hz on: 59 s of 116 Hz leave 0.05 dB of chance (sigma); four of them
    np.testing.assert_allclose(found[bands], must[bands], atol=0.2)


# -- laws -----------------------------------------------------------------------------------------------


def run(sound: np.ndarray, rate_hz: int, cuts: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """State and cells after sound in blocks."""
    s, k, cells, at = rta.state(sound.shape[1]), rta.aim(rate_hz), np.zeros((64, rta.BANDS)), 0
    for cut in cuts:
        count = rta.gather(s, k, cells, sound[at : at + cut], at, rate_hz)
        at += cut
        assert count == min(at, len(sound)) * 100 // rate_hz
    assert at >= len(sound)
    return s, cells


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 11_025 * 16])  # 1764 frames a cell; 441; 480
@pytest.mark.parametrize("block", [1, 7, 64, 441, 1024])
def test_cutting_the_block_changes_nothing(rate_hz: int, block: int) -> None:
    sound = np.random.default_rng(3).standard_normal((6000, 2))
    whole = run(sound, rate_hz, [6000])
    for one, other in zip(run(sound, rate_hz, [block] * -(-6000 // block)), whole, strict=True):
        np.testing.assert_array_equal(one, other)


def test_its_cells_are_those_of_the_loudness_meter() -> None:
    sound = np.random.default_rng(3).standard_normal((10_000, 1))
    for rate_hz in (44_100, 48_000, 96_000):
        cells = np.zeros((40, 1))
        counts = [
            rta.gather(rta.state(), rta.aim(rate_hz), np.zeros((40, rta.BANDS)), sound, 77, rate_hz),
            loudness.gather(loudness.state(1), loudness.aim(rate_hz), cells, sound, 77, rate_hz),
        ]
        assert counts[0] == counts[1]


def test_an_impulse_at_a_cells_first_frame_is_in_that_cell_and_none_before() -> None:
    rate_hz = 44_100
    sound = np.zeros((3 * 441, 1))
    sound[441] = 1.0
    _, cells = run(sound, rate_hz, [100] * 14)
    assert not cells[0].any()
    assert (cells[1, :30] > 0.0).all()


def test_silence_leaves_exact_zeros() -> None:
    rate_hz = 48_000
    s, k, cells = rta.state(), rta.aim(rate_hz), np.zeros((64, rta.BANDS))
    assert rta.gather(s, k, cells, np.zeros((48_000, 1)), 0, rate_hz) == 100
    assert not s.any()
    assert not cells.any()
    rta.gather(s, k, cells, np.random.default_rng(1).standard_normal((4800, 1)), 48_000, rate_hz)
    # the 20 Hz band, 4.6 Hz wide, falls by 600 dB in 10 s
    for second in range(15):
        rta.gather(s, k, cells, np.zeros((48_000, 1)), 52_800 + second * 48_000, rate_hz)
        sizes = np.abs(s[s != 0.0])
        assert not len(sizes) or sizes.min() > 1e-200, "nothing near a denormal (1e-308), nor its square's root"
    assert not s.any()
    assert not cells.any()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf], ids=str)
def test_it_recovers_from_what_is_no_number_within_a_cell(bad: float) -> None:
    sound = np.random.default_rng(1).standard_normal((24_000, 2))
    sound[1000, 1] = bad
    s, cells = run(sound, 48_000, [len(sound)])
    assert np.isfinite(s).all()
    assert np.isfinite(cells).all()
    assert (cells[10:50] > 0.0).all()


def test_it_never_allocates() -> None:
    assert not allocates(rta.gather, (MATRIX, MATRIX, MATRIX, MATRIX, numba.int64, numba.int64))


@each_rate
def test_a_slow_oracle_agrees(rate_hz: int) -> None:
    """The same filters as plain biquads by scipy, in float64: within what rounding does to the narrowest at 192 kHz."""
    sound = np.random.default_rng(8).standard_normal(rate_hz // 2)
    k, cells = rta.aim(rate_hz), np.zeros((60, rta.BANDS))
    count = rta.gather(rta.state(), k, cells, sound[:, None], 0, rate_hz)
    for band in there(rate_hz)[::6]:
        sos = []
        for g, a, into, by_band, by_low in k[:, band].reshape(rta.SECTIONS, rta.SECTION):
            damping = (1.0 / a - 1.0) / g - g
            over = np.array([by_low + into, by_band + into * damping, into])  # of σ⁰ σ¹ σ²
            under = np.array([1.0, damping, 1.0])
            # σ = (z - 1) / (g (z + 1)): bilinear with a rate of 1/2 and the frequencies in g
            b, a_ = signal.bilinear(over[::-1] / g ** np.array([2, 1, 0]), under / g ** np.array([2, 1, 0]), 0.5)
            sos.append([*b, *a_])
        y = signal.sosfilt(np.array(sos), sound)
        ends = [-(-n * rate_hz // 100) for n in range(count + 1)]
        means = [np.sum(y[one:other] ** 2) * 100 / rate_hz for one, other in pairwise(ends)]
        np.testing.assert_allclose(cells[:count, band], means, rtol=1e-6, atol=1e-12)
