"""A run from its songs to limited sound at one rate, in one stream: joined, album chain, converter, limiter, meters.

A pass whose true peaks are above the ceiling is done again under a lower one, as `limit.py` does with a whole sound.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dsp import limiter
from studiod.errors import FileFault
from studiod.mastering import limit
from studiod.mastering.album import Limiter
from studiod.mastering.apart import CONVERTER_S
from studiod.mastering.chain import Chain
from studiod.mastering.converter import converted
from studiod.mastering.figures import OTHERS, OWN, Ear, Heard, Joint
from studiod.mastering.join import joined
from studiod.mastering.kept import Kept, Sound, name_for
from studiod.mastering.songs import Part, Ready
from studiod.mastering.timeline import GRID_HZ, Run
from studiod.metering.measure import decibel
from studiod.registry.param import Value

ROUGH_DB = 0.05  # so much more may the meters of others read, which err in the top of the band, unless one is named
NAMED_DB = 0.01  # what is allowed above the ceiling where another meter than studiod's is named


@dataclass(frozen=True, slots=True)
class Programme:
    """A run ahead of its limiter.  cuts_cd: where its tracks begin and its sound is over, in CD frames of the run."""

    songs: tuple[Ready, ...]
    rate_hz: int
    cuts_cd: tuple[int, ...]
    chain: Mapping[str, Value]
    limiter: Limiter
    ceiling_dbtp: float
    meter: str = OWN

    @classmethod
    def of(
        cls, run: Run, songs: Sequence[Ready], chain: Mapping[str, Value], ceiling_dbtp: float, meter: str = OWN
    ) -> "Programme":
        """As the timeline has it."""
        ends = max(place.at + place.length for place in run.places) / run.rate_hz + CONVERTER_S / 2.0
        cuts = [place.track - run.start for place in run.places]
        over = max(math.ceil(ends * GRID_HZ), cuts[-1] + 1)
        return cls(tuple(songs), run.rate_hz, (*cuts, over), chain, run.limiter, ceiling_dbtp, meter)

    @property
    def tolerance_db(self) -> float:
        """How far true peaks may be above the ceiling."""
        return limit.TOLERANCE_DB if self.meter == OWN else NAMED_DB

    def name(self, *more: object) -> str:
        """Of a step made from it; where the run stands in the album is no part of it."""
        places = [[song.name, song.voice.at] for song in self.songs]
        limits = [self.limiter.release_ms, self.limiter.lookahead_ms, self.ceiling_dbtp, self.meter]
        return name_for("run", places, self.rate_hz, self.cuts_cd, dict(self.chain), limits, *more)

    def blocks(self, drives_db: Sequence[float], rate_hz: int) -> Iterator[np.ndarray]:
        """What the limiter gets, at its rate."""
        voices = [song.voice.driven(drive_db) for song, drive_db in zip(self.songs, drives_db, strict=True)]
        sound = joined(voices, self.cuts_cd[-1] * self.rate_hz // GRID_HZ, self.rate_hz)
        through = self._chained(sound) if self.chain else sound
        return converted(through, self.rate_hz, rate_hz, self.cuts_cd[-1] * rate_hz // GRID_HZ)

    def _chained(self, sound: Iterator[np.ndarray]) -> Iterator[np.ndarray]:
        chain = Chain(self.chain, self.rate_hz)
        for block in sound:
            chain.run(block)
            yield block


@dataclass(frozen=True, slots=True)
class Made:
    """A run at one rate, kept.  tracks: each as its file will be measured; over_db: true peaks above the ceiling."""

    sound: Sound
    tracks: tuple[Heard, ...]
    over_db: float


class Ears:
    """Hear each track of a run for itself, and the whole of it where tracks follow one another without a break."""

    def __init__(self, rate_hz: int, cuts_cd: Sequence[int], meter: str = OWN) -> None:
        self._cuts = [cut * rate_hz // GRID_HZ for cut in cuts_cd]
        self._ears = [Ear(rate_hz, meter=meter) for _ in cuts_cd[1:]]
        self._rough_db = ROUGH_DB if meter != OTHERS else 0.0
        self._whole = Joint(rate_hz, meter) if len(self._ears) > 1 else None

    def through(self, blocks: Iterator[np.ndarray], tell: Part) -> Iterator[np.ndarray]:
        """The blocks, heard."""
        at = 0
        for block in blocks:
            for ear, start, end in zip(self._ears, self._cuts, self._cuts[1:], strict=False):
                ear.feed(block[max(start - at, 0) : max(end - at, 0)])
            if self._whole is not None:
                self._whole.feed(block)
            at += len(block)
            tell(at / self._cuts[-1])
            yield block

    def tracks(self) -> tuple[Heard, ...]:
        """What each track is by itself."""
        return tuple(ear.heard() for ear in self._ears)

    def over_db(self, tracks: Sequence[Heard], ceiling_dbtp: float) -> float:
        """How far the greatest true peak is above the ceiling by studiod's meter or the one that is named; others may
        read ROUGH_DB more."""
        peaks = [{OWN: heard.true_peak, **heard.others} for heard in tracks]
        peaks += [self._whole.peaks()] if self._whole is not None else []
        highest_db = {name: decibel(max(by[name] for by in peaks)) for name in peaks[0]}
        highest_db[OTHERS] -= self._rough_db
        return max(highest_db.values()) - ceiling_dbtp


def once(
    kept: Kept, of: Programme, drives_db: Sequence[float], rate_hz: int, lower_db: float, tell: Part
) -> tuple[str, Made]:
    """One pass under a ceiling lowered by so much; the name it is kept under, unless it is dropped."""
    name = of.name("pass", list(drives_db), rate_hz, lower_db)
    note = kept.note(name)
    if note is not None and (sound := kept.sound(name)) is not None:
        return name, Made(sound, tuple(map(Heard.of, note["tracks"])), note["over_db"])
    look_ms = of.limiter.lookahead_ms
    settings = limiter.aim(1, 0.0, of.ceiling_dbtp - lower_db, of.limiter.release_ms, look_ms, rate_hz)
    ears = Ears(rate_hz, of.cuts_cd, of.meter)
    limited = limit.stream(of.blocks(drives_db, rate_hz), settings, limiter.latency_frames(look_ms, rate_hz))
    sound = kept.keep(name, ears.through(limited, tell))
    tracks = ears.tracks()
    over_db = max(ears.over_db(tracks, of.ceiling_dbtp), -1000.0)  # of silence, as JSON can hold it
    kept.write(name, {"tracks": [heard.note() for heard in tracks], "over_db": over_db})
    return name, Made(sound, tracks, over_db)


def held(kept: Kept, of: Programme, drives_db: Sequence[float], rate_hz: int, lower_db: float, tell: Part) -> Made:
    """Pass after pass, until the ceiling holds.  Raises FileFault for a run that eight do not bring there."""
    with kept.alone(of.name("held", list(drives_db), rate_hz, lower_db)):
        for _ in range(limit.PASSES):
            name, made = once(kept, of, drives_db, rate_hz, lower_db, tell)
            if made.over_db <= of.tolerance_db:
                return made
            kept.drop(name)
            lower_db += made.over_db
    raise FileFault(limit.still_over(made.over_db, of.ceiling_dbtp, of.tolerance_db, of.meter))
