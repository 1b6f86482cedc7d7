"""From one rate to another, block by block: soxr at its best quality, which gives the same bits however it is fed."""

from collections.abc import Iterable, Iterator

import numpy as np
import soxr

from studiod.mastering.apart import UNHEARD


def converted(blocks: Iterable[np.ndarray], from_hz: int, to_hz: int, frames: int) -> Iterator[np.ndarray]:
    """Blocks of float64 [frame, 2] at another rate, as many frames as asked for: silence behind the end, or cut.

    What is below -240 dB, the converter's own rounding, is silence; at the same rate nothing is changed.
    """
    left = frames
    for block in blocks if from_hz == to_hz else _stream(blocks, from_hz, to_hz):
        part = block[:left]
        left -= len(part)
        if len(part):
            yield part
    if left:
        yield np.zeros((left, 2))


def _stream(blocks: Iterable[np.ndarray], from_hz: int, to_hz: int) -> Iterator[np.ndarray]:
    stream = soxr.ResampleStream(from_hz, to_hz, 2, dtype="float64", quality="VHQ")
    for block in blocks:
        yield _heard(stream.resample_chunk(np.ascontiguousarray(block)))
    yield _heard(stream.resample_chunk(np.zeros((from_hz // 10, 2)), last=True))  # room for the filter's end


def _heard(block: np.ndarray) -> np.ndarray:
    block[np.abs(block) < UNHEARD] = 0.0
    return block
