"""`studiod meters`: a bank of a running daemon's meters, as bars on a terminal, elsewhere a line a frame."""

import argparse
import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

from studiod.command_scene import Link
from studiod.fault import Fault
from studiod.talk import meters

LOW_HZ, HIGH_HZ = 1.0, 50.0
MAIN = (
    ("peak_l", "dBFS"), ("peak_r", "dBFS"), ("rms_l", "dBFS"), ("rms_r", "dBFS"),
    ("momentary", "LUFS"), ("short_term", "LUFS"), ("integrated", "LUFS"), ("range", "LU"),
    ("true_peak_l", "dBTP"), ("true_peak_r", "dBTP"), ("correlation", ""), ("limiter", "dB"),
)  # fmt: skip
SPAN = {"dBFS": (-60.0, 0.0), "dBTP": (-60.0, 0.0), "LUFS": (-60.0, 0.0), "LU": (0.0, 20.0), "": (-1.0, 1.0)}
SPAN["dB"] = (0.0, 20.0)  # taken away
THIRDS_HZ = (20.0, 25.0, 31.5, 40.0, 50.0, 63.0, 80.0, 100.0, 125.0, 160.0)  # nominal, then tenfold: IEC 61260-1:2014
BAR = 30  # characters
Name = tuple[str, str]  # and its unit


def command(args: argparse.Namespace) -> int:
    """Show frames until Ctrl-C, or one; 0.  Raises Fault."""
    if not LOW_HZ <= args.hz <= HIGH_HZ:
        raise Fault(f"--hz: expected a rate from {LOW_HZ:g} to {HIGH_HZ:g} Hz; got {args.hz:g}")
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell that starts it with & has SIGINT ignored
    link = Link(args.host, args.port)
    with link.wire:
        ((_, *told),) = link.ask("info")
    console = dict(zip(told[::2], told[1::2], strict=True))
    frames = meters(args.host, args.port, args.bank, args.hz)
    with contextlib.suppress(KeyboardInterrupt), contextlib.closing(frames), screen(args) as show:
        for count, values in enumerate(frames):
            if args.once and not count:
                continue  # the first is the last 10 ms only
            show(names(args.bank, len(values), console), values)
            if args.once:
                break
    return 0


def names(bank: str, count: int, console: dict[str, str]) -> list[Name]:
    """What each value of a bank is called, and its unit.  Gates and compressors: the dB that they take away."""
    if bank == "main":
        return [*MAIN, *((str(n), "") for n in range(len(MAIN) + 1, count + 1))][:count]
    if bank == "rta":
        return [(third(n), "dBFS") for n in range(1, count + 1)]
    if bank == "return":
        return [(f"return/{n // 2 + 1}/{'lr'[n % 2]}", "dBFS") for n in range(count)]
    if bank == "gate":
        return [(f"ch/{n}", "dB") for n in range(1, count + 1)]
    if bank == "comp":
        channels, buses = int(console.get("channels", 0)), int(console.get("buses", 0))
        strips = [f"ch/{n}" for n in range(1, channels + 1)] + [f"bus/{n}" for n in range(1, buses + 1)]
        strips += [f"matrix/{n}" for n in range(1, count - len(strips))] + ["main"]
        return [(name, "dB") for name in strips[:count]]
    return [(f"{bank}/{n}", "dBFS") for n in range(1, count + 1)]


def third(number: int) -> str:
    """The nominal frequency of a third-octave, counted from 1 at 20 Hz, in Hz."""
    decade, place = divmod(number - 1, 10)
    value = THIRDS_HZ[place] * 10**decade
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"


@contextlib.contextmanager
def screen(args: argparse.Namespace) -> Iterator[Callable[[list[Name], list[float]], None]]:
    """The way out: bars on a terminal, lines elsewhere."""
    if args.json or args.once or not sys.stdout.isatty():
        yield lambda named, values: print(line(args.bank, named, values, args.json), flush=True)
        return
    from rich.console import Console as Terminal
    from rich.live import Live

    terminal = Terminal()
    with Live(console=terminal, auto_refresh=False, screen=False, vertical_overflow="crop") as live:
        yield lambda named, values: live.update(picture(named, values, terminal.height - 1), refresh=True)


def line(bank: str, named: list[Name], values: list[float], as_json: bool) -> str:
    """One frame: `main peak_l -12.3 …`, or {bank: {name: value}}."""
    if as_json:
        return json.dumps({bank: {name: value for (name, _), value in zip(named, values, strict=True)}})
    return " ".join([bank, *(f"{name} {value:.1f}" for (name, _), value in zip(named, values, strict=True))])


def picture(named: list[Name], values: list[float], height: int) -> Any:
    """Names, bars and figures below one another, in as many columns as the height asks for."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    columns = -(-len(named) // max(height, 1))
    rows = -(-len(named) // columns)
    table = Table.grid(padding=(0, 1))
    for _ in range(columns):
        table.add_column(no_wrap=True)
        table.add_column(width=max(BAR // columns, 4))
        table.add_column(justify="right", no_wrap=True)
    cells = [
        (name, ProgressBar(1.0, part(value, unit), width=max(BAR // columns, 4)), f"{value:.1f} {unit}".rstrip())
        for (name, unit), value in zip(named, values, strict=True)
    ]
    for row in range(rows):
        table.add_row(*(piece for cell in cells[row::rows] for piece in cell))
    return table


def part(value: float, unit: str) -> float:
    """How far a value is up its scale, 0 to 1."""
    low, high = SPAN[unit]
    return min(max((value - low) / (high - low), 0.0), 1.0)
