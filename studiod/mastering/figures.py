"""What was made, measured: loudness, peaks, and whether each sample is a step of a word length already."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dsp import loudness
from dsp.core import dither
from studiod.mastering.peak_meters import METERS
from studiod.mastering.timeline import GRID_HZ
from studiod.metering.measure import Meter, decibel

STEPS = {16: dither.STEPS_16, 24: dither.STEPS_24}  # by bits
SILENCE_CELLS = loudness.SHORT  # behind a song: no window reaches further
OWN, OTHERS = "studiod", "libebur128"  # meters that hear every track: studiod's, and what most of others read


@dataclass(frozen=True, slots=True)
class Figures:
    """Of a track or of the album; None for what cannot be told: of silence, of a sound shorter than the window.

    drive_db: gain ahead of the limiter.  range_lost_lu: how much less range the song has than ahead of its drive.
    """

    integrated_lufs: float | None
    range_lu: float | None
    momentary_max_lufs: float | None
    short_term_max_lufs: float | None
    true_peak_dbtp: float | None
    sample_peak_dbfs: float | None
    drive_db: float | None = None
    range_lost_lu: float | None = None
    dc: float | None = None
    correlation: float | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What is kept of a measurement: weighted powers of every 10 ms, peaks, and the word lengths that are met.

    true_peak is studiod's own; others is what other meters make of it, linear, by their names.
    """

    powers: np.ndarray
    sample_peak: float
    true_peak: float
    others: Mapping[str, float]
    dc: float | None
    correlation: float | None
    words: tuple[int, ...]

    def note(self) -> dict[str, Any]:
        """As JSON holds it, to the bit."""
        return {
            "powers": self.powers.tobytes().hex(),
            "peaks": [self.sample_peak, self.true_peak],
            "others": dict(self.others),
            "image": [self.dc, self.correlation],
            "words": list(self.words),
        }

    @classmethod
    def of(cls, note: dict[str, Any]) -> "Heard":
        """From a note."""
        powers = np.frombuffer(bytes.fromhex(note["powers"]))
        (sample, true), (dc, correlation) = note["peaks"], note["image"]
        return cls(powers, sample, true, note["others"], dc, correlation, tuple(note["words"]))

    @property
    def integrated_lufs(self) -> float:
        """Gated loudness; -inf of silence."""
        return float(loudness.integrated(self.powers))

    @property
    def range_lu(self) -> float:
        """The loudness range."""
        return float(loudness.loudness_range(self.powers))


class Joint:
    """Hears how high a run rises where one track follows another: the peaks of the whole, by all meters of the run."""

    def __init__(self, rate_hz: int, meter: str = OWN) -> None:
        self._meters = {name: METERS[name](rate_hz, 2) for name in dict.fromkeys((OWN, OTHERS, meter))}

    def feed(self, sound: np.ndarray) -> None:
        """Go on with float64 sound[frame, 2]."""
        for meter in self._meters.values():
            meter.feed(sound)

    def peaks(self) -> dict[str, float]:
        """By each meter, linear."""
        return {name: meter.peak() for name, meter in self._meters.items()}


class Ear:
    """Hears a track block by block, by the meter that is named too.

    ahead: ahead of the limiter, where nobody asks for what files are judged by.
    """

    def __init__(self, rate_hz: int, ahead: bool = False, meter: str = OWN) -> None:
        names = () if ahead else dict.fromkeys(name for name in (OTHERS, meter) if name != OWN)
        self._meter, self._others = Meter(rate_hz, 2), {name: METERS[name](rate_hz, 2) for name in names}
        self._words = set() if ahead else set(STEPS)

    def feed(self, sound: np.ndarray) -> None:
        """Go on with float64 sound[frame, 2]."""
        if not len(sound):
            return
        self._meter.feed(sound)
        sound = np.ascontiguousarray(sound)
        for meter in self._others.values():
            meter.feed(sound)
        self._words -= {bits for bits in self._words if not dither.on_steps(sound, STEPS[bits])}

    def heard(self) -> Heard:
        """All of it, as if silence followed."""
        reading, (sample, true) = self._meter.reading(), self._meter.peaks()
        words, others = tuple(sorted(self._words)), {name: meter.peak() for name, meter in self._others.items()}
        return Heard(self._meter.powers, sample, true, others, reading["dc"], reading["correlation"], words)


def told(value: float) -> float | None:
    """A figure, if it is a number."""
    return float(value) if math.isfinite(value) else None


def padded(heard: Heard, silence_cd: int) -> np.ndarray:
    """The powers of a track with the silence behind it, as far as any window reaches."""
    cells = min(max(silence_cd, 0) * loudness.GRID_HZ // GRID_HZ, SILENCE_CELLS)
    return np.concatenate([heard.powers, np.zeros(cells)])


def of_track(heard: Heard, silence_cd: int, drive_db: float, range_before_lu: float) -> Figures:
    """Of a track with so many CD frames of silence behind its sound."""
    powers = padded(heard, silence_cd)
    lost_lu = range_before_lu - heard.range_lu
    return _figures([powers], heard.true_peak, heard.sample_peak, drive_db, lost_lu, heard.dc, heard.correlation)


def of_album(tracks: Sequence[tuple[Heard, int]]) -> Figures:
    """Of all tracks, each with the CD frames of silence behind it, gated together."""
    powers = [padded(heard, silence_cd) for heard, silence_cd in tracks]
    true, sample = max(heard.true_peak for heard, _ in tracks), max(heard.sample_peak for heard, _ in tracks)
    return _figures(powers, true, sample)


def _figures(
    powers: list[np.ndarray],
    true_peak: float,
    sample_peak: float,
    drive_db: float | None = None,
    lost_lu: float | None = None,
    dc: float | None = None,
    correlation: float | None = None,
) -> Figures:
    momentary = np.concatenate([loudness.sliding(part, loudness.MOMENTARY) for part in powers])
    short = np.concatenate([loudness.sliding(part, loudness.SHORT) for part in powers])
    blocks = np.concatenate([loudness.sliding(part, loudness.MOMENTARY)[:: loudness.HOP] for part in powers])
    ranges = np.concatenate([loudness.sliding(part, loudness.SHORT)[:: loudness.HOP] for part in powers])
    kept = loudness.gated(blocks, loudness.RELATIVE_LU)
    values = np.sort(loudness.lufs(loudness.gated(ranges, loudness.RANGE_LU)))
    low, high = (int((len(values) - 1) * part + 0.5) for part in (0.10, 0.95))
    return Figures(
        told(float(loudness.lufs(kept.mean()))) if len(kept) else None,
        float(values[high] - values[low]) if len(values) else 0.0,
        told(float(loudness.lufs(momentary).max(initial=-math.inf))),
        told(float(loudness.lufs(short).max(initial=-math.inf))),
        told(decibel(true_peak)),
        told(decibel(sample_peak)),
        drive_db,
        lost_lu,
        dc,
        correlation,
    )
