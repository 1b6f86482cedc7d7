"""Compiles the audio path into the cache, telling how far it is: a start after this one reaches sound at once."""

import contextlib
import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dsp.core.rt import ROOT, cache_directory, compiled
from studiod.host.cache import prune, used

LOOK_S = 0.5
LINE_S = 5.0  # between two lines, where there is no terminal for a bar
LAST_S = 1.0  # for the last line or the bar's end to be written
MOST = 2  # processes that compile
HELPER = [sys.executable, "-m", "studiod.host.warm_jobs"]


def stamp(root: Path = ROOT) -> Path:
    """Stands in the cache when all of it is compiled for these files; how many functions of how many it had to compile.

    numba keeps machine code by a file's path and the time it was written: another checkout, or files that were written
    anew, compile again though the sources are the same.
    """
    here = "".join(f"{file} {file.stat().st_mtime_ns}\n" for file in compiled(root))
    return cache_directory() / f"warm-{hashlib.sha256(here.encode()).hexdigest()[:16]}"


def ready() -> bool:
    """Compile what is not in the cache yet, telling so; whether there was anything."""
    if stamp().exists():
        used(cache_directory())
        return False
    warm()
    return True


class Made:
    """The functions that are to be compiled, and those that are.  last: the newest, such as strip.run."""

    def __init__(self, whole: set[str]) -> None:
        self.whole, self.done, self.last = whole, set[str](), ""

    def hear(self, name: str) -> None:
        """One is compiled: a kind of it, which is not the only one of each."""
        if name in self.whole:
            self.done.add(name)
            self.last = ".".join(name.split(".")[-2:])


@contextlib.contextmanager
def telling(made: Made) -> Iterator[None]:
    """Say how far the compile is: a bar on a terminal, elsewhere a line now and then.

    On a thread of its own, which is not waited for long: nobody may read what it says.
    """
    over = threading.Event()
    draw = _bar if sys.stderr is not None and sys.stderr.isatty() else _lines
    watch = threading.Thread(target=draw, args=(made, over), name="compile-progress", daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join(LAST_S)


def _bar(made: Made, over: threading.Event) -> None:
    from rich.console import Console as Terminal
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Terminal(file=sys.stderr)) as progress:
        bar = progress.add_task("compiling the audio path", total=len(made.whole))
        while not over.wait(LOOK_S):
            progress.update(bar, completed=len(made.done), description=f"compiled {made.last:<20}")
        if stamp().exists():  # not when it was interrupted
            progress.update(bar, completed=len(made.whole), description=f"compiled, in {cache_directory()}")


def _lines(made: Made, over: threading.Event) -> None:
    _tell("compiling the audio path, a minute or two the first time")
    said_s = time.monotonic()
    while not over.wait(LOOK_S):
        if time.monotonic() - said_s >= LINE_S:
            said_s = time.monotonic()
            _tell(f"compiled {len(made.done)} of {len(made.whole)} functions, the last {made.last}")


def _tell(line: str) -> None:
    """Past Python's own buffer, whose lock a thread that hangs here would hold."""
    if sys.stderr is not None:  # else its number may be another file's
        with contextlib.suppress(OSError):  # nobody reads it
            os.write(2, f"{line}\n".encode())


def warm() -> float:
    """Compile what is not in the cache; the seconds it took."""
    began = time.monotonic()
    from dsp.core import linked
    from dsp.core.reach import reached
    from studiod.host.warm_jobs import jobs, roots

    made = Made(reached(roots()))
    linked.HEARD.append(made.hear)
    try:
        with telling(made):
            shared(made, len(jobs()))
            run()
            stamp().write_text(f"{len(made.done)} of {len(made.whole)}")
    finally:
        linked.HEARD.remove(made.hear)
    used(cache_directory())
    prune(cache_directory())
    return time.monotonic() - began


def shared(made: Made, count: int, most: int = MOST) -> None:
    """Have the pieces compiled by processes beside this one, on as many cores; one that ends early leaves its piece."""
    from studiod.host.warm_jobs import tokens

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    taken = tokens(count)
    helpers: list[subprocess.Popen[str]] = []
    try:
        for _ in range(min(cores, most)):
            with contextlib.suppress(OSError):  # no room for one more: what is left is compiled here
                helpers.append(_helper(taken))
        ears = [threading.Thread(target=_hear, args=(one, made), daemon=True) for one in helpers]
        for ear in ears:
            ear.start()
        for ear in ears:
            ear.join()
    finally:
        os.close(taken)
        for one in helpers:
            one.kill()
            one.wait()


def _helper(taken: int) -> "subprocess.Popen[str]":
    """A process that compiles.  Raises OSError."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return subprocess.Popen(
        [*HELPER, str(taken)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        pass_fds=[taken], text=True, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip


def _hear(helper: "subprocess.Popen[str]", made: Made) -> None:
    assert helper.stdout is not None
    with helper.stdout:
        for line in helper.stdout:
            made.hear(line.strip())


def run() -> None:
    """A desk for a moment: what it needs comes from the cache, or is compiled now."""
    from studiod.host.offline import Offline
    from studiod.realtime import card
    from studiod.realtime.clock import Clock
    from studiod.registry.registry import Console

    offline = Offline(Console(2, 2, 1, 1), {"meter/rta": "input/1"})
    offline.run(np.full((4800, 2), 0.1, np.float32))
    offline.engine.gauges.analyser.step()
    Clock(offline.rack, 64).stop()
    card.callback.make()
