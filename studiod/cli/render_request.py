"""What a command line of `studiod render` asks for, looked at as a whole before anything is compiled or played."""

import argparse
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple, TypeVar, get_args

from studiod.cli.render_inputs import Place, places
from studiod.cli.render_outputs import Files, wanted
from studiod.encoding import name_of
from studiod.errors import Fault, FileFault
from studiod.host.preflight import MOST
from studiod.memory.scene_format import Move, read_moves, read_scene
from studiod.registry.registry import Console
from studiod.settings.schema import Rate, Settings, load

TAIL_S = 3600.0
RATES_HZ = get_args(Rate)
HIGHEST_HZ = max(RATES_HZ)  # a desk's rings are no longer
Found = TypeVar("Found")


class Request(NamedTuple):
    """Everything that is named, read: `files` are the points and the path of each output."""

    inputs: list[Place]
    rate_hz: int
    values: dict[str, object]
    moves: list[Move]
    files: Files
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
    elif args.rate is not None and inputs and args.rate not in (first_hz, *RATES_HZ):
        rates = " ".join(map(str, RATES_HZ))
        faults.append(f"--rate: expected one of {rates} Hz, or {first_hz} Hz as the files have; got {args.rate}")
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
    read = [*(place.path for place in inputs), *filter(None, (args.scene, args.moves, args.config))]
    files = look(lambda: wanted(args.output, console, args.subtype, read)) or []
    if faults:
        raise FileFault("\n".join(faults))
    return Request(inputs, rate_hz, values, moves, files, console)


def inputs_of(values: Mapping[str, object]) -> int:
    """How many inputs a scene speaks of: the desk that it comes from had them, whether a file feeds them or not."""
    names = [*values, *(value for value in values.values() if isinstance(value, str))]
    numbers = [int(found[1]) for name in names if (found := re.match(r"input/([0-9]{1,3})(?:/|$)", name))]
    return max((n for n in numbers if n <= MOST), default=0)
