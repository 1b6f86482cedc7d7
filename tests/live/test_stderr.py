"""A real daemon whose stderr nobody reads, or that has none: it starts, plays, answers and stops all the same."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import servers
from studiod.client.client import ask
from studiod.errors import Fault

Run = Callable[..., subprocess.Popen[bytes]]


def until_it_answers(daemon: servers.Daemon, process: subprocess.Popen[bytes]) -> float:
    """Its frame counter.  A cold start compiles."""
    end_s = time.monotonic() + servers.DAEMON_START_S
    while True:
        with contextlib.suppress(Fault):
            return float(str(ask(daemon.host, daemon.osc_port, "status/frames")))
        assert process.poll() is None, "it has ended"
        assert time.monotonic() < end_s, "it never answered"
        time.sleep(0.1)


@pytest.fixture
def run(make_daemon: Callable[..., servers.Daemon]) -> Iterator[tuple[servers.Daemon, Run]]:
    """A daemon's settings, and a way to start it with any stderr."""
    daemon = make_daemon(start=False)
    started: list[subprocess.Popen[bytes]] = []

    def start(before: str, stderr: int) -> subprocess.Popen[bytes]:
        command = f"{before} exec {sys.executable} -m studiod run --config '{daemon.config}'"
        started.append(
            subprocess.Popen(
                ["sh", "-c", command], env={**os.environ, "PYTHONPATH": str(servers.ROOT)}, cwd=daemon.folder,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stderr, start_new_session=True,
            )
        )  # fmt: skip
        return started[-1]

    yield daemon, start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def shout(daemon: servers.Daemon) -> None:
    """Have it log as much as it will."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        for k in range(500):
            peer.sendto(b"\x00garbage%d" % k, (daemon.host, daemon.osc_port))


def test_a_full_pipe_stops_neither_the_start_nor_the_desk_nor_the_stop(run: tuple[servers.Daemon, Run]) -> None:
    daemon, start = run
    out, into = os.pipe()
    fcntl.fcntl(into, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(into, False)
    with contextlib.suppress(BlockingIOError):
        while os.write(into, b"x"):
            pass
    os.set_blocking(into, True)  # from now on whoever writes a byte waits for ever
    process = start("", into)
    os.close(into)
    frames = until_it_answers(daemon, process)
    shout(daemon)
    assert ask(daemon.host, daemon.osc_port, "ch/1/fader", "-7") == -7.0
    assert float(str(ask(daemon.host, daemon.osc_port, "status/frames"))) > frames
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    with os.fdopen(out, "rb") as read:
        assert read.read().strip(b"x") == b"", "not a byte went through, and it did not matter"


@pytest.mark.parametrize("before", ["exec 2>&-;", ""], ids=["closed", "nobody at the other end"])
def test_a_stderr_that_takes_nothing_changes_nothing(run: tuple[servers.Daemon, Run], before: str) -> None:
    daemon, start = run
    out, into = os.pipe()
    process = start(before, into)
    os.close(into)
    os.close(out)
    until_it_answers(daemon, process)
    shout(daemon)
    assert ask(daemon.host, daemon.osc_port, "ch/1/fader", "-7") == -7.0
    if before:
        held = Path(f"/proc/{process.pid}/fd/2")
        assert os.readlink(held) == os.devnull, "no file of ours has the number that libraries write to"
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0


def test_the_longest_stall_is_asked_for_like_any_value(daemon: servers.Daemon) -> None:
    """A process that was stopped is a loop that stood still."""
    longest_ms = float(str(ask(daemon.host, daemon.osc_port, "status/stall_max")))
    os.kill(daemon.pid, signal.SIGSTOP)
    time.sleep((longest_ms + 300.0) / 1000.0)
    os.kill(daemon.pid, signal.SIGCONT)
    daemon.wait_for(r"the desk stood still for \d+ ms")
    stalls = [float(str(ask(daemon.host, daemon.osc_port, f"status/{name}"))) for name in ("stall", "stall_max")]
    assert stalls[0] == stalls[1] >= longest_ms + 200.0
    assert daemon.stop() == 0
    assert daemon.stderr.splitlines()[-1].startswith("stopped; the mix is saved in ")
