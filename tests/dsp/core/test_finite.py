"""Whether a block holds nothing but numbers: each lane for itself, at any width."""

import numpy as np
import pytest

from dsp.core.finite import finite


@pytest.mark.parametrize("lanes", [1, 2, 7, 8, 31, 32, 33, 41, 64, 72])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf], ids=str)
def test_each_lane_says_whether_it_holds_what_is_no_number(lanes: int, bad: float) -> None:
    u, found = np.random.default_rng(lanes).standard_normal((32, lanes)) * 1e30, np.ones((1, lanes))
    assert finite(u, found)
    assert not found.any()
    for lane in range(lanes):
        for frame in (0, 17, 31):
            sick = u.copy()
            sick[frame, lane] = bad
            assert not finite(sick, found)
            assert np.flatnonzero(found[0] != 0.0).tolist() == [lane]


def test_one_frame_is_a_block() -> None:
    found = np.ones((1, 9))
    assert finite(np.zeros((1, 9)), found)
    assert not finite(np.full((1, 9), np.nan), found)
