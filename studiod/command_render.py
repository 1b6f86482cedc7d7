"""`studiod render`: files through the desk into files."""

import argparse
import json
import os
import re
import sys
from pathlib import Path

import numpy as np
import soundfile as sf
from rich.console import Console as Terminal
from rich.progress import Progress

from studiod.letters import file_name
from studiod.param import Refusal
from studiod.params import Console, Registry
from studiod.points import sides, stereo
from studiod.render import Offline, check, routed
from studiod.scene import FileFault, Move, read_moves, read_scene
from studiod.settings import Settings, load
from studiod.tape import read_files

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


def first_rate(paths: list[Path]) -> int:
    """The sample rate of the first file.  Raises FileFault."""
    try:
        return int(sf.info(file_name(paths[0])).samplerate)
    except (OSError, sf.LibsndfileError) as fault:
        why = "there is no such file" if not paths[0].exists() else str(fault)
        raise FileFault(f"{paths[0]}: cannot read this file: {why}; expected WAV, FLAC, AIFF or OGG") from None


def render(args: argparse.Namespace) -> int:
    """Render as the command line says; the exit code.  Raises FileFault, SettingsError."""
    rate_hz = args.rate or first_rate(args.input)
    if not 0.0 <= args.tail <= 3600.0:
        raise FileFault(f"--tail: expected seconds from 0 to 3600; got {args.tail}")
    sound = read_files(args.input, rate_hz)
    if sound.shape[1] > 128:
        raise FileFault(f"--input: expected at most 128 channels in all; got {sound.shape[1]}; leave some out")
    size = load(args.config).console if args.config else Settings().console
    channels = min(max(size.channels, sound.shape[1]), 128)
    console = Console(
        max(min(sound.shape[1], 128), 1), 2, rate_hz=rate_hz, **(size.model_dump() | {"channels": channels})
    )
    files = wanted(args.output, console)
    for _, path in files:
        check_place(path)
    values = read_scene(args.scene) if args.scene else {}
    moves = read_moves(args.moves) if args.moves else []
    points = [point for points, _ in files for point in points]
    console, values = routed(console, values, points)
    offline = Offline(console, values)
    check(offline.desk, str(args.moves), moves)
    for fault in offline.faults:
        print(f"{args.scene}: {fault}", file=sys.stderr)
    if not args.scene and not audible(points, moves):
        print(AT_REST, file=sys.stderr)
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
    print(json.dumps(written) if args.json else "\n".join(f"{w['file']}: {w['frames']} frames" for w in written))
    return 0


def audible(points: list[str], moves: list[Move]) -> bool:
    """Whether a desk at rest may be heard at these points: ahead of the strips, or when a move opens a way."""
    opened = any(re.fullmatch(r"ch/\d+/(fader|send/\d+/level)", move.path) for move in moves)
    return opened or all(point.startswith("input/") for point in points)


def check_place(path: Path) -> None:
    """Refuse a file that could not be written, before the work is done.  Raises FileFault."""
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise FileFault(f"{path}: cannot write there; name a folder that you may write to")
    if path.suffix[1:].upper() not in ENDINGS:
        raise FileFault(f"{path}: expected a name that ends in .wav, .flac, .aiff or .ogg; got {path.suffix or 'none'}")


def write(path: Path, part: np.ndarray, rate_hz: int, subtype: str) -> None:
    """Write one file; float unless the extension or the subtype says otherwise.  Raises FileFault."""
    kind = path.suffix[1:].upper()
    try:
        chosen = subtype or ("FLOAT" if kind in FLOATING else None)
        sf.write(file_name(path), part, rate_hz, subtype=chosen)
    except (OSError, ValueError, TypeError, sf.LibsndfileError) as fault:
        raise FileFault(
            f"{path}: cannot write this file: {fault}; name a folder that you may write to and a .wav or .flac"
        ) from None
