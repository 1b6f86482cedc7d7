"""Which of many wanted values a desk can take over now, and from which paths: what scenes, presets and copies share."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from studiod.deed import in_order
from studiod.desk import Desk, strip_of
from studiod.param import Param, Refusal, Value
from studiod.words import Words

NOT_STORED = {"volatile", "read-only"}
APART = {"name", "source", "link"}  # what tells two strips apart: copied only when it is named


def is_safe(desk: Desk, param: Param) -> bool:
    """Whether scenes leave a parameter alone: by its flag, or by a switch `safe` of its strip."""
    strip = strip_of(param.path)
    return "safe" in param.flags or desk.values.get(f"{strip}/safe") == 1


def fitting(desk: Desk, wanted: Mapping[str, object]) -> tuple[dict[str, Value], int]:
    """The changes that wanted values come to, in the order in which they are made, and how many had to be left out:
    not of this console, not stored ones, or under a finger (hands win)."""
    fingers = desk.under_fingers()
    changes: dict[str, Value] = {}
    left = 0
    for path, value in wanted.items():
        param = desk.registry.params.get(path)
        if param is None or param.flags & NOT_STORED:
            left += 1
            continue
        try:
            accepted = param.accept(value)
        except Refusal:
            left += 1
            continue
        if accepted == desk.values[path]:
            continue
        if path in fingers:
            left += 1
            continue
        changes[path] = accepted
    return in_order(changes), left


def scoped(desk: Desk, words: Words, scope: str) -> frozenset[str] | None:
    """The paths of a scope: patterns with spaces between; None: all of them.  Raises Refusal for one without any."""
    if not scope.strip():
        return None
    found: set[str] = set()
    for pattern in scope.split():
        params = desk.registry.match(pattern.removeprefix("/"))
        if not params:
            raise words.refuse("no path matches that scope", pattern, remedy="such as ch/*/fader, or bus/** main/**")
        found |= {param.path for param in params}
    return frozenset(found)


def split(path: str) -> tuple[str, str]:
    """A strip and what is below it: ch/3 and eq/1/freq, main and fader."""
    parts = path.split("/")
    depth = 2 if len(parts) > 1 and parts[1].isdigit() else 1
    return "/".join(parts[:depth]), "/".join(parts[depth:])


def strips(desk: Desk, words: Words, pattern: str) -> list[str]:
    """The strips that a pattern names.  Raises Refusal with the nearest path."""
    pattern = pattern.strip("/")
    found = dict.fromkeys(split(param.path)[0] for param in desk.registry.match(f"{pattern}/**"))
    depth = pattern.count("/")
    found = {strip: None for strip in found if strip.count("/") == depth}
    if not pattern or not found:
        known = list(dict.fromkeys(split(path)[0] for path in desk.registry.params))
        raise words.refuse("no such strip", pattern, nearest_strip(known, pattern), "such as ch/3, ch/[1-8] or main")
    return list(found)


def nearest_strip(known: list[str], name: str) -> str:
    """The strip that a mistaken name most likely means."""
    kind, _, index = name.partition("/")
    same = [strip for strip in known if strip.startswith(f"{kind}/")]
    if same and index.isdecimal():
        return min(same, key=lambda strip: abs(int(strip.partition("/")[2]) - int(index[:9])))
    close = get_close_matches(name[:40], same or known, 1, 0.0)
    return close[0] if close else known[0]


def tails(desk: Desk, strip: str, subtree: str = "") -> Iterable[str]:
    """What a strip has below a subtree that can be copied to another strip."""
    below = f"{strip}/{subtree}/" if subtree else f"{strip}/"
    for path, param in desk.registry.params.items():
        if (path.startswith(below) or path == below[:-1]) and not param.flags & NOT_STORED:
            tail = path[len(strip) + 1 :]
            if subtree or tail not in APART:
                yield tail
