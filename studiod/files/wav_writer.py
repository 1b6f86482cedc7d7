"""A WAV file that is whole at any moment while it is written: 24-bit or float, RF64 once it outgrows 4 GiB.

EBU Tech 3306 (RF64): a JUNK chunk of 28 bytes is reserved at the head, and becomes ds64 when 32 bits no longer hold the
sizes.  `seal` writes the sizes of what has been written: after a crash the file is readable up to the last seal.
"""

import os
import struct
from pathlib import Path

import numpy as np

FORMATS = ("wav24", "wav32f")
LARGEST = 0xFFFF_FFFF  # what a 32-bit size holds, and what stands there in an RF64
_DS64 = 28  # bytes of the chunk that holds 64-bit sizes
_PUSH_BYTES = 1 << 20  # handed to the disk as they come, so that a power cut costs seconds and the close is short
_STEPS = 1 << 23  # of a 24-bit sample, each way


def packed(sound: np.ndarray, format: str) -> bytes:
    """Samples as the file has them, from float32 [frame] or [frame, channel]; what is too loud for 24 bits is cut."""
    if format == "wav32f":
        return np.ascontiguousarray(sound, "<f4").tobytes()
    whole = np.rint(np.clip(np.asarray(sound, np.float64) * _STEPS, -_STEPS, _STEPS - 1)).astype("<i4")
    return np.ascontiguousarray(whole).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()


class Wav:
    """One file being written.  Its methods raise OSError: a full disk leaves it as it was sealed.

    Attribute frames: how many stand in the file, of `channels` samples each.
    """

    def __init__(self, path: Path, rate_hz: int, format: str, channels: int = 1) -> None:
        self.path, self.rate_hz, self.format, self.channels = path, rate_hz, format, channels
        self.frames = 0
        self._pushed = 0
        self._width = channels * (3 if format == "wav24" else 4)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        self._first = len(self._head())
        try:
            self.seal()
        except OSError:
            os.close(self._file)
            raise

    def write(self, sound: np.ndarray) -> None:
        """Add float32 [frame] or [frame, channel].  Raises OSError; whole frames that were written still count."""
        data = memoryview(packed(sound, self.format))
        at = self._first + self.frames * self._width
        done = 0
        try:
            while done < len(data):
                done += os.pwrite(self._file, data[done:], at + done)
        finally:
            self.frames += done // self._width

    def seal(self) -> None:
        """Let the head say what is there.  Raises OSError."""
        head = self._head()
        if os.pwrite(self._file, head, 0) < len(head):
            raise OSError(28, os.strerror(28))  # no space left on the device
        fresh = self.frames * self._width - self._pushed
        if fresh >= _PUSH_BYTES:
            os.posix_fadvise(
                self._file, self._pushed, fresh, os.POSIX_FADV_DONTNEED
            )  # starts writing, waits for nothing
            self._pushed += fresh

    def close(self, sync: bool = True) -> None:
        """Finish the file, on the disk when it is over (sync).  Raises OSError; the file is closed all the same."""
        try:
            end = self._first + self.frames * self._width
            os.ftruncate(self._file, end + end % 2)  # a chunk's length is even; the odd byte is not counted in it
            self.seal()
            if sync:
                os.fsync(self._file)
        finally:
            os.close(self._file)

    def abandon(self) -> None:
        """Close it as it is."""
        os.close(self._file)

    def _head(self) -> bytes:
        """All that stands before the samples, for what is there now."""
        data = self.frames * self._width
        kind = struct.pack("<HHIIHH", 1 if self.format == "wav24" else 3, self.channels, self.rate_hz,
                           self.rate_hz * self._width, self._width, 8 * self._width // self.channels)  # fmt: skip
        parts = [(b"fmt ", kind)] if self.format == "wav24" else [(b"fmt ", kind + b"\0\0"), (b"fact", b"\0\0\0\0")]
        body = 4 + 8 + _DS64 + sum(8 + len(part) for _, part in parts) + 8 + data + data % 2
        large = max(body, data, self.frames) > LARGEST
        sizes = struct.pack("<QQQI", body, data, self.frames, 0) if large else bytes(_DS64)
        head = struct.pack("<4sI4s", *((b"RF64", LARGEST) if large else (b"RIFF", body)), b"WAVE")
        head += struct.pack("<4sI", b"ds64" if large else b"JUNK", _DS64) + sizes
        for name, part in parts:
            counted = struct.pack("<I", LARGEST if large else self.frames) if name == b"fact" else part
            head += struct.pack("<4sI", name, len(part)) + counted
        return head + struct.pack("<4sI", b"data", LARGEST if large else data)
