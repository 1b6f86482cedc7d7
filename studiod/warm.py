"""Compiles the audio path into the cache, telling how far it is: a start after this one reaches sound at once."""

import sys
import time
from pathlib import Path

import numpy as np

from dsp.rt import cache_directory


def stamp() -> Path:
    """Stands in the cache when all of it is compiled."""
    return cache_directory() / "warm"


def ready() -> None:
    """Compile what is not in the cache yet, telling so; nothing when all of it is."""
    if not stamp().exists():
        warm()


def warm() -> float:
    """Compile what is not in the cache; the seconds it took."""
    began = time.monotonic()
    from rich.console import Console as Terminal
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Terminal(file=sys.stderr)) as progress:
        steps = progress.add_task("the whole graph (a minute the first time)", total=3)
        from studiod.params import Console
        from studiod.render import Offline

        progress.update(steps, completed=1, description="a desk and its meters")
        offline = Offline(Console(2, 2, 1, 1), {"meter/rta": "input/1"})
        offline.run(np.full((4800, 2), 0.1, np.float32))
        offline.engine.gauges.analyser.step()
        progress.update(steps, completed=2, description="the clock and the card")
        from studiod.clock import Clock

        Clock(offline.rack, 64).stop()
        import studiod.card  # noqa: F401  (its callback compiles on import)

        stamp().touch()
        progress.update(steps, completed=3, description=f"compiled, in {cache_directory()}")
    return time.monotonic() - began
