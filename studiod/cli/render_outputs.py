"""The words behind `studiod render --output`: which points go into which file, and whether it can be."""

import contextlib
import io
import os
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

import soundfile as sf

from studiod.encoding import name_of
from studiod.errors import FileFault
from studiod.registry.param import Refusal
from studiod.registry.points import nearest_point, sides, stereo
from studiod.registry.registry import Console, Registry
from studiod.texts import plain

FLOATING = {"WAV", "AIFF", "AIF", "W64", "RF64", "CAF"}
ENDINGS = FLOATING | {"FLAC", "OGG"}
Files = list[tuple[list[str], Path]]  # the points of each file


def wanted(words: list[str], console: Console, subtype: str, read: Iterable[Path]) -> Files:
    """What --output asks for.  read: files that no output may overwrite.  Raises FileFault, naming every fault."""
    registry = Registry(console)
    both = stereo(registry.points)
    out: Files = []
    faults = []
    sources = {one: path for path in read for one in _same(path)}
    taken: dict[object, str] = {}
    for word in words:
        point, _, name = word.partition("=")
        points = list(sides(point)) if point in both else [point]
        if not name:
            faults.append(f"--output {word}: expected POINT=FILE, for example main=mix.wav")
            continue
        try:
            for one in points:
                registry.params["output/1/source"].accept(one)
        except Refusal as fault:
            close = get_close_matches(point.lower(), both, 1) or [nearest_point(registry.points, point)]
            faults.append(
                f"--output {word}: no such point; expected main, {fault.expected}; got {point!r}; nearest is {close[0]}"
            )
        path, called = Path(name), name_of(name)
        try:
            check_place(path)
            check_subtype(path, subtype, len(points), console.rate_hz)
        except FileFault as fault:
            faults.append(str(fault))
        there = _same(path)
        if over := [sources[one] for one in there if one in sources]:
            faults.append(f"--output {word}: it would overwrite {name_of(over[0])}, which is read; name another file")
        elif twice := [taken[one] for one in there if one in taken]:
            faults.append(f"--output {word}: {called} is the file of {twice[0]} already; name another file")
        taken |= dict.fromkeys(there, point)
        out.append((points, path))
    if faults:
        raise FileFault("\n".join(faults))
    return out


def _same(path: Path) -> list[object]:
    """What a file is known by, under whatever names: its place without links, and what the disk has there."""
    found: list[object] = []
    with contextlib.suppress(OSError, ValueError):  # a name that no file can have
        found.append(os.path.realpath(path))
        there = os.stat(path)
        found.append((there.st_dev, there.st_ino))
    return found


def check_place(path: Path) -> None:
    """Refuse a file that could not be written, before the work is done.  Raises FileFault."""
    folder = path.parent
    with contextlib.suppress(OSError, ValueError):
        folder = Path(os.path.realpath(path)).parent
        if path.is_dir():
            raise FileFault(f"{name_of(path)}: cannot write there: it is a folder; name a file in it")
    if not folder.is_dir() or not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise FileFault(f"{name_of(path)}: cannot write there; name a folder that you may write to")
    if path.suffix[1:].upper() not in ENDINGS:
        raise FileFault(
            f"{name_of(path)}: expected a name that ends in .wav, .flac, .aiff or .ogg; got {path.suffix or 'none'}"
        )


def check_subtype(path: Path, subtype: str, channels: int, rate_hz: int) -> None:
    """Refuse a subtype that this kind of file does not have, or not for such sound.  Raises FileFault."""
    kind = kind_of(path)
    if subtype and subtype.upper() not in (has := _subtypes(kind, channels, rate_hz)):
        got = plain(subtype, 40)
        raise FileFault(f"{name_of(path)}: expected --subtype to be one of {' '.join(has)} in a {kind} file; got {got}")


def kind_of(path: Path) -> str:
    """The format as libsndfile calls it."""
    kind = path.suffix[1:].upper()
    return "AIFF" if kind == "AIF" else kind


def _subtypes(kind: str, channels: int, rate_hz: int) -> list[str]:
    """Those that can be written: some are of speech alone, in mono at a low rate."""
    found = []
    for one in sf.available_subtypes(kind):
        with contextlib.suppress(ValueError, sf.LibsndfileError):
            sf.SoundFile(io.BytesIO(), "w", rate_hz, channels, one, format=kind).close()
            found.append(one)
    return found
