"""Old machine code goes, by age and by number; never that of this start, nor what was used today."""

import os
import time
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from studiod.host.cache import DAY_S, MOST, OLD_DAYS, prune, stale, used

AGES = st.lists(st.floats(0.0, 90.0), max_size=20)  # days
NOW_S = 1e9


@given(AGES, st.floats(0.0, 90.0))
def test_what_goes_is_old_or_one_too_many(ages: list[float], own: float) -> None:
    here = Path("here")
    folders = {Path(str(k)): NOW_S - age * DAY_S for k, age in enumerate(ages)} | {here: NOW_S - own * DAY_S}
    gone = stale(folders, here, NOW_S)
    assert here not in gone
    kept = {one: (NOW_S - when_s) / DAY_S for one, when_s in folders.items() if one not in gone and one != here}
    left = {one: (NOW_S - folders[one]) / DAY_S for one in gone}
    assert all(days <= OLD_DAYS for days in kept.values())
    assert all(days > 1 for days in left.values()), "what was used today stays"
    assert len(kept) <= MOST - 1 or max(sorted(kept.values())[MOST - 1 :]) <= 1, "no more than so many, but today's"
    assert not left or not kept or min(left.values()) >= max(kept.values()), "the oldest go"
    assert all(days > OLD_DAYS for days in left.values()) or len(kept) >= MOST - 1, "and none without need"


def test_only_folders_of_machine_code_are_touched(tmp_path: Path) -> None:
    names = ["0123456789abcdef", "fedcba9876543210", "00112233445566ff", "notes", "0123456789abcdef0"]
    for name in names:
        (tmp_path / name / "dsp_1").mkdir(parents=True)
        (tmp_path / name / "dsp_1" / "svf.run-1.nbc").touch()
        old_s = time.time() - 2 * OLD_DAYS * DAY_S
        os.utime(tmp_path / name, (old_s, old_s))
    here = tmp_path / names[0]
    used(tmp_path / names[1])
    assert prune(here) == [tmp_path / names[2]]
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted(set(names) - {names[2]})


def test_a_cache_that_is_not_there_or_of_another_is_left_alone(tmp_path: Path) -> None:
    used(tmp_path / "none")
    assert prune(tmp_path / "none" / "0123456789abcdef") == []
