"""A delay is exact to the frame, moves without a click, and never plays what an earlier one left behind."""

import itertools

import numpy as np
import pytest
from scipy import signal

from dsp import delay
from dsp.core.glide import MOVING

RATE_HZ = 48_000


def ask(s: np.ndarray, lane: int, late_frames: float) -> None:
    s[delay.NEXT, lane], s[delay.ASK, lane], s[MOVING, 0] = late_frames, 2.0, 1.0


def through(s: np.ndarray, line: np.ndarray, x: np.ndarray, first: int = 0, cuts: tuple[int, ...] = ()) -> np.ndarray:
    u = x.copy()
    for start, end in itertools.pairwise((0, *cuts, len(u))):
        delay.pass_on(s, line, u[start:end], first + start)
    return u


def noise(frames: int, lanes: int = 3, seed: int = 5) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1.0, 1.0, (frames, lanes))


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 192_000])
@pytest.mark.parametrize("time_ms", [0.02, 5.0, 333.33, 500.0])
def test_what_comes_out_is_what_went_in_to_the_frame_and_the_bit(rate_hz: int, time_ms: float) -> None:
    s, line = delay.state(3), delay.line(3, rate_hz)
    late = delay.aim(1, time_ms, rate_hz)
    assert late == round(time_ms * rate_hz / 1000)
    ask(s, 1, late)
    x = noise(int(late) + 5000)
    y = through(s, line, x)
    settled = int(late) + 2000  # the line's ramp of 960 frames, and the crossfade
    np.testing.assert_array_equal(y[settled:, 1], x[settled - int(late) : len(x) - int(late), 1])
    np.testing.assert_array_equal(y[:, 0], x[:, 0])  # the neighbours are wires
    np.testing.assert_array_equal(y[:, 2], x[:, 2])


def test_off_is_no_frame_late() -> None:
    assert delay.aim(0, 250.0, 48_000) == 0.0


def test_cutting_the_block_changes_no_bit() -> None:
    x = noise(9000)
    made = []
    for cuts in ((), tuple(range(1, 9000, 7)), tuple(range(64, 9000, 64))):
        s, line = delay.state(3), delay.line(3, RATE_HZ)
        parts = []
        for first, change in ((0, (0, 480.0)), (3000, (0, 12.0)), (3100, (2, 77.0)), (6000, (0, 0.0))):
            last = {0: 3000, 3000: 3100, 3100: 6000, 6000: 9000}[first]
            ask(s, *change)
            parts.append(through(s, line, x[first:last], first, tuple(c - first for c in cuts if first < c < last)))
        made.append(np.concatenate(parts))
    np.testing.assert_array_equal(made[1], made[0])
    np.testing.assert_array_equal(made[2], made[0])


def test_moving_on_and_off_leaves_nothing_above_4_khz() -> None:
    """A 1 kHz sine at 0 dBFS; the crossfade of 20 ms and the line's own ramp measure -100 dBFS and below."""
    x = np.sin(2 * np.pi * 1000.0 * np.arange(6 * 9600) / RATE_HZ)[:, None]
    s, line, parts = delay.state(1), delay.line(1, RATE_HZ), []
    for k, late in enumerate((480.0, 12.0, 4000.0, 4024.0, 0.0, 24.0)):
        ask(s, 0, late)
        parts.append(through(s, line, x[k * 9600 : (k + 1) * 9600], k * 9600))
    high = signal.butter(12, 4000.0, "high", fs=RATE_HZ, output="sos")
    assert 20 * np.log10(np.abs(signal.sosfilt(high, np.concatenate(parts)[:, 0])[4800:]).max()) < -80.0


def test_a_delay_that_was_off_never_plays_what_was_there_before() -> None:
    s, line = delay.state(1), delay.line(1, RATE_HZ)
    ask(s, 0, 4800.0)
    through(s, line, np.ones((9600, 1)))
    ask(s, 0, 0.0)
    through(s, line, np.zeros((4800, 1)), 9600)
    assert s[delay.ACTIVE, 0] == 0.0  # a resting bank costs nothing
    ask(s, 0, 4800.0)
    assert not through(s, line, np.zeros((9600, 1)), 14_400).any()


def test_a_new_time_during_a_crossfade_is_taken_after_it() -> None:
    s, line, x = delay.state(1), delay.line(1, RATE_HZ), noise(9000, 1)
    ask(s, 0, 100.0)
    y = [through(s, line, x[:300])]
    ask(s, 0, 200.0)
    y.append(through(s, line, x[300:600], 300))
    ask(s, 0, 300.0)  # overtakes the 200
    y.append(through(s, line, x[600:], 600))
    np.testing.assert_array_equal(np.concatenate(y)[6000:], x[5700:8700])
    assert s[delay.AT, 0] == 300.0


def test_what_is_no_number_is_not_kept() -> None:
    s, line, x = delay.state(2), delay.line(2, RATE_HZ), noise(9000, 2)
    ask(s, 0, 100.0)
    through(s, line, x[:3000])
    x[4000, 0] = np.nan
    y = through(s, line, x[3000:], 3000)
    assert np.isfinite(np.delete(y, 1000, axis=0)).all()
    assert y[1100, 0] == 0.0


@pytest.mark.parametrize("lanes", [1, 8, 11])
def test_it_is_what_a_slow_line_makes(lanes: int) -> None:
    """Lane by lane and frame by frame, over the end of the line, in blocks that are no multiple of a square."""
    chance, every, fade = np.random.default_rng(lanes), np.arange(lanes), 100
    s, line, late = delay.state(lanes, fade), delay.line(lanes, RATE_HZ), np.zeros(lanes, int)
    x = noise(9000, lanes, lanes)
    ramp = np.minimum((np.arange(len(x)) + 1) / fade, 1.0)[:, None]
    kept = x * ramp * ramp * (3.0 - 2.0 * ramp)

    def back(frame: int, frames: np.ndarray) -> np.ndarray:
        """What each lane hears so many frames late."""
        heard = np.where(frame >= frames, kept[np.maximum(frame - frames, 0), every], 0.0)
        return np.where(frames == 0, x[frame], heard)

    made, wanted, at = [], [], 0
    while at < len(x):
        to = np.where(chance.random(lanes) < 0.5, late, chance.integers(0, chance.choice((9, 99, 5000)), lanes))
        to[0] = max(to[0], 1)  # a bank of wires forgets
        for lane in range(lanes):
            ask(s, lane, to[lane])
        end = min(at + int(chance.integers(200, 900)), len(x))
        cuts = np.cumsum(chance.integers(1, 70, 1000))
        made.append(through(s, line, x[at:end], 7 * line.shape[1] - 4000 + at, tuple(cuts[cuts < end - at])))
        for frame in range(at, end):
            n = min(frame - at + 1, fade) / fade
            y, z = back(frame, late), back(frame, to)
            wanted.append(y + n * n * (3.0 - 2.0 * n) * (z - y))
        late, at = to, end
    np.testing.assert_allclose(np.concatenate(made), wanted, rtol=0, atol=1e-12)  # a glide's sums round, these do not
