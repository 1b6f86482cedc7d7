"""`studiod measure`: readings of sound files, as a table or as JSON."""

import argparse
import contextlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from studiod.measure import Reading, measure
from studiod.scene import FileFault

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


def show(found: dict[Path, Reading]) -> None:
    """A table, one row a file."""
    from rich.console import Console as Terminal
    from rich.markup import escape
    from rich.table import Table

    made = Table()
    made.add_column("file", overflow="fold")
    for heading, _ in COLUMNS.values():
        made.add_column(heading, justify="right")
    for path, reading in found.items():
        cells = [(reading[key], decimals) for key, (_, decimals) in COLUMNS.items()]
        made.add_row(
            escape(path.name),
            *("–" if value is None else f"{round(value, places) + 0.0:.{places}f}" for value, places in cells),
        )
    Terminal(width=None if sys.stdout.isatty() else 160).print(made)


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
            task = progress.add_task(escape(path.name), total=1.0)
            return lambda part: progress.update(task, completed=part)

        yield bar


def command(args: argparse.Namespace) -> int:
    """Measure as the command line says: the good files on stdout, the bad ones on stderr; the exit code."""
    found: dict[Path, Reading] = {}
    faults = []
    with bars() as bar:
        for path in args.file:
            try:
                found[path] = measure(path, bar(path))
            except FileFault as fault:
                faults.append(str(fault))
    if args.json:
        rows: list[dict[str, Any]] = [{"file": str(path), **reading} for path, reading in found.items()]
        print(json.dumps(rows))
    elif found:
        show(found)
    if faults:
        raise FileFault("\n".join(faults))
    return 0
