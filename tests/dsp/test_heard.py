"""What holds a place of a bank's sound: it is heard for ever until it is let go, and then for as long as a fade."""

import numpy as np
import pytest

from dsp import heard, source
from dsp.core import glide


def test_all_is_heard_until_who_knows_better_says_otherwise() -> None:
    s = heard.state(4)
    for _ in range(1000):
        heard.count(s, 32)
    assert (s[heard.HOLD] == heard.EVER).all()


@pytest.mark.parametrize("frames", [1, 7, 32])
def test_a_place_that_is_let_go_is_heard_for_so_many_frames(frames: int) -> None:
    s = heard.state(2)
    s[heard.HOLD, 1] = heard.LEAVE_FRAMES
    for _ in range(0, heard.LEAVE_FRAMES, frames):
        assert s[heard.HOLD, 1] > 0.0
        heard.count(s, frames)
    assert s[heard.HOLD].tolist() == [heard.EVER, 0.0]


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000, 192_000])
def test_a_source_has_left_a_place_before_that_is_over(rate_hz: int) -> None:
    """And it comes to a new place later than the ring of that place has come round."""
    slowest, quickest = (round(ms * rate_hz / 1000.0) for ms in (20.0, source.FADE_MS))  # of effects, of all others
    assert slowest < heard.LEAVE_FRAMES
    assert quickest > source.RING
    memory = np.zeros(2)
    memory[0] = 1.0  # the place that is left: no column of it may be read once it is let go
    s = source.state(1, slowest)
    s[source.NEXT_BASE, 0], s[source.ASK, 0], s[glide.MOVING, 0] = 1.0, 2.0, 1.0
    left = 0
    for at in range(0, heard.LEAVE_FRAMES, 32):
        u = np.zeros((32, 1))
        source.fetch(s, memory, at, u)
        left = at + 32 if u.any() else left
    assert left <= slowest + 1 + 32
