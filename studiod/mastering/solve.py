"""The drives of the songs of a run: searched at once, since neighbours that cross are heard in each other's track."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from studiod.mastering.figures import Heard
from studiod.mastering.kept import Kept
from studiod.mastering.passes import Made, Programme, once
from studiod.mastering.search import RUNS, Search
from studiod.mastering.songs import Part
from studiod.metering.measure import decibel


@dataclass(frozen=True, slots=True)
class Unreached:
    """A song that cannot be as loud as was asked for: the loudest that it can be, and what that takes."""

    number: int
    target_lufs: float
    loudest_lufs: float
    drive_db: float
    range_before_lu: float
    range_lu: float


@dataclass(frozen=True, slots=True)
class Solved:
    """lower_db: by how much the ceiling had to be lowered at the rate of the search.  unreached: songs by place."""

    drives_db: tuple[float, ...]
    lower_db: float
    runs: int
    unreached: tuple[Unreached, ...] = ()


def solved(
    kept: Kept, of: Programme, targets_lufs: Sequence[float | None], fixed_db: Sequence[float], rate_hz: int, tell: Part
) -> Solved:
    """The drive of each song for its target; where it has none, the drive that is given.

    At most six passes, each of all songs; the last is the one that is delivered at this rate.
    """
    name = of.name("solved", list(targets_lufs), list(fixed_db), rate_hz)
    with kept.alone(name):
        if (note := kept.note(name)) is not None:
            return Solved(tuple(note["drives_db"]), note["lower_db"], note["runs"])
        found = _searched(kept, of, targets_lufs, fixed_db, rate_hz, tell)
        if not found.unreached:
            kept.write(name, {"drives_db": found.drives_db, "lower_db": found.lower_db, "runs": found.runs})
        return found


def _searched(
    kept: Kept, of: Programme, targets_lufs: Sequence[float | None], fixed_db: Sequence[float], rate_hz: int, tell: Part
) -> Solved:
    searches = [_search(target, song.before, of) for target, song in zip(targets_lufs, of.songs, strict=True)]
    lower_db, runs = 0.0, 0
    while True:
        drives = tuple(one.drive_db if one else fixed for one, fixed in zip(searches, fixed_db, strict=True))
        step, made = once(kept, of, drives, rate_hz, lower_db, partial(_within, tell, runs))
        runs += 1
        for one, heard in zip(searches, made.tracks, strict=True):
            if one is not None:
                one.heard(heard.integrated_lufs)
        live = [one for one in searches if one is not None]
        if (all(one.settled for one in live) and made.over_db <= of.tolerance_db) or runs == RUNS or not live:
            break
        kept.drop(step)
        lower_db += max(made.over_db, 0.0) if made.over_db > of.tolerance_db else 0.0
    tell(1.0)
    missed = [(k, one) for k, one in enumerate(searches) if one is not None and not one.reached]
    unreached = tuple(_unreached(k, one, drives[k], of, made) for k, one in missed)
    return Solved(drives, lower_db, runs, unreached)


def _within(tell: Part, runs: int, part: float) -> None:
    tell((runs + part) / RUNS)


def _search(target_lufs: float | None, before: Heard, of: Programme) -> Search | None:
    if target_lufs is None:
        return None
    return Search(target_lufs, before.integrated_lufs, of.ceiling_dbtp - decibel(before.true_peak), bool(of.chain))


def _unreached(number: int, search: Search, drive_db: float, of: Programme, made: Made) -> Unreached:
    before_lu, range_lu = of.songs[number].before.range_lu, made.tracks[number].range_lu
    return Unreached(number, search.target_lufs, search.loudness_lufs, drive_db, before_lu, range_lu)
