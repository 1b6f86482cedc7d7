"""Which of many wanted values a desk can take over now, and from which paths: what scenes, presets and copies share."""

from collections.abc import Generator, Iterable, Mapping, Set
from difflib import get_close_matches

from studiod.desk.arguments import Words
from studiod.desk.command import differing, in_order
from studiod.desk.desk import Desk
from studiod.desk.posting import strip_of
from studiod.desk.stored import NOT_STORED
from studiod.registry.console_sections import MOVED
from studiod.registry.param import Param, Refusal, Value
from studiod.registry.pattern import compiled
from studiod.registry.registry import Registry


def is_safe(desk: Desk, param: Param) -> bool:
    """Whether scenes leave a parameter alone: by its flag, or by a switch `safe` of its strip."""
    strip = strip_of(param.path)
    return "safe" in param.flags or desk.values.get(f"{strip}/safe") == 1


class Alone:
    """What scenes leave alone on one console, all at once (is_safe says it of one)."""

    def __init__(self, registry: Registry) -> None:
        strips: dict[str, set[str]] = {}
        for path in registry.params:
            strips.setdefault(strip_of(path), set()).add(path)
        self._always = registry.flagged("safe")
        self._of = {f"{strip}/safe": paths for strip, paths in strips.items() if f"{strip}/safe" in registry.params}

    def now(self, values: Mapping[str, Value]) -> Set[str]:
        """The paths, by the switches of the strips as they stand."""
        on = [paths for switch, paths in self._of.items() if values[switch] == 1]
        return self._always.union(*on) if on else self._always


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
    return differing(fits, desk.values), left, fits


def scoped(desk: Desk, words: Words, scope: str) -> Generator[None, None, frozenset[str] | None]:
    """The paths of a scope, in slices: patterns with spaces between, of paths or of what has paths below it, such as
    ch/1; None: all of them.  Raises Refusal for one without any."""
    if not scope.strip():
        return None
    found: set[str] = set()
    for pattern in dict.fromkeys(scope.split()):
        path = pattern.removeprefix("/").rstrip("/") or "/"
        none = True
        for wanted in (path, f"{path}/**"):
            if not none:
                break
            once = compiled(wanted)
            called = {now for old, now in MOVED.items() if once.fits(old)} & desk.registry.params.keys()
            found |= called
            none = not called
            for param in desk.registry.matching(wanted):
                if param is None:
                    yield
                else:
                    none = False
                    found.add(param.path)
        if none:
            raise words.refuse("no path matches that scope", pattern, remedy="such as ch/*/fader, or bus/** main/**")
        yield
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
