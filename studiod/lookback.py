"""What the armed tracks heard last, in memory: the past of a take, and the recorder's patience.

A thread of its own empties the rack's ring into it, so that a disk that stands still for seconds loses nothing.
"""

import logging
import threading
from collections.abc import Callable, Iterable

import numpy as np

from studiod import rack as r
from studiod.rack import Rack

LOG = logging.getLogger(__name__)
POLL_S = 0.05
PATIENCE_S = 10.0  # beyond the lookback: so long may the disk stand still
MOST_BYTES = 512 << 20
BLANK_S = 0.1


class Lookback:
    """A ring on absolute frames for each armed lane.  Attributes: end (frames before it have been taken over), lost."""

    def __init__(self, rack: Rack) -> None:
        self.rack, self.rate_hz = rack, int(rack.words[r.RATE])
        self.end, self.lost = rack.get(r.FRAME), 0
        self.seconds = 0.0  # how far back a take may begin
        self.since: dict[int, int] = {}  # the frame from which on a lane is held
        self._rings: dict[int, np.ndarray] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    # -- the desk's thread -------------------------------------------------------------------------------------------

    def arm(self, lanes: Iterable[int], seconds: float) -> str:
        """Hold these lanes from now on, and no others; "" or what cannot be held, in words."""
        wanted = sorted(lanes)
        most_s = MOST_BYTES / (4 * self.rate_hz * max(len(wanted), 1))
        back_s = max(min(seconds, most_s - PATIENCE_S), 0.0)
        frames = round(min(back_s + PATIENCE_S, most_s) * self.rate_hz)
        with self._lock:
            rings = {}
            for lane in wanted:
                old = self._rings.get(lane)
                if old is None:
                    self.since[lane] = max(self.rack.get(r.FRAME), self.end)
                    self._blank(lane)
                rings[lane] = old if old is not None and len(old) == frames else self._moved(old, frames)
            self._rings = rings
            self.since = {lane: self.since[lane] for lane in rings}
            self.seconds = back_s
        if back_s < seconds:
            return (
                f"{len(wanted)} tracks look back {back_s:.0f} s of the {seconds:g} s asked for: "
                f"all of them have {MOST_BYTES >> 20} MiB of memory; arm fewer"
            )
        return ""

    def _blank(self, lane: int) -> None:
        """Until its patch lets sound through, 5 ms and a block from now, the rack's ring has what it held before."""
        ring = self.rack.recorded
        at = np.arange(self.since[lane], self.since[lane] + round(BLANK_S * self.rate_hz))
        ring[lane, at % ring.shape[1]] = 0.0

    def _moved(self, old: np.ndarray | None, frames: int) -> np.ndarray:
        """A ring of another length with the newest of what the old one holds; memory is used as it fills."""
        new = np.zeros(frames, np.float32)
        if old is not None:
            at = np.arange(self.end - min(frames, len(old)), self.end)
            new[at % frames] = old[at % len(old)]
        return new

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="studiod-lookback", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def first(self, now: int, seconds: float) -> int:
        """Where a take may begin that looks back from now: not before any of its tracks was armed."""
        back = round(min(seconds, self.seconds) * self.rate_hz)
        return max(now - back, min(min(self.since.values(), default=now), now))

    # -- its own thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._over.wait(POLL_S):
            self.take_over()
        self.take_over()

    def take_over(self) -> None:
        """All that the rack's ring holds, up to the last block; what it no longer holds is silence, and counted."""
        ring = self.rack.recorded
        with self._lock:
            end = self.rack.get(r.FRAME)
            gap = end - self.end - ring.shape[1]
            if gap > 0:
                if self._rings:
                    self.lost += gap
                    LOG.warning("the recorder came too late: %d frames lost in all; the machine is too busy", self.lost)
                for lane in self._rings:
                    self._put(lane, self.end, np.zeros(min(gap, len(self._rings[lane])), np.float32))
                self.end += gap
            for lane in self._rings:
                at = np.arange(self.end, end) % ring.shape[1]
                self._put(lane, self.end, ring[lane, at])
            self.end = end

    def _put(self, lane: int, first: int, sound: np.ndarray) -> None:
        ring = self._rings[lane]
        at = first % len(ring)
        cut = min(len(ring) - at, len(sound))
        ring[at : at + cut] = sound[:cut]
        ring[: len(sound) - cut] = sound[cut:]

    # -- the recorder's thread ---------------------------------------------------------------------------------------

    def read(self, lane: int, first: int, last: int, tell: Callable[[int], None] = lambda _: None) -> np.ndarray:
        """float32 of a lane from a frame to another; silence where it was not armed, or where it is too long ago.

        tell: hears how many frames of an armed lane were no longer held.
        """
        out = np.zeros(last - first, np.float32)
        with self._lock:
            ring = self._rings.get(lane)
            if ring is None:
                return out
            armed = max(first, self.since[lane])
            low, high = max(armed, self.end - len(ring)), min(last, self.end)
            if high > low:
                out[low - first : high - first] = ring[np.arange(low, high) % len(ring)]
        if low > armed:
            tell(min(low, last) - armed)
        return out
