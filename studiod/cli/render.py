"""`studiod render`: files through the desk into files."""

import argparse
import json
import re
import sys
from functools import partial

import numpy as np
from rich.console import Console as Terminal
from rich.progress import Progress

from studiod.cli.render_inputs import sounds
from studiod.cli.render_outputs import write
from studiod.cli.render_request import Request
from studiod.encoding import name_of, say
from studiod.host.offline import Offline, check, routed
from studiod.memory.scene_format import Move, by_kind
from studiod.memory.scene_intake import NOT_STORED
from studiod.registry.laws import shown
from studiod.registry.param import Refusal
from studiod.texts import plain

FEW = 5  # values that are told one by one
AT_REST = (
    "without --scene the channels' faders start at -90 dB, which is off: the files will be silent; start from a scene "
    '(--scene mix.toml, a line there: "ch/1/fader" = 0), or raise faders with --moves'
)


def render(args: argparse.Namespace, asked: Request) -> int:
    """Render what was asked for; the exit code.  Raises FileFault."""
    inputs, rate_hz, values, moves, files, console = asked
    sound = sounds(inputs, rate_hz)
    points = [point for points, _ in files for point in points]
    console, values = routed(console, values, points)
    offline = Offline(console, values)
    check(offline.desk, str(args.moves), moves)
    not_taken = left(offline, args.details)
    for line in not_taken:
        say(f"{name_of(args.scene)}: {line}", sys.stderr)
    if not args.scene and not audible(points, moves):
        say(AT_REST, sys.stderr)
    late = [offline.engine.late_frames(point) for point in points]
    length = len(sound) + round(args.tail * rate_hz)
    sound = np.pad(sound, ((0, length + max(late) - len(sound)), (0, 0)))
    with Progress(console=Terminal(file=sys.stderr), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("rendering", total=len(sound))
        out = offline.moved(sound, moves, lambda done: progress.update(task, completed=done))
    out = np.stack([out[skip : skip + length, k] for k, skip in enumerate(late)], 1)
    at = 0
    written: list[dict[str, object]] = []
    for points, path in files:
        part = out[:, at : at + len(points)]
        at += len(points)
        write(path, part, rate_hz, args.subtype)
        written.append({"file": str(path), "points": points, "frames": len(part), "rate_hz": rate_hz})
    if not_taken:
        written = [one | {"not_taken": not_taken} for one in written]
    told = [f"{name_of(path)}: {length} frames" for _, path in files]
    say(json.dumps(written) if args.json else "\n".join(told))
    return 0


def audible(points: list[str], moves: list[Move]) -> bool:
    """Whether a desk at rest may be heard at these points: ahead of the strips, or when a move opens a way."""
    opened = any(re.fullmatch(r"ch/\d+/(fader|send/\d+/level)", move.path) for move in moves)
    return opened or all(point.startswith("input/") for point in points)


def left(offline: Offline, each: bool) -> list[str]:
    """What of the scene the desk could not take, and what stands there now, a line by kind or for each."""
    known: list[Refusal] = []
    unknown: list[Refusal] = []
    for fault in offline.faults:
        param = offline.registry.params.get(fault.path)
        if param is None or param.flags & NOT_STORED:
            becomes = "left out"
        else:
            value = offline.desk.values[fault.path]
            text = plain(shown(value) if isinstance(value, float) else str(value), 40)
            becomes = f"left at its default, {text} {param.unit}".rstrip()
        near = partial(getattr, fault, "nearest")
        told = Refusal(fault.path, fault.reason, fault.expected, fault.got, near, becomes)
        (unknown if param is None else known).append(told)
    more = "--details names them all"
    lines = by_kind(known, each or len(known) <= FEW, f"each is left at its default; {more}")
    return lines + by_kind(unknown, each, f"they are left out; {more}")
