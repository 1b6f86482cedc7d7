"""Which MIDI port is meant by a pattern of names: the same device again after a replug, and never another's.

Names as drivers give them: "nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0" (ALSA; the numbers at the end change with a replug),
"a2j:nanoKONTROL2 [20] (capture): nanoKONTROL2 MIDI 1" or "client:port" (JACK), "nanoKONTROL2 CTRL" (CoreMIDI; twins
have the same name).  Identical devices are told apart by what each had before, else by order of their numbers.
"""

import re
import warnings
from dataclasses import dataclass
from fnmatch import translate
from functools import lru_cache

_ALSA = re.compile(r" (\d+):\d+$")


@dataclass(frozen=True, slots=True)
class Want:
    """What one surface looks for: patterns, what it has ("" nothing) and what it had, each by way ("in", "out")."""

    patterns: dict[str, list[str]]
    has: dict[str, str]
    had: dict[str, str]
    settled: bool = True  # what it may choose from has stopped changing: a device's ports come one by one


def natural(name: str) -> list[tuple[bool, int, str]]:
    """A key for sorting: numbers by their size, so that 9:0 comes before 20:0, and "X:" before "X-01:"."""
    parts = re.split(r"(\d+)", name.replace(":", "\0"))
    return [(part.isdecimal(), int(part) if part.isdecimal() else 0, part) for part in parts]


def kinship(one: str, other: str) -> tuple[bool, int]:
    """How likely an input and an output are of one device: the same ALSA client, then how long they are alike."""
    a, b = _ALSA.search(one), _ALSA.search(other)
    alike = next((n for n, (x, y) in enumerate(zip(one, other, strict=False)) if x != y), min(len(one), len(other)))
    return a is not None and b is not None and a[1] == b[1], alike


def strangers(one: str, other: str) -> bool:
    """An input and an output that cannot be of one device."""
    a, b = _ALSA.search(one), _ALSA.search(other)
    return a is not None and b is not None and a[1] != b[1]


def choose(wants: list[Want], seen: dict[str, list[str]]) -> list[dict[str, str]]:
    """A port for each want and way that has none, from those seen; a port is given once.  Earlier wants choose first.

    Whoever had a port gets it back before anybody else may have it.
    """
    taken = {way: {want.has[way] for want in wants} - {""} for way in seen}
    out: list[dict[str, str]] = [{} for _ in wants]
    for again in (True, False):
        for want, choice in zip(wants, out, strict=True):
            for way, other in (("in", "out"), ("out", "in")):
                if not want.settled or want.has[way] or way in choice or "virtual" in want.patterns[way]:
                    continue
                free = [name for name in fits(want.patterns[way], seen[way]) if name not in taken[way]]
                if again:
                    free = [name for name in free if name == want.had[way]]
                mate = want.has[other] or choice.get(other, "")
                if want.patterns["in"] == want.patterns["out"] and mate:
                    free = _of_mate(want, free, way, other, mate, seen)
                if free:
                    choice[way] = free[0]
                    taken[way].add(free[0])
    return out


def fits(patterns: list[str], names: list[str]) -> list[str]:
    """The ports that patterns name, in an order that a replug does not change, those that are called so first.

    A pattern is a name or a part of one as it stands, its brackets and plus signs included; and a regular expression,
    or, where it is none, what a shell makes of it.
    """
    said = [pattern.casefold() for pattern in patterns]

    def fit(name: str) -> bool:
        part, whole = name.casefold(), _ALSA.sub("", name)
        return any(one in part for one in said) or any(
            _meant(one).search(name) or _meant(one).search(whole) for one in patterns
        )

    def place(name: str) -> tuple[bool, list[tuple[bool, int, str]]]:
        return not {name.casefold(), _ALSA.sub("", name).casefold()} & {*said}, natural(name)

    return sorted(filter(fit, names), key=place)


@lru_cache(256)  # the settings may be read again, with others
def _meant(pattern: str) -> re.Pattern[str]:
    with warnings.catch_warnings(action="ignore"):  # of what may mean something else in later versions of re
        try:
            return re.compile(pattern, re.IGNORECASE)
        except (re.error, OverflowError, RecursionError):
            return re.compile(translate(pattern), re.IGNORECASE)


def _of_mate(want: Want, free: list[str], way: str, other: str, mate: str, seen: dict[str, list[str]]) -> list[str]:
    """Those that belong to the device whose other way it has; the closest kin first."""
    mine, others = fits(want.patterns[way], seen[way]), fits(want.patterns[other], seen[other])
    if len(mine) == len(others) and mate in others and _ALSA.search(mate) is None:
        return [name for name in free if name == mine[others.index(mate)]]  # as many in as out: in the same order
    own = [n for n in free if not strangers(n, mate) and all(kinship(n, mate) >= kinship(n, o) for o in others)]
    return sorted(own, key=lambda name: kinship(name, mate), reverse=True)
