"""The timers of some outboxes, so that those that are due together have one wake of the loop, and one write, for all.

On the desk's loop.
"""

import asyncio
from collections.abc import Callable
from contextlib import AbstractContextManager
from math import inf


class Wait:
    """What is called at a time, once, unless it is cancelled."""

    __slots__ = ("_rounds", "call", "when_s")

    def __init__(self, rounds: "Rounds", when_s: float, call: Callable[[], None]) -> None:
        self._rounds, self.when_s, self.call = rounds, when_s, call

    def cancel(self) -> None:
        self._rounds.waits.pop(self, None)


class Rounds:
    """together: what is sent within it leaves in one piece."""

    def __init__(self, together: Callable[[], AbstractContextManager[None]]) -> None:
        self.waits: dict[Wait, None] = {}  # in the order in which they were asked for
        self._together = together
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_s = inf

    def at(self, when_s: float, call: Callable[[], None]) -> Wait:
        """Call at a time of the loop's clock."""
        wait = Wait(self, when_s, call)
        self.waits[wait] = None
        self._set(when_s)
        return wait

    def _set(self, when_s: float) -> None:
        if when_s < self._timer_s:
            if self._timer is not None:
                self._timer.cancel()
            self._timer_s = when_s
            self._timer = self._loop.call_at(when_s, self._go)

    def _go(self) -> None:
        self._timer, self._timer_s = None, inf
        now_s = self._loop.time()
        try:
            with self._together():
                for wait in [wait for wait in self.waits if wait.when_s <= now_s]:
                    if wait in self.waits:  # not cancelled by one before it
                        del self.waits[wait]
                        wait.call()
        finally:  # one that fails costs itself
            if self.waits:
                self._set(min(wait.when_s for wait in self.waits))
