"""TOML, written: the one place for scenes, takes and settings.  Any text comes back from tomllib as it was.

What is not fit to be shown stands there escaped, since people print these files.
"""

import json
import re
from collections.abc import Mapping

from studiod.texts import escaped

BARE = re.compile("[A-Za-z0-9_-]+")  # a key that needs no quotes


def value(given: object) -> str:
    """A number, true, false, a text, or a list or table of these on one line.  Raises TypeError on anything else.

    Half of a surrogate pair, which no TOML can hold, becomes U+FFFD.
    """
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, float):
        return float.__repr__(given)  # TOML's own words for what is not finite: inf, -inf, nan
    if isinstance(given, int):
        return int.__repr__(given)
    if isinstance(given, str):
        whole = given.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return escaped(json.dumps(whole, ensure_ascii=False))  # JSON's escapes are TOML's
    if isinstance(given, Mapping):
        inside = ", ".join(f"{key(name)} = {value(one)}" for name, one in given.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(given, list | tuple):
        return f"[{', '.join(map(value, given))}]"
    raise TypeError(f"TOML has no {type(given).__name__}")


def key(name: str) -> str:
    """The name of a key, quoted only if it must be."""
    return name if BARE.fullmatch(name) else value(name)


def table(name: str, rows: Mapping[str, object], quoted: bool = False, one_of_many: bool = False) -> str:
    """A table under its name, a line a key; quoted: every key is.  Tables follow one another with an empty line."""
    head = f"[[{name}]]" if one_of_many else f"[{name}]"
    lines = [f"{value(row) if quoted else key(row)} = {value(given)}" for row, given in rows.items()]
    return "\n".join([head, *lines, ""])
