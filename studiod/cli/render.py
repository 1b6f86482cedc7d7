"""`studiod render`: files through the desk into files."""

import argparse
import json
import re
import sys
from pathlib import Path

import numpy as np
import soundfile as sf
from rich.console import Console as Terminal
from rich.progress import Progress

from studiod.cli.render_inputs import sounds
from studiod.cli.render_request import FLOATING, Request
from studiod.encoding import file_name, name_of, say
from studiod.errors import FileFault
from studiod.host.offline import CHUNK_FRAMES, Offline, check, routed
from studiod.memory.scene_format import Move, by_kind

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
    for line in by_kind(offline.faults, args.details, "--details names them all"):
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
    at, written = 0, []
    for points, path in files:
        part = out[:, at : at + len(points)]
        at += len(points)
        write(path, part, rate_hz, args.subtype)
        written.append({"file": str(path), "points": points, "frames": len(part), "rate_hz": rate_hz})
    told = [f"{name_of(path)}: {length} frames" for _, path in files]
    say(json.dumps(written) if args.json else "\n".join(told))
    return 0


def audible(points: list[str], moves: list[Move]) -> bool:
    """Whether a desk at rest may be heard at these points: ahead of the strips, or when a move opens a way."""
    opened = any(re.fullmatch(r"ch/\d+/(fader|send/\d+/level)", move.path) for move in moves)
    return opened or all(point.startswith("input/") for point in points)


def write(path: Path, part: np.ndarray, rate_hz: int, subtype: str) -> None:
    """Write one file; float unless the extension or the subtype says otherwise.  Raises FileFault."""
    kind = path.suffix[1:].upper()
    try:
        chosen = subtype or ("FLOAT" if kind in FLOATING else None)
        with sf.SoundFile(file_name(path), "w", rate_hz, part.shape[1], subtype=chosen) as file:
            for at in range(0, len(part), CHUNK_FRAMES):  # some minutes of Vorbis at once end libsndfile 1.2
                file.write(part[at : at + CHUNK_FRAMES])
    except (OSError, ValueError, TypeError, sf.LibsndfileError) as fault:
        raise FileFault(
            f"{name_of(path)}: cannot write this file: {fault}; name a folder that you may write to and a .wav or .flac"
        ) from None
