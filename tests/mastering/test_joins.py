"""Joints: what was one sound before it was cut is one sound again; fades and crossfades are their formulas."""

import math
from pathlib import Path

import numpy as np
import pytest

import album_parts as parts
from album_parts import Album, Fade, Song
from studiod.mastering.converter import converted
from studiod.mastering.join import curve

DOWN_HZ = 44_100
TONE_HZ = 997.0
ODD = 48_017  # frame of the cut


def tone(frames: int, rate_hz: int, level: float = 0.1) -> np.ndarray:
    t = np.arange(frames)
    return np.stack([level * np.sin(2.0 * np.pi * TONE_HZ * t / rate_hz)] * 2, axis=1)


def left_db(sound: np.ndarray, rate_hz: int) -> float:
    """What is left of a tone when the sine that fits best is taken off, at its greatest, dBFS."""
    t = 2.0 * np.pi * TONE_HZ * np.arange(len(sound)) / rate_hz
    base = np.stack([np.sin(t), np.cos(t)], axis=1)
    fit, *_ = np.linalg.lstsq(base, sound[:, 0], rcond=None)
    return 20.0 * math.log10(float(np.abs(sound[:, 0] - base @ fit).max()))


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A tone at 96 kHz in two files, cut at an odd frame."""
    folder, whole = tmp_path_factory.mktemp("tone"), tone(96_000, 96_000)
    cut = whole[:ODD], whole[ODD:]
    one, other = (parts.file(folder / f"{k}.wav", sound, 96_000, "DOUBLE") for k, sound in enumerate(cut))
    return one, other


def test_two_songs_without_a_gap_are_one_sound_at_another_rate(two: tuple[Path, Path], tmp_path: Path) -> None:
    album = Album("Tone", (Song(two[0], "One"), Song(two[1], "Two")))
    made = parts.make(album, tmp_path, [DOWN_HZ, 96_000])
    whole = np.concatenate([parts.sound(made, k, DOWN_HZ) for k in (0, 1)])
    assert len(parts.track(made, 0, DOWN_HZ)) == ODD * 75 // 96_000 * 588  # the track begins on the CD grid
    # float32 at 0.1 rounds to -152 dBFS
    assert left_db(whole[1000:-1000], DOWN_HZ) < -130.0
    again = np.concatenate([parts.track(made, k, 96_000) for k in (0, 1)])
    assert (again[:96_000] == tone(96_000, 96_000).astype(np.float32)).all()


def test_converted_one_by_one_they_are_not(two: tuple[Path, Path]) -> None:
    whole = tone(96_000, 96_000)
    pieces = [
        [*converted([part], 96_000, DOWN_HZ, round(len(part) * DOWN_HZ / 96_000))]
        for part in (whole[:ODD], whole[ODD:])
    ]
    assert left_db(np.concatenate([np.concatenate(piece) for piece in pieces])[1000:-1000], DOWN_HZ) > -80.0


FORMULAS = {
    "linear": lambda x: x,
    "equal_power": lambda x: math.sin(math.pi * x / 2.0),
    "s": lambda x: (1.0 - math.cos(math.pi * x)) / 2.0,
}


@pytest.mark.parametrize("shape", FORMULAS)
def test_a_fade_is_its_formula(shape: str, tmp_path: Path) -> None:
    level = parts.file(tmp_path / "dc.wav", np.full((96_000, 2), 0.5))
    fade = Fade(0.7, shape)
    made = parts.make(Album("Fades", (Song(level, "Fades", fade_in=fade, fade_out=fade),)), tmp_path / "work")
    gain = parts.sound(made, 0)[:, 0] / 0.5
    frames = round(0.7 * parts.RATE_HZ)
    for k in range(1, 11):
        at, want = round(k * frames / 10), FORMULAS[shape](round(k * frames / 10) / frames)
        assert 20.0 * math.log10(gain[at] / want) == pytest.approx(0.0, abs=0.01)
        assert 20.0 * math.log10(gain[96_000 - at] / want) == pytest.approx(0.0, abs=0.01)
    assert gain[0] == 0.0
    assert (gain[frames : 96_000 - frames] == 1.0).all()


@pytest.mark.parametrize("rates_hz", [[44_100, 48_000, 88_200, 96_000]])
def test_crossfades_keep_power_or_level_and_stand_to_the_frame(rates_hz: list[int], tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    noises = [rng.standard_normal((5 * parts.RATE_HZ, 2)) * 0.05 for _ in range(2)]
    for sound in noises:  # of the same power everywhere, so that what is measured is the fade
        sound /= np.sqrt((sound**2).mean(axis=0)) / 0.05
    files = [parts.file(tmp_path / f"{k}.wav", sound) for k, sound in enumerate(noises)]
    songs = Song(files[0], "One"), Song(files[1], "Two", crossfade_s=3.0)  # equal power, unless another is named
    made = parts.make(Album("Cross", songs), tmp_path / "work", rates_hz)
    for rate_hz in rates_hz:
        lengths = [len(parts.track(made, k, rate_hz)) for k in (0, 1)]
        assert lengths == [2 * rate_hz, 5 * rate_hz]
    whole = np.concatenate([parts.sound(made, k) for k in (0, 1)])
    crossed = whole[2 * parts.RATE_HZ : 5 * parts.RATE_HZ]
    assert 10.0 * math.log10(float((crossed**2).mean()) / 0.05**2) == pytest.approx(0.0, abs=0.05)
    t = np.arange(3 * parts.RATE_HZ) / (3 * parts.RATE_HZ)
    weights = np.stack([np.cos(np.pi * t / 2.0), np.sin(np.pi * t / 2.0)])
    want = noises[0][2 * parts.RATE_HZ :] * weights[0][:, None] + noises[1][: 3 * parts.RATE_HZ] * weights[1][:, None]
    np.testing.assert_allclose(crossed, want, atol=1e-7)  # what float32 rounds


def test_identical_sound_crosses_linearly_without_a_trace(tmp_path: Path) -> None:
    level = parts.file(tmp_path / "dc.wav", np.full((96_000, 2), 0.5))
    line = Fade(0.0, "linear")
    songs = Song(level, "One", fade_out=line), Song(level, "Two", crossfade_s=1.0, fade_in=line)
    made = parts.make(Album("Cross", songs), tmp_path / "work")
    whole = np.concatenate([parts.sound(made, k) for k in (0, 1)])
    assert np.abs(20.0 * np.log10(whole[: 3 * parts.RATE_HZ] / 0.5)).max() < 0.01


def test_a_song_of_another_rate_joins_at_the_rate_of_the_run(tmp_path: Path) -> None:
    one = parts.file(tmp_path / "one.wav", tone(DOWN_HZ, DOWN_HZ), DOWN_HZ, "PCM_24")
    two = parts.file(tmp_path / "two.wav", tone(96_000, 96_000), 96_000)
    made = parts.make(Album("Rates", (Song(one, "One"), Song(two, "Two"))), tmp_path / "work", [48_000])
    whole = np.concatenate([parts.sound(made, k) for k in (0, 1)])
    assert len(whole) == 2 * 48_000
    assert left_db(whole[1000:47_000], 48_000) < -125.0  # 24 bit
    assert left_db(whole[49_000:95_000], 48_000) < -130.0


def test_a_shape_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="expected linear, equal_power or s; got cubic"):
        curve("cubic", np.zeros(1))
