"""Echoes come to the frame and to the bit, lose what they are told to, never click, and never run away."""

import math
from itertools import pairwise

import numba
import numpy as np
import pytest
from test_laws import MATRIX, allocates

from dsp import echoes
from dsp.core import passband
from dsp.core.glide import ACTIVE, MOVING
from fx_parts import click, decibels, high_db, made, noise, post, sine, through

RATE_HZ = 48_000
REST = {
    "mix": 1.0,
    "time_l_ms": 10.0,
    "time_r_ms": 7.0,
    "feedback": 0.5,
    "cross": 0.0,
    "low_cut_hz": 20.0,
    "high_cut_hz": 20_000.0,
    "rate_hz": RATE_HZ,
}


def aim(**changes: float) -> dict[tuple[int, int], float]:
    return echoes.aim(**{**REST, **changes})


def heard(x: np.ndarray, **changes: float) -> np.ndarray:
    """What new echoes make of x."""
    return through(echoes, *made(echoes, aim(**changes), int(changes.get("rate_hz", RATE_HZ))), x)


# -- closed forms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 192_000])
@pytest.mark.parametrize("time_ms", [1.0, 333.33, 2000.0])
def test_the_first_echo_is_the_sound_itself_to_the_frame_and_the_bit(rate_hz: int, time_ms: float) -> None:
    late = round(time_ms * rate_hz / 1000)
    x = noise(late + 500)
    y = heard(x, time_l_ms=time_ms, time_r_ms=time_ms, feedback=0.0, rate_hz=rate_hz)
    np.testing.assert_array_equal(y[late:], x[:500])
    assert not y[:late].any()


@pytest.mark.parametrize("feedback", [0.1, 0.5, 0.9, 1.0])
def test_every_echo_is_the_feedback_weaker(feedback: float) -> None:
    y = heard(click(10_000), feedback=feedback)
    for side, late in ((0, 480), (1, 336)):
        at = np.flatnonzero(y[:, side])
        np.testing.assert_array_equal(at, late * np.arange(1, len(at) + 1))
        wanted = 20.0 * math.log10(feedback) * np.arange(len(at))
        np.testing.assert_allclose(decibels(y[at, side]), wanted, atol=0.01)  # the bar; rounding leaves 1e-13


def test_crossed_echoes_change_sides() -> None:
    y = heard(click(4000, 1.0, 0.0), cross=1.0, feedback=0.5)
    at = [480, 480 + 336, 960 + 336, 960 + 672]
    for n, frame in enumerate(at):
        assert y[frame, n % 2] == 0.5**n
        assert y[frame, 1 - n % 2] == 0.0


def test_half_crossed_echoes_come_back_on_both_sides() -> None:
    y = heard(click(2000, 1.0, 0.0), cross=0.25, feedback=0.8)
    assert y[960, 0] == pytest.approx(0.8 * 0.75, rel=1e-15)
    assert y[480 + 336, 1] == pytest.approx(0.8 * 0.25, rel=1e-15)


@pytest.mark.parametrize(("low_hz", "high_hz"), [(300.0, 20_000.0), (20.0, 3000.0), (300.0, 3000.0)])
def test_what_comes_back_is_cut_once_a_turn(low_hz: float, high_hz: float) -> None:
    """Butterworth of second order in the bilinear plane: -3.01 dB at the corner whatever the rate."""
    y = heard(click(8000), time_l_ms=40.0, feedback=0.7, low_cut_hz=low_hz, high_cut_hz=high_hz)[:, 0]
    first, second, third = (np.fft.rfft(y[1920 * n : 1920 * (n + 1)], 48_000) for n in (1, 2, 3))
    hz = np.arange(1, 20_000)
    wide = np.tan(np.pi * hz / RATE_HZ)
    wanted = 20.0 * math.log10(0.7) * np.ones(len(hz))
    if low_hz > 20.0:
        wanted -= 10.0 * np.log10(1.0 + (math.tan(math.pi * low_hz / RATE_HZ) / wide) ** 4)
    if high_hz < 20_000.0:
        wanted -= 10.0 * np.log10(1.0 + (wide / math.tan(math.pi * high_hz / RATE_HZ)) ** 4)
    loud = wanted > -40.0
    # 40 ms end the response at -100 dB and below of the 300 Hz cut
    np.testing.assert_allclose(decibels(second / first)[hz][loud], wanted[loud], atol=0.01)
    np.testing.assert_allclose(decibels(third / first)[hz][loud], 2.0 * wanted[loud], atol=0.02)


def test_a_cut_at_the_end_of_its_range_is_a_wire() -> None:
    assert passband.aim(20.0, 20_000.0, 48_000.0)[1::2] == (0.0, 0.0)
    assert passband.aim(20.1, 19_999.0, 48_000.0)[1::2] == (1.0, 1.0)


def test_mix_is_the_share_of_the_echoes_and_none_is_a_wire() -> None:
    x = noise(2000)
    wet = heard(x)
    np.testing.assert_allclose(heard(x, mix=0.25), 0.75 * x + 0.25 * wet, atol=1e-15)  # rounding
    assert heard(x, mix=0.0).tobytes() == x.tobytes()


def test_what_is_fed_back_is_a_wire_up_to_0_dbfs_and_bends_without_a_corner() -> None:
    x = np.linspace(-1.0, 1.0, 2001)
    assert [echoes.bent(value) for value in x] == list(x)
    assert echoes.bent(1e300) <= 2.0
    assert echoes.bent(-1e300) >= -2.0
    step = 1e-6
    assert (echoes.bent(1.0 + step) - 1.0) / step == pytest.approx(1.0, abs=2 * step)  # slope 1 - step at the corner
    beyond = np.array([echoes.bent(value) for value in np.linspace(1.0, 50.0, 5000)])
    assert (np.diff(beyond) > 0.0).all()


def test_a_time_of_the_tempo() -> None:
    assert echoes.time_ms(120.0, "1/4") == 500.0
    wanted = {"1/16": 125, "1/16t": 250 / 3, "1/8": 250, "1/8t": 500 / 3, "1/8d": 375, "1/4t": 1000 / 3}
    wanted |= {"1/4d": 750, "1/2": 1000, "1/1": 2000}
    for division, ms in wanted.items():
        assert echoes.time_ms(120.0, division) == pytest.approx(ms, rel=1e-12)
    assert set(echoes.DIVISIONS) == {*wanted, "1/4"}
    assert echoes.time_ms(20.0, "1/1") == 1500.0  # twelve seconds, halved until the line holds them
    assert all(1.0 <= echoes.time_ms(bpm, d) <= 2000.0 for bpm in (20.0, 77.7, 300.0) for d in echoes.DIVISIONS)


# -- an oracle -------------------------------------------------------------------------------------------------------


def test_it_is_what_a_slow_loop_makes() -> None:
    x = noise(6000, level=0.6)
    y = np.zeros_like(x)
    kept = np.zeros_like(x)
    for n in range(len(x)):
        y[n] = [kept[n - late, side] if n >= late else 0.0 for side, late in enumerate((480, 336))]
        back = 0.95 * (0.7 * y[n] + 0.3 * y[n, ::-1])
        over = np.abs(back) > 1.0
        back[over] = np.sign(back[over]) * (2.0 - 1.0 / np.abs(back[over]))
        kept[n] = x[n] + back
    assert np.abs(kept).max() > 2.0  # the bend took part
    np.testing.assert_allclose(heard(x, cross=0.3, feedback=0.95), y, atol=1e-12)  # 18 turns of rounding


# -- laws ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cross", [0.0, 0.5, 1.0])
def test_more_than_unity_is_bounded_and_still_sounds(cross: float) -> None:
    x = noise(20 * RATE_HZ, level=0.3)
    x[RATE_HZ:] = 0.0
    y = heard(x, feedback=1.1, cross=cross, low_cut_hz=80.0, high_cut_hz=8000.0)
    assert np.abs(y).max() <= 2.0 + np.abs(x).max()  # what is fed back is below 2
    assert np.abs(y[-RATE_HZ:]).max() > 0.1


def test_silence_long_after_a_sound_is_exact() -> None:
    s, line = made(echoes, aim(feedback=0.9, low_cut_hz=100.0, high_cut_hz=5000.0, mix=0.5))
    through(echoes, s, line, noise(4800))
    y = through(echoes, s, line, np.zeros((10 * RATE_HZ, 2)), 4800)
    assert not y[-4800:].any()
    assert not s[echoes.MEMORY :].any()


def moved(block: int) -> np.ndarray:
    s, line = made(echoes, aim())
    x, parts = noise(12_000), []
    changes = {
        0: {},
        3000: {"time_l_ms": 22.0, "feedback": 0.9},
        3300: {"time_l_ms": 2.0, "cross": 0.7, "low_cut_hz": 200.0},
        6000: {"mix": 0.0},
        9000: {"mix": 0.6, "high_cut_hz": 3000.0},
    }
    firsts = [*changes, len(x)]
    for first, last in pairwise(firsts):
        post(echoes, s, aim(**changes[first]))
        parts.append(through(echoes, s, line, x[first:last], first, range(block, last - first, block)))
    return np.concatenate(parts)


def test_cutting_the_block_changes_no_bit_while_everything_moves() -> None:
    whole = moved(12_000)
    for block in (1, 31, 64):
        assert moved(block).tobytes() == whole.tobytes()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300], ids=str)
def test_what_is_no_number_is_not_kept(bad: float) -> None:
    x = noise(3000)
    x[1000, 0] = 0.0
    clean = heard(x)
    x[1000, 0] = bad
    assert heard(x).tobytes() == clean.tobytes()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_sick_memory_heals_itself(bad: float) -> None:
    s, line = made(echoes, aim(low_cut_hz=100.0))
    through(echoes, s, line, noise(3000))
    line[2900, 1] = bad
    s[echoes.MEMORY, 0] = bad
    y = through(echoes, s, line, noise(6000), 3000)
    assert np.isfinite(y).all()
    assert np.isfinite(s).all()
    assert np.abs(y[-1000:]).max() > 0.1


def test_what_was_left_in_the_line_is_never_heard_again() -> None:
    s, line = made(echoes, aim(time_l_ms=500.0))
    through(echoes, s, line, noise(10_000))
    post(echoes, s, aim(mix=0.0))
    through(echoes, s, line, np.zeros((2000, 2)), 10_000)
    assert s[ACTIVE, 0] == s[MOVING, 0] == 0.0  # a resting unit costs nothing
    post(echoes, s, aim(time_l_ms=500.0))
    assert not through(echoes, s, line, np.zeros((48_000, 2)), 12_000).any()


def test_it_never_allocates() -> None:
    assert not allocates(echoes.pass_on, (MATRIX, MATRIX, MATRIX, numba.int64))


# -- clicks ----------------------------------------------------------------------------------------------------------

MOVES = {
    "time": ({}, {"time_l_ms": 13.3, "time_r_ms": 250.0}),
    "time, crossed": ({"cross": 1.0, "feedback": 0.7}, {"time_l_ms": 13.3, "time_r_ms": 250.0}),
    "feedback": ({"feedback": 0.0}, {"feedback": 0.45}),
    "cross": ({}, {"cross": 1.0}),
    "low cut": ({}, {"low_cut_hz": 1000.0}),
    "high cut": ({}, {"high_cut_hz": 1000.0}),
    "off": ({}, {"mix": 0.0}),
    "on": ({"mix": 0.0}, {"time_l_ms": 300.0}),
}


@pytest.mark.parametrize("name", MOVES)
def test_nothing_that_is_moved_clicks(name: str) -> None:
    """A sine of 1 kHz at 0 dBFS, -6 dBFS in the loop, so that nothing bends; a second before, a second after."""
    before, after = MOVES[name]
    s, line = made(echoes, aim(**before))
    x = sine(2 * RATE_HZ) * 0.5
    y = [through(echoes, s, line, x[:RATE_HZ])]
    post(echoes, s, aim(**after))
    y.append(through(echoes, s, line, x[RATE_HZ:], RATE_HZ))
    assert high_db(np.concatenate(y) * 2.0, RATE_HZ // 2) < -80.0
    assert np.abs(y[1][-4800:] - y[0][-4800:]).max() > 0.01  # something did move


def test_a_ridden_tempo_does_not_click() -> None:
    s, line = made(echoes, aim(time_l_ms=500.0, time_r_ms=375.0))
    x, y = sine(4 * RATE_HZ) * 0.5, []
    for k in range(100):
        bpm = 120.0 + 0.4 * k if k >= 40 else 120.0
        goals = aim(time_l_ms=echoes.time_ms(bpm, "1/4"), time_r_ms=echoes.time_ms(bpm, "1/8d"))
        post(echoes, s, goals)
        y.append(through(echoes, s, line, x[1920 * k : 1920 * (k + 1)], 1920 * k))
    assert high_db(np.concatenate(y) * 2.0, int(1.2 * RATE_HZ)) < -80.0
