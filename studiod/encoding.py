"""What commands print: never what moves a cursor, and nearest signs or escapes where the locale lacks letters.

An escape is TOML's and JSON's, so that an exported scene stays what it is.
"""

import codecs
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from studiod.errors import Fault
from studiod.texts import escaped

KEPT = "\n\t"  # what lays text out
NEAREST = {"–": "-", "−": "-", "…": "...", "×": "x", "·": "-"}


def _spelt(fault: UnicodeError) -> tuple[str, int]:
    """A handler of encoding errors."""
    if not isinstance(fault, UnicodeEncodeError):
        raise fault
    lost = fault.object[fault.start : fault.end]
    try:
        lost = lost.encode("utf-8", "surrogateescape").decode("utf-8")  # from the command line, byte by byte
    except UnicodeError:
        lost = lost.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    signs = (NEAREST.get(c, f"\\u{ord(c):04x}" if ord(c) < 0x10000 else f"\\U{ord(c):08x}") for c in lost)
    return "".join(signs), fault.end


class Unsaid(Fault):
    """What a command found out and could not print."""

    code = 1


@contextlib.contextmanager
def heard() -> Iterator[None]:
    """Around whatever writes to stdout.  Raises Unsaid when nothing can be written there: a full disk, say."""
    try:
        yield
    except BrokenPipeError:  # the reader has seen enough
        raise
    except OSError as fault:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), sys.stdout.fileno())  # what waits to be written is not tried again at the end
        raise Unsaid(f"cannot write the answer: {fault.strerror}; send it somewhere else") from None


def say(text: object, to: TextIO | None = None) -> None:
    """Print lines (default: on stdout), escaped but for line breaks and tabs: all that a command prints goes here.

    Raises Unsaid.
    """
    with heard() if to is None else contextlib.nullcontext():
        print(escaped(whole(str(text)), KEPT), file=to or sys.stdout, flush=True)


def whole(text: str) -> str:
    """A text that came in byte by byte, in a locale without its letters, with them again where they are UTF-8."""
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeError:
        return text


def spell(*streams: TextIO) -> None:
    """Let streams (default: stdout and stderr) spell out what their encoding lacks."""
    codecs.register_error("studiod.encoding", _spelt)
    for stream in streams or (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="studiod.encoding")


def name_of(path: str | Path) -> str:
    """A file's name, with its folder or without, as a line of text may have it: line ends and all are escaped."""
    return escaped(whole(str(path)))


def file_name(path: str | Path) -> str | bytes:
    """A file's name as soundfile takes it, which knows no bytes beyond the locale's letters."""
    try:
        str(path).encode(sys.getfilesystemencoding())
    except UnicodeEncodeError:
        return os.fsencode(path)
    return str(path)
