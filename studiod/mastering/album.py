"""What an album is: its songs in order, how they follow one another, and what is made of them.

Facts alone, as they were read and found right: paths are absolute, what was not given is None (of a text too).
"""

import datetime
from dataclasses import dataclass
from pathlib import Path

MODES = ("album", "song", "off")
SHAPES = ("linear", "equal_power", "s")
METERS = ("studiod", "libebur128", "16x257")  # of true peaks: peak_meters.py


@dataclass(frozen=True, slots=True)
class Fade:
    """s: seconds, 0.0 for none.  shape: one of SHAPES."""

    s: float = 0.0
    shape: str = "equal_power"  # so that two songs that cross keep their power


@dataclass(frozen=True, slots=True)
class Limiter:
    release_ms: float = 80.0
    lookahead_ms: float = 1.5


@dataclass(frozen=True, slots=True)
class Loudness:
    """mode: album (the loudest song is on the target, the others keep their distance), song (each is) or off."""

    mode: str = "off"
    target_lufs: float = -14.0


@dataclass(frozen=True, slots=True)
class Version:
    """Another mix of a song (instrumental, clean …): the same trims, fades, chain and drive."""

    name: str
    file: Path
    isrc: str | None = None  # 12 characters; "auto" until a code is given out


@dataclass(frozen=True, slots=True)
class Song:
    """A mix and its place.  gap_s or gap_cd_frames (1/75 s) or crossfade_s parts it from the song before it."""

    file: Path
    title: str
    artist: str | None = None
    composer: str | None = None
    isrc: str | None = None  # 12 characters; "auto" until a code is given out
    explicit: bool = False
    start_s: float = 0.0
    end_s: float = 0.0  # 0.0: the file's own end
    fade_in: Fade = Fade()
    fade_out: Fade = Fade()
    gap_s: float = 0.0
    gap_cd_frames: int | None = None  # where it is given, gap_s is not
    crossfade_s: float | None = None  # where it is given, there is no gap
    offset_lu: float = 0.0
    chain: Path | None = None  # in the place of the album's
    limiter: Limiter | None = None  # in the place of the album's
    versions: tuple[Version, ...] = ()


@dataclass(frozen=True, slots=True)
class Album:
    title: str
    songs: tuple[Song, ...]
    artist: str | None = None
    upc: str | None = None  # 13 digits
    catalogue: str | None = None
    label: str | None = None
    date: datetime.date | None = None
    genre: str | None = None
    copyright: str | None = None
    phonogram: str | None = None
    artwork: Path | None = None
    loudness: Loudness = Loudness()
    ceiling_dbtp: float = -1.0
    ceiling_meter: str = "studiod"  # one of METERS
    limiter: Limiter = Limiter()
    chain: Path | None = None
    album_chain: Path | None = None
    deliver: tuple[str, ...] = ()
    noise_shaping: bool = False  # of 16 bit
