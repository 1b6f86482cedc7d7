"""Loudness of a programme while it goes on, cell by cell, in a memory that does not grow with the months.

EBU Tech 3341 and 3342, as dsp/loudness.py makes of a whole programme.  The gated readings come from histograms of
0.01 LU with the power sums of their bins: only the bins at a gate itself can count wrongly, by less than 0.01 LU.
"""

import math

import numpy as np

from dsp.loudness import ABSOLUTE_LUFS, HOP, MOMENTARY, RANGE_LU, RELATIVE_LU, SHORT, lufs

BIN_LU = 0.01
LOUDEST_LUFS = 30.0  # what is louder counts in the last bin
BINS = round((LOUDEST_LUFS - ABSOLUTE_LUFS) / BIN_LU)


class Gated:
    """Window powers above the absolute gate, as a histogram."""

    def __init__(self) -> None:
        self.counts, self.powers = np.zeros(BINS, np.int64), np.zeros(BINS)

    def add(self, power: float) -> None:
        """One window."""
        level = float(lufs(power))
        if level > ABSOLUTE_LUFS:
            at = min(int((level - ABSOLUTE_LUFS) / BIN_LU), BINS - 1)
            self.counts[at] += 1
            self.powers[at] += power

    def above(self, relative_lu: float) -> int:
        """The first bin above the relative gate; BINS when nothing was added."""
        count = int(self.counts.sum())
        if not count:
            return BINS
        gate = float(lufs(float(self.powers.sum()) / count)) + relative_lu
        return max(math.ceil((gate - ABSOLUTE_LUFS) / BIN_LU - 0.5), 0)

    def mean(self, relative_lu: float) -> float:
        """The loudness of the mean power above the relative gate; -inf when nothing is."""
        first = self.above(relative_lu)
        count = int(self.counts[first:].sum())
        return float(lufs(float(self.powers[first:].sum()) / count)) if count else -math.inf

    def range_lu(self, relative_lu: float) -> float:
        """From the 10 % to the 95 % of the values above the relative gate."""
        first = self.above(relative_lu)
        below = np.cumsum(self.counts[first:])
        if first == BINS or not below[-1]:
            return 0.0
        low, high = (int((int(below[-1]) - 1) * part + 0.5) for part in (0.10, 0.95))
        places = np.searchsorted(below, (low, high), side="right")
        return float(places[1] - places[0]) * BIN_LU


class Programme:
    """Fed one weighted power a cell; momentary and short-term are those of the windows that end with the last cell."""

    def __init__(self) -> None:
        self.cells = 0
        self.momentary = self.short_term = -math.inf
        self._recent = np.zeros(SHORT)
        self._blocks, self._values = Gated(), Gated()

    def _window(self, cells: int) -> float:
        """The mean power of the last cells."""
        rows = np.arange(self.cells - cells, self.cells) % SHORT
        return float(self._recent[rows].mean())

    def add(self, power: float) -> None:
        """The weighted power of one more cell, summed over the channels."""
        self._recent[self.cells % SHORT] = power
        self.cells += 1
        for window, values in ((MOMENTARY, self._blocks), (SHORT, self._values)):
            if self.cells < window:
                continue
            mean = self._window(window)
            if window == MOMENTARY:
                self.momentary = float(lufs(mean))
            else:
                self.short_term = float(lufs(mean))
            if (self.cells - window) % HOP == 0:
                values.add(mean)

    @property
    def integrated(self) -> float:
        """LUFS since the beginning; -inf while nothing has passed the gate."""
        return self._blocks.mean(RELATIVE_LU)

    @property
    def range_lu(self) -> float:
        """Loudness range since the beginning, LU."""
        return self._values.range_lu(RANGE_LU)
