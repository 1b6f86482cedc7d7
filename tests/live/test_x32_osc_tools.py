"""Programs of others on the X32 port: oscsend and oscdump, npm osc and node-osc, /xremote between them."""

import itertools
import json
import select
import socket
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

import servers
from node_clients import started
from servers import need_tool
from studiod.client.client import ask
from studiod.net.osc_codec import encode

Make = Callable[..., servers.Daemon]


@pytest.fixture
def desk(make_daemon: Make) -> servers.Daemon:
    return make_daemon({"x32": {"enabled": True}})


@pytest.fixture
def hearer(desk: servers.Daemon, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """A client that has asked for all changes, and prints each as JSON."""
    process = started("x32_talk.js", request.param, desk.host, str(desk.x32_port))
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def send(desk: servers.Daemon, *words: str) -> None:
    subprocess.run([need_tool("oscsend", "liblo-tools"), desk.host, str(desk.x32_port), *words], check=True)


def until(desk: servers.Daemon, path: str, value: object) -> None:
    end_s = time.monotonic() + 5.0
    while (found := ask(desk.host, desk.osc_port, path)) != value:
        assert time.monotonic() < end_s, (path, found, value)
        time.sleep(0.02)


@pytest.mark.parametrize("hearer", ["osc", "node-osc"], indirect=True)
def test_what_one_program_sets_another_hears(desk: servers.Daemon, hearer: subprocess.Popen[str]) -> None:
    assert hearer.stdout is not None
    assert json.loads(hearer.stdout.readline())[0] == "/info"
    send(desk, "/ch/01/mix/fader", "f", "0.75")
    address, value = json.loads(hearer.stdout.readline())
    assert (address, value) == ("/ch/01/mix/fader", pytest.approx(767 / 1023))
    send(desk, "/ch/01/config/name", "s", "Kick")
    assert json.loads(hearer.stdout.readline()) == ["/ch/01/config/name", "Kick"]
    until(desk, "ch/1/name", "Kick")
    send(desk, "/", "s", "/ch/02/mix OFF -10.0")
    heard = dict(json.loads(hearer.stdout.readline()) for _ in range(2))
    assert heard == {"/ch/02/mix/on": 0, "/ch/02/mix/fader": pytest.approx(512 / 1023)}
    until(desk, "ch/2/mute", 1)


@pytest.mark.parametrize("hearer", ["osc", "node-osc"], indirect=True)
def test_a_program_sets_the_desk(desk: servers.Daemon, hearer: subprocess.Popen[str]) -> None:
    assert hearer.stdin is not None
    assert hearer.stdout is not None
    assert json.loads(hearer.stdout.readline())[0] == "/info"
    hearer.stdin.write(json.dumps(["/ch/05/mix/on", 0]) + "\n")
    hearer.stdin.flush()
    until(desk, "ch/5/mute", 1)


def test_a_program_that_asks_and_is_gone_costs_nothing(desk: servers.Daemon) -> None:
    """oscsend asks from a port that is gone at once: the desk goes on."""
    for _ in range(20):
        send(desk, "/info")
        send(desk, "/xremote")
    send(desk, "/ch/03/mix/on", "i", "0")
    until(desk, "ch/3/mute", 1)


def test_oscdump_prints_what_another_sets(desk: servers.Daemon) -> None:
    """oscdump only listens: its port asks for all changes before it stands there."""
    port = servers.free_udp_port()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asks:
        asks.bind((desk.host, port))
        asks.settimeout(5.0)
        asks.sendto(encode("/info"), (desk.host, desk.x32_port))
        assert asks.recv(1024).startswith(b"/info")
        asks.sendto(encode("/xremote"), (desk.host, desk.x32_port))
        asks.sendto(encode("/info"), (desk.host, desk.x32_port))
        assert asks.recv(1024).startswith(b"/info")  # behind the wish
    dump = subprocess.Popen(
        [need_tool("oscdump", "liblo-tools"), "-L", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        assert dump.stdout is not None
        end_s = time.monotonic() + 8.0
        line = ""
        for value in itertools.cycle(("0.5", "0.75")):  # until it listens
            send(desk, "/ch/01/mix/fader", "f", value)
            if select.select([dump.stdout], [], [], 0.1)[0]:
                line = dump.stdout.readline()
                break
            assert time.monotonic() < end_s, "it heard nothing"
        assert "/ch/01/mix/fader f 0." in line
    finally:
        dump.kill()
        dump.communicate()
