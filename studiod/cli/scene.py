"""`studiod scene …`: the scenes of a running daemon, over OSC."""

import argparse
import json
import sys
from collections.abc import Callable
from typing import Any

from studiod.cli import scene_x32
from studiod.client.client import TalkFault
from studiod.client.lines import Line, Link
from studiod.encoding import say
from studiod.memory.scene_format import parse_scene, read_text
from studiod.memory.scene_transfer import cut
from studiod.registry.laws import shown
from studiod.texts import plain

TRIES = 3  # of a part of a text: a network loses some
REASON_MAX = 100  # characters
NO_SCENES = "no scene is stored; `studiod scene store NAME` makes one"
PARTS_MAX = 10_000  # of what is exported


def command(args: argparse.Namespace) -> int:
    """Carry one out; the exit code.  Raises TalkFault."""
    if getattr(args, "x32", None) is not None or (args.what == "import" and scene_x32.is_console_file(args.file)):
        return scene_x32.command(args)
    if args.what == "export" and args.name is None:
        raise TalkFault("scene export: no scene is named; `studiod scene list` says which there are")
    with Link(args.host, args.port) as link:
        told, data = DEEDS[args.what](link, args)
    text = json.dumps(data) if args.json else told
    if text:
        say(text)
    elif args.what == "list":
        say(NO_SCENES, sys.stderr)  # a pipe gets no line that is none
    return 0


Told = tuple[str, object]  # for people, for programs


def _list(link: Link, args: argparse.Namespace) -> Told:
    lines = [line[1:6] for line in link.ask("scene/list", end="scene/list/end")][:-1]
    told = [
        f"{plain(name)}  {number or '-'}  {plain(saved, 40)}  {count} values{'  ' if scope else ''}{plain(scope)}"
        for name, saved, scope, count, number in lines
    ]
    keys = ("name", "saved", "scope", "count", "number")
    return "\n".join(told), [dict(zip(keys, line, strict=True)) for line in lines]


def _store(link: Link, args: argparse.Namespace) -> Told:
    (line,) = link.ask("scene/store", args.name, args.scope)
    data = {"name": line[1], "count": line[2]}
    return f"{plain(line[1])}: {line[2]} values{_former(line[3:])}", data | _kept(line[3:])


def _former(more: list[Any]) -> str:
    """Where what was stored over is now, when the daemon kept it."""
    return f"; what it held before is now {plain(str(more[0]))}" if more else ""


def _kept(more: list[Any]) -> dict[str, object]:
    return {"former": more[0]} if more else {}


def _recall(link: Link, args: argparse.Namespace) -> Told:
    (line,) = link.ask("scene/recall", args.name, args.fade, args.scope, int(args.safe))
    name, changed, left = line[1:4]
    told = f"{plain(name)}: {changed} values {'begin to fade' if args.fade else 'changed'}"
    return told + (f", {left} left as they are" if left else ""), {"name": name, "changed": changed, "left": left}


def _rename(link: Link, args: argparse.Namespace) -> Told:
    (line,) = link.ask("scene/rename", args.name, args.new)
    return f"{plain(line[1])}: now {plain(line[2])}", {"name": args.new}


def _delete(link: Link, args: argparse.Namespace) -> Told:
    (line,) = link.ask("scene/delete", args.name)
    return f"{plain(line[1])}: deleted", {"name": args.name}


def _diff(link: Link, args: argparse.Namespace) -> Told:
    lines = [line[1:4] for line in link.ask("scene/diff", args.name, *args.other, end="scene/diff/end")][:-1]
    told = [f"{plain(path)}  {_shown(there)}  {_shown(here)}" for path, there, here in lines]
    return "\n".join(told), {path: [there, here] for path, there, here in lines}


def _shown(value: object) -> str:
    return "-" if value == "" else shown(value) if isinstance(value, float) else plain(str(value))


def _export(link: Link, args: argparse.Namespace) -> Told:
    part, parts, text = 1, 1, ""
    while part <= parts:
        (line,) = link.ask("scene/export", args.name, part, tries=TRIES, fits=_of(part))
        parts, text, part = line[3], text + line[4], part + 1
        if parts > PARTS_MAX:
            raise link.wrong(f"a scene in more than {PARTS_MAX} parts")
    if not args.output:
        return text.rstrip("\n"), {"name": args.name, "toml": text}
    try:
        args.output.write_text(text, encoding="utf-8")
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or "no file can have that name"
        raise TalkFault(f"{args.output}: cannot be written: {why}; name another file with -o") from None
    return str(args.output), {"name": args.name, "file": str(args.output)}


def _of(part: int) -> Callable[[Line], bool]:
    """Whether a line is of that part, and not a late one of the part before."""
    return lambda line: line[0] not in ("scene/export", "scene/import") or line[2] == part


def _import(link: Link, args: argparse.Namespace) -> Told:
    text = read_text(args.file, "scene")
    parse_scene(text, str(args.file))
    parts = cut(text)
    lines: list[list[Any]] = []
    for part, words in enumerate(parts, 1):
        end = "scene/import/end" if part == len(parts) else "scene/import"
        lines = link.ask("scene/import", args.name, part, len(parts), words, end=end, tries=TRIES, fits=_of(part))
    _, name, count, strange, *more = lines[-1]
    counted = [line for line in lines if line[0] == "scene/import/kinds"]
    for line in lines:
        if line[0] == "scene/import/kept":
            say(f"{args.file}: {plain(line[1])}", sys.stderr)
    kinds = {plain(reason, REASON_MAX): many for _, reason, many, *_ in counted}
    told = f"{plain(name)}: {count} values"
    if strange:
        told += f"; not as this console has them: {', '.join(f'{many} {reason}' for reason, many in kinds.items())}"
    return told + _former(more), {"name": name, "count": count, "strange": strange, "kinds": kinds} | _kept(more)


DEEDS: dict[str, Callable[[Link, argparse.Namespace], Told]] = {
    "list": _list, "store": _store, "recall": _recall, "rename": _rename, "delete": _delete, "diff": _diff,
    "export": _export, "import": _import,
}  # fmt: skip
