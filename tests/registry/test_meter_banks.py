"""Each value of a bank of meters has the name that it is declared by: the desk and those who show it read one list."""

import numpy as np
import pytest

from dsp import meter
from studiod.host.offline import Offline
from studiod.realtime import layout as r
from studiod.realtime import strip as units
from studiod.registry.meter_banks import BANKS
from studiod.registry.registry import Console

CONSOLES = (
    Console(2, 4, 3, 2, returns=2, matrices=3), Console(1, 1, 1, 1), Console(5, 8, 2, 7, returns=1, matrices=1),
)  # fmt: skip


def sizes(console: Console) -> dict[str, int]:
    return {name: getattr(console, name) for name in ("inputs", "outputs", "channels", "buses", "returns", "matrices")}


@pytest.mark.parametrize("console", CONSOLES, ids=range(len(CONSOLES)))
def test_a_bank_has_as_many_values_as_names(console: Console) -> None:
    gauges = Offline(console).engine.gauges
    assert list(gauges.banks) == list(BANKS)
    for bank, declared in BANKS.items():
        if bank == "matrix" and not console.matrices:
            continue
        names = [name for name, _ in declared(sizes(console))]
        assert len(gauges.banks[bank](np.arange(1))) == len(names) == len(set(names)), bank


@pytest.mark.parametrize(
    ("strip", "bank", "lane"),
    [
        ("main", r.MAIN_BANK, 0),
        ("matrix/1", r.MATRIX_BANK, 0),
        ("matrix/3", r.MATRIX_BANK, 2),
        ("ch/3", r.INPUT_BANK, 2),
        ("bus/1", r.BUS_BANK, 0),
    ],
)
def test_what_a_compressor_takes_away_stands_beside_its_own_strip(strip: str, bank: int, lane: int) -> None:
    console = CONSOLES[0]
    gauges = Offline(console).engine.gauges
    row = meter.REDUCED + units.COMP_TOLD * meter.CELLS
    gauges.rack.state(bank * r.BLOCK + units.METER)[row, lane] = 7.0
    found = dict(zip(BANKS["comp"](sizes(console)), gauges.banks["comp"](np.arange(1)), strict=True))
    assert [name for (name, _), taken in found.items() if taken] == [strip]
    assert found[strip, "dB"] == 7.0
