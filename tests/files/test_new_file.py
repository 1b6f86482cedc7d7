"""A file that is being written: it stands under its name whole, or not at all, and its bytes do not tell the cuts."""

import os
from pathlib import Path

import numpy as np
import pytest

from captures import read_sound, write_sound
from descriptors import held
from studiod.files import new_file
from studiod.files.new_file import NewFile

RATE_HZ = 48_000
KINDS = {"wav": "FLOAT", "flac": "PCM_24", "aiff": "PCM_16", "ogg": None}


@pytest.fixture(params=["without a name", "hidden"])
def disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that has files without a name, and one that has not."""
    if request.param == "hidden":
        monkeypatch.setattr(new_file, "OPEN", "/nowhere")


def made(path: Path, channels: int = 1, subtype: str | None = "FLOAT", kind: str = "WAV") -> NewFile:
    return NewFile(path, RATE_HZ, channels, subtype, kind)


def test_it_takes_the_place_of_what_was_there_and_its_rights(tmp_path: Path, disk: None) -> None:
    file, link = write_sound(tmp_path / "x.wav", np.full(100, 0.5)), tmp_path / "link.wav"
    file.chmod(0o640)
    link.symlink_to("x.wav")
    before = file.read_bytes()
    new = made(link)
    new.write(np.full((9600, 1), 0.125, np.float32))
    new.close()
    assert file.read_bytes() == before
    new.appear()
    new.drop()
    assert link.is_symlink()
    assert (read_sound(file) == 0.125).all()
    assert len(read_sound(file)) == new.frames == 9600
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(os.listdir(tmp_path)) == ["link.wav", "x.wav"]


def test_what_is_dropped_leaves_nothing(tmp_path: Path, disk: None) -> None:
    file = write_sound(tmp_path / "x.wav", np.full(100, 0.5))
    before, descriptors = file.read_bytes(), len(held())
    for frames in (0, 9600):
        new = made(file)
        new.write(np.zeros((frames, 1), np.float32))
        new.drop()
        new.drop()
    with pytest.raises(ValueError, match="Invalid combination"):
        made(file, subtype="VORBIS")
    with pytest.raises(OSError, match="No such file"):
        made(tmp_path / "none" / "x.wav")
    assert file.read_bytes() == before
    assert os.listdir(tmp_path) == ["x.wav"]
    assert len(held()) == descriptors


def test_nothing_is_seen_in_the_folder_meanwhile(tmp_path: Path) -> None:
    """Where the disk can: then nothing is left there, however the process ends."""
    new = made(tmp_path / "x.wav")
    new.write(np.zeros((9600, 1), np.float32))
    assert os.listdir(tmp_path) == []
    new.drop()


def sound_of(data: bytes) -> bytes:
    """A file's bytes but for the time that a PEAK chunk tells, and the number and checksums of an Ogg stream."""
    out, at = bytearray(data), data[:200].find(b"PEAK")
    if at > 0:
        out[at + 12 : at + 16] = bytes(4)
    at = 0
    while data[at : at + 4] == b"OggS":
        out[at + 14 : at + 18] = out[at + 22 : at + 26] = bytes(4)
        at += 27 + data[at + 26] + sum(data[at + 27 : at + 27 + data[at + 26]])
    return bytes(out)


@pytest.mark.parametrize("ending", KINDS)
def test_the_cuts_leave_no_trace(ending: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    sound = (0.3 * rng.standard_normal((20_011, 2))).astype(np.float32)
    found = set()
    for cut in (20_011, 4800, 1000, 7):
        path = tmp_path / f"{cut}.{ending}"
        new = made(path, 2, KINDS[ending], ending.upper())
        for at in range(0, len(sound), cut):
            new.write(sound[at : at + cut])
        new.close()
        new.appear()
        found.add(sound_of(path.read_bytes()))
    assert len(found) == 1
