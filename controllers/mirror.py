"""What was told to one listener of late: so that its echo is no change, and values that cross settle on one.

Another desk that mirrors this one sends back what it is told.  And when both are moved at once, each hears the other's
value after it has sent its own, and they would end apart.  Two rules end that, for every wire:

* what a listener sends back unchanged within a second is no change;
* who hears another value than the one it told less than 200 ms ago says the value that it now holds once more, after a
  random 50 to 150 ms, unless that listener speaks first.

Runs on the desk's loop.
"""

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from typing import Any

from studiod.registry.registry import Value

BACK_S = 1.0
CROSSED_S = 0.2
AGAIN_S = (0.05, 0.15)
STEP_S = 0.01  # how finely the wait is kept: one timer for all paths
KEPT = 1024  # entries, before old ones are looked for
_NOTHING: Any = (
    object()
)  # in place of a value: whatever a listener was told before, it has spoken or was left out since


def _nobody(*_: object) -> Any:
    """Of a listener that is gone."""
    return False


class Told:
    """The last value that was sent of each path, and when; what is older than a second is let go."""

    def __init__(self) -> None:
        self.of: dict[str, tuple[Value, float]] = {}
        self._sweep = KEPT

    def put(self, values: Iterable[tuple[str, Value]], now_s: float) -> None:
        of = self.of
        for path, value in values:
            of[path] = (value, now_s)
        if len(of) > self._sweep:
            self.of = {path: held for path, held in of.items() if now_s - held[1] <= BACK_S}
            self._sweep = max(KEPT, 2 * len(self.of))


class Mirror:
    """One listener.  same: whether two values of a path are one on its wire; again: says paths anew.

    Attribute shared: what it was told together with others.
    """

    def __init__(
        self,
        same: Callable[[str, Value, Value], bool],
        again: Callable[[list[str]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.same, self.again, self.clock = same, again, clock
        self.shared: list[Told] = []
        self._told = Told()
        self._due: dict[str, float] = {}  # paths to say once more, and when
        self._timer: asyncio.TimerHandle | None = None
        self._newest_s = 0.0

    def told(self, values: Iterable[tuple[str, Value]]) -> None:
        """These have just been sent."""
        self._newest_s = self.clock()
        self._told.put(values, self._newest_s)

    def left_out(self, paths: Iterable[str], now_s: float) -> None:
        """Of these, others with whom it shares have just been told, and it has not."""
        self._newest_s = now_s
        self._told.put(((path, _NOTHING) for path in paths), now_s)

    def knows(self, paths: set[str]) -> bool:
        """Whether any of these was told of late, or is to be said once more."""
        told: tuple[dict[str, Any], ...] = (self._due, self._told.of, *(others.of for others in self.shared))
        return not all(of.keys().isdisjoint(paths) for of in told)

    def returns(self, path: str, value: Value) -> bool:
        """The listener sets a path: whether that is only its echo."""
        if self._due:
            self._due.pop(path, None)
        told = self._told.of.get(path)
        for others in self.shared:
            held = others.of.get(path)
            if held is not None and (told is None or held[1] > told[1]):
                told = held
        if told is None or told[0] is _NOTHING:
            return False
        now_s = self.clock()
        if now_s - told[1] <= BACK_S and self.same(path, told[0], value):
            return True
        self.left_out((path,), now_s)
        if now_s - told[1] < CROSSED_S:
            self._due[path] = now_s + random.uniform(*AGAIN_S)
            self._wake()
        return False

    def rest(self) -> None:
        """Nothing was told of late: what was is forgotten, since listeners stay long after they have heard all."""
        if self._told.of and self.clock() - self._newest_s > BACK_S:
            self._told = Told()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._due.clear()
        self._told, self.shared = Told(), []
        self.same = self.again = _nobody  # the listener's own: it is not held any more

    def _wake(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(STEP_S, self._look)

    def _look(self) -> None:
        self._timer = None
        now_s = self.clock()
        due = [path for path, at_s in self._due.items() if at_s <= now_s]
        for path in due:
            del self._due[path]
        if due:
            self.again(due)
        if self._due:
            self._wake()
