"""The interface is what it is: real JACK servers that come late, change their period, or return at another rate.

What is heard is judged by an independent client, sample for sample.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import servers
from jack_ear import CARD, Ear, ear, until
from studiod.client.client import ask
from studiod.net.osc_codec import BUNDLE, encode, timetag_at

pytestmark = pytest.mark.alone

SUFFIX = "-loss"
HEARD_FRAMES = 16_384
NAME = "Speaker + Headphones (USB) [2]"


@pytest.fixture(autouse=True)
def server_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Daemons and clients find a server that may not be there yet."""
    monkeypatch.setenv("JACK_DEFAULT_SERVER", f"studiod-test{SUFFIX}")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")


def wires(folder: Path, outputs: int) -> Path:
    """A scene in which each output is the input of its number."""
    scene = folder / "wires.toml"
    lines = [f'"output/{k}/source" = "input/{k}"' for k in range(1, outputs + 1)]
    scene.write_text("\n".join(['[scene]\nname = "wires"\n[values]', *lines, ""]))
    return scene


def settings(tmp_path: Path, outputs: int, device: str = "system", **interface: object) -> dict[str, dict[str, object]]:
    return {
        "interface": {"device": device, **interface},
        "console": {"channels": 2, "buses": 2},
        "virtual": {"start_scene": str(wires(tmp_path, outputs))},
    }


def word(daemon: servers.Daemon) -> str:
    return str(ask(daemon.host, daemon.osc_port, "status/device"))


def told(daemon: servers.Daemon, part: str) -> list[str]:
    return [line for line in daemon.stderr.splitlines() if part in line]


def hears(listener: Ear, lanes: int, frames: int = HEARD_FRAMES) -> None:
    """Each of the first lanes comes back as it was sent, without a gap, and the lanes beyond are silent."""
    heard = listener.hear(frames)
    for lane in range(lanes):
        assert listener.exact(heard, lane) >= frames * 3 // 4, f"lane {lane + 1}"
    assert not heard[:, lanes:].any()


def has(daemon: servers.Daemon) -> tuple[object, ...]:
    """How many inputs and outputs the interface has."""
    return tuple(ask(daemon.host, daemon.osc_port, f"status/{way}") for way in ("inputs", "outputs"))


@pytest.mark.parametrize("channels", [2, 8, 64])
def test_an_interface_that_appears_after_the_start_is_heard_with_whatever_channels_it_has(
    channels: int, tmp_path: Path, make_daemon
) -> None:
    daemon = make_daemon(settings(tmp_path, 8))
    assert word(daemon) == "absent: system"
    assert has(daemon) == (0, 0)
    assert ask(daemon.host, daemon.osc_port, "output/8/source") == "input/8", "a console of the rest size"
    time.sleep(2.0)  # asked for some times meanwhile
    with servers.jack_server(tmp_path, suffix=SUFFIX, channels=channels, sync=True) as server:
        line = daemon.wait_for("system is there", 30)
        assert f"{min(channels, 32)} in, {min(channels, 8)} out" in line
        assert ("input/3 to input/32 are silent; output/3 to output/8 are not heard" in line) == (channels == 2)
        assert word(daemon) == "system"
        lanes = min(channels, 8)
        assert has(daemon) == (min(channels, 32), lanes)
        with ear(server, lanes + 1) as listener:
            assert listener.patch() == (min(channels, 32), lanes)
            hears(listener, lanes)
        assert not told(daemon, "stands still")
        assert daemon.stop() == 0


def test_a_period_from_64_to_8192_and_back_is_heard_on(tmp_path: Path, make_daemon) -> None:
    with servers.jack_server(tmp_path, suffix=SUFFIX, channels=4, sync=True) as server:
        daemon = make_daemon(settings(tmp_path, 4))
        with ear(server, 4) as listener:
            for frames in (64, 8192, 64):
                if frames != listener.client.blocksize:
                    listener.client.blocksize = frames  # what jack_bufsize does
                until(lambda: word(daemon) == "system", "back after the change")
                before = len(told(daemon, "stands still"))
                listener.patch()
                hears(listener, 4, 8 * 8192)
                assert set(listener.blocks) == {frames}
                assert len(told(daemon, "stands still")) == before, f"{frames} frames are no standstill"
        assert daemon.stop() == 0


def test_an_interface_of_a_long_period_is_never_lost(tmp_path: Path, make_daemon) -> None:
    with servers.jack_server(tmp_path, suffix=SUFFIX, channels=2, period_frames=8192) as server:
        daemon = make_daemon(settings(tmp_path, 2))
        with ear(server, 2) as listener:
            listener.patch()
            hears(listener, 2, 12 * 8192)
        assert word(daemon) == "system"
        assert not told(daemon, "stands still")
        timed(daemon, 24)
        assert ask(daemon.host, daemon.osc_port, "status/late") == 0, "posted before the period that has its sample"
        server.kill()
        daemon.wait_for("stands still", 10)  # four periods, and not never


def timed(daemon: servers.Daemon, count: int) -> None:
    """Bundles for times half a second ahead, at any place of a period; over when the last is heard."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
        for number in range(count):
            at_s = time.time() + 0.5 + 0.037 * number
            part = encode("/ch/1/pan", float(number + 1))
            packet = BUNDLE + timetag_at(at_s).to_bytes(8, "big") + len(part).to_bytes(4, "big") + part
            peer.sendto(packet, (daemon.host, daemon.osc_port))
    until(lambda: ask(daemon.host, daemon.osc_port, "ch/1/pan") == count, "the last of the timed changes")


def test_an_interface_that_returns_at_another_rate_says_so_once_and_is_heard_when_it_is_right(
    tmp_path: Path, make_daemon
) -> None:
    with servers.jack_server(tmp_path, suffix=SUFFIX, channels=2) as server:
        daemon = make_daemon(settings(tmp_path, 2))
        server.kill()
        daemon.wait_for("stands still", 5)
    absent = "system: it is not there: connect it, or start its server"
    daemon.wait_for(f"WARNING.*{absent}", 10)
    assert word(daemon) == f"lost: {absent}"
    reason = (
        "system: it runs at 44100 Hz, the desk at 48000: set interface.rate_hz = 44100, or start its server at 48000 Hz"
    )
    with servers.jack_server(tmp_path, suffix=SUFFIX, channels=2, rate_hz=44_100) as server:
        daemon.wait_for(f"WARNING.*{reason}", 30)
        assert word(daemon) == f"lost: {reason}"
        time.sleep(3.5)
        assert len(told(daemon, reason)) == 1, "asking again tells nothing new"
        server.kill()
    until(lambda: word(daemon) == f"lost: {absent}", "the status follows")
    with servers.jack_server(tmp_path, suffix=SUFFIX, channels=2, sync=True) as server:
        daemon.wait_for("system is back", 30)
        assert word(daemon) == "system"
        with ear(server, 2) as listener:
            listener.patch()
            hears(listener, 2)
    assert len(told(daemon, absent)) == 1


# -- names -----------------------------------------------------------------------------------------------


@pytest.fixture
def headphones(tmp_path: Path) -> Iterator[servers.JackServer]:
    """A server with a client that is called, and has its ports, as PipeWire shows a sound card.

    Another one stands in for PipeWire, which has such names of its own.
    """
    servers.need_module("jack")
    code = (
        f"import jack, sys; c = jack.Client({NAME!r}, no_start_server=True)\n"
        "for k in (1, 2): c.inports.register(f'playback_{k}', is_physical=True)\n"
        "c.outports.register('capture_1', is_physical=True)\n"
        "@c.set_process_callback\n"
        "def _(frames): c.outports[0].get_array()[:] = 0.125\n"
        "c.activate(); print('ready', flush=True); sys.stdin.read()"
    )
    with servers.jack_server(tmp_path, suffix=SUFFIX, channels=2, sync=True) as server:
        command = [sys.executable, "-c", code]
        card = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ)
        assert card.stdin is not None
        assert card.stdout is not None
        try:
            assert card.stdout.readline() == b"ready\n"
            yield server
        finally:
            card.kill()
            card.wait()
            card.stdin.close()
            card.stdout.close()


def test_an_interface_is_found_and_played_by_its_own_printed_name(headphones, tmp_path: Path, make_daemon) -> None:
    command = [sys.executable, "-m", "studiod", "devices", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60, cwd=servers.ROOT)
    found = {one["name"]: one for one in json.loads(done.stdout)["audio"]}
    assert (found[NAME]["inputs"], found[NAME]["outputs"]) == (1, 2)
    daemon = make_daemon(settings(tmp_path, 2, NAME))
    assert word(daemon) == NAME
    client = servers.need_module("jack").Client("look", no_start_server=True, servername=headphones.name)
    with client:
        ends = [f"{NAME}:{port}" for port in ("playback_1", "playback_2", "capture_1")]
        taken = [[CARD.sub("PortAudio:", port.name) for port in client.get_all_connections(end)] for end in ends]
    assert taken == [["PortAudio:out_0"], ["PortAudio:out_1"], ["PortAudio:in_0"]]
