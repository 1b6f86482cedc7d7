"""A tempo out of clock ticks that jitter: a straight line through the last seconds of ticks, begun anew when they bend.

How sure the line is (the scatter around it over the root of the sum of squares; ordinary least squares) says how many
digits are told and how far the tempo has to move before it is told again.
"""

import numpy as np

TICKS_PER_BEAT = 24
BLOCK = 6  # ticks between two looks
MOST_S = 8.0  # of ticks in the line
GAP_S = 0.6  # longer than the tick of any tempo: the clock had stopped
SURE = 24  # ticks from which their scatter is known
FIRST_SCATTER_S, LEAST_SCATTER_S = 1e-3, 5e-5
BENT = 4.0  # deviations of the newest ticks from the line before them that no jitter explains
MOVED, EXACT = 2.5, 1.0  # deviations of the tempo: from what it was told as, and that rounding may add
LEAST_BPM = 0.02


class TempoFromTicks:
    """Hears ticks; bpm is their tempo, deviation_bpm how sure it is, both 0 until there are enough."""

    def __init__(self) -> None:
        self.scatter_s = FIRST_SCATTER_S
        self.reset()

    def reset(self) -> None:
        """The next tick is the first."""
        self.bpm = self.deviation_bpm = 0.0
        self._ns: list[int] = []
        self._new = 0
        self._bend = False  # whether the newest block may have a bend within it

    def tick(self, ns: int) -> bool:
        """One tick, at monotonic ns; whether the tempo was looked at anew."""
        step_s = (ns - self._ns[-1]) / 1e9 if self._ns else 0.0
        if step_s < 0 or step_s > GAP_S:
            self.reset()
        self._ns.append(ns)
        self._new += 1
        if self._new < BLOCK or len(self._ns) < BLOCK:
            return False
        self._new = 0
        return self._look()

    def news(self, held_bpm: float) -> float | None:
        """The tempo to tell in place of the one held; None while jitter explains the difference."""
        if not self.bpm or abs(self.bpm - held_bpm) <= max(LEAST_BPM, MOVED * self.deviation_bpm):
            return None
        digits = next((d for d in (0, 1) if abs(round(self.bpm, d) - self.bpm) <= EXACT * self.deviation_bpm), 2)
        return round(self.bpm, digits)

    def _look(self) -> bool:
        at, s = np.arange(len(self._ns), dtype=float), (np.array(self._ns) - self._ns[0]) / 1e9
        again, self._bend = self._bend, not self._bend and len(at) > 2 * BLOCK and self._bent(at, s)
        if again or self._bend:
            self._ns = self._ns[-BLOCK:]
            at, s = at[-BLOCK:], s[-BLOCK:]
        tick_s, _, scatter_s, squares = _line(at, s)
        if tick_s <= 0:
            return False
        if len(at) >= SURE:
            self.scatter_s = max(scatter_s, LEAST_SCATTER_S)
        scatter_s = max(scatter_s, self.scatter_s)
        self.bpm = 60.0 / (TICKS_PER_BEAT * tick_s)
        self.deviation_bpm = self.bpm * scatter_s / squares**0.5 / tick_s
        old = sum(ns < self._ns[-1] - MOST_S * 1e9 for ns in self._ns)
        del self._ns[:old]
        return True

    def _bent(self, at: np.ndarray, s: np.ndarray) -> bool:
        """Whether the newest block lies off the line through those before: their median: one late tick is none."""
        before = at[:-BLOCK]
        tick_s, first_s, scatter_s, squares = _line(before, s[:-BLOCK])
        off_s = np.median(s[-BLOCK:] - first_s - tick_s * at[-BLOCK:])
        ahead = at[-BLOCK:].mean() - before.mean()
        scatter_s = max(scatter_s, self.scatter_s if len(before) < SURE else LEAST_SCATTER_S)
        return bool(abs(off_s) > BENT * scatter_s * np.sqrt(np.pi / 2 / BLOCK + 1 / len(before) + ahead**2 / squares))


def _line(at: np.ndarray, s: np.ndarray) -> tuple[float, float, float, float]:
    """Seconds a tick, second of tick 0, scatter in s, and the sum of squares of the ticks around their middle."""
    x, y = at - at.mean(), s - s.mean()
    squares = float(x @ x)
    slope = float(x @ y) / squares
    left = y - slope * x
    return slope, float(s.mean() - slope * at.mean()), float(np.sqrt(left @ left / max(len(at) - 2, 1))), squares
