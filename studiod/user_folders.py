"""The folders of a user who may have none: for compiled code, for the state, for surfaces of one's own.

A user without an entry in the password file and without HOME has no home; that of a service may be one that cannot be
written.
"""

import os
import tempfile
from argparse import Namespace
from collections.abc import Callable
from functools import wraps
from pathlib import Path

import platformdirs

from studiod.errors import Fault

CACHE = "STUDIOD_CACHE"  # names another place for the compiled code; dsp/core/rt.py takes it
REMEDY = f"set {CACHE} to a folder that this user may write, and name one for the desk's values with --state"


class NoFolder(Fault):
    """There is no place to write to; the message says for what, and how to name one."""


def own(kind: str) -> Path | None:
    """studiod's folder of a kind (cache, state, config) in the user's home; None: there is no home."""
    try:
        found: Path = getattr(platformdirs, f"user_{kind}_path")("studiod")
    except RuntimeError:
        return None
    return found if found.is_absolute() else None  # "~/.cache" as it stands: also none


def state(directory: str) -> Path:
    """Where the desk's values are kept: what the settings say, or else the user's own.  Raises NoFolder."""
    if folder := Path(directory) if directory else own("state"):
        return folder
    raise NoFolder(f"no folder for the desk's values: {_who()} has no home; name one with --state, or state.directory")


def compiled() -> Path:
    """Where the compiled code is kept; it is there, and can be written.  Raises NoFolder."""
    base = Path(os.environ[CACHE]) if os.environ.get(CACHE) else own("cache")
    if base is None:
        raise NoFolder(f"no folder for the compiled code: {_who()} has no home; {REMEDY}")
    _try(base / "compiled")
    from dsp.core.rt import cache_directory

    folder = cache_directory()
    _try(folder)  # which another user may have made
    return folder


def compiles(job: Callable[[Namespace], int]) -> Callable[[Namespace], int]:
    """A command that runs compiled code: without a place for it it ends before it begins, with one line."""

    @wraps(job)
    def run(args: Namespace) -> int:
        compiled()
        return job(args)

    return run


def _try(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as fault:
        why = fault.strerror or str(fault)
        raise NoFolder(f"the compiled code cannot be kept in {folder}: {why}; {REMEDY}") from None


def _who() -> str:
    return f"user {os.getuid()}" if hasattr(os, "getuid") else "this user"
