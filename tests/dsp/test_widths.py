"""A lane has the same bits in a bank of any width: whatever tiles the bank is cut into, and whether they sleep."""

from types import ModuleType

import numpy as np
import pytest

from dsp import comp, gate, svf

UNITS = [svf, gate, comp]
WIDEST = 21  # more than one tile of each, and no multiple of any
FRAMES, BLOCK = 640, 32
by_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.__name__)


def noise() -> np.ndarray:
    """Loud and faint by turns."""
    x = np.random.default_rng(11).standard_normal((FRAMES, WIDEST)) * 0.3
    return x * np.where(np.arange(FRAMES) // 100 % 2, 0.01, 1.0)[:, None]


def run(unit: ModuleType, s: np.ndarray, x: np.ndarray) -> np.ndarray:
    out = x.copy()
    for at in range(0, len(out), BLOCK):
        unit.run(s, out[at : at + BLOCK])
    return out


@by_unit
@pytest.mark.parametrize("lanes", range(1, WIDEST))
def test_a_bank_of_any_width_gives_its_lanes_the_same_bits(unit: ModuleType, lanes: int) -> None:
    wide, narrow = unit.demo(WIDEST), unit.demo(lanes)
    expected = run(unit, wide, noise())
    got = run(unit, narrow, np.ascontiguousarray(noise()[:, :lanes]))
    assert got.tobytes() == expected[:, :lanes].tobytes()
    assert narrow[unit.MEMORY :].tobytes() == wide[unit.MEMORY :, :lanes].tobytes()


@by_unit
@pytest.mark.parametrize("on", [[0], [8], [20], [3, 17], []])
def test_lanes_that_sleep_alter_nothing_beside_those_that_work(unit: ModuleType, on: list[int]) -> None:
    s, awake, x = unit.state(WIDEST), unit.demo(WIDEST), noise()
    x[:40] = 0.0 if unit is svf else -0.0  # a filter on the wire makes -0 of one bank 0, of another not
    expected = run(unit, unit.demo(WIDEST), x)
    s[:, on] = awake[:, on]
    s[:2, 0] = awake[:2, 0]  # the bank's own two cells
    got = run(unit, s, x)
    asleep = [c for c in range(WIDEST) if c not in on]
    assert got[:, on].tobytes() == expected[:, on].tobytes()
    assert got[:, asleep].tobytes() == x[:, asleep].tobytes()
    assert not s[unit.MEMORY :, asleep].any()
