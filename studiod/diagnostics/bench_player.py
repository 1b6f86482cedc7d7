"""What the benches play a desk with: a second of music over and over, block by block, by a compiled loop."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from studiod.host.offline import Offline
from studiod.realtime import blocks

RATE_HZ, BLOCK_FRAMES = 48_000, 64


def music(frames: int, channels: int) -> np.ndarray:
    """Noise that comes and goes four times a second, so that gates and compressors work."""
    loud = 0.5 * np.maximum(np.sin(2 * np.pi * 4.0 * np.arange(frames) / RATE_HZ), 0.0) ** 2 + 1e-3
    noise = np.random.default_rng(7).standard_normal((frames, channels)) * loud[:, None]
    return np.clip(noise, -1.0, 1.0).astype(np.float32)


@contextmanager
def one_core() -> Iterator[None]:
    """Stay on the last core, and do not tidy up meanwhile."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        os.sched_setaffinity(0, cores)


class Player:
    """Runs a desk block by block on a second of music, over and over."""

    def __init__(self, offline: Offline, frames: int = BLOCK_FRAMES) -> None:
        self.offline, self.base, self.frames = offline, offline.rack.base, frames
        self.ins = music(RATE_HZ // frames * frames, offline.console.inputs)
        self.out = np.zeros((frames, offline.console.outputs), np.float32)
        self._arguments = (
            self.base, self.ins.ctypes.data, self.ins[:frames].nbytes, len(self.ins) // frames,
            self.out.ctypes.data, frames,
        )  # fmt: skip

    def __call__(self, first: int, count: int) -> None:
        """So many blocks from the first on."""
        blocks.run(*self._arguments, first, count)
