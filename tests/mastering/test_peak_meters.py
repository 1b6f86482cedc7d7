"""A named meter reads what the one it is named after reads, and a ceiling can be held by it."""

import tracemalloc

import numpy as np
import pytest

import peak_instruments as judge
from studiod.mastering.limit import TOLERANCE_DB, limit
from studiod.mastering.peak_meters import METERS, true_peak_db

RATE_HZ = 48_000
NOISE = judge.white(0.5)


@pytest.mark.parametrize("meter", ["libebur128", "16x257"])
def test_a_meter_reads_what_its_namesake_reads(meter: str) -> None:
    for sound in (NOISE, judge.bright_drums(0.5)):
        assert true_peak_db(sound, RATE_HZ, meter) == pytest.approx(judge.METERS[meter](sound), abs=0.005)


@pytest.mark.parametrize("meter", METERS)
def test_a_ceiling_is_held_by_the_meter_that_is_named(meter: str) -> None:
    """White noise 6 dB over, released in 10 ms: the worst that is known."""
    out = limit(NOISE, RATE_HZ, gain_db=6.0, release_ms=10.0, lookahead_ms=0.5, meter=meter)
    read_db = judge.METERS[meter](out) if meter in judge.METERS else true_peak_db(out, RATE_HZ, meter)
    assert -1.5 < read_db <= -1.0 + TOLERANCE_DB + 0.005


def test_silence_has_no_peak_and_an_unknown_meter_is_told() -> None:
    assert true_peak_db(np.zeros((100, 2)), RATE_HZ) == -np.inf
    with pytest.raises(ValueError, match="no meter 'vu'; expected one of studiod, libebur128, 16x257"):
        true_peak_db(NOISE, RATE_HZ, "vu")


@pytest.mark.parametrize("meter", METERS)
@pytest.mark.parametrize("block", [1, 64, 1000, 65_536])
def test_blocks_give_the_figure_of_the_whole(meter: str, block: int) -> None:
    """To the bit, with a last stroke that only the silence behind it shows in full; asked in between, nothing moves."""
    sound = NOISE[:20_003] * np.linspace(0.1, 1.0, 20_003)[:, None]
    one = METERS[meter](RATE_HZ, 2)
    for at in range(0, len(sound), block):
        one.feed(sound[at : at + block])
        if at == block:
            one.peak()
    assert 20.0 * np.log10(one.peak()) == true_peak_db(sound, RATE_HZ, meter)


def test_the_long_meter_keeps_as_much_of_an_hour_as_of_a_second() -> None:
    one = METERS["16x257"](RATE_HZ, 2)
    tracemalloc.start()
    for _ in range(40):
        one.feed(NOISE)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 16 * 8192 * 8 * 4  # bytes: some lines of 8,192 frames for each of 16 phases, in float64
