"""What a daemon on the virtual interface played, read back frame by frame; and sound files for it to play."""

import time
from pathlib import Path

import numpy as np
import soundfile as sf

import servers

RATE_HZ = 48_000
HEADER_BYTES = 4096  # more than the head of any WAV that libsndfile writes
# Outputs 1 and 2 play the mains where nothing is late yet, to the bit.
BEFORE_LIMITER: dict[str, object] = {
    f"output/{k}/source": f"main/pre_limiter/{side}" for k, side in ((1, "l"), (2, "r"))
}
DEMO = servers.ROOT / "config" / "demo"


def write_sound(path: Path, sound: np.ndarray, rate_hz: int = RATE_HZ) -> Path:
    """A float WAV of sound[frame] or sound[frame, channel]."""
    sf.write(str(path), np.asarray(sound, np.float32), rate_hz, subtype="FLOAT")
    return path


def read_sound(path: Path) -> np.ndarray:
    """float32 [frame, channel]."""
    data, _ = sf.read(str(path), dtype="float32", always_2d=True)
    return np.asarray(data)


def grown(path: Path, frames: int, outputs: int) -> bool:
    """Whether that many frames stand in a capture that is still being written."""
    return path.exists() and path.stat().st_size > frames * outputs * 4 + HEADER_BYTES


def wait_captured(path: Path, frames: int, outputs: int, timeout_s: float = 60.0) -> None:
    """Until that many frames are in the file; a busy machine may take longer than they last."""
    end_s = time.monotonic() + timeout_s
    while not grown(path, frames, outputs):
        assert time.monotonic() < end_s, f"no {frames} frames in {path} after {timeout_s:g} s"
        time.sleep(0.02)
