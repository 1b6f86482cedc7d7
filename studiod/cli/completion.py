"""What a shell offers after TAB, where argcomplete is installed: commands and options, paths, values, meter banks."""

import argparse
import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from studiod.registry.registry import Registry

Offer = Callable[..., Iterable[str]]  # what stands before the cursor, what is parsed so far → what may stand there


def complete(parser: argparse.ArgumentParser) -> None:
    """Answer the shell and end, if it is the shell that asks; else nothing."""
    if "_ARGCOMPLETE" not in os.environ:
        return
    try:
        import argcomplete
    except ImportError:  # it is no dependency
        return
    offer(parser)
    argcomplete.autocomplete(parser, always_complete_options=False, validator=lambda *_: True)


def offer(parser: argparse.ArgumentParser) -> None:
    """Say for each argument of a parser, and of those below it, what may stand there."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                offer(below)
        elif action.dest in OFFERS:
            action.completer = OFFERS[action.dest]  # type: ignore[attr-defined]


def _registry() -> "Registry":
    from studiod.registry.registry import Console, Registry
    from studiod.settings.schema import Settings

    return Registry(Console(**Settings().console.model_dump()))


def paths(prefix: str, **_: object) -> list[str]:
    """The next part of every path of the default console that begins like that; "/" where more follows."""
    head = prefix.rpartition("/")[0]
    node = _registry().root
    for part in head.split("/") if head else ():
        below = node.kids.get(part)
        if below is None:
            return []
        node = below
    before = f"{head}/" if head else ""
    found = [before + name + ("/" if kid.kids else "") for name, kid in node.kids.items()]
    return [path for path in found if path.startswith(prefix)]


def values(prefix: str, parsed_args: argparse.Namespace, **_: object) -> list[str]:
    """What a list, a point or a switch takes."""
    param = _registry().params.get(parsed_args.path)
    items = () if param is None else ("on", "off") if param.kind == "switch" else param.items
    return [item for item in items if item.startswith(prefix)]


def words(prefix: str, parsed_args: argparse.Namespace, **_: object) -> list[str]:
    """What the desk can be told to do, or what `take` and `preset` go on with; paths for `copy`."""
    from studiod.cli.talk_words import DOES

    if parsed_args.command == "copy":
        return paths(prefix)
    head = "" if parsed_args.command == "do" else f"{parsed_args.command}/"
    known = [] if parsed_args.words else [word.removeprefix(head) for word in DOES if word.startswith(head)]
    return sorted(word for word in known if word.startswith(prefix))


def banks(prefix: str, **_: object) -> list[str]:
    from studiod.registry.meter_banks import BANKS

    return [bank for bank in BANKS if bank.startswith(prefix)]


OFFERS: dict[str, Offer] = {"path": paths, "pattern": paths, "value": values, "words": words, "bank": banks}
