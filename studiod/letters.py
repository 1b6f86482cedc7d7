"""Texts and file names where the locale lacks letters: nearest signs or escapes, never an exception.

An escape is TOML's and JSON's, so that an exported scene stays what it is.
"""

import codecs
import os
import sys
from pathlib import Path
from typing import TextIO

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


def spell(*streams: TextIO) -> None:
    """Let streams (rest: stdout and stderr) spell out what their encoding lacks."""
    codecs.register_error("studiod.letters", _spelt)
    for stream in streams or (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="studiod.letters")


def file_name(path: str | Path) -> str | bytes:
    """A file's name as soundfile takes it, which knows no bytes beyond the locale's letters."""
    try:
        str(path).encode(sys.getfilesystemencoding())
    except UnicodeEncodeError:
        return os.fsencode(path)
    return str(path)
