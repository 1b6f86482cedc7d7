"""Loudness of what was made, by libebur128: targets met, distances kept, few runs, or the refusal."""

import re
from dataclasses import replace
from pathlib import Path

import pyebur128
import pytest

import album_parts as parts
from album_parts import RATE_HZ, Album, Fade, Limiter, Loudness, Song
from studiod.errors import FileFault
from studiod.mastering.programme import Mastered

LEVELS = (1.0, 0.35, 0.6)  # of the three songs, linear
RATES_HZ = 44_100, 48_000


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("songs")
    starts = (8.0, 18.0, 26.0)
    return [
        parts.file(folder / f"{k}.wav", parts.mix(start, 8.0) * level, subtype="PCM_24")
        for k, (start, level) in enumerate(zip(starts, LEVELS, strict=True))
    ]


def album(files: list[Path], mode: str, target_lufs: float, offset_lu: float = 0.0) -> Album:
    """Three songs: one by itself, two that cross."""
    fade = Fade(0.0, "equal_power")
    songs = (
        Song(files[0], "One", fade_out=Fade(1.0, "s")),
        Song(files[1], "Two", gap_s=2.0, fade_out=fade),
        Song(files[2], "Three", crossfade_s=2.0, fade_in=fade, offset_lu=offset_lu),
    )
    return Album("Album", songs, loudness=Loudness(mode, target_lufs))


def together(made: Mastered, rate_hz: int) -> float:
    """The album's loudness by libebur128."""
    meters = [parts.meter_of(parts.sound(made, k, rate_hz, "int24"), rate_hz) for k in range(3)]
    return float(pyebur128.get_loudness_global_multiple(meters))


def test_every_song_is_on_its_target(files: list[Path], tmp_path: Path) -> None:
    made = parts.make(album(files, "song", -12.0, 1.5), tmp_path, RATES_HZ)
    for rate_hz in RATES_HZ:
        for k, target in enumerate((-12.0, -12.0, -10.5)):
            lufs = parts.lufs(parts.sound(made, k, rate_hz, "int24"), rate_hz)
            assert lufs == pytest.approx(target, abs=0.1)
            assert made.figures(k, rate_hz=rate_hz).integrated_lufs == pytest.approx(lufs, abs=0.05)
        assert made.album_figures(rate_hz).integrated_lufs == pytest.approx(together(made, rate_hz), abs=0.05)
    assert max(made.passes) <= 6


def test_an_album_keeps_its_distances_below_the_loudest(files: list[Path], tmp_path: Path) -> None:
    off = parts.make(album(files, "off", 0.0), tmp_path / "off")
    before = [off.songs[k, None].before.integrated_lufs for k in range(3)]
    made = parts.make(album(files, "album", -11.0), tmp_path / "on")
    after = [parts.lufs(parts.sound(made, k, RATE_HZ, "int24")) for k in range(3)]
    assert max(after) == pytest.approx(-11.0, abs=0.1)
    assert after.index(max(after)) == before.index(max(before))
    for k in range(3):
        assert after[k] - max(after) == pytest.approx(before[k] - max(before), abs=0.1)
    assert made.album_figures().integrated_lufs == pytest.approx(together(made, RATE_HZ), abs=0.05)


def test_without_a_target_nothing_is_turned(files: list[Path], tmp_path: Path) -> None:
    made = parts.make(album(files, "off", -3.0, 2.0), tmp_path)
    assert made.drives_db == [0.0, 0.0, 2.0]
    assert made.figures(0).range_lost_lu == pytest.approx(0.0, abs=0.2)


@pytest.mark.parametrize("release_ms", [10.0, 80.0, 150.0])
@pytest.mark.parametrize("target_lufs", [-14.0, -11.0, -9.0])
def test_six_runs_are_enough(files: list[Path], target_lufs: float, release_ms: float, tmp_path: Path) -> None:
    limiter = Limiter(release_ms, 1.5)
    of = Album("One", (Song(files[0], "One"),), loudness=Loudness("song", target_lufs), limiter=limiter)
    made = parts.make(of, tmp_path)
    assert made.passes[0] <= 6
    assert parts.lufs(parts.sound(made, 0)) == pytest.approx(target_lufs, abs=0.1)


def test_a_target_out_of_reach_is_refused_with_the_loudest_that_is_not(files: list[Path], tmp_path: Path) -> None:
    with pytest.raises(FileFault) as told:
        parts.make(album(files, "song", -3.0), tmp_path)
    lines = str(told.value).splitlines()
    assert len(lines) == 3
    shape = (
        r"song 1, .*0\.wav: expected -3\.0 LUFS; the loudest that can be reached is -[0-9]+\.[0-9] LUFS, which takes"
        r" [0-9]+\.[0-9] dB of drive and [0-9]\.[0-9] of its [0-9]\.[0-9] LU of range; lower target_lufs, shorten"
    )
    assert re.match(shape, lines[0]), lines[0]
    loudest = float(lines[0].partition("reached is ")[2].split()[0])
    one = Album("One", (Song(files[0], "One"),), loudness=Loudness("song", loudest - 0.1))
    made = parts.make(one, tmp_path)
    assert parts.lufs(parts.sound(made, 0)) == pytest.approx(loudest - 0.1, abs=0.1)


def test_the_joined_programme_has_its_own_chain_ahead_of_the_limiter(files: list[Path], tmp_path: Path) -> None:
    chain = tmp_path / "album.toml"
    chain.write_text('[values]\n"main/comp/on" = 1\n"main/comp/threshold" = -24.0\n"main/comp/ratio" = 1.5\n', "utf-8")
    of = album(files, "song", -14.0)
    plain = parts.make(of, tmp_path / "plain")
    made = parts.make(replace(of, album_chain=chain), tmp_path / "chained")
    for k in range(3):
        assert parts.lufs(parts.sound(made, k)) == pytest.approx(-14.0, abs=0.1)
        assert made.drives_db[k] > plain.drives_db[k] + 0.5
        assert made.passes[k] <= 6
