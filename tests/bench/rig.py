"""A rack on a bench: a JACK server, the daemon on it, a bare client beside it, and everything that can disturb them."""

import contextlib
import mmap
import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import servers
from studiod.client.client import ask
from studiod.realtime import layout as r
from studiod.realtime.rack import Rack

BENCH = Path(__file__).resolve().parent
RATE_HZ, PERIOD_FRAMES, INPUTS, OUTPUTS = 48_000, 64, 16, 18
HOGS = 3
SETTLE_S = 1.0


def bare_client(folder: Path) -> Path:
    """The C client, compiled here."""
    compiler = shutil.which("cc") or servers.need_tool("gcc", "gcc")
    program = folder / "bare_client"
    command = [compiler, "-O2", str(BENCH / "bare_client.c"), "-ljack", "-o", str(program)]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        why = made.stderr.strip().splitlines()[:1]
        servers.need_server(f"the bare client cannot be compiled (system package libjack-jackd2-dev): {why}")
    return program


class Client:
    """A JACK client in a process of its own, and its answers."""

    def __init__(self, command: list[str], env: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [*command, str(INPUTS), str(OUTPUTS)],
            env={**os.environ, **env}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip
        assert self.line() == "ready"

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def say(self, word: str) -> str:
        """A word to it; its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(word + "\n")
        return self.line()

    def close(self) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        try:
            self.process.wait(3)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Flood:
    """OSC at a steady rate, from a process of its own."""

    def __init__(self, daemon: servers.Daemon, per_second: int) -> None:
        command = [sys.executable, str(BENCH / "flood.py"), daemon.host, str(daemon.osc_port), str(per_second)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.per_second = 0.0

    def close(self) -> None:
        """End it; per_second is then the rate that it kept."""
        out, _ = self.process.communicate(timeout=10)
        sent, seconds = out.split()
        self.per_second = int(sent) / float(seconds)


class Hogs:
    """The board of the threads in the process with a word on its command line: start them, and see them count."""

    def __init__(self, folder: Path, within: str) -> None:
        self.within, self.file = within, folder / "hogs"
        self.file.write_bytes(bytes(8 * (HOGS + 1)))
        with self.file.open("r+b") as file:
            self.board = mmap.mmap(file.fileno(), 8 * (HOGS + 1))

    @property
    def env(self) -> dict[str, str]:
        """What the process needs that they are to run in."""
        path = [str(BENCH / "hogs"), str(servers.ROOT), os.environ.get("PYTHONPATH", "")]
        return {"HOGS_IN": self.within, "HOGS_FILE": str(self.file), "PYTHONPATH": os.pathsep.join(filter(None, path))}

    def run(self, on: bool) -> None:
        struct.pack_into("q", self.board, 0, int(on))

    def counts(self) -> tuple[int, ...]:
        return struct.unpack_from(f"{HOGS}q", self.board, 8)


@dataclass
class Rig:
    """All of it, running."""

    server: servers.JackServer
    daemon: servers.Daemon
    bare: Client
    rack: Rack  # this process's view of the daemon's own
    hogs: Hogs

    def device(self) -> str:
        return str(ask(self.daemon.host, self.daemon.osc_port, "status/device"))

    def _socket(self) -> list[str]:
        """The kernel's line on the desk's UDP socket."""
        rows = [line.split() for line in Path("/proc/net/udp").read_text("ascii").splitlines()[1:]]
        return next(row for row in rows if int(row[1].split(":")[1], 16) == self.daemon.osc_port)

    def lost_datagrams(self) -> int:
        """What the kernel dropped because the desk did not read it in time."""
        return int(self._socket()[-1])

    def drain(self, within_s: float = 10.0) -> None:
        """Until the desk has read what the kernel holds for it: a question before that would be dropped as well."""
        end_s = time.monotonic() + within_s
        while self._socket()[4].split(":")[1] != "00000000":
            if time.monotonic() > end_s:
                raise RuntimeError(f"the desk did not read its datagrams within {within_s:g} s:\n{self.daemon.stderr}")
            time.sleep(0.02)

    def desk_s(self) -> float:
        """Processor time of the desk so far, without its children."""
        fields = Path(f"/proc/{self.daemon.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def attach(pid: int) -> Rack:
    """The rack of a running daemon, by the file that it holds."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            if "studiod-rack" in os.readlink(link):
                return Rack(os.open(link, os.O_RDWR))
    raise RuntimeError(f"process {pid} holds no rack")


@contextlib.contextmanager
def rig(folder: Path, settings: Mapping[str, Mapping[str, Any]] | None = None) -> Iterator[Rig]:
    """A rig of 16 inputs and 18 outputs at 48 kHz and 64 frames; hogs and flood are still."""
    size = {"channels": INPUTS, "outputs": OUTPUTS, "period_frames": PERIOD_FRAMES, "rate_hz": RATE_HZ}
    with servers.jack_server(folder, suffix="-rt", **size) as server, contextlib.ExitStack() as ends:  # type: ignore[arg-type]
        bare = Client([str(bare_client(folder)), "bare"], server.env)
        ends.callback(bare.close)
        hogs = Hogs(folder, "studiod.realtime.card")
        ends.callback(hogs.run, False)
        tables = {"interface": {"device": "system", "block_frames": PERIOD_FRAMES}, "console": {"channels": 33}}
        env = {**server.env, **hogs.env, "XDG_CONFIG_HOME": str(folder / "config")}  # where surfaces of our own lie
        daemon = servers.Daemon(folder / "daemon", {**tables, **(settings or {})}, env=env)
        ends.callback(daemon.close)
        daemon.start()
        made = Rig(server, daemon, bare, attach(daemon.pid), hogs)
        if made.device() != "system":
            raise RuntimeError(f"the daemon did not open the server:\n{daemon.stderr}")
        yield made


@dataclass(frozen=True)
class Mark:
    """How far the card and the bare client were, each with its own time."""

    generation: int
    card_frames: int
    card_blocks: int
    card_missed: int
    card_ns: int
    bare_callbacks: int
    bare_frames: int
    bare_xruns: int
    bare_ns: int


def mark(made: Rig) -> Mark:
    """Both, one right after the other."""
    get = made.rack.get
    frames, ns = get(r.FRAME), time.monotonic_ns()
    words = made.bare.say("mark").split()
    assert words[0] == "mark"
    return Mark(get(r.GENERATION), frames, get(r.BLOCKS), get(r.MISSED), ns, *map(int, words[1:]))  # type: ignore[arg-type]
