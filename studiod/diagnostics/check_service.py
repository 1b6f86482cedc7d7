"""What the installed service starts studiod with, read from its unit as systemd reads it, drop-ins included.

https://www.freedesktop.org/software/systemd/man/systemd.unit.html and systemd.service: a later line of a key that takes
one value wins, an empty ExecStart= or Environment= takes back those before it.
"""

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

UNITS = ("etc/systemd/system", "usr/local/lib/systemd/system", "usr/lib/systemd/system", "lib/systemd/system")
NAME = "studiod.service"
# What systemd writes in the place of these, for a service of the system
SPECIFIERS = {"%S": "/var/lib", "%C": "/var/cache", "%E": "/etc", "%t": "/run"}
SIZES = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


@dataclass(frozen=True)
class Service:
    """The unit's file, and the keys of its [Service]."""

    file: Path
    keys: dict[str, list[str]]

    def last(self, key: str) -> str:
        """The value of a key; "" when it has none."""
        return self.keys.get(key, [""])[-1]

    def word(self, name: str) -> str:
        """What follows --name on the command line that it runs; "" when it is not there."""
        words = _split(self.last("ExecStart"))
        for k, word in enumerate(words):
            if word == name and k + 1 < len(words):
                return words[k + 1]
            if word.startswith(f"{name}="):
                return word.partition("=")[2]
        return ""

    def variable(self, name: str) -> str:
        """A variable of the environment that it gives; "" when it gives none."""
        found = (word.partition("=") for line in self.keys.get("Environment", []) for word in _split(line))
        return {key: value for key, _, value in found}.get(name, "")

    def limit(self, name: str) -> float:
        """A limit, such as LimitRTPRIO, or LimitMEMLOCK in bytes; 0 when it sets none; none for root's services."""
        if not self.last("User") and self.last("DynamicUser").lower() not in ("yes", "true", "on", "1"):
            return float("inf")
        soft = self.last(name).partition(":")[0]
        found = re.fullmatch(r"(\d+)([KMGT]?)", soft)
        return float("inf") if soft == "infinity" else float(int(found[1]) * SIZES[found[2]]) if found else 0.0


def installed(root: Path) -> Service | None:
    """The unit of a machine whose files lie below root; None when there is none."""
    for place in UNITS:
        file = root / place / NAME
        if not file.is_file():
            continue
        keys: dict[str, list[str]] = {}
        more = {drop.name: drop for there in reversed(UNITS) for drop in (root / there / f"{NAME}.d").glob("*.conf")}
        for part in (file, *(more[name] for name in sorted(more))):
            _read(part, keys)
        return Service(file, keys)
    return None


def _read(file: Path, keys: dict[str, list[str]]) -> None:
    try:
        text = file.read_text("utf-8", "replace")
    except OSError:
        return
    table = ""
    for line in text.replace("\\\n", " ").splitlines():
        line = line.strip()
        if line.startswith("["):
            table = line
        elif table == "[Service]" and line[:1] not in ("", "#", ";"):
            key, _, value = line.partition("=")
            held = keys.setdefault(key.strip(), [])
            held.append(value.strip())
            if not value.strip():
                held.clear()
                held.append("")


def _split(line: str) -> list[str]:
    """The words of a line, with what its specifiers stand for."""
    try:
        words = shlex.split(line)
    except ValueError:  # a quotation mark without its other
        words = line.split()
    return [_plain(word) for word in words]


def _plain(word: str) -> str:
    parts = word.split("%%")
    for mark, means in SPECIFIERS.items():
        parts = [part.replace(mark, means) for part in parts]
    return "%".join(parts)
