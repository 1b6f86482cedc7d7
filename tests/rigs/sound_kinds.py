"""Sound files of every kind that can be written here, for tests: sound in which a decoder's memory is heard."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf


@dataclass(frozen=True)
class Kind:
    """One kind, as far as the format has it."""

    name: str
    format: str
    subtype: str
    rates_hz: tuple[int, ...]
    channels: int = 8
    bitrate: str | None = None

    def write(self, path: Path, sound: np.ndarray, rate_hz: int) -> Path:
        """float32 [frame, channel] into a file."""
        more = {"bitrate_mode": self.bitrate, "compression_level": 0.5} if self.bitrate else {}
        sf.write(str(path), sound, rate_hz, format=self.format, subtype=self.subtype, **more)  # type: ignore[arg-type]
        if self.name == "BW64":
            path.write_bytes(b"BW64" + path.read_bytes()[4:])
        return path


PLAIN_HZ = (8000, 22_050, 44_100, 48_000, 96_000)
KINDS = [
    Kind("WAV", "WAV", "PCM_24", PLAIN_HZ),
    Kind("WAV, float", "WAVEX", "FLOAT", PLAIN_HZ),
    Kind("WAV, ADPCM", "WAV", "IMA_ADPCM", PLAIN_HZ, 2),
    Kind("RF64", "RF64", "PCM_16", PLAIN_HZ),
    Kind("BW64", "RF64", "PCM_24", PLAIN_HZ),
    Kind("W64", "W64", "PCM_24", PLAIN_HZ),
    Kind("AIFF", "AIFF", "PCM_16", PLAIN_HZ),
    Kind("CAF", "CAF", "PCM_24", PLAIN_HZ),
    Kind("CAF, ALAC", "CAF", "ALAC_24", PLAIN_HZ),
    Kind("FLAC", "FLAC", "PCM_24", PLAIN_HZ),
    Kind("MP3, constant", "MP3", "MPEG_LAYER_III", (8000, 22_050, 32_000, 44_100, 48_000), 2, "CONSTANT"),
    Kind("MP3, variable", "MP3", "MPEG_LAYER_III", (8000, 22_050, 32_000, 44_100, 48_000), 2, "VARIABLE"),
    Kind("Vorbis", "OGG", "VORBIS", PLAIN_HZ),
    Kind("Opus", "OGG", "OPUS", (8000, 12_000, 16_000, 24_000, 48_000)),
]
BY_NAME = {kind.name: kind for kind in KINDS}


def telling(frames: int, channels: int, seed: int = 5) -> np.ndarray:
    """Sweeps, bursts and silence: float32 [frame, channel]."""
    t = np.arange(frames) / frames
    hiss = np.random.default_rng(seed).standard_normal((frames, channels)) * (np.sin(12 * np.pi * t) > 0.6)[:, None]
    turns = frames * (0.004 + 0.003 * np.arange(channels)) * t[:, None] * (1 + t[:, None])
    return np.asarray(0.3 * np.sin(2 * np.pi * turns) * (t < 0.7)[:, None] + 0.05 * hiss, np.float32)


def sweep(frames: int) -> np.ndarray:
    """A sweep and nothing else, float32 [frame, 1]: an MP3 of it saves up bits over many frames."""
    t = np.arange(frames) / 48_000
    return np.asarray(0.3 * np.sin(2 * np.pi * (200 * t + 100 * t * t)), np.float32)[:, None]
