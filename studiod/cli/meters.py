"""`studiod meters`: a bank of a running daemon's meters, as bars on a terminal, elsewhere a line a frame."""

import argparse
import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

from studiod.client.client import meters, values
from studiod.client.lines import Link
from studiod.encoding import say
from studiod.errors import Fault
from studiod.registry.meter_banks import SPAN, Name, names
from studiod.texts import plain

LOW_HZ, HIGH_HZ = 1.0, 50.0
BAR = 30  # characters
CALLED_MAX = 16  # characters of a strip's own name


def command(args: argparse.Namespace) -> int:
    """Show frames until Ctrl-C, or one; 0.  Raises Fault."""
    if not LOW_HZ <= args.hz <= HIGH_HZ:
        raise Fault(f"--hz: expected a rate from {LOW_HZ:g} to {HIGH_HZ:g} Hz; got {args.hz:g}")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts it with & has SIGINT ignored
    with Link(args.host, args.port) as link:
        ((_, *told),) = link.ask("info")
    sizes = {str(name): _number(str(value)) for name, value in zip(told[::2], told[1::2], strict=False)}
    frames = meters(args.host, args.port, args.bank, args.hz)
    with contextlib.suppress(KeyboardInterrupt), contextlib.closing(frames), screen(args) as show:
        for count, heard in enumerate(frames):
            if args.once and not count:
                continue  # the first is the last 10 ms only
            show(names(plain(args.bank, 40), len(heard), sizes), heard)
            if args.once:
                break
    return 0


def _number(text: str) -> int:
    """What a daemon says of its size; 0 when that is no number."""
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def called(args: argparse.Namespace) -> dict[str, str]:
    """What people call the strips, as it stands now.  Raises TalkFault."""
    return {path.removesuffix("/name"): str(name) for path, name in values(args.host, args.port, "//name").items()}


def labelled(named: list[Name], own: dict[str, str]) -> list[Name]:
    """The names of a bank's values, each with what people call its strip."""
    strips = [("/".join(name.split("/")[:2]), name, unit) for name, unit in named]
    return [(f"{name} {plain(own.get(strip, ''), CALLED_MAX)}".rstrip(), unit) for strip, name, unit in strips]


@contextlib.contextmanager
def screen(args: argparse.Namespace) -> Iterator[Callable[[list[Name], list[float]], None]]:
    """The way out: bars on a terminal, lines elsewhere."""
    if args.json or args.once or not sys.stdout.isatty():
        yield lambda named, heard: say(line(args.bank, named, heard, args.json))
        return
    from rich.console import Console as Terminal
    from rich.live import Live

    terminal, own = Terminal(), called(args)
    with Live(console=terminal, auto_refresh=False, screen=False, vertical_overflow="crop") as live:
        yield lambda named, heard: live.update(picture(labelled(named, own), heard, terminal.height - 1), refresh=True)


def line(bank: str, named: list[Name], heard: list[float], as_json: bool) -> str:
    """One frame: `main peak_l -12.3 …`, or {bank: {name: value}}."""
    if as_json:
        return json.dumps({bank: {name: value for (name, _), value in zip(named, heard, strict=True)}})
    return " ".join([plain(bank, 40), *(f"{name} {value:.1f}" for (name, _), value in zip(named, heard, strict=True))])


def picture(named: list[Name], heard: list[float], height: int) -> Any:
    """Names, bars and figures below one another, in as many columns as the height asks for."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text

    columns = max(-(-len(named) // max(height, 1)), 1)
    rows = -(-len(named) // columns)
    table = Table.grid(padding=(0, 1))
    for _ in range(columns):
        table.add_column(no_wrap=True)
        table.add_column(width=max(BAR // columns, 4))
        table.add_column(justify="right", no_wrap=True)
    cells = [
        (Text(name), ProgressBar(1.0, part(value, unit), width=max(BAR // columns, 4)), f"{value:.1f} {unit}".rstrip())
        for (name, unit), value in zip(named, heard, strict=True)
    ]
    for row in range(rows):
        table.add_row(*(piece for cell in cells[row::rows] for piece in cell))
    return table


def part(value: float, unit: str) -> float:
    """How far a value is up its scale, 0 to 1."""
    low, high = SPAN[unit]
    return min(max((value - low) / (high - low), 0.0), 1.0)
