"""The WAV writer: what other programs read out of it, at any moment of its life."""

import os
import shutil
import struct
import subprocess
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from studiod.files import wav_writer
from studiod.files.wav_writer import Wav

RATE_HZ = 48_000


def noise(frames: int, channels: int = 1, seed: int = 7) -> np.ndarray:
    sound = np.random.default_rng(seed).uniform(-1.0, 1.0, (frames, channels)).astype(np.float32)
    return sound[:, 0] if channels == 1 else sound


def read_by_ffmpeg(path: Path, rate_hz: int) -> np.ndarray:
    ffmpeg = shutil.which("ffmpeg")
    if ffmpeg is None:
        pytest.skip("ffmpeg is not installed (system package ffmpeg)")
    command = [ffmpeg, "-v", "error", "-xerror", "-i", str(path), "-f", "f32le", "-"]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stderr == b""
    return np.frombuffer(done.stdout, "<f4")


@pytest.mark.parametrize("frames", [0, 1, 999, 48_001])
@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("format", wav_writer.FORMATS)
def test_what_is_written_is_read(tmp_path: Path, format: str, channels: int, frames: int) -> None:
    sound = noise(frames, channels)
    file = Wav(tmp_path / "a.wav", 44_100, format, channels)
    for part in np.array_split(sound, 5):
        file.write(part)
    file.close()
    read, rate_hz = sf.read(tmp_path / "a.wav", dtype="float32")
    assert rate_hz == 44_100
    assert sf.info(tmp_path / "a.wav").subtype == {"wav24": "PCM_24", "wav32f": "FLOAT"}[format]
    # half a step of 24 bits, and a step where +1 itself is cut; float comes back to the bit
    np.testing.assert_allclose(read, sound, rtol=0, atol=0 if format == "wav32f" else 1.0001 / 2**23)
    assert (tmp_path / "a.wav").stat().st_size % 2 == 0, "a chunk of odd length is padded"


def test_ffmpeg_reads_the_same(tmp_path: Path) -> None:
    sound = noise(4801)
    for format in wav_writer.FORMATS:
        file = Wav(tmp_path / f"{format}.wav", RATE_HZ, format)
        file.write(sound)
        file.close()
        heard = read_by_ffmpeg(tmp_path / f"{format}.wav", RATE_HZ)
        np.testing.assert_allclose(heard, sound, rtol=0, atol=1.0001 / 2**23)


def test_24_bits_cut_what_is_too_loud_and_never_wrap() -> None:
    whole = np.frombuffer(wav_writer.packed(np.array([2.0, 1.0, -1.0, -3.0], np.float32), "wav24"), np.uint8).reshape(
        -1, 3
    )
    assert [bytes(sample).hex() for sample in whole] == ["ffff7f", "ffff7f", "000080", "000080"]


@pytest.mark.parametrize("format", wav_writer.FORMATS)
def test_a_sealed_file_is_whole_while_it_is_written(tmp_path: Path, format: str) -> None:
    sound = noise(3000)
    file = Wav(tmp_path / "a.wav", RATE_HZ, format)
    file.write(sound[:1001])
    file.seal()
    file.write(sound[1001:])  # and then the lights go out
    shutil.copy(tmp_path / "a.wav", tmp_path / "crashed.wav")
    read, _ = sf.read(tmp_path / "crashed.wav", dtype="float32")
    np.testing.assert_allclose(read[:1001], sound[:1001], rtol=0, atol=1.0001 / 2**23)
    assert len(read) >= 1001
    file.close()


@pytest.mark.parametrize("format", wav_writer.FORMATS)
def test_beyond_what_32_bits_hold_it_is_rf64(tmp_path: Path, format: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wav_writer, "LARGEST", 5000)
    sound = noise(3001)
    file = Wav(tmp_path / "a.wav", RATE_HZ, format)
    file.write(sound[:1000])
    file.seal()
    assert (tmp_path / "a.wav").read_bytes()[:4] == b"RIFF"
    monkeypatch.undo()  # 0xFFFFFFFF is what a reader expects in place of the sizes
    monkeypatch.setattr(file, "_head", lambda: large_head(file))
    file.write(sound[1000:])
    file.close()
    assert sf.info(tmp_path / "a.wav").format == "RF64"
    np.testing.assert_allclose(sf.read(tmp_path / "a.wav")[0], sound, rtol=0, atol=1.0001 / 2**23)
    np.testing.assert_allclose(read_by_ffmpeg(tmp_path / "a.wav", RATE_HZ), sound, rtol=0, atol=1.0001 / 2**23)


def large_head(file: Wav) -> bytes:
    """The head as it is past the limit, with the limit's own value in it."""
    held, wav_writer.LARGEST = wav_writer.LARGEST, 5000
    try:
        head = Wav._head(file)
    finally:
        wav_writer.LARGEST = held
    return head.replace(struct.pack("<I", 5000), struct.pack("<I", held))


def test_a_real_file_of_more_than_4_gib_is_read_at_its_end(tmp_path: Path) -> None:
    """Sparse: the disk holds what is written, not what is skipped."""
    file = Wav(tmp_path / "long.wav", RATE_HZ, "wav32f")
    file.frames = (1 << 30) + 12_345  # 4 GiB and a little
    sound = noise(1000)
    file.write(sound)
    file.close()
    path = tmp_path / "long.wav"
    assert path.stat().st_size > 1 << 32
    assert os.stat(path).st_blocks * 512 < 1 << 20
    with sf.SoundFile(path) as read:
        assert (read.format, read.frames) == ("RF64", (1 << 30) + 13_345)
        read.seek((1 << 30) + 12_345)
        np.testing.assert_array_equal(read.read(dtype="float32"), sound)
    probe = shutil.which("ffprobe")
    if probe is not None:
        command = [probe, "-v", "error", "-show_entries", "stream=duration_ts", "-of", "csv=p=0", str(path)]
        told = subprocess.run(command, capture_output=True, text=True, check=True)
        assert int(told.stdout.strip()) == (1 << 30) + 13_345


def test_it_is_rf64_as_soon_as_its_whole_no_longer_fits(tmp_path: Path) -> None:
    file = Wav(tmp_path / "a.wav", RATE_HZ, "wav32f")
    heads = []
    for data in (0xFFFF_FF00, 0xFFFF_FFFC):  # bytes of samples; the second fits, but not with what stands before it
        file.frames = data // 4
        heads.append(file._head())
    file.abandon()
    assert [head[:4] for head in heads] == [b"RIFF", b"RF64"]


def test_a_file_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"kept")
    with pytest.raises(FileExistsError):
        Wav(tmp_path / "a.wav", RATE_HZ, "wav24")
    assert (tmp_path / "a.wav").read_bytes() == b"kept"
