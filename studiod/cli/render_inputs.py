"""The words behind `studiod render --input`: files, folders, and files at an input of their own."""

import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studiod.encoding import name_of, say
from studiod.errors import FileFault
from studiod.files.folders import expanded
from studiod.files.sound_files import SoundFile
from studiod.host.capture import fits
from studiod.host.preflight import MOST

PIECE_FRAMES = 19_200  # read, run and written at once: with more, memory grows and nothing gets faster


@dataclass(frozen=True)
class Place:
    """A file from an input on, counted from 0; `channels` of them."""

    path: Path
    first: int
    channels: int


def places(words: list[str]) -> tuple[list[Place], int]:
    """Where each file goes, and the rate of the first.  Files without a number follow the one before.

    What is left out is told.  Raises FileFault, naming every fault.
    """
    found: list[Place] = []
    faults: list[str] = []
    taken: dict[int, Path] = {}
    at, rate_hz = 0, 0
    for word in words:
        number = re.fullmatch(r"([0-9]{1,9})=(.+)", word, re.DOTALL)
        if number and not Path(word).exists():
            at, word = int(number[1]) - 1, number[2]
        elif "=" in word and not Path(word).exists() and Path(word.partition("=")[2]).exists():
            got = name_of(word.partition("=")[0])
            faults.append(f"--input {name_of(word)}: expected the number of an input before =; got {got}")
            continue
        files, lines = expanded([word])
        for line in lines:
            say(line, sys.stderr)
        for path in files:
            try:
                with SoundFile(path) as file:
                    rate_hz, channels = rate_hz or file.rate_hz, file.channels
            except FileFault as fault:
                faults.append(str(fault))
                continue
            if not 0 <= at <= MOST - channels:
                range_of = f"inputs {at + 1} to {at + channels}" if channels > 1 else f"input {at + 1}"
                faults.append(f"--input {name_of(path)}: expected inputs 1 to {MOST}; got {range_of}")
            elif both := [n for n in range(at, at + channels) if n in taken]:
                faults.append(
                    f"--input {name_of(path)}: input {both[0] + 1} is that of {name_of(taken[both[0]])} already; name"
                    f" another, such as {max(taken) + 2}={name_of(path.name)}"
                )
            taken |= dict.fromkeys(range(at, at + channels), path)
            found.append(Place(path, at, channels))
            at += channels
    if faults:
        raise FileFault("\n".join(faults))
    return found, rate_hz


class Sources:
    """The files of a render, open.  Raises FileFault, here and in `pieces`."""

    def __init__(self, found: list[Place], rate_hz: int) -> None:
        self._name = name_of(found[0].path)
        self._many = len(found) > 1
        with ExitStack() as opened:
            self._files = [(place.first, opened.enter_context(SoundFile(place.path))) for place in found]
            for _, file in self._files:
                fits(file, rate_hz)
            self.close = opened.pop_all().close
        self.claimed = max(file.claimed for _, file in self._files)  # frames, by their heads

    def pieces(self, inputs: int, frames: int = PIECE_FRAMES) -> Iterator[np.ndarray]:
        """What the inputs get: float32 [frame, input], so many frames at a time, silence where no file is.

        The last piece is shorter, or has no frame; there is always one.
        """
        streams = [(first, file.pieces(frames)) for first, file in self._files]
        done, length = 0, frames
        while length == frames:
            out, length = np.zeros((frames, inputs), np.float32), 0
            for first, stream in streams:
                if (part := next(stream, None)) is not None:
                    out[: len(part), first : first + part.shape[1]] = part
                    length = max(length, len(part))
            done += length
            if not done:
                fault = f"expected sound; the {'files hold' if self._many else 'file holds'} no frame"
                raise FileFault(f"{self._name}: {fault}")
            yield out[:length]
