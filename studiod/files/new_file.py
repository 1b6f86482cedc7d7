"""A sound file that stands under its name once it is whole; until then it has no name, or a hidden one."""

import contextlib
import os
import secrets
from pathlib import Path

import numpy as np
import soundfile as sf

PIECE_FRAMES = 4800  # some minutes of Vorbis at once end libsndfile 1.2
OPEN = "/proc/self/fd"  # by which a file without a name gets one
MODE = 0o644  # less what the user's mask takes away, as libsndfile does


class NewFile:
    """One file that is being written.  Methods raise OSError, ValueError, TypeError or LibsndfileError.

    What was under its name stays until `appear`; `drop` leaves nothing.  However the process ends before, what has no
    name is gone.  Bytes do not depend on how the sound is cut.
    """

    def __init__(self, path: Path, rate_hz: int, channels: int, subtype: str | None, kind: str) -> None:
        self.frames, self.channels = 0, channels
        self._place = Path(os.path.realpath(path))  # of a link the file that it leads to
        self._beside = self._place.with_name(f".{secrets.token_hex(8)}{path.suffix}")
        self._rest = np.zeros((0, channels), np.float32)
        self._descriptor = self._opened()
        try:
            self._file = sf.SoundFile(self._descriptor, "w", rate_hz, channels, subtype, format=kind, closefd=False)
        except BaseException:
            self._leave()
            raise

    def _opened(self) -> int:
        flags = os.O_RDWR | os.O_CLOEXEC
        if os.path.exists(OPEN):
            with contextlib.suppress(OSError):  # not every disk has files without a name
                return os.open(self._place.parent, flags | os.O_TMPFILE, MODE)
        return os.open(self._beside, flags | os.O_CREAT | os.O_EXCL, MODE)

    def write(self, sound: np.ndarray) -> None:
        """Go on with float32 sound[frame, channel]."""
        self.frames += len(sound)
        sound = np.concatenate([self._rest, sound])
        whole = len(sound) - len(sound) % PIECE_FRAMES
        for at in range(0, whole, PIECE_FRAMES):
            self._file.write(sound[at : at + PIECE_FRAMES])
        self._rest = sound[whole:]

    def close(self) -> None:
        """All of it is there, under no name yet."""
        if len(self._rest):
            self._file.write(self._rest)
        self._file.close()

    def appear(self) -> None:
        """Take the place of what was there, and its rights, after `close`."""
        try:
            if not os.path.exists(self._beside):
                os.link(f"{OPEN}/{self._descriptor}", self._beside, src_dir_fd=self._descriptor)  # follows the link
            with contextlib.suppress(OSError):
                os.chmod(self._beside, os.stat(self._place).st_mode & 0o7777)  # as it was
            os.replace(self._beside, self._place)
        finally:
            self._leave()

    def drop(self) -> None:
        """Leave nothing."""
        with contextlib.suppress(OSError, sf.LibsndfileError):
            self._file.close()
        self._leave()

    def _leave(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
        self._beside.unlink(missing_ok=True)
