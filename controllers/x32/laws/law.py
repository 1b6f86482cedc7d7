"""What a leaf of the console can hold: steps that are counted from 0, as numbers on the wire and as text.

A law is shared by all leaves that have it, and holds no value.  A step is a whole number; of a text it is the text.
"""

import math
import re
from collections.abc import Sequence
from typing import Any

Step = int | str
_WHOLE = re.compile(r"[+-]?[0-9]{1,11}")


class Law:
    """Attributes: tag, its type on the wire; first and last, its ends."""

    tag = "i"
    first, last = 0, 0

    def wire(self, step: Step) -> float | int | str:
        """A step as it goes over the wire."""
        return step

    def heard(self, arg: Any, former: Step) -> Step | None:
        """The step that an argument means; None: none.  former: what is shown, for texts that many steps share."""
        if isinstance(arg, str):
            return self.said(arg, former)
        whole = _whole(arg)
        return whole if whole is not None and self.first <= whole <= self.last else None

    def text(self, step: Step) -> str:
        """A step in the text of a node."""
        return str(step)

    def said(self, text: str, former: Step) -> Step | None:
        """The step that a text means; None: none."""
        found = _WHOLE.fullmatch(text.strip())
        return self.heard(int(found[0]), former) if found else None


def _whole(arg: Any) -> int | None:
    """A number without a fraction; True and False as 1 and 0."""
    if isinstance(arg, int):
        return int(arg)
    return int(arg) if isinstance(arg, float) and math.isfinite(arg) and arg == int(arg) else None


class Whole(Law):
    """Numbers that mean things, and are printed as numbers; -1 is none, where it is one of them."""

    def __init__(self, last: int, first: int = 0) -> None:
        self.last, self.first = last, first


class Icon(Whole):
    """The pictures of strips: there is none with the number 0, and what is beyond them is the last."""

    def __init__(self) -> None:
        super().__init__(74, 1)

    def heard(self, arg: Any, former: Step) -> Step | None:
        if isinstance(arg, str):
            return self.said(arg, former)
        whole = _whole(arg)
        return None if whole is None else min(max(whole, 1), self.last)


class Choice(Law):
    """Words by their place in a list."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        self.last = len(self.words) - 1
        self._places = {word: place for place, word in reversed(list(enumerate(self.words)))}
        self._alike = {_plain(word): place for place, word in reversed(list(enumerate(self.words)))}

    def text(self, step: Step) -> str:
        return self.words[int(step)]

    def said(self, text: str, former: Step) -> Step | None:
        """The word, or one that is nearly so (4 for 4.0, on for ON)."""
        text = text.strip()
        if text == self.words[int(former)]:
            return former
        return self._places.get(text, self._alike.get(_plain(text)))


def _plain(word: str) -> str:
    word = word.lower()
    return word.removesuffix(".0") if word.replace(".", "").isdigit() else word


class Bits(Law):
    """Switches in one number: the lowest bit is the first of them, and the last letter of the text."""

    def __init__(self, count: int) -> None:
        self.count, self.last = count, (1 << count) - 1

    def text(self, step: Step) -> str:
        return f"%{int(step):0{self.count}b}"

    def said(self, text: str, former: Step) -> Step | None:
        bits = text.strip().removeprefix("%")
        if not text.strip().startswith("%"):
            return super().said(text, former)
        return int(bits, 2) if bits and set(bits) <= {"0", "1"} and len(bits) <= self.count else None


class Text(Law):
    """Letters, in quotes where a node is text; longer ones are cut, and a quote cannot be in them."""

    tag = "s"

    def __init__(self, most: int = 12) -> None:
        self.most = most

    def heard(self, arg: Any, former: Step) -> Step | None:
        return self.said(arg, former) if isinstance(arg, str) else None

    def text(self, step: Step) -> str:
        return f'"{step}"'

    def said(self, text: str, former: Step) -> Step | None:
        return "".join(letter for letter in text if letter.isprintable() and letter != '"')[: self.most]
