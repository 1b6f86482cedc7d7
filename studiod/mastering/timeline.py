"""Where each song of an album stands, to the frame: its trims, its place in a run, and where its track begins.

A run is songs that touch, cross, or follow so closely that converter and limiter still remember.  It begins on the CD
grid of 1/75 s, which is a whole number of frames at every rate that a release has, and is rendered by itself.  Within
a run nothing is moved, so that a join stays what it was: a track there begins on the last place of the grid before its
song does.  Tracks reach to the beginning of the next, so that one after another they are the album.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from studiod.mastering.album import Album, Limiter, Song

GRID_HZ = 75  # CD frames a second
RATES_HZ = (44100, 48000, 88200, 96000, 176400, 192000)  # of releases, and of runs


@dataclass(frozen=True, slots=True)
class Head:
    """What a file says of itself."""

    rate_hz: int
    frames: int
    channels: int


@dataclass(frozen=True, slots=True)
class Place:
    """A song in its run.  Of the source: rate_hz, and in its frames first, frames, fade_in, fade_out.

    Of the run, in frames at the run's rate from the run's start: at, where the sound begins; length, how long it is;
    cross, how much of it crosses with the song before.  Of the album, in CD frames: track, where its track begins;
    until, where the next one does; pause, where its sound is over (until, where the next song touches it).
    moved_s: how much later than asked for the sound begins.
    """

    song: int
    rate_hz: int
    first: int
    frames: int
    fade_in: int
    fade_out: int
    at: int
    length: int
    cross: int
    track: int
    pause: int
    until: int
    moved_s: float


@dataclass(frozen=True, slots=True)
class Run:
    """Songs that are rendered in one go.  start and length in CD frames: to the next run, its silence with it."""

    start: int
    length: int
    rate_hz: int
    limiter: Limiter
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """length: of the album, in CD frames."""

    runs: tuple[Run, ...]
    length: int

    @property
    def places(self) -> list[Place]:
        """Of all songs, in order."""
        return [place for run in self.runs for place in run.places]


def cut(song: Song, head: Head) -> tuple[int, int]:
    """The first frame of a file that is heard, and how many; below 1 where a trim leaves nothing."""
    first = round(song.start_s * head.rate_hz)
    end = round(song.end_s * head.rate_hz) if song.end_s else head.frames
    return first, min(end, head.frames) - first


def gap_s(song: Song) -> Fraction:
    """Seconds of silence that are asked for before a song; below 0 where it crosses with the one before."""
    if song.crossfade_s is not None:
        return -decimal(song.crossfade_s)
    if song.gap_cd_frames is not None:
        return Fraction(song.gap_cd_frames, GRID_HZ)
    return decimal(song.gap_s)


def decimal(seconds: float) -> Fraction:
    """As it is written: 0.3 is three tenths, not the double beside it, which would move a song by a CD frame."""
    return Fraction(repr(seconds))


def groups(album: Album, apart_s: Callable[[Limiter], float]) -> list[list[int]]:
    """The numbers of the songs of each run, from 0."""
    found: list[list[int]] = []
    for k, song in enumerate(album.songs):
        limiters = [one.limiter or album.limiter for one in album.songs[max(k - 1, 0) : k + 1]]
        if found and gap_s(song) < max(map(apart_s, limiters)):
            found[-1].append(k)
        else:
            found.append([k])
    return found


def run_rate_hz(heads: list[Head]) -> int:
    """The rate of a run of such files: the highest of them, or the next one above it that releases have."""
    most = max(head.rate_hz for head in heads)
    return next((rate for rate in RATES_HZ if rate >= most), RATES_HZ[-1])


def timeline(album: Album, heads: list[Head], apart_s: Callable[[Limiter], float]) -> Timeline:
    """The places of all songs; heads: of their files.  apart_s: the silence that parts two runs, of a limiter.

    Expects an album that has been checked (`checks.py`): of faults it makes nonsense.
    """
    runs: list[Run] = []
    start, over = 0, Fraction(0)  # CD frames; seconds, where the sound of the run before ends
    for group in groups(album, apart_s):
        asked = over + gap_s(album.songs[group[0]]) if group[0] else Fraction(0)
        start = _up(asked * GRID_HZ)
        run = _run(album, heads, group, start, float(Fraction(start, GRID_HZ) - asked))
        over = Fraction(start, GRID_HZ) + Fraction(_ends(run.places), run.rate_hz)
        runs.append(run)
    length = _up(over * GRID_HZ)
    starts = [run.start for run in runs[1:]] + [length]
    return Timeline(tuple(_until(run, end) for run, end in zip(runs, starts, strict=True)), length)


def _run(album: Album, heads: list[Head], group: list[int], start: int, moved_s: float) -> Run:
    rate_hz = run_rate_hz([heads[k] for k in group])
    places: list[Place] = []
    for k in group:
        song, head = album.songs[k], heads[k]
        first, frames = cut(song, head)
        at, cross = 0, 0
        if places:
            gap = round(gap_s(song) * rate_hz)
            at, cross = places[-1].at + places[-1].length + gap, max(-gap, 0)
        fade_in, fade_out = (round(fade.s * head.rate_hz) for fade in (song.fade_in, song.fade_out))
        length = -(-frames * rate_hz // head.rate_hz)
        track = start + at * GRID_HZ // rate_hz
        places.append(
            Place(
                k,
                head.rate_hz,
                first,
                frames,
                fade_in,
                fade_out,
                at,
                length,
                cross,
                track,
                0,
                0,
                0.0 if places else moved_s,
            )
        )
    return Run(start, 0, rate_hz, album.songs[group[0]].limiter or album.limiter, tuple(places))


def _until(run: Run, end: int) -> Run:
    """The run as it is once it is known where the next one begins."""
    nexts = [place.track for place in run.places[1:]] + [end]
    places = []
    for place, until in zip(run.places, nexts, strict=True):
        over = run.start + _up(Fraction((place.at + place.length) * GRID_HZ, run.rate_hz))
        places.append(replace(place, pause=min(over, until), until=until))
    return Run(run.start, end - run.start, run.rate_hz, run.limiter, tuple(places))


def _ends(places: tuple[Place, ...]) -> int:
    return max(place.at + place.length for place in places)


def _up(number: Fraction) -> int:
    return -(-number.numerator // number.denominator)
