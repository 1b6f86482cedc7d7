"""Compiles the audio path into the cache, telling how far it is: a start after this one reaches sound at once."""

import contextlib
import hashlib
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dsp.core.rt import ROOT, cache_directory, compiled

LOOK_S = 0.5
LINE_S = 5.0  # between two lines, where there is no terminal for a bar
LAST_S = 1.0  # for the last line or the bar's end to be written
KINDS = 1.7  # pieces of machine code a function: it is compiled for each kind of its arguments; counted, 239 of 140


def stamp(root: Path = ROOT) -> Path:
    """Stands in the cache when all of it is compiled for these files; how many pieces, where the folder was empty.

    numba keeps machine code by a file's path and the time it was written: another checkout, or files that were written
    anew, compile again though the sources are the same.
    """
    here = "".join(f"{file} {file.stat().st_mtime_ns}\n" for file in compiled(root))
    return cache_directory() / f"warm-{hashlib.sha256(here.encode()).hexdigest()[:16]}"


def ready() -> None:
    """Compile what is not in the cache yet, telling so; nothing when all of it is."""
    if not stamp().exists():
        warm()


def expected() -> int:
    """About how many pieces the whole is."""
    sources = [file.read_text("utf-8") for file in compiled()]
    return round(KINDS * sum(len(re.findall(r"^@(?:rt|cfunc|standing)\b", text, re.MULTILINE)) for text in sources))


def pieces(folder: Path) -> tuple[int, str]:
    """How many pieces are in the cache, and the last one's name, such as strip.run."""
    made = []
    for file in folder.rglob("*.nbc"):
        with contextlib.suppress(OSError):  # written under another name first
            made.append((file.stat().st_mtime_ns, file.name.partition("-")[0]))
    return len(made), max(made, default=(0, ""))[1]


@contextlib.contextmanager
def telling(before: int = 0) -> Iterator[None]:
    """Say how far the compile is by what turns up in the cache: a bar on a terminal, elsewhere a line now and then.

    before: the pieces that were there already.
    On a thread of its own, which is not waited for long: nobody may read what it says.
    """
    over, whole = threading.Event(), expected()
    draw = _bar if sys.stderr is not None and sys.stderr.isatty() else _lines
    watch = threading.Thread(target=draw, args=(whole, before, over), name="compile-progress", daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join(LAST_S)


def _bar(whole: int, before: int, over: threading.Event) -> None:
    from rich.console import Console as Terminal
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Terminal(file=sys.stderr)) as progress:
        bar = progress.add_task("compiling the audio path", total=whole)
        while not over.wait(LOOK_S):
            count, last = pieces(cache_directory())
            # the whole is an estimate; the end is told by the end
            progress.update(bar, completed=min(count - before, whole - 1), description=f"compiled {last:<20}")
        if stamp().exists():  # not when it was interrupted
            progress.update(bar, completed=whole, description=f"compiled, in {cache_directory()}")


def _lines(whole: int, before: int, over: threading.Event) -> None:
    _tell("compiling the audio path, a minute or two the first time")
    said_s = time.monotonic()
    while not over.wait(LOOK_S):
        count, last = pieces(cache_directory())
        if time.monotonic() - said_s >= LINE_S:
            said_s = time.monotonic()
            _tell(f"compiled {count - before} of about {whole} pieces, the last {last}")


def _tell(line: str) -> None:
    """Past Python's own buffer, whose lock a thread that hangs here would hold."""
    if sys.stderr is not None:  # else its number may be another file's
        with contextlib.suppress(OSError):  # nobody reads it
            os.write(2, f"{line}\n".encode())


def warm() -> float:
    """Compile what is not in the cache; the seconds it took."""
    began, others = time.monotonic(), pieces(cache_directory())[0]
    with telling(others):
        from studiod.host.offline import Offline
        from studiod.registry.registry import Console

        offline = Offline(Console(2, 2, 1, 1), {"meter/rta": "input/1"})
        offline.run(np.full((4800, 2), 0.1, np.float32))
        offline.engine.gauges.analyser.step()
        from studiod.realtime.clock import Clock

        Clock(offline.rack, 64).stop()
        import studiod.realtime.card  # noqa: F401  (its callback compiles on import)

        stamp().write_text("" if others else str(pieces(cache_directory())[0]))
    return time.monotonic() - began
