"""The search for a drive, on curves that bend as limiters do: few runs, or the loudest there is."""

import math
from collections.abc import Callable

import pytest

from studiod.mastering.search import ENOUGH_LU, RUNS, Search

Curve = Callable[[float], float]


def saturating(unlimited_lufs: float, head_db: float, more_lu: float) -> Curve:
    """Straight up to a drive; from there at most so much more."""

    def of(drive_db: float) -> float:
        over_db = max(drive_db - head_db, 0.0)
        return unlimited_lufs + min(drive_db, head_db) + more_lu * (1.0 - math.exp(-over_db / more_lu))

    return of


def searched(search: Search, curve: Curve) -> Search:
    while not search.settled and search.runs < RUNS:
        search.heard(curve(search.drive_db))
    return search


@pytest.mark.parametrize("target_lufs", [-23.0, -14.0, -11.0, -9.0])
@pytest.mark.parametrize(
    ("unlimited_lufs", "head_db", "more_lu"),
    [
        (-18.35, 2.0, 9.4),
        (-18.35, 2.0, 12.0),
        (-18.35, 6.0, 5.0),
        (-25.0, 12.0, 7.0),
        (-40.0, 30.0, 3.0),
        (-8.0, 0.0, 5.0),
    ],
)
def test_a_target_is_met_in_six_runs(target_lufs: float, unlimited_lufs: float, head_db: float, more_lu: float) -> None:
    curve = saturating(unlimited_lufs, head_db, more_lu)
    search = searched(Search(target_lufs, unlimited_lufs, head_db), curve)
    assert search.runs <= RUNS
    assert abs(curve(search.drive_db) - target_lufs) <= ENOUGH_LU
    assert search.reached


def test_what_is_not_limited_needs_one_run() -> None:
    search = searched(Search(-14.0, -16.0, 5.0), saturating(-16.0, 5.0, 5.0))
    assert (search.runs, search.drive_db) == (1, 2.0)


def test_out_of_reach_the_search_ends_at_the_greatest_drive() -> None:
    curve = saturating(-18.35, 2.0, 8.0)
    search = searched(Search(-3.0, -18.35, 2.0), curve)
    assert not search.reached
    assert search.settled
    assert search.runs <= 3
    assert search.drive_db == search.most_db == 26.0
    assert search.loudness_lufs == curve(26.0)


def test_behind_a_chain_that_compresses_it_is_found_too() -> None:
    search = Search(-14.0, -18.0, 2.0, chained=True)
    searched(search, lambda drive_db: -21.4 + 0.67 * drive_db)
    assert search.reached
    assert search.runs <= 4


def test_loudness_that_stands_still_ends_the_search() -> None:
    search = searched(Search(-9.0, -18.0, 3.0), lambda drive_db: min(-18.0 + drive_db, -12.0))
    assert not search.reached
    assert search.settled
