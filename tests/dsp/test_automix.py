"""The automatic mixer shares one gain as Dugan's formula says, at once and without a hiss, and leaves others alone."""

import math
from itertools import pairwise

import numpy as np
import pytest

from dsp import automix
from dsp.core import glide

RATE_HZ = 48_000
LATE = 48_000  # frames: ten times the release
DB = 1e-4  # what log2 errs by in 20 log10 is 1e-5


def made(lanes: int, rate_hz: int = RATE_HZ, weights_db: tuple = (), off: tuple = (), on: int = 1) -> np.ndarray:
    s = automix.state(lanes)
    for c in range(lanes):
        weight = weights_db[c] if weights_db else 0.0
        automix.settle(s, c, automix.aim(on, int(c not in off), weight, rate_hz))
    return s


def steady(levels_db: list[float], frames: int = LATE) -> np.ndarray:
    """Lanes that do not ripple: a constant, of the power of a sine of that level."""
    return np.tile(10.0 ** (np.array(levels_db) / 20.0) / math.sqrt(2.0), (frames, 1))


def gains_db(s: np.ndarray) -> np.ndarray:
    return np.array([automix.gain_db(s, c) for c in range(s.shape[1])])


def shares_db(levels_db: list[float], weights_db: tuple = ()) -> np.ndarray:
    """The closed form: own level less that of the sum, the floor 80 dB down."""
    weight = 10.0 ** (np.array(weights_db or [0.0] * len(levels_db)) / 10.0)
    power = weight * (10.0 ** (np.array(levels_db) / 10.0) / 2.0 + automix.FLOOR)
    return 10.0 * np.log10(power / power.sum())


def noise(frames: int, lanes: int, seed: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    loudness = np.repeat(10 ** rng.uniform(-4.0, -0.5, (frames // 300 + 1, lanes)), 300, axis=0)[:frames]
    return loudness * rng.standard_normal((frames, lanes))


# -- closed forms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("talkers", [1, 2, 3, 8, 32, 37])
def test_n_equal_talkers_are_each_down_by_10_log_n(talkers: int) -> None:
    s = made(talkers)
    automix.run(s, steady([-20.0] * talkers))
    np.testing.assert_allclose(gains_db(s), -10.0 * math.log10(talkers), atol=DB)


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 192_000])
@pytest.mark.parametrize("weights_db", [(), (0.0, 6.0, -12.0, 3.0, 0.0)])
def test_a_lane_is_turned_by_its_level_less_that_of_the_sum(weights_db: tuple, rate_hz: int) -> None:
    levels = [-20.0, -23.0, -40.0, -60.0, -100.0]
    s = made(5, rate_hz, weights_db)
    x = steady(levels, rate_hz)
    y = x.copy()
    automix.run(s, y)
    np.testing.assert_allclose(gains_db(s), shares_db(levels, weights_db), atol=DB)
    np.testing.assert_allclose(20.0 * np.log10(y[-1] / x[-1]), shares_db(levels, weights_db), atol=DB)
    assert np.sum(10.0 ** (gains_db(s) / 10.0)) == pytest.approx(1.0, abs=1e-4)  # one open microphone


def test_3_db_louder_comes_out_6_db_louder() -> None:
    s, y = made(2), steady([-20.0, -23.0])
    automix.run(s, y)
    assert 20.0 * math.log10(y[-1, 0] / y[-1, 1]) == pytest.approx(6.0, abs=0.001)


def test_silence_is_shared_equally_and_faint_noise_moves_nothing() -> None:
    s = made(8)
    automix.run(s, np.zeros((LATE, 8)))
    np.testing.assert_array_equal(s[automix.MEMORY :], 0.0)
    np.testing.assert_allclose(gains_db(s), -10.0 * math.log10(8.0), atol=DB)
    hiss = np.random.default_rng(1).standard_normal((LATE, 8)) * 10.0 ** (-100.0 / 20.0)
    swings = []
    for at in range(0, LATE, 480):
        automix.run(s, hiss[at : at + 480])
        swings.append(gains_db(s))
    assert np.ptp(swings) < 0.05  # dB; -100 dBFS is a hundredth of the floor: at most 0.043


def test_room_noise_of_many_lanes_is_that_of_one() -> None:
    x = np.random.default_rng(2).standard_normal((2 * LATE, 16)) * 0.001
    y = x.copy()
    automix.run(made(16), y)
    one, many = np.mean(x[LATE:, 0] ** 2), np.mean(y[LATE:].sum(axis=1) ** 2)
    assert 10.0 * math.log10(many / one) == pytest.approx(0.0, abs=0.3)  # bandwidth of the detectors, and chance


# -- times ------------------------------------------------------------------------------------------------------------


def curve_db(s: np.ndarray, x: np.ndarray, lane: int) -> np.ndarray:
    found = []
    for i in range(0, len(x), 48):
        automix.run(s, x[i : i + 48].copy())
        found.append(automix.gain_db(s, lane))
    return np.array(found)  # one a millisecond


def test_a_talker_after_silence_is_open_in_15_ms() -> None:
    x = steady([-200.0] * 8, 9600)
    x[:, 0] = 0.1
    opened = curve_db(made(8), x, 0)
    assert opened[0] < -1.0
    assert opened[15] > -0.1
    assert opened[100] > -0.01


def test_a_talker_takes_over_from_another_in_the_release() -> None:
    x = steady([-200.0, -200.0], 2 * LATE)
    x[:LATE, 0] = x[LATE:, 1] = 0.1
    closed = curve_db(made(2), x, 1)[1000:]
    # equal powers at first, then the first falls by e in 100 ms: 3 dB at once, 1 dB after 100 ln(1/0.259) = 135 ms
    assert int(np.argmax(closed > -3.1)) <= 30
    assert int(np.argmax(closed > -1.0)) == pytest.approx(
        135, abs=15
    )  # the average's 8 ms and the gain's 3 come on top


def test_a_tone_of_100_hz_barely_ripples() -> None:
    t = np.arange(LATE) / RATE_HZ
    x = np.stack([0.1 * np.sin(2 * np.pi * 100.0 * t), np.full(LATE, 0.1 / math.sqrt(2.0))], axis=1)
    late = curve_db(made(2), x, 0)[500:]
    assert np.ptp(late) < 0.1
    assert late.mean() == pytest.approx(-3.01, abs=0.15)  # the release holds the peaks of the ripple


# -- an oracle -------------------------------------------------------------------------------------------------------


def slow(x: np.ndarray, weights_db: np.ndarray, rate_hz: int) -> np.ndarray:
    """Frame by frame, by the definitions."""
    mean, release, smooth = (math.exp(-1000.0 / (ms * rate_hz)) for ms in (4.0, 100.0, 3.0))
    weight = 10.0 ** (weights_db / 10.0)
    gain = np.sqrt(weight / weight.sum())
    once, twice, level = np.zeros((3, x.shape[1]))
    y = np.zeros_like(x)
    for i, frame in enumerate(x):
        once = mean * once + (1.0 - mean) * frame**2
        twice = mean * twice + (1.0 - mean) * once
        level = np.maximum(twice, release * level)
        power = weight * (level + 1e-8)
        gain = smooth * gain + (1.0 - smooth) * np.sqrt(power / power.sum())
        y[i] = gain * frame
    return y


@pytest.mark.parametrize("lanes", [1, 5, 16, 21])
@pytest.mark.parametrize("rate_hz", [48_000, 96_000])
def test_it_is_its_definition(lanes: int, rate_hz: int) -> None:
    weights = np.linspace(-12.0, 12.0, lanes)
    x = noise(6000, lanes)
    y = x.copy()
    automix.run(made(lanes, rate_hz, tuple(weights)), y)
    # gains nearer than 1e-9 to where they go are there, on samples up to 1.5
    np.testing.assert_allclose(y, slow(x, weights, rate_hz), atol=1e-8)


# -- who takes part --------------------------------------------------------------------------------------------------


def test_lanes_that_take_no_part_keep_every_bit_and_count_nothing() -> None:
    x = noise(5000, 19)
    x[70, 3], x[80, 17] = np.nan, np.inf
    y = x.copy()
    s = made(19, off=(3, 7, 17))
    automix.run(s, y)
    assert y[:, [3, 7, 17]].tobytes() == x[:, [3, 7, 17]].tobytes()
    assert gains_db(s)[[3, 7, 17]].tolist() == [0.0] * 3
    others = [c for c in range(19) if c not in (3, 7, 17)]
    alone = x[:, others].copy()
    automix.run(made(16), alone)
    np.testing.assert_allclose(y[:, others], alone, atol=1e-12)  # the sum is in another order


def test_off_is_bit_exact_also_after_it_was_on() -> None:
    s = made(5)
    x = noise(9000, 5)
    y = x.copy()
    automix.run(s, y[:3000])
    for c in range(5):
        for row, goal in automix.aim(0, 1, 0.0, RATE_HZ).items():
            if row in automix.GLIDES:
                glide.start(s, row, c, goal, 960)
    s[glide.MOVING, 0] = 1.0
    automix.run(s, y[3000:])
    assert y[3960:].tobytes() == x[3960:].tobytes()
    assert s[: glide.ACTIVE + 1, 0].tolist() == [0.0, 0.0]
    assert not s[automix.MEMORY :].any()
    assert gains_db(s).tolist() == [0.0] * 5


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_cutting_the_block_changes_nothing_while_lanes_come_and_go(seed: int) -> None:
    lanes, frames = 21, 4000
    rng = np.random.default_rng(seed)
    outs, states = [], []
    for cuts in (set(), set(rng.integers(1, frames, 300).tolist())):
        s, y = made(lanes, off=(2, 20)), noise(frames, lanes)
        edges = sorted({0, 500, 900, 2000, frames, *cuts})
        for a, b in pairwise(edges):
            for lane, row, goal in {
                500: [(2, automix.WET, 1.0), (5, automix.WET, 0.0)],
                900: [(5, automix.WET, 1.0), (0, automix.WEIGHT, 4.0)],
                2000: [(20, automix.WET, 1.0), (1, automix.WEIGHT, 0.25)],
            }.get(a, []):
                glide.start(s, row, lane, goal, 700)
                s[glide.MOVING, 0] = 1.0
            automix.run(s, y[a:b])
        outs.append(y)
        states.append(s)
    assert outs[0].tobytes() == outs[1].tobytes()
    assert states[0][automix.MEMORY :].tobytes() == states[1][automix.MEMORY :].tobytes()


def test_a_resting_desk_has_the_same_bits_in_both_loops() -> None:
    cold, hot = made(21), made(21)
    a, b = noise(1000, 21), noise(1000, 21)
    automix.run(cold, a)
    for i in range(0, 1000, 32):
        hot[glide.MOVING, 0] = 1.0
        automix.run(hot, b[i : i + 32])
    assert a.tobytes() == b.tobytes()


def test_a_lane_that_joins_steps_nowhere() -> None:
    s, x = made(2, off=(1,)), steady([-20.0, -20.0], 6000)
    y = x.copy()
    automix.run(s, y[:3000])
    for c in (0, 1):
        glide.start(s, automix.WET, c, 1.0, 960)
    s[glide.MOVING, 0] = 1.0
    automix.run(s, y[3000:])
    gain = y / x
    # a cubic of 960 frames moves by at most 1.5/960 a frame; the level's start from the floor adds the gain's 3 ms
    assert np.abs(np.diff(gain, axis=0)).max() < 1.5 / 960 + 0.3 / 144
