"""An album's sound as a whole: what is parted by silence is independent, what did not change is not made again."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import album_parts as parts
from album_parts import RATE_HZ, Album, Limiter, Loudness, Song, Version
from servers import to_toml
from studiod.cli.main import main
from studiod.errors import FileFault
from studiod.mastering import passes
from studiod.mastering.chain import Chain

RATES_HZ = 44_100, 48_000
CHAIN = {
    "main/eq/1/type": "low_shelf", "main/eq/1/freq": 90.0, "main/eq/1/gain": 2.0, "main/eq/3/gain": -2.5,
    "main/eq/6/type": "high_shelf", "main/eq/6/freq": 9000.0, "main/eq/6/gain": 3.0,
    "main/comp/on": 1, "main/comp/threshold": -24.0, "main/comp/ratio": 2.0, "main/comp/makeup": 3.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Song, ...]:
    """Four songs of 3 s, each 2 s of silence behind the one before."""
    folder = tmp_path_factory.mktemp("songs")
    starts = (10.0, 14.0, 18.0, 22.0)
    files = [parts.file(folder / f"{s:g}.wav", parts.mix(s, 3.0), subtype="PCM_24") for s in starts]
    return tuple(Song(file, file.stem, gap_s=2.0) for file in files)


def album(*songs: Song, mode: str = "song", target_lufs: float = -12.0, **more: object) -> Album:
    return replace(Album("Album", songs, loudness=Loudness(mode, target_lufs)), **more)


def bytes_of(album: Album, work: Path) -> dict[str, list[bytes]]:
    """The tracks of each song by its title, at both rates and three words, without the silence behind them."""
    made, timeline = parts.make(album, work, RATES_HZ), parts.laid_out(album)
    sounding = {place.song: (place.pause - place.track) for place in timeline.places}
    return {
        song.title: [
            parts.track(made, k, rate_hz, word)[: sounding[k] * rate_hz // 75].tobytes()
            for rate_hz in RATES_HZ
            for word in ("int16", "int24", "float32")
        ]
        for k, song in enumerate(album.songs)
    }


def test_songs_that_silence_parts_are_independent(
    songs: tuple[Song, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two, three, four = songs
    before = bytes_of(album(one, two, three), tmp_path)
    rendered: list[str] = []
    once = passes.once

    def seen(kept, of, *rest):  # type: ignore[no-untyped-def]  # the steps that really ran
        name, made = once(kept, of, *rest)
        if made.sound.path.stat().st_mtime_ns > seen.start:
            rendered.append(name)
        return name, made

    seen.start = max(file.stat().st_mtime_ns for file in tmp_path.iterdir())
    monkeypatch.setattr(passes, "once", seen)
    monkeypatch.setattr("studiod.mastering.solve.once", seen)
    for changed in (album(three, two, one), album(one, three), album(three, one)):
        after = bytes_of(changed, tmp_path)
        assert after == {title: before[title] for title in after}
        if len(changed.songs) == 3:
            assert not rendered
    after = bytes_of(album(one, four, three), tmp_path)
    assert after["10"] == before["10"]
    assert after["18"] == before["18"]
    assert rendered


def test_a_second_run_makes_nothing(songs: tuple[Song, ...], tmp_path: Path) -> None:
    once = bytes_of(album(*songs[:2]), tmp_path)
    files = {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert bytes_of(album(*songs[:2]), tmp_path) == once
    after = {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert {name for name in files if files[name] != after[name]} <= {"digests.json"}
    titled = album(*(replace(song, title="Another", artist="Somebody") for song in songs[:2]))
    parts.make(titled, tmp_path, RATES_HZ)
    assert {file.name for file in tmp_path.iterdir()} == files.keys()


def test_one_worker_or_two_and_another_folder_make_the_same_bytes(songs: tuple[Song, ...], tmp_path: Path) -> None:
    made = [parts.make(album(*songs[:3]), tmp_path / f"{n}", RATES_HZ, workers=n) for n in (1, 2)]
    for k in range(3):
        one, two = (parts.track(m, k, 44_100, "int24").tobytes() for m in made)
        assert one == two


def test_live_equals_offline(tmp_path: Path) -> None:
    """A song through a whole console, and through the strip alone: the same samples, up to the limiter's output."""
    song = parts.file(tmp_path / "song.wav", parts.mix(10.0, 4.0))
    limits = {"main/limiter/release": 50.0, "main/limiter/ceiling": -9.0, "main/limiter/lookahead": 2.0}
    live = {"ch/1/fader": 0.0, "ch/2/fader": 0.0, "ch/1/pan": -100.0, "ch/2/pan": 100.0}
    scene, chain, out = tmp_path / "scene.toml", tmp_path / "chain.toml", tmp_path / "out.wav"
    scene.write_text(to_toml({"values": {**CHAIN, **limits, **live}}), "utf-8")
    chain.write_text(to_toml({"values": CHAIN}), "utf-8")
    words = ["render", "--input", str(song), "--scene", str(scene), "--output", f"main={out}", "--subtype", "FLOAT"]
    assert main(words) == 0
    of = Album("One", (Song(song, "One"),), chain=chain, ceiling_dbtp=-9.0, limiter=Limiter(50.0, 2.0))
    made, want = parts.track(parts.make(of, tmp_path / "work"), 0), sf.read(out, dtype="float32")[0]
    assert made[: len(want)].tobytes() == want.tobytes()
    assert not made[len(want) :].any()
    assert np.abs(want).max() > 0.35  # and the limiter had to work


def test_a_chain_at_rest_and_none_are_the_same_bits() -> None:
    sound = parts.mix(10.0, 1.0).copy()
    Chain({"main/eq/2/q": 2.0}, RATE_HZ).run(sound)
    assert sound.tobytes() == parts.mix(10.0, 1.0).tobytes()


def test_quiet_16_bit_to_16_bit_are_the_same_bytes(tmp_path: Path) -> None:
    file = parts.file(tmp_path / "quiet.wav", parts.mix(10.0, 2.0) * 0.3, subtype="PCM_16")
    made = parts.make(album(Song(file, "Quiet"), mode="off"), tmp_path / "work", RATES_HZ)
    want = sf.read(file, dtype="int16")[0]
    assert parts.track(made, 0, 48_000, "int16")[: len(want)].tobytes() == want.tobytes()
    assert (parts.track(made, 0, 44_100, "int16")[:100] != want[:100]).any()
    louder = parts.make(album(Song(file, "Quiet", offset_lu=0.5), mode="off"), tmp_path / "louder")
    assert (parts.track(louder, 0, 48_000, "int16")[: len(want)] != want).any()


def test_silence_between_songs_has_no_noise(songs: tuple[Song, ...], tmp_path: Path) -> None:
    made = parts.make(album(*songs[:2]), tmp_path, RATES_HZ)
    for rate_hz in RATES_HZ:
        for word in ("int16", "int24", "float32"):
            gap = parts.track(made, 0, rate_hz, word)[round(3.01 * rate_hz) :]
            assert len(gap) == round(1.99 * rate_hz)
            assert not gap.any()


def test_a_version_has_its_songs_length_drive_and_chain(songs: tuple[Song, ...], tmp_path: Path) -> None:
    chain = tmp_path / "chain.toml"
    chain.write_text(to_toml({"values": CHAIN}), "utf-8")
    short = parts.file(tmp_path / "short.wav", parts.mix(11.0, 2.0) * 0.5)
    versions = Version("Same", songs[0].file), Version("Short", short)
    one = replace(songs[0], versions=versions, start_s=0.5, end_s=2.5)
    made = parts.make(album(one, replace(songs[1], crossfade_s=0.5), chain=chain), tmp_path / "work", RATES_HZ)
    for rate_hz in RATES_HZ:
        own = parts.track(made, 0, rate_hz, "int24")
        assert parts.track(made, 0, rate_hz, "int24", 0).tobytes() == own.tobytes()
        other = parts.track(made, 0, rate_hz, "int24", 1)
        assert len(other) == len(own)
        assert (other != own).any()
    assert made.figures(0, 1).drive_db == made.figures(0).drive_db
    assert made.figures(0, 1).integrated_lufs < made.figures(0).integrated_lufs - 1.0


def test_a_silent_song_keeps_its_level_and_mono_becomes_two_sides(tmp_path: Path) -> None:
    silent = parts.file(tmp_path / "silent.wav", np.zeros((RATE_HZ, 2)))
    mono = parts.file(tmp_path / "mono.wav", parts.mix(10.0, 3.0)[:, 0])
    made = parts.make(album(Song(silent, "Silent"), Song(mono, "Mono", gap_s=3.0)), tmp_path / "work")
    assert not parts.track(made, 0).any()
    assert made.figures(0).integrated_lufs is None
    sides = parts.track(made, 1)
    assert (sides[:, 0] == sides[:, 1]).all()
    assert parts.lufs(sides) == pytest.approx(-12.0, abs=0.1)


def test_every_fault_of_every_chain_is_told(tmp_path: Path) -> None:
    chain, other = tmp_path / "chain.toml", tmp_path / "other.toml"
    values = {"ch/1/fader": 0.0, "main/limiter/gain": 3.0, "main/eq/9/gain": 1.0, "main/eq/1/gain": 99.0}
    chain.write_text(to_toml({"values": values}), "utf-8")
    file = parts.file(tmp_path / "song.wav", np.zeros((100, 2)))
    of = album(Song(file, "One", chain=other), chain=chain)
    with pytest.raises(FileFault) as told:
        parts.make(of, tmp_path / "work")
    text = str(told.value)
    for word in (
        "chain.toml: ch/1/fader: not of the mains; expected a path under main/; got 0",
        "main/limiter/gain: the limiter is the album's; got 3; take it out: the album file has limiter",
        "main/eq/9/gain: ",
        "main/eq/1/gain: ",
        "other.toml: cannot read this scene",
    ):
        assert word in text, text


def test_a_step_that_fails_ends_the_others_and_leaves_no_draft(songs: tuple[Song, ...], tmp_path: Path) -> None:
    gone = Song(tmp_path / "gone.wav", "Gone", gap_s=2.0)
    timeline = parts.laid_out(album(*songs[:3]))
    with pytest.raises(OSError, match="gone"):
        parts.programme.make(album(*songs[:2], gone), timeline, [RATE_HZ], tmp_path / "work", lambda _w, _p: None)
    parts.make(album(*songs[:2]), tmp_path / "work")
    assert not [file.name for file in (tmp_path / "work").iterdir() if "draft" in file.name]


def test_the_same_song_twice_is_made_once(songs: tuple[Song, ...], tmp_path: Path) -> None:
    twins = [replace(songs[0], title=f"Twin {k}") for k in range(4)]
    made = parts.make(album(*twins), tmp_path, RATES_HZ, workers=4)
    assert len(list(tmp_path.glob("*.f64"))) == 1 + len(RATES_HZ)
    for rate_hz in RATES_HZ:
        tracks = [parts.track(made, k, rate_hz, "int24") for k in range(4)]
        assert all((track[: len(tracks[3])] == tracks[3]).all() for track in tracks)


def test_what_was_kept_can_be_read_by_json(songs: tuple[Song, ...], tmp_path: Path) -> None:
    parts.make(album(songs[0]), tmp_path)
    for note in tmp_path.glob("*.json"):
        json.loads(note.read_text("utf-8"))
