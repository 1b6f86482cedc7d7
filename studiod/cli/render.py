"""`studiod render`: files through the desk into files."""

import argparse
import json
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import soundfile as sf
from rich.console import Console as Terminal
from rich.progress import Progress

from studiod.cli.render_inputs import places, sounds
from studiod.encoding import file_name, name_of, say
from studiod.errors import FileFault
from studiod.host.offline import CHUNK_FRAMES, Offline, check, routed
from studiod.host.preflight import MOST
from studiod.memory.scene_format import Move, by_kind, read_moves, read_scene
from studiod.registry.param import Refusal
from studiod.registry.points import sides, stereo
from studiod.registry.registry import Console, Registry
from studiod.settings.schema import Settings, load

FLOATING = {"WAV", "AIFF", "AIF", "W64", "RF64", "CAF"}
AT_REST = (
    "without --scene the channels' faders rest at -90 dB, which is off: the files will be silent; start from a scene "
    '(--scene mix.toml, a line there: "ch/1/fader" = 0), or raise faders with --moves'
)
ENDINGS = FLOATING | {"FLAC", "OGG"}


def wanted(words: list[str], console: Console) -> list[tuple[list[str], Path]]:
    """What --output asks for: the points of each file.  Raises FileFault, naming every fault."""
    registry, out, faults = Registry(console), [], []
    for word in words:
        point, _, name = word.partition("=")
        points = list(sides(point)) if point in stereo(registry.points) else [point]
        if not name:
            faults.append(f"--output {word}: expected POINT=FILE, for example main=mix.wav")
            continue
        try:
            for one in points:
                registry.params["output/1/source"].accept(one)
        except Refusal as fault:
            faults.append(
                f"--output {word}: no such point; main, {fault.expected}; nearest is {fault.nearest or 'main'}"
            )
        out.append((points, Path(name)))
    if faults:
        raise FileFault("\n".join(faults))
    return out


def render(args: argparse.Namespace) -> int:
    """Render as the command line says; the exit code.  Raises FileFault, SettingsError."""
    if not 0.0 <= args.tail <= 3600.0:
        raise FileFault(f"--tail: expected seconds from 0 to 3600; got {args.tail}")
    inputs, first_hz = places(args.input)
    rate_hz = args.rate or first_hz
    sound = sounds(inputs, rate_hz)
    size = load(args.config).console if args.config else Settings().console
    values = read_scene(args.scene) if args.scene else {}
    lines = max(sound.shape[1], inputs_of(values), 1)
    channels = max(size.channels, sound.shape[1])
    console = Console(lines, 2, rate_hz=rate_hz, **(size.model_dump() | {"channels": channels}))
    files = wanted(args.output, console)
    for _, path in files:
        check_place(path)
    moves = read_moves(args.moves) if args.moves else []
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


def inputs_of(values: Mapping[str, object]) -> int:
    """How many inputs a scene speaks of: the desk that it comes from had them, whether a file feeds them or not."""
    names = [*values, *(value for value in values.values() if isinstance(value, str))]
    numbers = [int(found[1]) for name in names if (found := re.match(r"input/([0-9]{1,3})(?:/|$)", name))]
    return max((n for n in numbers if n <= MOST), default=0)


def audible(points: list[str], moves: list[Move]) -> bool:
    """Whether a desk at rest may be heard at these points: ahead of the strips, or when a move opens a way."""
    opened = any(re.fullmatch(r"ch/\d+/(fader|send/\d+/level)", move.path) for move in moves)
    return opened or all(point.startswith("input/") for point in points)


def check_place(path: Path) -> None:
    """Refuse a file that could not be written, before the work is done.  Raises FileFault."""
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise FileFault(f"{name_of(path)}: cannot write there; name a folder that you may write to")
    if path.suffix[1:].upper() not in ENDINGS:
        raise FileFault(
            f"{name_of(path)}: expected a name that ends in .wav, .flac, .aiff or .ogg; got {path.suffix or 'none'}"
        )


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
