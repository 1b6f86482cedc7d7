"""Songs on one timeline: trimmed, faded, driven, one after another with gaps, or across one another."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from studiod.mastering.kept import Sound


@dataclass(frozen=True, slots=True)
class Voice:
    """A song in its run, in frames of the run's rate: at, where it begins; length; fade_in and fade_out, which need
    not be whole frames.  gain: linear."""

    sound: Sound
    at: int
    length: int
    fade_in: float
    in_shape: str
    fade_out: float
    out_shape: str
    gain: float = 1.0

    def driven(self, drive_db: float) -> "Voice":
        """The same, louder."""
        return replace(self, gain=1.0 if drive_db == 0.0 else 10.0 ** (drive_db / 20.0))

    def alone(self) -> "Voice":
        """The same with no song before it."""
        return replace(self, at=0)


def curve(shape: str, way: np.ndarray) -> np.ndarray:
    """The gain of a fade at each part of its way from silence, 0 to 1.

    linear: the way itself, two of which add up to 1; equal_power: a quarter of a sine, whose powers do; s: half a
    cosine, which begins and ends flat.  Raises ValueError for another shape.
    """
    way = np.clip(way, 0.0, 1.0)
    if shape == "linear":
        return way
    if shape == "equal_power":
        return np.sin(0.5 * math.pi * way)
    if shape == "s":
        return 0.5 - 0.5 * np.cos(math.pi * way)
    raise ValueError(f"a fade's shape: expected linear, equal_power or s; got {shape}")


def part(voice: Voice, first: int, frames: int) -> np.ndarray:
    """So many frames of a song from its own frame first on, which lie within its length; silence behind its sound."""
    sound = voice.sound.read(first, frames)
    if len(sound) < frames:
        sound = np.concatenate([sound, np.zeros((frames - len(sound), 2))])
    at = np.arange(first, first + frames)
    if first < voice.fade_in:
        sound *= curve(voice.in_shape, at / voice.fade_in)[:, None]
    if first + frames > voice.length - voice.fade_out:
        sound *= curve(voice.out_shape, (voice.length - at) / voice.fade_out)[:, None]
    if voice.gain != 1.0:
        sound *= voice.gain
    return sound


def joined(voices: Sequence[Voice], frames: int, block_frames: int) -> Iterator[np.ndarray]:
    """The programme of a run, float64 [frame, 2]: so many frames, block by block."""
    for first in range(0, frames, block_frames):
        block = np.zeros((min(block_frames, frames - first), 2))
        for voice in voices:
            start = max(first, voice.at)
            end = min(first + len(block), voice.at + voice.length)
            if start < end:
                block[start - first : end - first] += part(voice, start - voice.at, end - start)
        yield block
