"""The loudness meter against EBU Tech 3341 and 3342, ITU-R BS.1770 and BS.2217, and libebur128 on a mix of the demo.

The signals are made from the published descriptions: sines of 1000 Hz, the phase running on across steps.  `level_db`
is the peak of a sine.  EBU asks for 0.1 LU, 1 LU of range, +0.2/-0.4 dB of true peak; KEPT is what this meter held
when it was written, and what it must not lose.
"""

import json
import math
import tomllib
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyebur128
import pytest
import soundfile as sf
from scipy import signal

from dsp import loudness, truepeak
from studiod.cli import main, measure
from studiod.host.offline import Offline
from studiod.metering.measure import Meter
from studiod.registry.registry import Console

ROOT = Path(__file__).resolve().parents[2]
SILENT = -math.inf
EBU_LU, KEPT_LU = 0.1, 0.01
each_rate = pytest.mark.parametrize("rate_hz", [44_100, 48_000, 88_200, 96_000, 192_000])
# The reference readings are for 48 kHz; the bilinear transform bends the weighting by up to this at other rates.
BENT_LU = {44_100: 0.004, 48_000: 0.0, 88_200: 0.018, 96_000: 0.019, 192_000: 0.029}

Steps = Iterable[tuple[float, float]]  # level_db, seconds


def gain(level_db: float) -> float:
    return 10.0 ** (level_db / 20.0)


def tone(rate_hz: int, steps: Steps, channels: int = 2) -> np.ndarray:
    """A sine of 1000 Hz in steps, alike in every channel.  [frame, channel]."""
    ends, levels, at_s = [0], [], 0.0
    for level_db, seconds in steps:
        at_s += seconds
        ends.append(round(at_s * rate_hz))
        levels.append(gain(level_db))
    second = np.sin(2 * np.pi * 1000.0 * np.arange(rate_hz) / rate_hz)
    wave = np.resize(second, ends[-1]) * np.repeat(levels, np.diff(ends))
    return np.repeat(wave[:, None], channels, axis=1)


def powers(sound: np.ndarray, rate_hz: int) -> np.ndarray:
    """The weighted power of each 10 ms, without the cost of true peaks."""
    lanes = sound.shape[1]
    cells = np.zeros((len(sound) * loudness.GRID_HZ // rate_hz + 1, lanes))
    sound = np.ascontiguousarray(sound)
    count = loudness.gather(loudness.state(lanes), loudness.aim(rate_hz), cells, sound, 0, rate_hz)
    return (cells[:count] * loudness.weights(lanes)).sum(axis=1)


def of(rate_hz: int, steps: Steps) -> np.ndarray:
    return powers(tone(rate_hz, steps), rate_hz)


def agrees(found: float, must: float, reference: float, rate_hz: int = 48_000) -> None:
    """Within EBU's tolerance of what it must read, and where a correct meter reads to a hundredth."""
    assert found == pytest.approx(must, abs=EBU_LU)
    assert found == pytest.approx(reference, abs=KEPT_LU + BENT_LU[rate_hz])


@pytest.mark.parametrize(
    ("rate_hz", "numbers"),
    [
        (44_100, (1.5308412300503478, -2.6509799951547297, 1.169079079921587, -1.6636551132560204, 0.7125954280732254,
                  -1.989169673629796, 0.9891990357870393)),
        (48_000, (1.53512485958697, -2.69169618940638, 1.19839281085285, -1.69065929318241, 0.73248077421585,
                  -1.99004745483398, 0.99007225036621)),  # BS.1770, table 1 and 2
        (96_000, (1.5597142289757966, -2.9267415782510824, 1.3782612023158187, -1.8446094698901085,
                  0.8558433229306412, -1.9950175447247156, 0.9950237590409233)),
        (192_000, (1.572227215091279, -3.0472830515615508, 1.4779713409796094, -1.9222022306074886,
                   0.9251177351168259, -1.9975072228407, 0.9975087783555097)),
    ],
)  # fmt: skip
def test_the_weighting_is_that_of_the_standard(rate_hz: int, numbers: tuple[float, ...]) -> None:
    np.testing.assert_allclose(loudness.aim(rate_hz), numbers, rtol=0, atol=1e-9)


# EBU Tech 3341


@each_rate
@pytest.mark.parametrize(("level_db", "reference"), [(-23.0, -22.993), (-33.0, -32.993)])
def test_3341_1_and_2_a_steady_tone(rate_hz: int, level_db: float, reference: float) -> None:
    p = of(rate_hz, [(level_db, 20.0)])
    agrees(loudness.integrated(p), level_db, reference, rate_hz)
    for values in (loudness.momentary(p)[100:], loudness.short_term(p)[100:]):
        agrees(float(values.min()), level_db, reference, rate_hz)
        agrees(float(values.max()), level_db, reference, rate_hz)


@each_rate
@pytest.mark.parametrize(
    ("steps", "reference"),
    [
        ([(-36, 10), (-23, 60), (-36, 10)], -23.014),
        ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23.014),
        ([(-26, 20), (-20, 20.1), (-26, 20)], -22.979),
    ],
    ids=["3", "4", "5"],
)
def test_3341_3_to_5_the_gates(rate_hz: int, steps: Steps, reference: float) -> None:
    agrees(loudness.integrated(of(rate_hz, steps)), -23.0, reference, rate_hz)


@each_rate
def test_3341_6_five_channels(rate_hz: int) -> None:
    one = tone(rate_hz, [(0.0, 20.0)], 1)
    sound = one * [gain(level) for level in (-28, -28, -24, -30, -30)]
    agrees(loudness.integrated(powers(sound, rate_hz)), -23.0, -23.016, rate_hz)


@each_rate
def test_3341_9_short_term_stays(rate_hz: int) -> None:
    values = loudness.short_term(of(rate_hz, [(-20, 1.34), (-30, 1.66)] * 5))
    agrees(float(values.min()), -23.0, -22.986, rate_hz)
    agrees(float(values.max()), -23.0, -22.986, rate_hz)


@each_rate
def test_3341_12_momentary_stays(rate_hz: int) -> None:
    values = loudness.momentary(of(rate_hz, [(-20, 0.18), (-30, 0.22)] * 25))[60:]  # from 1 s on
    agrees(float(values.min()), -23.0, -22.960, rate_hz)
    agrees(float(values.max()), -23.0, -22.960, rate_hz)


@each_rate
@pytest.mark.parametrize("n", range(20))
def test_3341_10_and_13_a_burst_that_starts_anywhere(rate_hz: int, n: int) -> None:
    short = loudness.short_term(of(rate_hz, [(SILENT, 0.15 * n), (-23, 3.0), (SILENT, 1.0)]))
    agrees(float(short.max()), -23.0, -22.993, rate_hz)
    brief = loudness.momentary(of(rate_hz, [(SILENT, 0.02 * n), (-23, 0.4), (SILENT, 1.0)]))
    agrees(float(brief.max()), -23.0, -22.994, rate_hz)


@each_rate
@pytest.mark.parametrize(
    ("reader", "window_s", "late_s", "on_s", "segment_s"),
    [(loudness.short_term, 3.0, 0.15, 3.0, 6.0), (loudness.momentary, 0.4, 0.02, 0.4, 0.8)],
    ids=["11", "14"],
)
def test_3341_11_and_14_a_live_maximum_after_each_burst(
    rate_hz: int, reader, window_s: float, late_s: float, on_s: float, segment_s: float
) -> None:
    steps = []
    for i in range(20):
        steps += [(SILENT, late_s * i), (-38.0 + i, on_s), (SILENT, segment_s - on_s - late_s * i)]
    values = reader(of(rate_hz, steps))
    for i in range(20):
        heard = round(((i + 1) * segment_s - window_s) * loudness.GRID_HZ) + 1  # windows that have ended by then
        agrees(float(values[:heard].max()), -38.0 + i, -37.994 + i, rate_hz)


def peaks_db(sound: np.ndarray) -> tuple[float, float]:
    """Sample peak and true peak."""
    meter = Meter(48_000, sound.shape[1])
    meter.feed(sound)
    sample, true = meter.peaks()
    return 20 * math.log10(sample), 20 * math.log10(true)


def faded(wave: np.ndarray, frames: int) -> np.ndarray:
    ramp = np.arange(frames) / frames
    wave = wave.copy()
    wave[:frames] *= ramp
    wave[-frames:] *= ramp[::-1]
    return wave


@each_rate
@pytest.mark.parametrize(
    ("period", "phase_deg", "amplitude", "must", "exact"),
    [
        (4, 0.0, 0.5012, -6.0, -6.0),
        (4, 45.0, 0.5012, -6.0, -6.0),
        (6, 60.0, 0.5012, -6.0, -6.0),
        (8, 67.5, 0.5012, -6.0, -6.0),
        (4, 45.0, 1.41, 3.0, 2.984),
    ],
    ids=["15", "16", "17", "18", "19"],
)
def test_3341_15_to_19_true_peak_of_sines(
    rate_hz: int, period: int, phase_deg: float, amplitude: float, must: float, exact: float
) -> None:
    n = np.arange(round(3.2 * rate_hz))
    wave = faded(amplitude * np.sin(2 * np.pi * n / period + math.radians(phase_deg)), rate_hz // 10)
    _, true = peaks_db(np.stack([wave, wave], 1))
    assert must - 0.4 <= true <= must + 0.2
    assert true == pytest.approx(exact, abs=0.01)  # 16 times finer: at most 0.01 dB of grid at a quarter of the rate


def test_3341_20_to_23_true_peak_of_one_period_between_samples() -> None:
    n = np.arange(614_400)
    carrier = 0.5012 * np.sin(2 * np.pi * n / 24)
    burst = np.sin(2 * np.pi * np.arange(16) / 16)
    fine = faded(np.concatenate([carrier[:289_920], burst, carrier[: 614_400 - 289_920]]), 19_200)
    low = signal.fftconvolve(fine, signal.firwin(255, 24_000, window=("kaiser", 8.0), fs=192_000), mode="same")
    samples = []
    for k in range(4):
        wave = np.ascontiguousarray(low[k::4])
        sample, true = peaks_db(np.stack([wave, wave], 1))
        assert -0.4 <= true <= 0.2
        assert true == pytest.approx(-0.079, abs=0.005)
        samples.append(sample)
    np.testing.assert_allclose(samples, (-0.13, -0.46, -2.51, -0.46), atol=0.01)  # a sample peak alone would fail


@pytest.mark.parametrize("turns", np.linspace(0.01, 0.42, 15))
def test_a_long_sine_reads_its_true_peak(turns: float) -> None:
    worst = [peaks_db(np.sin(2 * np.pi * (turns * np.arange(4096) + phase))[:, None] * np.kaiser(4096, 8.0)[:, None])[1]
             for phase in (0.0, 0.11, 0.23)]  # fmt: skip
    assert min(worst) >= -0.05  # the grid's own loss at 0.42 of the rate is 0.03 dB
    assert max(worst) <= 0.01


def every_phase(sound: np.ndarray) -> float:
    """The greatest magnitude of all phases at every frame, without skipping any."""
    padded = np.concatenate([np.zeros(truepeak.PAST), sound, np.zeros(truepeak.TAPS)])
    return float(np.abs(np.lib.stride_tricks.sliding_window_view(padded, truepeak.TAPS) @ truepeak.taps()).max())


@pytest.mark.parametrize("kind", ["noise", "sine", "signs", "clicks", "ringing", "dull"])
def test_a_skipped_frame_would_not_have_raised_the_peak(kind: str) -> None:
    rng = np.random.default_rng(5)
    n = np.arange(2000)
    for _ in range(60):
        sound = {
            "noise": rng.standard_normal(2000),
            "sine": np.sin(2 * np.pi * rng.uniform(0.001, 0.5) * n + rng.uniform(0, 6)) * np.hanning(2000),
            "signs": np.sign(rng.standard_normal(2000)),
            "clicks": np.where(rng.uniform(size=2000) < 0.01, rng.standard_normal(2000), 0.0),
            "ringing": np.sin(np.pi * n / 2 + np.pi / 4) * np.exp(-n / rng.uniform(3, 300)),
            "dull": np.convolve(rng.standard_normal(2000), np.hanning(int(rng.integers(3, 20))), "same"),
        }[kind]
        s, room = truepeak.state(1), truepeak.work()
        truepeak.gather(s, room, sound[:, None].copy())
        truepeak.gather(s, room, np.zeros((truepeak.TAPS, 1)))
        assert s[truepeak.TRUE, 0] == pytest.approx(every_phase(sound), rel=1e-12)  # rounding


def test_the_worst_signal_of_all_is_not_skipped() -> None:
    h = truepeak.taps()
    worst = np.sign(h[:, np.abs(h).sum(axis=0).argmax()])[:, None]  # every sample at full scale, against one phase
    most = float(np.abs(h).sum(axis=0).max())
    sound = np.concatenate([0.9 * worst, np.zeros((100, 1)), worst])
    s = truepeak.state(1)
    truepeak.gather(s, truepeak.work(), sound)
    assert s[truepeak.TRUE, 0] == pytest.approx(most, rel=1e-12)


def test_the_last_peak_of_a_file_is_not_missed() -> None:
    sound = np.zeros((1000, 1))
    sound[-2:] = 0.5
    assert peaks_db(sound)[1] == pytest.approx(20 * math.log10(2 / math.pi), abs=0.02)  # two sincs half a frame off


# EBU Tech 3342


@each_rate
@pytest.mark.parametrize(
    ("levels", "must"),
    [((-20, -30), 10.0), ((-20, -15), 5.0), ((-40, -20), 20.0), ((-50, -35, -20, -35, -50), 15.0)],
    ids=["1", "2", "3", "4"],
)
def test_3342_1_to_4_the_range(rate_hz: int, levels: tuple[float, ...], must: float) -> None:
    found = loudness.loudness_range(of(rate_hz, [(level, 20.0) for level in levels]))
    assert found == pytest.approx(must, abs=0.01)  # EBU: 1 LU


def test_the_range_of_two_long_steps() -> None:
    assert loudness.loudness_range(of(48_000, [(-23, 57), (-28, 57)])) == pytest.approx(5.0, abs=0.01)


# ITU-R BS.2217 and its like


@pytest.mark.parametrize(
    ("freq_hz", "level_db"),
    [(25, -11.916), (100, -21.176), (500, -22.351), (1000, -23.007), (2000, -25.380), (10_000, -26.351)],
)
def test_2217_the_frequency_response(freq_hz: float, level_db: float) -> None:
    wave = gain(level_db) * np.sin(2 * np.pi * freq_hz * np.arange(20 * 48_000) / 48_000)
    agrees(loudness.integrated(powers(np.stack([wave, wave], 1), 48_000)), -23.0, -23.0)


@each_rate
def test_2217_the_absolute_and_the_relative_gate(rate_hz: int) -> None:
    faint = [(SILENT, 0.8), (-69.5, 0.5), (SILENT, 0.5), (-69.5, 0.5), (SILENT, 0.5), (-69.5, 0.5), (SILENT, 0.7)]
    agrees(loudness.integrated(of(rate_hz, faint)), -69.5, -69.493, rate_hz)
    loud = [(SILENT, 0.5), (-19.9, 0.9), (-7.1, 1.3), (-19.9, 0.8), (SILENT, 0.5)]
    agrees(loudness.integrated(of(rate_hz, loud)), -10.0, -10.029, rate_hz)


@each_rate
def test_2217_each_channel_counts_what_it_should(rate_hz: int) -> None:
    wave = tone(rate_hz, [(-20, 2.0)], 1)[:, 0]
    for channel, must in enumerate((-23.004, -23.004, -23.004, SILENT, -21.511, -21.511)):
        sound = np.zeros((len(wave), 6))
        sound[:, channel] = wave
        found = loudness.integrated(powers(sound, rate_hz))
        assert found == must or found == pytest.approx(must, abs=KEPT_LU + BENT_LU[rate_hz])


def test_full_scale_at_997_hz_on_one_front_channel_reads_minus_3_01() -> None:
    wave = np.sin(2 * np.pi * 997.0 * np.arange(5 * 48_000) / 48_000)
    assert loudness.integrated(powers(wave[:, None], 48_000)) == pytest.approx(-3.0103, abs=1e-3)
    assert loudness.integrated(powers(np.stack([wave, wave], 1), 48_000)) == pytest.approx(0.0, abs=1e-3)


@each_rate
def test_what_passes_no_gate_is_minus_infinity(rate_hz: int) -> None:
    agrees(loudness.integrated(of(rate_hz, [(-69.9, 3.0)])), -69.9, -69.893, rate_hz)
    for steps in ([(-70.1, 3.0)], [(-20.0, 0.39)], [(SILENT, 5.0)], []):
        assert loudness.integrated(of(rate_hz, steps)) == SILENT
        assert loudness.loudness_range(of(rate_hz, steps)) == 0.0


# Laws


def programme(seconds: float = 8.0, rate_hz: int = 48_000) -> np.ndarray:
    """Seeded noise that comes and goes, different left and right."""
    frames = round(seconds * rate_hz)
    swell = 0.02 + 0.2 * np.sin(np.linspace(0.0, 20.0, frames)) ** 2
    return np.random.default_rng(11).standard_normal((frames, 2)) * swell[:, None] * [1.0, 0.7]


@pytest.mark.parametrize("block", [1, 7, 64, 441, 4800, 0])
def test_cutting_the_block_changes_nothing(block: int) -> None:
    sound, rng = programme(4.0), np.random.default_rng(2)
    k, lanes = loudness.aim(44_100), 2

    def metered(cuts: Iterable[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        a, b, cells, at = loudness.state(lanes), truepeak.state(lanes), np.zeros((500, lanes)), 0
        for cut in cuts:
            part = sound[at : at + cut]
            loudness.gather(a, k, cells, part, at, 44_100)
            truepeak.gather(b, truepeak.work(), part)
            at += len(part)
            if at == len(sound):
                break
        return a, b, cells

    cuts = (block or int(rng.integers(1, 999)) for _ in iter(int, 1))
    for one, other in zip(metered(cuts), metered([len(sound)]), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_meter_reads_the_same_however_it_is_fed() -> None:
    sound, whole, cut = programme(), Meter(48_000, 2), Meter(48_000, 2)
    whole.feed(sound)
    for at in range(0, len(sound), 1000):
        cut.feed(sound[at : at + 1000])
    np.testing.assert_array_equal(whole.powers, powers(sound, 48_000))
    np.testing.assert_array_equal(cut.powers, whole.powers)
    assert cut.peaks() == whole.peaks()


def test_gain_moves_every_reading_by_itself_and_leaves_the_range() -> None:
    def read(sound: np.ndarray) -> dict[str, float | None]:
        meter = Meter(48_000, 2)
        meter.feed(sound)
        return meter.reading()

    sound = programme()
    plain, quiet, other = read(sound), read(sound * gain(-7.3)), read(-sound[:, ::-1])
    for key, value in plain.items():
        assert value is not None
        moves = key.endswith(("lufs", "dbtp", "dbfs"))
        if key != "dc":
            assert quiet[key] == pytest.approx(value - 7.3 * moves, abs=1e-6)
            assert other[key] == pytest.approx(value, abs=1e-9)  # swapped and turned over


def test_an_odd_rate_keeps_the_grid() -> None:
    rate_hz = 11_025  # 110.25 frames a cell
    sound = tone(rate_hz, [(-23.0, 5.0)])
    p = powers(sound, rate_hz)
    assert len(p) == 500
    assert loudness.integrated(p) == pytest.approx(-23.0, abs=0.2)  # so near to its end the weighting bends more


# The command


def mix() -> np.ndarray:
    """The demo session through the demo scene, as `studiod render` would; its first 20 s."""
    tracks = [sf.read(str(path), dtype="float32")[0] for path in sorted((ROOT / "config" / "demo").glob("*.flac"))]
    values = tomllib.loads((ROOT / "config" / "demo-scene.toml").read_text(encoding="utf-8"))["values"]
    return Offline(Console(len(tracks), 2, 32, 16), values).run(np.stack(tracks, 1)[: 20 * 48_000])


def measured(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict]:
    assert main.main(["measure", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_it_agrees_with_libebur128_on_a_mix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sound = mix()
    sf.write(str(tmp_path / "mix.wav"), sound, 48_000, subtype="FLOAT")
    (found,) = measured(capsys, str(tmp_path / "mix.wav"))
    mode = pyebur128.MeasurementMode
    state = pyebur128.R128State(2, 48_000, mode.MODE_I | mode.MODE_S | mode.MODE_LRA | mode.MODE_TRUE_PEAK)
    flat, short, brief = sound.astype(np.float64).reshape(-1), [SILENT], [SILENT]
    for at in range(0, len(sound), 480):  # polled as often as our grid
        state.add_frames(flat[2 * at : 2 * (at + 480)], len(flat[2 * at : 2 * (at + 480)]) // 2)
        short += [pyebur128.get_loudness_shortterm(state)] if at + 480 >= 3 * 48_000 else []
        brief += [pyebur128.get_loudness_momentary(state)] if at + 480 >= 0.4 * 48_000 else []
    assert found["integrated_lufs"] == pytest.approx(pyebur128.get_loudness_global(state), abs=0.05)
    # Its range takes a value a second, Tech 3342 as it is now ten: alike on the same grid
    each_second = loudness.loudness_range(powers(sound.astype(np.float64), 48_000), hop_cells=100)
    assert each_second == pytest.approx(pyebur128.get_loudness_range(state), abs=0.05)
    assert found["short_term_max_lufs"] == pytest.approx(max(short), abs=0.05)
    assert found["momentary_max_lufs"] == pytest.approx(max(brief), abs=0.05)
    theirs = 20 * math.log10(max(pyebur128.get_true_peak(state, c) for c in (0, 1)))
    assert found["true_peak_dbtp"] == pytest.approx(theirs, abs=0.3)  # theirs is 4 times: it misses up to 0.44 dB
    assert found["sample_peak_dbfs"] == pytest.approx(20 * math.log10(np.abs(sound).max()), abs=1e-9)
    assert found["true_peak_dbtp"] >= found["sample_peak_dbfs"]


def test_one_object_a_file_with_the_keys_of_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left = tone(48_000, [(-20, 4.0)], 1)[:, 0]
    sf.write(str(tmp_path / "a.wav"), np.stack([left + 0.01, -left], 1), 48_000, subtype="FLOAT")
    sf.write(str(tmp_path / "b.flac"), np.zeros(4800), 48_000)
    a, b = measured(capsys, str(tmp_path / "a.wav"), str(tmp_path / "b.flac"))
    assert a.pop("file") == str(tmp_path / "a.wav")
    loud = ["integrated_lufs", "short_term_max_lufs", "momentary_max_lufs", "lra_lu"]
    assert list(a) == [*loud, "true_peak_dbtp", "sample_peak_dbfs", "plr_lu", "dc", "correlation"]
    assert a["dc"] == pytest.approx(0.01, abs=1e-6)
    assert a["plr_lu"] == pytest.approx(a["true_peak_dbtp"] - a["integrated_lufs"])
    assert -1.0 < a["correlation"] < -0.98
    silent = [key for key, value in b.items() if value is None]
    assert silent == [key for key in a if key not in ("lra_lu", "dc")]  # JSON knows no infinity


def test_the_table_names_each_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sf.write(str(tmp_path / "tone.wav"), tone(44_100, [(-23, 4.0)]), 44_100, subtype="FLOAT")
    (tmp_path / "tone.wav").rename(tmp_path / "tone [b].wav")  # not a word of rich's markup
    assert main.main(["measure", str(tmp_path / "tone [b].wav")]) == 0
    out = capsys.readouterr().out
    assert "tone [b].wav" in out
    assert "-22.99" in out


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [tmp_path / name for name in ("a/mix.wav", "b/mix.wav", "b/other.wav")]
    found = measure.labels(files)
    assert [found[file] for file in files] == [str(files[0]), str(files[1]), "other.wav"]


def test_what_cannot_be_measured_is_told_and_the_rest_is_measured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sick = tone(48_000, [(-20, 1.0)])
    sick[4321, 1] = np.nan
    sf.write(str(tmp_path / "sick.wav"), sick, 48_000, subtype="FLOAT")
    sf.write(str(tmp_path / "empty.wav"), np.zeros((0, 2)), 48_000)
    sf.write(str(tmp_path / "slow.wav"), np.zeros(100), 4000)
    sf.write(str(tmp_path / "good.wav"), tone(48_000, [(-20, 1.0)]), 48_000, subtype="FLOAT")
    (tmp_path / "text.wav").write_text("no sound", encoding="utf-8")
    (tmp_path / "take.raw").write_bytes(bytes(100))
    (tmp_path / "folder").mkdir()
    names = ("sick.wav", "empty.wav", "slow.wav", "gone.wav", "text.wav", "take.raw", "folder", "good.wav")
    assert main.main(["measure", "--json", *(str(tmp_path / name) for name in names)]) == 2
    out, err = capsys.readouterr()
    assert [row["file"] for row in json.loads(out)] == [str(tmp_path / "good.wav")]
    lines = err.strip().splitlines()
    said = (
        "frame 4321 of channel 2 is nan",
        "no frame",
        "8000 Hz or more; got 4000 Hz",
        "no such file",
        "cannot read",
        "cannot read",
        "no sound file in that folder; expected WAV, FLAC",
    )
    assert len(lines) == len(said)
    for line, name, part in zip(lines, names[:7], said, strict=True):
        assert line.startswith(str(tmp_path / name))
        assert part in line
