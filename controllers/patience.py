"""How much of something is let through: so much at once, then so much a second."""

import time


class Patience:
    """A bucket that fills by the second; now_s: of the clock that it is asked with, the process's own if None."""

    __slots__ = ("burst", "held", "last_s", "per_s")

    def __init__(self, burst: float, per_s: float, now_s: float | None = None) -> None:
        self.burst, self.per_s = burst, per_s
        self.held, self.last_s = float(burst), time.monotonic() if now_s is None else now_s

    def now(self, now_s: float) -> float:
        """How much may go through now."""
        self.held = min(self.held + (now_s - self.last_s) * self.per_s, self.burst)
        self.last_s = now_s
        return self.held

    def take(self, now_s: float, amount: float = 1.0) -> bool:
        """Let so much through; False when that is too much."""
        if self.now(now_s) < amount:
            return False
        self.held -= amount
        return True
