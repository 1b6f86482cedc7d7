"""Sixteen float32 at a time: each place gets what numpy's float32 gives."""

import numpy as np
from numba import njit

from dsp.core import singles

A, B = (np.random.default_rng(seed).standard_normal(20).astype(np.float32) for seed in (1, 2))
HALF = np.float32(-0.7)


@njit(error_model="numpy")
def each(a, b, out):
    x, y = singles.load(a, 3), singles.load(b, 3)
    singles.store(out[0], 0, singles.plus(x, y))
    singles.store(out[1], 0, singles.minus(x, y))
    singles.store(out[2], 0, singles.times(x, HALF))
    singles.store(out[3], 0, singles.size(x))
    singles.store(out[4], 0, singles.larger(x, y))
    singles.store(out[5], 0, singles.spread(HALF))


def test_each_place_is_reckoned_as_a_float32() -> None:
    out, a, b = np.zeros((6, singles.N), np.float32), A[3:19], B[3:19]
    each(A, B, out)
    expected = [a + b, a - b, a * HALF, np.abs(a), np.maximum(a, b), np.full(16, HALF)]
    np.testing.assert_array_equal(out, np.array(expected))
