"""What the banks of meters say: levels, reductions, the mains and the spectrum, whenever a reader comes."""

import math

import numpy as np
import pytest

from dsp import meter, rta
from studiod.host.offline import Offline
from studiod.metering.meters import SILENCE_DB
from studiod.registry.registry import Console, Refusal, Value

RATE_HZ = 48_000
CONSOLE = Console(inputs=2, outputs=4, channels=2, buses=2)
FLAT: dict[str, Value] = {"config/pan_law": "0dB", "ch/1/fader": 0.0, "ch/1/pan": -100.0}


def desk(values: dict[str, Value] | None = None, rate_hz: int = RATE_HZ) -> Offline:
    made = Offline(Console(2, 4, 2, 2, rate_hz), FLAT | (values or {}))
    assert made.faults == []
    return made


def sine(level_db: float, seconds: float = 0.5, hz: float = 1000.0) -> np.ndarray:
    """On input 1."""
    wave = 10 ** (level_db / 20) * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)
    return np.stack([wave, 0 * wave], 1).astype(np.float32)


def read(one: Offline, bank: str, since: int = -1) -> list[float]:
    one.engine.gauges.analyser.step()
    return one.desk.meters(bank, since)[0]


def test_every_bank_reads_a_level_where_it_is() -> None:
    one = desk({"ch/1/trim": -6.0, "ch/1/fader": -10.0, "ch/1/send/2/level": 0.0, "bus/2/main/on": 0})
    one.run(sine(-20.0))
    expected = {"input": [-20.0, SILENCE_DB], "ch": [-26.0, SILENCE_DB], "bus": [SILENCE_DB, -36.0]}
    for bank, levels in expected.items():
        # a 1 kHz sine is sampled at its peak 48 times a period: 0.01 dB is more than the grid loses
        assert read(one, bank) == pytest.approx(levels, abs=0.01), bank
    # outputs 3 and 4 play the monitor, which rests 20 dB below the mains
    assert read(one, "output") == pytest.approx([-36.0, SILENCE_DB, -56.0, SILENCE_DB], abs=0.01)


@pytest.mark.parametrize(("tap", "level_db"), [("input", -26.0), ("pre_fader", -20.0), ("post_fader", -30.0)])
def test_channels_are_metered_where_the_tap_says(tap: str, level_db: float) -> None:
    one = desk({"ch/1/trim": -6.0, "ch/1/eq/2/gain": 6.0, "ch/1/eq/2/freq": 1000.0, "ch/1/fader": -10.0})
    one.desk.set("meter/tap", tap)
    one.run(sine(-20.0))
    assert read(one, "ch")[0] == pytest.approx(level_db, abs=0.02)


def test_a_reader_hears_the_most_since_its_last_look_and_no_peak_falls_between_two_readers() -> None:
    one = desk()
    for at in range(0, 60_000, 4800):
        sound = sine(-40.0, 0.1)
        if at == 9600:
            sound[2000, 0] = 0.5  # one sample
        one.run(sound)
    often, seldom = [], []
    for step, kept in ((5, often), (25, seldom)):
        for first in range(0, 120, step):
            rows = np.arange(first, first + step) % meter.CELLS
            kept.append(one.engine.gauges.banks["input"](rows)[0])
    assert max(often) == max(seldom) == pytest.approx(20 * math.log10(0.5), abs=1e-6)
    assert sum(level > -30.0 for level in often) == sum(level > -30.0 for level in seldom) == 1


def test_a_reader_that_comes_too_soon_or_too_late_gets_what_there_is() -> None:
    one = desk()
    one.run(sine(-20.0, 3.0))
    values, at = one.desk.meters("ch", -1)
    assert one.desk.meters("ch", at) == (values, at)  # nothing new: the last cell again
    assert one.desk.meters("ch", 0)[0] == pytest.approx(values, abs=0.01)  # 3 s ago: the last 1.26 s


def test_gate_and_compressor_tell_what_they_take_away() -> None:
    values: dict[str, Value] = {"ch/1/gate/on": 1, "ch/1/gate/threshold": -10.0, "ch/1/gate/range": 12.0}
    values |= {"ch/2/source": "input/1", "ch/2/comp/on": 1, "ch/2/comp/threshold": -40.0, "ch/2/comp/ratio": 2.0}
    values |= {"ch/2/comp/knee": 0.0, "main/comp/on": 1}
    one = desk(values)
    one.run(sine(-20.0, 2.0))
    assert read(one, "gate") == pytest.approx([12.0, 0.0], abs=0.01)
    comp = read(one, "comp")
    assert len(comp) == 2 + 2 + 1  # channels, buses, main
    assert comp[1] == pytest.approx(10.0, abs=0.05)  # 20 dB over at 2:1; the RMS detector ripples by 0.0044 dB
    assert comp[0] == comp[2] == comp[3] == 0.0


def test_the_mains_read_peak_rms_loudness_true_peak_and_correlation() -> None:
    one = desk({"ch/2/fader": 0.0, "ch/2/pan": 100.0})
    sound = sine(-18.0, 5.0, 997.0)
    sound[:, 1] = -sound[:, 0]
    one.run(sound)
    main = read(one, "main")
    assert len(main) == 12
    assert main[:2] == pytest.approx([-18.0] * 2, abs=0.01)
    assert main[2:4] == pytest.approx([-18.0] * 2, abs=0.01)  # a sine reads alike on both
    assert main[4:7] == pytest.approx([-18.0] * 3, abs=0.01)  # 0.000 for a 997 Hz sine at 0 dBFS on both sides
    assert main[7] == pytest.approx(0.0, abs=0.02)
    assert main[8:10] == pytest.approx([-18.0] * 2, abs=0.02)
    assert main[10] == pytest.approx(-1.0, abs=1e-6)


def test_loudness_begins_anew_with_another_point_and_when_asked() -> None:
    one = desk()
    one.run(sine(-12.0, 3.0))
    loud = read(one, "main")[6]
    assert loud > -20.0
    for change in (lambda: one.desk.reset_meters(), lambda: one.desk.set("meter/loudness", "ch/1")):
        one.run(sine(-100.0, 0.1))  # what is still on its way through the limiter
        read(one, "main")
        change()
        one.run(sine(-40.0, 3.0))
        assert read(one, "main")[6] == pytest.approx(-43.0, abs=0.2), "nothing is left of the loud part"
        one.desk.set("meter/loudness", "main")


def test_a_mono_point_counts_once_and_a_linked_pair_twice() -> None:
    one = desk({"meter/loudness": "ch/1", "ch/2/source": "input/1"})
    one.run(sine(-20.0, 2.0, 997.0))
    assert read(one, "main")[4] == pytest.approx(-23.01, abs=0.02)
    one.desk.set("ch/1/link", 1)
    one.run(sine(-20.0, 2.0, 997.0))
    assert read(one, "main")[4] == pytest.approx(-20.0, abs=0.02)


@pytest.mark.parametrize("point", ["input/1", "ch/1", "main"])
def test_the_spectrum_is_that_of_its_point(point: str) -> None:
    one = desk({"meter/rta": point, "ch/2/source": "input/1", "ch/2/fader": 0.0, "ch/2/pan": 100.0})
    one.run(sine(-20.0, 2.0, rta.MIDBAND_HZ[17]))
    bands = read(one, "rta")
    assert len(bands) == 31
    assert bands[17] == pytest.approx(-20.0, abs=0.05)
    assert max(bands[:16] + bands[19:]) < -45.0  # class 1: two bands away at least 16.6 dB, here by far more
    one.desk.set("meter/rta", "none")
    one.run(sine(-20.0, 4.0))
    assert read(one, "rta") == [SILENCE_DB] * 31


def test_a_bank_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(
        Refusal, match=r"meters: no such bank; expected one of input ch .*; got 'mains'; nearest is main"
    ):
        desk().desk.meters("mains")


def test_the_loudness_of_months_needs_no_more_memory_than_that_of_a_minute() -> None:
    from dsp.loudness_running import Programme

    one, rng = Programme(), np.random.default_rng(4)
    for power in 10 ** rng.uniform(-8, -1, 6000):
        one.add(float(power))
    size = sum(part.nbytes for gated in (one._blocks, one._values) for part in (gated.counts, gated.powers))
    assert size + one._recent.nbytes < 400_000
