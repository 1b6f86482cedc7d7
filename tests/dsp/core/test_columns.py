"""Some lanes of a block into another: those and no others, at any width."""

import numpy as np
import pytest

from dsp.core.columns import columns


@pytest.mark.parametrize("lanes", [1, 2, 7, 8, 16, 19])
@pytest.mark.parametrize("first", [0, 3])
def test_the_lanes_from_first_on_are_taken(lanes: int, first: int) -> None:
    u, into = np.random.default_rng(1).standard_normal((5, lanes + 4)), np.zeros((5, lanes))
    columns(u, first, into)
    np.testing.assert_array_equal(into, u[:, first : first + lanes])
