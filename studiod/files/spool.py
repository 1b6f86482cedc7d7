"""Sound that was unpacked, on the disk under no name: gone with the process, whatever happens to it."""

import errno
import os
import tempfile
import weakref
from pathlib import Path

import numpy as np

MOST_BYTES = 16 << 30  # twelve hours of stereo at 48 kHz
SPARE_BYTES = 256 << 20  # left free for others on that disk: takes are recorded meanwhile
LARGE = Path("/var/tmp")  # /tmp is memory on many machines


class Full(OSError):
    """There is no room for more; strerror says where and why, for people."""


def place() -> str:
    """Where large files may lie for a while: TMPDIR, else /var/tmp, else what the system has."""
    if not os.environ.get("TMPDIR") and os.access(LARGE, os.W_OK):
        return str(LARGE)
    return tempfile.gettempdir()


class Spool:
    """float32 frames of so many channels, added at the end and read anywhere, until close().  Raises OSError."""

    def __init__(self, channels: int) -> None:
        self.channels, self.frames = channels, 0
        self._width = 4 * channels
        self._place = place()
        with tempfile.TemporaryFile(dir=self._place) as file:
            self._file = os.dup(file.fileno())
        self.close = weakref.finalize(self, os.close, self._file)

    def add(self, sound: np.ndarray) -> None:
        """float32 [frame, channel].  Raises Full."""
        data = np.ascontiguousarray(sound, np.float32).reshape(-1).view(np.uint8).data
        at, disk = self.frames * self._width, os.fstatvfs(self._file)
        if at + len(data) > MOST_BYTES:
            raise Full(errno.ENOSPC, f"unpacked it takes more than {MOST_BYTES >> 30} GiB")
        if disk.f_bavail * disk.f_frsize < SPARE_BYTES + len(data):
            raise Full(errno.ENOSPC, f"no room to unpack it in {self._place}")
        done = 0
        while done < len(data):
            done += os.pwrite(self._file, data[done:], at + done)
        self.frames += len(sound)

    def read(self, first: int, frames: int) -> np.ndarray:
        """float32 [frame, channel] of what there is from a frame on."""
        out = np.empty((max(min(frames, self.frames - first), 0), self.channels), np.float32)
        data, done = out.reshape(-1).view(np.uint8).data, 0
        while done < len(data):
            got = os.preadv(self._file, [data[done:]], first * self._width + done)
            if not got:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            done += got
        return out
