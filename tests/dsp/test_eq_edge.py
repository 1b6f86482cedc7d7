"""How far each type of a band is from its analog curve over frequency and Q, up to the edge of the band at 44.1 kHz.

Measured from an impulse by tests/rigs/eq_instruments.py, which knows nothing of the filter; docs/sound.md has the map.
"""

import numpy as np
import pytest

import eq_instruments as judge
from dsp import svf

RATE_HZ = 44_100
HZ = np.geomspace(20.0, 20_000.0, 200)
FREQS_HZ = (1000.0, 5000.0, 10_000.0, 15_000.0, 18_000.0, 20_000.0)
BARS_DB = {  # by Q, for each of FREQS_HZ: the greatest error from 20 Hz to 20 kHz, of boosts and cuts by 18 dB
    "bell": {
        0.3: (0.4, 1.3, 1.1, 0.6, 0.4, 0.4),
        1.0: (0.1, 0.7, 1.2, 1.0, 0.9, 0.7),
        5.0: (0.1, 0.1, 0.3, 0.6, 1.0, 0.7),
    },
    "low_shelf": {0.5: (0.1, 0.3, 0.3, 0.3, 0.3, 0.3), 1.0: (0.1, 0.3, 0.2, 0.3, 0.3, 0.3)},
    "high_shelf": {0.5: (0.1, 0.3, 0.3, 0.3, 0.3, 0.3), 1.0: (0.1, 0.3, 0.2, 0.3, 0.3, 0.3)},
    "low_cut": {0.7: (0.1, 0.1, 0.2, 0.4, 0.8, 1.5), 2.0: (0.1, 0.3, 0.7, 1.1, 2.2, 3.4)},
    "high_cut": {0.7: (1.8, 1.8, 1.6, 1.1, 0.5, 0.5), 2.0: (1.8, 1.8, 1.7, 1.2, 0.6, 0.3)},
    "notch": {
        0.3: (0.1, 0.3, 0.7, 0.9, 1.0, 0.8),
        1.0: (0.1, 0.2, 0.4, 0.7, 0.7, 0.5),
        5.0: (0.1, 0.1, 0.1, 0.2, 0.3, 0.3),
    },
}
CASES = [
    (kind, q, *case)
    for kind, bars in BARS_DB.items()
    for q, row in bars.items()
    for case in zip(FREQS_HZ, row, strict=True)
]


def band(kind: str, freq_hz: float, q: float, gain_db: float) -> judge.Process:
    def process(x: np.ndarray) -> np.ndarray:
        s = svf.state(1)
        svf.put(s, 0, svf.aim(kind, freq_hz, q, gain_db, RATE_HZ))
        u = x[:, None].copy()
        svf.run(s, u)
        return u[:, 0]

    return process


@pytest.mark.parametrize(("kind", "q", "freq_hz", "bar_db"), CASES)
def test_a_band_is_near_its_analog_curve(kind: str, q: float, freq_hz: float, bar_db: float) -> None:
    for gain_db in (-18.0, 18.0) if kind in ("bell", "low_shelf", "high_shelf") else (0.0,):
        made = judge.level_db(band(kind, freq_hz, q, gain_db), HZ, RATE_HZ)
        assert abs(judge.error_db(made, judge.analog_db(kind, freq_hz, q, gain_db, HZ))) < bar_db
