"""The words of a command as they come from a controller, checked: each refusal says what the command takes."""

from collections.abc import Sequence
from typing import Self

from studiod.registry import spoken
from studiod.registry.alike import closest
from studiod.registry.commands import DESK
from studiod.registry.param import Nearest, Refusal, told
from studiod.texts import NAME_MAX as NAME_MAX
from studiod.texts import nameable

INF = float("inf")
KEY_MAX = 1_000_000


class Words:
    """One command's words, taken one after the other."""

    def __init__(self, command: str, takes: str, words: Sequence[object]) -> None:
        """takes: in words for people, "a scene's name, [fade s]"."""
        self.command, self.takes, self._words = command, takes, list(words)

    @classmethod
    def of(cls, command: str, words: Sequence[object]) -> Self:
        """Those of a command that takes what its declaration says (studiod/registry/commands.py)."""
        return cls(command, DESK[command].expects, words)

    def more(self) -> bool:
        return bool(self._words)

    def refuse(self, reason: str, got: object = None, nearest: Nearest = "", remedy: str = "") -> Refusal:
        return Refusal(self.command, reason, self.takes, "" if got is None else told(got), nearest, remedy)

    def _next(self, what: str) -> object:
        if not self._words:
            raise self.refuse(f"{what} is missing")
        return self._words.pop(0)

    def text(self, what: str, rest: str | None = None) -> str:
        """The next word, a text; default: what it is when there is none.  Raises Refusal."""
        if rest is not None and not self._words:
            return rest
        word = self._next(what)
        if not isinstance(word, str):
            raise self.refuse(f"{what} is not text", word)
        return word

    def name(self, what: str, rest: str | None = None) -> str:
        """The next word, a name to keep something under.  Raises Refusal."""
        word = self.text(what, rest)
        if not nameable(word):
            reason = f"{what} has to be 1 to {NAME_MAX} characters, none of them a control character"
            raise self.refuse(reason, word, remedy="name it otherwise")
        return word

    def number(self, what: str, low: float, high: float, unit: str, rest: float | None = None) -> float:
        """The next word, a number in a range.  Raises Refusal."""
        if rest is not None and not self._words:
            return rest
        came = self._next(what)
        word = self._spoken(what, came, unit) if isinstance(came, str) else came
        if isinstance(word, bool) or not isinstance(word, int | float) or word in (-INF, INF) or word != word:
            raise self.refuse(f"{what} is not a number", came, remedy=spoken.POINT if spoken.has_comma(came) else "")
        if not low <= word <= high:
            near = low if word < low else high
            raise self.refuse(f"{what} is out of range ({low:g} to {high:g} {unit}".rstrip() + ")", came, f"{near:g}")
        return float(word)

    def _spoken(self, what: str, text: str, unit: str) -> float | None:
        """The number that a text means.  Raises Refusal when it has another unit."""
        try:
            return spoken.number(text, unit)
        except spoken.OtherUnit as other:
            here = f"in {unit}" if unit else "without a unit"
            raise self.refuse(f"{what}: {other} is not its unit", text, remedy=f"send a number {here}") from None

    def key(self, what: str) -> str:
        """The next word, by which something is found: its name, or its number, which comes back as its digits.

        Raises Refusal.
        """
        word = self._words[0] if self._words else None
        if isinstance(word, bool) or not isinstance(word, int | float):
            return self.text(what)
        if word != word or abs(word) > KEY_MAX or word != int(word):
            raise self.refuse(f"{what} is neither text nor a whole number", word)
        self._words.pop(0)
        return str(int(word))

    def value(self, what: str) -> object:
        """The next word, whatever it is: a parameter says what it takes.  Raises Refusal."""
        return self._next(what)

    def end(self) -> None:
        """No more words.  Raises Refusal."""
        if self._words:
            raise self.refuse("more words than it takes", self._words[0])


def nearest(name: str, names: Sequence[str]) -> str:
    """The name that a mistaken one most likely means, in quotes; "" where nothing is near."""
    near = closest(name, names)
    return repr(near) if near else ""
