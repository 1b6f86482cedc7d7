"""The meters of a running desk read EBU Tech 3341 and 3342 and BS.2217, on the virtual interface, at every rate.

As in the daemon the analyser's thread reads what the graph plays.  The clock's thread plays a few seconds in real time;
all else is played as fast as the analyser follows, which changes no bit.  What it reads is held against the standard's
number and, cell by cell, against what the file meter makes of the same samples; the programme is followed by silence,
as on a desk.
"""

import math
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy import signal
from test_loudness import SILENT, faded, gain, powers, tone

from dsp import loudness
from dsp.meter import CELLS
from studiod.desk.desk import Desk
from studiod.engine.engine import Engine
from studiod.metering import analyser as a
from studiod.metering.measure import Meter
from studiod.realtime import graph
from studiod.realtime import layout as r
from studiod.realtime.clock import Clock
from studiod.realtime.layout import Size
from studiod.realtime.rack import Rack
from studiod.registry.registry import Console, Registry

AHEAD = 100  # cells of 10 ms
BLOCK_FRAMES = 512
VALUES = {
    "meter/loudness": "main/pre_limiter",
    "config/pan_law": "0dB",
    "ch/1/pan": -100.0,
    "ch/2/pan": 100.0,
    "ch/1/fader": 0.0,
    "ch/2/fader": 0.0,
}
EBU_LU = 0.1
Run = Callable[[Rack, a.Analyser, int], None]  # until so many cells of 10 ms are analysed


@dataclass
class Heard:
    """What the meters of a desk made of a programme."""

    sound: np.ndarray
    rate_hz: int
    rows: np.ndarray  # of the analyser, one a cell of 10 ms
    integrated: float
    range_lu: float
    lost: int
    powers: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        frames = len(self.rows) * self.rate_hz // loudness.GRID_HZ
        padded = np.zeros((max(frames, len(self.sound)), 2))
        padded[: len(self.sound)] = self.sound
        self.powers = powers(padded[:frames], self.rate_hz)


class Written(a.Analyser):
    """An analyser that keeps every row it publishes, however rarely anyone looks."""

    def __init__(self, rack: Rack) -> None:
        super().__init__(rack)
        self.written: list[np.ndarray] = []

    def _some(self, count: int) -> None:
        super()._some(count)
        self.written += [self.rows[cell % CELLS].copy() for cell in range(self.cell - count, self.cell)]


def heard_of(sound: np.ndarray, rate_hz: int, run: Run) -> Heard:
    """Play sound[frame, 2] through a desk on the virtual interface, with 0.6 s of silence after it."""
    sound = sound.astype(np.float32)
    console = Console(2, 2, 2, 1, rate_hz)
    rack = Rack.create(Size(2, 2, 2, 1, rate_hz), len(sound), 2)
    rack.tape[:] = sound
    engine = Engine(rack, Registry(console))
    desk = Desk(engine.registry, engine)
    assert desk.load(VALUES) == []
    engine.settle(desk.values)
    ear = engine.gauges.analyser = Written(rack)
    ear.start()
    try:
        run(rack, ear, math.ceil((len(sound) / rate_hz + 0.6) * loudness.GRID_HZ))
    finally:
        ear.close()
        os.close(rack.fd)
    programme = ear.programme
    return Heard(sound, rate_hz, np.array(ear.written), programme.integrated, programme.range_lu, ear.lost)


def freewheel(rack: Rack, ear: a.Analyser, cells: int) -> None:
    """As fast as the analyser's thread follows: the graph stays within the four seconds that the ring holds."""
    ins, outs = np.zeros((BLOCK_FRAMES, 2), np.float32), np.zeros((BLOCK_FRAMES, 2), np.float32)
    while ear.cell < cells:
        if rack.get(r.FRAME) > (ear.cell + AHEAD) * ear.per_cell:
            time.sleep(0.001)
        else:
            graph.run(rack.base, ins.ctypes.data, outs.ctypes.data, BLOCK_FRAMES)


def paced(rack: Rack, ear: a.Analyser, cells: int) -> None:
    """By the clock's thread, in real time."""
    clock = Clock(rack, 64)
    try:
        while ear.cell < cells:
            time.sleep(0.02)
    finally:
        clock.stop()


def play(sound: np.ndarray, rate_hz: int, run: Run = freewheel) -> Heard:
    heard = heard_of(sound, rate_hz, run)
    assert not heard.lost
    live, filed = heard.rows[:, a.MOMENTARY], loudness.momentary(heard.powers)
    np.testing.assert_allclose(live[loudness.MOMENTARY - 1 :], filed, rtol=0, atol=1e-9)  # the same means, summed alike
    live, filed = heard.rows[:, a.SHORT], loudness.short_term(heard.powers)
    np.testing.assert_allclose(live[loudness.SHORT - 1 :], filed, rtol=0, atol=1e-9)
    return heard


each_rate = pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000, 192_000])


@each_rate
def test_the_clocks_thread_plays_to_the_analysers_and_nothing_is_lost(rate_hz: int) -> None:
    heard = play(tone(rate_hz, [(-23, 4.5)]), rate_hz, paced)
    assert heard.integrated == pytest.approx(loudness.integrated(heard.powers), abs=0.01)
    freewheeled = play(heard.sound, rate_hz)
    cells = min(len(heard.rows), len(freewheeled.rows))
    np.testing.assert_array_equal(heard.rows[:cells], freewheeled.rows[:cells])


@each_rate
@pytest.mark.parametrize(
    ("steps", "must"),
    [
        ([(-23, 20)], -23.0),
        ([(-33, 20)], -33.0),
        ([(-36, 10), (-23, 60), (-36, 10)], -23.0),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.0),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -23.0),
        ([(SILENT, 0.8), (-69.5, 0.5), (SILENT, 0.5), (-69.5, 0.5), (SILENT, 0.5), (-69.5, 0.5), (SILENT, 0.7)], -69.5),
        ([(SILENT, 0.5), (-19.9, 0.9), (-7.1, 1.3), (-19.9, 0.8), (SILENT, 0.5)], -10.0),
    ],
    ids=["3341-1", "3341-2", "3341-3", "3341-4", "3341-5", "2217-absolute", "2217-relative"],
)
def test_integrated_loudness(rate_hz: int, steps: list[tuple[float, float]], must: float) -> None:
    heard = play(tone(rate_hz, steps), rate_hz)
    assert heard.integrated == pytest.approx(must, abs=EBU_LU)
    # bins of 0.01 LU decide only what lies on a gate itself
    assert heard.integrated == pytest.approx(loudness.integrated(heard.powers), abs=0.01)


def weighting_db(freq_hz: float, rate_hz: int) -> float:
    """The gain of the K-weighting at this rate, from its seven numbers."""
    b0, b1, b2, a1, a2, h1, h2 = loudness.aim(rate_hz)
    z = np.exp(-2j * np.pi * freq_hz / rate_hz)
    shelf = (b0 + b1 * z + b2 * z * z) / (1 + a1 * z + a2 * z * z)
    return 20 * math.log10(abs(shelf * (1 - z) ** 2 / (1 + h1 * z + h2 * z * z)))


@each_rate
@pytest.mark.parametrize("freq_hz", [25, 100, 500, 1000, 2000, 10_000])
def test_the_frequency_response(rate_hz: int, freq_hz: float) -> None:
    level_db = -23.0 + 0.691 - weighting_db(freq_hz, rate_hz)
    wave = gain(level_db) * np.sin(2 * np.pi * freq_hz * np.arange(20 * rate_hz) / rate_hz)
    assert play(np.stack([wave, wave], 1), rate_hz).integrated == pytest.approx(-23.0, abs=EBU_LU)


@each_rate
def test_windows_that_must_stay(rate_hz: int) -> None:
    """3341 cases 9 and 12: short-term from 3 s on, momentary from 1 s on."""
    heard = play(tone(rate_hz, [(-20, 1.34), (-30, 1.66)] * 5), rate_hz)
    steady = heard.rows[300:1500, a.SHORT]
    assert (steady.min(), steady.max()) == pytest.approx((-23.0, -23.0), abs=EBU_LU)
    heard = play(tone(rate_hz, [(-20, 0.18), (-30, 0.22)] * 25), rate_hz)
    steady = heard.rows[100:1000, a.MOMENTARY]
    assert (steady.min(), steady.max()) == pytest.approx((-23.0, -23.0), abs=EBU_LU)


@each_rate
@pytest.mark.parametrize(
    ("column", "on_s", "late_s"), [(a.SHORT, 3.0, 0.15), (a.MOMENTARY, 0.4, 0.02)], ids=["10", "13"]
)
def test_a_burst_that_starts_anywhere(rate_hz: int, column: int, on_s: float, late_s: float) -> None:
    """Cases 10 and 13: the twenty files one after the other, 3 s of silence between."""
    steps, ends_s, at_s = [], [], 0.0
    for n in range(20):
        steps += [(SILENT, late_s * n), (-23, on_s), (SILENT, 3.01)]
        at_s += late_s * n + on_s + 3.01
        ends_s.append(at_s)
    heard, first = play(tone(rate_hz, steps), rate_hz), 0
    for end_s in ends_s:
        last = math.floor(end_s * loudness.GRID_HZ)
        assert heard.rows[first:last, column].max() == pytest.approx(-23.0, abs=EBU_LU)
        first = last


@each_rate
@pytest.mark.parametrize(
    ("column", "late_s", "on_s", "segment_s"), [(a.SHORT, 0.15, 3.0, 6.0), (a.MOMENTARY, 0.02, 0.4, 0.8)],
    ids=["11", "14"],
)  # fmt: skip
def test_a_live_maximum_after_each_burst(
    rate_hz: int, column: int, late_s: float, on_s: float, segment_s: float
) -> None:
    steps = []
    for i in range(20):
        steps += [(SILENT, late_s * i), (-38.0 + i, on_s), (SILENT, segment_s - on_s - late_s * i)]
    heard = play(tone(rate_hz, steps), rate_hz)
    for i in range(20):
        reached = heard.rows[: round((i + 1) * segment_s * loudness.GRID_HZ), column].max()
        assert reached == pytest.approx(-38.0 + i, abs=EBU_LU)


@each_rate
@pytest.mark.parametrize(
    ("levels", "must"),
    [((-20, -30), 10.0), ((-20, -15), 5.0), ((-40, -20), 20.0), ((-50, -35, -20, -35, -50), 15.0)],
    ids=["3342-1", "3342-2", "3342-3", "3342-4"],
)
def test_the_range(rate_hz: int, levels: tuple[float, ...], must: float) -> None:
    heard = play(tone(rate_hz, [(level, 20.0) for level in levels]), rate_hz)
    # the silence after the programme adds six values of 3 s windows that fade out: below the gate or beyond 10 %
    assert heard.range_lu == pytest.approx(must, abs=0.2)  # EBU: 1 LU
    assert heard.range_lu == pytest.approx(loudness.loudness_range(heard.powers), abs=0.02)


def true_db(heard: Heard) -> float:
    """The most that either true-peak meter has read."""
    return 20 * math.log10(heard.rows[:, [a.TRUE_LEFT, a.TRUE_RIGHT]].max())


def check_peak(wave: np.ndarray, rate_hz: int, must: float) -> None:
    heard = play(np.stack([wave, wave], 1), rate_hz)
    assert must - 0.4 <= true_db(heard) <= must + 0.2
    filed = Meter(rate_hz, 2)
    filed.feed(heard.sound)
    assert true_db(heard) == pytest.approx(20 * math.log10(filed.peaks()[1]), abs=1e-9)


@each_rate
@pytest.mark.parametrize(
    ("period", "phase_deg", "amplitude", "must"),
    [(4, 0.0, 0.5012, -6), (4, 45.0, 0.5012, -6), (6, 60.0, 0.5012, -6), (8, 67.5, 0.5012, -6), (4, 45.0, 1.41, 3)],
    ids=["15", "16", "17", "18", "19"],
)
def test_the_true_peak_of_sines(rate_hz: int, period: int, phase_deg: float, amplitude: float, must: float) -> None:
    n = np.arange(round(3.2 * rate_hz))
    wave = amplitude * np.sin(2 * np.pi * n / period + math.radians(phase_deg))
    check_peak(faded(wave, rate_hz // 10), rate_hz, must)


@pytest.mark.parametrize("k", range(4), ids=["20", "21", "22", "23"])
def test_the_true_peak_of_one_period_between_samples(k: int) -> None:
    """Defined at 48 kHz only."""
    carrier = 0.5012 * np.sin(2 * np.pi * np.arange(614_400) / 24)
    burst = np.sin(2 * np.pi * np.arange(16) / 16)
    fine = faded(np.concatenate([carrier[:289_920], burst, carrier[: 614_400 - 289_920]]), 19_200)
    low = signal.fftconvolve(fine, signal.firwin(255, 24_000, window=("kaiser", 8.0), fs=192_000), mode="same")
    check_peak(low[k::4], 48_000, 0.0)
