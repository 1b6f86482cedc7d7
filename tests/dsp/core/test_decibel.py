"""The logarithm and power of two are right to 1e-5 dB, exact where it matters, and calm at the edges."""

import math

import numpy as np

from dsp.core.decibel import AMPLITUDE_DB, TINY, exp2, log2

EXACT_ENOUGH_DB = 1e-5  # the promise of dsp/core/decibel.py; a thousandth of the 0.01 dB anyone displays


def test_log2_is_right_to_a_hundred_thousandth_of_a_decibel() -> None:
    rng = np.random.default_rng(1)
    values = np.concatenate([10.0 ** rng.uniform(-29, 12, 4000), rng.uniform(0.5, 2.0, 4000)])
    worst = max(abs(log2(x) - math.log2(x)) for x in values) * AMPLITUDE_DB
    assert worst < EXACT_ENOUGH_DB


def test_exp2_is_right_to_a_hundred_thousandth_of_a_decibel() -> None:
    values = np.random.default_rng(2).uniform(-60, 60, 4000)
    worst = max(abs(math.log2(exp2(x)) - x) for x in values) * AMPLITUDE_DB
    assert worst < EXACT_ENOUGH_DB


def test_whole_octaves_are_exact() -> None:
    for k in range(-90, 91):
        assert log2(2.0**k) == k
        assert exp2(float(k)) == 2.0**k


def test_neither_jumps_where_its_pieces_meet() -> None:
    for edge in (math.sqrt(0.5), math.sqrt(2.0), 1.0):
        # both sides of a seam lie within the polynomial's error of the truth
        below = log2(math.nextafter(edge, 0.0))
        assert abs(log2(math.nextafter(edge, 9.0)) - below) * AMPLITUDE_DB < EXACT_ENOUGH_DB
    for edge in (-0.5, 0.5, 7.5):
        below = exp2(math.nextafter(edge, -99.0))
        assert abs(math.log2(exp2(math.nextafter(edge, 99.0)) / below)) * AMPLITUDE_DB < EXACT_ENOUGH_DB


def test_silence_and_nonsense_stay_finite() -> None:
    floor = log2(TINY)
    for x in (0.0, -1.0, 5e-324, 1e-40, math.nan, -math.inf):
        assert log2(x) == floor
    assert math.isfinite(log2(math.inf))
    for x in (math.nan, math.inf, -math.inf, 1e300, -1e300):
        assert math.isfinite(exp2(x))
        assert exp2(x) > 0.0
