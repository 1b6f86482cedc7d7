"""Compiles the audio path into the cache, telling how far it is: a start after this one reaches sound at once."""

import contextlib
import re
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dsp.rt import COMPILED, cache_directory

LOOK_S = 0.5
LINE_S = 5.0  # between two lines, where there is no terminal for a bar
KINDS = 1.7  # pieces of machine code a function: it is compiled for each kind of its arguments; counted, 239 of 140
ROOT = Path(__file__).resolve().parent.parent


def stamp() -> Path:
    """Stands in the cache when all of it is compiled."""
    return cache_directory() / "warm"


def ready() -> None:
    """Compile what is not in the cache yet, telling so; nothing when all of it is."""
    if not stamp().exists():
        warm()


def expected() -> int:
    """About how many pieces the whole is."""
    sources = [file.read_text("utf-8") for pattern in COMPILED for file in ROOT.glob(pattern)]
    return round(KINDS * sum(len(re.findall(r"^@(?:rt|cfunc|standing)\b", text, re.MULTILINE)) for text in sources))


def pieces(folder: Path) -> tuple[int, str]:
    """How many pieces are in the cache, and the last one's name, such as strip.run."""
    made = []
    for file in folder.rglob("*.nbc"):
        with contextlib.suppress(OSError):  # written under another name first
            made.append((file.stat().st_mtime_ns, file.name.partition("-")[0]))
    return len(made), max(made, default=(0, ""))[1]


@contextlib.contextmanager
def telling() -> Iterator[None]:
    """Say how far the compile is by what turns up in the cache: a bar on a terminal, elsewhere a line now and then."""
    from rich.console import Console as Terminal
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    whole, over, terminal = expected(), threading.Event(), sys.stderr.isatty()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Terminal(file=sys.stderr), disable=not terminal) as progress:
        bar = progress.add_task("compiling the audio path", total=whole)

        def look() -> None:
            said_s = time.monotonic()
            while not over.wait(LOOK_S):
                count, last = pieces(cache_directory())
                done = min(count, whole - 1)  # the whole is an estimate; the end is told by the end
                progress.update(bar, completed=done, description=f"compiled {last:<20}")
                if not terminal and time.monotonic() - said_s >= LINE_S:
                    said_s = time.monotonic()
                    print(f"compiled {count} of about {whole} pieces, the last {last}", file=sys.stderr, flush=True)

        if not terminal:
            print("compiling the audio path, a minute or two the first time", file=sys.stderr, flush=True)
        watch = threading.Thread(target=look, name="compile-progress", daemon=True)
        watch.start()
        try:
            yield
            over.set()
            watch.join()
            progress.update(bar, completed=whole, description=f"compiled, in {cache_directory()}")
        finally:
            over.set()


def warm() -> float:
    """Compile what is not in the cache; the seconds it took."""
    began = time.monotonic()
    with telling():
        from studiod.params import Console
        from studiod.render import Offline

        offline = Offline(Console(2, 2, 1, 1), {"meter/rta": "input/1"})
        offline.run(np.full((4800, 2), 0.1, np.float32))
        offline.engine.gauges.analyser.step()
        from studiod.clock import Clock

        Clock(offline.rack, 64).stop()
        import studiod.card  # noqa: F401  (its callback compiles on import)

        stamp().touch()
    return time.monotonic() - began
