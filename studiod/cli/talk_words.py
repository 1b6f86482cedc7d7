"""The words of the commands that talk to a running daemon, on the command line; what they do is read in when it is
wanted."""

import argparse
from collections.abc import Callable, Iterable
from typing import Any

from studiod.cli import scene_words, whereabouts
from studiod.registry.command import Command
from studiod.registry.commands import WORDS
from studiod.registry.meter_banks import BANKS

TOKEN_ROLE, TOKEN_HOURS = "mix", 24.0
Made = Callable[..., argparse.ArgumentParser]  # name, what it does, its job, an example
DOES = [word for word, one in WORDS.items() if not one.own]  # to the desk
# name, what it does, an example, the words before those that are given, how many these are
TOLD: tuple[tuple[str, str, str, list[str], str], ...] = (
    ("do", "have a running daemon carry out a command", "do cue/next", [], "+"),
    ("undo", "take back the last change that these commands made", "undo", ["undo"], "*"),
    ("redo", "make it again", "redo", ["redo"], "*"),
    ("log", "who changed what, the last of it last", "log 20", ["log"], "*"),
    ("copy", "copy a strip, or a part of it, to another", "copy ch/9 ch/3 eq", ["copy"], "+"),
    ("preset", "store, recall, list or delete what a strip sounds like", "preset store Warm ch/9/eq", ["preset"], "+"),
    ("take", "list, load, open or delete recordings", "take load 1", ["take"], "+"),
)


def add(command: Made) -> None:
    """All of them; command makes one."""
    get = command("get", "ask a running daemon for a value, or for each that a pattern names", _get, "get 'ch/*/fader'")
    set_ = command(
        "set", "set a value of a running daemon, or each that a pattern names: all of it or nothing", _set,
        "set ch/1/fader -6; also set 'ch/[1-3]/mute' 1, set toggle/ch/1/mute 1, set by/ch/1/fader -2.5",
    )  # fmt: skip
    for one in (get, set_):
        one.add_argument("path", metavar="PATH", help="ch/1/fader: its value alone; 'ch/*/fader': a line each")
    set_.add_argument(
        "value", metavar="VALUE", nargs="+", help="-6; -oo; 1k2; 1 or 0, on or off for a switch; post_fader"
    )
    watch = command(
        "watch", "print values of a running daemon, and every change, until Ctrl-C", _watch, "watch 'ch/*/fader'"
    )
    watch.add_argument("pattern", metavar="PATTERN", nargs="?", default="/**", help="'ch/*/fader' (default: all)")
    part = watch.add_mutually_exclusive_group()
    part.add_argument("--once", action="store_true", help="what is now, then end")
    part.add_argument("--changes", action="store_true", help="only what changes from now on")
    for one in (get, set_, watch):
        place(one, "print {path: value}")
    meters = command("meters", "show the meters of a running daemon, until Ctrl-C", _meters, "meters ch --once")
    meters.add_argument("bank", metavar="BANK", nargs="?", default="main", help=f"{', '.join(BANKS)} (default: main)")
    meters.add_argument("--hz", type=float, default=10.0, help="frames a second, 1 to 50 (default: 10)")
    meters.add_argument("--once", action="store_true", help="one frame, then end")
    place(meters, "print each frame as {bank: {name: value}}")
    scene = command(
        "scene", "store, recall and compare the scenes of a running daemon", _scene, "scene recall Verse --fade 3"
    )
    place(scene, "print it as JSON")
    scene_words.add(scene, lambda one: place(one, "print it as JSON", again=True))
    _add_join(command)
    for name, about, example, before, many in TOLD:
        told = command(name, about, _do, example)
        below = [word for word in DOES if word.startswith(f"{name}/") or name == "do"]
        takes = "the command, and its words" if below else "what it takes, as over OSC"
        told.add_argument("words", metavar="WORD", nargs=many, help=takes)
        told.formatter_class = argparse.RawDescriptionHelpFormatter
        told.description = f"{told.description}\n\n{listed(WORDS[word] for word in below or before)}"
        told.set_defaults(before=before)
        place(told, "print the lines of the answer as lists")


def _add_join(command: Made) -> None:
    join = command(
        "join", "let a tablet in: a QR code and an address with a token, from a running daemon", _join,
        "join bus:3 --name Anna; also join --list, join --revoke Anna",
    )  # fmt: skip
    told = f"view, bus:N, mix or admin: what it may (default: {TOKEN_ROLE}); whoever has the code or the address has it"
    join.add_argument("role", metavar="ROLE", nargs="?", help=told)
    join.add_argument("--name", metavar="N", help='whose it is (default: "tablet 1", "tablet 2" …)')
    join.add_argument("--hours", metavar="H", type=float, help=f"for how long (default: {TOKEN_HOURS:g})")
    what = join.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="every token that was given, without its secret")
    what.add_argument("--revoke", metavar="NAME", help="end a token, by name or id, and every connection made with it")
    place(join, "print it as JSON, with the QR codes as SVG")


def listed(commands: Iterable[Command]) -> str:
    """A command a line: what it takes, and what it does; what comes back is in docs/osc.md."""
    told = [(f"{one.name} {one.usage}".rstrip(), one.about) for one in commands]
    wide = max(len(usage) for usage, _ in told)
    return "\n".join(f"  {usage:<{wide}}  {about}" for usage, about in told)


def place(talk: argparse.ArgumentParser, json_help: str, again: bool = False) -> None:
    """Where the daemon is, and how to print.  again: behind a word of a command that takes them before it too."""
    absent: dict[str, Any] = {"default": argparse.SUPPRESS} if again else {}
    whereabouts.add(talk)
    talk.add_argument("--json", action="store_true", help=json_help, **absent)


def _get(args: argparse.Namespace) -> int:
    from studiod.cli.values import get

    return get(args)


def _set(args: argparse.Namespace) -> int:
    from studiod.cli.values import set_

    args.value = " ".join(args.value)
    return set_(args)


def _watch(args: argparse.Namespace) -> int:
    from studiod.cli.values import watch_

    return watch_(args)


def _meters(args: argparse.Namespace) -> int:
    from studiod.cli.meters import command

    return command(args)


def _scene(args: argparse.Namespace) -> int:
    from studiod.cli.scene import command

    return command(args)


def _join(args: argparse.Namespace) -> int:
    from studiod.cli.join import command

    return command(args)


def _do(args: argparse.Namespace) -> int:
    from studiod.cli.do import command

    return command(args)
