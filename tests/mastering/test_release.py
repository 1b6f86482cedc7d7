"""A release, made by one command from three real pieces, and judged by what others read of its files."""

import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import release_rig as rig
from servers import need_tool
from studiod.mastering.album import Album, Loudness
from studiod.mastering.figures import Ear
from studiod.mastering.formats import pcm_wav
from studiod.mastering.release import make

FORMATS = ("wav24", "wav16", "wav24@96000", "wav32f@44100", "flac", "cd", "mp3", "ogg", "opus")
TRACKS = ("01 Kyrkjebø", "02 Fjord", "03 Lys")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an album and its release, of every format."""
    folder = tmp_path_factory.mktemp("album")
    rig.album(folder, rig.delivering(*FORMATS))
    assert rig.master(folder) == 0
    return folder


def report(made: Path, out: str = "Evermore") -> dict:
    return json.loads((made / out / "release.json").read_text("utf-8"))


def decoded(path: Path) -> np.ndarray:
    """As ffmpeg decodes it: float32 [frame, 2]."""
    ffmpeg = need_tool("ffmpeg", "ffmpeg")
    done = subprocess.run([ffmpeg, "-v", "error", "-i", path, "-f", "f32le", "-"], capture_output=True, check=True)
    return np.frombuffer(done.stdout, "<f4").reshape(-1, 2)


def sound(path: Path) -> bytes:
    """The samples of a WAV as they stand there."""
    _, _, first, length = pcm_wav.sound_of(path)
    return path.read_bytes()[first : first + length]


def test_every_format_has_a_folder_with_a_file_a_track_a_version_and_one_of_all(made: Path) -> None:
    names = {"wav24": ".wav", "wav24-96000": ".wav", "wav32f-44100": ".wav", "flac": ".flac", "opus": ".opus"}
    for folder, ending in names.items():
        there = {path.name for path in (made / "Evermore" / folder).iterdir()}
        tracks = [*TRACKS, "01 Kyrkjebø (Instrumental)", "Evermore"]
        assert there == {name + ending for name in tracks}
    assert {path.name for path in (made / "Evermore" / "cd").iterdir()} == {
        "Evermore.wav", "Evermore.cue", "Evermore.toc",
    }  # fmt: skip
    assert not [path for path in made.iterdir() if path.name.startswith(".")]
    assert "\n   Instrumental: GB-UM7-26-" in (made / "Evermore" / "label-copy.txt").read_text("utf-8")


@pytest.mark.parametrize("folder", ["wav24", "wav16", "wav24-96000", "wav32f-44100"])
def test_the_tracks_one_after_another_are_the_album_byte_for_byte(made: Path, folder: str) -> None:
    place = made / "Evermore" / folder
    assert b"".join(sound(place / f"{name}.wav") for name in TRACKS) == sound(place / "Evermore.wav")


def test_the_image_of_the_cd_is_the_tracks_of_16_bit(tmp_path: Path, made: Path) -> None:
    rig.album(made, rig.delivering("wav16@44100", "cd"), name="cd.toml")
    assert rig.master(made, file="cd.toml", out="cd") == 0
    place = made / "cd"
    assert b"".join(sound(place / "wav16-44100" / f"{name}.wav") for name in TRACKS) == sound(
        place / "cd" / "Evermore.wav"
    )
    assert sf.info(place / "cd" / "Evermore.wav").frames % 588 == 0


def test_flac_holds_the_samples_of_the_wav(made: Path) -> None:
    for name in (*TRACKS, "Evermore"):
        wav, _ = sf.read(made / "Evermore" / "wav24" / f"{name}.wav", dtype="int32")
        flac, _ = sf.read(made / "Evermore" / "flac" / f"{name}.flac", dtype="int32")
        assert np.array_equal(wav, flac), name
    flac_tool = need_tool("flac", "flac")
    subprocess.run([flac_tool, "-t", "-s", *(made / "Evermore" / "flac").glob("*.flac")], check=True)


@pytest.mark.parametrize("kind", ["mp3", "ogg", "opus"])
def test_packed_files_decode_to_the_frames_of_the_wav_at_lag_0(made: Path, kind: str) -> None:
    """By ffmpeg.  The lag is where the correlation of the two is greatest; noise of the codec moves no peak."""
    rate_hz = 48_000 if kind == "opus" else 44_100
    folder = f"of-{rate_hz}"
    if not (made / folder).exists():
        rig.album(made, rig.delivering(f"wav32f@{rate_hz}"), name=f"{folder}.toml")
        assert rig.master(made, file=f"{folder}.toml", out=folder) == 0
    for name in (*TRACKS, "Evermore"):
        wav, _ = sf.read(made / folder / f"wav32f-{rate_hz}" / f"{name}.wav", dtype="float32")
        packed = decoded(made / "Evermore" / kind / f"{name}.{kind}")
        assert len(packed) == len(wav), name
        one, two = (np.diff(x[:, 0].astype(np.float64)) for x in (wav, packed))  # highs: a sharp peak
        size = 1 << (2 * len(one)).bit_length()
        across = np.fft.irfft(np.fft.rfft(two, size) * np.conj(np.fft.rfft(one, size)), size)
        assert int(np.argmax(across)) == 0, name


def test_the_true_peaks_of_packed_files_are_written_down(made: Path) -> None:
    peaks = make.lossy_peaks(report(made))
    assert len(peaks) == 3 * (len(TRACKS) + 2)
    assert all(-30.0 < peak < 3.0 for peak in peaks.values())


def test_what_decodes_above_full_scale_is_named_with_the_ceiling_that_holds() -> None:
    rows = [
        {"path": "mp3/a.mp3", "decoded_true_peak_dbtp": 0.21},
        {"path": "mp3/b.mp3", "decoded_true_peak_dbtp": -0.2},
    ]
    told = "mp3/a.mp3: decoded, its true peak is +0.21 dBTP; ceiling_dbtp = -1.3 would hold it below 0"
    assert make.over_full_scale(rows, -1.0) == [told]


def test_a_song_too_soft_or_too_short_for_a_loudness_is_named() -> None:
    noise = np.random.default_rng(2).uniform(-0.1, 0.1, (48_000, 2))
    heard = []
    for sound in (noise, noise * 1e-6, noise[:4800], noise * 0.0):  # of silence the mix's own line tells
        ear = Ear(48_000)
        ear.feed(sound)
        heard.append(ear.heard())
    told = "song[{}]: too soft or too short: no loudness can be found, and it keeps its level"
    album = Album("A", (), loudness=Loudness("song"))
    assert make.unheard(album, heard) == [told.format(2), told.format(3)]
    assert make.unheard(Album("A", ()), heard) == []


def test_checksums_are_those_of_the_files_and_of_all_of_them(made: Path) -> None:
    place = made / "Evermore"
    for name, kind in (("SHA256SUMS", "sha256"), ("MD5SUMS", "md5")):
        rows = dict(reversed(line.split("  ", 1)) for line in (place / name).read_text("utf-8").splitlines())
        there = {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()}
        assert set(rows) == there - {"SHA256SUMS", "MD5SUMS"}
        assert all(hashlib.new(kind, (place / path).read_bytes()).hexdigest() == sum_ for path, sum_ in rows.items())


def test_the_same_input_gives_the_same_bytes_elsewhere_later_and_with_one_worker(
    made: Path, tmp_path: Path
) -> None:  # fmt: skip
    for name in rig.PIECES:
        (tmp_path / f"{name}.wav").write_bytes((made / f"{name}.wav").read_bytes())
    rig.album(tmp_path, rig.delivering(*FORMATS))
    assert rig.master(tmp_path, "--workers", 1, out="other") == 0
    assert (tmp_path / "other" / "SHA256SUMS").read_bytes() == (made / "Evermore" / "SHA256SUMS").read_bytes()


def test_a_second_run_makes_nothing(
    made: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    before = {path: path.stat().st_mtime_ns for path in (made / "Evermore").rglob("*")}
    rig.album(made, rig.delivering(*FORMATS))
    monkeypatch.setattr(make.programme, "make", lambda *_: pytest.fail("it was rendered"))
    assert rig.master(made) == 0
    assert "files, as they were" in capfd.readouterr().out
    assert {path: path.stat().st_mtime_ns for path in (made / "Evermore").rglob("*")} == before


def test_a_release_that_was_touched_is_made_again(made: Path) -> None:
    rig.album(made, rig.delivering("wav24"), name="touched.toml")
    assert rig.master(made, file="touched.toml", out="touched") == 0
    track = made / "touched" / "wav24" / "02 Fjord.wav"
    whole = track.read_bytes()
    track.write_bytes(whole[:-1] + b"x")
    assert rig.master(made, file="touched.toml", out="touched") == 0
    assert track.read_bytes() == whole


def test_a_new_title_renders_and_encodes_no_sound(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own steps, so that no other test has thrown them away."""
    text = rig.delivering("wav24", "mp3", "flac")
    rig.album(made, text, name="titles.toml")
    words = ("--work", made / "title-work")
    assert rig.master(made, *words, file="titles.toml", out="titles") == 0
    steps = {path.name: path.stat().st_mtime_ns for path in (made / "title-work" / "sound").glob("*.f64")}
    monkeypatch.setattr(make.encoded, "encode", lambda *_: pytest.fail("it was encoded"))
    rig.album(made, text.replace('title = "Fjord"', 'title = "Sund"'), name="titles.toml")
    assert rig.master(made, *words, file="titles.toml", out="titles") == 0
    assert (made / "titles" / "mp3" / "02 Sund.mp3").exists()
    assert not (made / "titles" / "mp3" / "02 Fjord.mp3").exists()
    assert {path.name: path.stat().st_mtime_ns for path in (made / "title-work" / "sound").glob("*.f64")} == steps


def test_a_target_that_cannot_be_reached_is_refused_and_nothing_is_written(
    made: Path, capfd: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    rig.album(made, rig.delivering("wav24").replace("target_lufs = -14.0", "target_lufs = -3.0"), name="loud.toml")
    assert rig.master(made, file="loud.toml", out="loud") == 2
    assert "expected -3.0 LUFS; the loudest that can be reached is" in capfd.readouterr().err
    assert not (made / "loud").exists()
