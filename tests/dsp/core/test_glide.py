"""A glide in registers takes the values of `glide.onward`, to the bit, wherever it begins and ends."""

import numpy as np
import pytest

from dsp.core import glide
from dsp.core.rt import rt
from dsp.core.vectors import head, load, store

WIDTH = 8


@rt
def by_stretches(s, out):
    """The values of the first glide of s on each frame, in stretches."""
    part = head(WIDTH, s.shape[1])
    i = 0
    while i < out.shape[0]:
        n = glide.stretch(s, 0, 1, 0, part, out.shape[0] - i)
        if n > 0:
            g = glide.take(s, 0, 0, part)
            for k in range(i, i + n):
                g = glide.further(g)
                store(out, k, 0, part, g[0])
            glide.leave(s, 0, 0, part, g, n)
        else:
            n = 1
            glide.step_part(s, 0, 1, 1, 0, part)
            store(out, i, 0, part, load(s, 0, 0, part))
        i += n


@rt
def by_frames(s, out):
    """The same frame by frame."""
    for i in range(out.shape[0]):
        glide.step(s, 0)
        for c in range(s.shape[1]):
            out[i, c] = s[0, c]


@pytest.mark.parametrize("lanes", [1, 5, 8])
@pytest.mark.parametrize("seed", range(20))
def test_stretches_are_the_frames_one_by_one(lanes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    start = np.zeros((glide.SIZE, lanes))
    start[glide.VALUE] = start[glide.GOAL] = rng.choice([0.0, -0.0, 1.0, -3.5, 1e-300], lanes)
    a, b = start.copy(), start.copy()
    for _ in range(12):
        for lane in range(lanes):
            if rng.random() < 0.5:  # some rest, some turn on their way, one ends on any frame
                goal, frames = rng.choice([0.0, -0.0, 1.0, rng.uniform(-2, 2)]), int(rng.integers(0, 40))
                glide.start(a, 0, lane, goal, frames)
                glide.start(b, 0, lane, goal, frames)
        frames = int(rng.integers(1, 70))
        one, other = np.zeros((frames, lanes)), np.zeros((frames, lanes))
        by_stretches(a, one)
        by_frames(b, other)
        assert one.tobytes() == other.tobytes()
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("left", [[1.0, 0.0, 9.0], [0.0, 0.0, 0.0], [7.0, 3.0, 0.0]])
def test_a_stretch_ends_a_frame_before_the_first_end(left: list[float]) -> None:
    @rt
    def reach(s, most):
        return glide.stretch(s, 0, 1, 0, head(WIDTH, s.shape[1]), most)

    s = np.zeros((glide.SIZE, 3))
    s[glide.LEFT] = left
    soonest = min((x for x in left if x > 0.0), default=1000.0)
    for most in (1, 2, 32):
        assert reach(s, most) == min(most, soonest - 1)


def test_a_glide_that_is_ended_rests_where_it_was_going() -> None:
    s = np.zeros((glide.SIZE, 3))
    glide.start(s, 0, 1, 0.5, 100)
    glide.step(s, 0)
    glide.end(s, 0)
    np.testing.assert_array_equal(s[:, 1], [0.5, 0.0, 0.0, 0.0, 0.5, 0.0])
    np.testing.assert_array_equal(s[:, [0, 2]], 0.0)
