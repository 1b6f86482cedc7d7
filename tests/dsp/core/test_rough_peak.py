"""The true peak of other meters is theirs: libebur128's, at every rate, however it is cut."""

import numpy as np
import pytest

import audio_judge as judge
from dsp.core import rough_peak


def read_db(x: np.ndarray, rate_hz: int, block: int = 4096) -> float:
    s, h, room = rough_peak.state(x.shape[1], rate_hz), rough_peak.taps(rate_hz), rough_peak.work()
    for at in range(0, len(x), block):
        rough_peak.gather(s, h, rough_peak.bound(h), room, np.ascontiguousarray(x[at : at + block]))
    return judge.decibels(float(s[rough_peak.TOP].max()))


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 88_200, 96_000, 176_400, 192_000])
def test_it_reads_what_libebur128_reads(rate_hz: int) -> None:
    noise = np.random.default_rng(3).standard_normal((20_000, 2)) * 0.2
    top = judge.pair(np.cos(0.98 * np.pi * np.arange(20_000)) * np.hanning(20_000))
    for x in (noise, top):
        assert read_db(x, rate_hz) == pytest.approx(judge.libebur128_db(x, rate_hz), abs=1e-5)  # it rounds to single


@pytest.mark.parametrize("block", [1, 127, 128, 129])
def test_cutting_the_block_changes_no_bit(block: int) -> None:
    x = np.random.default_rng(4).standard_normal((3000, 3)) * np.linspace(0.1, 1.0, 3000)[:, None]
    assert read_db(x, 44_100, block) == read_db(x, 44_100, len(x))
