"""Signals, heard at once whatever the main thread does: through the interpreter's wake-up pipe, on a thread of its own.

The interpreter's own handlers run on the main thread when it comes round; one that hangs never does.
"""

import contextlib
import os
import signal
import threading
from collections.abc import Callable
from types import FrameType, TracebackType
from typing import Any, Self

IGNORED = (signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE)  # would end a process that says nothing about them


def _nothing(number: int, frame: FrameType | None) -> None:
    """Stands where the interpreter wants a handler; the pipe has told already."""


class Signals:
    """Within a `with`, on the main thread: `tell` hears the signals that were taken, on a thread of its own."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self._tell = tell
        self._taken: dict[int, Any] = {}  # the handlers before
        self._into = -1

    def __enter__(self) -> Self:
        out, self._into = os.pipe()
        os.set_blocking(self._into, False)
        self._before = signal.set_wakeup_fd(self._into, warn_on_full_buffer=False)
        threading.Thread(target=self._run, args=(out,), name="studiod-signals", daemon=True).start()
        for number in IGNORED:
            self._handle(number, signal.SIG_IGN)
        return self

    def take(self, *numbers: int) -> None:
        """From now on these are told, and do nothing else."""
        for number in numbers:
            self._handle(number, _nothing)

    def _handle(self, number: int, handler: Any) -> None:
        before = signal.signal(number, handler)
        self._taken.setdefault(number, before)

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, before in self._taken.items():
            if before is not None:  # not of Python's making: it cannot be put back
                signal.signal(number, before)
        signal.set_wakeup_fd(self._before)
        os.close(self._into)  # the thread reads its end

    def _run(self, out: int) -> None:
        with contextlib.closing(os.fdopen(out, "rb", buffering=0)) as pipe:
            while numbers := pipe.read(256):
                for number in numbers:
                    if number in self._taken:
                        self._tell(number)
