"""A stop takes less than two seconds, whatever hangs: exit code 0, the last change on the disk, no child left."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import servers
from stop_rig import LIMIT_S, MIDI, Rack, State, children, fail_unless_kept, full_pipe, kept, stored
from studiod.client.client import ask
from studiod.errors import Fault
from studiod.net.osc_codec import encode
from studiod.process import brood

pytestmark = pytest.mark.alone

ALL = State("stopped", "stopped", "stopped", frozenset({"stderr"}), deaf=True)
STATES = [
    State("stopped"), State("killed"), State("running", "stopped"), State("running", "killed"), ALL,
    State("running", ports="stopped"), State(full=frozenset({"store"})), State(full=frozenset({"stderr"}), deaf=True),
]  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=str)
def test_a_stop_keeps_its_promises_in_every_state(state: State, tmp_path: Path) -> None:
    fail_unless_kept(kept(tmp_path, state))


def test_more_signals_change_nothing(tmp_path: Path) -> None:
    """The second and third come while the first is at work, which a server that stands still makes long."""
    with Rack(tmp_path, State("stopped")) as rack:
        rack.ready()
        rack.fall_ill()
        rack.ask("ch/1/fader", "-7")
        rack.process.send_signal(signal.SIGINT)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
            time.sleep(0.05)
            rack.process.send_signal(number)
        assert rack.process.wait(60) == 0
        assert rack.said().count("stopped;") == 1
        assert stored(rack.config.state, "ch/1/fader") == -7.0


def in_vain(folder: Path, words: str) -> dict[str, str]:
    """An environment in which a part of Python hangs, where none does on a test machine."""
    (folder / "sitecustomize.py").write_text(f"import os, socket, threading, time\nreal = {words}")
    return {"PYTHONPATH": str(folder)}


HANGING_DISK = """os.pwrite
def hangs(file, data, at):
    while os.readlink(f"/proc/self/fd/{file}").endswith(".wav") and os.path.exists(HANGS):
        time.sleep(0.05)
    return real(file, data, at)
os.pwrite = hangs
"""


def test_a_take_whose_disk_hangs_is_not_waited_for(tmp_path: Path) -> None:
    """Stands in for a disk of a network that is away: a local one that hangs cannot be made."""
    env = in_vain(tmp_path, HANGING_DISK.replace("HANGS", repr(str(tmp_path / "hangs"))))
    with Rack(tmp_path / "rack", State(), env=env) as rack:
        rack.ready()
        rack.ask("ch/1/arm", "1")
        rack.ask("recorder/state", "record")
        rack.until(lambda: list((rack.config.state / "recordings").glob("*/*.wav")), "no take began")
        (tmp_path / "hangs").touch()
        time.sleep(1.0)  # until a piece is due
        end = rack.stop()
        assert (end.code, end.stored) == (0, -7.0)
        assert end.took_s < LIMIT_S + 1.0  # a busy machine; without a bound it is for ever
        assert f"a take is NOT whole in {rack.config.state / 'recordings'}: its disk stands still" in end.said
        assert "the end does not wait for the recorder's disk any longer" in end.said


HANGING_LOOP = """socket.socket.close
def close(one):
    if one.type == socket.SOCK_DGRAM and threading.current_thread() is threading.main_thread():
        time.sleep(3600)
    real(one)
socket.socket.close = close
"""


def test_a_desk_that_stands_still_is_ended_hard_with_its_state_on_the_disk(tmp_path: Path) -> None:
    """And with its children, also one that was stopped and cannot see that nobody is there any more."""
    env = in_vain(tmp_path, HANGING_LOOP)
    with Rack(tmp_path / "rack", State(ports="stopped"), {"midi": MIDI}, env) as rack:
        rack.ready()
        rack.until(lambda: children(rack.process.pid, "studiod.midi_ports.child"), "it has no MIDI ports")
        rack.fall_ill()
        end = rack.stop()
        assert (end.code, end.stored) == (0, -7.0)
        assert end.said.splitlines()[-1] == "stopped without waiting for the controllers; the mix is saved"
        assert end.left == [], "children are left"
        assert end.took_s < LIMIT_S + 1.0


def test_a_start_that_hangs_can_be_stopped(tmp_path: Path) -> None:
    tables = {"osc": {"listen": "desk.nowhere.example"}}
    with Rack(tmp_path, State(deaf=True), tables) as rack:
        rack.until(lambda: list(rack.config.state.glob("studiod.sqlite")), "it has no state")
        time.sleep(0.5)  # it looks its name up by now
        rack.process.send_signal(signal.SIGTERM)
        assert rack.process.wait(60) == 0
        said = rack.said().splitlines()
        assert "ready" not in said
        in_order = ("stopped; the mix is saved in ", "stopped before it was ready")  # the latter on a busy machine
        assert said[-1].startswith(in_order), "and not hard"


def test_many_clients_and_a_scene_on_its_way_hold_up_no_stop(tmp_path: Path) -> None:
    text = "".join(f'"ch/{1 + k % 32}/name" = "{k:08}"\n' for k in range(100_000))
    parts = [text[at : at + 30_000] for at in range(0, len(text), 30_000)]
    with Rack(tmp_path, State()) as rack, contextlib.ExitStack() as stack:
        rack.ready()
        peers = [stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) for _ in range(64)]
        for peer in peers:
            peer.sendto(encode("/subscribe", "/**"), ("127.0.0.1", rack.port))
        rack.until(lambda: str(rack.ask("status/frames")), "it stands still")
        wire = stack.enter_context(socket.create_connection(("127.0.0.1", rack.port)))
        for number, part in enumerate(["[scene]\nname = 'L'\n[values]\n", *parts], 1):
            packet = encode("/scene/import", "L", number, len(parts) + 1, part)
            wire.sendall(len(packet).to_bytes(4, "big") + packet)
        fail_unless_kept(rack.stop())


@pytest.mark.parametrize("before", [">&- 2>&-", "<&- >&- 2>&-", ">&-", "| true"])
def test_closed_streams_change_nothing(before: str, tmp_path: Path) -> None:
    """Nor do those that nobody reads any more: a daemon is not `studiod params | head`."""
    daemon = servers.Daemon(tmp_path)
    command = f"{sys.executable} -m studiod run --config '{daemon.config}'"
    command = (
        f"({command} 2>&1; echo $? > code) {before}" if before[0] == "|" else f"{command} {before}; echo $? > code"
    )
    shell = subprocess.Popen(
        ["sh", "-c", command], env={**os.environ, "PYTHONPATH": str(servers.ROOT)}, cwd=tmp_path,
        stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        answers(daemon, shell)
        listing = subprocess.run(["pgrep", "-s", str(shell.pid), "-f", "studiod run"], capture_output=True, check=True)
        pids = [int(pid) for pid in listing.stdout.split() if int(pid) != shell.pid]
        pid = next(pid for pid in pids if Path(f"/proc/{pid}/exe").resolve().name.startswith("python"))
        for sign, number in (("<&-", 0), (">&- ", 1), ("2>&-", 2)):
            held = os.readlink(f"/proc/{pid}/fd/{number}")
            assert sign not in f"{before} " or held == os.devnull, "no file of ours has what libraries write to"
        os.kill(pid, signal.SIGTERM)
        shell.wait(60)
        assert (tmp_path / "code").read_text() == "0\n"
        assert stored(daemon.state, "ch/1/fader") == -7.0
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(shell.pid, signal.SIGKILL)
        shell.communicate()


def answers(daemon: servers.Daemon, shell: subprocess.Popen[bytes]) -> None:
    end_s = time.monotonic() + servers.DAEMON_START_S
    while True:
        with contextlib.suppress(Fault):
            assert ask("127.0.0.1", daemon.osc_port, "ch/1/fader", "-7") == -7.0
            return
        assert shell.poll() is None, "it has ended"
        assert time.monotonic() < end_s, "it never answered"
        time.sleep(0.1)


def test_a_first_start_waits_for_nobody_who_reads_what_it_says(tmp_path: Path) -> None:
    """The lines of the compile, without the compile: into a pipe that is full, one that broke, a closed stream."""
    program = (
        "from studiod.host import warm\nwarm.LAST_S = 0.1\n"
        "with warm.telling(warm.Made(set())):\n    pass\nraise SystemExit(7)"
    )
    words = [sys.executable, "-c", program]
    env = {**os.environ, "PYTHONPATH": str(servers.ROOT)}
    with full_pipe() as into:
        assert subprocess.run(words, env=env, stderr=into, timeout=60, check=False).returncode == 7
    out, into = os.pipe()
    os.close(out)
    assert subprocess.run(words, env=env, stderr=into, timeout=60, check=False).returncode == 7
    os.close(into)
    shell = ["sh", "-c", 'exec "$@" 2>&-', "sh", *words]
    assert subprocess.run(shell, env=env, timeout=60, check=False).returncode == 7


def test_the_ports_never_wait_for_a_reader_and_say_why_they_cannot_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A child that prints more than a pipe holds, and ends: an import that fails does that."""
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys\n"
        "if 'studiod.midi_ports.child' in sys.orig_argv:\n"
        "    sys.stderr.write('noise\\n' * 100_000 + 'ImportError: no rtmidi here\\n')\n"
        "    sys.stderr.flush()\n"
        "    os._exit(3)\n"
    )
    with Rack(tmp_path / "rack", State(), {"midi": {"surfaces": [{"name": "nanokontrol2", "port": "virtual"}]}},
              {"PYTHONPATH": str(tmp_path)}) as rack:  # fmt: skip
        rack.ready()
        told = "MIDI: the process of the ports could not go on: ImportError: no rtmidi here; it is started again"
        rack.until(lambda: told in rack.said(), "it never said why")
        assert "noise" not in rack.said()
        fail_unless_kept(rack.stop())


def test_other_signals_end_nothing(tmp_path: Path) -> None:
    with Rack(tmp_path, State()) as rack:
        rack.ready()
        for number in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGPIPE, signal.SIGHUP):
            rack.process.send_signal(number)
            time.sleep(0.05)
        rack.until(lambda: "the settings were read again; no change" in rack.said(), "it read nothing")
        fail_unless_kept(rack.stop())


def test_the_children_found_are_our_own() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        assert set(brood.children()) >= {child.pid}
        assert os.getpid() not in brood.children()
        assert set(brood.children()) <= {*children(os.getpid()), child.pid}
    finally:
        child.kill()
        child.wait()
    assert child.pid not in brood.children()
