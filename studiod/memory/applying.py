"""Which of many wanted values a desk can take over now, and from which paths: what scenes, presets and copies share."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from studiod.desk.arguments import Words
from studiod.desk.command import in_order
from studiod.desk.desk import Desk
from studiod.desk.posting import strip_of
from studiod.desk.stored import NOT_STORED
from studiod.registry.param import Param, Refusal, Value


def is_safe(desk: Desk, param: Param) -> bool:
    """Whether scenes leave a parameter alone: by its flag, or by a switch `safe` of its strip."""
    strip = strip_of(param.path)
    return "safe" in param.flags or desk.values.get(f"{strip}/safe") == 1


def fitting(desk: Desk, wanted: Mapping[str, object]) -> tuple[dict[str, Value], int, dict[str, Value]]:
    """The changes that wanted values come to, in the order in which they are made; how many had to be left out: not of
    this console, not stored ones, or under a finger (hands win); and the changes with what stands so already, which
    count where something else comes before them."""
    fingers = desk.under_fingers()
    fits: dict[str, Value] = {}
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
        if path in fingers:
            left += accepted != desk.values[path]
            continue
        fits[path] = accepted
    fits = in_order(fits)
    return {path: value for path, value in fits.items() if value != desk.values[path]}, left, fits


def scoped(desk: Desk, words: Words, scope: str) -> frozenset[str] | None:
    """The paths of a scope: patterns with spaces between, of paths or of what has paths below it, such as ch/1; None:
    all of them.  Raises Refusal for one without any."""
    if not scope.strip():
        return None
    found: set[str] = set()
    for pattern in scope.split():
        path = pattern.removeprefix("/").rstrip("/") or "/"
        params = desk.registry.match(path) or desk.registry.match(f"{path}/**")
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

        def near() -> str:
            return nearest_strip(list(dict.fromkeys(split(path)[0] for path in desk.registry.params)), pattern)

        raise words.refuse("no such strip", pattern, near, "such as ch/3, ch/[1-8] or main")
    return list(found)


def nearest_strip(known: list[str], name: str) -> str:
    """The strip that a mistaken name most likely means."""
    kind, _, index = name.partition("/")
    same = [strip for strip in known if strip.startswith(f"{kind}/")]
    if same and index.isdecimal():
        return min(same, key=lambda strip: abs(int(strip.partition("/")[2]) - int(index[:9])))
    close = get_close_matches(name[:40], same or known, 1, 0.0)
    return close[0] if close else known[0]


def belongs(params: Mapping[str, Param], path: str) -> bool:
    """Whether a parameter of this console belongs to its strip's place (the flag `place`), not to the sound."""
    return path in params and "place" in params[path].flags


def tails(desk: Desk, strip: str, subtree: str = "") -> Iterable[str]:
    """What a strip has below a subtree that can be copied to another strip; of the whole strip all but what belongs to
    its place (the flag `place`), which goes along only when it is named."""
    below = f"{strip}/{subtree}/" if subtree else f"{strip}/"
    for path, param in desk.registry.params.items():
        if not (path.startswith(below) or path == below[:-1]) or param.flags & NOT_STORED:
            continue
        if subtree or not belongs(desk.registry.params, path):
            yield path[len(strip) + 1 :]
