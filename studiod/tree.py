"""The tree of paths: exact look-up, OSC patterns part by part, and the nearest path to a mistaken one."""

import re
from difflib import SequenceMatcher, get_close_matches
from functools import lru_cache

from studiod.param import Param, Refusal

_SPECIAL = re.compile(r"[*?\[\]{}]")
_SMALL = 600  # leaves below a node that are compared one by one


class Node:
    """One part of a path: its kids by name in order of birth, and the parameter that ends here."""

    __slots__ = ("kids", "param")

    def __init__(self) -> None:
        self.kids: dict[str, Node] = {}
        self.param: Param | None = None


@lru_cache(maxsize=1024)
def part_law(part: str) -> re.Pattern[str] | None:
    """One part of an OSC 1.0 pattern as a regular expression; None when it is a plain name."""
    if not _SPECIAL.search(part):
        return None
    out, i = "", 0
    while i < len(part):
        c = part[i]
        end = part.find("]" if c == "[" else "}", i + 1) if c in "[{" else -1
        if c == "*":
            out += "" if out.endswith(".*") else ".*"
        elif c == "?":
            out += "."
        elif c == "[" and end > i + 1:
            inside = part[i + 1 : end]
            no = "^" if inside[0] == "!" and len(inside) > 1 else ""
            inside = re.sub(r"([\\^\[&~|])", r"\\\1", inside[len(no) :])
            out, i = f"{out}[{no}{inside}]", end
        elif c == "{" and end > 0:
            out, i = out + "(?:" + "|".join(re.escape(x) for x in part[i + 1 : end].split(",")) + ")", end
        else:
            out += re.escape(c)
        i += 1
    try:
        return re.compile(out)
    except re.error:  # a range such as [z-a] matches nothing
        return re.compile(r"(?!)")


class Tree:
    """Parameters by path."""

    def __init__(self) -> None:
        self.params: dict[str, Param] = {}
        self.root = Node()

    def add(self, param: Param) -> None:
        """Grow by one parameter.  Raises ValueError on a path that exists."""
        if param.path in self.params:
            raise ValueError(f"{param.path}: declared twice")
        self.params[param.path] = param
        node = self.root
        for part in param.path.split("/"):
            kid = node.kids.get(part)
            if kid is None:
                kid = node.kids[part] = Node()
            node = kid
        node.param = param

    def find(self, path: str) -> Param:
        """The parameter at a path.  Raises Refusal with the nearest path."""
        param = self.params.get(path)
        if param is None:
            shown = path if len(path) <= 80 else path[:77] + "..."
            shown = shown if shown.isprintable() else ascii(shown)
            remedy = "`studiod params` lists them all"
            raise Refusal(shown, "no such path", "a path of this console", nearest=self.nearest(path), remedy=remedy)
        return param

    def match(self, pattern: str) -> list[Param]:
        """What an OSC pattern (without the leading '/') matches, in order; `//` and a part `**` span any depth."""
        exact = self.params.get(pattern)
        if exact is not None:
            return [exact]
        parts = ["" if part == "**" else part for part in pattern.split("/")]
        while len(parts) > 1 and parts[0] == parts[1] == "":
            del parts[0]
        if pattern.endswith(("//", "**")) or pattern == "/":
            parts = [*parts[:-1], "", "*"]  # all that is below
        elif parts[-1] == "":
            return []
        found: dict[str, Param] = {}
        seen: set[tuple[int, int]] = set()
        self._match(self.root, parts, 0, found, seen)
        if "" in parts:  # reached by several ways: back to the order of the console
            return [param for path, param in self.params.items() if path in found]
        return list(found.values())

    def _match(
        self, node: Node, parts: list[str], at: int, found: dict[str, Param], seen: set[tuple[int, int]]
    ) -> None:
        if at == len(parts):
            if node.param is not None:
                found[node.param.path] = node.param
            return
        if (id(node), at) in seen:
            return
        seen.add((id(node), at))
        part = parts[at]
        if part == "":
            self._match(node, parts, at + 1, found, seen)
            for kid in node.kids.values():
                self._match(kid, parts, at, found, seen)
            return
        law = part_law(part)
        if law is None:
            if part in node.kids:
                self._match(node.kids[part], parts, at + 1, found, seen)
            return
        for name, kid in node.kids.items():
            if law.fullmatch(name):
                self._match(kid, parts, at + 1, found, seen)

    def nearest(self, path: str) -> str:
        """The path that a mistaken one most likely means ("" on an empty tree).  Looks at one strip, never at all."""
        parts = path.strip("/")[:120].lower().split("/")[:8]
        node = self.root
        way: list[str] = []
        while node.kids:
            below = list(_leaves(node, _SMALL))
            if len(below) <= _SMALL and node is not self.root:
                return "/".join([*way, _closest("/".join(parts), below)])
            name = _closest_kid(node, parts[0] if parts else "")
            way.append(name)
            node, parts = node.kids[name], parts[1:]
        return "/".join(way)


def _leaves(node: Node, most: int) -> list[str]:
    """The paths below a node; stops soon after `most`."""
    out: list[str] = []
    todo = [("", node)]
    while todo and len(out) <= most:
        way, here = todo.pop()
        if here.param is not None:
            out.append(way)
        todo += [(f"{way}/{name}" if way else name, kid) for name, kid in reversed(here.kids.items())]
    return out


def _closest_kid(node: Node, part: str) -> str:
    names = list(node.kids)
    if part in node.kids:
        return part
    numbers = [int(name) for name in names if name.isdigit()]
    if numbers and part.isascii() and part.isdigit():
        return str(min(numbers, key=lambda n: abs(n - int(part[:9]))))
    starts = [name for name in names if part and (part.startswith(name) or name.startswith(part))]
    close = starts[:1] or get_close_matches(part, names, 1, 0.3) or names[:1]
    return close[0]


def _closest(tail: str, below: list[str]) -> str:
    if tail in below:
        return tail
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(tail)
    best, best_ratio = below[0], -1.0
    for leaf in below:
        matcher.set_seq1(leaf)
        if matcher.real_quick_ratio() > best_ratio and matcher.quick_ratio() > best_ratio:
            ratio = matcher.ratio()
            if ratio > best_ratio:
                best, best_ratio = leaf, ratio
    return best
