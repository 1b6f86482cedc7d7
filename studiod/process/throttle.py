"""How often one kind of line may be told: many at once, then one a second, and never one lost without a word.

Of what is held back the newest waits for the next turn of its kind, and is then told with the number of the others.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

AT_ONCE = 20
PER_S = 1.0
MOST_KINDS = 256  # kept apart; whatever is beyond them is one kind
_BEYOND = ("", 0, "beyond")
Kind = tuple[str, int, str]  # logger, level, message before its words were put in
T = TypeVar("T")


@dataclass
class _Turn(Generic[T]):
    room: float
    seen_s: float
    left_out: int = 0
    waits: list[T] = field(default_factory=list)  # the newest that was held back, or nothing


class Throttle(Generic[T]):
    """Over lines of any type.  One thread at a time may call it.  clock: seconds that never go back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._turns: dict[Kind, _Turn[T]] = {}

    def pass_on(self, kind: Kind, line: T) -> tuple[bool, int]:
        """Whether a line may be told now, and how many of its kind before it were left out; else it waits."""
        turn = self._turn(kind)
        if not self._take(turn):
            turn.left_out += len(turn.waits)
            turn.waits = [line]
            return False, 0
        left_out = turn.left_out + len(turn.waits)
        turn.left_out, turn.waits = 0, []
        return True, left_out

    def due(self, all: bool = False) -> Iterator[tuple[T, int]]:
        """Each line whose wait is over (all: every one that waits), and how many others of its kind were left out."""
        for kind, turn in list(self._turns.items()):
            if turn.waits and (all or self._take(turn)):
                (line,), left_out = turn.waits, turn.left_out
                turn.left_out, turn.waits = 0, []
                yield line, left_out
            elif not turn.waits and self._filled(turn) >= AT_ONCE:
                del self._turns[kind]

    @property
    def waiting(self) -> bool:
        return any(turn.waits for turn in self._turns.values())

    def _turn(self, kind: Kind) -> "_Turn[T]":
        if kind not in self._turns and len(self._turns) >= MOST_KINDS:
            kind = _BEYOND
        return self._turns.setdefault(kind, _Turn(float(AT_ONCE), self._clock()))

    def _filled(self, turn: "_Turn[T]") -> float:
        now_s = self._clock()
        turn.room = min(turn.room + (now_s - turn.seen_s) * PER_S, float(AT_ONCE))
        turn.seen_s = now_s
        return turn.room

    def _take(self, turn: "_Turn[T]") -> bool:
        if self._filled(turn) < 1.0:
            return False
        turn.room -= 1.0
        return True
