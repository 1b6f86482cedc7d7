"""A song up to the joint: its file through its chain, trimmed, at its run's rate, kept; and how loud it is there."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studiod.files.sound_files import SoundFile
from studiod.mastering.album import Song
from studiod.mastering.chain import Chain
from studiod.mastering.converter import converted
from studiod.mastering.figures import Ear, Heard
from studiod.mastering.join import Voice, joined
from studiod.mastering.kept import Digests, Kept, Sound, name_for
from studiod.mastering.timeline import Place, Run
from studiod.registry.param import Value

Part = Callable[[float], None]  # hears how much of a step is done, 0 to 1


@dataclass(frozen=True, slots=True)
class Ready:
    """A song that can be joined: its voice, the name of all that made it, and how it measures by itself, undriven."""

    voice: Voice
    name: str
    before: Heard


def ready(
    kept: Kept,
    digests: Digests,
    file: Path,
    songs: tuple[Song, ...],
    run: Run,
    number: int,
    values: Mapping[str, Value],
    tell: Part,
) -> Ready:
    """The number-th place of a run with the sound of a file, of the song or of a version of it.  Raises FileFault."""
    place = run.places[number]
    name = name_for("song", digests.of(file), place.rate_hz, place.first, place.frames, run.rate_hz, dict(values))
    with kept.alone(name):
        sound = kept.sound(name) or kept.keep(name, _made(file, place, run.rate_hz, values, tell))
    voice = _voice(sound, songs, run, number)
    shape = [voice.length, voice.fade_in, voice.in_shape, voice.fade_out, voice.out_shape]
    before = name_for("before", name, *shape)
    note = kept.note(before)
    if note is None:
        note = _measured(voice, run.rate_hz, tell).note()
        kept.write(before, note)
    return Ready(voice, name_for(name, *shape), Heard.of(note))


def _voice(sound: Sound, songs: tuple[Song, ...], run: Run, number: int) -> Voice:
    """The fades are those of the song, or as long as it crosses with its neighbour."""
    place, song = run.places[number], songs[run.places[number].song]
    after = run.places[number + 1].cross if number + 1 < len(run.places) else 0
    scale = run.rate_hz / place.rate_hz
    fade_in, fade_out = place.cross or place.fade_in * scale, after or place.fade_out * scale
    return Voice(sound, place.at, place.length, fade_in, song.fade_in.shape, fade_out, song.fade_out.shape)


def _made(file: Path, place: Place, rate_hz: int, values: Mapping[str, Value], tell: Part) -> Iterator[np.ndarray]:
    with SoundFile(file) as source:
        scale = source.rate_hz / place.rate_hz  # of a version that has another rate than its song
        first, frames = round(place.first * scale), round(place.frames * scale)
        chain = Chain(values, source.rate_hz) if values else None
        blocks = _trimmed(source, chain, first, frames, tell)
        yield from converted(blocks, source.rate_hz, rate_hz, place.length)


def _trimmed(source: SoundFile, chain: Chain | None, first: int, frames: int, tell: Part) -> Iterator[np.ndarray]:
    """Two channels through the chain from the file's first frame on; what of it lies within the trims."""
    at, end = 0, first + frames
    for block in source.pieces(source.rate_hz, "float64"):
        sound = np.repeat(block, 2, axis=1) if block.shape[1] == 1 else np.ascontiguousarray(block)
        if chain is not None:
            chain.run(sound)
        part = sound[max(first - at, 0) : max(end - at, 0)]
        at += len(block)
        tell(min(at / end, 1.0))
        if len(part):
            yield part
        if at >= end:
            return


def _measured(voice: Voice, rate_hz: int, tell: Part) -> Heard:
    ear = Ear(rate_hz, ahead=True)
    for block in joined([voice.alone()], voice.length, rate_hz):
        ear.feed(block)
    tell(1.0)
    return ear.heard()
