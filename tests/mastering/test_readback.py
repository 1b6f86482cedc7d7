"""What is read back is compared with what was meant: one bit, one frame, one code that differs ends the release."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from studiod.mastering.formats import disc, encoded, pcm_wav
from studiod.mastering.formats.disc import Disc, Track
from studiod.mastering.formats.tags import Tags
from studiod.mastering.release import readback
from studiod.mastering.release.deliveries import delivery, settled
from studiod.mastering.release.files import Item
from studiod.mastering.release.make import Digest

TAGS = Tags("Title", "Album", 1, 2, "Artist", isrc="GBUM72629604", upc="0602527474519")
KINDS = ("wav24", "wav16", "wav32f", "flac", "mp3", "ogg", "opus")


def written(folder: Path, kind: str) -> tuple[Path, Item, str]:
    """A second of noise as a file, the item that it is, the hash of its samples."""
    one = settled(delivery(kind), 44_100)
    rate_hz = one.rate_hz
    noise = np.random.default_rng(9).uniform(-0.5, 0.5, (rate_hz, 2))
    sound = {
        "int24": lambda: np.rint(noise * 2**23).astype(np.int32) << 8,
        "int16": lambda: np.rint(noise * 2**15).astype(np.int16),
        "float32": lambda: noise.astype(np.float32),
    }[one.word]()
    path, item = folder / f"a{one.ending}", Item(one, f"{kind}/a{one.ending}", ((0, None),), rate_hz, TAGS)
    if kind in encoded.ENCODERS:
        heard = Digest(iter([sound]), "int32")
        encoded.encode(path, kind, heard, rate_hz)
        encoded.tag(path, kind, TAGS)
    else:
        heard = Digest(iter([sound]), one.word)
        pcm_wav.write(path, heard, rate_hz, rate_hz, one.word, TAGS)
    return path, item, heard.text


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_file_passes(tmp_path: Path, kind: str) -> None:
    path, item, digest = written(tmp_path, kind)
    found = readback.sound(path, item, digest)
    assert set(found) == ({"decoded_true_peak_dbtp"} if kind in ("mp3", "ogg", "opus") else set())
    readback.tags(path, item)


@pytest.mark.parametrize("kind", ["wav24", "wav16", "wav32f", "flac"])
def test_one_bit_of_one_sample_is_seen(tmp_path: Path, kind: str) -> None:
    path, item, digest = written(tmp_path, kind)
    with pytest.raises(readback.Spoilt, match="read back, samples: expected"):
        readback.sound(path, item, digest[::-1])
    if kind != "flac":
        data = bytearray(path.read_bytes())
        data[pcm_wav.sound_of(path)[2] + 1000] ^= 1
        path.write_bytes(data)
        with pytest.raises(readback.Spoilt, match="the release was not touched: look at the disk, and try again"):
            readback.sound(path, item, digest)


@pytest.mark.parametrize("kind", KINDS)
def test_a_frame_more_or_less_another_rate_and_another_text_are_seen(tmp_path: Path, kind: str) -> None:
    path, item, digest = written(tmp_path, kind)
    with pytest.raises(readback.Spoilt, match=f"frames: expected {item.frames + 1}; got {item.frames}"):
        readback.sound(path, replace(item, frames=item.frames + 1), digest)
    with pytest.raises(readback.Spoilt, match="rate: expected 96000; got"):
        readback.sound(path, replace(item, delivery=replace(item.delivery, rate_hz=96_000)), digest)
    other = replace(item, tags=replace(TAGS, isrc="GBUM72629605"))
    with pytest.raises(readback.Spoilt, match="isrc: expected GBUM72629605; got GBUM72629604"):
        readback.tags(path, other)


@pytest.mark.parametrize("kind", ["wav24", "mp3", "flac"])
def test_tags_that_are_gone_are_seen(tmp_path: Path, kind: str) -> None:
    path, item, _ = written(tmp_path, kind)
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(readback.Spoilt, match=r"read back, (its tags|title): "):
        readback.tags(path, item)


def test_an_rf64_is_read_back_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small one: its limit is lowered."""
    monkeypatch.setattr(pcm_wav, "MOST", 1000)
    path, item, digest = written(tmp_path, "wav24")
    assert path.read_bytes()[:4] == b"RF64"
    readback.sound(path, item, digest)
    readback.tags(path, item)


def test_a_time_that_differs_by_one_cd_frame_is_seen(tmp_path: Path) -> None:
    of = Disc("A", 900, (Track(1, "One", 0), Track(2, "Two", 450, 400)), upc="0602527474519")
    (tmp_path / "a.cue").write_bytes(disc.cue(of, "a.wav"))
    (tmp_path / "a.toc").write_bytes(disc.toc(of, "a.wav"))
    readback.sheets(tmp_path, "a.cue", "a.toc", of)
    for name in ("a.cue", "a.toc"):
        whole = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(whole.replace(b"00:05:25", b"00:05:26").replace(b"00:06:00", b"00:06:01"))
        with pytest.raises(readback.Spoilt, match=rf"{name}: read back, codes and times: expected"):
            readback.sheets(tmp_path, "a.cue", "a.toc", of)
        (tmp_path / name).write_bytes(whole)


def test_a_file_that_is_not_as_its_checksum_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    (digest,) = readback.hashed(tmp_path / "a", "md5")
    (tmp_path / "MD5SUMS").write_text(f"{digest}  a\n")
    readback.sums(tmp_path, "MD5SUMS", "md5")
    (tmp_path / "a").write_bytes(b"b")
    with pytest.raises(readback.Spoilt, match="a: read back, the md5 sum: expected"):
        readback.sums(tmp_path, "MD5SUMS", "md5")
