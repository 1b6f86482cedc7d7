"""What a meter keeps: the peak and the mean square of each cell of absolute frames, and the most of each reduction."""

import numpy as np
import pytest

from dsp import meter

GRID = 480


def fed(lanes: int, frames: int, first: int, cut: int) -> tuple[np.ndarray, np.ndarray]:
    """A meter with one reduction, and what it was fed in pieces of at most `cut` frames, [frame, lane]."""
    rng = np.random.default_rng(lanes)
    x, s, at = rng.standard_normal((frames, lanes)), meter.state(lanes, 1), 0
    while at < frames:
        n = int(rng.integers(1, cut + 1))
        meter.gather(s, x[at : at + n], first + at, GRID)
        at += n
    return s, x


@pytest.mark.parametrize("lanes", [1, 7, 8, 32, 41, 72])
@pytest.mark.parametrize("cut", [1, 32, 64, 2000])
def test_a_cell_holds_the_peak_and_the_mean_square_of_its_frames(lanes: int, cut: int) -> None:
    first = 130 * GRID  # of a ring that has come round
    s, x = fed(lanes, 5 * GRID, first, cut)
    for cell in range(5):
        part, row = x[cell * GRID : (cell + 1) * GRID], (130 + cell) % meter.CELLS
        np.testing.assert_array_equal(s[meter.PEAKS + row], np.abs(part).max(axis=0))
        mean = np.add.accumulate(part * part, axis=0)[-1] / GRID  # frame after frame, as it comes
        np.testing.assert_array_equal(s[meter.MEANS + row], mean)
    assert not s[[meter.PEAK, meter.SUM]].any()


def test_what_has_begun_is_kept_until_its_cell_ends() -> None:
    s, x = fed(9, GRID + 100, 7 * GRID, 50)
    np.testing.assert_array_equal(s[meter.PEAK], np.abs(x[GRID:]).max(axis=0))
    assert not s[meter.PEAKS + 8].any()


def test_what_is_no_number_is_no_peak() -> None:
    s = meter.state(9)
    x = np.full((3, 9), 0.5)
    x[1, 4] = np.nan
    meter.gather(s, x, 0, GRID)
    np.testing.assert_array_equal(s[meter.PEAK], np.full(9, 0.5))


def test_a_cell_keeps_the_most_of_a_reduction_and_begins_at_nothing() -> None:
    s = meter.state(3, 2)
    for at, db in ((100, 3.0), (200, 6.0), (300, 2.0)):
        meter.note(s, 1, 2, db, meter.cell_of(at, GRID))
    row = meter.REDUCED + meter.CELLS
    assert s[row, 2] == 6.0
    assert np.count_nonzero(s[meter.REDUCED :]) == 1
    s[row + 1] = 9.0  # of a time long gone
    meter.gather(s, np.zeros((GRID, 3)), 0, GRID)
    assert not s[row + 1].any()
    assert s[row, 2] == 6.0
