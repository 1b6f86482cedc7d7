"""Writing what `studiod render` makes: all its files side by side, each of which appears when all are whole."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import soundfile as sf

from studiod.cli.render_outputs import FLOATING, Files, kind_of
from studiod.encoding import name_of
from studiod.errors import FileFault
from studiod.files.ahead import Behind
from studiod.files.new_file import NewFile


@dataclass
class _Part:
    """One file, and the frames that it leaves out yet: at the beginning, and of what it got so far at the end."""

    path: Path
    file: NewFile
    late: int
    early: int
    held: np.ndarray

    def take(self, sound: np.ndarray) -> np.ndarray:
        """What is to be written after float32 sound[frame, point] has come."""
        after, self.late = sound[self.late :], max(self.late - len(sound), 0)
        known = np.concatenate([self.held, after])
        sure = max(len(known) - self.early, 0)
        self.held = known[sure:]
        return known[:sure]

    def write(self, sound: np.ndarray) -> None:
        with _told(self.path):
            self.file.write(sound)


class Outputs:
    """The files of a render, all of them written side by side, behind who makes the sound.

    `finish` gives them their names, once all are whole; whatever happens before, what was there is there still.
    Raises FileFault, here and in its methods.
    """

    def __init__(self, files: Files, late: list[int], rate_hz: int, subtype: str) -> None:
        """late: how many frames later than asked for each file's points are heard, of a sound that ends as much later
        as the latest of them."""
        self._behind, self._parts = Behind(), []
        try:
            for (points, path), skip in zip(files, late, strict=True):
                kind = kind_of(path)
                chosen = subtype.upper() or ("FLOAT" if kind in FLOATING else None)
                with _told(path):
                    file = NewFile(path, rate_hz, len(points), chosen, kind)
                self._parts.append(_Part(path, file, skip, max(late) - skip, np.zeros((0, len(points)), np.float32)))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Outputs":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def write(self, sound: np.ndarray) -> None:
        """Go on with float32 sound[frame, point], the points of all files side by side."""
        first = 0
        for part in self._parts:
            end = first + part.file.channels
            self._behind.do(partial(part.write, part.take(sound[:, first:end])))
            first = end

    def finish(self) -> list[int]:
        """All that was written is whole now, and stands under its names; how many frames of each."""
        self._behind.end()
        for part in self._parts:
            with _told(part.path):
                part.file.close()
        for part in self._parts:
            with _told(part.path):
                part.file.appear()
        return [part.file.frames for part in self._parts]

    def close(self) -> None:
        """Leave nothing of what has no name yet."""
        self._behind.close()
        for part in self._parts:
            part.file.drop()


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, TypeError, sf.LibsndfileError) as fault:
        told = f"{name_of(path)}: cannot write this file: {fault}"
        raise FileFault(f"{told}; make room there, or name another folder, and a .wav or .flac") from None
