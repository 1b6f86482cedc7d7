"""A register of lanes gives each lane the bits of a plain float, and a part never reads or writes beyond itself."""

import numpy as np
import pytest
from numba import carray

from dsp.core import ballistics, decibel
from dsp.core.rt import rt
from dsp.core.vectors import every, fma, folded, head, load, magnitude, partner, pick, stack, store, whole, within

WIDTH = 8
ODD = [0.0, -0.0, 1.0, -1.0, 5e-324, 1e300, np.inf, -np.inf, np.nan, 0.3]


@rt
def word(x, y):
    """One of each word and operator, on floats or lanes."""
    louder = pick((x > y) | (x == 0.25), x, y)
    inside = (louder <= 4.0) & (louder >= -4.0) & ~(x < -2.0) & (y != 0.125)
    return pick(inside, fma(louder, y, -x) / (magnitude(y) + 1.0), louder - 0.5 * y)


@rt
def level(x, y):
    """The logarithm and power of two, and a follower, on floats or lanes."""
    y1, z, count = ballistics.follow(magnitude(x), magnitude(y), y, x - y, 0.9, 0.99, 3.0)
    return decibel.log2(magnitude(x)) + decibel.exp2(y) + y1 + z * count


def in_registers(f):
    """f on two rows, eight lanes at a time, into the third."""

    @rt
    def through(a):
        lanes = a.shape[1]
        rest = lanes % WIDTH
        for c in range(0, lanes - rest, WIDTH):
            part = whole(WIDTH)
            store(a, 2, c, part, f(load(a, 0, c, part), load(a, 1, c, part)))
        if rest > 0:
            some = head(WIDTH, rest)
            store(a, 2, lanes - rest, some, f(load(a, 0, lanes - rest, some), load(a, 1, lanes - rest, some)))

    return through


@pytest.mark.parametrize("f", [word, level])
@pytest.mark.parametrize("lanes", [1, 7, 8, 29])
def test_a_lane_gets_the_bits_of_a_float(f, lanes: int) -> None:
    rng = np.random.default_rng(lanes)
    through = in_registers(f)
    for scale in (0.1, 1.0, 30.0):
        a = np.zeros((3, lanes))
        a[:2] = rng.standard_normal((2, lanes)) * scale
        through(a)
        expected = [f(float(x), float(y)) for x, y in a[:2].T]
        assert a[2].tobytes() == np.array(expected).tobytes()


def test_what_is_no_ordinary_number_is_treated_alike() -> None:
    a = np.zeros((3, len(ODD) ** 2))
    a[:2] = np.array([(x, y) for x in ODD for y in ODD]).T
    in_registers(word)(a)
    # equal, or both no number: which of its bits a NaN carries differs between operand orders
    np.testing.assert_array_equal(a[2], [word(x, y) for x, y in a[:2].T])


@rt
def exchange(a, count):
    part = head(WIDTH, count)
    store(a, 0, 2, part, partner(load(a, 0, 2, part)) + 10.0)
    return every(load(a, 1, 2, part) > 0.0)


@pytest.mark.parametrize("count", range(WIDTH + 1))
def test_the_head_of_a_part_stays_within_its_lanes(count: int) -> None:
    a = np.arange(24.0).reshape(2, 12)
    was = a.copy()
    exchange(a, count)
    inside = np.zeros(12, bool)
    inside[2 : 2 + count] = True
    np.testing.assert_array_equal(a[0, ~inside], was[0, ~inside])
    np.testing.assert_array_equal(a[1], was[1])
    row = [*was[0, 2 : 2 + count], *[0.0] * WIDTH]  # what lies beyond reads as 0
    np.testing.assert_array_equal(a[0, inside], [row[k ^ 1] + 10.0 for k in range(count)])


@rt
def fold(a, count):
    """As `word`, in place, of fewer lanes than a part has, from lane 2 on; a second time, for what is done twice."""
    part = folded(WIDTH, count)
    for _ in range(2):
        store(a, 0, 2, part, word(load(a, 0, 2, part), load(a, 1, 2, part)))


@pytest.mark.parametrize("count", range(WIDTH // 2, WIDTH + 1))
def test_a_folded_part_does_to_each_of_its_lanes_what_is_done_to_one(count: int) -> None:
    a = np.random.default_rng(count).standard_normal((2, 12))
    was = a.copy()
    fold(a, count)
    twice = [word(word(float(x), float(y)), float(y)) for x, y in was[:, 2 : 2 + count].T]
    assert a[0].tobytes() == np.array([*was[0, :2], *twice, *was[0, 2 + count :]]).tobytes()
    np.testing.assert_array_equal(a[1], was[1])


def test_every_is_true_only_of_all_lanes() -> None:
    a = np.ones((2, 12))
    assert exchange(a, WIDTH)
    a[1, 5] = 0.0
    assert not exchange(a, WIDTH)
    a[1, 5] = np.nan
    assert not exchange(a, WIDTH)


@rt
def narrow(a, line, first):
    """Half of a part, through the stack, and from a line without rows."""
    part = head(WIDTH, 6)
    x = load(a, 0, first, part)
    room = carray(stack(2, WIDTH), (2, WIDTH), np.float64)
    store(room, 1, 0, whole(WIDTH), x * 2.0)
    store(a, 1, first, within(part, x > 3.0), load(room, 1, 0, whole(WIDTH)))
    store(a, 0, first, within(whole(WIDTH), x > 4.0), load(line, 0, first, whole(WIDTH)))


def test_a_part_within_a_part_the_stack_and_a_line() -> None:
    a = np.arange(24.0).reshape(2, 12)
    line = -np.arange(12.0)
    narrow(a, line, 1)
    # lanes 1..6 are the head: of them those over 3 are doubled below, those over 4 taken from the line
    assert a[0].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, -5.0, -6.0, 7.0, 8.0, 9.0, 10.0, 11.0]
    assert a[1].tolist() == [12.0, 13.0, 14.0, 15.0, 8.0, 10.0, 12.0, 19.0, 20.0, 21.0, 22.0, 23.0]
