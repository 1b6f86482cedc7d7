"""A real daemon brought into a state that hangs something, stopped there, and what that took and left.

Hung names need a name server that never answers, in a mount namespace of the daemon's own: for root, on Linux.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

import servers
from studiod.client.client import ask
from studiod.errors import Fault

LIMIT_S = 2.0  # of the contract
DISK_BYTES = 24 << 20
SILENT = "127.0.0.97"  # where the name server does not answer
MIDI = {"api": "jack", "surfaces": [{"name": "nanokontrol2", "port": "virtual"}]}
Health = Literal["running", "stopped", "killed"]


@dataclass(frozen=True)
class State:
    """What of a rack is in which health when the stop comes.  jack "": the virtual interface."""

    jack: Health | Literal[""] = ""
    card: Health = "running"
    ports: Health = "running"
    full: frozenset[str] = frozenset()  # of store, stderr
    deaf: bool = False  # the name server

    def __str__(self) -> str:
        parts = [f"jack {self.jack}, card {self.card}, ports {self.ports}" if self.jack else "virtual"]
        return ", ".join(
            [*parts, *(f"{what} full" for what in sorted(self.full)), *(["names hang"] if self.deaf else [])]
        )


@dataclass(frozen=True)
class End:
    """What a stop was."""

    took_s: float
    code: int
    wanted: float  # the last change
    stored: object  # what an independent reader finds of it
    left: list[int]  # children that are still there
    said: str


def children(pid: int, module: str = "") -> list[int]:
    """The processes that a daemon has started, those of one module."""
    asked = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    rows = [row.split(maxsplit=1) for row in asked.stdout.splitlines()]
    return [int(row[0]) for row in rows if module in row[1]]


def alive(pid: int) -> bool:
    """Whether there is such a process; one that only waits to be reaped has no command line."""
    with contextlib.suppress(OSError):
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    return False


def stored(folder: Path, path: str) -> object:
    """What a copy of the state holds of a path, read by SQLite alone."""
    with tempfile.TemporaryDirectory() as name:
        for file in folder.glob("studiod.sqlite*"):
            shutil.copy(file, name)
        with contextlib.closing(sqlite3.connect(Path(name) / "studiod.sqlite")) as base:
            found = base.execute("SELECT value FROM state WHERE path = ?", (path,)).fetchone()
    return None if found is None else json.loads(found[0])


@contextlib.contextmanager
def full_pipe() -> Iterator[int]:
    """The end of a pipe into which nothing more goes, and that nobody reads."""
    out, into = os.pipe()
    fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(into, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(into, b"x"):
            pass
    os.set_blocking(into, True)
    try:
        yield into
    finally:
        os.close(into)
        os.close(out)


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[Callable[[], None]]:
    """A disk of its own at a folder; the function fills it to its last byte."""
    if os.geteuid() != 0:
        servers.need_server("only root may mount a small disk")
    folder.mkdir(parents=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)], check=False)
    if done.returncode:
        servers.need_server("this machine does not let root mount a tmpfs")

    def fill() -> None:
        with contextlib.suppress(OSError), (folder / "others").open("wb", buffering=0) as file:
            for size in (1 << 16, 1):
                with contextlib.suppress(OSError):
                    while file.write(bytes(size)):
                        pass

    try:
        yield fill
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def deaf_names(folder: Path) -> Iterator[list[str]]:
    """Words before a command that make it look names up where nobody answers."""
    if os.geteuid() != 0 or not shutil.which("unshare"):
        servers.need_server("only root may give a process a name server of its own")
    file = folder / "resolv.conf"
    file.write_text(f"nameserver {SILENT}\noptions timeout:30 attempts:5\n")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # two runs of tests may be deaf side by side
        server.bind((SILENT, 53))
        yield ["unshare", "-m", "sh", "-c", f"mount --bind '{file}' /etc/resolv.conf && exec \"$@\"", "sh"]


class Rack:
    """A daemon that runs in a state.  `with` starts what it needs and leaves nothing of it behind."""

    def __init__(
        self, folder: Path, state: State, tables: dict[str, Any] | None = None, env: dict[str, str] | None = None
    ) -> None:
        self.state, self._tables, self._env = state, dict(tables or {}), dict(env or {})
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._stack = contextlib.ExitStack()
        self.server: servers.JackServer | None = None
        self.fill: Callable[[], None] = lambda: None

    def __enter__(self) -> "Rack":
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _start(self) -> None:
        state, tables, words = self.state, self._tables, []
        if "store" in state.full:
            self.fill = self._stack.enter_context(small_disk(self.folder / "daemon" / "state"))
        if state.jack:
            self.server = self._stack.enter_context(
                servers.jack_server(self.folder, suffix="-stops", sync=True, channels=8)
            )
            self._env |= self.server.env
            tables = {"interface": {"device": "system"}, "midi": MIDI} | tables
        if state.deaf:
            words = self._stack.enter_context(deaf_names(self.folder))
            clients = [{"address": f"tablet{n}.nowhere.example:9001"} for n in range(8)]
            tables = tables | {"osc": {"client": clients, **tables.get("osc", {})}}
        self.config = servers.Daemon(self.folder / "daemon", tables)
        self.port = self.config.osc_port
        stderr: Any = self._stack.enter_context((self.folder / "stderr").open("wb"))
        if "stderr" in state.full:
            stderr = self._stack.enter_context(full_pipe())
        path = os.pathsep.join(filter(None, [self._env.pop("PYTHONPATH", ""), str(servers.ROOT)]))
        command = [sys.executable, "-m", "studiod", "run", "--config", str(self.config.config)]
        self.process = subprocess.Popen(
            [*words, *command], env={**os.environ, "PYTHONPATH": path, **self._env}, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True,
        )  # fmt: skip
        self._stack.callback(self._clear)

    def _clear(self) -> None:
        for pid in [*children(self.process.pid), self.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def said(self) -> str:
        return (self.folder / "stderr").read_text("utf-8", "replace")

    def ask(self, path: str, value: str | None = None) -> object:
        return ask("127.0.0.1", self.port, path, value)

    def until(self, true: Callable[[], object], what: str) -> None:
        end_s = time.monotonic() + servers.DAEMON_START_S
        while True:
            with contextlib.suppress(Fault):
                if true():
                    return
            assert self.process.poll() is None, f"it has ended: {self.said()}"
            assert time.monotonic() < end_s, f"{what}: {self.said()}"
            time.sleep(0.05)

    def ready(self) -> None:
        """Until it plays as the state wants it to, with its children."""
        self.until(lambda: float(str(self.ask("status/frames"))) > 0, "it never played")
        if "store" in self.state.full:  # for the last write on a full disk; made when the desk is first quiet
            self.until((self.config.state / "studiod.reserve").exists, "it made no reserve")
        if self.state.jack:
            self.until(lambda: self.ask("status/device") == "system", "it never played on the interface")
            self.until(lambda: children(self.process.pid, "studiod.midi_ports.child"), "it has no MIDI ports")

    def fall_ill(self) -> None:
        """What the state says of the server, the children and the disk comes true."""
        self.fill()
        for module, health in (
            ("studiod.realtime.card", self.state.card),
            ("studiod.midi_ports.child", self.state.ports),
        ):
            for pid in children(self.process.pid, module) if health != "running" else []:
                os.kill(pid, signal.SIGSTOP if health == "stopped" else signal.SIGKILL)
        if self.server is not None and self.state.jack != "running":
            (self.server.freeze if self.state.jack == "stopped" else self.server.kill)()

    def stop(self, number: int = signal.SIGTERM, change_db: float = -7.0, wait_s: float = 0.0) -> End:
        """The last change, answered; a signal; and what that comes to.  wait_s: between the fault and the change."""
        time.sleep(wait_s)
        self.ask("ch/1/fader", str(change_db))
        born = children(self.process.pid)
        began_s = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(60)
        took_s = time.monotonic() - began_s
        end_s = time.monotonic() + 5.0  # a killed one takes a moment; one that is stopped stays
        while (left := [pid for pid in born if alive(pid)]) and time.monotonic() < end_s:
            time.sleep(0.02)
        return End(took_s, code, change_db, stored(self.config.state, "ch/1/fader"), left, self.said())


def stopped_in(folder: Path, state: State, wait_s: float = 0.1, **more: Any) -> End:
    """One stop in one state."""
    with Rack(folder, state, **more) as rack:
        rack.ready()
        rack.fall_ill()
        return rack.stop(wait_s=wait_s)


def kept(folder: Path, state: State, tries: int = 3, **more: Any) -> End:
    """The same until one took less than the contract's limit: a busy machine may be late, a hang always is."""
    for k in range(tries):
        end = stopped_in(folder / str(k), state, **more)
        if end.took_s < LIMIT_S:
            break
    return end


def fail_unless_kept(end: End) -> None:
    """All that a stop promises."""
    assert end.code == 0, end.said
    assert end.stored == pytest.approx(end.wanted), end.said
    assert end.left == [], "children are left"
    assert "Traceback" not in end.said, end.said
    assert end.took_s < LIMIT_S, f"{end.took_s:.2f} s\n{end.said}"
