"""Echoes and chorus give the same bits however the block is cut, whatever moves, and however they fell asleep."""

from types import ModuleType

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from dsp import chorus, echoes, reverb
from dsp.core import glide
from fx_parts import Goals, made, noise, post, through

RATE_HZ = 48_000
FIND = (Phase.explicit, Phase.generate)  # the same moves every time; to make a failure small takes minutes
SHARE = st.floats(0.0, 1.0)
MIX = st.sampled_from((0.0, 0.3, 1.0))
MS = st.one_of(st.floats(0.01, 40.0), st.sampled_from((0.01, 1.0, 2000.0)))  # down to a single frame
CUT = st.sampled_from((20.0, 300.0)), st.sampled_from((3000.0, 20_000.0))
SETTINGS = {
    echoes: st.tuples(MIX, MS, MS, st.floats(0.0, 1.1), SHARE, *CUT),
    chorus: st.tuples(MIX, st.floats(0.05, 10.0), SHARE, st.floats(1.0, 30.0), st.floats(0.0, 0.9)),
}
LENGTHS, GLIDES = st.integers(1, 1500), st.sampled_from((0, 1, 100, 960))


def played(
    unit: ModuleType, moves: list[tuple[Goals, int, int]], blocks: list[int], start: int, silence: int
) -> np.ndarray:
    """What a unit makes of noise while it is sent from goals to goals, each with how many frames it has, and glides."""
    s, line = made(unit, moves[0][0])
    parts, at = [], start
    for goals, frames, glide_frames in moves:
        post(unit, s, goals, glide_frames)
        x = noise(frames, seed=at - start)
        x[:silence] = 0.0
        ends = [end for end in np.cumsum(blocks * frames) if end < frames]
        parts.append(through(unit, s, line, x, at, ends))
        at += frames
    return np.concatenate(parts)


@pytest.mark.parametrize("unit", [echoes, chorus], ids=lambda unit: unit.__name__)
@settings(max_examples=25, derandomize=True, phases=FIND)
@given(
    st.data(),
    st.integers(1, 4),
    st.lists(st.integers(1, 64), min_size=1, max_size=20),
    st.integers(0, 2**40),
    st.integers(0, 1000),
)
def test_no_cut_of_the_block_changes_a_bit_whatever_moves(
    unit: ModuleType, data: st.DataObject, many: int, cuts: list[int], start: int, silence: int
) -> None:
    moves = [
        (unit.aim(*data.draw(SETTINGS[unit]), rate_hz=RATE_HZ), data.draw(LENGTHS), data.draw(GLIDES))
        for _ in range(many)
    ]
    whole, cut = (played(unit, moves, blocks, start, silence) for blocks in ([1500], cuts))
    np.testing.assert_array_equal(cut, whole)


def test_a_chorus_that_wakes_does_not_know_in_which_blocks_it_fell_asleep() -> None:
    """It moves while its mix is 0, and hears what comes in until the block ends in which it comes to rest."""
    rest = [chorus.aim(mix, 0.8, 0.3, 8.0, 0.0, RATE_HZ) for mix in (0.0, 1.0)]
    outs = []
    for step in (1000, 32):
        s, line = made(chorus, rest[0])
        x = noise(1000)
        x[:200] = 0.0
        through(chorus, s, line, x, 0, range(step, 1000, step))
        post(chorus, s, rest[1], 100)
        x = noise(3000)
        x[:500] = 0.0
        outs.append(through(chorus, s, line, x, 1000))
    np.testing.assert_array_equal(outs[0], outs[1])


AWAY = {
    echoes: lambda mix, ms: echoes.aim(mix, ms, 90.0, 0.4, 0.1, 30.0, 9000.0, RATE_HZ),
    reverb: lambda mix, ms: reverb.aim(mix, "room", 1.1, ms, 0.8, 0.3, 60.0, 9000.0, 0.7, 0.1, RATE_HZ),
}


@pytest.mark.parametrize("unit", AWAY, ids=lambda unit: unit.__name__)
def test_what_is_set_while_a_unit_sleeps_does_not_wake_it_and_is_there_when_it_wakes(unit: ModuleType) -> None:
    """A desk sets all three of a slot, of which one is heard.  (A chorus moves for so long that it has to be heard.)"""
    goals = AWAY[unit]
    (s, line), (there, its_line) = made(unit, goals(0.0, 100.0)), made(unit, goals(0.0, 40.0))
    x = noise(2000)
    for state, its in ((s, line), (there, its_line)):
        assert through(unit, state, its, x).tobytes() == x.tobytes()
        assert state[glide.MOVING, 0] == state[glide.ACTIVE, 0] == 0.0
    post(unit, s, goals(0.0, 40.0))
    assert through(unit, s, line, x[:64], 2000).tobytes() == x[:64].tobytes()
    assert s[glide.MOVING, 0] == s[glide.ACTIVE, 0] == 0.0  # it never woke
    for state in (s, there):
        post(unit, state, goals(0.5, 40.0))
    woken = through(unit, s, line, x, 2064)
    assert np.abs(woken - x).max() > 0.01
    assert woken.tobytes() == through(unit, there, its_line, x, 2064).tobytes()
