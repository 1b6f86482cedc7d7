"""The language of another package, in a daemon and in a check of their own."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import servers
from other_package import package


def test_a_daemon_speaks_what_another_package_brings(tmp_path: Path) -> None:
    site, port = tmp_path / "site", servers.free_udp_port()
    site.mkdir()
    env = {"PYTHONPATH": os.pathsep.join([str(package(site)), str(servers.ROOT)])}
    with servers.Daemon(tmp_path / "desk", {"toy": {"port": port}}, env=env).start() as daemon:
        assert f"toy udp {port}" in daemon.stderr
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as peer:
            peer.settimeout(10)
            peer.connect(("127.0.0.1", port))
            peer.send(b"ch/1/fader")
            assert peer.recv(1000) == b"-90.0"
        words = [sys.executable, "-m", "studiod", "check", "--config", str(daemon.config)]
        told = subprocess.run(words, env={**os.environ, **env}, capture_output=True, text=True, timeout=120).stdout
        assert f"127.0.0.1:{daemon.osc_port}, 127.0.0.1:{port} are held by the studiod that runs" in told
        assert daemon.stop() == 0
