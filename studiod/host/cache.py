"""Old machine code in the cache: what no start has used for long, or is one too many, goes."""

import contextlib
import os
import re
import shutil
import time
from pathlib import Path

DAY_S = 86_400.0
OLD_DAYS, MOST = 30, 6  # not used for so long: gone; of more than so many those that were not used for a day
NAME = re.compile(r"[0-9a-f]{16}")  # of dsp/core/rt.py's fingerprint


def used(folder: Path) -> None:
    """A start uses this folder now."""
    with contextlib.suppress(OSError):  # somebody else's, or read-only
        os.utime(folder)


def stale(folders: dict[Path, float], here: Path, now_s: float) -> list[Path]:
    """Of folders and when each was used last those that may go; never the one of this start, nor one of this day."""
    rest = [one for one in sorted(folders, key=lambda one: folders[one], reverse=True) if one != here]
    resting = [(place, one, now_s - folders[one]) for place, one in enumerate(rest)]
    return [
        one for place, one, unused_s in resting
        if unused_s > OLD_DAYS * DAY_S or (place >= MOST - 1 and unused_s > DAY_S)
    ]  # fmt: skip


def prune(here: Path) -> list[Path]:
    """Remove the machine code of other sources that is stale, beside this one's folder; what was."""
    folders = {}
    with contextlib.suppress(OSError):
        for one in here.parent.iterdir():
            if NAME.fullmatch(one.name) and one.is_dir() and not one.is_symlink():
                folders[one] = one.stat().st_mtime
    gone = stale(folders, here, time.time())
    for one in gone:
        shutil.rmtree(one, ignore_errors=True)
    return gone
