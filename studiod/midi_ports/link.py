"""The desk's end of the MIDI ports: starts the child that owns them, and starts it again when it dies or hangs.

Runs on the desk's loop.  Nothing here loads a driver.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from studiod.aside import aside
from studiod.midi_ports import frames
from studiod.midi_ports.inbox import Inbox
from studiod.midi_ports.said import Said
from studiod.paths import ROOT
from studiod.texts import plain

HANG_S = 3.0  # without a beat; importing and opening takes 0.3
FIRST_WAIT_S, LAST_WAIT_S = 0.2, 5.0
LIVED_S = 10.0  # a child that lived so long starts the back-off anew, and one whose MIDI server has gone
FULL_BYTES = 1 << 16
NAME_CHARACTERS = 96  # of a port's name in the log
LIST_CHARACTERS = 1000  # of all their names
END_S = 1.0  # for a child that closed its socket to end
KILLED_S = 0.3  # for a child that was killed to be gone; one that a driver holds is reaped whenever it ends
SETTLE_S = 1.0  # from the first look at the ports until those that are not there are told
_log = logging.getLogger(__name__)


@dataclass
class _Port:
    name: str
    into: list[str]
    out: list[str]
    hear: Callable[[bytes], None]
    state: Callable[[bool], None]
    timed: Callable[[bytes, int], None] | None = None
    up: bool = False
    here: bool = False  # has been there, one way at least

    @property
    def pattern(self) -> str:
        """What it is looked for by, for people."""
        return " or ".join(repr(one) for one in dict.fromkeys(self.into + self.out))


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


async def _ended(child: subprocess.Popen[bytes], limit_s: float) -> bool:
    """Whether a child has ended within the limit; the thread that waits for it reaps it later if not."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(limit_s):  # wait_for loses a cancellation that comes with the child's end
            await aside(child.wait)
        return True
    return False


class Link:
    """MIDI ports by name.  `faults` and `seen` are for people: what is missing, which ports exist."""

    def __init__(self, api: str = "auto", hang_s: float = HANG_S) -> None:
        self.api, self.hang_s = api, hang_s
        self.pid = 0
        self.seen: dict[str, list[str]] = {"in": [], "out": []}
        self.faults: list[str] = []
        self._ports: list[_Port] = []
        self._writer: asyncio.Transport | None = None
        self._piece: bytearray | None = None  # what is written when `together` is over
        self._keeper: asyncio.Task[None] | None = None
        self._gone = False  # the MIDI server: no fault of the child
        self._first: asyncio.TimerHandle | None = None

    def open(
        self,
        name: str,
        into: list[str],
        out: list[str],
        hear: Callable[[bytes], None],
        state: Callable[[bool], None],
        timed: Callable[[bytes, int], None] | None = None,
    ) -> None:
        """Want a port, by patterns of names ("virtual": one of our own).  state(True) when bytes can be sent to it.

        timed: hears in place of `hear`, the clock's ticks too, each with the time (monotonic ns) at which it came in.
        """
        if len(self._ports) >= 256:
            raise ValueError("more than 256 MIDI ports")
        self._ports.append(_Port(name, into, out, hear, state, timed))
        self._write(self._wish(len(self._ports) - 1))
        if self._keeper is None:
            self._keeper = asyncio.get_running_loop().create_task(self._keep())

    def send(self, name: str, data: bytes, due_ns: int = 0) -> bool:
        """One message to a port; False when it was not taken: the port is away, or the child is behind.

        due_ns (monotonic): it goes out at that time, not before.
        """
        number = next((n for n, port in enumerate(self._ports) if port.name == name and port.up), None)
        if number is None or self._writer is None:
            return False
        waiting = self._writer.get_write_buffer_size() + (len(self._piece) if self._piece is not None else 0)
        if waiting >= FULL_BYTES:
            return False
        self._write(frames.timed(number, due_ns, data) if due_ns else frames.midi(number, data))
        return True

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """What is sent within it, without an await, is one write: each wakes the child."""
        self._piece = bytearray()
        try:
            yield
        finally:
            piece, self._piece = bytes(self._piece), None
            if piece:
                self._write(piece)

    def _write(self, frame: bytes) -> None:
        if self._piece is not None:
            self._piece += frame
        elif self._writer is not None:
            self._writer.write(frame)

    def drop(self, name: str, status: int) -> None:
        """What was sent to a port, begins with this byte and waits for its time does not go out."""
        number = next((n for n, port in enumerate(self._ports) if port.name == name), None)
        if number is not None:
            self._write(frames.control({"drop": number, "status": status}))

    async def close(self) -> None:
        """End the child."""
        if self._first is not None:
            self._first.cancel()
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None

    def _wish(self, number: int) -> bytes:
        port = self._ports[number]
        return frames.control({"open": number, "name": port.name, "in": port.into, "out": port.out,
                              "timed": port.timed is not None})  # fmt: skip

    async def _keep(self) -> None:
        wait_s = FIRST_WAIT_S
        while True:
            start_s, self._gone = time.monotonic(), False
            try:
                await self._live()
            except Exception as fault:
                self._fault(f"MIDI: the child that owns the ports cannot run: {fault}")
            wait_s = FIRST_WAIT_S if self._gone or time.monotonic() - start_s > LIVED_S else wait_s
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LAST_WAIT_S)

    async def _live(self) -> None:
        """One child, from its start to its end."""
        ours, theirs = socket.socketpair()
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        try:
            child = subprocess.Popen(
                [sys.executable, "-m", "studiod.midi_ports.child", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": path},
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self.pid = child.pid
        said, inbox = Said(), Inbox(self._obey)
        try:
            assert child.stderr is not None
            await asyncio.get_running_loop().connect_read_pipe(lambda: said, child.stderr)
            self._writer, _ = await asyncio.get_running_loop().create_connection(lambda: inbox, sock=ours)
            self._writer.write(frames.control({"api": self.api}))
            for number in range(len(self._ports)):
                self._writer.write(self._wish(number))
            ended = await inbox.until_over(self.hang_s)
            if not ended:
                self._fault(f"MIDI: the ports stood still for {self.hang_s:g} s; they are opened again")
            self._away()  # before anything is waited for: nothing is written to an end that is closed
            if ended:
                await self._tell_end(child, said)
        finally:
            self.pid = 0
            inbox.close()
            self._away()
            ours.close()
            child.kill()
            said.close()
            await _ended(child, KILLED_S)

    def _away(self) -> None:
        """Nothing can be sent any more; each port hears it."""
        if self._writer is not None:
            self._writer.abort()
            self._writer = None
        for port in self._ports:
            self._state(port, False)

    async def _tell_end(self, child: subprocess.Popen[bytes], said: "Said") -> None:
        """A child that ended by a signal could not say why: the kernel gives it no more memory than ports need."""
        if not await _ended(child, END_S):
            return
        if child.returncode < 0:
            self._fault(
                f"MIDI: the process of the ports was ended by {_signal(-child.returncode)}; it is started again"
            )
        elif child.returncode > 0:
            self._fault(f"MIDI: the process of the ports could not go on: {said.last()}; it is started again")

    def _obey(self, frame: bytes) -> None:
        if frame[:1] == b"M":
            if frame[1] < len(self._ports):
                self._call(self._ports[frame[1]].hear, frame[2:])
            return
        if frame[:1] == b"T":
            ns, data = frames.time_of(frame)
            self._call(self._ports[frame[1]].timed, data, ns)
            return
        message = json.loads(frame[1:])
        if self._first is None and ("seen" in message or "fault" in message):
            self._first = asyncio.get_running_loop().call_later(SETTLE_S, self._tell_absent)
        if "seen" in message:
            self.seen = message["seen"]
        elif "fault" in message:
            self._fault(message["fault"])
            self._gone = message.get("gone", False)
        elif "port" in message:
            port = self._ports[message["port"]]
            into, out = (plain(message[way] or "absent", NAME_CHARACTERS) for way in ("in", "out"))
            _log.info("MIDI %s: in %s, out %s", port.name, into, out)
            port.here = port.here or bool(message["in"] or message["out"])
            self._state(port, False)
            self._state(port, bool(message["out"]))

    def _tell_absent(self) -> None:
        """Once, after the start: which of the ports wanted are not there."""
        seen = {way: [f"'{plain(name, NAME_CHARACTERS)}'" for name in names] for way, names in self.seen.items()}
        there = "; ".join(f"{way}: {', '.join(names)}" for way, names in seen.items() if names)
        for port in self._ports:
            if not port.here and "virtual" not in port.into:
                _log.warning(
                    "MIDI %s: not there: no port matches %s; this machine has %s; it is taken when it appears",
                    port.name, port.pattern, plain(there, LIST_CHARACTERS) or "no MIDI port at all",
                )  # fmt: skip

    def _state(self, port: _Port, up: bool) -> None:
        if port.up != up:
            port.up = up
            self._call(port.state, up)

    def _fault(self, text: str) -> None:
        text = plain(text)
        if text not in self.faults[-8:]:
            self.faults = [*self.faults[-8:], text]
            _log.warning("%s", text)

    @staticmethod
    def _call(fn: Callable[..., None] | None, *what: bytes | bool | int) -> None:
        try:
            if fn is not None:
                fn(*what)
        except Exception:
            _log.exception("a MIDI controller failed")
