"""A reverb goes by passes of 32 frames, and nobody can tell: no line is shorter, and no cut changes a bit."""

from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from dsp import reverb, reverb_rings, reverb_rooms
from fx_parts import Goals, made, noise, post, through
from studiod.settings.schema import Rate

RATE_HZ = 48_000
FIND = (Phase.explicit, Phase.generate)  # the same moves every time; to make a failure small takes minutes
REST = (1.8, 20.0, 1.0, 0.4, 80.0, 12_000.0, 1.0, 0.2)
ROWS = (reverb_rings.FIRST, reverb_rings.ROOM, reverb_rings.PLACE)


def aim(character: str, size: float, rate_hz: int) -> Goals:
    return reverb.aim(1.0, character, 1.8, 20.0, size, *REST[3:], rate_hz)


@given(
    st.sampled_from(reverb_rooms.CHARACTERS),
    st.floats(0.1, 20.0),
    st.floats(0.1, reverb_rooms.LARGEST),
    st.one_of(st.sampled_from(get_args(Rate)), st.integers(4_000, 384_000)),
)
@example("room", 20.0, 0.1, min(get_args(Rate)))
@example("room", 20.0, 0.1, max(get_args(Rate)))
@example("plate", 0.1, 0.1, min(get_args(Rate)))
def test_no_line_of_the_loop_is_shorter_than_a_pass(character: str, time_s: float, size: float, rate_hz: int) -> None:
    """A pass reads the loop before it writes: the youngest of four frames, where the line swings nearest."""
    frames = reverb_rooms.lengths(character, time_s, size, rate_hz)[2]
    assert frames.min() - reverb.WOBBLE_MS * rate_hz / 1000.0 - 2.0 >= reverb_rings.PASS


@settings(max_examples=60)
@given(
    st.sampled_from(reverb_rooms.CHARACTERS),
    st.floats(0.1, 20.0),
    st.one_of(st.just(reverb_rooms.LARGEST), st.floats(0.1, reverb_rooms.LARGEST)),
    st.sampled_from(get_args(Rate)),
)
def test_rings_hold_their_delays_lie_apart_and_fit_into_the_line(
    character: str, time_s: float, size: float, rate_hz: int
) -> None:
    s, line = made(reverb, reverb.aim(1.0, character, time_s, 20.0, size, *REST[3:], rate_hz), rate_hz)
    through(reverb, s, line, noise(1))
    end, places = 0, []
    entry = np.repeat((reverb.longest_frames(rate_hz), s[reverb_rings.AT].max()), (2, 4))
    loop = s[reverb_rings.AT + 2] + reverb.WOBBLE_MS * rate_hz / 1000.0 + 2.0
    for row, late in enumerate((entry, s[reverb_rings.AT + 1], loop)):
        for lane, frames in enumerate(late):
            assert s[reverb_rings.FIRST + row, lane] == end
            room = s[reverb_rings.ROOM + row, lane]
            assert room >= frames + reverb_rings.PASS + 7  # a vector may be written beyond a pass
            assert room % reverb_rings.PASS == 0.0
            places.append(end % 4096 // 256)
            end += int(room) + reverb_rings.AGAIN
    assert end <= line.size
    assert max(places.count(place) for place in places) <= 9  # of 38 in 16: never all at the same lines of a cache


def test_a_reverb_that_rests_touches_its_line_page_by_page() -> None:
    """Memory that the system has not given yet costs microseconds a page, and a reverb that wakes wants dozens."""
    s, line = reverb.state(RATE_HZ), reverb.line(RATE_HZ)
    line[:] = 1.0
    x = noise(32)
    for k in range(-(-line.size // reverb_rings.PAGE)):
        assert np.count_nonzero(line == 0.0) == k
        assert through(reverb, s, line, x, 32 * k).tobytes() == x.tobytes()
    assert (line[0, :: reverb_rings.PAGE] == 0.0).all()
    before = line.copy()
    through(reverb, s, line, x)
    assert line.tobytes() == before.tobytes()


SHARE = st.floats(0.0, 1.0)
LENGTHS = st.one_of(st.integers(1, 1500), st.integers(960, 1500))  # half of them outlast a fade
SETTINGS = st.tuples(
    st.sampled_from((0.0, 0.3, 1.0)),
    st.sampled_from(reverb_rooms.CHARACTERS),
    st.floats(0.1, 20.0),
    st.floats(0.0, reverb.PREDELAY_MS),
    st.floats(0.1, reverb_rooms.LARGEST),
    SHARE,
    st.sampled_from((20.0, 300.0)),
    st.sampled_from((3000.0, 20_000.0)),
    SHARE,
    SHARE,
)


@settings(max_examples=25, derandomize=True, phases=FIND)
@given(
    st.lists(st.tuples(SETTINGS, LENGTHS, st.sampled_from((0, 1, 100, 960))), min_size=1, max_size=4),
    st.lists(st.integers(1, 64), min_size=1, max_size=20),
    st.integers(0, 2**40),
    st.integers(0, 2000),
)
def test_no_cut_of_the_block_changes_a_bit_whatever_moves(
    moves: list[tuple[tuple[Any, ...], int, int]], cuts: list[int], start: int, silence: int
) -> None:
    """The same moves at the same frames: in one block from move to move, and in blocks of any lengths."""
    outs = []
    for blocks in ([1500], cuts):
        s, line = made(reverb, reverb.aim(*moves[0][0], rate_hz=RATE_HZ))
        parts, at = [], start
        for goals, frames, glide_frames in moves:
            post(reverb, s, reverb.aim(*goals, rate_hz=RATE_HZ), glide_frames)
            x = noise(frames, seed=at - start)
            x[:silence] = 0.0
            ends = [end for end in np.cumsum(blocks * frames) if end < frames]
            parts.append(through(reverb, s, line, x, at, ends))
            at += frames
        outs.append(np.concatenate(parts))
    np.testing.assert_array_equal(outs[0], outs[1])


def test_a_reverb_that_wakes_does_not_know_in_which_blocks_it_fell_asleep() -> None:
    """It moves while its mix is 0, and hears what comes in until the block ends in which it comes to rest."""
    outs = []
    for step in (1000, 32):
        s, line = made(reverb, reverb.aim(0.0, "hall", *REST, rate_hz=RATE_HZ))
        x = noise(1000)
        x[:200] = 0.0
        through(reverb, s, line, x, 0, range(step, 1000, step))
        post(reverb, s, reverb.aim(1.0, "hall", *REST, rate_hz=RATE_HZ), 100)
        x = noise(6000)
        x[:500] = 0.0
        outs.append(through(reverb, s, line, x, 1000))
    np.testing.assert_array_equal(outs[0], outs[1])


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_no_number_ends_a_pass_at_its_frame(bad: float) -> None:
    """A sick memory amid a block: what was before it, and what begins anew behind it, is the same in blocks of one."""
    outs = []
    for step in (1, 32, 500):
        s, line = made(reverb, aim("room", 0.1, RATE_HZ))
        x = noise(1500)
        before = through(reverb, s, line, x[:500], 0, range(step, 500, step))
        first, room, place = (int(s[r + reverb_rings.SPREAD, 5]) for r in ROWS)
        delay = int(s[reverb_rings.AT + 1, 5])
        for late in range(delay - 20, delay - 10):
            for again in (0, room):
                if (cell := (place - late) % room) + again < room + reverb_rings.AGAIN:
                    line[0, first + cell + again] = bad
        after = through(reverb, s, line, x[500:], 500, range(step, 1000, step))
        assert np.isfinite(after).all()
        outs.append(np.concatenate((before, after)))
    np.testing.assert_array_equal(outs[0], outs[1])
    np.testing.assert_array_equal(outs[0], outs[2])
