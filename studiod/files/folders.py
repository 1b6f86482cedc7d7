"""Sound files as people have them in folders: which are taken, in which order, and what is left out by name."""

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from studiod.encoding import name_of

# What can be read, as people call it, and how such files' names end
KINDS = {
    "WAV": (".wav", ".wave", ".bwf", ".rf64", ".bw64", ".w64"),
    "FLAC": (".flac",),
    "AIFF": (".aif", ".aiff", ".aifc"),
    "CAF": (".caf",),
    "Ogg Vorbis": (".ogg", ".oga"),
    "Opus": (".opus",),
    "MP3": (".mp3",),
}
ENDINGS = frozenset(ending for endings in KINDS.values() for ending in endings)
READABLE = f"{', '.join(list(KINDS)[:-1])} or {list(KINDS)[-1]}"
EXPECTED = f"expected {READABLE}"
NAMED_MOST = 5  # of what is left out; the rest is counted


@dataclass(frozen=True)
class Found:
    """The sound files of a folder, and the names of what else is in it."""

    files: list[Path]
    left: list[str]

    def told(self, folder: Path) -> str:
        """What was left out, in one line; "" when there is nothing but hidden files."""
        if all(name.startswith(".") for name in self.left):
            return ""
        return f"{name_of(folder)}: left out, since they are no sound files: {_some(self.left)}"

    def nothing(self) -> str:
        """What to do with a folder in which there is no sound file."""
        return f"{EXPECTED} files in it" + (f"; it holds {_some(self.left)}" if self.left else "")


def _some(names: list[str]) -> str:
    """The first few as people see them, and how many more there are."""
    seen = [name for name in names if not name.startswith(".")]
    more = [f"{len(seen) - NAMED_MOST} more"] if len(seen) > NAMED_MOST else []
    hidden = [f"{len(names) - len(seen)} hidden"] if len(seen) < len(names) else []
    return ", ".join([*map(name_of, seen[:NAMED_MOST]), *more, *hidden])


def natural(name: str) -> tuple[list[tuple[int, int, str]], str]:
    """A key that puts Track 10 behind Track 2, whatever the case of its letters."""
    parts = re.findall(r"[0-9]+|[^0-9]+", name.casefold())
    return [(0, int(part[:300]), "") if part[0] in "0123456789" else (1, 0, part) for part in parts], name


def look(folder: Path) -> Found:
    """The files of a folder whose names say that they are sound, as people count them; links are followed.

    Hidden files (a Mac leaves a ._ file beside each), folders and all other files are left out.  Raises OSError.
    """
    files, left = [], []
    with os.scandir(folder) as entries:
        for entry in entries:
            sound = os.path.splitext(entry.name)[1].lower() in ENDINGS and entry.name[0] != "."
            if sound and os.path.exists(entry) and not os.path.isdir(entry):  # a link to nowhere, or to itself, is none
                files.append(entry.name)
            else:
                left.append(entry.name)
    return Found([folder / name for name in sorted(files, key=natural)], sorted(left, key=natural))


def expanded(paths: Iterable[str | Path]) -> tuple[list[Path], list[str]]:
    """Files as they are, and in the place of each folder its sound files; the lines that say what was left out.

    A folder that cannot be listed or has none stays in its place: who opens it says what it is.
    """
    files: list[Path] = []
    lines: list[str] = []
    for path in map(Path, paths):
        found = None
        with suppress(OSError, ValueError):  # ValueError: a zero within the name
            found = look(path) if path.is_dir() else None
        files += found.files if found and found.files else [path]
        lines += [found.told(path)] if found and found.files else []
    return files, [line for line in lines if line]
