"""The name that a mistaken word most likely means; none where nothing is near."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

ALIKE = 0.5  # of difflib: half of the letters agree; below it a proposal is noise
ALIKE_PATH = 0.6  # the same of a path, which has more letters to agree by chance, and of its first part
LOOKED_AT = 64  # characters
NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?")


def closest(said: str, names: Iterable[str]) -> str:
    """The name most like what was said, in any case; "" where nothing is near."""
    word, small = said.lower()[:LOOKED_AT], {name.lower(): name for name in names}
    near = get_close_matches(word, small, 1, ALIKE) or [name for name in small if word and name.startswith(word)]
    return small[near[0]] if near else ""


def by_number(said: float, names: Iterable[str]) -> str:
    """The name whose number, at its beginning, is nearest to one; "" where no name has one."""
    numbers = {name: float(found[0]) for name in names if (found := NUMBER.match(name))}
    return min(numbers, key=lambda name: abs(numbers[name] - said), default="")


def near_path(said: str, path: str) -> bool:
    """Whether a path of the console may be what was meant by another: it is like it, or begins alike."""
    one, other = said.strip("/").lower()[:LOOKED_AT], path[:LOOKED_AT]
    if _ratio(one, other) >= ALIKE_PATH:
        return True
    head, known = one.partition("/")[0], other.partition("/")[0]
    return bool(head) and (head.startswith(known) or known.startswith(head) or _ratio(head, known) > ALIKE_PATH)


def _ratio(one: str, other: str) -> float:
    return SequenceMatcher(None, one, other, autojunk=False).ratio()
