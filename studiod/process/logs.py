"""The daemon's log: every line made fit to be shown, throttled by its kind, and written by a thread of its own.

`emit` runs on whatever thread logs, the desk's loop included: it makes the message, notes where a fault was, and goes
on.  The scribe's thread looks the source lines of a traceback up, and writes.
"""

import linecache
import logging
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import FrameType, TracebackType
from typing import Any

from studiod.process.scribe import END_S, Scribe, own_stderr
from studiod.process.throttle import PER_S, Kind, Throttle
from studiod.texts import plain

LINE_MOST, STEP_MOST = 1000, 300  # characters of a message, and of a line below it
STEPS, CHAIN = 15, 3  # of a traceback, the innermost; faults that led to each other
Step = tuple[str, int, str]  # file, line, function
LOG = logging.getLogger(__name__)


def steps(frames: Iterable[tuple[FrameType, int]]) -> list[Step]:
    """Where some frames are, the last ones; nothing is read from a disk."""
    found = deque(((frame.f_code.co_filename, line, frame.f_code.co_name) for frame, line in frames), STEPS)
    return list(found)


def shown(places: list[Step]) -> list[str]:
    """Two lines a place: where it is, and what stands there.  Reads source files."""
    out = []
    for file, number, name in places:
        source = linecache.getline(file, number).strip()
        out += [f'  File "{file}", line {number}, in {name}', *([f"    {source}"] if source else [])]
    return out


class Told:
    """A line to be written: its message, and what went wrong."""

    def __init__(self, record: logging.LogRecord) -> None:
        try:
            message = record.getMessage()
        except Exception as wrong:  # a line that cannot be made is a fault of ours, and never the desk's end
            message = f"{record.msg!r} with other words than it takes: {wrong}"
        self.head = f"{record.levelname} {record.name}: {plain(message, LINE_MOST)}"
        self.places: list[Step] = getattr(record, "places", [])  # by logging's `extra`: where a thread stands
        self.faults: list[tuple[str, list[Step]]] = []
        fault = record.exc_info[1] if record.exc_info else None
        while fault is not None and len(self.faults) < CHAIN:
            trace: TracebackType | None = fault.__traceback__
            self.faults.insert(0, (_named(fault), steps(traceback.walk_tb(trace))))
            fault = fault.__cause__ or (None if fault.__suppress_context__ else fault.__context__)

    def text(self, left_out: int) -> str:
        """All of its lines.  On the scribe's thread."""
        tail = f" ({left_out} more of this kind before it, left out)" if left_out else ""
        lines = [self.head + tail, *shown(self.places)]
        for name, places in self.faults:
            lines += ["Traceback (most recent call last):", *shown(places), name]
        return "\n".join([lines[0], *(plain(line, STEP_MOST) for line in lines[1:])])


def _named(fault: BaseException) -> str:
    try:
        return f"{type(fault).__name__}: {str(fault)[:STEP_MOST]}"
    except Exception:
        return type(fault).__name__


class Logs(logging.Handler):
    """The one handler.  `say` writes a line as it is, for what is no log: the greeting, the farewell."""

    def __init__(self, file: int, clock: Callable[[], float] = time.monotonic) -> None:
        """file: a descriptor, which becomes its own."""
        super().__init__()
        self._throttle: Throttle[Told] = Throttle(clock)
        self._scribe = Scribe(file, self._between)

    @property
    def lost(self) -> int:
        """Lines that nobody will ever read."""
        return self._scribe.lost

    def say(self, text: str) -> None:
        """A line, or some, made fit to be shown; neither throttled nor waited for."""
        self._scribe.put("\n".join(plain(line, LINE_MOST) for line in text.split("\n")))

    def emit(self, record: logging.LogRecord) -> None:
        kind: Kind = (record.name, record.levelno, str(record.msg)[:STEP_MOST])
        line = Told(record)
        passes, left_out = self._throttle.pass_on(kind, line)
        if passes:
            self._scribe.put(lambda: line.text(left_out))
        else:
            self._scribe.wake()

    def _between(self) -> float | None:
        """On the scribe's thread: what was held back and may go now; when to look again."""
        with self._held():
            for line, left_out in self._throttle.due():
                self._scribe.put(lambda line=line, left_out=left_out: line.text(left_out))  # type: ignore[misc]
            return 1.0 / PER_S if self._throttle.waiting else None

    def end(self, limit_s: float = END_S) -> bool:
        """Write what waits, whatever its turn; whether all of it was dealt with in time.  Later lines are dropped."""
        with self._held():
            for line, left_out in self._throttle.due(all=True):
                self._scribe.put(lambda line=line, left_out=left_out: line.text(left_out))  # type: ignore[misc]
        return self._scribe.close(limit_s)

    def _held(self) -> AbstractContextManager[Any]:
        assert self.lock is not None
        return self.lock  # which logging holds around emit


def _of_thread(fault: threading.ExceptHookArgs) -> None:
    """What Python would print of a thread that ended by a fault."""
    if fault.exc_value is not None and not isinstance(fault.exc_value, SystemExit):
        name = fault.thread.name if fault.thread is not None else "?"
        LOG.error("the thread %s has ended", name, exc_info=fault.exc_value)


def _of_destructor(fault: "sys.UnraisableHookArgs") -> None:
    """What Python would print of a fault that nobody can catch."""
    LOG.error("%s: %r", fault.err_msg or "a fault that nobody could catch, in", fault.object, exc_info=fault.exc_value)


@contextmanager
def kept() -> Iterator[Logs]:
    """All that this process says goes through one `Logs` on stderr: log, warnings, faults of threads."""
    logs, root = Logs(own_stderr()), logging.getLogger()
    handlers, level, hooks = root.handlers[:], root.level, (threading.excepthook, sys.unraisablehook)
    root.handlers[:] = [logs]
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    threading.excepthook, sys.unraisablehook = _of_thread, _of_destructor
    try:
        yield logs
    finally:
        logs.end()
        threading.excepthook, sys.unraisablehook = hooks
        logging.captureWarnings(False)
        root.handlers[:] = handlers
        root.setLevel(level)
