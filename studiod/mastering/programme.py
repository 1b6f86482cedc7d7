"""The sound of an album: made run by run, on all cores, from what is kept where nothing changed; then track by track.

The order of the steps is what makes the ceiling true: chains, trims, fades and drive, joints, album chain, converter,
limiter, dither, cuts.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np

from studiod.encoding import name_of
from studiod.errors import FileFault
from studiod.mastering import chain, figures
from studiod.mastering.album import Album
from studiod.mastering.figures import Figures
from studiod.mastering.kept import Digests, Kept
from studiod.mastering.passes import Made, Programme, held
from studiod.mastering.solve import Solved, Unreached, solved
from studiod.mastering.songs import Ready, ready
from studiod.mastering.targets import targets
from studiod.mastering.timeline import GRID_HZ, Place, Run, Timeline
from studiod.mastering.words import BITS, words
from studiod.registry.param import Value

Tell = Callable[[str, float], None]  # hears of a step, by its name, how much is done, 0 to 1; from several threads
Key = tuple[int, int, int | None]  # rate; number of the song; of its version, None: the song itself
Values = Mapping[str, Value]
T = TypeVar("T")
BLOCK_S = 1


@dataclass(frozen=True, slots=True)
class Mastered:
    """All that was made of an album.  Reading it changes nothing, and may be done from several threads."""

    album: Album
    timeline: Timeline
    made: Mapping[Key, Made]
    songs: Mapping[tuple[int, int | None], Ready]
    drives_db: Sequence[float]  # by song
    passes: Sequence[int]  # by song: runs of limiter and meter that its drive took

    def blocks(
        self, song: int, rate_hz: int, word: str, version: int | None = None, shaped: bool = False
    ) -> Iterator[np.ndarray]:
        """The samples of a track, to where the next one begins: int16, int24 (int32, left-justified) or float32."""
        run, place, number = self._place(song)
        made = self.made[rate_hz, song, version]
        scale = rate_hz // GRID_HZ
        first, frames = (place.track - run.start) * scale, (place.until - place.track) * scale
        exact = word in BITS and BITS[word] in made.tracks[number].words
        return words(made.sound, first, frames, BLOCK_S * rate_hz, word, exact, shaped)

    def figures(self, song: int, version: int | None = None, rate_hz: int | None = None) -> Figures:
        """What a track measures; without a rate, at the lowest."""
        run, _, number = self._place(song)
        made = self.made[rate_hz or self._lowest_hz(), song, version]
        before = self.songs[song, version].before
        return figures.of_track(made.tracks[number], _silent(run, number), self.drives_db[song], before.range_lu)

    def album_figures(self, rate_hz: int | None = None) -> Figures:
        """What all tracks measure together."""
        rate_hz = rate_hz or self._lowest_hz()
        tracks = [
            (self.made[rate_hz, place.song, None].tracks[k], _silent(run, k))
            for run in self.timeline.runs
            for k, place in enumerate(run.places)
        ]
        return figures.of_album(tracks)

    def _lowest_hz(self) -> int:
        return min(rate_hz for rate_hz, _, _ in self.made)

    def _place(self, song: int) -> tuple[Run, Place, int]:
        for run in self.timeline.runs:
            for number, place in enumerate(run.places):
                if place.song == song:
                    return run, place, number
        raise IndexError(f"song {song}: expected one of {len(self.album.songs)}, from 0")


def make(
    album: Album, timeline: Timeline, rates_hz: Sequence[int], work: Path, tell: Tell, workers: int = 2
) -> Mastered:
    """Make an album at each rate; what is kept in work is not made again, and what it no longer needs is thrown away.

    Raises FileFault, naming every file, every chain, or every target that cannot be reached.
    """
    kept = Kept(work)
    with ThreadPoolExecutor(max(workers, 1)) as pool:
        try:
            found = _made(album, timeline, sorted(set(rates_hz)), kept, tell, pool)
        except BaseException:
            kept.stop()
            pool.shutdown(cancel_futures=True)
            raise
    kept.tidy()
    return found


def _made(
    album: Album, timeline: Timeline, rates_hz: list[int], kept: Kept, tell: Tell, pool: ThreadPoolExecutor
) -> Mastered:
    digests, chains, album_chain = Digests(kept), _chains(album), chain.read(album.album_chain)

    def song(run: Run, number: int, version: int | None) -> Ready:
        of = album.songs[run.places[number].song]
        file, name = of.file, of.title
        if version is not None:
            file, name = of.versions[version].file, f"{of.title} ({of.versions[version].name})"
        values = chains[of.chain or album.chain]
        return ready(kept, digests, file, album.songs, run, number, values, partial(tell, f"{name}: chain"))

    which = [
        (run, number, version)
        for run in timeline.runs
        for number, place in enumerate(run.places)
        for version in (None, *range(len(album.songs[place.song].versions)))
    ]
    songs = {
        (run.places[number].song, version): one
        for (run, number, version), one in zip(which, _each(pool, song, which), strict=True)
    }
    digests.write()
    wanted = targets(album, [songs[k, None].before for k in range(len(album.songs))])

    def programme(run: Run, other: tuple[int, int] | None = None) -> Programme:
        """A run, with a version in the place of one of its songs."""
        voices = [songs[place.song, other[1] if other and other[0] == place.song else None] for place in run.places]
        return Programme.of(run, voices, album_chain, album.ceiling_dbtp, album.ceiling_meter)

    def solve(run: Run) -> Solved:
        goals = [wanted[place.song] for place in run.places]
        at_hz = run.rate_hz if run.rate_hz in rates_hz else rates_hz[0]
        lufs, fixed_db = [goal.lufs for goal in goals], [goal.drive_db for goal in goals]
        return solved(kept, programme(run), lufs, fixed_db, at_hz, partial(tell, f"{_named(album, run)}: loudness"))

    answers = dict(zip(timeline.runs, _each(pool, solve, [(run,) for run in timeline.runs]), strict=True))
    _refuse(album, [(run, one) for run, answer in answers.items() for one in answer.unreached])

    def render(run: Run, rate_hz: int, other: tuple[int, int] | None) -> Made:
        answer, what = answers[run], f"{_named(album, run)}: {rate_hz} Hz"
        at_hz = run.rate_hz if run.rate_hz in rates_hz else rates_hz[0]
        lower_db = answer.lower_db if rate_hz == at_hz else 0.0
        if other:
            what = f"{_named(album, run)} ({album.songs[other[0]].versions[other[1]].name}): {rate_hz} Hz"
        return held(kept, programme(run, other), answer.drives_db, rate_hz, lower_db, partial(tell, what))

    todo = [
        (run, rate_hz, other)
        for run in timeline.runs
        for rate_hz in rates_hz
        for other in (None, *((p.song, v) for p in run.places for v in range(len(album.songs[p.song].versions))))
    ]
    made: dict[Key, Made] = {}
    for (run, rate_hz, other), one in zip(todo, _each(pool, render, todo), strict=True):
        if other:
            made[rate_hz, other[0], other[1]] = one
        else:
            made |= {(rate_hz, place.song, None): one for place in run.places}
    drives = {p.song: db for run, one in answers.items() for p, db in zip(run.places, one.drives_db, strict=True)}
    passes = {place.song: one.runs for run, one in answers.items() for place in run.places}
    order = range(len(album.songs))
    return Mastered(album, timeline, made, songs, [drives[k] for k in order], [passes[k] for k in order])


def _each(pool: ThreadPoolExecutor, work: Callable[..., T], which: Sequence[tuple[object, ...]]) -> list[T]:
    """The results in order, worked out side by side.  Raises the first fault."""
    return [coming.result() for coming in [pool.submit(work, *one) for one in which]]


def _chains(album: Album) -> dict[Path | None, Values]:
    """The values of every chain of the songs, all read before anything is made.  Raises FileFault, naming all."""
    found: dict[Path | None, Values] = {}
    faults = []
    for path in {album.chain, *(song.chain for song in album.songs), None}:
        try:
            found[path] = chain.read(path)
        except FileFault as fault:
            faults.append(str(fault))
    if faults:
        raise FileFault("\n".join(sorted(faults)))
    return found


def _silent(run: Run, number: int) -> int:
    """CD frames of silence behind the sound of a track that ends its run."""
    place = run.places[number]
    return place.until - place.pause if number == len(run.places) - 1 else 0


def _named(album: Album, run: Run) -> str:
    """The titles of a run."""
    return ", ".join(album.songs[place.song].title for place in run.places)


def _refuse(album: Album, unreached: Sequence[tuple[Run, Unreached]]) -> None:
    """Raises FileFault for the songs that cannot be as loud as was asked for."""
    lines = []
    for run, one in unreached:
        number = run.places[one.number].song
        song = album.songs[number]
        lines.append(
            f"song {number + 1}, {name_of(song.file)}: expected {one.target_lufs:.1f} LUFS; the loudest that can be"
            f" reached is {one.loudest_lufs:.1f} LUFS, which takes {one.drive_db:.1f} dB of drive and"
            f" {max(one.range_before_lu - one.range_lu, 0.0):.1f} of its {one.range_before_lu:.1f} LU of range;"
            " lower target_lufs, shorten limiter release_ms, or compress the song in its chain"
        )
    if lines:
        raise FileFault("\n".join(lines))
