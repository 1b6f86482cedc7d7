"""What platforms would do to the songs of a release at playback, by the facts of config/platforms.toml.

A preview for release.json: nothing that is made depends on it.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from studiod.mastering.figures import Figures
from studiod.paths import ROOT

FILE = ROOT / "config" / "platforms.toml"


@dataclass(frozen=True, slots=True)
class Platform:
    """target_lufs: where it puts a song.  up: whether it raises one, to a true peak of at most up_to_dbtp.

    album: whether the songs of an album are turned by one gain, which its loudest song decides.
    """

    name: str
    target_lufs: float
    up: bool
    album: bool
    up_to_dbtp: float = 0.0


@cache
def platforms() -> tuple[Platform, ...]:
    """All that are known."""
    return tuple(Platform(**row) for row in tomllib.loads(FILE.read_text("utf-8"))["platform"])


def gain_db(platform: Platform, lufs: float, true_peak_dbtp: float) -> float:
    """By how much it turns a song."""
    wanted = platform.target_lufs - lufs
    if wanted <= 0.0:
        return wanted
    return max(min(wanted, platform.up_to_dbtp - true_peak_dbtp), 0.0) if platform.up else 0.0


def playback(songs: Sequence[Figures]) -> list[dict[str, object]]:
    """For each platform the gain of every song by itself, and that of the album, dB; None for a silent one."""
    out: list[dict[str, object]] = []
    for platform in platforms():
        known = [
            (one.integrated_lufs, one.true_peak_dbtp)
            for one in songs
            if one.integrated_lufs is not None and one.true_peak_dbtp is not None
        ]
        each = [
            None
            if one.integrated_lufs is None or one.true_peak_dbtp is None
            else round(gain_db(platform, one.integrated_lufs, one.true_peak_dbtp), 2)
            for one in songs
        ]
        whole = None
        if platform.album and known:
            loudest, peak = max(lufs for lufs, _ in known), max(peak for _, peak in known)
            whole = round(gain_db(platform, loudest, peak), 2)
        out.append({"platform": platform.name, "songs_gain_db": each, "album_gain_db": whole})
    return out
