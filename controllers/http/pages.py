"""The files of the page, as they are sent: all under one folder that is named by what is in them, and kept for ever.

The front page alone is asked for anew each time; it says which folder counts.  One file is written here: what a role
may do, from the registry's table.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from studiod.registry import roles

FOLDER = Path(__file__).with_name("page")
KINDS = {
    ".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json", ".png": "image/png", ".mp4": "video/mp4",
}  # fmt: skip
FRONT = "index.html"
FOR_EVER = "public, max-age=31536000, immutable"
PACKED = ("image/png", "video/mp4")  # kinds that nothing makes smaller


@dataclass(frozen=True)
class Pages:
    """front: the page that names the others; files: by name; hash: of all of them together."""

    front: bytes
    files: dict[str, bytes]
    hash: str


def roles_js() -> bytes:
    """The table of roles as a module of the page."""
    tables = {
        "ranks": roles.ROLES, "above": roles.ABOVE_MIX, "bus": roles.BUS,
        "words": roles.COMMANDS,
    }  # fmt: skip
    lines = [f"export const {name} = {json.dumps(table)};" for name, table in tables.items()]
    return "\n".join(["/** What each role may do, by the desk. */", "", *lines, ""]).encode()


@lru_cache(1)
def pages() -> Pages:
    """All of them; they are few, and are read once."""
    found = {
        str(file.relative_to(FOLDER)): file.read_bytes() for file in sorted(FOLDER.rglob("*")) if file.suffix in KINDS
    }
    found["roles.js"] = roles_js()
    total = hashlib.sha256()
    for name, data in sorted(found.items()):
        total.update(b"%s\0%d\0%s" % (name.encode(), len(data), data))
    named = total.hexdigest()[:16]
    front = found.pop(FRONT).replace(b"HASH", named.encode())
    return Pages(front, found, named)


def ranged(data: bytes, wanted: str) -> tuple[int, bytes, dict[str, str]]:
    """Status, bytes and headers of a file, or of the one piece that a Range header names: Safari plays no video
    without.  Whatever else stands there is no Range, and is answered with the whole file."""
    found = re.fullmatch(r"bytes=(\d{1,9})-(\d{0,9})", wanted.strip())
    if found is None:
        return 200, data, {}
    first, last = int(found[1]), min(int(found[2] or len(data)), len(data) - 1)
    if first >= len(data) or last < first:
        return 416, b"", {"Content-Range": f"bytes */{len(data)}"}
    part = data[first : last + 1]
    return 206, part, {"Content-Range": f"bytes {first}-{last}/{len(data)}", "Content-Length": str(len(part))}


def kind_of(name: str) -> str:
    """The media type of a file of the page."""
    return KINDS[Path(name).suffix]
