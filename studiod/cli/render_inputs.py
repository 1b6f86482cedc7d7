"""The words behind `studiod render --input`: files, folders, and files at an input of their own."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from studiod.encoding import name_of, say
from studiod.errors import FileFault
from studiod.files.folders import expanded
from studiod.files.sound_files import SoundFile
from studiod.host.capture import read_files, side_by_side
from studiod.host.preflight import MOST


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


def sounds(found: list[Place], rate_hz: int) -> np.ndarray:
    """What the inputs get: float32 [frame, input], silence where no file is.  Raises FileFault."""
    name = name_of(found[0].path)
    sound = side_by_side([(place.first, read_files([place.path], rate_hz)) for place in found])
    if not len(sound):
        raise FileFault(f"{name}: expected sound; the {'files hold' if len(found) > 1 else 'file holds'} no frame")
    return sound
