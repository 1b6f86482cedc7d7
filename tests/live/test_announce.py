"""mDNS: another process finds the desk's three services where a network is listened on, and nobody does on loopback."""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from controllers.http.announce import Service, addresses, is_loopback, services
from servers import need_server, need_tool
from web_rig import HOST, WebRig

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "10.9.8.7"
OWN = ["127.0.0.1", "192.168.1.20", "10.0.0.5", "::1"]


def test_another_process_finds_the_desk_and_hears_it_leave(tmp_path: Path) -> None:
    unshare, ip = need_tool("unshare", "util-linux"), need_tool("ip", "iproute2")
    alone = [unshare, "--net", *([] if os.geteuid() == 0 else ["--map-root-user"]), "sh", "-c"]
    alone.append(f'{ip} link set lo up && {ip} address add {ADDRESS}/24 dev lo && exec "$@"')
    if subprocess.run([*alone, "sh", "true"], capture_output=True, check=False).returncode:
        need_server("no network of its own can be made here: it needs root, or user namespaces")
    words = [sys.executable, str(ROOT / "tests" / "rigs" / "mdns_case.py"), str(tmp_path / "desk"), ADDRESS]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests" / "rigs")])}
    said = subprocess.run([*alone, "sh", *words], env=env, capture_output=True, text=True, timeout=280, check=False)
    assert said.returncode == 0, said.stderr
    told = json.loads(said.stdout.splitlines()[-1])
    ports = {"_oscjson._tcp.local.": told["http"], "_http._tcp.local.": told["http"], "_osc._udp.local.": told["osc"]}
    assert told["found"].keys() == ports.keys()
    for kind, (name, where, port, server) in told["found"].items():
        assert name.startswith("studiod on ")
        assert name.endswith(f".{kind}")
        assert (where, port) == ([ADDRESS], ports[kind])
        assert server.endswith(".local.")
    assert told["left"] == {}


@pytest.mark.parametrize("announce", [True, False])
def test_nothing_is_said_of_loopback_nor_when_it_is_switched_off(announce: bool) -> None:
    rig = WebRig(announce=announce)
    try:
        assert "mdns" not in {thread.name for thread in threading.enumerate()}
    finally:
        rig.close()
    off = services("http", ("192.168.1.20", 8080), (HOST, 9000))
    assert off == [Service("_oscjson._tcp", "192.168.1.20", 8080), Service("_http._tcp", "192.168.1.20", 8080)]
    assert services("http", (HOST, 8080), ("::1", 9000)) == services("http", ("127.8.9.1", 8080), (HOST, 9000)) == []
    assert services("http", (HOST, 8080), ("0.0.0.0", 9000)) == [Service("_osc._udp", "0.0.0.0", 9000)]


def test_a_port_that_speaks_tls_is_said_to_and_no_oscquery_is_promised() -> None:
    assert [service.kind for service in services("https", ("0.0.0.0", 8080), (HOST, 9000))] == ["_https._tcp"]


def test_what_listens_everywhere_is_reached_at_every_address_but_loopback() -> None:
    assert addresses("0.0.0.0", OWN) == addresses("::", OWN) == ["10.0.0.5", "192.168.1.20"]
    assert addresses("192.168.1.20", OWN) == ["192.168.1.20"]
    assert addresses("0.0.0.0", ["127.0.0.1"]) == []
    assert [is_loopback(host) for host in ("127.1.2.3", "::1", "localhost", "0.0.0.0", "fe80::1%eth0")] == [
        True, True, True, False, False,
    ]  # fmt: skip
