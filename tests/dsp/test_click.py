"""The metronome's beats fall on their frames, in any tempo, for hours, and a new tempo neither doubles nor drops one.

It hears nothing, so that the laws by discovery (silence in, neighbours) do not apply; those that do stand here.
"""

import math
from itertools import pairwise

import numba
import numpy as np
import pytest
from test_laws import MATRIX, allocates

from dsp import click
from dsp.core import glide

RATE_HZ = 48_000
HOURS_10 = 36_000
FOLDED = -120.0  # dB


def made(bpm: float = 120.0, rate_hz: int = RATE_HZ, on: int = 1, anchor: float = click.HERE) -> np.ndarray:
    s = click.state(rate_hz)
    click.settle(s, click.aim(on, 0.5, 2.0, bpm, rate_hz))
    s[click.ANCHOR] = anchor
    return s


def heard(s: np.ndarray, frames: int, now: int = 0) -> np.ndarray:
    u = np.full((frames, 1), np.nan)
    click.run(s, u, now)
    return u[:, 0]


def beats(y: np.ndarray, now: int = 0) -> list[int]:
    """The absolute frames of the beats: a tone begins with a zero, so one before the first that sounds."""
    sounds = np.flatnonzero(y)
    first = sounds[np.diff(sounds, prepend=-(10**6)) > 1000]
    return [int(at) - 1 + now for at in first]


def half_up(x: float) -> int:
    return math.floor(x + 0.5)


# -- closed forms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("bpm", [20.0, 120.0, 137.3, 300.0])
def test_beats_fall_on_their_frames_from_where_it_was_switched_on(bpm: float, rate_hz: int) -> None:
    now = 12_345
    y = heard(made(bpm, rate_hz), 10 * rate_hz, now)
    wanted = [now + half_up(k * 60 * rate_hz / bpm) for k in range(60)]
    assert beats(y, now) == [at for at in wanted if at + 1 < now + 10 * rate_hz]


@pytest.mark.parametrize("bpm", [33.3, 120.0, 299.0])
def test_ten_hours_later_a_count_from_an_anchor_has_not_drifted(bpm: float) -> None:
    now = HOURS_10 * RATE_HZ
    y = heard(made(bpm, anchor=1000.0), 10 * RATE_HZ, now)
    wanted = [1000 + half_up(k * 60 * RATE_HZ / bpm) for k in range(int(HOURS_10 * bpm / 60) + 60)]
    assert beats(y, now) == [at for at in wanted if now <= at < now + 10 * RATE_HZ - 1]


def test_ten_hours_of_counting_are_where_the_anchor_puts_them() -> None:
    """Run through, in silence but for the last second, at 8 kHz; the beat that follows is the counted one."""
    rate_hz, bpm = 8000, 137.3
    s, u = made(bpm, rate_hz), np.zeros((rate_hz * 60, 1))
    for minute in range(HOURS_10 // 60):
        click.run(s, u, minute * len(u))
    k = int(s[click.BEAT, 0])
    assert k == math.ceil(HOURS_10 * bpm / 60)
    assert click.due(s) == half_up(k * 60 * rate_hz / bpm)


def test_an_anchor_to_come_or_gone_counts_the_same_beats() -> None:
    for anchor in (-100_000.0, 24_000.0, 100_001.0):
        y = heard(made(120.0, anchor=anchor), 200_000)
        assert beats(y) == [at for at in range(int(anchor) % 24_000, 199_999, 24_000)]


@pytest.mark.parametrize("rate_hz", [44_100, 48_000, 192_000])
def test_a_tone_is_its_formula_and_ends(rate_hz: int) -> None:
    y = heard(made(rate_hz=rate_hz), rate_hz)
    for beat, hz, level in ((0, 1500.0, 1.0), (1, 1000.0, 0.5)):
        t = np.arange(round(0.0281 * rate_hz)) / rate_hz
        wanted = level * (t / 0.003) ** 3 * np.exp(3.0 - t / 0.001) * np.sin(2 * np.pi * hz * t)
        wanted[t >= 0.028] = 0.0
        at = beat * rate_hz // 2
        np.testing.assert_allclose(y[at : at + len(t)], wanted, atol=1e-12)
    assert np.abs(y).max() <= 1.0  # level times accent


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_nothing_of_a_tone_is_there_to_fold(rate_hz: int) -> None:
    spectrum = 20.0 * np.log10(np.abs(np.fft.rfft(heard(made(rate_hz=rate_hz), rate_hz // 4))) + 1e-30)
    hz = np.fft.rfftfreq(rate_hz // 4, 1.0 / rate_hz)
    assert spectrum[hz > 20_000.0].max() - spectrum.max() < FOLDED


def test_every_fourth_beat_is_the_accent_also_before_the_anchor() -> None:
    y = heard(made(300.0, anchor=5 * 9600.0), 12 * 9600)
    peaks = [float(np.abs(y[at : at + 1344]).max()) for at in range(0, len(y), 9600)]
    assert [peak > 0.6 for peak in peaks] == [(k - 5) % 4 == 0 for k in range(12)]


# -- tempo ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_a_new_tempo_keeps_the_part_of_the_beat_and_neither_doubles_nor_drops_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    s, now, bpm = made(120.0), 0, 120.0
    parts, position = [], 0.0
    wanted = [0.0]  # beat k, by integrating the tempo
    slowest, fastest = bpm, bpm
    for _ in range(60):
        frames = int(rng.integers(1, 30_000))
        parts.append(heard(s, frames, now))
        after = position + frames * bpm / 60.0 / RATE_HZ
        while len(wanted) <= after:
            wanted.append(now + (len(wanted) - position) * 60.0 * RATE_HZ / bpm)
        now, position = now + frames, after
        bpm = float(rng.uniform(60.0, 300.0))
        s[click.NEXT] = click.aim(1, 0.5, 2.0, bpm, RATE_HZ)[click.NEXT]
        slowest, fastest = min(slowest, bpm), max(fastest, bpm)
    found = beats(np.concatenate(parts))
    assert len(found) in (len(wanted), len(wanted) - 1)  # the last may have had no frame to sound in
    # half a frame of rounding, and another where a tempo changed between a beat and its rounded frame
    assert np.abs(np.array(found) - wanted[: len(found)]).max() <= 1.0
    gaps = np.diff(found)
    assert gaps.max() <= 60.0 * RATE_HZ / slowest + 2
    assert gaps.min() >= 60.0 * RATE_HZ / fastest - 2


def test_a_new_anchor_amid_a_tone_is_no_second_tone() -> None:
    s = made(120.0)
    first = heard(s, 500)
    s[click.ANCHOR] = 600.0
    y = np.concatenate([first, heard(s, 30_000, 500)])
    np.testing.assert_array_equal(y[:1344], heard(made(120.0), 1344))
    assert beats(y) == [0, 24_600]


# -- laws -------------------------------------------------------------------------------------------------------------


def played(cuts: set[int]) -> tuple[np.ndarray, np.ndarray]:
    """Through on, tempo, level, anchor and off."""
    s = made(137.3, on=0)
    story = {
        1000: {click.ON: 1.0},
        30_000: {click.NEXT: 9600.0},
        52_000: {click.NEXT: 31_234.5},
        70_000: {click.ANCHOR: 70_123.0},
        95_000: {click.ON: 0.0},
        97_000: {click.ON: 1.0, click.ANCHOR: click.HERE},
    }
    parts = []
    for start, end in pairwise(sorted({0, 120_000, *cuts, *story})):
        for row, value in story.get(start, {}).items():
            s[row] = value
        if start == 30_000:
            glide.start(s, click.LEVEL, 0, 0.1, 5000)
            glide.start(s, click.ACCENT, 0, 0.5, 40_000)
            s[glide.MOVING, 0] = 1.0
        parts.append(heard(s, end - start, start))
    return np.concatenate(parts), s


@pytest.mark.parametrize("seed", [1, 2])
def test_cutting_the_block_changes_nothing(seed: int) -> None:
    (one, s), (other, t) = played(set()), played(set(np.random.default_rng(seed).integers(1, 120_000, 3000).tolist()))
    assert one.tobytes() == other.tobytes()
    assert s[click.MEMORY :].tobytes() == t[click.MEMORY :].tobytes()
    assert not one[:1001].any()
    assert not one[94_000:97_001].any()
    assert one[97_000:98_000].any()


def test_switched_off_amid_a_tone_it_lets_it_end() -> None:
    s = made()
    y = [heard(s, 300)]
    s[click.ON] = 0.0
    y.append(heard(s, 30_000, 300))
    np.testing.assert_array_equal(np.concatenate(y)[:1344], heard(made(), 1344))
    assert beats(np.concatenate(y)) == [0]
    assert s[: glide.ACTIVE + 1, 0].tolist() == [0.0, 0.0]


def test_an_empty_memory_begins_the_count_anew() -> None:
    s = made()
    heard(s, 10_000)
    s[click.MEMORY :] = 0.0
    assert heard(s, 50_000, 10_000).tobytes() == heard(made(), 50_000, 10_000).tobytes()


def test_it_never_allocates() -> None:
    assert not allocates(click.run, (MATRIX, MATRIX, numba.int64))
