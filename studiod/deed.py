"""What a command of the library or the history comes to: changes that are one transaction, and what else it does.

A command is prepared first, which refuses or changes nothing; a controller then makes the changes, with others of its
packet if it has some, and acts.  So all of a packet happens, or none of it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from studiod.param import Value

Answer = Iterable[tuple[Value, ...]]  # lines, each an address without its "/" and values


@dataclass
class Deed:
    """One command, prepared.  A controller may take changes out that its peer has no right to, and counts them."""

    origin: str  # "recall Verse for osc:…": the asker hears of these changes like everyone else
    changes: dict[str, Value]
    act: Callable[["Deed"], Answer]
    fade_s: float = 0.0  # more than 0: act makes the changes, in its own time
    left: int = 0  # how many were left out so far


class Command(Protocol):
    """Prepares a deed.  Raises Refusal."""

    def __call__(self, origin: str, *words: object) -> Deed: ...


def author(origin: str) -> str:
    """Who is behind a change: of "recall Verse for osc:…" the one after the last "for"."""
    return origin.rpartition(" for ")[2]


def in_order(changes: dict[str, Value]) -> dict[str, Value]:
    """The order in which many values are set at once: links first, for they copy odd to even; then from the last
    strip to the first, so that the odd strip of a pair has the last word."""
    links = {path: value for path, value in changes.items() if path.endswith("/link")}
    return links | {path: value for path, value in reversed(changes.items()) if path not in links}


def counted(*words: Value) -> Callable[[Deed], Answer]:
    """The answer of a deed that only changes: its words, how many values changed, how many were left out."""
    return lambda deed: [(*words, len(deed.changes), deed.left)]
