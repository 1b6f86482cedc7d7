"""`studiod params`, the manual: pages for a terminal, a line a path for a pipe, JSON for programs."""

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from studiod.encoding import say


def add(command: Callable[..., argparse.ArgumentParser]) -> None:
    """The command; command makes one."""
    params = command(
        "params", "the manual: every path, unit, range, default and NRPN number", _params, "params --search ratio"
    )
    params.add_argument(
        "pattern", metavar="PATTERN", nargs="?", help="'ch/1/eq/*': these, and what is below (default: all)"
    )
    params.add_argument("--search", metavar="WORD", help="only what has it in its path or in its text")
    params.add_argument("--json", action="store_true", help="one object a path")
    params.add_argument("--config", type=Path, metavar="F", help="settings, for the size of the console")


def _params(args: argparse.Namespace) -> int:
    from studiod.registry.manual import as_json, as_text, chosen, having
    from studiod.registry.manual_pages import pages
    from studiod.registry.registry import Console, Registry
    from studiod.settings.schema import Settings, load

    size = load(args.config).console if args.config else Settings().console
    params = chosen(Registry(Console(**size.model_dump())), args.pattern)
    if args.search is not None:
        params = having(params, args.search)
    if args.json:
        say(as_json(params))
    elif sys.stdout.isatty():
        say(pages(params, shutil.get_terminal_size().columns))
    else:  # for grep and the like
        say(as_text(params))
    return 0
