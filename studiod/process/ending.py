"""The end of the daemon's process: asked for once, over in less than two seconds, whatever hangs.

The desk's loop takes everything down in order and waits for nothing beyond its bound.  A thread beside it, which the
first signal starts, sees to what the loop cannot: it has the state written when the loop has not come round to it, and
ends the process hard when the loop does not.
"""

import asyncio
import logging
import math
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Self

from studiod.process.brood import kill_all
from studiod.process.signals import Signals

LOG = logging.getLogger(__name__)
SAVE_S = 0.6  # by then the state is being written, by the loop or without it
ORDERLY_S = 1.4  # the loop waits for nothing beyond it
HARD_S = 1.75  # then the process ends: what is left of two seconds is for the system to take it apart
LAST_WORD_S = 0.05  # for the log's last line
GRACE_S = 0.05  # for what was given up to let go
STOPS = (signal.SIGTERM, signal.SIGINT)


def _leave(code: int) -> None:
    os._exit(code)  # no destructor, no thread and no library is waited for


class Ending:
    """Attributes: begun, whether the end has begun; steps, what is waited for; saved, whether the state is on the disk
    (None: not known yet); say, takes the last line; flush, writes it."""

    def __init__(self, hard: bool = False, leave: Callable[[int], object] = _leave) -> None:
        """hard: the process is ours to end.  Else the end is only kept in its order and within its bounds."""
        self._hard, self._exit = hard, leave
        self.say: Callable[[str], None] = lambda _: None
        self.flush: Callable[[float], object] = lambda _: None
        self.steps: list[str] = []
        self.begun = False
        self.saved: bool | None = None
        self._lock, self._saving = threading.Lock(), threading.Lock()
        self._save: Callable[[], bool] | None = None
        self._stop: Callable[[], object] | None = None
        self._again: Callable[[], object] = lambda: None
        self._signals: Signals | None = None
        self._begun_s, self._closed = 0.0, threading.Event()
        self._stack = ExitStack()

    # -- the main thread ---------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():  # no other may
            self._signals = self._stack.enter_context(Signals(self._told))
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self._stack.close()
        self._signals = None

    def listen(self, *numbers: int) -> None:
        """Hear these signals.  Until something runs, one that stops ends the process there and then."""
        if self._signals is not None:
            self._signals.take(*numbers)

    @contextmanager
    def running(
        self, stop: Callable[[], object], again: Callable[[], object], save: Callable[[], bool]
    ) -> Iterator[None]:
        """Something runs.  stop, again: called by signals, on a thread of theirs; save: writes the state and says
        whether it is on the disk, on any thread, once."""
        with ExitStack() as stack:
            if self._signals is None:
                stack.enter_context(self)
                self.listen(*STOPS, signal.SIGHUP)
            with self._lock:
                self._stop, self._again, self._save = stop, again, save
            try:
                yield
            finally:
                if not self._hard:
                    self._stop = None

    # -- any thread --------------------------------------------------------------------------------------------------

    def _told(self, number: int) -> None:
        """On the thread of the signals."""
        with self._lock:
            stop = self._stop
        if number == signal.SIGHUP:
            self._again()
        elif stop is None:
            if self._hard:  # nobody has changed anything yet
                self.leave(0, "stopped before it was ready")
        else:
            self.begin()
            stop()

    def begin(self) -> None:
        """The end begins now; a second time changes nothing."""
        with self._lock:
            if self.begun:
                return
            self.begun, self._begun_s = True, time.monotonic()
        if self._hard:
            threading.Thread(target=self._watch, name="studiod-ending", daemon=True).start()

    def save(self) -> bool:
        """Write the state, unless somebody has or does; whether it is on the disk."""
        with self._saving:
            if self.saved is None:
                assert self._save is not None
                try:
                    self.saved = self._save()
                except Exception:
                    LOG.exception("the state could not be written at the end")
                    self.saved = False
            return self.saved

    def leave(self, code: int, last: str = "") -> None:
        """End the process here: the children, whatever they do, then itself."""
        if last:
            self.say(last)
            self.flush(LAST_WORD_S)
        kill_all()
        self._exit(code)

    def _left_s(self, until_s: float) -> float:
        return max(self._begun_s + until_s - time.monotonic(), 0.0)

    # -- the thread beside the loop ----------------------------------------------------------------------------------

    def _watch(self) -> None:
        if self._closed.wait(self._left_s(SAVE_S)):
            return
        if not self._saving.locked() and self.saved is None:
            threading.Thread(target=self.save, name="studiod-save", daemon=True).start()
        if self._closed.wait(self._left_s(HARD_S)):
            return
        state = "the mix is saved" if self.saved else "the mix is NOT saved: its last changes may be lost"
        what = " and ".join(self.steps) or "the desk"
        self.leave(0 if self.saved else 1, f"stopped without waiting for {what}; {state}")

    # -- the loop ----------------------------------------------------------------------------------------------------

    async def bounded(self, step: str, work: Coroutine[Any, Any, Any], most_s: float = math.inf) -> Any:
        """What some work of the end comes to; None, told, when it fails, or takes longer than most_s or the end."""
        task = asyncio.ensure_future(work)
        self.steps.append(step)
        await asyncio.wait([task], timeout=min(most_s, self._left_s(ORDERLY_S)))
        self.steps.remove(step)
        if not task.done():
            LOG.warning("the end does not wait for %s any longer", step)
            task.cancel()
            await asyncio.wait([task], timeout=GRACE_S)
            return None
        if task.cancelled():
            return None
        if fault := task.exception():
            LOG.error("%s: a fault at the end", step, exc_info=fault)
            return None
        return task.result()
