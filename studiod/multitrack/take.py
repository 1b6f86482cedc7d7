"""A take on the disk: a dated folder with a WAV for each track, and what is needed to play it in its place again."""

import os
import tomllib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from studiod.errors import Fault
from studiod.files.plain_file import opened
from studiod.files.wav_writer import Wav
from studiod.toml_text import table

TOLD_MAX = 100  # characters of why

ABOUT = "take.toml"
ABOUT_BYTES = 1 << 20  # far more than a thousand tracks need
_UNFIT = dict.fromkeys(map(ord, '/\\:*?"<>|'), " ")


@dataclass(frozen=True)
class Line:
    """One track of a take."""

    number: int
    file: str
    source: str
    name: str


@dataclass(frozen=True)
class About:
    """What take.toml says.  Positions and offset are frames at its rate."""

    name: str
    started: str  # wall clock of the first frame
    rate_hz: int
    format: str
    position: int  # of the first frame, on the transport as it was heard; the files, put there, line up
    pressed: int  # how far into the files record was pressed
    offset: int  # recorder/offset, which position has in it already
    frames: int = 0  # 0: not finished
    lost: int = 0


def clean(label: str) -> str:
    """A label as every disk takes it in a file's name; "" when nothing is left."""
    return " ".join(label.translate(_UNFIT).split()).strip(". ")


def folder_for(within: Path, when: datetime, name: str) -> Path:
    """A new folder, dated: 2026-11-25 10-03-22 Verse.  Raises OSError."""
    label = clean(name)
    dated = f"{when:%Y-%m-%d %H-%M-%S}" + (f" {label}" if label else "")
    for tail in ("", *(f" ({n})" for n in range(2, 100))):
        with suppress(FileExistsError):
            folder = within / f"{dated}{tail}"
            folder.mkdir(parents=True)
            return folder
    raise FileExistsError(17, "a hundred takes of this very second", str(within / dated))


class Take:
    """One being written.  Its methods raise OSError."""

    def __init__(self, folder: Path, about: About, lines: Sequence[Line]) -> None:
        self.folder, self.about, self.lines = folder, about, lines
        self.frames = 0
        self._files: list[Wav] = []
        try:
            write_about(folder, about, lines)
            for line in lines:
                self._files.append(Wav(folder / line.file, about.rate_hz, about.format))
        except OSError:
            self._undo()
            raise

    def _undo(self) -> None:
        """Leave nothing of a take that could not begin."""
        with suppress(OSError):
            for file in self._files:
                file.abandon()
            for left in self.folder.iterdir():
                left.unlink()
            self.folder.rmdir()

    def says(self, about: About) -> None:
        """Write down what is known by now."""
        if about != self.about:
            self.about = about
            write_about(self.folder, about, self.lines)

    def write(self, sounds: Iterable[np.ndarray]) -> None:
        """As many frames of each track, in their order; the heads say so when it is over."""
        for file, sound in zip(self._files, sounds, strict=True):
            file.write(sound)
        for file in self._files:
            file.seal()
        self.frames = min(file.frames for file in self._files)

    def close(self, lost: int, sync: bool = True) -> None:
        """Finish all files, come what may."""
        fault: OSError | None = None
        for file in self._files:
            try:
                file.close(sync)
            except OSError as found:
                fault = found
        self._files = []
        if fault is not None:
            raise fault
        about = About(**{**asdict(self.about), "frames": self.frames, "lost": lost})
        write_about(self.folder, about, self.lines)


def write_about(folder: Path, about: About, lines: Sequence[Line]) -> None:
    """Raises OSError, and leaves what stood there."""
    tracks = [table("track", asdict(line), one_of_many=True) for line in lines]
    text = "\n".join([table("take", asdict(about)), *tracks])
    fresh = folder / f".{ABOUT}"
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(folder / ABOUT)


class TakeFault(Fault, ValueError):
    """A folder that is no take."""


def read_about(folder: Path) -> tuple[About, list[Line]]:
    """If it is a plain file.  Raises TakeFault."""
    try:
        with os.fdopen(opened(folder / ABOUT), "rb") as file:
            held = file.read(ABOUT_BYTES + 1)
        if len(held) > ABOUT_BYTES:
            raise ValueError(f"it is longer than {ABOUT_BYTES >> 20} MiB")
        found = tomllib.loads(held.decode())
        return About(**found["take"]), [Line(**line) for line in found.get("track", [])]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError) as fault:
        why = str(getattr(fault, "strerror", None) or fault)[:TOLD_MAX]
        raise TakeFault(f"{folder / ABOUT}: cannot be read: {why}; the folder can be played as it is") from None
