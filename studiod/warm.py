"""Compiles the audio path into the cache, telling how far it is: a start after this one reaches sound at once."""

import sys
import time
from pathlib import Path

from dsp.rt import cache_directory


def stamp() -> Path:
    """Stands in the cache when all of it is compiled."""
    return cache_directory() / "warm"


def warm() -> float:
    """Compile what is not in the cache; the seconds it took."""
    began = time.monotonic()
    from rich.console import Console as Terminal
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Terminal(file=sys.stderr)) as progress:
        steps = progress.add_task("the desk's units", total=3)
        from studiod.params import Console
        from studiod.render import Offline

        progress.update(steps, completed=1, description="the whole graph (half a minute the first time)")
        offline = Offline(Console(2, 2, 1, 1))
        progress.update(steps, completed=2, description="the clock and the card")
        from studiod.clock import Clock

        Clock(offline.rack, 64).stop()
        import studiod.card  # noqa: F401  (its callback compiles on import)

        stamp().touch()
        progress.update(steps, completed=3, description=f"compiled, in {cache_directory()}")
    return time.monotonic() - began
