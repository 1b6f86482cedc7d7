"""The analyser wakes for five cells of 10 ms at once, and misses none of them: counted, not timed."""

import time

import numpy as np
import pytest

from dsp.core.grid import GRID_HZ
from studiod.host.offline import Offline
from studiod.metering import analyser
from studiod.metering.analyser import Analyser
from studiod.realtime import layout as r
from studiod.registry.registry import Console


def test_five_cells_a_wake() -> None:
    assert analyser.TICK_S * GRID_HZ == 5


def test_an_idle_second_is_twenty_wakes_and_each_cell_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    offline = Offline(Console(2, 2, 1, 1))
    wakes: list[int] = []
    step = Analyser.step

    def counted(one: Analyser) -> None:
        wakes.append(one.cell)
        step(one)

    monkeypatch.setattr(Analyser, "step", counted)
    ear = Analyser(offline.rack)
    began_s = time.monotonic()
    ear.start()
    while time.monotonic() < began_s + 1.0:
        offline.run(np.full((480, 2), 0.1, np.float32))
        time.sleep(0.01)
    took_s = time.monotonic() - began_s
    ear.close()
    assert 0 < len(wakes) <= took_s / analyser.TICK_S + 2
    ear.step()
    assert ear.cell == offline.rack.get(r.FRAME) // 480
    assert ear.lost == 0


class Plain(Analyser):
    """One cell at a time, every one of them analysed in full."""

    def step(self) -> None:
        while self.rack.get(r.FRAME) // self.per_cell > self.cell:
            self._rests = False
            self._some(1)

    def _add(self, power: float) -> None:
        self.programme.add(power)


def test_several_cells_at_once_are_what_they_are_one_by_one_also_after_a_long_silence() -> None:
    offline, rng = Offline(Console(2, 2, 1, 1), {"ch/1/fader": 0.0, "meter/rta": "main/l"}), np.random.default_rng(5)
    assert offline.faults == []
    quick, plain = Analyser(offline.rack), Plain(offline.rack)
    for seconds, loud in ((1.0, 0.2), (0.35, 0.0), (0.5, 0.05), (8.0, 0.0), (1.23, 0.3), (0.01, 0.0), (0.4, 0.1)):
        sound = (loud * rng.standard_normal((round(seconds * 48_000), 2))).astype(np.float32)
        for at in range(0, len(sound), 2_900):  # six cells, and some of the next
            offline.run(sound[at : at + 2_900])
            plain.step()
            quick.step()
            rows = np.arange(max(plain.cell - 6, 0), plain.cell) % len(plain.rows)
            np.testing.assert_allclose(quick.rows[rows], plain.rows[rows], rtol=1e-12, atol=1e-18)
    assert quick.cell == plain.cell == quick.programme.cells
    assert quick.programme.integrated == plain.programme.integrated
    assert quick.programme.range_lu == plain.programme.range_lu
    assert quick.lost == plain.lost == 0


def test_a_long_silence_costs_a_look_and_no_analysis(monkeypatch: pytest.MonkeyPatch) -> None:
    offline = Offline(Console(2, 2, 1, 1))
    ear, asked = Analyser(offline.rack), list[int]()
    analysed = Analyser._analysed

    def counted(one: Analyser, first: int, count: int, heard: np.ndarray) -> np.ndarray:
        asked.append(count)
        return analysed(one, first, count, heard)

    monkeypatch.setattr(Analyser, "_analysed", counted)
    for _ in range(100):
        offline.run(np.zeros((4800, 2), np.float32))
        ear.step()
    assert 300 <= sum(asked) <= 340, "three seconds of ten"
    assert ear.programme.cells == ear.cell == 1000
