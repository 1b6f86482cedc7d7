"""Files in and out of a running graph: what plays into the inputs, and the capture of the outputs."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile as sf

from studiod.encoding import file_name, name_of
from studiod.errors import FileFault
from studiod.files.folders import expanded
from studiod.files.sound_files import SoundFile
from studiod.realtime import layout as r
from studiod.realtime.rack import Rack

LOG = logging.getLogger(__name__)
CHUNK_FRAMES = 48_000  # written at once


def read_files(paths: Sequence[str | Path], rate_hz: int) -> np.ndarray:
    """All channels of all files side by side, float32 [frames, tracks], the shorter ones followed by silence.

    A folder stands for its sound files.  Raises FileFault for a file that cannot be read or has another rate.
    """
    parts: list[tuple[int, np.ndarray]] = []
    at = 0
    files, lines = expanded(paths)
    for line in lines:
        LOG.warning("%s", line)
    for path in files:
        with SoundFile(path) as file:
            fits(file, rate_hz)
            parts.append((at, file.whole()))
            at += file.channels
    return side_by_side(parts)


def side_by_side(parts: Sequence[tuple[int, np.ndarray]]) -> np.ndarray:
    """Sounds from a track on each, counted from 0: float32 [frames, tracks], silence where there is none."""
    frames = max((len(part) for _, part in parts), default=0)
    out = np.zeros((frames, max((at + part.shape[1] for at, part in parts), default=0)), np.float32)
    for at, part in parts:
        out[: len(part), at : at + part.shape[1]] = part
    return out


def look(path: str | Path, rate_hz: int | None) -> None:
    """Whether a file, or each of a folder, can be opened and has the rate (None: any).  Raises FileFault."""
    for one in expanded([path])[0]:
        with SoundFile(one) as file:
            fits(file, rate_hz)


def fits(file: SoundFile, rate_hz: int | None) -> None:
    """Whether a file has the rate (None: any).  Raises FileFault."""
    if rate_hz not in (None, file.rate_hz):
        raise FileFault(
            f"{name_of(file.path)}: expected {rate_hz} Hz, the desk's rate; got {file.rate_hz} Hz; convert it, or set"
            f" rate_hz = {file.rate_hz}"
        )


class Capture:
    """Writes the rack's capture ring to a WAV file from a thread of its own, from a frame on, until closed.

    Each output is taken as many frames later as it is heard later, so that the file is what a render writes.
    """

    def __init__(self, rack: Rack, path: str | Path, start_frame: int, late_frames: Sequence[int]) -> None:
        self.rack, self.at, self.lost = rack, start_frame, 0
        self.late = np.array(late_frames)
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._file = sf.SoundFile(
                file_name(path), "w", int(rack.words[r.RATE]), int(rack.words[r.OUTPUTS]), subtype="FLOAT", format="WAV"
            )
        except (OSError, sf.LibsndfileError) as fault:
            raise FileFault(f"{path}: cannot write the capture: {fault}; name a folder that you may write to") from None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="studiod-capture", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._stop.wait(0.05):
            self._take()
        self._take()

    def _take(self) -> None:
        ring, most = self.rack.capture, int(self.late.max())
        end = self.rack.get(r.FRAME) - most
        if end - self.at > len(ring) - most:
            self.lost += end - self.at - len(ring) + most
            LOG.warning("the capture has lost %d frames in all: the disk is too slow", self.lost)
            self.at = end - len(ring) + most
        while self.at < end:
            frames = np.arange(self.at, min(end, self.at + CHUNK_FRAMES))
            rows = (frames[:, None] + self.late) % len(ring)
            self._file.write(ring[rows, np.arange(len(self.late))])
            self.at += len(frames)

    def close(self) -> None:
        """Write what is left and finish the file."""
        self._stop.set()
        self._thread.join()
        self._file.close()
