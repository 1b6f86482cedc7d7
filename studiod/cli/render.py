"""`studiod render`: files through the desk into files."""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain

import numpy as np

from studiod.cli.render_inputs import PIECE_FRAMES, Sources
from studiod.cli.render_request import Request
from studiod.cli.render_writing import Outputs
from studiod.encoding import name_of, say
from studiod.files.ahead import ahead
from studiod.host.no_blas import begin_without_blas
from studiod.host.offline import LONGEST_FRAMES, Offline, check, routed
from studiod.host.offline_console import fitted, silent, spared
from studiod.memory.scene_format import Move, by_kind
from studiod.memory.scene_intake import NOT_STORED
from studiod.registry.laws import shown
from studiod.registry.param import Refusal, Value
from studiod.registry.registry import Registry
from studiod.texts import plain

FEW = 5  # values that are told one by one
AT_REST = (
    "without --scene the channels' faders start at -90 dB, which is off: the files will be silent; start from a scene "
    '(--scene mix.toml, a line there: "ch/1/fader" = 0), or raise faders with --moves'
)


def render(args: argparse.Namespace, asked: Request) -> int:
    """Render what was asked for; the exit code.  Raises FileFault."""
    inputs, rate_hz, values, moves, files, console = asked
    begin_without_blas()
    points = [point for points, _ in files for point in points]
    console, values = routed(console, values, points)
    desk = silent(console)
    faults = desk.load(values)
    check(desk, str(args.moves), moves)
    small, kept = fitted(desk, moves, max(place.first + place.channels for place in inputs))
    with closing(Sources(inputs, rate_hz)) as sources, closing(ahead(sources.pieces(small.inputs))) as pieces:
        first = next(pieces)  # who has nothing to read ends here
        not_taken = left(desk.registry, desk.values, faults, args.details)
        for line in not_taken:
            say(f"{name_of(args.scene)}: {line}", sys.stderr)
        if not args.scene and not audible(points, moves):
            say(AT_REST, sys.stderr)
        offline = Offline(small, kept, LONGEST_FRAMES, spared=spared(desk, moves))
        late = [offline.engine.late_frames(points[0]) for points, _ in files]
        after = round(args.tail * rate_hz) + max(late)
        sound = chain([first], pieces, silence(after, small.inputs))
        with Outputs(files, late, rate_hz, args.subtype) as outputs, bar(sources.claimed + after) as progress:
            for out in offline.through(sound, moves):
                outputs.write(out)
                progress(offline.frame)
            lengths = outputs.finish()
    written: list[dict[str, object]] = [
        {"file": str(path), "points": points, "frames": length, "rate_hz": rate_hz}
        | ({"not_taken": not_taken} if not_taken else {})
        for (points, path), length in zip(files, lengths, strict=True)
    ]
    told = [f"{name_of(path)}: {length} frames" for (_, path), length in zip(files, lengths, strict=True)]
    say(json.dumps(written) if args.json else "\n".join(told))
    return 0


def silence(frames: int, inputs: int) -> Iterator[np.ndarray]:
    """So many frames of it, piece by piece."""
    piece = np.zeros((PIECE_FRAMES, inputs), np.float32)
    for at in range(0, frames, PIECE_FRAMES):
        yield piece[: frames - at]


@contextmanager
def bar(frames: int) -> Iterator[Callable[[int], object]]:
    """A progress bar on a terminal; elsewhere nothing, and nothing to load for it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console as Terminal
    from rich.progress import Progress

    with Progress(console=Terminal(file=sys.stderr)) as progress:
        task = progress.add_task("rendering", total=frames)
        yield lambda done: progress.update(task, completed=done)
        progress.update(task, completed=frames)


def audible(points: list[str], moves: list[Move]) -> bool:
    """Whether a desk at rest may be heard at these points: ahead of the strips, or when a move opens a way."""
    opened = any(re.fullmatch(r"ch/\d+/(fader|send/\d+/level)", move.path) for move in moves)
    return opened or all(point.startswith("input/") for point in points)


def left(registry: Registry, values: Mapping[str, Value], faults: list[Refusal], each: bool) -> list[str]:
    """What of the scene the desk could not take, and what stands there now, a line by kind or for each."""
    known: list[Refusal] = []
    unknown: list[Refusal] = []
    for fault in faults:
        param = registry.params.get(fault.path)
        if param is None or param.flags & NOT_STORED:
            becomes = "left out"
        else:
            value = values[fault.path]
            text = plain(shown(value) if isinstance(value, float) else str(value), 40)
            becomes = f"left at its default, {text} {param.unit}".rstrip()
        near = partial(getattr, fault, "nearest")
        told = Refusal(fault.path, fault.reason, fault.expected, fault.got, near, becomes)
        (unknown if param is None else known).append(told)
    more = "--details names them all"
    lines = by_kind(known, each or len(known) <= FEW, f"each is left at its default; {more}")
    return lines + by_kind(unknown, each, f"they are left out; {more}")
