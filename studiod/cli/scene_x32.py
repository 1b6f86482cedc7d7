"""`studiod scene export --x32` and `import` of a console's scene file: over the X32 port of a running daemon."""

import argparse
import json
import sys
from pathlib import Path

from studiod.client.client import TalkFault
from studiod.client.x32 import X32Link
from studiod.encoding import say
from studiod.texts import plain

TOLD_MAX = 40  # lines of what was left out, for people
MOST_BYTES = 4 << 20
LINE_BYTES = 8000  # the longest of a console has some 500
HEADS = (b"#2.", b"#3.", b"#4.")  # of the console's firmware


def is_console_file(file: Path) -> bool:
    """Whether a file is a scene in the console's text, by its first letters."""
    try:
        with file.open("rb") as held:
            return held.read(16).removeprefix(b"\xef\xbb\xbf").startswith(HEADS)
    except (OSError, ValueError):
        return False  # whoever reads it says so


def command(args: argparse.Namespace) -> int:
    """Carry one out; the exit code.  Raises TalkFault."""
    with X32Link(args.host, args.x32_port) as link:
        told, data = (_export if args.what == "export" else _import)(link, args)
    say(json.dumps(data) if args.json else told)
    return 0


def _export(link: X32Link, args: argparse.Namespace) -> tuple[str, object]:
    pages: list[str] = []
    count = 1
    while len(pages) < count:
        count, text = link.page(len(pages) + 1)
        pages.append(text)
    try:
        args.x32.write_text("".join(pages), encoding="utf-8")
    except (OSError, ValueError) as fault:
        why = getattr(fault, "strerror", None) or "no file can have that name"
        raise TalkFault(f"{args.x32}: cannot be written: {why}; name another file") from None
    lines = sum(text.count("\n") for text in pages)
    return f"{args.x32}: {lines} lines", {"file": str(args.x32), "lines": lines}


def _import(link: X32Link, args: argparse.Namespace) -> tuple[str, object]:
    lines = [line for line in _lines(args.file) if line.strip() and not line.startswith("#")]
    left: list[str] = []
    for number, line in enumerate(lines, 1):
        if len(line.encode()) > LINE_BYTES:
            left.append(f"{line[:40]} …: a line of more than {LINE_BYTES} bytes is none of a scene")
        else:
            left += link.line(number, line)
    kept = [text for text in left if text.endswith("heard nowhere on this desk")]
    lost = [text for text in left if text not in set(kept)]
    if not args.json:
        for text in [*lost, *kept][:TOLD_MAX]:
            say(f"{args.file}: {plain(text, 200)}", sys.stderr)
        if len(left) > TOLD_MAX:
            say(f"{args.file}: and {len(left) - TOLD_MAX} more; --json names all", sys.stderr)
    told = f"{args.file}: {len(lines)} lines; {len(lost)} values left out, {len(kept)} kept and heard nowhere"
    return told, {"file": str(args.file), "lines": len(lines), "left": lost, "kept": kept}


def _lines(file: Path) -> list[str]:
    """Raises TalkFault."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise TalkFault(f"{file}: no scene has more than {MOST_BYTES} bytes; name a scene file")
        return file.read_text("utf-8-sig", errors="replace").splitlines()
    except OSError as fault:
        raise TalkFault(f"{file}: cannot be read: {fault.strerror}; name another file") from None
