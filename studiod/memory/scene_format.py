"""Scenes and moves as files: TOML with plain values under their paths, and JSON lines of values in time."""

import json
import math
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from studiod.desk.desk import Desk
from studiod.desk.stored import named_today
from studiod.errors import FileFault
from studiod.registry.console_sections import MOVED
from studiod.registry.param import Refusal, told
from studiod.texts import plain
from studiod.toml_text import table

VERSION = 1  # of the scene format
TOLD_MAX = 20  # lines of what a desk would not take: the rest is counted


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
    except ValueError:  # what a system says of a NUL within a name
        raise FileFault(f"{path}: cannot read this {what}: no file can have that name; check the name") from None


def read_scene(path: str | Path) -> dict[str, object]:
    """The [values] of a scene file.  Raises FileFault."""
    return parse_scene(read_text(path, "scene"), str(path))[1]


def parse_scene(text: str, where: str) -> tuple[dict[str, object], dict[str, object]]:
    """The tables [scene] and [values] of a scene's text, paths as they are called now.  Raises FileFault."""
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:  # ValueError: also a number of thousands of digits, a 31st of June
        raise FileFault(f"{where}: expected TOML; {plain(str(fault), 200)}; mend that line") from None
    values, head = data.get("values"), data.get("scene", {})
    if not isinstance(values, dict):
        raise FileFault(f'{where}: expected a table [values] with lines like "ch/1/fader" = -6.0; there is none')
    return head if isinstance(head, dict) else {}, dict(named_today(values))


def scene_text(head: Mapping[str, object], values: Mapping[str, object]) -> str:
    """A scene as TOML: head has name, saved and version, and scope when it has one."""
    known = {key: head[key] for key in ("name", "saved", "version", "scope") if key in head}
    return table("scene", known) + "\n" + table("values", values, quoted=True)


def read_moves(path: str | Path) -> list[Move]:
    """The moves of a JSON-lines file, in order of time.  Raises FileFault, naming every line at fault."""
    moves: list[Move] = []
    faults: list[str] = []
    for number, line in enumerate(read_text(path, "moves file").splitlines(), 1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            move = Move(float(data["at"]), MOVED.get(str(data["path"]), str(data["path"])), data["value"])
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            shape = '{"at": 12.5, "path": "ch/1/fader", "value": -6.0}'
            faults.append(f"{path} line {number}: expected {shape}; got {told(line)}; mend that line")
            continue
        if not (math.isfinite(move.at_s) and move.at_s >= 0.0):
            faults.append(f"{path} line {number}: expected at >= 0 s; got {move.at_s}; times count from the start")
        moves.append(move)
    if faults:
        raise FileFault("\n".join(short(faults)))
    return sorted(moves, key=lambda move: move.at_s)


def refused(desk: Desk, moves: Iterable[Move]) -> list[str]:
    """What of a moves file a desk would not take, a line each: told at the start, not in the middle of the music."""
    found: list[tuple[str, Refusal]] = []
    for move in moves:
        try:
            desk.accepted([(move.path, move.value)])
        except Refusal as fault:
            found.append((f"at {move.at_s:g} s: ", fault))
    return lines(found)


def lines(found: Sequence[tuple[str, Refusal]]) -> list[str]:
    """Refusals as people get them, each behind its place: the first few, and how many more there are."""
    return short([f"{place}{fault}" for place, fault in found])


def short(told_of: Sequence[str], most: int = TOLD_MAX) -> list[str]:
    """The first few lines, and how many more there are."""
    more = len(told_of) - most
    return [*told_of[:most], *([f"and {more} more like these"] if more > 0 else [])]


def by_kind(faults: Iterable[Refusal], each: bool = False, more: str = "") -> list[str]:
    """What a desk would not take: a line for each kind of strip and reason, or for each value.

    more: how to see them all.
    """
    kinds: dict[tuple[str, str], list[Refusal]] = {}
    for fault in faults:
        kinds.setdefault((fault.path if each else fault.path.split("/")[0], fault.reason), []).append(fault)
    told_of = []
    for (kind, reason), alike in kinds.items():
        patterns = {re.sub(r"(?<=/)[0-9]+(?=/|$)", "*", fault.path) for fault in alike}
        where = patterns.pop() if len(patterns) == 1 else f"{kind}/**"
        many = f"{len(alike)} values of {plain(where, 100)}: {plain(reason, 160)}; the first is "
        many += "; ".join(filter(None, (plain(alike[0].path, 100), more)))
        told_of.append(str(alike[0]) if len(alike) == 1 else many)
    return told_of
