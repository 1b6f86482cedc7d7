"""What touch buttons send to words, and names that stand in an address: `/undo 1`, `/scene/recall/Verse 1`.

A lone number where no word is wanted is a button: pressed it says the word, released it says nothing.
"""

from collections.abc import Container
from typing import Any
from urllib.parse import unquote

from studiod.registry.commands import WORDS
from studiod.registry.param import Refusal, told

# Words that take a number first, and the least that it is: from there on a lone one is no button.
NUMBER_FIRST = {word: one.number_from for word, one in WORDS.items() if one.number_from is not None}

# Words whose first word is a name, which may stand in the address.
NAMED = frozenset(word for word, one in WORDS.items() if one.named)
PRESSED = 0.5  # and above


def word_of(path: str, words: Container[str]) -> tuple[str, list[str]]:
    """The word that an address says, and what of its arguments stands there: the name, and the rest as it is.

    ("", []): it says none.
    """
    if path in words:
        return path, []
    parts = path.split("/", 3)
    for depth in (1, 2):
        word = "/".join(parts[:depth])
        if len(parts) > depth and word in NAMED and word in words:
            name, _, rest = path[len(word) + 1 :].partition("/")
            return word, [_decoded(name), *([rest] if rest else [])]
    return "", []


def _decoded(name: str) -> str:
    """A name with its %20 as spaces; what is not UTF-8 behind its % stays as it is."""
    try:
        return unquote(name, errors="strict")
    except UnicodeDecodeError:
        return name


def pressed(word: str, args: list[Any], named: bool = False) -> list[Any] | None:
    """What is left of a word's arguments when a button's number is taken out; None: it was released.

    named: whether its first word stood in the address: then 1 and 0 are a button, other numbers are words (a fade in
    s).  Raises Refusal on a lone number that is neither.
    """
    if len(args) != 1 or not isinstance(args[0], bool | int | float):
        return args
    number = args[0]
    least = None if named else NUMBER_FIRST.get(word)
    if least == 0 or (least is not None and not isinstance(number, bool) and number != 0):
        return args
    if number == 0:
        return None
    if named and number != 1:
        return args
    if number >= PRESSED:
        return []
    raise Refusal(word, "neither pressed nor released", "its words, or 1 for pressed and 0 for released", told(number))
