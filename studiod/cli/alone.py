"""What a short command does without where the process is its own: starts and ends of what it never asks for."""

import gc
import os
import sys
from argparse import Namespace
from collections.abc import Callable
from functools import wraps

OBJECTS = 100_000  # made before the collector looks: loading a compiler makes as many, and leaves nothing to collect


def short(job: Callable[[Namespace], int]) -> Callable[[Namespace], int]:
    """A command that compiled code makes, and nothing else is waited for.

    Where SciPy is installed the compiler loads it, for a linear algebra that nobody uses here; that takes longer than
    to measure a minute of sound.
    """

    @wraps(job)
    def run(args: Namespace) -> int:
        if args.alone:
            gc.set_threshold(OBJECTS)
            sys.modules.setdefault("scipy", None)  # type: ignore[arg-type]  # as where it is missing
            args.leaves = True
        return job(args)

    return run


def leave(args: Namespace, code: int) -> None:
    """After the last word of such a command: the compiler is not taken apart piece by piece."""
    if getattr(args, "leaves", False):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
