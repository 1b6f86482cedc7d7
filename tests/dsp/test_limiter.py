"""The bus limiter: nothing above its ceiling, everything below it untouched, loud and clean in between.

The letters are those of the bars that it was built to.  FAST and SLOW are two settings of release.
"""

import math
from functools import cache

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

import audio_judge as judge
import peak_instruments
from dsp import limiter, limiter_gain, limiter_peaks, truepeak
from dsp.core import glide, rough_peak
from studiod.mastering import limit

RATE = 48_000
FAST, SLOW = 10.0, 150.0  # ms of release
CEILING_DB = -1.0
CEILING = 10.0 ** (CEILING_DB / 20.0)
REST = {"on": 1, "gain_db": 0.0, "ceiling_db": CEILING_DB, "release_ms": 80.0, "lookahead_ms": 1.5, "rate_hz": RATE}
each_rate = pytest.mark.parametrize("rate_hz", [44_100, 48_000, 96_000, 192_000])
each_look = pytest.mark.parametrize("lookahead_ms", [0.5, 1.5, 5.0])
each_mode = pytest.mark.parametrize("release_ms", [FAST, SLOW], ids=["fast", "slow"])


def made(lanes: int = 2, **changes: float) -> np.ndarray:
    s = limiter.state(lanes)
    limiter.settle(s, limiter.aim(**{**REST, **changes}))
    return s


def fed(s: np.ndarray, x: np.ndarray, block: int = 64) -> np.ndarray:
    """What comes out while x[frame, lane] goes in."""
    out = np.array(x, np.float64, order="C")
    for at in range(0, len(out), block):
        limiter.run(s, out[at : at + block])
    return out


def limited(x: np.ndarray, **changes: float) -> np.ndarray:
    """All of x through a limiter, its latency taken off."""
    late = limiter.latency_frames(float(changes.get("lookahead_ms", 1.5)), float(changes.get("rate_hz", RATE)))
    return fed(made(x.shape[1], **changes), np.concatenate([x, np.zeros((late, x.shape[1]))]))[late:]


def noise(seconds: float, level: float, seed: int = 3, rate_hz: int = RATE) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((round(seconds * rate_hz), 2)) * level


def last_second(x: np.ndarray, **changes: float) -> np.ndarray:
    """The third of three seconds: the limiter has settled."""
    return limited(judge.pair(x), **changes)[2 * RATE : 3 * RATE, 0]


@cache
def music() -> np.ndarray:
    return judge.programme(20.0)


def driven(loudness_lufs: float) -> np.ndarray:
    """The programme at the loudness it would have without a limiter."""
    return music() * judge.gain(loudness_lufs - judge.lufs(music()))


# -- the bars --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ceiling_db", [-1.0, -0.3, 0.0, -6.02, -20.0])
@pytest.mark.parametrize("lookahead_ms", [0.5, 5.0])
def test_a_no_sample_is_above_the_ceiling_in_double_or_single_precision(ceiling_db: float, lookahead_ms: float) -> None:
    top = 10.0 ** (ceiling_db / 20.0)
    steps = np.sign(noise(1.0, 1.0)) * np.repeat([0.5, 1.0, 4.0, 30.0], RATE // 4)[:, None]
    for x in (noise(1.0, 2.0), steps, judge.pair(judge.sine(24.0, 997, 1.0)), driven(-9.0)[: 4 * RATE]):
        y = limited(x, ceiling_db=ceiling_db, lookahead_ms=lookahead_ms, release_ms=FAST)
        assert np.abs(y).max() <= top
        assert float(np.abs(y.astype(np.float32)).max()) <= top
        assert np.abs(y).max() > top * 0.45  # and no more is taken: random signs rise 6 dB between the samples


@each_mode
@pytest.mark.parametrize("loudness_lufs", [-14.0, -9.0])
def test_b_true_peaks_of_a_programme_stay_at_the_ceiling(release_ms: float, loudness_lufs: float) -> None:
    y = limited(judge.below_20_khz(driven(loudness_lufs)), release_ms=release_ms)
    assert judge.true_peak_db(y) <= CEILING_DB + 0.05
    assert judge.libebur128_db(y) <= CEILING_DB + 0.10


@each_mode
@each_look
def test_b_true_peaks_of_white_noise_stay_at_the_ceiling(release_ms: float, lookahead_ms: float) -> None:
    y = limited(noise(4.0, 0.5), release_ms=release_ms, lookahead_ms=lookahead_ms)
    assert judge.true_peak_db(y) <= CEILING_DB + 0.30  # the bar; 0.03 dB are measured


@each_rate
def test_b_true_peaks_stay_at_the_ceiling_at_every_rate(rate_hz: int) -> None:
    y = limited(noise(1.0, 0.5, rate_hz=rate_hz), rate_hz=rate_hz)
    assert judge.true_peak_db(y) <= CEILING_DB + 0.05
    assert np.abs(y).max() <= CEILING


@pytest.mark.parametrize("edge_ms", [0.0, 5.0])
@pytest.mark.parametrize("level_db", [judge.OVER_DB, 1.5])
def test_c_a_burst_between_the_samples_is_seen(level_db: float, edge_ms: float) -> None:
    """A quarter of the rate at 45 degrees: the samples read 3.01 dB low, those of the lower one below the ceiling."""
    n, edge = RATE // 10, round(edge_ms * RATE / 1000)
    x = judge.sine(level_db, RATE / 4, 0.1, RATE, math.pi / 4)
    if edge:
        ramp = np.sin(0.5 * np.pi * np.arange(edge) / edge) ** 2
        x[:edge] *= ramp
        x[n - edge :] *= ramp[::-1]
    sound = judge.pair(np.concatenate([np.zeros(2000), x, np.zeros(2000)]))
    assert judge.true_peak_db(limited(sound)) == pytest.approx(CEILING_DB, abs=0.03)


def test_d_what_stays_below_the_ceiling_passes_bit_for_bit() -> None:
    for x in (noise(1.0, 0.1), music() * 0.15, judge.pair(judge.sine(-1.01, 997, 1.0))):
        assert judge.true_peak_db(x) < CEILING_DB
        assert limited(x).tobytes() == x.tobytes()


def test_d_what_passes_again_after_a_peak_is_again_bit_exact() -> None:
    x = noise(3.0, 0.1)
    x[1000:1100] *= 40.0
    y = limited(x)
    assert (y[1000:2000] != x[1000:2000]).any()
    assert y[-RATE:].tobytes() == x[-RATE:].tobytes()


@pytest.mark.parametrize(
    ("hz", "release_ms"), [(20, FAST), (50, FAST), (100, FAST), (997, FAST), (50, SLOW), (100, SLOW), (997, SLOW)]
)
def test_e_a_sine_6_db_over_stays_a_sine(hz: int, release_ms: float) -> None:
    y = last_second(judge.sine(judge.OVER_DB, hz, 3.0), release_ms=release_ms)
    assert judge.thd_n_percent(y, hz) <= 0.1
    assert judge.decibels(float(judge.lines(y)[hz])) == pytest.approx(CEILING_DB, abs=0.01)  # no more taken than asked


@pytest.mark.parametrize("hz", [50, 100, 200, 500])
def test_e_a_bass_that_begins_is_not_distorted_while_the_limiter_settles(hz: int) -> None:
    """Harmonics from the fifth millisecond on, over 200 ms; the bar of the settled sine holds here too."""
    x = judge.pair(np.concatenate([np.zeros(4800), judge.sine(judge.OVER_DB, hz, 0.5)]))
    y = limited(x, release_ms=FAST)[5040 : 5040 + 9600, 0] * np.blackman(9600)
    a = np.abs(np.fft.rfft(y, RATE))
    near = [a[k * hz - 8 : k * hz + 9].max() for k in range(1, 12)]
    assert 100.0 * math.hypot(*near[1:]) / near[0] <= 0.1


def test_f_loud_and_clean_in_one_setting() -> None:
    assert judge.lufs(music()) == pytest.approx(judge.PROGRAMME_LUFS, abs=0.3)
    assert judge.decibels(float(np.abs(music()).max())) == pytest.approx(judge.PROGRAMME_PEAK_DB, abs=0.1)
    assert judge.lufs(limited(driven(-9.0), release_ms=FAST)) >= -10.7
    sine = last_second(judge.sine(judge.OVER_DB, 100, 3.0), release_ms=FAST)
    assert judge.thd_n_percent(sine, 100) <= 0.15


@pytest.mark.parametrize(("release_ms", "most"), [(FAST, 2.5), (SLOW, 0.4)])
def test_g_two_tones_do_not_modulate_each_other(release_ms: float, most: float) -> None:
    assert judge.smpte_percent(last_second(judge.smpte(3.0), release_ms=release_ms)) <= most
    assert judge.ccif_percent(last_second(judge.ccif(3.0), release_ms=release_ms)) <= 0.01


@each_mode
def test_h_a_carrier_comes_back_steadily_after_a_low_burst(release_ms: float) -> None:
    x = judge.pair(judge.pumping(3.0))
    carrier = judge.carrier_db(limited(x, release_ms=release_ms)[:, 0])
    dip_db, _ = judge.dip_db_and_recovery_ms(carrier)
    assert -6.5 <= dip_db <= -5.0
    s, gain_db = made(2, release_ms=release_ms), []
    for at in range(0, 2 * RATE, 16):
        fed(s, x[at : at + 16])
        gain_db.append(-limiter.reduction_db(s))
    burst = np.array(gain_db[round(1.2 * RATE) // 16 : round(1.7 * RATE) // 16])
    assert np.diff(burst[burst.argmin() :]).min() >= -1e-9  # the crests of 60 Hz leave no ripple


@each_rate
@each_look
@pytest.mark.parametrize("on", [0, 1])
def test_i_the_latency_is_what_is_reported(rate_hz: int, lookahead_ms: float, on: int) -> None:
    late = limiter.latency_frames(lookahead_ms, rate_hz)
    x = np.zeros((2048, 2))
    x[5] = 0.5, -0.25
    out = fed(made(2, on=on, rate_hz=rate_hz, lookahead_ms=lookahead_ms), x)
    assert out[5 + late].tolist() == [0.5, -0.25]
    assert np.count_nonzero(out) == 2


def test_i_a_look_ahead_that_the_rings_do_not_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="5 ms at 384000 Hz: expected at most 960 frames; got 1920"):
        limiter.latency_frames(5.0, 384_000)


@each_look
def test_i_the_latency_is_the_same_at_work(lookahead_ms: float) -> None:
    late = limiter.latency_frames(lookahead_ms, RATE)
    x = noise(1.0, 0.5)
    out = fed(made(2, lookahead_ms=lookahead_ms, gain_db=6.0), x)[:, 0]
    lags = [float(np.dot(x[: -late - 1 - k, 0], out[late + k : -1])) for k in (-1, 0, 1)]
    shift = 0.5 * (lags[0] - lags[2]) / (lags[0] - 2.0 * lags[1] + lags[2])  # of the parabola through three lags
    assert abs(shift) < 0.05


def test_j_the_image_stays() -> None:
    x = driven(-9.0)[: 4 * RATE].copy()
    x[:, 1] = 0.3 * x[:, 0]
    y = limited(x, release_ms=FAST)
    loud = np.abs(y[:, 0]) > 0.05
    ratio_db = 20.0 * np.log10(np.abs(y[loud, 1] / y[loud, 0])) - 20.0 * math.log10(0.3)
    # the bar; nothing but the clamp's rounding is between, since the gain is one number
    assert np.abs(ratio_db).max() < 0.01


def test_k_cutting_the_block_changes_no_bit_while_everything_moves() -> None:
    def moved(block: int) -> np.ndarray:
        s, x = made(), noise(0.5, 0.6)
        for at in range(0, len(x), 960):
            if at == 4800:
                glide.start(s, limiter.DRIVE, 0, 4.0, 960)
                glide.start(s, limiter.CEILING, 0, 0.25, 700)
                glide.start(s, limiter.WET, 0, 0.0, 5000)
                s[limiter.NEXT_LOOK, 0], s[limiter.ASK, 0] = 200.0, 2.0
                s[limiter.MOVING, 0] = 1.0
            part = x[at : at + 960]
            for first in range(0, len(part), block):
                limiter.run(s, part[first : first + block])
        assert s[limiter.SETTINGS + limiter_gain.LOOK, 0] == 200.0
        assert s[limiter.MOVING, 0] == 0.0
        return x

    whole = moved(960)
    for block in (1, 7, 32, 64, 100):
        assert moved(block).tobytes() == whole.tobytes()


def at_the_top_of_the_band(part: float) -> np.ndarray:
    """That part of half the rate, in bursts of half a millisecond, 13 dB over."""
    keyed = np.random.default_rng(9).random(2 * RATE // 24).repeat(24) > 0.8
    return judge.pair(4.0 * np.cos(np.pi * part * np.arange(2 * RATE)) * keyed)


@pytest.mark.parametrize("part", [1.0, 0.98, 0.96, 0.94, 0.9, 0.8])
def test_b_bursts_up_to_half_the_rate_stay_at_the_ceiling(part: float) -> None:
    """By the desk's meter and by libebur128; no more is taken than half of what stands in the edge band, 3.5 dB."""
    y = limited(at_the_top_of_the_band(part)[:RATE], lookahead_ms=0.5, release_ms=FAST)
    assert max(judge.true_peak_db(y), judge.libebur128_db(y)) <= CEILING_DB + 0.03
    assert np.abs(y).max() > CEILING / 1.5 * 0.999 or part < 1.0


@each_mode
@each_look
def test_b_noise_and_bright_drums_stay_at_the_ceiling_of_libebur128(release_ms: float, lookahead_ms: float) -> None:
    """What is full to half the rate, by a meter that is not the limiter's: -0.19 and -0.53 before it was asked too."""
    for x in (peak_instruments.white(2.0), peak_instruments.bright_drums(2.0)):
        y = limited(x * judge.gain(6.0), release_ms=release_ms, lookahead_ms=lookahead_ms)
        assert peak_instruments.libebur128_db(y) <= CEILING_DB + 0.03
        assert peak_instruments.converter_db(y) <= CEILING_DB + 0.10
        assert peak_instruments.long_db(y) <= 0.0


def test_b_the_edge_band_costs_music_nothing() -> None:
    """What ends at 20 kHz is turned as if the edge band were not watched: -10.65 LUFS at -9."""
    assert judge.lufs(limited(judge.below_20_khz(driven(-9.0)), release_ms=FAST)) >= -10.66


def test_l_a_second_pass_ends_at_the_ceiling() -> None:
    x = noise(2.0, 0.5)
    assert peak_instruments.long_db(limited(x, lookahead_ms=0.5)) > CEILING_DB + 0.05  # one pass is not enough
    y = limit.limit(x, RATE, ceiling_db=CEILING_DB, lookahead_ms=0.5, meter="16x257")
    assert len(y) == len(x)
    assert CEILING_DB - 0.3 < peak_instruments.long_db(y) <= CEILING_DB + 0.05


def test_l_a_second_pass_leaves_a_quiet_sound_alone() -> None:
    x = noise(0.5, 0.1)
    assert limit.limit(x, RATE).tobytes() == x.tobytes()
    silence = np.zeros((100, 2))
    assert limit.limit(silence, RATE).tobytes() == silence.tobytes()


def test_l_a_second_pass_that_cannot_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limit, "PASSES", 1)
    with pytest.raises(
        ValueError, match=r"still 0\.\d\d dB above the ceiling of -1 dBTP by 16x257; expected at most 0\.05"
    ):
        limit.limit(noise(2.0, 0.5), RATE, lookahead_ms=0.5, meter="16x257")


# -- laws ------------------------------------------------------------------------------------------------------------


def test_the_crest_is_the_true_peak_meters_with_the_edge_band_or_what_the_meters_of_others_read() -> None:
    x = noise(0.02, 0.5)[:, 0]
    work, peaks = np.zeros(limiter_peaks.WORK, np.float32), np.zeros(len(x) - truepeak.TAPS + 1)
    for at in range(0, len(peaks), limiter_peaks.MOST):
        n = min(limiter_peaks.MOST, len(peaks) - at)
        work[: n + truepeak.TAPS - 1] = x[at : at + n + truepeak.TAPS - 1]
        limiter_peaks.crests(work, n, 0.0, peaks[at : at + n])
    windows = np.lib.stride_tricks.sliding_window_view(x, truepeak.TAPS)
    brute = np.abs(windows @ truepeak.taps()[:, 1:]).max(axis=1) + np.abs(windows @ limiter_peaks.edge())
    brute = np.maximum(brute, np.abs(windows[:, 32 - 6 - 1 : 32 + 6] @ rough_peak.taps(RATE).T).max(axis=1))
    brute = np.maximum(brute, np.abs(windows[:, 31:33]).max(axis=1))
    assert (brute / np.abs(windows).max(axis=1)).max() <= limiter_peaks.BOUND
    np.testing.assert_allclose(peaks, brute, rtol=1e-6)  # single precision: 64 terms of 6e-8


def test_a_need_is_met_in_full_on_its_frames_and_by_no_more_than_the_greatest() -> None:
    """The brute-force oracle: the averages of the sliding maximum, where nothing is held or released."""
    rng = np.random.default_rng(8)
    need = np.maximum(0.0, rng.standard_normal(3000))
    need[1000:1200] = np.linspace(3.0, 1.0, 200)
    need[2000:2400] = 0.0
    s = made(1, release_ms=1.0)
    turns = np.zeros(len(need))
    limiter_gain.follow(s[limiter.SETTINGS : limiter.SCRATCH], s[limiter.REDUCTION :], need, need * 0.0, 0.0, turns)
    look = 72
    for i in range(look + 40, len(need)):
        # the crest of frame t lies between t and t + 1 when the delay of the interpolator is taken off
        assert turns[i] >= need[i - look : i - look + 2].max() - 1e-9
        assert turns[i] <= need[max(0, i - 2 * look - 400) : i + 1].max() + 1e-9  # 1e-9: rounded up thrice


def test_silence_after_sound_is_exactly_silence_and_leaves_nothing_small() -> None:
    s = made(release_ms=20.0)
    fed(s, noise(0.5, 1.0))
    out = fed(s, np.zeros((2 * RATE, 2)))
    assert not out[limiter.latency_frames(1.5, RATE) :].any()
    assert limiter.reduction_db(s) == 0.0
    memory = np.abs(s[limiter.MEMORY :])
    assert (memory[memory > 0.0] > 1e-30).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 1e300], ids=str)
def test_what_is_no_number_is_a_zero(bad: float) -> None:
    x = noise(0.1, 0.5)
    x[1000, 0] = 0.0
    clean = limited(x)
    x[1000, 0] = bad
    assert limited(x).tobytes() == clean.tobytes()


def test_the_gain_before_is_exact() -> None:
    x = noise(0.2, 0.001)
    np.testing.assert_allclose(limited(x, gain_db=24.0), x * 10.0 ** (24.0 / 20.0), rtol=1e-15)


def test_off_is_a_delayed_wire_whatever_comes() -> None:
    x = noise(0.2, 3.0)
    assert limited(x, on=0, gain_db=24.0, ceiling_db=-20.0).tobytes() == x.tobytes()


@pytest.mark.parametrize("release_ms", [10.0, 80.0, 300.0])
@pytest.mark.parametrize("drive_db", [6.0, 24.0])
def test_at_rest_it_is_a_new_limiter(release_ms: float, drive_db: float) -> None:
    """What follows a silence has the same bits whatever came before it, wherever in a millisecond it begins."""
    song = driven(-18.0)[:RATE] * judge.gain(drive_db)
    new = limited(song, release_ms=release_ms)
    silent = math.ceil(limiter_gain.forgotten_ms(release_ms, 1.5) * RATE / 1000.0)
    for frames, before in ((RATE // 2 + 7, noise(2.0, 2.0)), (1000, noise(1.0, 60.0, 5)), (RATE, song * 5.0)):
        s = made(release_ms=release_ms)
        fed(s, before[:frames])
        fed(s, np.zeros((silent, 2)))
        late = limiter.latency_frames(1.5, RATE)
        after = fed(s, np.concatenate([song, np.zeros((late, 2))]))[late:]
        assert after.tobytes() == new.tobytes()


def test_before_it_rests_it_remembers() -> None:
    """And the silence that it needs is no more than it says by much: two thirds are too short."""
    song = driven(-18.0)[:RATE] * judge.gain(12.0)
    late, new = limiter.latency_frames(1.5, RATE), limited(song)
    s = made()
    fed(s, noise(1.0, 30.0))
    fed(s, np.zeros((round(limiter_gain.forgotten_ms(80.0, 1.5) * RATE / 1500.0), 2)))
    assert fed(s, np.concatenate([song, np.zeros((late, 2))]))[late:].tobytes() != new.tobytes()


def test_release_is_the_time_in_which_a_lasting_reduction_goes_back() -> None:
    for release_ms in (30.0, 80.0, 300.0):
        s = made(release_ms=release_ms)
        fed(s, judge.pair(judge.sine(judge.OVER_DB, 997, 2.0)))
        down_db = []
        for _ in range(2 * RATE // 24):
            fed(s, np.zeros((24, 2)))
            down_db.append(limiter.reduction_db(s))
        full = down_db[0]
        begun = np.argmax(np.array(down_db) < full - 0.001)
        took_ms = (np.argmax(np.array(down_db) < full / math.e) - begun) * 0.5
        assert full == pytest.approx(6.0, abs=0.01)
        assert took_ms == pytest.approx(release_ms, rel=0.05, abs=1.5)  # the averages round the beginning: look-ahead


def test_what_did_not_last_goes_back_in_an_eighth_of_the_release() -> None:
    s = made(release_ms=80.0)
    fed(s, judge.pair(judge.sine(judge.OVER_DB, 997, 0.003)))  # three waves
    down_db = []
    for _ in range(RATE // 24):
        fed(s, np.zeros((24, 2)))
        down_db.append(limiter.reduction_db(s))
    full = max(down_db)
    took_ms = 0.5 * (np.argmax(np.array(down_db) < full / math.e) - np.argmax(down_db))
    assert full > 4.0
    assert 10.0 <= took_ms <= 10.0 + 4.0  # 1.5 ms each of window and averages stand before it, SLOW holds 4 %


def high_db(out: np.ndarray) -> float:
    """The loudest trace above 4 kHz (the measure of tests/whole/test_clicks.py), in dBFS."""
    band = sosfilt(butter(12, 4000.0, "high", fs=RATE, output="sos"), out[:, 0])
    return 20.0 * math.log10(np.abs(band[RATE // 4 :]).max())


def moves() -> dict[str, tuple[dict[str, float], list[tuple[int, float, int]]]]:
    """What is set first, and then (row, goal, frames of glide)."""
    quiet, low = limiter.top_of(-1.0), limiter.top_of(-13.0)
    return {
        "off": ({"gain_db": 6.0}, [(limiter.WET, 0.0, 240)]),
        "on": ({"gain_db": 6.0, "on": 0}, [(limiter.WET, 1.0, 240)]),
        "more drive": ({}, [(limiter.DRIVE, 4.0, 960)]),
        "less drive": ({"gain_db": 12.0}, [(limiter.DRIVE, 1.0, 960)]),
        "lower ceiling": ({}, [(limiter.CEILING, low, 960)]),
        "higher ceiling": ({"ceiling_db": -13.0}, [(limiter.CEILING, quiet, 960)]),
        "longer look-ahead": ({"gain_db": 6.0}, [(limiter.NEXT_LOOK, 240.0, -1), (limiter.ASK, 2.0, -1)]),
        "shorter look-ahead": ({"gain_db": 6.0}, [(limiter.NEXT_LOOK, 24.0, -1), (limiter.ASK, 2.0, -1)]),
    }


@pytest.mark.parametrize("name", moves())
def test_nothing_that_is_moved_clicks(name: str) -> None:
    first, then = moves()[name]
    s, x = made(release_ms=80.0, **first), judge.pair(judge.sine(0.0, 997, 2.0))
    before = fed(s, x[:RATE])
    was = limiter.reduction_db(s), np.abs(before[-2400:]).max()
    for row, goal, frames in then:
        if frames < 0:
            s[row, 0] = goal
        else:
            glide.start(s, row, 0, goal, frames)
    s[limiter.MOVING, 0] = 1.0
    out = np.concatenate([before, fed(s, x[RATE:])])
    assert high_db(out) < -80.0
    # and something did move
    change = limiter.reduction_db(s) - was[0], np.abs(out[-2400:]).max() - was[1]
    assert max(np.abs(change)) > 0.1 or s[limiter.SETTINGS + limiter_gain.LOOK, 0] != 72.0


def test_a_lower_ceiling_holds_from_the_frame_on_which_it_arrives() -> None:
    s, x = made(), noise(1.0, 0.5)
    fed(s, x[: RATE // 2])
    low = limiter.top_of(-13.0)
    glide.start(s, limiter.CEILING, 0, low, 960)
    s[limiter.MOVING, 0] = 1.0
    out = fed(s, x[RATE // 2 :])
    assert np.abs(out[960 + limiter.latency_frames(1.5, RATE) :]).max() <= low


def test_a_group_of_many_lanes_follows_its_loudest() -> None:
    x = np.concatenate([noise(0.2, 0.01), noise(0.2, 1.0, 4), noise(0.2, 0.02, 5)], axis=1)
    many, one = limited(x), limited(np.ascontiguousarray(x[:, 2:4]))
    assert many[:, 2:4].tobytes() == one.tobytes()


@pytest.mark.parametrize("lanes", [1, 2, 3, 7])
@pytest.mark.parametrize("first", [0, 500, limiter_gain.RING - 40, limiter_gain.RING - 1])
def test_the_loudest_of_a_ring_is_found_and_nothing_beside_it(lanes: int, first: int) -> None:
    ring, row = limiter_gain.RING, 3
    s = np.full((row + ring + 3, lanes), 1e9)  # what is louder lies before, behind and between
    among = (first + np.arange(95)) % ring
    s[row + among] = np.random.default_rng(first + lanes).uniform(-1.0, 1.0, (95, lanes))
    for frame in (0, 60, 94):
        s[row + among[frame], lanes - 1] = -2.0 - frame
        found = limiter_peaks.loudest(s, row, ring, first, 95)
        assert 2.0 + frame <= found <= (2.0 + frame) * (1.0 + 1e-5)  # a little more, for what is rounded
