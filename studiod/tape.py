"""Files in and out of a running graph: what plays into the inputs, and the capture of the outputs."""

import logging
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import soundfile as sf

from studiod import rack as r
from studiod.letters import file_name
from studiod.rack import Rack
from studiod.scene import FileFault

LOG = logging.getLogger(__name__)
CHUNK_FRAMES = 48_000  # written at once


def read_files(paths: Sequence[str | Path], rate_hz: int) -> np.ndarray:
    """All channels of all files side by side, float32 [frames, tracks], the shorter ones followed by silence.

    Raises FileFault for a file that cannot be read or has another rate.
    """
    parts = []
    for path in paths:
        look(path, rate_hz)
        try:
            data, _ = sf.read(file_name(path), dtype="float32", always_2d=True)
        except (OSError, sf.LibsndfileError) as fault:
            raise FileFault(f"{path}: cannot play this file: {fault}; it is damaged; copy it again") from None
        parts.append(data)
    frames = max((len(part) for part in parts), default=0)
    out = np.zeros((frames, sum(part.shape[1] for part in parts)), np.float32)
    at = 0
    for part in parts:
        out[: len(part), at : at + part.shape[1]] = part
        at += part.shape[1]
    return out


def look(path: str | Path, rate_hz: int | None) -> None:
    """Whether a file can be opened and has the rate (None: any).  Raises FileFault."""
    try:
        rate = sf.info(file_name(path)).samplerate
    except (OSError, sf.LibsndfileError) as fault:
        why = "there is no such file" if not Path(path).exists() else str(fault)
        raise FileFault(f"{path}: cannot play this file: {why}; expected WAV, FLAC, AIFF or OGG") from None
    if rate_hz not in (None, rate):
        raise FileFault(
            f"{path}: expected {rate_hz} Hz, the desk's rate; got {rate} Hz; convert it, or set rate_hz = {rate}"
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
