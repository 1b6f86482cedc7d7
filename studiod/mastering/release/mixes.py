"""The mixes of an album, read through once: what they are, what a release cannot be made of, what is only told.

Every sample is looked at: one that is no number would silence all that follows it.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import soundfile as sf

from studiod.encoding import file_name
from studiod.errors import FileFault
from studiod.files.sound_files import SoundFile
from studiod.mastering.kept import Digests, Kept, name_for
from studiod.mastering.timeline import Head

PIECE_FRAMES = 1 << 16
FULL = 1.0 - 2.0**-15  # what 16 bit call the most
CLIPPED_RUN = 3  # samples of one value there: a converter's, or a limiter's without an ear
SILENCE_S = 10.0  # at an end; shops refuse more
SHORT_WORDS = {"PCM_S8": 8, "PCM_U8": 8, "PCM_16": 16}


@dataclass(frozen=True, slots=True)
class Mix:
    """What one file holds.  first_heard, last_heard: frames, -1 of a silent one; nan_at: a frame, -1 for none.

    lost_s: what its header promises beyond what is there.
    """

    rate_hz: int
    frames: int
    channels: int
    subtype: str
    nan_at: int
    clipped_runs: int
    first_heard: int
    last_heard: int
    lost_s: float = 0.0

    @property
    def head(self) -> Head:
        return Head(self.rate_hz, self.frames, self.channels)

    @property
    def silent(self) -> bool:
        return self.first_heard < 0

    def row(self) -> dict[str, object]:
        """As JSON has it."""
        return asdict(self)


def look(path: Path) -> Mix:
    """Read a mix to its end.  Raises FileFault, or Unreadable of it."""
    with SoundFile(path) as sound:
        at, nan_at, runs, first, last = 0, -1, 0, -1, -1
        held = np.zeros((0, sound.channels), np.float32)
        for piece in sound.pieces(PIECE_FRAMES):
            if nan_at < 0 and not np.isfinite(piece).all():
                nan_at = at + int(np.flatnonzero(~np.isfinite(piece).all(axis=1))[0])
            heard = np.flatnonzero((piece != 0.0).any(axis=1))
            if len(heard):
                first = at + int(heard[0]) if first < 0 else first
                last = at + int(heard[-1])
            runs += clipped(held, piece)
            held = piece[-CLIPPED_RUN:].copy()
            at += len(piece)
        subtype = sf.info(file_name(path)).subtype
        lost_s = sound.lost_s
        return Mix(sound.rate_hz, at, sound.channels, subtype, nan_at, runs, first, last, lost_s)


def clipped(before: np.ndarray, piece: np.ndarray) -> int:
    """Runs of clipped samples that reach their length in a piece; before: up to CLIPPED_RUN frames ahead of it."""
    if not (np.abs(piece) >= FULL).any():
        return 0
    sound = np.concatenate([before, piece])
    same = np.zeros(sound.shape, np.bool_)  # like the two before it, at full scale
    same[2:] = (np.abs(sound[2:]) >= FULL) & (sound[2:] == sound[1:-1]) & (sound[2:] == sound[:-2])
    starts = same.copy()
    starts[1:] &= ~same[:-1]
    return int(starts[len(before) :].sum())


def faults(where: str, mix: Mix, cd: bool) -> list[str]:
    """Why nothing can be made of it; where: the key that names it, and its name."""
    out = []
    if not mix.frames:
        out.append(f"{where}: expected sound; there is none in it; export it again")
    if mix.lost_s * mix.rate_hz >= 1.0:  # less than a frame is a byte that pads
        there_s = mix.frames / mix.rate_hz
        out.append(
            f"{where}: expected {there_s + mix.lost_s:.3f} s, as its header says; {there_s:.3f} s of it are there; copy"
            " it again"
        )
    if mix.channels > 2:
        out.append(f"{where}: expected 1 or 2 channels; it has {mix.channels}; name a stereo mix")
    if mix.nan_at >= 0:
        out.append(
            f"{where}: expected numbers; at {mix.nan_at / mix.rate_hz:.3f} s a sample is none (NaN or infinite);"
            " export it again, or cut that place"
        )
    if cd and mix.rate_hz < 44100:
        out.append(f"{where}: expected at least 44100 Hz for a CD; it has {mix.rate_hz} Hz; export it at a higher rate")
    return out


def notes(where: str, mix: Mix) -> list[str]:
    """What a user may want to know, and what is done all the same."""
    out = []
    if mix.channels == 1:
        out.append(f"{where}: it is mono, and becomes two equal channels")
    if mix.subtype in SHORT_WORDS:
        out.append(f"{where}: it has {SHORT_WORDS[mix.subtype]} bit; 24 bit or float of the same mix would be better")
    if mix.rate_hz < 44100:
        out.append(f"{where}: it has {mix.rate_hz} Hz: what is above {mix.rate_hz / 2000:g} kHz stays empty")
    if mix.clipped_runs:
        out.append(
            f"{where}: {mix.clipped_runs} runs of {CLIPPED_RUN} or more samples at full scale: it may be clipped"
        )
    if mix.silent and mix.frames:
        out.append(f"{where}: it is silent: no loudness can be found, and it keeps its level")
    ends = (mix.first_heard, mix.frames - 1 - mix.last_heard) if not mix.silent else ()
    for end, frames in zip(("start", "end"), ends, strict=False):
        if frames > SILENCE_S * mix.rate_hz:
            out.append(f"{where}: {frames / mix.rate_hz:.1f} s of silence at its {end}: shops refuse more than 10 s")
    return out


def read(path: Path) -> Mix | str:
    """A mix, or why it cannot be read, in one line."""
    try:
        return look(path)
    except FileFault as fault:
        return str(fault)


class Looks:
    """Reads mixes, each once as long as it stays the same: what was found is kept in a folder."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError."""
        self._kept = Kept(folder)
        self._digests = Digests(self._kept)

    def __call__(self, path: Path) -> Mix | str:
        try:
            name = name_for("mix", self._digests.of(path), path.suffix)
        except OSError:
            return read(path)  # which says why
        if note := self._kept.note(name):
            return Mix(**note)
        found = read(path)
        if isinstance(found, Mix):
            self._kept.write(name, found.row())
        return found

    def end(self) -> None:
        """Keep what was seen, and no more."""
        self._digests.write()
        self._kept.tidy()
