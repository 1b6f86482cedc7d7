"""What the detectors of the compressor read from 20 Hz on, how clean they leave a bass, and the times they take.

Measured by tests/rigs/comp_instruments.py, which knows nothing of the compressor; tests/bench/sound.py has the others.
"""

import numpy as np
import pytest

import comp_instruments as judge
from dsp import comp

RATE_HZ = 48_000
each_detector = pytest.mark.parametrize("detector", comp.DETECTORS)
each_pitch = pytest.mark.parametrize("hz", [20, 50, 100, 1000])


def compressor(detector: str, attack_ms: float, release_ms: float, **changes: float) -> judge.Process:
    """Without knee, make-up or dry sound."""
    rest = {"threshold_db": -30.0, "ratio": 4.0, "knee_db": 0.0, "hold_ms": 0.0, "makeup_db": 0.0, "mix": 1.0}
    times = {"attack_ms": attack_ms, "release_ms": release_ms}
    goals = comp.aim(1, "pre_eq", **{**rest, **times, **changes}, detector=detector, linked=0, rate_hz=RATE_HZ)

    def process(x: np.ndarray) -> np.ndarray:
        s = comp.state(1)
        comp.settle(s, 0, goals)
        u = x[:, None].copy()
        comp.run(s, u)
        return u[:, 0]

    return process


@each_detector
@each_pitch
@pytest.mark.parametrize("times_ms", [(0.05, 5.0), (1.0, 50.0), (10.0, 150.0)], ids=str)
def test_a_sine_at_full_scale_reads_nothing_down_to_20_hz(
    detector: str, hz: int, times_ms: tuple[float, float]
) -> None:
    unit = compressor(detector, *times_ms, threshold_db=-40.0, ratio=2.0)
    assert judge.reading_db(unit, hz, -40.0, 2.0) == pytest.approx(0.0, abs=0.05)  # 0.015 dB of ripple, and rounding


@each_detector
@each_pitch
@pytest.mark.parametrize(("times_ms", "most_percent"), [((1.0, 50.0), 0.1), ((10.0, 50.0), 0.05)], ids=str)
def test_a_bass_stays_clean(detector: str, hz: int, times_ms: tuple[float, float], most_percent: float) -> None:
    """14 dB over the threshold at 4:1: 10.5 dB of reduction."""
    assert judge.thd_percent(compressor(detector, *times_ms, threshold_db=-20.0), -6.0, hz) < most_percent


@each_pitch
def test_holding_a_peak_for_half_a_wave_is_no_overshoot(hz: int) -> None:
    assert judge.overshoot_db(compressor("peak", 10.0, 50.0, threshold_db=-20.0), hz, -6.0) < 0.05


TIMES = {  # as docs/sound.md prints them: the average of 5 ms comes first, and lasts longest in a release
    ("peak", 0.05, 5.0): (0.15, 5.3),
    ("peak", 1.0, 50.0): (1.1, 50.3),
    ("peak", 10.0, 150.0): (10.1, 150.2),
    ("rms", 0.05, 5.0): (2.1, 16.3),
    ("rms", 1.0, 50.0): (3.3, 59.8),
    ("rms", 10.0, 150.0): (12.6, 159.6),
}


@pytest.mark.parametrize(("setting", "wanted_ms"), TIMES.items(), ids=str)
def test_the_times_are_those_of_the_table(setting: tuple[str, float, float], wanted_ms: tuple[float, float]) -> None:
    assert judge.times_ms(compressor(*setting)) == pytest.approx(wanted_ms, abs=0.1)


def test_a_louder_treble_does_not_hide_the_wave_of_a_bass() -> None:
    """Whose passages through zero are looked for below 100 Hz."""
    unit = compressor("peak", 10.0, 50.0, threshold_db=-20.0)
    bass, treble = judge.sine(-6.0, 50, 3.0), judge.sine(-20.0, 5000, 3.0)
    gain = unit(bass + treble) / np.where(bass + treble == 0.0, np.nan, bass + treble)
    assert np.nanmax(gain[-RATE_HZ:]) / np.nanmin(gain[-RATE_HZ:]) < 1.02  # 0.2 dB
