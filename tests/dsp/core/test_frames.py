"""Frames and lanes exchange places to the bit, and a glide that is written down is the glide that is stepped."""

import numpy as np
import pytest

from dsp.core import glide
from dsp.core.frames import WIDTH, floored, turn
from dsp.core.rt import rt
from dsp.core.vectors import load, store, whole


@rt
def down(a):
    store(a, 1, 0, whole(WIDTH), floored(load(a, 0, 0, whole(WIDTH))))


@rt
def ridden(s, out, frames):
    return glide.ride(s, 2, whole(WIDTH), out, frames)


def test_a_block_is_turned_and_nothing_beside_it() -> None:
    source = np.random.default_rng(1).standard_normal((16, 32))
    source[9, 17] = np.nan
    target = np.zeros((32, 16))
    turn(source, 8, 16, target)
    wanted = np.zeros((32, 16))
    wanted[16:24, 8:16] = source[8:16, 16:24].T
    assert target.tobytes() == wanted.tobytes()
    square = source[:8, :8].copy()
    turn(square, 0, 0, square)
    assert square.tobytes() == np.ascontiguousarray(source[:8, :8].T).tobytes()


def test_the_whole_number_below_is_that_of_a_float() -> None:
    a = np.zeros((2, WIDTH))
    a[0] = [0.0, -0.25, 7.999, 1e300, -1e-300, np.inf, -np.inf, np.nan]
    down(a)
    np.testing.assert_array_equal(a[1], np.floor(a[0]))


@pytest.mark.parametrize("frames", [1, 5, 32])
def test_a_glide_that_is_ridden_takes_the_same_steps(frames: int) -> None:
    stepped = np.zeros((2 + glide.SIZE, WIDTH))
    for lane in range(WIDTH - 1):  # the last one rests
        glide.start(stepped, 2, lane, 1.0 + lane, 4 * lane)
    at_once = stepped.copy()
    out = np.zeros((32, WIDTH))
    assert ridden(at_once, out, frames) == 1
    for i in range(frames):
        if i > 0:
            glide.step(stepped, 2)
        assert out[i].tobytes() == stepped[2].tobytes()
    assert at_once.tobytes() == stepped.tobytes()


def test_a_glide_at_rest_is_written_down_once() -> None:
    s, out = np.zeros((2 + glide.SIZE, WIDTH)), np.zeros((32, WIDTH))
    glide.rest(s, 2, 0.5)
    assert ridden(s, out, 32) == 0
    assert (out[0] == 0.5).all()
    assert not out[1:].any()
