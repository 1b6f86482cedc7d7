"""The compressor keeps to its curve, its times, its place in the strip and its lanes."""

import math
from itertools import pairwise

import numpy as np
import pytest

from dsp import comp
from dsp.core import glide

RATE = 48000.0
STATIC_DB = 0.05  # the promise; the RMS detector's ripple on 1 kHz is 0.005 dB, the rest is arithmetic
TIME = 0.05  # the promise, a twentieth of the time set; one frame is at most 2 % of the times below

REST = {
    "on": 1,
    "position": "pre_eq",
    "threshold_db": -20.0,
    "ratio": 3.0,
    "knee_db": 6.0,
    "attack_ms": 1.0,
    "hold_ms": 5.0,
    "release_ms": 500.0,
    "makeup_db": 0.0,
    "mix": 1.0,
    "detector": "peak",
    "linked": 0,
    "rate_hz": RATE,
}


def made(*lanes: dict) -> np.ndarray:
    s = comp.state(len(lanes))
    for c, changes in enumerate(lanes):
        comp.settle(s, c, comp.aim(**{**REST, **changes}))
    return s


def sine(level_db: float, seconds: float, rate_hz: float = RATE) -> np.ndarray:
    t = np.arange(int(seconds * rate_hz)) / rate_hz
    return 10 ** (level_db / 20) * np.sin(2 * np.pi * 1000.0 * t)[:, None]


def curve_db(level_db: float, threshold_db: float, ratio: float, knee_db: float) -> float:
    """Output level, Giannoulis, Massberg and Reiss 2012, eq. 4, in its own three cases."""
    over = level_db - threshold_db
    if 2 * over < -knee_db or over <= 0 == knee_db:
        return level_db
    if 2 * abs(over) <= knee_db:
        return level_db + (1 / ratio - 1) * (over + knee_db / 2) ** 2 / (2 * knee_db)
    return threshold_db + over / ratio


def change_db(x: np.ndarray, out: np.ndarray) -> float:
    tail = len(x) // 4
    return 10 * math.log10(float(np.sum(out[-tail:] ** 2) / np.sum(x[-tail:] ** 2)))


@pytest.mark.parametrize("rate_hz", [44100.0, 48000.0, 96000.0])
@pytest.mark.parametrize("detector", ["peak", "rms"])
@pytest.mark.parametrize(("ratio", "knee_db"), [(3.0, 6.0), (3.0, 0.0), (20.0, 24.0), (100.0, 0.0), (1.0, 6.0)])
def test_a_sine_lands_on_the_curve(rate_hz: float, detector: str, ratio: float, knee_db: float) -> None:
    for level_db in (-40.0, -24.0, -21.0, -20.0, -18.0, -10.0, 0.0):
        x = sine(level_db, 0.4, rate_hz)
        s = made({"detector": detector, "ratio": ratio, "knee_db": knee_db, "rate_hz": rate_hz})
        out = x.copy()
        comp.run(s, out)
        want = curve_db(level_db, -20.0, ratio, knee_db) - level_db
        assert change_db(x, out) == pytest.approx(want, abs=STATIC_DB)


@pytest.mark.parametrize("detector", ["peak", "rms"])
@pytest.mark.parametrize("knee_db", [0.0, 9.0])
def test_a_steady_level_lands_on_the_curve(detector: str, knee_db: float) -> None:
    for level_db in np.linspace(-50.0, -4.0, 24):
        x = np.full((20000, 1), 10 ** (level_db / 20))
        out = x.copy()
        comp.run(made({"detector": detector, "knee_db": knee_db}), out)
        reads_db = level_db + (3.0103 if detector == "rms" else 0.0)  # a constant has no crest
        want = curve_db(reads_db, -20.0, 3.0, knee_db) - reads_db
        assert 20 * math.log10(out[-1, 0] / x[-1, 0]) == pytest.approx(want, abs=STATIC_DB)


@pytest.mark.parametrize("detector", ["peak", "rms"])
def test_a_full_scale_sine_reads_zero_decibels(detector: str) -> None:
    s = made({"detector": detector, "threshold_db": -40.0, "ratio": 2.0, "knee_db": 0.0})
    comp.run(s, sine(0.0, 0.4))
    assert comp.reduction_db(s, 0) == pytest.approx(20.0, abs=STATIC_DB)


@pytest.mark.parametrize("detector", ["peak", "rms"])
def test_below_the_knee_nothing_changes_at_all(detector: str) -> None:
    x = sine(-23.1, 0.3)  # 0.1 dB under the knee's lower end, more than the RMS ripple
    out = x.copy()
    s = made({"detector": detector})
    comp.run(s, out)
    assert comp.reduction_db(s, 0) == 0.0
    assert out.tobytes() == x.tobytes()


def test_makeup_and_mix_are_what_they_say() -> None:
    x = sine(-60.0, 0.01)
    out = np.repeat(x, 3, axis=1)
    comp.run(made({"makeup_db": 6.0}, {"makeup_db": 6.0, "mix": 0.5}, {"makeup_db": 24.0, "mix": 0.0}), out)
    # 1e-6 is the relative error of exp2 allowed in dsp/core/decibel.py (1e-5 dB)
    np.testing.assert_allclose(out[:, 0], x[:, 0] * 10 ** (6 / 20), rtol=1.2e-6)
    np.testing.assert_allclose(out[:, 1], x[:, 0] * (0.5 + 0.5 * 10 ** (6 / 20)), rtol=1.2e-6)
    assert out[:, 2].tobytes() == x[:, 0].tobytes()


@pytest.mark.parametrize(
    ("attack_ms", "hold_ms", "release_ms"), [(1.0, 0.0, 20.0), (10.0, 30.0, 150.0), (50.0, 200.0, 5.0)]
)
def test_attack_hold_and_release_take_their_times(attack_ms: float, hold_ms: float, release_ms: float) -> None:
    loud, quiet = int(0.6 * RATE), int(1.2 * RATE)
    s = made({"attack_ms": attack_ms, "hold_ms": hold_ms, "release_ms": release_ms, "knee_db": 0.0})
    u = np.concatenate([np.full((loud, 1), 0.5), np.full((quiet, 1), 0.01)])
    x = u.copy()
    comp.run(s, u)
    down_db = -20 * np.log10(u[:, 0] / x[:, 0])
    full_db = down_db[loud - 1]
    attack = np.argmax(down_db >= (1 - math.exp(-1)) * full_db) + 1
    assert attack == pytest.approx(attack_ms * RATE / 1000, rel=TIME)
    fall = down_db[loud:]
    hold = np.argmax(fall < full_db - 1e-9)  # 1e-9: what ballistics counts as arrived
    assert hold == pytest.approx(hold_ms * RATE / 1000, rel=TIME, abs=1)
    release = np.argmax(fall <= math.exp(-1) * full_db) + 1 - hold
    assert release == pytest.approx(release_ms * RATE / 1000, rel=TIME)


def test_a_linked_pair_follows_the_louder_and_the_odd_lane_out_does_not() -> None:
    loud, soft = sine(-2.0, 0.2), sine(-50.0, 0.2)
    for detector in comp.DETECTORS:
        s = made(*[{"linked": c < 2, "detector": detector} for c in range(5)])
        u = np.concatenate([soft, loud, soft, loud, soft], axis=1)
        comp.run(s, u)
        assert s[comp.Y, 0] == s[comp.Y, 1] == s[comp.Y, 3] > 10.0
        assert s[comp.Y, 2] == s[comp.Y, 4] == 0.0
        u = np.concatenate([loud, soft, loud, soft, soft], axis=1)
        s[comp.MEMORY :] = 0.0
        comp.run(s, u)
        assert s[comp.Y, 0] == s[comp.Y, 1] == s[comp.Y, 2] > 10.0
        assert s[comp.Y, 3] == s[comp.Y, 4] == 0.0


# -- laws ------------------------------------------------------------------------------------------------------------

MANY = (
    {"linked": 1, "position": "post_eq"},
    {"linked": 1, "position": "post_eq"},
    {"detector": "rms", "mix": 0.7, "makeup_db": 3.0},
    {"position": "post_eq", "detector": "rms", "knee_db": 0.0, "hold_ms": 0.0, "release_ms": 20.0},
    {"attack_ms": 0.05, "release_ms": 10.0},
)


def ask(lane: int, position: int, detector: int):
    def do(s: np.ndarray) -> None:
        s[comp.NEXT_POSITION, lane], s[comp.NEXT_DETECTOR, lane] = position, detector
        s[comp.ASK, lane] = max(s[comp.ASK, lane], 2.0)
        s[0, 0] = 1.0

    return do


def send(lane: int, row: int, goal: float, frames: int):
    def do(s: np.ndarray) -> None:
        glide.start(s, row, lane, goal, frames)
        s[0, 0] = 1.0

    return do


MOVES = {
    100: [ask(0, 0, 0), ask(1, 0, 0), send(2, comp.THRESHOLD, -45.0, 700)],
    230: [ask(2, 1, 1), send(4, comp.WET, 0.0, 240)],
    390: [ask(0, 1, 0), ask(1, 1, 0), ask(3, 0, 0), ask(2, 0, 0), send(3, comp.THRESHOLD, -50.0, 900)],
    460: [send(4, comp.WET, 1.0, 240), ask(0, 0, 1), ask(1, 0, 1)],
    700: [ask(3, 1, 1), send(0, comp.MAKEUP, 6.0, 500), send(1, comp.MAKEUP, 6.0, 500)],
    1500: [ask(0, 1, 0), ask(1, 1, 0), ask(4, 1, 1), send(2, comp.KNEE, 0.0, 100), send(2, comp.SLOPE, 0.9, 100)],
}


def noise(frames: int, lanes: int, seed: int = 7) -> np.ndarray:
    rng = np.random.default_rng(seed)
    loudness = np.repeat(10 ** rng.uniform(-2.5, 0.0, (frames // 100 + 1, lanes)), 100, axis=0)[:frames]
    return loudness * rng.standard_normal((frames, lanes))


def strip(s: np.ndarray, u: np.ndarray, cuts: set[int], moves: dict, hot: bool = False) -> np.ndarray:
    """Both places with an EQ's stand-in (exact: times -4) between them, cut where told."""
    edges = sorted({0, len(u), *cuts, *(f for f in moves if f < len(u))})
    for a, b in pairwise(edges):
        for move in moves.get(a, []):
            move(s)
        for first in range(a, b, comp.QUANTUM):
            part = u[first : min(first + comp.QUANTUM, b)]
            if hot:
                s[0, 0] = 1.0
            comp.run_at(s, part, 0)
            part *= -4.0
            comp.run_at(s, part, 1)
    return u


@pytest.mark.parametrize("seed", range(8))
def test_cutting_the_block_changes_no_bit_even_while_lanes_move_place(seed: int) -> None:
    frames = 3000
    rng = np.random.default_rng(seed)
    cuts = set(np.cumsum(rng.integers(1, 65, frames)).tolist()) & set(range(frames))
    whole, cut = made(*MANY), made(*MANY)
    a = strip(whole, noise(frames, 5), set(), MOVES)
    b = strip(cut, noise(frames, 5), cuts, MOVES)
    assert a.tobytes() == b.tobytes()
    assert whole.tobytes() == cut.tobytes()
    assert whole[comp.POSITION].tolist() == [1, 1, 0, 1, 1]
    assert whole[comp.DETECTOR].tolist() == [0, 0, 0, 1, 1]
    assert not whole[comp.STAGE].any()
    assert (whole[comp.WIRE] == 1.0).all()
    assert whole[0, 0] == 0.0


def test_run_cuts_long_blocks_itself() -> None:
    one, other = made(*MANY), made(*MANY)
    a, b = noise(1000, 5), noise(1000, 5)
    for s in (one, other):
        ask(0, 0, 0)(s)
        ask(2, 1, 0)(s)
    comp.run(one, a)
    for first in range(0, 1000, 10):
        comp.run(other, b[first : first + 10])
    assert a.tobytes() == b.tobytes()


def test_a_move_of_place_neither_loses_nor_doubles_a_frame_of_a_glide() -> None:
    for start in ("pre_eq", "post_eq"):
        s = made({"position": start}, {"position": start})
        moves = {5: [ask(0, 1 if start == "pre_eq" else 0, 0), *(send(c, comp.THRESHOLD, -60.0, 2000) for c in (0, 1))]}
        for frames in (300, 33, 64, 17, 1000):
            strip(s, noise(frames, 2), {11}, moves if frames == 300 else {})
            assert s[comp.THRESHOLD, 0] == s[comp.THRESHOLD, 1]
        assert s[comp.POSITION, 0] != s[comp.POSITION, 1]


def test_a_move_of_place_fades_through_the_dry_sound() -> None:
    s = made({"ratio": 100.0, "knee_db": 0.0, "threshold_db": -40.0, "attack_ms": 0.05, "hold_ms": 50.0})
    u = strip(s, np.full((3000, 1), 0.1), set(), {1000: [ask(0, 1, 0)]})[:, 0] / -4.0
    assert u[999] == pytest.approx(0.01, rel=0.03)  # 20 dB down; 1/100 of slope is missing
    assert u[1000 + 240 : 1000 + 240 + 60].tolist() == [0.1] * 60
    assert u[-1] == pytest.approx(0.01 / 4, rel=0.06)  # the same threshold, 12 dB hotter after the stand-in
    # a 240-frame cubic moves at most 1.5/240 of the way per frame; the attack from zero adds its own move to that
    assert np.abs(np.diff(u[1000:1300])).max() <= 0.1 * 1.5 / 240 * 1.01


def test_a_change_of_mind_on_the_wire_is_heard() -> None:
    s = made({})
    strip(s, noise(1000, 1), {10, 20}, {5: [ask(0, 1, 0)], 270: [ask(0, 0, 1)]})  # the wire is reached at 245
    assert (s[comp.POSITION, 0], s[comp.DETECTOR, 0], s[comp.WIRE, 0]) == (0.0, 1.0, 1.0)


def test_a_resting_lane_has_the_same_bits_in_both_loops() -> None:
    cold, hot = made(*MANY), made(*MANY)
    a = strip(cold, noise(2000, 5), set(), {})
    b = strip(hot, noise(2000, 5), set(), {}, hot=True)
    assert a.tobytes() == b.tobytes()
    assert cold[0, 0] == 0.0
    assert cold[1, 0] == 3.0


def test_a_lane_never_hears_its_neighbour_unless_linked() -> None:
    together = strip(made(*MANY), noise(2000, 5), set(), {})
    for c in (2, 3, 4):
        alone = strip(made(MANY[c]), noise(2000, 5)[:, c : c + 1].copy(), set(), {})
        assert alone[:, 0].tobytes() == together[:, c].tobytes()
    changed = noise(2000, 5)
    changed[:, 2] = 0.9
    changed = strip(made(*MANY), changed, set(), {})
    assert np.delete(changed, 2, 1).tobytes() == np.delete(together, 2, 1).tobytes()


def test_zero_memory_is_long_silence() -> None:
    s = made(*[{**m, "release_ms": 5.0} for m in MANY])
    strip(s, noise(1000, 5), set(), {})
    assert s[comp.Y].max() > 1.0
    strip(s, np.zeros((48000, 5)), set(), {})
    assert not s[comp.MEMORY :].any()


def test_off_is_a_wire_and_forgets() -> None:
    s = made(*[{**m, "on": 0} for m in MANY[:-1]], MANY[-1])
    x = noise(500, 5)
    x[3, 0], x[4, 1] = math.nan, math.inf
    u = strip(s, x.copy(), set(), {})
    assert u[:, :4].tobytes() == (x[:, :4] * -4.0).tobytes()
    assert not s[comp.MEMORY :, :4].any()
    comp.run(s, u[:0])  # an empty block does no harm
    comp.settle(s, 4, {comp.WET: 0.0})
    strip(s, noise(64, 5), set(), {})
    assert s[:2, 0].tolist() == [0.0, 0.0]
