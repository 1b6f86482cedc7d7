"""Scenes and moves as files: TOML with plain values under their paths, and JSON lines of values in time."""

import json
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from studiod.desk import Desk
from studiod.fault import Fault
from studiod.param import Refusal

VERSION = 1  # of the scene format


class FileFault(Fault, ValueError):
    """A file that cannot be used: where, what was expected, what came, what to do."""


@dataclass(frozen=True)
class Move:
    """A value at a time, in seconds from the start."""

    at_s: float
    path: str
    value: object


def read_text(path: str | Path, what: str) -> str:
    """The text of a file.  Raises FileFault."""
    try:
        return Path(path).read_text(encoding="utf-8")
    except OSError as fault:
        raise FileFault(f"{path}: cannot read this {what}: {fault.strerror}; check the name and its rights") from None
    except UnicodeDecodeError as fault:
        raise FileFault(
            f"{path}: expected UTF-8 text for a {what}; byte {fault.start} is not; save it as UTF-8"
        ) from None


def read_scene(path: str | Path) -> dict[str, object]:
    """The [values] of a scene file.  Raises FileFault."""
    return parse_scene(read_text(path, "scene"), str(path))[1]


def parse_scene(text: str, where: str) -> tuple[dict[str, object], dict[str, object]]:
    """The tables [scene] and [values] of a scene's text.  Raises FileFault."""
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise FileFault(f"{where}: expected TOML; {fault}; mend that line") from None
    values, head = data.get("values"), data.get("scene", {})
    if not isinstance(values, dict):
        raise FileFault(f'{where}: expected a table [values] with lines like "ch/1/fader" = -6.0; there is none')
    return head if isinstance(head, dict) else {}, values


def scene_text(head: Mapping[str, object], values: Mapping[str, object]) -> str:
    """A scene as TOML: head has name, saved and version, and scope when it has one."""
    known = [f"{key} = {_toml(head[key])}" for key in ("name", "saved", "version", "scope") if key in head]
    lines = [f"{_toml(path)} = {_toml(value)}" for path, value in values.items()]
    return "\n".join(["[scene]", *known, "", "[values]", *lines, ""])


def _toml(value: object) -> str:
    """A number, true, false or text; JSON's ways are TOML's but for the delete character and the infinities."""
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else str(value)
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_moves(path: str | Path) -> list[Move]:
    """The moves of a JSON-lines file, in order of time.  Raises FileFault."""
    moves = []
    for number, line in enumerate(read_text(path, "moves file").splitlines(), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            move = Move(float(data["at"]), str(data["path"]), data["value"])
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            shape = '{"at": 12.5, "path": "ch/1/fader", "value": -6.0}'
            raise FileFault(f"{path} line {number}: expected {shape}; got {line[:80]!r}; mend that line") from None
        if not (math.isfinite(move.at_s) and move.at_s >= 0.0):
            raise FileFault(f"{path} line {number}: expected at >= 0 s; got {move.at_s}; times count from the start")
        moves.append(move)
    return sorted(moves, key=lambda move: move.at_s)


def refused(desk: Desk, moves: Iterable[Move]) -> list[str]:
    """What of a moves file a desk would not take, a line each: told at the start, not in the middle of the music."""
    lines = []
    for move in moves:
        try:
            desk.accepted([(move.path, move.value)])
        except Refusal as fault:
            lines.append(f"at {move.at_s:g} s: {fault}")
    return lines
