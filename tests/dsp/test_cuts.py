"""Low cuts, high cuts and the band-pass of a key: corners, slopes, and how near the analog curves they stay."""

import math

import numpy as np
import pytest

from dsp import svf_design

RATES = (44100.0, 48000.0, 96000.0, 192000.0)
ORDERS = {"12dB": 2, "18dB": 3, "24dB": 4}


def response(five: svf_design.Five, angle: np.ndarray) -> np.ndarray:
    """Of one section, in closed form."""
    g, k, m0, m1, m2 = five
    p = 1j * np.tan(angle / 2)
    return m0 + (m1 * g * p + m2 * g * g) / (p * p + k * g * p + g * g)


def cut_db(slope: str, freq_hz: float, rate_hz: float, hz: np.ndarray) -> np.ndarray:
    """A whole high cut at frequencies, dB."""
    first, second = svf_design.butterworth(slope, freq_hz, rate_hz, high=True)
    angle = 2 * np.pi * np.asarray(hz) / rate_hz
    made = response(first, angle) * (response(second, angle) if slope != "12dB" else 1.0)
    return 20 * np.log10(np.abs(made))


@pytest.mark.parametrize("slope", ORDERS)
@pytest.mark.parametrize("rate_hz", RATES)
def test_a_high_cut_is_3_01_db_down_at_its_corner(slope: str, rate_hz: float) -> None:
    for freq_hz in (1000.0, 3333.0, 10000.0, 20000.0):
        # exact by design: what is left is rounding
        assert cut_db(slope, freq_hz, rate_hz, np.array([freq_hz]))[0] == pytest.approx(-10 * math.log10(2), abs=1e-6)


@pytest.mark.parametrize("slope", ORDERS)
def test_a_high_cut_follows_the_analog_butterworth(slope: str) -> None:
    hz = np.geomspace(20.0, 20000.0, 2000)
    # bounds: twice what matching at 0, in the poles and at the corner leaves, which is 0.08, 0.08 and 3.1 dB down to
    # -40 dB of the analog curve, and 0.028 dB below the corner
    for freq_hz, rate_hz, bound_db in ((1000.0, 48000.0, 0.16), (5000.0, 96000.0, 0.16), (10000.0, 44100.0, 6.0)):
        made = cut_db(slope, freq_hz, rate_hz, hz)
        ideal = -10 * np.log10(1 + (hz / freq_hz) ** (2 * ORDERS[slope]))
        apart = np.abs(made - ideal)
        assert apart[ideal > -40.0].max() < bound_db, (freq_hz, rate_hz)
        assert apart[hz < freq_hz].max() < 0.056, (freq_hz, rate_hz)


@pytest.mark.parametrize("rate_hz", RATES)
def test_the_band_pass_of_a_key_is_unity_at_its_centre_and_its_width_is_its_q(rate_hz: float) -> None:
    for freq_hz, q in ((100.0, 0.5), (1000.0, 2.0), (5000.0, 10.0)):
        five = svf_design.design("band", freq_hz, q, 0.0, rate_hz)
        assert abs(response(five, np.array([2 * np.pi * freq_hz / rate_hz]))[0]) == pytest.approx(1.0, abs=1e-9)
        half = 1.0 / (2.0 * q)
        for edge_hz in (freq_hz * (math.sqrt(1 + half * half) + side * half) for side in (-1, 1)):
            at_edge = 20 * math.log10(abs(response(five, np.array([2 * np.pi * edge_hz / rate_hz]))[0]))
            # -3.01 dB in the analog curve; the matched poles leave 0.04 dB at 5 kHz, Q 10, 44.1 kHz
            assert at_edge == pytest.approx(-3.01, abs=0.08)
        assert abs(response(five, np.array([1e-9]))[0]) < 1e-6  # nothing at 0 Hz
