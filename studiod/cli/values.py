"""`studiod get`, `set` and `watch`: values of a running daemon, one of them or all that a pattern names."""

import argparse
import contextlib
import json
import re
import signal
from collections.abc import Mapping
from functools import cache

from studiod.client.client import TalkFault, addressed, ask, change, values, watch
from studiod.encoding import say
from studiod.registry.pattern import is_pattern
from studiod.registry.registry import Console, Registry
from studiod.registry.roles import COMMANDS, LEADS
from studiod.texts import plain

PATH_MAX = 200  # characters of a path that is shown
ONE_OF_EACH = Console(1, 1, 2, 1, 48_000, 1, 1, 1, 1)  # two channels: a pair has parameters of its own


def get(args: argparse.Namespace) -> int:
    """Print a value, or each that a pattern names; 0.  Raises TalkFault."""
    _no_command(args.path, asked=True)
    if _many(args.path):
        return _list(values(args.host, args.port, args.path), args.json)
    return _one(args.path, ask(args.host, args.port, args.path), args.json)


def set_(args: argparse.Namespace) -> int:
    """Set a value, or each that a pattern names; print what stands then; 0.  Raises TalkFault: nothing is changed."""
    _no_command(args.path)
    change(args.host, args.port, args.path, args.value)
    lead, _, rest = addressed(args.path)[1:].partition("/")
    path = rest if lead in LEADS else args.path
    if _many(path):
        return _list(values(args.host, args.port, path), args.json)
    now = ask(args.host, args.port, path)
    return _list({path: now}, args.json) if path is rest else _one(path, now, args.json)


def watch_(args: argparse.Namespace) -> int:
    """Print values and changes until Ctrl-C, or what is now; 0.  Raises TalkFault."""
    if args.once:
        found = values(args.host, args.port, args.pattern)
        for path, value in found.items():
            say(json.dumps({path: value}) if args.json else line(path, value))
        return 0
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts it with & has SIGINT ignored
    news = watch(args.host, args.port, args.pattern, args.changes)
    with contextlib.suppress(KeyboardInterrupt), contextlib.closing(news):
        for path, value in news:
            say(json.dumps({path: value}) if args.json else line(path, value))
    return 0


def line(path: str, value: object) -> str:
    """`ch/1/fader -6.0 dB`."""
    return f"{plain(path, PATH_MAX)} {plain(str(value))} {unit(path)}".rstrip()


def unit(path: str) -> str:
    """The unit of a path, "" for none, and for what this version does not know.  A position under turn/ has none."""
    param = _registry().params.get(re.sub(r"(?<=/)[0-9]+(?=/|$)", "1", path))
    return param.unit if param is not None else ""


@cache
def _registry() -> Registry:
    return Registry(ONE_OF_EACH)


def _many(path: str) -> bool:
    return is_pattern(addressed(path)[1:])


def _one(path: str, value: object, as_json: bool) -> int:
    """The value alone: a script reads it."""
    say(json.dumps({path: value}) if as_json else plain(str(value)))
    return 0


def _list(found: Mapping[str, object], as_json: bool) -> int:
    lines = [line(path, value) for path, value in found.items()]
    say(json.dumps(found) if as_json else "\n".join(lines))
    return 0


def _no_command(path: str, asked: bool = False) -> None:
    """Raises TalkFault on what is done, and neither asked nor set: a question changes nothing."""
    parts = addressed(path)[1:].split("/")
    if asked and parts[0] in LEADS[1:]:
        raise TalkFault(f"{plain(path, PATH_MAX)}: a way to set; ask for {plain('/'.join(parts[1:]), PATH_MAX)}")
    for word in ("/".join(parts[:depth]) for depth in range(1, len(parts) + 1)):
        if word in COMMANDS and not any(known.startswith(f"{word}/") for known in _registry().params):
            told = f"{plain(path, PATH_MAX)}: a command, not a value"
            raise TalkFault(f"{told}; expected a path such as ch/1/fader; `studiod do {word}` does it")
