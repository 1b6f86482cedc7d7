"""The audio clock as the desk sees it: a delay-locked loop over the runner's stamps of (frame, monotonic ns).

F. Adriaensen, "Using a DLL to filter time", Linux Audio Conference 2005.
"""

import math

BANDWIDTH_HZ = 0.5
RESET_S = 0.02


class FrameClock:
    """Fits frames to monotonic nanoseconds.  Attribute ppm: how far the device's rate is off."""

    def __init__(self, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self.reset()

    def reset(self) -> None:
        """Start over with the next stamp."""
        self._ns = 0
        self._frame = 0.0
        self._rate = float(self.rate_hz)
        self._last = -1

    @property
    def ppm(self) -> float:
        return (self._rate / self.rate_hz - 1.0) * 1e6

    def observe(self, frame: int, ns: int) -> None:
        """Take one stamp."""
        if frame == self._last:
            return
        step_s = (ns - self._ns) / 1e9
        expected = self._frame + step_s * self._rate
        error = frame - expected
        if self._last < 0 or frame < self._last or step_s <= 0 or abs(error) > RESET_S * self.rate_hz:
            self._ns, self._frame, self._last, self._rate = ns, float(frame), frame, float(self.rate_hz)
            return
        omega = min(2.0 * math.pi * BANDWIDTH_HZ * step_s, 0.5)
        self._frame = expected + math.sqrt(2.0) * omega * error
        self._rate += omega * omega * error / step_s
        self._ns, self._last = ns, frame

    def frame_at(self, ns: int) -> int:
        """The frame nearest to a monotonic time; 0 before the first stamp."""
        if self._last < 0:
            return 0
        return round(self._frame + (ns - self._ns) / 1e9 * self._rate)
