"""WAV files of a release: 16, 24 bit or float, with what they say of themselves; RF64 where 32 bits do not hold them.

EBU Tech 3306.  The length is known ahead, so that a file is written from its beginning to its end.
"""

import struct
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from studiod.mastering.formats import broadcast
from studiod.mastering.formats.tags import Tags

BITS = {"int16": 16, "int24": 24, "float32": 32}
LANES = 2
LARGEST = 0xFFFF_FFFF  # what stands in the place of a size that 32 bits do not hold
MOST = LARGEST  # bytes of a RIFF


def packed(sound: np.ndarray, word: str) -> bytes:
    """Samples as a file has them, from int16, int32 (24 bit on top of it) or float32 [frame, lane]."""
    if word != "int24":
        return np.ascontiguousarray(sound, "<i2" if word == "int16" else "<f4").tobytes()
    return np.ascontiguousarray(sound, "<i4").view(np.uint8).reshape(-1, 4)[:, 1:].tobytes()


def head(frames: int, rate_hz: int, word: str, tags: Tags | None, behind: int) -> bytes:
    """All that stands before the samples; behind: bytes of chunks after them."""
    bits = BITS[word]
    width = LANES * bits // 8
    data = frames * width
    kind = struct.pack(
        "<HHIIHH", 3 if word == "float32" else 1, LANES, rate_hz, rate_hz * width, width, bits
    )  # fmt: skip
    chunks = broadcast.chunk(b"fmt ", kind + b"\0\0" if word == "float32" else kind)
    if word == "float32":
        chunks += broadcast.chunk(b"fact", struct.pack("<I", min(frames, LARGEST)))
    if tags is not None:
        chunks += broadcast.chunk(b"bext", broadcast.bext(tags, rate_hz, bits))
    body = 4 + len(chunks) + 8 + data + data % 2 + behind
    if body <= MOST:
        return struct.pack("<4sI4s", b"RIFF", body, b"WAVE") + chunks + struct.pack("<4sI", b"data", data)
    sizes = broadcast.chunk(b"ds64", struct.pack("<QQQI", body + 36, data, frames, 0))
    top = struct.pack("<4sI4s", b"RF64", LARGEST, b"WAVE") + sizes
    return top + chunks + struct.pack("<4sI", b"data", LARGEST)


def write(
    path: Path, blocks: Iterable[np.ndarray], frames: int, rate_hz: int, word: str, tags: Tags | None
) -> None:  # fmt: skip
    """Write a file of so many frames.  tags None: nothing but the sound.  Raises OSError, ValueError."""
    behind = broadcast.behind(tags) if tags is not None else b""
    done = 0
    with path.open("xb") as file:
        file.write(head(frames, rate_hz, word, tags, len(behind)))
        for block in blocks:
            file.write(packed(block, word))
            done += len(block)
        if done != frames:
            raise ValueError(f"{path.name}: expected {frames} frames; got {done}")
        file.write(bytes(frames * LANES * BITS[word] // 8 % 2) + behind)


def chunks(path: Path) -> dict[bytes, tuple[int, int]]:
    """The first byte and the length of each chunk of a WAV, or of an RF64.  Raises ValueError of anything else."""
    found: dict[bytes, tuple[int, int]] = {}
    with path.open("rb") as file:
        top = file.read(12)
        if top[:4] not in (b"RIFF", b"RF64") or top[8:] != b"WAVE":
            raise ValueError("no WAV")
        wide = 0
        while len(head := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", head)
            if name == b"data" and length == LARGEST:
                length = wide
            found[name] = file.tell(), length
            if name == b"ds64":
                wide = struct.unpack("<Q", file.read(16)[8:])[0]
            file.seek(found[name][0] + length + length % 2)
    return found


def part(path: Path, name: bytes) -> bytes:
    """What a chunk holds; nothing where there is none.  Raises ValueError."""
    first, length = chunks(path).get(name, (0, 0))
    with path.open("rb") as file:
        file.seek(first)
        return file.read(length)


def sound_of(path: Path) -> tuple[int, int, int, int]:
    """Rate, bytes a frame, first byte of the sound and its length, of a file as written here.  Raises ValueError."""
    rate_hz, _, width = struct.unpack("<IIH", part(path, b"fmt ")[4:14])
    return rate_hz, width, *chunks(path)[b"data"]
