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

from studiod.registry.registry import Value

BACK_S = 1.0
CROSSED_S = 0.2
AGAIN_S = (0.05, 0.15)
STEP_S = 0.01  # how finely the wait is kept: one timer for all paths
KEPT = 1024  # entries, before old ones are looked for


def _nobody(*_: object) -> bool:
    """Of a listener that is gone."""
    return False


class Mirror:
    """One listener.  same: whether two values of a path are one on its wire; again: says paths anew."""

    def __init__(
        self,
        same: Callable[[str, Value, Value], bool],
        again: Callable[[list[str]], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.same, self.again, self.clock = same, again, clock
        self._told: dict[str, tuple[Value, float]] = {}
        self._due: dict[str, float] = {}  # paths to say once more, and when
        self._timer: asyncio.TimerHandle | None = None
        self._sweep = KEPT
        self._newest_s = 0.0

    def told(self, values: Iterable[tuple[str, Value]]) -> None:
        """These have just been sent."""
        now_s = self._newest_s = self.clock()
        for path, value in values:
            self._told[path] = (value, now_s)
        if len(self._told) > self._sweep:
            self._told = {path: held for path, held in self._told.items() if now_s - held[1] <= BACK_S}
            self._sweep = max(KEPT, 2 * len(self._told))

    def returns(self, path: str, value: Value) -> bool:
        """The listener sets a path: whether that is only its echo."""
        if self._due:
            self._due.pop(path, None)
        told = self._told.get(path)
        if told is None:
            return False
        age_s = self.clock() - told[1]
        if age_s <= BACK_S and self.same(path, told[0], value):
            return True
        del self._told[path]
        if age_s < CROSSED_S:
            self._due[path] = self.clock() + random.uniform(*AGAIN_S)
            self._wake()
        return False

    def rest(self) -> None:
        """Nothing was told of late: what was is forgotten, since listeners stay long after they have heard all."""
        if self._told and self.clock() - self._newest_s > BACK_S:
            self._told = {}

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._due.clear()
        self._told = {}
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
