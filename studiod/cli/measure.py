"""`studiod measure`: readings of sound files, as a table or as JSON."""

import argparse
import contextlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from studiod.encoding import heard, name_of, say
from studiod.errors import FileFault
from studiod.files.folders import expanded
from studiod.metering.measure import Reading, measure

COLUMNS = {  # key: heading, decimals
    "integrated_lufs": ("integrated\nLUFS", 2),
    "short_term_max_lufs": ("short-term\nmax LUFS", 2),
    "momentary_max_lufs": ("momentary\nmax LUFS", 2),
    "lra_lu": ("range\nLU", 2),
    "true_peak_dbtp": ("true peak\ndBTP", 2),
    "sample_peak_dbfs": ("peak\ndBFS", 2),
    "plr_lu": ("PLR\nLU", 2),
    "dc": ("DC", 6),
    "correlation": ("correlation", 3),
}


LEAST_NAME = 16  # letters that a name keeps beside its figures; with less room each file has lines of its own
CELL = 34  # a figure with its name and unit, on such lines


def figures(reading: Reading) -> list[str]:
    """As they are printed; a dash where there is none."""
    shown = ((reading[key], places) for key, (_, places) in COLUMNS.items())
    return ["–" if value is None else f"{round(value, places) + 0.0:.{places}f}" for value, places in shown]


def shortened(name: str, room: int) -> str:
    """A name in so many letters: its middle goes, since beginnings and endings tell files apart."""
    if len(name) <= room:
        return name
    head = (room - 2) // 2
    return f"{name[:head]}..{name[len(name) - (room - 2 - head) :]}"


def labels(files: Iterable[Path]) -> dict[Path, str]:
    """A file's name; of files of one name their whole paths."""
    same = Counter(path.name for path in files)
    return {path: name_of(path if same[path.name] > 1 else path.name) for path in files}


def show(found: dict[Path, Reading]) -> None:
    """A table, one row a file, or lines of its own for each where the terminal is too narrow: no figure is ever cut."""
    from rich.console import Console as Terminal
    from rich.markup import escape
    from rich.table import Table

    terminal = Terminal(width=None if sys.stdout.isatty() else 160)
    rows = {path: figures(reading) for path, reading in found.items()}
    called = labels(found)
    headings = [heading.splitlines() for heading, _ in COLUMNS.values()]
    widths = [max(map(len, [*heading, *cells])) for heading, *cells in zip(headings, *rows.values(), strict=True)]
    room = terminal.width - sum(width + 3 for width in widths) - 4
    if room < LEAST_NAME:
        for path, cells in rows.items():
            terminal.print(escape(called[path]), highlight=False, soft_wrap=True)
            terminal.print(escape(block(cells, terminal.width)), highlight=False, soft_wrap=True)
        return
    made = Table()
    made.add_column("file", no_wrap=True)
    for (heading, _), width in zip(COLUMNS.values(), widths, strict=True):
        made.add_column(heading, justify="right", min_width=width)
    for path, cells in rows.items():
        made.add_row(escape(shortened(called[path], room)), *cells)
    terminal.print(made)


def block(cells: list[str], width: int) -> str:
    """One file's figures with their names, as many on a line as a width takes."""
    units = ["dBTP", "dBFS", "LUFS", "LU"]
    parts = []
    for (heading, _), cell in zip(COLUMNS.values(), cells, strict=True):
        words = heading.split()
        unit = words.pop() if words[-1] in units else ""
        parts.append(f"  {' '.join(words):<15} {cell:>9} {unit}".ljust(CELL))
    beside = max(width // CELL, 1)
    return "\n".join("".join(parts[k : k + beside]).rstrip() for k in range(0, len(parts), beside))


@contextlib.contextmanager
def bars() -> Iterator[Callable[[Path], Callable[[float], None]]]:
    """A progress bar for each file on a terminal; elsewhere nothing, and nothing to load for it."""
    if not sys.stderr.isatty():
        yield lambda _: lambda _: None
        return
    from rich.console import Console as Terminal
    from rich.markup import escape
    from rich.progress import Progress

    with Progress(console=Terminal(file=sys.stderr)) as progress:

        def bar(path: Path) -> Callable[[float], None]:
            task = progress.add_task(escape(name_of(path.name)), total=1.0)
            return lambda part: progress.update(task, completed=part)

        yield bar


def command(args: argparse.Namespace) -> int:
    """Measure as the command line says: the good files on stdout, the bad ones on stderr; the exit code."""
    found: dict[Path, Reading] = {}
    faults = []
    files, left = expanded(args.file)
    for line in left:
        say(line, sys.stderr)
    with bars() as bar:
        for path in files:
            try:
                found[path] = measure(path, bar(path))
            except FileFault as fault:
                faults.append(str(fault))
    if args.json:
        rows: list[dict[str, Any]] = [{"file": str(path), **reading} for path, reading in found.items()]
        say(json.dumps(rows))
    elif found:
        with heard():
            show(found)
    if faults:
        raise FileFault("\n".join(faults))
    return 0
