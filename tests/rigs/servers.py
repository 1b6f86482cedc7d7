"""Real parts for tests: a JACK server without hardware, free ports, and the daemon itself as a process.

Everything started here is ended here, by its own process id or its own process group.  Never by name.
"""

import contextlib
import importlib
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from studiod.toml_text import table

ROOT = Path(__file__).resolve().parents[2]
JACK_START_S = 10  # a busy machine takes 2
DAEMON_START_S = 240  # a cold start compiles; below pytest's own limit, so that its stderr is shown
DAEMON_STOP_S = 5  # it promises 2


def need_server(reason: str) -> NoReturn:
    """End this test: as a skip, or as a failure where STUDIOD_REQUIRE_SERVERS=1 says that nothing may be skipped."""
    if os.environ.get("STUDIOD_REQUIRE_SERVERS") == "1":
        pytest.fail(f"{reason} (STUDIOD_REQUIRE_SERVERS=1)", pytrace=False)
    pytest.skip(reason)


def need_tool(name: str, package: str) -> str:
    """The full path of an executable that a system package brings, or no test."""
    found = shutil.which(name)
    if found is None:
        need_server(f"{name} is not installed (system package {package})")
    return found


def need_module(name: str) -> Any:
    """A Python package of the test extra, or no test."""
    try:
        return importlib.import_module(name)
    except ImportError as fault:
        need_server(f"{name} cannot be imported: {fault}")


def free_udp_port(host: str = "127.0.0.1") -> int:
    """A port number that is free for UDP and for TCP on host, and that the system gives to nobody by itself."""
    lent_from = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    chance = random.SystemRandom()  # each process of the tests finds others
    for _ in range(64):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp, socket.socket() as tcp:
            port = chance.randrange(12_000, max(lent_from, 12_001))
            try:
                udp.bind((host, port))
                tcp.bind((host, port))
            except OSError:
                continue
            return port
    raise OSError(f"no port on {host} is free for both UDP and TCP")


# ---- JACK -----------------------------------------------------------------------------------------------------------


@dataclass
class JackServer:
    """A running JACK server with the dummy driver.  `env` is what its clients need in their environment."""

    name: str
    rate_hz: int
    period_frames: int
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def env(self) -> dict[str, str]:
        return {"JACK_DEFAULT_SERVER": self.name, "JACK_NO_START_SERVER": "1"}

    def freeze(self) -> None:
        """Stop calling clients, without any of them being told (a device that hangs)."""
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """The device is gone."""
        self.process.kill()
        self.process.wait()


def _jack_runs(name: str) -> bool:
    command = ["jack_wait", "-s", name, "-c"]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except subprocess.TimeoutExpired:  # it waits for a server that was killed, or that has not come up yet
        return False
    return "running" in asked.stdout.split("\n")  # the other answer is "not running"


@contextlib.contextmanager
def jack_server(
    log_dir: Path,
    *,
    suffix: str = "",
    rate_hz: int = 48000,
    period_frames: int = 64,
    channels: int = 32,
    outputs: int | None = None,
    sync: bool = False,
    client_timeout_ms: int | None = None,
) -> Iterator[JackServer]:
    """A JACK dummy server named studiod-test plus suffix, with as many outputs as inputs (channels) unless told.

    JACK has room for 8 names on a machine and frees a killed one's only for the same name: use few suffixes.
    `sync` (-S) computes each period before it answers the driver: no period is lost on a slow machine.
    A client that does not answer for `client_timeout_ms` is thrown out.
    """
    jackd = need_tool("jackd", "jackd2")
    need_tool("jack_wait", "jack-tools")
    name = f"studiod-test{suffix}"
    if _jack_runs(name):
        pytest.fail(f"a JACK server named {name} is already running; end it first", pytrace=False)
    log = log_dir / f"jackd{suffix}.log"
    command = [jackd, "-n", name, "-R", "-P", "50", "-p", "4096", *(["-S"] if sync else [])]
    command += [*(["-t", str(client_timeout_ms)] if client_timeout_ms else []), "-d", "dummy"]
    command += ["-r", str(rate_hz), "-p", str(period_frames), "-C", str(channels), "-P", str(outputs or channels)]
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            env={**os.environ, "JACK_NO_AUDIO_RESERVATION": "1"},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    server = JackServer(name, rate_hz, period_frames, process, log)
    try:
        end_s = time.monotonic() + JACK_START_S
        while not _jack_runs(name):
            if process.poll() is not None or time.monotonic() > end_s:
                need_server(f"jackd did not start:\n{log.read_text(errors='replace')}")
            time.sleep(0.05)
        yield server
    finally:
        if process.poll() is None:
            time.sleep(0.3)  # clients that have just closed are still leaving; a server that ends under them hangs
            server.thaw()
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                server.kill()


# ---- The daemon -----------------------------------------------------------------------------------------------------


def to_toml(settings: Mapping[str, Any]) -> str:
    """Settings as TOML: tables of plain values and lists, and arrays of tables under `table.name`."""
    parts: list[str] = []
    for name, keys in settings.items():
        rows = {k: v for k, v in keys.items() if isinstance(v, list) and v and isinstance(v[0], Mapping)}
        parts.append(table(name, {k: v for k, v in keys.items() if k not in rows}))
        parts += [table(f"{name}.{row}", one, one_of_many=True) for row, each in rows.items() for one in each]
    return "\n".join(parts)


class Daemon:
    """`studiod run` as a child process, on free ports, with its state in a folder of its own.

    `settings` are tables laid over the ones made here: `Daemon(tmp_path, {"console": {"channels": 3}})`.
    A second `start` finds the state that the first left.
    """

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        args: tuple[str, ...] = (),
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.host = "127.0.0.1"
        self.osc_port = free_udp_port()
        self.http_port = free_udp_port()
        self.x32_port = free_udp_port()
        self.folder = folder
        self.config = folder / "studio.toml"
        self.state = folder / "state"
        tables: dict[str, dict[str, Any]] = {
            "interface": {"device": "virtual"},
            "osc": {"listen": self.host, "port": self.osc_port},
            "x32": {"enabled": False, "listen": self.host, "port": self.x32_port},
            "http": {"listen": self.host, "port": self.http_port},
            "state": {"directory": str(self.state)},
        }
        for name, keys in (settings or {}).items():
            tables.setdefault(name, {}).update(keys)
        folder.mkdir(parents=True, exist_ok=True)
        self.config.write_text(to_toml(tables), encoding="utf-8")
        self._args, self._env = args, dict(env or {})
        self._lines: list[str] = []
        self._grew = threading.Condition()
        self.process: subprocess.Popen[str] | None = None
        self._groups: list[int] = []  # of every start: a killed one may have left children

    @property
    def stderr(self) -> str:
        """All that it has said so far."""
        with self._grew:
            return "".join(self._lines)

    @property
    def pid(self) -> int:
        assert self.process is not None, "start it first"
        return self.process.pid

    def start(self, wait: bool = True) -> "Daemon":
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
        with self._grew:
            self._lines.clear()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "studiod", "run", "--config", str(self.config), *self._args],
            env={**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1", **self._env},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,  # a group of its own, so that its children can be ended with it
        )
        self._groups.append(self.process.pid)
        self._reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self._reader.start()
        if wait:
            self.wait_for(r"\bready\b", DAEMON_START_S)
        return self

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:
                with self._grew:
                    self._lines.append(line)
                    self._grew.notify_all()
        with self._grew:
            self._grew.notify_all()

    def wait_for(self, pattern: str, timeout_s: float = 10.0) -> str:
        """The first line of stderr that matches pattern.  Fails with all of stderr when it ends or is late."""
        assert self.process is not None
        sought, end_s, seen = re.compile(pattern), time.monotonic() + timeout_s, 0
        while True:
            alive = self._reader.is_alive()
            with self._grew:
                for line in self._lines[seen:]:
                    if sought.search(line):
                        return line
                seen = len(self._lines)
                if alive and time.monotonic() < end_s:
                    self._grew.wait(0.1)
                    continue
            what = f"said no {pattern!r} in {timeout_s:g} s" if alive else f"ended before it said {pattern!r}"
            raise AssertionError(f"the daemon {what}; its stderr:\n{self.stderr}")

    def stop(self) -> int:
        """SIGTERM, then SIGKILL to its group after 5 s.  Its exit status; negative is the signal that ended it."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """SIGKILL to the main process alone, as a crash: its children must notice by themselves."""
        return self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            status = self.process.wait(DAEMON_STOP_S)
        except subprocess.TimeoutExpired:
            self.end_group()
            status = self.process.wait()
        self._reader.join(1)
        return status

    def end_group(self) -> None:
        """SIGKILL to whatever is left of it, children and earlier starts included."""
        for group in self._groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        self._groups.clear()

    def close(self) -> None:
        self.stop()
        self.end_group()
        if self.process is not None:
            self._reader.join(2)

    def __enter__(self) -> "Daemon":
        return self if self.process else self.start()

    def __exit__(self, *_: object) -> None:
        self.close()
