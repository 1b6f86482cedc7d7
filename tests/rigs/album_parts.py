"""Parts of the tests of mastering: real music, albums of it, and what was made of them as arrays."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pyebur128
import soundfile as sf

from servers import ROOT
from studiod.host.offline import Offline, routed
from studiod.mastering import programme
from studiod.mastering.album import Album, Fade, Limiter, Loudness, Song, Version
from studiod.mastering.apart import apart_s
from studiod.mastering.programme import Mastered
from studiod.mastering.timeline import Head, Timeline, timeline
from studiod.memory.scene_format import read_scene
from studiod.registry.registry import Console

__all__ = ["Album", "Fade", "Limiter", "Loudness", "Song", "Version"]
RATE_HZ = 48_000
DEMO = ROOT / "config" / "demo"
FULL = {"int16": 32768.0, "int24": 2147483648.0, "float32": 1.0}


@cache
def mix(start_s: float = 10.0, seconds: float = 12.0) -> np.ndarray:
    """A part of the demo session by its scene, ahead of the limiter: float64 [frame, 2] at 48 kHz.  Do not change."""
    console = Console(inputs=10, outputs=2, channels=10, buses=4, rate_hz=RATE_HZ, returns=4)
    points = ["main/pre_limiter/l", "main/pre_limiter/r"]
    console, values = routed(console, read_scene(ROOT / "config" / "demo-scene.toml"), points)
    first, frames = round(start_s * RATE_HZ), round(seconds * RATE_HZ)
    tracks = [sf.read(file, frames=frames, start=first, dtype="float32")[0] for file in sorted(DEMO.glob("*.flac"))]
    return Offline(console, values).run(np.stack(tracks, axis=1)).astype(np.float64)


def file(path: Path, sound: np.ndarray, rate_hz: int = RATE_HZ, subtype: str = "FLOAT") -> Path:
    """A sound as a file."""
    sf.write(path, sound, rate_hz, subtype=subtype)
    return path


def laid_out(album: Album) -> Timeline:
    """The timeline of an album whose files are there."""
    infos = [sf.info(song.file) for song in album.songs]
    return timeline(album, [Head(info.samplerate, info.frames, info.channels) for info in infos], apart_s)


def make(album: Album, work: Path, rates_hz: Sequence[int] = (RATE_HZ,), workers: int = 2) -> Mastered:
    """All of it."""
    return programme.make(album, laid_out(album), rates_hz, work, lambda _what, _part: None, workers)


def track(
    made: Mastered, song: int, rate_hz: int = RATE_HZ, word: str = "float32", version: int | None = None
) -> np.ndarray:
    """A track as its file holds it: the very numbers."""
    return np.concatenate([*made.blocks(song, rate_hz, word, version)])


def sound(
    made: Mastered, song: int, rate_hz: int = RATE_HZ, word: str = "float32", version: int | None = None
) -> np.ndarray:
    """A track as float64 of full scale 1."""
    return track(made, song, rate_hz, word, version) / FULL[word]


def meter_of(sound: np.ndarray, rate_hz: int) -> pyebur128.R128State:
    """libebur128, which has heard a sound."""
    state = pyebur128.R128State(2, rate_hz, pyebur128.MeasurementMode.MODE_I)
    state.add_frames(np.ascontiguousarray(sound, np.float64).reshape(-1), len(sound))
    return state


def lufs(sound: np.ndarray, rate_hz: int = RATE_HZ) -> float:
    """Integrated loudness by libebur128."""
    return float(pyebur128.get_loudness_global(meter_of(sound, rate_hz)))
