"""What the armed tracks heard last, in memory: the past of a take, and the recorder's patience.

A thread of its own empties the rack's ring into pages, so that a disk that stands still for seconds loses nothing.  The
desk only says which lanes, and how far back: that is a new dict and a number, it takes no lock and moves no sound.  The
thread follows piece by piece.  Pages lie on absolute frames; what was never written in one is silence.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field

import numpy as np

from studiod.realtime import layout as r
from studiod.realtime.rack import Rack

LOG = logging.getLogger(__name__)
POLL_S = 0.05
PATIENCE_S = 10.0  # beyond the lookback: so long may the disk stand still
MOST_BYTES = 512 << 20
BLANK_S = 0.1
PAGE_FRAMES = 8192
PIECE_BYTES = 1 << 20  # copied while the lock is held
PIECE_PAGES = 256  # given back while it is held


@dataclass
class Held:
    """One lane."""

    armed: int  # from this frame on it should be there
    since: int  # from this frame on it is
    pages: dict[int, np.ndarray] = field(default_factory=dict)  # float32 by number, the oldest first


def copied(into: np.ndarray, sound: np.ndarray) -> None:
    """Every copy of sound that is made here."""
    into[:] = sound


class Lookback:
    """The past of each armed lane.  Attributes: end (frames before it have been taken over), lost."""

    def __init__(self, rack: Rack) -> None:
        self.rack, self.rate_hz = rack, int(rack.words[r.RATE])
        self.end, self.lost = rack.get(r.FRAME), 0
        self.seconds = 0.0  # how far back a take may begin
        self._lanes: dict[int, Held] = {}  # never changed: another takes its place
        self._keep = 0  # frames
        self._gone: deque[Held] = deque()
        self._lock = threading.Lock()  # between the two threads that read and write pages
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    # -- the desk's thread -------------------------------------------------------------------------------------------

    def arm(self, lanes: Iterable[int], seconds: float, anew: Container[int] = ()) -> str:
        """Hold these lanes from now on, and no others; "" or what cannot be held, in words.

        anew: lanes whose past is let go of: what they heard was another source.
        """
        wanted = sorted(lanes)
        most_s = MOST_BYTES / (4 * self.rate_hz * max(len(wanted), 1))
        back_s = max(min(seconds, most_s - PATIENCE_S), 0.0)
        self._keep = round(min(back_s + PATIENCE_S, most_s) * self.rate_hz)
        now, old = self.rack.get(r.FRAME), self._lanes
        fresh = [lane for lane in wanted if lane not in old or lane in anew]
        self._blank(fresh, now)
        self._lanes = {lane: Held(now, now) if lane in fresh else old[lane] for lane in wanted}
        self._gone.extend(held for lane, held in old.items() if self._lanes.get(lane) is not held)
        self.seconds = back_s
        if back_s < seconds:
            return (
                f"{len(wanted)} tracks look back {back_s:.0f} s of the {seconds:g} s asked for: "
                f"all of them have {MOST_BYTES >> 20} MiB of memory; arm fewer"
            )
        return ""

    def _blank(self, lanes: list[int], first: int) -> None:
        """Until its patch lets sound through, 5 ms and a block from now, the rack's ring has what it held before."""
        ring = self.rack.recorded
        for lane in lanes:
            for part, _ in _parts(ring[lane], first, first + round(BLANK_S * self.rate_hz)):
                part[:] = 0.0

    @property
    def since(self) -> dict[int, int]:
        """The frame from which on each lane is held."""
        return {lane: held.since for lane, held in self._lanes.items()}

    def first(self, now: int, seconds: float) -> int:
        """Where a take may begin that looks back from now: not before any of its tracks is held."""
        back = round(min(seconds, self.seconds) * self.rate_hz)
        return max(now - back, min(min(self.since.values(), default=now), now))

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="studiod-lookback", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    # -- its own thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._over.wait(POLL_S):
            self.take_over()
        self.take_over()

    def take_over(self) -> None:
        """All that the rack's ring holds, up to the last block; what it no longer holds is silence, and counted."""
        while self._piece():
            pass
        while self._let_go():
            pass

    def _piece(self) -> bool:
        """As much of all lanes as one hold of the lock allows; whether there is more."""
        ring = self.rack.recorded
        with self._lock:
            lanes, now = self._lanes, self.rack.get(r.FRAME)
            gap = now - self.end - ring.shape[1]
            if gap > 0:
                if lanes:
                    self.lost += gap
                    LOG.warning("the recorder came too late: %d frames lost in all; the machine is too busy", self.lost)
                self.end += gap
            end = min(now, self.end + PIECE_BYTES // (4 * len(lanes))) if lanes else now
            for lane, held in lanes.items():
                for sound, first in _parts(ring[lane], self.end, end):
                    _put(held.pages, first, sound)
            self.end = end
            return end < now

    def _let_go(self) -> bool:
        """Give pages back that nobody needs any more, as many as one hold allows; whether there are more."""
        left = PIECE_PAGES
        with self._lock:
            for held in self._lanes.values():
                oldest = max(self.end - self._keep, held.since)
                while held.pages and (page := next(iter(held.pages))) < oldest // PAGE_FRAMES:
                    if not left:
                        held.since = max(held.since, page * PAGE_FRAMES)
                        return True
                    del held.pages[page]
                    left -= 1
                held.since = oldest
        while self._gone:
            pages = self._gone[0].pages
            while pages and left:
                pages.popitem()
                left -= 1
            if pages:
                return True
            self._gone.popleft()
        return False

    # -- the recorder's thread ---------------------------------------------------------------------------------------

    def read(self, lane: int, first: int, last: int, tell: Callable[[int], None] = lambda _: None) -> np.ndarray:
        """float32 of a lane from a frame to another; silence where it was not armed, or where it is too long ago.

        tell: hears how many frames of an armed lane were no longer held.
        """
        out = np.zeros(last - first, np.float32)
        held = self._lanes.get(lane)
        if held is None:
            return out
        missed, step = 0, PIECE_BYTES // 4
        for at in range(first, last, step):
            with self._lock:
                armed = max(at, held.armed)
                low, high = max(armed, held.since), min(at + step, last, self.end)
                missed += max(min(low, at + step, last) - armed, 0)
                numbers = range(low // PAGE_FRAMES, -(-high // PAGE_FRAMES)) if high > low else ()
                for number in numbers:
                    page, begin = held.pages.get(number), number * PAGE_FRAMES
                    if page is not None:
                        a, b = max(low, begin), min(high, begin + PAGE_FRAMES)
                        copied(out[a - first : b - first], page[a - begin : b - begin])
        if missed:
            tell(missed)
        return out


def _parts(ring: np.ndarray, first: int, last: int) -> list[tuple[np.ndarray, int]]:
    """The one or two pieces of a ring that hold some frames, and the first frame of each."""
    at, length = first % len(ring), last - first
    cut = min(len(ring) - at, length)
    parts = [(ring[at : at + cut], first), (ring[: length - cut], first + cut)]
    return [part for part in parts if len(part[0])]


def _put(pages: dict[int, np.ndarray], first: int, sound: np.ndarray) -> None:
    """Write frames from one on into the pages that they belong to."""
    done = 0
    while done < len(sound):
        number, at = divmod(first + done, PAGE_FRAMES)
        page = pages.get(number)
        if page is None:
            page = pages[number] = np.zeros(PAGE_FRAMES, np.float32)
        cut = min(PAGE_FRAMES - at, len(sound) - done)
        copied(page[at : at + cut], sound[done : done + cut])
        done += cut
