"""What has sounded at every input: its peak and its power in blocks of 100 ms, for ten minutes, silence left out.

The gates are those of loudness (ITU-R BS.1770-5, EBU Tech 3342), on powers without weighting: a window of 400 ms counts
above -70 LUFS and above 20 LU below the gated loudness of all that is known.  On the desk's loop, but for `measured`,
which touches nothing and takes some ms.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dsp import loudness
from dsp.core.grid import GRID_HZ

LONGEST_S = 600.0
BLOCK_S = loudness.HOP / GRID_HZ
BLOCKS = round(LONGEST_S / BLOCK_S)
WINDOW = loudness.MOMENTARY // loudness.HOP  # blocks
SINE = 2.0  # times the mean square of a full-scale sine is 1: it reads 0 dBFS

Cells = Callable[[int], tuple[np.ndarray, np.ndarray, int]]


@dataclass(frozen=True, slots=True)
class Sounded:
    """peak_db: dBFS; level_db: the gated RMS, a full-scale sine reads 0; for_s: how long it was no silence."""

    peak_db: float
    level_db: float
    for_s: float


@dataclass(frozen=True, slots=True)
class Known:
    """Blocks of one input, oldest first: peaks and powers [block]; asked: how many of the last ones count."""

    peaks: np.ndarray
    powers: np.ndarray
    asked: int


class Heard:
    """Over the meter cells of a rack's inputs."""

    def __init__(self, cells: Cells) -> None:
        """cells: peak and mean square [cell, input] of the whole 10 ms cells from a number on; the number after."""
        self._cells = cells
        peaks, _, _ = cells(0)
        self.inputs = peaks.shape[1]
        self._begin()

    def _begin(self) -> None:
        self._cell = 0  # the next one
        self._peaks = np.zeros((BLOCKS, self.inputs), np.float32)
        self._powers = np.zeros((BLOCKS, self.inputs), np.float32)
        self._armed = np.zeros(self.inputs, np.int64)  # the first block that counts

    def gather(self) -> None:
        """Take in what has come: at least once a second, else it is lost, and counts as silence."""
        peaks, powers, end = self._cells(self._cell)
        if end < self._cell:  # the audio clock has begun anew
            self._begin()
            peaks, powers, end = self._cells(0)
        blocks = np.arange(end - len(peaks), end) // loudness.HOP
        since = (self._cell - 1) // loudness.HOP + 1  # the first block that nothing is known of
        fresh = np.arange(max(since, (end - 1) // loudness.HOP - BLOCKS + 1), (end - 1) // loudness.HOP + 1)
        self._peaks[fresh % BLOCKS] = self._powers[fresh % BLOCKS] = 0.0
        for block in np.unique(blocks):
            of, row = blocks == block, block % BLOCKS
            self._peaks[row] = np.maximum(self._peaks[row], peaks[of].max(axis=0))
            self._powers[row] += powers[of].sum(axis=0) / loudness.HOP
        self._cell = end

    def arm(self, inputs: list[int]) -> None:
        """Forget what has sounded at some inputs, counted from 1."""
        self.gather()
        self._armed[np.array(inputs, int) - 1] = -(-self._cell // loudness.HOP)

    def known(self, index: int, seconds: float) -> Known:
        """What is kept of an input, counted from 1, since it was armed; seconds: how much counts, 0 for all of it."""
        end = self._cell // loudness.HOP  # whole blocks
        first = max(int(self._armed[index - 1]), end - BLOCKS + 1, 0)
        rows = np.arange(first, end) % BLOCKS
        asked = math.ceil(seconds / BLOCK_S - 1e-9) if seconds else len(rows)
        return Known(self._peaks[rows, index - 1], self._powers[rows, index - 1], min(asked, len(rows)))


def measured(known: Known) -> Sounded | None:
    """What sounded of it; None: nothing did."""
    window = max(min(WINDOW, len(known.powers)), 1)
    means = loudness.sliding(known.powers.astype(float), window)
    loud = loudness.gated(means, loudness.RELATIVE_LU)
    if not len(loud):
        return None
    least = loudness.lufs(loud.mean()) + loudness.RANGE_LU
    heard = loudness.lufs(means) > max(least, loudness.ABSOLUTE_LUFS)
    counts = np.convolve(heard, np.ones(window)) > 0.0  # every block of a window that counts
    counts[: len(counts) - known.asked] = False
    if not counts.any():
        return None
    loud = loudness.gated(known.powers[counts].astype(float), loudness.RELATIVE_LU)
    power = float(loud.mean()) if len(loud) else float(known.powers[counts].mean())
    peak = float(known.peaks[counts].max())
    if peak <= 0.0 or power <= 0.0:
        return None
    return Sounded(20.0 * math.log10(peak), 10.0 * math.log10(SINE * power), float(counts.sum()) * BLOCK_S)
