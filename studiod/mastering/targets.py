"""How loud each song is to be, from how loud it is: every one, or the loudest with the others at their distance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from studiod.mastering.album import Album
from studiod.mastering.figures import Heard


@dataclass(frozen=True, slots=True)
class Goal:
    """lufs: where a drive is to be searched; without it, drive_db is the drive."""

    lufs: float | None
    drive_db: float = 0.0


def targets(album: Album, before: Sequence[Heard]) -> list[Goal]:
    """The goal of each song, offset_lu with it.  A silent song keeps its level."""
    mode, target = album.loudness.mode, album.loudness.target_lufs
    heard = [one.integrated_lufs for one in before]
    if mode == "off":
        return [Goal(None, song.offset_lu) for song in album.songs]
    if mode == "album":
        own = [lufs + song.offset_lu for lufs, song in zip(heard, album.songs, strict=True)]
        goals = [target - (max(own) - lufs) for lufs in own]
    else:
        goals = [target + song.offset_lu for song in album.songs]
    return [Goal(goal) if math.isfinite(lufs) else Goal(None) for goal, lufs in zip(goals, heard, strict=True)]
