"""Codes and texts of every container, as exiftool, MediaInfo, mutagen and ffprobe read them: also beyond ASCII.

ffprobe drops the ID3 tags of a WAV that has a bext chunk, so that it is no judge there.
"""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

import mutagen
import numpy as np
import pytest
from mutagen.flac import Picture as FlacPicture
from wavinfo import WavInfoReader

import release_rig as rig
from servers import need_tool
from studiod.mastering.formats import encoded, pcm_wav
from studiod.mastering.formats.tags import Loudness, Picture, Tags

TAGS = Tags(
    "Höst 東京", "Ævintýri", 2, 12, "Ünder Tönes", "Various Ärtists", "Łukasz Çelik", "GBUM72629604", "0602527474519",
    "2026-11-28", "Rock", "© 2026 Läbel", "℗ 2026 Läbel", "Läbel", "ST-001", True, Picture("image/png", rig.picture()),
    Loudness(-14.02, 6.1, -1.03, -10.5, -12.25), Loudness(-14.5, 7.0, -1.0, -9.0, -11.0), 44_100,
)  # fmt: skip
KINDS = ("wav", "flac", "mp3", "ogg", "opus")
# what each field is called by a reader; its keys in small letters
EXIF = {
    "title": ("title",), "artist": ("artist",), "album": ("album",), "isrc": ("isrc", "isrcnumber"),
    "composer": ("composer",), "copyright": ("copyright",),
}  # fmt: skip
INFO = {
    "title": "Title", "artist": "Performer", "album": "Album", "album_artist": "Album_Performer", "isrc": "ISRC",
    "composer": "Composer", "copyright": "Copyright", "genre": "Genre",
}  # fmt: skip
PROBE = {
    "title": ("title",), "artist": ("artist",), "album": ("album",), "album_artist": ("album_artist",),
    "composer": ("composer",), "isrc": ("isrc", "tsrc"), "upc": ("barcode",), "date": ("date",),
    "copyright": ("copyright",), "genre": ("genre",),
}  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A second of noise in every container."""
    folder = tmp_path_factory.mktemp("tagged")
    noise = np.random.default_rng(3).uniform(-0.5, 0.5, (48_000, 2))
    made = {kind: folder / f"höst.{kind}" for kind in KINDS}
    steps = np.rint(noise * 2**23).astype(np.int32) << 8
    pcm_wav.write(made["wav"], [steps], len(steps), 48_000, "int24", TAGS)
    for kind in KINDS[1:]:
        encoded.encode(made[kind], kind, [steps if kind == "flac" else noise.astype(np.float32)], 48_000)
        encoded.tag(made[kind], kind, TAGS)
    return made


def told(*command: object) -> Any:
    done = subprocess.run([*map(str, command)], capture_output=True, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize("kind", KINDS)
def test_exiftool_reads_every_field(files: dict[str, Path], kind: str) -> None:
    tool = need_tool("exiftool", "libimage-exiftool-perl")
    (row,) = told(tool, "-json", "-a", "-G4", "-charset", "UTF8", files[kind])
    rows = [(key.rpartition(":")[2].lower().replace(" ", ""), str(value)) for key, value in row.items()]
    for field, names in EXIF.items():
        assert getattr(TAGS, field) in [value for key, value in rows if key in names], field
    values = [value for _, value in rows]
    assert any("2026" in value for value in values)
    assert {"2/12"} & set(values) or {"2", "12"} <= set(values)
    if kind in ("wav", "mp3"):
        assert any(value == f"(BARCODE) {TAGS.upc}" for value in values)
    else:
        assert TAGS.upc in values
    assert any("Front Cover" in value for value in values)


@pytest.mark.parametrize("kind", KINDS)
def test_mediainfo_reads_every_field(files: dict[str, Path], kind: str) -> None:
    tool = need_tool("mediainfo", "mediainfo")
    general = told(tool, "--Output=JSON", files[kind])["media"]["track"][0]
    for field, name in INFO.items():
        assert general.get(name) == getattr(TAGS, field), field
    assert (general["Track_Position"], general["Track_Position_Total"]) == ("2", "12")
    assert general["Recorded_Date"].startswith("2026-11-28")
    assert general["Cover"] == "Yes"
    more = general["extra"] | general
    assert TAGS.upc in (more.get("BARCODE"), more.get("Barcode"))


@pytest.mark.parametrize("kind", KINDS[1:])
def test_ffprobe_reads_every_field(files: dict[str, Path], kind: str) -> None:
    tool = need_tool("ffprobe", "ffmpeg")
    found = told(tool, "-v", "error", "-of", "json", "-show_format", "-show_streams", files[kind])
    tables = [found["format"], *found["streams"]]
    rows = {key.lower(): value for table in reversed(tables) for key, value in table.get("tags", {}).items()}
    for field, names in PROBE.items():
        assert getattr(TAGS, field) in [rows.get(name) for name in names], field
    assert rows["track"] in ("2", "2/12")
    assert any(stream["codec_name"] == "png" for stream in found["streams"])


@pytest.mark.parametrize("kind", KINDS)
def test_mutagen_reads_the_picture_and_the_replay_gain(files: dict[str, Path], kind: str) -> None:
    file = mutagen.File(files[kind])
    if kind in ("wav", "mp3"):
        (picture,) = file.tags.getall("APIC")
        gains = {key: str(file.tags[f"TXXX:REPLAYGAIN_{key}"]) for key in ("TRACK_GAIN", "ALBUM_GAIN", "TRACK_PEAK")}
    else:
        packed = file.tags.get("metadata_block_picture")
        picture = FlacPicture(base64.b64decode(packed[0])) if packed else file.pictures[0]
        gains = {key: file.tags.get(f"REPLAYGAIN_{key}", [""])[0] for key in ("TRACK_GAIN", "ALBUM_GAIN", "TRACK_PEAK")}
    assert (picture.data, picture.mime, int(picture.type)) == (rig.picture(), "image/png", 3)
    if kind == "opus":
        assert (file.tags["R128_TRACK_GAIN"], file.tags["R128_ALBUM_GAIN"]) == (["-2299"], ["-2176"])
        assert not gains["TRACK_GAIN"]
    else:
        peak = f"{10.0 ** (-1.03 / 20.0):.6f}"
        assert gains == {"TRACK_GAIN": "-3.98 dB", "ALBUM_GAIN": "-3.50 dB", "TRACK_PEAK": peak}


def test_the_loudness_of_bext_is_read_by_wavinfo(files: dict[str, Path]) -> None:
    bext = WavInfoReader(str(files["wav"])).bext
    assert bext.loudness_value == pytest.approx(-14.02)
    assert bext.loudness_range == pytest.approx(6.1)
    assert bext.max_true_peak == pytest.approx(-1.03)
    assert bext.max_momentary_loudness == pytest.approx(-10.5)
    assert bext.max_shortterm_loudness == pytest.approx(-12.25)
    assert (bext.time_reference, bext.originator_ref) == (44_100, "ST-001")
    assert bext.description == "Under Tones: Host ??"  # ASCII: the nearest letters


def test_the_isrc_stands_in_axml_and_in_no_info(files: dict[str, Path]) -> None:
    data = files["wav"].read_bytes()
    assert b"ISRC:GBUM72629604</dc:identifier>" in data
    assert b"LIST" in data
    info = data[data.index(b"LIST") : data.index(b"id3 ")]
    assert b"ISRC" not in info
    assert b"H\xc3\xb6st" not in info  # of which readers make Latin-1: it stands in ID3


def test_what_is_not_known_is_not_there(tmp_path: Path) -> None:
    """A silent track has no loudness: 0x7FFF in bext, no gain in tags."""
    path = tmp_path / "silent.wav"
    pcm_wav.write(path, [np.zeros((100, 2), np.int16)], 100, 44_100, "int16", Tags("A", "B", 1, 1))
    data = path.read_bytes()
    at = data.index(b"bext") + 8 + 412
    assert np.array_equal(np.frombuffer(data[at : at + 10], "<i2"), [0x7FFF] * 5)
    tags = mutagen.File(path).tags
    assert not [key for key in tags if "REPLAYGAIN" in key or "BARCODE" in key]
    assert "TSRC" not in tags


@pytest.mark.parametrize(("kind", "serial"), [("ogg", encoded.SERIAL), ("opus", encoded.SERIAL)])
def test_an_ogg_has_one_serial_number_on_every_page(files: dict[str, Path], kind: str, serial: int) -> None:
    data = files[kind].read_bytes()
    at, pages = 0, 0
    while at < len(data):
        assert data[at : at + 4] == b"OggS"
        assert int.from_bytes(data[at + 14 : at + 18], "little") == serial
        count = data[at + 26]
        at += 27 + count + sum(data[at + 27 : at + 27 + count])
        pages += 1
    assert pages > 2


@pytest.mark.parametrize("word", ["int16", "int24", "float32"])
def test_a_wav_over_4_gib_is_an_rf64_that_says_its_true_sizes(word: str) -> None:
    """Its head alone: the sizes are known ahead."""
    frames = 1 << 31
    head = pcm_wav.head(frames, 192_000, word, TAGS, 1000)
    data = frames * 2 * pcm_wav.BITS[word] // 8
    assert head[:4] == b"RF64"
    assert head[4:8] == b"\xff" * 4
    assert head[12:16] == b"ds64"
    sizes = np.frombuffer(head[20:44], "<u8")
    assert sizes.tolist() == [len(head) - 8 + data + 1000, data, frames]
    assert head[-8:] == b"data" + b"\xff" * 4


def test_a_wav_of_another_length_than_said_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="expected 5 frames; got 4"):
        pcm_wav.write(tmp_path / "a.wav", [np.zeros((4, 2), np.int16)], 5, 44_100, "int16", None)
