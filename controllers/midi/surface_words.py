"""What a button of a map says: the command and its words, checked against the command's declaration."""

from collections.abc import Sequence

from studiod.registry import spoken
from studiod.registry.alike import closest
from studiod.registry.command import Argument, Command
from studiod.registry.commands import DESK, WORDS
from studiod.registry.param import Value


def unknown(do: object) -> str:
    """What stands in the place of a command that a button cannot say; "" where it can: only those of the desk."""
    if do in ("", *DESK):
        return ""
    if do in WORDS:
        return f"a command of the desk, such as marker/add; {do} is a word of OSC alone"
    near = closest(do, DESK) if isinstance(do, str) else ""
    return "a command of the desk, such as marker/add" + (f" (nearest is {near})" if near else "")


def misfit(command: Command, words: Sequence[Value]) -> str:
    """What a command takes, where these words can never be right for it; "" where they can."""
    needed = sum(not one.optional for one in command.takes)
    fits = needed <= len(words) <= len(command.takes)
    if fits and all(_fits(one, word) for one, word in zip(command.takes, words, strict=False)):
        return ""
    return f"what {command.name} takes, {command.expects}"


def _fits(argument: Argument, word: Value) -> bool:
    """Whether an argument may be this word: by its kind; a number may be a text, as people write it."""
    types = argument.kind.types
    if isinstance(word, types):
        return True
    if isinstance(word, str):  # where a number is wanted
        try:
            return spoken.number(word, "") is not None or spoken.switch(word) is not None
        except spoken.OtherUnit:
            return True
    return isinstance(word, float) and (types is int or (types is not str and word.is_integer()))
