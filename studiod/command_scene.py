"""`studiod scene …`: the scenes of a running daemon, over OSC."""

import argparse
import json
import socket
import sys
from collections.abc import Callable, Iterator
from typing import Any

from pythonosc import osc_packet

from studiod.laws import shown
from studiod.scene import parse_scene, read_text
from studiod.scene_files import PART
from studiod.talk import PATIENCE_S, TalkFault, heard, packet

TRIES = 3  # of a part of a text: a network loses some
Line = list[Any]  # an address without its "/", and values


class Link:
    """Asks a daemon and hears its answers."""

    def __init__(self, host: str, port: int) -> None:
        self.place = f"{host}:{port}"
        self.wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.wire.settimeout(PATIENCE_S)
        try:
            self.wire.connect((host, port))
        except (OSError, OverflowError):
            self.wire.close()
            raise self._silence() from None

    def _silence(self) -> TalkFault:
        return TalkFault(f"no answer from {self.place}; is studiod running there? start it, or name --host and --port")

    def ask(self, word: str, *args: int | float | str, end: str = "", tries: int = 1) -> Iterator[Line]:
        """Say a word; the lines of its answer, up to the one named end (rest: the word).  Raises TalkFault."""
        order = packet(f"/{word}", *args)
        for left in reversed(range(tries)):
            try:
                self.wire.send(order)
                yield from self._answer(word, end or word)
                return
            except OSError:
                if not left:
                    raise self._silence() from None

    def _answer(self, word: str, end: str) -> Iterator[Line]:
        while True:
            for _, message in osc_packet.OscPacket(self.wire.recv(65536)).messages:
                name = message.address.lstrip("/")
                if name == "error":
                    raise TalkFault(str(message.params[-1]))
                if name.startswith(word):
                    yield [name, *heard(message)]
                if name == end:
                    return


def command(args: argparse.Namespace) -> int:
    """Carry one out; the exit code."""
    link = Link(args.host, args.port)
    with link.wire:
        told, data = DEEDS[args.what](link, args)
    text = json.dumps(data) if args.json else told
    if text:
        print(text)
    return 0


Told = tuple[str, object]  # for people, for programs


def _list(link: Link, args: argparse.Namespace) -> Told:
    lines = [line[1:] for line in link.ask("scene/list", end="scene/list/end")][:-1]
    told = [f"{name}  {saved}  {count} values{'  ' if scope else ''}{scope}" for name, saved, scope, count in lines]
    return "\n".join(told), [dict(zip(("name", "saved", "scope", "count"), line, strict=True)) for line in lines]


def _store(link: Link, args: argparse.Namespace) -> Told:
    (line,) = link.ask("scene/store", args.name, args.scope)
    return f"{args.name}: {line[2]} values", {"name": args.name, "count": line[2]}


def _recall(link: Link, args: argparse.Namespace) -> Told:
    (line,) = link.ask("scene/recall", args.name, args.fade, args.scope, int(args.safe))
    _, name, changed, left = line
    told = f"{name}: {changed} values {'begin to fade' if args.fade else 'changed'}"
    return told + (f", {left} left as they are" if left else ""), {"name": name, "changed": changed, "left": left}


def _rename(link: Link, args: argparse.Namespace) -> Told:
    list(link.ask("scene/rename", args.name, args.new))
    return "", {"name": args.new}


def _delete(link: Link, args: argparse.Namespace) -> Told:
    list(link.ask("scene/delete", args.name))
    return "", {"name": args.name}


def _diff(link: Link, args: argparse.Namespace) -> Told:
    lines = [line[1:] for line in link.ask("scene/diff", args.name, *args.other, end="scene/diff/end")][:-1]
    told = [f"{path}  {_shown(there)}  {_shown(here)}" for path, there, here in lines]
    return "\n".join(told), {path: [there, here] for path, there, here in lines}


def _shown(value: object) -> str:
    return "-" if value == "" else shown(value) if isinstance(value, float) else str(value)


def _export(link: Link, args: argparse.Namespace) -> Told:
    part, parts, text = 1, 1, ""
    while part <= parts:
        for line in link.ask("scene/export", args.name, part, tries=TRIES):
            if line[2] == part:
                parts, text, part = line[3], text + line[4], part + 1
    if not args.output:
        return text.rstrip("\n"), {"name": args.name, "toml": text}
    try:
        args.output.write_text(text, encoding="utf-8")
    except OSError as fault:
        raise TalkFault(f"{args.output}: cannot be written: {fault.strerror}; name another file with -o") from None
    return str(args.output), {"name": args.name, "file": str(args.output)}


def _import(link: Link, args: argparse.Namespace) -> Told:
    text = read_text(args.file, "scene")
    parse_scene(text, str(args.file))
    parts = [text[at : at + PART] for at in range(0, len(text), PART)]
    kept: list[str] = []
    for part, words in enumerate(parts, 1):
        last = part == len(parts)
        end = "scene/import/end" if last else "scene/import"
        lines = list(link.ask("scene/import", args.name, part, len(parts), words, end=end, tries=TRIES))
        kept = [line[1] for line in lines if line[0] == "scene/import/kept"]
    _, name, count, strange = lines[-1]
    for line in kept:
        print(f"{args.file}: {line}", file=sys.stderr)
    told = f"{name}: {count} values" + (f", {strange} of them not of this console" if strange else "")
    return told, {"name": name, "count": count, "strange": strange}


DEEDS: dict[str, Callable[[Link, argparse.Namespace], Told]] = {
    "list": _list, "store": _store, "recall": _recall, "rename": _rename, "delete": _delete, "diff": _diff,
    "export": _export, "import": _import,
}  # fmt: skip
