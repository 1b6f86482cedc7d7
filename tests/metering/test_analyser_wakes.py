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
