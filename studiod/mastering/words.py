"""The samples of a track as they are written: 16 or 24 bit with dither, or single precision."""

from collections.abc import Iterator

import numpy as np

from dsp.core import dither
from studiod.mastering.figures import STEPS
from studiod.mastering.kept import Sound

FLOAT = "float32"
BITS = {"int16": 16, "int24": 24}


def words(
    sound: Sound, first: int, frames: int, block_frames: int, word: str, exact: bool, shaped: bool = False
) -> Iterator[np.ndarray]:
    """So many frames of a sound from first on, silence behind its end: as int16, int24 or float32.

    24 bit stand on top of int32, as libsndfile takes them.  exact: every sample is a step of the word, so that none is
    changed.  shaped: with noise shaping.  The noise counts from the track's first frame on.
    """
    state = dither.state(2)
    for at in range(0, frames, block_frames):
        count = min(block_frames, frames - at)
        before = min(at, dither.QUIET_FRAMES)
        after = min(dither.QUIET_FRAMES, frames - at - count)
        around = _silent_behind(sound.read(first + at - before, before + count + after), before + count + after)
        if word == FLOAT:
            yield around[before : before + count].astype(np.float32)
            continue
        out, steps = np.zeros((count, 2), np.int32), STEPS[BITS[word]]
        if exact:
            np.rint(around[before : before + count] * steps, out=out, casting="unsafe")
        else:
            dither.to_steps(state, around, at, before, count, steps, shaped, out)
        yield out.astype(np.int16) if word == "int16" else out << 8


def _silent_behind(sound: np.ndarray, frames: int) -> np.ndarray:
    return sound if len(sound) == frames else np.concatenate([sound, np.zeros((frames - len(sound), 2))])
