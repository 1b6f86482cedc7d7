"""MP3 heads that are counted: of files that are large, empty of sound, or get shorter meanwhile."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from studiod.files import mpeg_frames
from studiod.files.sound_files import SoundFile, Unreadable


def opened(file: Path) -> tuple[int, int]:
    return os.open(file, os.O_RDONLY), file.stat().st_size


@pytest.mark.parametrize(
    "head",
    [b"ID3\4\0\0\0\0\0\0", b"", b"\xff", b"ID3\4\0\0\x7f\x7f\x7f\x7f", b"ID3\4\0\0\0\0\0\0" * 2_000_000],
    ids=["tag", "nothing", "one", "long tag", "tags without end"],
)
def test_a_large_file_without_a_frame_is_given_up_within_the_bound(head: bytes, tmp_path: Path) -> None:
    file = tmp_path / "x.mp3"
    file.write_bytes(head)
    os.truncate(file, 1 << 32)  # sparse
    descriptor, size = opened(file)
    began = os.times().user
    assert mpeg_frames.honest(descriptor, size) is None
    os.close(descriptor)
    assert os.times().user - began < 2.0, "a find over 4 GiB takes ten"


def test_a_file_that_gets_shorter_while_it_is_counted_is_told(tmp_path: Path) -> None:
    file = tmp_path / "x.mp3"
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, 48_000).astype(np.float32)
    sf.write(file, noise, 48_000, format="MP3", subtype="MPEG_LAYER_III")
    whole = file.stat().st_size
    descriptor, _ = opened(file)
    for left in (whole // 2, 100, 4, 0):
        os.truncate(file, left)
        with pytest.raises(OSError, match="it got shorter while it was read"):
            mpeg_frames.honest(descriptor, whole)
    os.close(descriptor)


@pytest.mark.parametrize("piece", [2, 3, 4])
def test_a_file_that_gets_shorter_between_two_pieces_is_unreadable(
    piece: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, pread, read = tmp_path / "x.mp3", os.pread, 0
    noise = np.random.default_rng(1).uniform(-0.1, 0.1, 480_000).astype(np.float32)
    sf.write(file, noise, 48_000, format="MP3", subtype="MPEG_LAYER_III")

    def cut(descriptor: int, count: int, at: int) -> bytes:
        nonlocal read
        read += count == 4096
        if read == piece:
            os.truncate(file, 0)
        return pread(descriptor, count, at)

    monkeypatch.setattr(mpeg_frames, "WINDOW_BYTES", 4096)
    monkeypatch.setattr(mpeg_frames.os, "pread", cut)
    with pytest.raises(Unreadable, match=r"x\.mp3: cannot read this file: it got shorter while it was read"):
        SoundFile(file)


def test_counting_goes_on_through_every_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.mp3"
    noise = np.random.default_rng(2).uniform(-0.1, 0.1, 480_000).astype(np.float32)
    sf.write(file, noise, 48_000, format="MP3", subtype="MPEG_LAYER_III")
    descriptor, size = opened(file)
    found = []
    for window in (64, 1000, 1 << 16, 1 << 24):
        monkeypatch.setattr(mpeg_frames, "WINDOW_BYTES", window)
        found.append(mpeg_frames._frames(mpeg_frames.Window(descriptor, size), 0))
    os.close(descriptor)
    assert len(set(found)) == 1
    assert found[0][1] >= 480_000 // 1152
