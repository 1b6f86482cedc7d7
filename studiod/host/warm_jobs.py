"""What there is to compile, in pieces that two processes share: `python -m studiod.host.warm_jobs TOKENS`.

A process takes a piece by reading one byte from TOKENS, a pipe's descriptor, until there are none; it prints the name
of each function that it has compiled.  What it made is found in the cache.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

import numba
import numpy as np
from numba import int64

from dsp import limiter, loudness, rta, truepeak
from dsp.core import dither, linked, rough_peak, standing
from studiod.realtime import card, clock, graph, queue, strip_alone

LINE, WORDS = numba.types.Array(numba.float64, 1, "C"), numba.types.Array(int64, 1, "C")


def ears() -> None:
    """What the analyser calls, on one cell of silence."""
    cell, rate_hz = np.zeros((480, 2)), 48_000
    truepeak.gather(truepeak.state(2), truepeak.work(), cell)
    loudness.gather(loudness.state(2), loudness.aim(rate_hz), np.zeros((1, 2)), cell, 0, rate_hz)
    rta.gather(rta.state(2), rta.aim(rate_hz), np.zeros((1, rta.BANDS)), cell, 0, rate_hz)


def album() -> None:
    """What a release is made with, beside the strip."""
    sound, out = np.zeros((64, 2)), np.zeros((64, 2), np.int32)
    strip_alone.run.compile((int64, numba.types.Array(numba.float64, 2, "C")))
    limiter.run(limiter.state(2), sound)
    rough_peak.gather(rough_peak.state(2, 48_000), rough_peak.taps(48_000), 1.0, rough_peak.work(), sound)
    dither.on_steps(sound, dither.STEPS_16)
    dither.to_steps(dither.state(2), sound, 0, 0, 64, dither.STEPS_16, False, out)


def runners() -> None:
    """What runs the graph, and its queue."""
    clock.keep_time.compile((int64,) * 6)
    graph.run.compile((int64,) * 4)
    queue.put_all.compile((int64, WORDS, LINE, WORDS))
    card.callback.make()


def jobs() -> list[Callable[[], object]]:
    """The longest first."""
    most = ("studiod_strip", "studiod_graph", "studiod_effect")
    names = [*most, *(name for name in standing.STANDING if name not in most)]
    return [*(standing.STANDING[name].make for name in names), album, ears, runners]


def roots() -> list[Callable[..., Any]]:
    """The Python functions that the jobs compile, with all that they call."""
    entries = [clock.keep_time, graph.run, queue.put_all, truepeak.gather, loudness.gather, rta.gather]
    entries += [strip_alone.run, limiter.run, rough_peak.gather, dither.on_steps, dither.to_steps]
    whole = [one.function for one in (*standing.STANDING.values(), card.callback)]
    return [*whole, *(entry.py_func for entry in entries)]


def work(tokens: int, tell: Callable[[str], None]) -> None:
    """Compile what nobody else has taken."""
    linked.HEARD.append(tell)
    standing.pretend()
    pieces = jobs()
    while number := os.read(tokens, 1):
        pieces[number[0]]()


def tokens(count: int) -> int:
    """A pipe to take the numbers of so many jobs from, each once."""
    out, into = os.pipe()
    os.write(into, bytes(range(count)))
    os.close(into)
    return out


def say(name: str) -> None:
    os.write(1, f"{name}\n".encode())


def main(given: Iterable[str]) -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody waits any more
        work(int(next(iter(given))), say)


if __name__ == "__main__":
    main(sys.argv[1:])
