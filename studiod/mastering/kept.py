"""What was made is kept: each step under a name that is the hash of all that it was made from.

Sound is float64 [frame, 2] as it stands in memory, notes are JSON.  A step has its name when it is whole.
"""

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from dsp.core.rt import ROOT, fingerprint
from studiod.encoding import name_of
from studiod.errors import FileFault
from studiod.files.plain_file import opened

LANES = 2
FRAME_BYTES = 8 * LANES
ROOMS = ("mastering", "engine", "registry", "memory", "metering", "files")
LIBRARIES = ("numpy", "numba", "soxr", "soundfile")
READ_BYTES = 1 << 20


@cache
def made_by() -> str:
    """A hash of what makes the sound: every compiled source, the rooms above them, the libraries."""
    digest = hashlib.sha256(fingerprint(ROOT).encode())
    for room in ROOMS:
        for file in sorted((ROOT / "studiod" / room).rglob("*.py")):
            digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    for name in LIBRARIES:
        digest.update(f"{name} {version(name)}\n".encode())
    return digest.hexdigest()


def name_for(*parts: object) -> str:
    """The name of a step made from these parts, plain values that JSON can hold."""
    return hashlib.sha256(json.dumps([made_by(), *parts], sort_keys=True).encode()).hexdigest()[:32]


class Sound:
    """A sound that is kept."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.frames = path.stat().st_size // FRAME_BYTES

    def read(self, first: int, frames: int) -> np.ndarray:
        """float64 [frame, 2] of what there is of so many frames; first may be below 0."""
        end = min(first + frames, self.frames)
        first = max(first, 0)
        count = max(end - first, 0) * LANES
        return np.fromfile(self.path, np.float64, count, offset=first * FRAME_BYTES).reshape(-1, LANES)


class Kept:
    """A folder of steps.  Any thread."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._used: set[str] = set()
        self._stopped = False
        self._lock = threading.Lock()
        self._steps: dict[str, threading.Lock] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def place(self, name: str, kind: str) -> Path:
        """Where a step lies; it counts as used from now on."""
        path = self.folder / f"{name}.{kind}"
        with self._lock:
            self._used.add(path.name)
        return path

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Within it nobody else is at a step: of two songs that are the same, one is made and the other found."""
        with self._lock:
            step = self._steps.setdefault(name, threading.Lock())
        with step:
            yield

    def sound(self, name: str) -> Sound | None:
        """A sound that is there."""
        path = self.place(name, "f64")
        return Sound(path) if path.exists() else None

    def keep(self, name: str, blocks: Iterable[np.ndarray]) -> Sound:
        """Write a sound down, block by block."""
        path = self.place(name, "f64")
        draft = self.place(f"{name}-{threading.get_ident()}", "draft")
        try:
            with draft.open("wb") as file:
                for block in blocks:
                    if self._stopped:
                        raise InterruptedError(f"{draft}: not finished, since another step failed; run it again")
                    file.write(np.ascontiguousarray(block, np.float64).data)
            os.replace(draft, path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return Sound(path)

    def drop(self, name: str) -> None:
        """Throw a step away that leads no further."""
        for kind in ("f64", "json"):
            self.place(name, kind).unlink(missing_ok=True)

    def note(self, name: str) -> dict[str, Any] | None:
        """A note that is there."""
        try:
            found = json.loads(self.place(name, "json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def write(self, name: str, note: dict[str, Any]) -> None:
        """Write a note down."""
        draft = self.place(f"{name}-{threading.get_ident()}", "draft")
        draft.write_text(json.dumps(note), "utf-8")
        os.replace(draft, self.place(name, "json"))

    def stop(self) -> None:
        """End every step that is being written, within a block."""
        self._stopped = True

    def tidy(self) -> None:
        """Throw away what nobody has asked for."""
        for path in self.folder.iterdir():
            if path.name not in self._used or path.suffix == ".draft":
                path.unlink(missing_ok=True)


@contextmanager
def taken(folder: Path, wait: bool = False) -> Iterator[None]:
    """A folder of steps, made if it is not there, for one process alone: what one does not ask for it throws away, and
    another may be about to read it.  Raises FileFault where another has it, unless it is to be waited for."""
    folder.mkdir(parents=True, exist_ok=True)
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(at, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise FileFault(
                f"{name_of(folder)}: another studiod is making a release with what is kept there; wait for its end, or"
                " name another folder with --work"
            ) from None
        yield
    finally:
        os.close(at)


class Digests:
    """Hashes of files, each read once as long as it stays the same file of the same age."""

    def __init__(self, kept: Kept) -> None:
        self._kept, self._known = kept, kept.note("digests") or {}
        self._used: dict[str, str] = {}

    def of(self, path: Path) -> str:
        """SHA-256 of a file.  Raises OSError."""
        now = path.stat()
        key = f"{path} {now.st_size} {now.st_mtime_ns} {now.st_ctime_ns} {now.st_ino}"
        if key not in self._known:
            digest = hashlib.sha256()
            with open(opened(path), "rb") as file:
                while part := file.read(READ_BYTES):
                    digest.update(part)
            self._known[key] = digest.hexdigest()
        self._used[key] = str(self._known[key])
        return self._used[key]

    def write(self) -> None:
        """For the next time."""
        self._kept.write("digests", self._used)
