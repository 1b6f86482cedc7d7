"""When a frame of the audio clock will be, on the machine's clock: the desk's fitted frame clock read the other way."""

from studiod.desk.desk import Desk

SPAN_NS = 1_000_000_000  # over which the slope is read, so that a whole frame is 20 millionths of it


class FrameTime:
    """A straight line through the frame clock at the moment of `look`."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.rate_hz = desk, desk.registry.console.rate_hz
        self.frame, self._ns, self._ns_per_frame = 0.0, 0, 1e9 / self.rate_hz

    def look(self) -> bool:
        """Read the clock as it is now; False while it stands still, before the first block."""
        self._ns = self.desk.clock()
        first = self.desk.engine.frame_at(self._ns)
        last = self.desk.engine.frame_at(self._ns + SPAN_NS)
        self.frame = float(first)
        if last <= first:
            return False
        self._ns_per_frame = SPAN_NS / (last - first)
        return True

    def ns_at(self, frame: float) -> int:
        """When a frame is, monotonic."""
        return self._ns + round((frame - self.frame) * self._ns_per_frame)
