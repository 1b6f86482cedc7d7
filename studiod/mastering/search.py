"""The drive that makes a song as loud as is asked for: searched between brackets, since a limiter saturates.

Below the limiter's threshold loudness follows the drive; above it each dB more gives less.  So what a straight line
through the last two readings promises is the most there can be: where that is not enough, the end of the search is the
greatest drive, and a refusal.
"""

import math
from dataclasses import dataclass, field

NEAR_LU, ENOUGH_LU = 0.05, 0.1  # where a search ends; what counts as reached when its runs are used up
RUNS = 6
MOST_OVER_DB = 24.0  # of the loudest sample above the ceiling: beyond that only the drive grows
FIRST = 0.002  # LU that a limiter takes of music for the square of the dB above it: a first guess
FLAT = 1e-3  # LU for a dB


@dataclass(slots=True)
class Search:
    """Of one song.  unlimited_lufs: what it has ahead of its drive; head_db: the drive from which it is limited.

    chained: between drive and limiter there is a chain, so that below head_db loudness need not follow the drive.
    drive_db is the next to try, or, once it is settled, the best.
    """

    target_lufs: float
    unlimited_lufs: float
    head_db: float
    chained: bool = False
    drive_db: float = field(init=False)
    loudness_lufs: float = field(init=False, default=-math.inf)
    settled: bool = field(init=False, default=False)
    runs: int = field(init=False, default=0)
    _known: list[tuple[float, float]] = field(init=False, default_factory=list)  # drive, LU above the target

    def __post_init__(self) -> None:
        self.drive_db = min(self.target_lufs - self.unlimited_lufs, self.most_db)
        over_db = self.drive_db - self.head_db
        if over_db > 0.0 and not self.chained:  # what is little above it costs music next to nothing
            self._known.append((self.head_db, self.unlimited_lufs + self.head_db - self.target_lufs))
            self.drive_db = min(self.drive_db + FIRST * over_db**2, self.most_db)

    @property
    def most_db(self) -> float:
        """The greatest drive."""
        return self.head_db + MOST_OVER_DB

    @property
    def reached(self) -> bool:
        """Whether the best is near enough."""
        return abs(self.loudness_lufs - self.target_lufs) <= ENOUGH_LU

    def heard(self, loudness_lufs: float) -> None:
        """What the drive that was to be tried has given."""
        self.runs += 1
        above_lu = loudness_lufs - self.target_lufs
        tried_db = self.drive_db
        self._known = sorted([*(known for known in self._known if known[0] != tried_db), (tried_db, above_lu)])
        self.loudness_lufs = loudness_lufs
        at_the_end = tried_db >= self.most_db and above_lu < 0.0
        self.settled = abs(above_lu) <= NEAR_LU or at_the_end
        if not self.settled:
            self.drive_db = self._next()

    def _next(self) -> float:
        below = [known for known in self._known if known[1] < 0.0]
        above = [known for known in self._known if known[1] >= 0.0]
        if not above:
            return self._further(below)
        if not below:
            drive_db, over_lu = above[0]
            return drive_db - over_lu
        return self._between(below[-1], above[0])

    def _further(self, below: list[tuple[float, float]]) -> float:
        """Beyond all that was tried: along the line through the last two, and a quarter more, for it bends down."""
        drive_db, under_lu = below[-1]
        slope = 1.0
        if len(below) > 1:
            slope = max((under_lu - below[-2][1]) / (drive_db - below[-2][0]), FLAT)
        if under_lu + slope * (self.most_db - drive_db) < -ENOUGH_LU:
            return self.most_db
        return min(drive_db - 1.25 * under_lu / slope, self.most_db)

    def _between(self, low: tuple[float, float], high: tuple[float, float]) -> float:
        """Where a parabola through three readings meets the target, the drive as one of the loudness; well within."""
        (a, fa), (b, fb) = low, high
        line = a - fa * (b - a) / (fb - fa)
        others = [known for known in self._known if known not in (low, high)]
        if others:
            c, fc = min(others, key=lambda known: abs(known[1]))
            if fc not in (fa, fb):
                bend = ((c - b) / (fc - fb) - (b - a) / (fb - fa)) / (fc - fa)
                line += bend * fa * fb
        margin = 0.002 * (b - a)
        return min(max(line, a + margin), b - margin)
