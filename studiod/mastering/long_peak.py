"""True peaks by a long interpolator, block by block: 16 phases of 257 frames, which looks closest to half the rate.

Blocks are cut by the count of frames alone, so that the figure is the same however the sound is fed; what is kept is
one of them, whatever the length.
"""

import numpy as np

PHASES, TAPS, BETA = 16, 257, 8.0  # TAPS: frames of each; BETA: of the Kaiser window
HALF = TAPS // 2
BLOCK = 8192  # frames of a transform
STEP = BLOCK - TAPS + 1  # frames of it that are new


def taps() -> np.ndarray:
    """The phases between the frames, each with unity gain at 0 Hz.  Shape [15, 257]: phase; frame, the newest first."""
    where = np.arange(-HALF, HALF + 1) - np.arange(1, PHASES)[:, None] / PHASES
    h = np.sinc(where) * np.i0(BETA * np.sqrt(np.maximum(1.0 - (where / (HALF + 1)) ** 2, 0.0)))
    return h / h.sum(axis=1, keepdims=True)


H = taps()
TURNED = np.fft.rfft(H, BLOCK)
BOUND = float(np.abs(H).sum(axis=1).max() * (1.0 + 1e-9))  # the most that any phase can make of samples up to 1


class Long:
    """One sound, fed block by block.  The rate changes nothing."""

    def __init__(self, rate_hz: int, lanes: int) -> None:
        self._line, self._filled, self._top = np.zeros((lanes, BLOCK)), TAPS - 1, 0.0

    def feed(self, sound: np.ndarray) -> None:
        """Go on with float64 sound[frame, lane]."""
        at = 0
        while at < len(sound):
            part = sound[at : at + BLOCK - self._filled]
            self._line[:, self._filled : self._filled + len(part)] = part.T
            self._filled += len(part)
            at += len(part)
            if self._filled == BLOCK:
                self._top = self._seen()
                self._line[:, : TAPS - 1] = self._line[:, STEP:].copy()
                self._filled = TAPS - 1

    def peak(self) -> float:
        """The greatest so far, linear, as if silence followed."""
        end = Long(0, len(self._line))
        end._line, end._filled, end._top = self._line.copy(), self._filled, self._top
        end.feed(np.zeros((TAPS - 1, len(self._line))))
        return end._seen()

    def _seen(self) -> float:
        """The greatest so far, with what is in the line."""
        line = self._line[:, : self._filled]
        top = max(self._top, float(np.abs(line).max(initial=0.0)))
        for lane in line:
            if np.abs(lane).max(initial=0.0) * BOUND > top:
                fine = np.fft.irfft(np.fft.rfft(lane, BLOCK) * TURNED, BLOCK)[:, TAPS - 1 : self._filled]
                top = max(top, float(np.abs(fine).max(initial=0.0)))
        return top
