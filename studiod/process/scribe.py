"""The thread that writes to stderr, so that nobody else waits for whoever reads it, or for nobody.

Any thread puts lines; only the scribe's own one writes them.  What finds no room in its queue, and what the stream does
not take, is counted, and the next line that gets through says how many.
"""

import contextlib
import os
import queue
import select
import sys
import threading
from collections.abc import Callable

MOST_LINES = 1000  # that wait; a longer text counts as one
END_S = 0.3  # what waits at the end is waited for this long: a stop promises to be over in 2 s

Line = str | Callable[[], str]  # a function makes its text on the scribe's thread


def own_stderr() -> int:
    """stderr as a descriptor of our own, so that no file opened later can take its number; a hole if it is closed."""
    with contextlib.suppress(OSError):
        return os.dup(2)
    hole = os.open(os.devnull, os.O_RDWR)
    while hole < 3:  # neither our files nor those of children get the numbers that libraries write to
        hole = os.open(os.devnull, os.O_RDWR)
    return hole


class Scribe:
    """Writes lines to a descriptor, which it owns.  Attribute lost: lines that were never written, in all."""

    def __init__(self, file: int, between: Callable[[], float | None] = lambda: None) -> None:
        """between: called on the scribe's thread before each wait for a line; it may put some, and says in how many s
        it wants to be called again (None: after the next line)."""
        self._file, self.between = file, between
        self.lost = 0
        self._told = 0  # of those lost
        self._encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
        self._errors = getattr(sys.stderr, "errors", None) or "backslashreplace"
        self._lines: queue.SimpleQueue[Line | None] = queue.SimpleQueue()
        self._count = threading.RLock()  # held for an addition; a destructor may put a line within one
        self._done = threading.Event()
        self._over = False
        threading.Thread(target=self._run, name="studiod-scribe", daemon=True).start()

    # -- any thread --------------------------------------------------------------------------------------------------

    def put(self, line: Line) -> None:
        """Write this, without its line break, when its turn comes; never waits."""
        if self._over or self._lines.qsize() >= MOST_LINES:
            self._lose()
        else:
            self._lines.put(line)

    def wake(self) -> None:
        """Call `between` soon."""
        if self._lines.empty():
            self._lines.put("")

    def close(self, limit_s: float = END_S) -> bool:
        """No more lines; whether all that waited were dealt with within the limit."""
        self._over = True
        self._lines.put(None)
        return self._done.wait(limit_s)

    def _lose(self) -> None:
        with self._count:
            self.lost += 1

    # -- its own thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        while True:
            with contextlib.suppress(queue.Empty):
                line = self._lines.get(timeout=self.between())
                if line is None:
                    break
                self._say(line)
        self._tell_lost()
        with contextlib.suppress(OSError):
            os.close(self._file)
        self._done.set()

    def _say(self, line: Line) -> None:
        try:
            text = line if isinstance(line, str) else line()
        except Exception as fault:
            text = f"a line of the log could not be made: {type(fault).__name__}"
        if text:
            self._tell_lost()
            if not self._write(text):
                self._lose()

    def _tell_lost(self) -> None:
        with self._count:
            lost = self.lost
        fresh = lost - self._told
        if fresh and self._write(f"{fresh} lines of the log were lost here: nobody read them, or stderr took none"):
            self._told = lost

    def _write(self, text: str) -> bool:
        data = memoryview(f"{text}\n".encode(self._encoding, self._errors))
        while data:
            try:
                data = data[os.write(self._file, data) :]
            except BlockingIOError:  # another program has made it so
                select.select([], [self._file], [])
            except OSError:
                return False
        return True
