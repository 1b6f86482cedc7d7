"""A chorus reads where its swing says it does, between frames as well as on them, and never clicks or runs away."""

import math
from itertools import pairwise

import numba
import numpy as np
import pytest
from test_laws import MATRIX, allocates

from dsp import chorus
from dsp.core.glide import ACTIVE, MOVING
from fx_parts import click, decibels, high_db, made, noise, post, sine, through

RATE_HZ = 48_000
REST = {"mix": 1.0, "swing_hz": 0.8, "depth": 0.3, "delay_ms": 8.0, "feedback": 0.0, "rate_hz": RATE_HZ}


def aim(**changes: float) -> dict[tuple[int, int], float]:
    return chorus.aim(**{**REST, **changes})


def heard(x: np.ndarray, **changes: float) -> np.ndarray:
    """What a new chorus makes of x."""
    return through(chorus, *made(chorus, aim(**changes), int(changes.get("rate_hz", RATE_HZ))), x)


def weights(f: float) -> np.ndarray:
    """Lagrange's for a place f of a frame behind the fourth of eight, by their definition."""
    return np.array([math.prod((f - i) / (j - i) for i in range(-3, 5) if i != j) for j in range(-3, 5)])


# -- closed forms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 192_000])
def test_without_depth_it_is_a_delay_to_the_frame_and_the_bit(rate_hz: int) -> None:
    late = round(0.03 * rate_hz)
    x = noise(late + 3000)
    y = heard(x, depth=0.0, delay_ms=1000.0 * late / rate_hz, rate_hz=rate_hz)
    np.testing.assert_allclose(y[late:], x[:3000], atol=1e-13)  # the time in ms rounds, by 1e-13 frames
    assert np.abs(y[:late]).max() < 1e-12


def test_a_whole_number_of_frames_is_read_to_the_bit() -> None:
    x = noise(3000)
    np.testing.assert_array_equal(heard(x, depth=0.0, delay_ms=8.0)[384:], x[:-384])


def test_between_frames_it_errs_by_what_it_says() -> None:
    """Every hundredth of a frame; the figures stand at the head of the unit."""
    nodes = np.arange(-3, 5)
    worst = {}
    for hz in (2000.0, 5000.0, 10_000.0, 20_000.0):
        angle = 2.0 * math.pi * hz / RATE_HZ
        h = np.array([weights(f) @ np.exp(1j * angle * (f - nodes)) for f in np.linspace(0.0, 1.0, 101)])
        assert np.abs(h).max() <= 1.0 + 1e-12  # nowhere louder, so that the feedback stays below unity
        worst[hz] = float(decibels(np.abs(h - 1.0).max()))
    assert worst[2000.0] < -152.0
    assert worst[5000.0] < -89.0
    assert worst[10_000.0] < -44.0
    impulse = heard(click(1000), depth=0.0, delay_ms=8.005)[:, 0]  # 384.24 frames
    np.testing.assert_allclose(impulse[381:389], weights(0.24), atol=1e-12)
    assert np.count_nonzero(impulse) == 8


def test_the_sides_swing_a_quarter_of_a_turn_apart() -> None:
    """A slow sine's phase is the delay: 8 ms and 2 ms of swing, sine on the left, cosine on the right."""
    hz, frames = 100.0, 4 * RATE_HZ
    x = np.repeat(np.sin(2 * np.pi * hz / RATE_HZ * np.arange(frames))[:, None], 2, axis=1)
    wanted_ms = 8.0 * 0.25  # narrower than a semitone at 0.5 Hz
    depth = wanted_ms / (0.9 * 8.0)
    y = heard(x, swing_hz=0.5, depth=depth)
    turn = 2.0 * np.pi * 0.5 / RATE_HZ * np.arange(frames)  # from the first frame that is no silence on: the second
    for side, swing in ((0, np.sin(turn)), (1, np.cos(turn))):
        late = 384.0 + wanted_ms * 48.0 * swing
        ideal = np.sin(2 * np.pi * hz / RATE_HZ * (np.arange(frames) - late))
        np.testing.assert_allclose(y[1000:, side], ideal[1000:], atol=1e-9)  # the interpolation at 100 Hz, and rounding


def test_the_feedback_is_a_comb() -> None:
    y = heard(click(4000), depth=0.0, delay_ms=8.0, feedback=0.9)[:, 0]
    at = np.flatnonzero(y)
    np.testing.assert_array_equal(at, 384 * np.arange(1, 11))
    np.testing.assert_allclose(y[at], 0.9 ** np.arange(10), rtol=1e-14)


@pytest.mark.parametrize("swing_hz", [0.05, 0.8, 3.0, 10.0])
@pytest.mark.parametrize("delay_ms", [1.0, 8.0, 30.0])
def test_no_setting_bends_the_pitch_by_more_than_a_semitone_or_reads_what_is_not_there(
    swing_hz: float, delay_ms: float
) -> None:
    for rate_hz in (44_100, 192_000):
        goals = aim(swing_hz=swing_hz, depth=1.0, delay_ms=delay_ms, rate_hz=rate_hz)
        late, swing = goals[chorus.KNOBS, chorus.DELAY], goals[chorus.KNOBS, chorus.SWING]
        assert swing * 2.0 * math.pi * swing_hz / rate_hz <= 2.0 ** (1.0 / 12.0) - 1.0 + 1e-12
        assert late - swing >= chorus.LEAST
        assert late + swing + chorus.TAPS <= len(chorus.line(rate_hz))


def test_a_swing_wider_than_its_delay_stops_at_the_youngest_frame_there_is() -> None:
    """The two glide, and need not arrive together."""
    s, line = made(chorus, aim())
    x = noise(3000)
    through(chorus, s, line, x[:1000])
    for knob, value in ((chorus.DELAY, 10.0), (chorus.SWING, 1000.0), (chorus.TURN, 0.0)):
        s[chorus.KNOBS, knob] = value
    s[chorus.PHASE, 0] = 0.75
    y = through(chorus, s, line, x[1000:], 1000)
    np.testing.assert_array_equal(y[:, 0], x[1000 - int(chorus.LEAST) : -int(chorus.LEAST), 0])


def test_mix_is_the_share_of_the_chorus_and_none_is_a_wire() -> None:
    x = noise(2000)
    wet = heard(x)
    np.testing.assert_allclose(heard(x, mix=0.5), 0.5 * x + 0.5 * wet, atol=1e-15)  # rounding
    assert heard(x, mix=0.0).tobytes() == x.tobytes()


# -- an oracle -------------------------------------------------------------------------------------------------------


def test_it_is_what_a_slow_loop_makes() -> None:
    x = noise(3000)
    goals = aim(swing_hz=5.0, depth=1.0, feedback=0.8)
    late, swing = goals[chorus.KNOBS, chorus.DELAY], goals[chorus.KNOBS, chorus.SWING]
    kept = np.zeros((len(x) + 1000, 2))  # a thousand frames of silence before
    y = np.zeros_like(x)
    for n in range(len(x)):
        for side in range(2):
            place = late + swing * math.sin(2.0 * math.pi * (5.0 / RATE_HZ * (n + 1) + 0.25 * side))
            whole = math.floor(place)
            ages = whole + np.arange(-3, 5)
            y[n, side] = weights(place - whole) @ kept[1000 + n - ages, side]
            kept[1000 + n, side] = x[n, side] + 0.8 * y[n, side]
    out = heard(x, swing_hz=5.0, depth=1.0, feedback=0.8)
    np.testing.assert_allclose(out, y, atol=1e-11)  # the phase is a sum of 3000 steps: 1e-13 of a turn


# -- laws ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("swing_hz", [0.05, 10.0])
def test_full_feedback_is_bounded(swing_hz: float) -> None:
    """A gain of 0.9 and a swing that squeezes by a semitone: noise rises by 1 / (1 - 0.9 * 1.06) at the very most."""
    y = heard(noise(20 * RATE_HZ, level=0.1), swing_hz=swing_hz, depth=1.0, feedback=0.9)
    assert np.abs(y).max() < np.abs(noise(20 * RATE_HZ, level=0.1)).max() / (1.0 - 0.9 * 2.0 ** (1.0 / 12.0))


def test_silence_long_after_a_sound_is_exact() -> None:
    s, line = made(chorus, aim(feedback=0.9, depth=1.0, mix=0.5))
    through(chorus, s, line, noise(4800))
    y = through(chorus, s, line, np.zeros((10 * RATE_HZ, 2)), 4800)
    assert not y[-4800:].any()
    assert not line.any()


def moved(block: int) -> np.ndarray:
    s, line = made(chorus, aim())
    x, parts = noise(40_000), []
    changes = {
        0: {},
        3000: {"delay_ms": 22.0, "feedback": 0.8},
        3300: {"delay_ms": 2.0, "depth": 1.0, "swing_hz": 4.0},
        30_000: {"mix": 0.0},
        35_000: {"mix": 0.6},
    }
    firsts = [*changes, len(x)]
    for first, last in pairwise(firsts):
        post(chorus, s, aim(**changes[first]))
        parts.append(through(chorus, s, line, x[first:last], first, range(block, last - first, block)))
    return np.concatenate(parts)


def test_cutting_the_block_changes_no_bit_while_everything_moves() -> None:
    whole = moved(40_000)
    for block in (1, 31, 64):
        assert moved(block).tobytes() == whole.tobytes()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300], ids=str)
def test_what_is_no_number_is_not_kept(bad: float) -> None:
    x = noise(3000)
    x[1000, 0] = 0.0
    clean = heard(x, feedback=0.5)
    x[1000, 0] = bad
    assert heard(x, feedback=0.5).tobytes() == clean.tobytes()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_sick_memory_heals_itself(bad: float) -> None:
    s, line = made(chorus, aim(feedback=0.5))
    through(chorus, s, line, noise(3000))
    line[2900 % len(line), 1] = bad
    s[chorus.PHASE, 0] = bad
    y = through(chorus, s, line, noise(6000), 3000)
    assert np.isfinite(y).all()
    assert np.isfinite(s).all()
    assert np.isfinite(line).all()  # it does not go round
    assert np.abs(y[-1000:]).max() > 0.1


def test_what_was_left_in_the_line_is_never_heard_again() -> None:
    s, line = made(chorus, aim())
    through(chorus, s, line, noise(10_000))
    post(chorus, s, aim(mix=0.0))
    through(chorus, s, line, np.zeros((24_100, 2)), 10_000)
    assert s[ACTIVE, 0] == s[MOVING, 0] == 0.0  # a resting unit costs nothing
    post(chorus, s, aim())
    assert not through(chorus, s, line, np.zeros((4000, 2)), 34_100).any()


def test_it_never_allocates() -> None:
    assert not allocates(chorus.pass_on, (MATRIX, MATRIX, MATRIX, numba.int64))


# -- clicks ----------------------------------------------------------------------------------------------------------

MOVES = {
    "delay up": ({}, {"delay_ms": 30.0}),
    "delay down": ({"delay_ms": 30.0, "depth": 1.0}, {"delay_ms": 1.0, "depth": 1.0}),
    "depth": ({"depth": 0.0}, {"depth": 1.0}),
    "rate": ({}, {"swing_hz": 10.0}),
    "feedback": ({}, {"feedback": 0.9}),
    "off": ({}, {"mix": 0.0}),
    "on": ({"mix": 0.0}, {"mix": 0.5}),
}


@pytest.mark.parametrize("name", MOVES)
def test_nothing_that_is_moved_clicks(name: str) -> None:
    """A sine of 1 kHz at 0 dBFS, a second before and a second after."""
    before, after = MOVES[name]
    s, line = made(chorus, aim(**before))
    x = sine(2 * RATE_HZ)
    y = [through(chorus, s, line, x[:RATE_HZ])]
    post(chorus, s, aim(**after))
    y.append(through(chorus, s, line, x[RATE_HZ:], RATE_HZ))
    assert high_db(np.concatenate(y), RATE_HZ // 2) < -80.0
    assert np.abs(y[1][-4800:] - y[0][-4800:]).max() > 0.01  # something did move
