"""What a command line of `studiod render` asks for, looked at as a whole before anything is compiled or played."""

import argparse
import os
import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple, TypeVar, get_args

from studiod.cli.render_inputs import Place, places
from studiod.encoding import name_of
from studiod.errors import Fault, FileFault
from studiod.host.preflight import MOST
from studiod.memory.scene_format import Move, read_moves, read_scene
from studiod.registry.param import Refusal
from studiod.registry.points import nearest_point, sides, stereo
from studiod.registry.registry import Console, Registry
from studiod.settings.schema import Rate, Settings, load

FLOATING = {"WAV", "AIFF", "AIF", "W64", "RF64", "CAF"}
ENDINGS = FLOATING | {"FLAC", "OGG"}
TAIL_S = 3600.0
HIGHEST_HZ = max(get_args(Rate))  # a desk's rings are no longer
Found = TypeVar("Found")


class Request(NamedTuple):
    """Everything that is named, read: `files` are the points and the path of each output."""

    inputs: list[Place]
    rate_hz: int
    values: dict[str, object]
    moves: list[Move]
    files: list[tuple[list[str], Path]]
    console: Console


def request(args: argparse.Namespace) -> Request:
    """What is asked for.  Raises FileFault, naming every fault."""
    faults: list[str] = []

    def look(read: Callable[[], Found]) -> Found | None:
        try:
            return read()
        except Fault as fault:
            faults.append(str(fault))
            return None

    if not 0.0 <= args.tail <= TAIL_S:
        faults.append(f"--tail: expected seconds from 0 to {TAIL_S:g}; got {args.tail}")
    inputs, first_hz = look(lambda: places(args.input)) or ([], 0)
    rate_hz = first_hz if args.rate is None else args.rate
    if args.rate is not None and args.rate < 1:
        faults.append(f"--rate: expected a rate from 1 to {HIGHEST_HZ} Hz; got {args.rate}")
    elif rate_hz > HIGHEST_HZ and inputs:
        expected = f"expected at most {HIGHEST_HZ} Hz, the highest of a desk"
        faults.append(f"{name_of(inputs[0].path)}: {expected}; got {rate_hz} Hz; convert it")
    values = (look(lambda: read_scene(args.scene)) if args.scene else None) or {}
    moves = (look(lambda: read_moves(args.moves)) if args.moves else None) or []
    settings = (look(lambda: load(args.config)) if args.config else None) or Settings()
    fed = max((place.first + place.channels for place in inputs), default=1)
    size = settings.console.model_dump()
    size["channels"] = max(size["channels"], fed)
    console = Console(max(fed, inputs_of(values)), 2, rate_hz=max(rate_hz, 1), **size)
    files = look(lambda: wanted(args.output, console)) or []
    if faults:
        raise FileFault("\n".join(faults))
    return Request(inputs, rate_hz, values, moves, files, console)


def wanted(words: list[str], console: Console) -> list[tuple[list[str], Path]]:
    """What --output asks for: the points of each file.  Raises FileFault, naming every fault."""
    registry = Registry(console)
    both = stereo(registry.points)
    out, faults = [], []
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
        try:
            check_place(Path(name))
        except FileFault as fault:
            faults.append(str(fault))
        out.append((points, Path(name)))
    if faults:
        raise FileFault("\n".join(faults))
    return out


def check_place(path: Path) -> None:
    """Refuse a file that could not be written, before the work is done.  Raises FileFault."""
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise FileFault(f"{name_of(path)}: cannot write there; name a folder that you may write to")
    if path.suffix[1:].upper() not in ENDINGS:
        raise FileFault(
            f"{name_of(path)}: expected a name that ends in .wav, .flac, .aiff or .ogg; got {path.suffix or 'none'}"
        )


def inputs_of(values: Mapping[str, object]) -> int:
    """How many inputs a scene speaks of: the desk that it comes from had them, whether a file feeds them or not."""
    names = [*values, *(value for value in values.values() if isinstance(value, str))]
    numbers = [int(found[1]) for name in names if (found := re.match(r"input/([0-9]{1,3})(?:/|$)", name))]
    return max((n for n in numbers if n <= MOST), default=0)
