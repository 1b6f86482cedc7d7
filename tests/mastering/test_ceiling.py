"""True peaks of what was made, at every rate, with the crossfade: the order of the steps is what holds the ceiling."""

from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfilt, upfirdn
from scipy.signal.windows import kaiser

import album_parts as parts
import audio_judge as judge
from album_parts import Album, Fade, Limiter, Loudness, Song, Version
from studiod.mastering import limit
from studiod.mastering.converter import converted
from studiod.mastering.programme import Mastered

RATES_HZ = 44_100, 48_000, 88_200, 96_000
CEILING_DB = -1.0


def bright(seconds: float, rate_hz: int) -> np.ndarray:
    """Bursts of noise from 4 kHz up to the top of the band over music-like noise."""
    rng = np.random.default_rng(11)
    frames = round(seconds * rate_hz)
    low = sosfilt(butter(2, 300.0, fs=rate_hz, output="sos"), rng.standard_normal((frames, 2)), axis=0)
    high = sosfilt(butter(4, 4000.0, "high", fs=rate_hz, output="sos"), rng.standard_normal((frames, 2)), axis=0)
    keyed = np.exp(-(np.arange(frames) % (rate_hz // 5)) / (0.01 * rate_hz))
    return 0.5 * low + 0.35 * high * keyed[:, None]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Mastered:
    """Music and something bright across one another, at -9 LUFS."""
    folder = tmp_path_factory.mktemp("album")
    music = parts.file(folder / "music.wav", parts.mix(18.0, 6.0), subtype="PCM_24")
    burst = parts.file(folder / "bright.wav", bright(6.0, 96_000), 96_000)
    fade = Fade(0.0, "equal_power")
    songs = Song(music, "Music", fade_out=fade), Song(burst, "Bright", crossfade_s=2.0, fade_in=fade)
    return parts.make(Album("Loud", songs, loudness=Loudness("song", -10.0)), folder / "work", RATES_HZ)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("word", ["int16", "int24", "float32"])
def test_every_file_is_below_the_ceiling_at_every_rate(made: Mastered, rate_hz: int, word: str) -> None:
    tracks = [parts.sound(made, k, rate_hz, word) for k in (0, 1)]
    for sound in (*tracks, np.concatenate(tracks)):
        assert judge.true_peak_db(sound) <= CEILING_DB + 0.05
        assert judge.libebur128_db(sound, rate_hz) <= CEILING_DB + 0.10
    assert max(map(judge.true_peak_db, tracks)) > CEILING_DB - 0.3  # no lower than it has to be for libebur128
    assert made.figures(1, rate_hz=rate_hz).true_peak_dbtp == pytest.approx(judge.true_peak_db(tracks[1]), abs=0.01)


def test_converted_behind_the_limiter_the_ceiling_breaks(tmp_path: Path) -> None:
    """The order exchanged: limited at the rate of the song, then converted to that of the release."""
    sound = bright(6.0, 44_100) * 2.0
    limited = limit.limit(sound, 44_100, ceiling_db=CEILING_DB)
    after = np.concatenate([*converted([limited], 44_100, 48_000, len(sound) * 640 // 588)])
    assert judge.true_peak_db(after) > CEILING_DB + 0.05
    song = parts.file(tmp_path / "bright.wav", sound, 44_100)
    right = parts.make(Album("Bright", (Song(song, "Bright"),)), tmp_path / "work", [48_000])
    assert judge.true_peak_db(parts.sound(right, 0, 48_000)) <= CEILING_DB + 0.05


def test_a_pass_that_is_over_is_done_again_under_a_lower_ceiling(tmp_path: Path) -> None:
    """Noise in bursts, for which one pass is not enough by the long meter; a version of it is made the same way."""
    keyed = np.random.default_rng(9).random(4000).repeat(24) > 0.8
    hard = np.random.default_rng(10).uniform(-4.0, 4.0, (96_000, 2)) * keyed[:, None]
    assert looked_through_257_frames_db(limit.limit(hard, 48_000, ceiling_db=CEILING_DB)) > CEILING_DB + 0.05
    song = parts.file(tmp_path / "hard.wav", hard, subtype="DOUBLE")
    one = Song(song, "Hard", versions=(Version("Same", song),))
    made = parts.make(Album("Hard", (one,), ceiling_meter="16x257"), tmp_path / "work")
    sound = parts.sound(made, 0)
    assert CEILING_DB - 0.4 < looked_through_257_frames_db(sound) <= CEILING_DB + 0.02
    assert parts.track(made, 0, version=0).tobytes() == parts.track(made, 0).tobytes()


def looked_through_257_frames_db(sound: np.ndarray) -> float:
    """True peak on a grid 16 times finer, through a windowed sinc of 257 frames, by code of its own."""
    at = np.arange(-128 * 16, 128 * 16 + 1) / 16.0
    grid = [np.abs(upfirdn(np.sinc(at) * kaiser(len(at), 8.0), lane, 16)).max() for lane in sound.T]
    return judge.decibels(max(grid))


def test_a_ceiling_is_held_by_the_long_meter_where_an_album_names_it(tmp_path: Path) -> None:
    """White noise 6 dB over, released in 10 ms, as two tracks that touch: each, and both in a row."""
    noise = np.random.default_rng(7).uniform(-2.0, 2.0, (48_000, 2))
    halves = [parts.file(tmp_path / f"{k}.wav", half) for k, half in enumerate(np.split(noise, 2))]
    songs = tuple(Song(half, half.stem) for half in halves)

    def read_db(meter: str, word: str = "float32") -> list[float]:
        album = Album("Noise", songs, limiter=Limiter(10.0, 0.5), ceiling_meter=meter)
        made = parts.make(album, tmp_path / meter)
        tracks = [parts.sound(made, k, word=word) for k in (0, 1)]
        return [looked_through_257_frames_db(sound) for sound in (*tracks, np.concatenate(tracks))]

    assert max(read_db("studiod")) > CEILING_DB + 0.3
    for word in ("float32", "int16"):
        assert CEILING_DB - 0.3 < max(read_db("16x257", word)) <= CEILING_DB + 0.02
