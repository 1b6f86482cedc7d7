"""The process of a card, before there is anything to play: what it loads takes half a second, beside what else starts.

Loads nothing but the standard library, so that a start can begin with it.  It is told by its socket when all is
compiled, then what to play, and ends by itself when the socket closes.
"""

import contextlib
import json
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

REAP_S = 0.5  # a killed process ends in some ms


class CardProcess:
    """`python -m studiod.realtime.card`.  Attributes: process; control, our end of its socket, which does not block."""

    def __init__(self) -> None:
        """Raises OSError when no process can be started."""
        self.control, theirs = socket.socketpair()
        self.control.setblocking(False)
        command = [sys.executable, "-m", "studiod.realtime.card", str(theirs.fileno())]
        hole = subprocess.DEVNULL
        with theirs:
            try:  # a session of its own: a Ctrl-C at the terminal is the daemon's to answer, with its fade
                self.process = subprocess.Popen(
                    command, stdin=hole, stdout=hole, stderr=hole, pass_fds=(theirs.fileno(),), start_new_session=True
                )
            except OSError:
                self.control.close()
                raise
        self._told = False

    def compiled(self) -> None:
        """All machine code is in the cache: it loads its own.  Once is enough."""
        if self._told:
            return
        self._told = True
        with contextlib.suppress(OSError):  # one that has ended says so by the end of its socket
            self.control.send(b".")

    def play(self, rack: int, wanted: Mapping[str, object]) -> None:
        """A rack, by its descriptor, and what of which device; after `compiled`."""
        with contextlib.suppress(OSError):
            socket.send_fds(self.control, [json.dumps(wanted).encode()], [rack])

    def drop(self) -> None:
        """Nobody needs it any more; one that has ended already is none the worse for it."""
        self.control.close()
        if self.process.poll() is None:
            self.process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):  # one that its driver holds is waited for by nobody
                self.process.wait(REAP_S)


@contextlib.contextmanager
def begun(device: str | None, config: Path | None) -> Iterator[CardProcess | None]:
    """One for a start on a device, by the name on the command line or in the settings, as far as they can be read.

    None where the start is on the virtual interface, or where there is no room for a process, which the runner tells.
    """
    process = None
    with contextlib.suppress(OSError, ValueError, AttributeError, RecursionError):  # told by who reads the settings
        found = tomllib.loads(config.read_text("utf-8")) if config and not device else {}
        if (device or found.get("interface", {}).get("device", "virtual")) != "virtual":
            process = CardProcess()
    try:
        yield process
    finally:
        if process is not None:
            process.drop()
