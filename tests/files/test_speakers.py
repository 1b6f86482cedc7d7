"""What a channel counts is what its file says that it is: a mask, a layout, or the order of its format."""

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from dsp import loudness
from studiod.files import speakers
from studiod.files.sound_files import SoundFile
from studiod.metering.measure import measure

RATE_HZ = 48_000


def only(channels: int, channel: int) -> np.ndarray:
    """A sine of -12 dBFS in one channel: -15.04 LUFS in front, 1.49 more at a side, nothing in the LFE."""
    sound = np.zeros((RATE_HZ, channels))
    sound[:, channel] = 0.25 * np.sin(2 * np.pi * 997 * np.arange(RATE_HZ) / RATE_HZ)
    return sound


def wav(path: Path, sound: np.ndarray, mask: int, form: bytes = b"RIFF") -> Path:
    sf.write(str(path), sound, RATE_HZ, format="WAVEX" if form == b"RIFF" else form.decode(), subtype="PCM_24")
    data = bytearray(path.read_bytes())
    at = data.index(b"fmt ") + (8 if form != b"W64" else 24) + 20
    data[at : at + 4] = struct.pack("<I", mask)
    path.write_bytes(bytes(data))
    return path


def chan(tag: int, mask: int = 0, labels: tuple[int, ...] = ()) -> bytes:
    return struct.pack(">III", tag, mask, len(labels)) + b"".join(struct.pack(">I16x", label) for label in labels)


def caf(path: Path, sound: np.ndarray, body: bytes) -> Path:
    sf.write(str(path), sound, RATE_HZ, format="CAF", subtype="PCM_24")
    data = path.read_bytes()
    at = data.index(b"data")
    path.write_bytes(data[:at] + b"chan" + struct.pack(">q", len(body)) + body + data[at:])
    return path


def aiff(path: Path, sound: np.ndarray, body: bytes) -> Path:
    sf.write(str(path), sound, RATE_HZ, format="AIFF", subtype="PCM_24")
    data = path.read_bytes() + b"CHAN" + struct.pack(">I", len(body)) + body
    path.write_bytes(data[:4] + struct.pack(">I", len(data) - 8) + data[8:])
    return path


def flac(path: Path, sound: np.ndarray, mask: int) -> Path:
    sf.write(str(path), sound, RATE_HZ, format="FLAC", subtype="PCM_24")
    data = path.read_bytes()
    tag = f"WAVEFORMATEXTENSIBLE_CHANNEL_MASK=0x{mask:04X}".encode()
    block = struct.pack("<II", 0, 1) + struct.pack("<I", len(tag)) + tag
    head = data[:4] + bytes([data[4] & 0x7F]) + data[5:42]
    path.write_bytes(head + bytes([4]) + len(block).to_bytes(3, "big") + block + data[42:])
    return path


def ogg(path: Path, sound: np.ndarray, subtype: str) -> Path:
    sf.write(str(path), sound, RATE_HZ, format="OGG", subtype=subtype)
    return path


FRONT = -15.04
CASES: dict[str, tuple[Callable[[Path], Path], float | None]] = {
    "3.1, LFE": (lambda p: wav(p, only(4, 3), 0xF), None),
    "2.1, LFE": (lambda p: wav(p, only(3, 2), 0xB), None),
    "6.0, back centre": (lambda p: wav(p, only(6, 3), 0x707), FRONT),
    "5.1 with sides, LFE": (lambda p: wav(p, only(6, 3), 0x60F), None),
    "5.1 with sides, left side": (lambda p: wav(p, only(6, 4), 0x60F), FRONT + 1.49),
    "5.1 with backs, left back": (lambda p: wav(p, only(6, 4), 0x3F), FRONT + 1.49),
    "7.1, left back": (lambda p: wav(p, only(8, 4), 0x63F), FRONT),
    "7.1, left side": (lambda p: wav(p, only(8, 6), 0x63F), FRONT + 1.49),
    "4.0, back centre": (lambda p: wav(p, only(4, 3), 0x107), FRONT),
    "no mask, 5.1": (lambda p: wav(p, only(6, 3), 0), None),
    "RF64, 2.1, LFE": (lambda p: wav(p, only(3, 2), 0xB, b"RF64"), None),
    "CAF, Film 5.1, LFE last": (lambda p: caf(p, only(6, 5), chan(124 << 16 | 6)), None),
    "CAF, labels": (lambda p: caf(p, only(3, 0), chan(0, 0, (4, 1, 2))), None),
    "CAF, mask": (lambda p: caf(p, only(3, 2), chan(1 << 16, 0xB)), None),
    "AIFF, DVD 2.1": (lambda p: aiff(p, only(3, 2), chan(133 << 16 | 3)), None),
    "FLAC, tag": (lambda p: flac(p, only(3, 2), 0xB), None),
    "FLAC, 5.1": (lambda p: flac(p, only(6, 3), 0), None),
    "Vorbis 5.1, left surround": (lambda p: ogg(p, only(6, 3), "VORBIS"), FRONT + 1.49),
    "Vorbis 5.1, LFE": (lambda p: ogg(p, only(6, 5), "VORBIS"), None),
    "Opus 7.1, left side": (lambda p: ogg(p, only(8, 3), "OPUS"), FRONT + 1.49),
    "Opus 3.0, centre": (lambda p: ogg(p, only(3, 1), "OPUS"), FRONT),
}


@pytest.mark.parametrize("case", CASES)
def test_a_channel_counts_what_its_file_says(case: str, tmp_path: Path) -> None:
    make, expected = CASES[case]
    found = measure(make(tmp_path / "sound.bin"))["integrated_lufs"]
    if expected is None and not case.startswith(("Vorbis", "Opus")):
        assert found is None
    elif expected is None:
        assert found is None or found < -40.0  # a codec spreads a little of it
    else:
        # tables of the standard are to 0.1 LU; a codec at its rest quality changes a sine by less
        assert found == pytest.approx(expected, abs=0.1)


def test_by_number_the_rule_is_the_table(tmp_path: Path) -> None:
    """The layouts of WAV without a mask weigh what the meters of the desk take for granted."""
    masks = {4: 0x33, 5: 0x37, 6: 0x3F, 7: 0x70F, 8: 0x63F}
    for channels, mask in masks.items():
        layout = speakers.of_mask(mask, channels)
        np.testing.assert_array_equal(speakers.weights(layout, channels), loudness.weights(channels))
    np.testing.assert_array_equal(speakers.weights(None, 6), loudness.weights(6))


def test_a_layout_that_does_not_fit_says_nothing(tmp_path: Path) -> None:
    assert speakers.of_mask(0, 6) is None
    assert speakers.of_mask(0b11, 4) == ("L", "R", "", "")
    assert speakers.of_mask(0x3F, 2) == ("L", "R")
    assert speakers.of_core_audio(121 << 16 | 6, 0, (), 5) is None
    assert speakers.of_core_audio(0, 0, (1, 2), 3) is None
    path = caf(tmp_path / "a.caf", only(2, 0), chan(0, 0, (4, 4, 4)))
    with SoundFile(path) as file:
        assert file.layout is None
