"""The words of a command as they come from a controller, checked: each refusal says what the command takes."""

import math
from collections.abc import Sequence
from difflib import get_close_matches

from studiod.param import Refusal, printable, told

NAME_MAX = 64


class Words:
    """One command's words, taken one after the other."""

    def __init__(self, command: str, takes: str, words: Sequence[object]) -> None:
        """takes: in words for people, "a scene's name, [fade s]"."""
        self.command, self.takes, self._words = command, takes, list(words)

    def more(self) -> bool:
        return bool(self._words)

    def refuse(self, reason: str, got: object = None, nearest: str = "", remedy: str = "") -> Refusal:
        return Refusal(self.command, reason, self.takes, "" if got is None else told(got), nearest, remedy)

    def _next(self, what: str) -> object:
        if not self._words:
            raise self.refuse(f"{what} is missing")
        return self._words.pop(0)

    def text(self, what: str, rest: str | None = None) -> str:
        """The next word, a text; rest: what it is when there is none.  Raises Refusal."""
        if rest is not None and not self._words:
            return rest
        word = self._next(what)
        if not isinstance(word, str):
            raise self.refuse(f"{what} is not text", word)
        return word

    def name(self, what: str, rest: str | None = None) -> str:
        """The next word, a name to keep something under.  Raises Refusal."""
        word = self.text(what, rest)
        if not word.strip() or len(word) > NAME_MAX or not printable(word):
            reason = f"{what} has to be 1 to {NAME_MAX} characters, none of them a control character"
            raise self.refuse(reason, word, remedy="name it otherwise")
        return word

    def number(self, what: str, low: float, high: float, unit: str, rest: float | None = None) -> float:
        """The next word, a number in a range.  Raises Refusal."""
        if rest is not None and not self._words:
            return rest
        word = self._next(what)
        if isinstance(word, bool) or not isinstance(word, int | float) or not math.isfinite(word):
            raise self.refuse(f"{what} is not a number", word)
        if not low <= word <= high:
            near = low if word < low else high
            raise self.refuse(f"{what} is out of range ({low:g} to {high:g} {unit}".rstrip() + ")", word, f"{near:g}")
        return float(word)

    def end(self) -> None:
        """No more words.  Raises Refusal."""
        if self._words:
            raise self.refuse("more words than it takes", self._words[0])


def nearest(name: str, names: Sequence[str]) -> str:
    """The name that a mistaken one most likely means, in quotes; "" when there is none at all."""
    by_small = {known.lower(): known for known in names}
    close = get_close_matches(name.lower()[:NAME_MAX], by_small, 1, 0.0)
    return repr(by_small[close[0]]) if close else ""
