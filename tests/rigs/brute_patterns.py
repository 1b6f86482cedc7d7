"""Patterns by brute force: the words of the contract, token by token, sharing nothing with what is judged by it."""

import re
from functools import cache

from studiod.registry.param import Param
from studiod.registry.pattern import ALTERNATIVES_MAX, BYTES_MAX, SEGMENTS_MAX
from studiod.registry.tree import Tree

TOKEN = re.compile(r"(\*)|(\?)|\[([^\]]+)\]|\{([^}]*)\}|(.)", re.DOTALL)


def in_class(inside, c):
    no = len(inside) > 1 and inside.startswith("!")
    ranges = re.findall(r"(.)-(.)|(.)", inside[no:], re.DOTALL)
    if any(low > high for low, high, one in ranges if not one):
        return False
    return any(c == one if one else low <= c <= high for low, high, one in ranges) != no


@cache
def name_fits(part, name):
    """Whether a part takes a name: which beginnings of the name the beginnings of the part can make, token by token."""
    made = {0}
    for star, any_one, inside, either, plain in TOKEN.findall(part):
        if star:
            made = set(range(min(made), len(name) + 1)) if made else made
        elif any_one:
            made = {k + 1 for k in made if k < len(name)}
        elif inside:
            made = {k + 1 for k in made if k < len(name) and in_class(inside, name[k])}
        elif plain:
            made = {k + 1 for k in made if name[k : k + 1] == plain}
        else:
            made = {k + len(text) for k in made for text in either.split(",") if name.startswith(text, k)}
    return len(name) in made


def brute(pattern, path):
    """Whether a pattern matches a path, segment by segment."""
    parts = ["" if part == "**" else part for part in pattern.split("/")]
    if parts[-1] == "":
        if not (pattern in ("/", "**") or pattern.endswith(("//", "/**"))):
            return False
        parts.append("*")
    names = path.split("/")
    made = {0}  # how many of the names the parts so far can be
    for part in parts:
        if part == "":
            made = {k for k in range(len(names) + 1) if made and k >= min(made)}
        else:
            made = {k + 1 for k in made if k < len(names) and name_fits(part, names[k])}
    return len(names) in made


def beyond(pattern):
    """Whether a bound of the patterns forbids it."""
    tokens = [found for part in pattern.split("/") for found in TOKEN.finditer(part)]
    braces = [found[4] for found in tokens if found[4] is not None]
    return (
        len(pattern.encode()) > BYTES_MAX
        or pattern.count("/") >= SEGMENTS_MAX
        or sum(text.count(",") + 1 for text in braces) > ALTERNATIVES_MAX
        or any("{" in text for text in braces)
    )


def grown(paths):
    """A tree of these paths, a switch at each."""
    tree = Tree()
    for path in paths:
        tree.add(Param(path, "switch", "", 0, 1, 0, "line", (), frozenset(), "A thing.", 0, (1, 0)))
    return tree
