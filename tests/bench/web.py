"""What the web port costs: the daemon's start and memory, a WebSocket, and others' pings while the tree is fetched.

    python tests/bench/web.py [--tree CHECKOUT ...] [--rounds 5] [--json]

Start and memory are told for each tree, by turns; the rest for this checkout.  Ten clients fetch the whole tree in a
loop, and a peer asks for a pong every 20 ms, without them and with them.
"""

import argparse
import gzip
import json
import socket
import statistics
import sys
import tempfile
import threading
import time
from http.client import HTTPConnection
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import paths  # noqa: F401  (finds what is imported below)

import servers
from bench.many import Socket, memory_mb
from studiod.net.osc_codec import decode, encode

FETCHERS, PING_S, SETTLE_S = 10, 0.02, 3.0


def start(tree: Path, folder: Path) -> tuple[float, float]:
    """Seconds to *ready*, and the process's own memory in MB once all is loaded."""
    daemon = servers.Daemon(folder, {}, env={"PYTHONPATH": str(tree)})
    began_s = time.monotonic()
    try:
        daemon.start()
        ready_s = time.monotonic() - began_s
        time.sleep(SETTLE_S)
        return ready_s, memory_mb(daemon)
    finally:
        daemon.close()


def pings(host: str, port: int, seconds: float) -> np.ndarray:
    """How long each answer took, in ms."""
    waits = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.connect((host, port))
        link.settimeout(2.0)
        began_s = time.monotonic()
        while time.monotonic() - began_s < seconds:
            asked_s = time.monotonic()
            link.send(encode("/ping", len(waits)))
            while decode(link.recv(65536))[0][0] != ("/pong", [len(waits)]):
                pass
            waits.append((time.monotonic() - asked_s) * 1e3)
            time.sleep(max(0.0, PING_S - (time.monotonic() - asked_s)))
    return np.array(waits)


def fetch(host: str, port: int, told: Any) -> None:
    """Ten clients, each in a thread: fetch the whole tree again and again; tells its bytes, then what came."""

    def one() -> None:
        link = HTTPConnection(host, port, timeout=60)
        while True:
            link.request("GET", "/", headers={"Accept-Encoding": "gzip"})
            told.put(len(link.getresponse().read()))

    link = HTTPConnection(host, port, timeout=60)
    link.request("GET", "/", headers={"Accept-Encoding": "gzip"})
    json.loads(gzip.decompress(link.getresponse().read()))
    for _ in range(FETCHERS):
        threading.Thread(target=one, daemon=True).start()
    threading.Event().wait()


def costs(folder: Path, seconds: float) -> dict[str, float]:
    """Of this checkout's desk."""
    with servers.Daemon(folder, {}) as daemon:
        time.sleep(SETTLE_S)
        rest_mb = memory_mb(daemon)
        sockets = [Socket(daemon.host, daemon.http_port, []) for _ in range(30)]
        for one in sockets:
            one.say("/subscribe", "/ch/*/fader", 60.0)
            one.say("/meters/subscribe", "ch", 30.0, 60.0)
        time.sleep(SETTLE_S)
        a_socket_kb = (memory_mb(daemon) - rest_mb) * 1e3 / len(sockets)
        for one in sockets:
            one.close()
        alone = pings(daemon.host, daemon.osc_port, seconds)
        told = get_context("spawn").Queue()
        others = get_context("spawn").Process(target=fetch, args=(daemon.host, daemon.http_port, told), daemon=True)
        others.start()
        wire = told.get()
        beside = pings(daemon.host, daemon.osc_port, seconds)
        count = told.qsize()
        others.kill()
        others.join()
        return {
            "a_websocket_kb": a_socket_kb, "tree_kb": wire / 1e3,
            "trees_per_s": count / seconds,
            "ping_p99_ms": float(np.percentile(alone, 99)), "ping_p99_ms_beside": float(np.percentile(beside, 99)),
        }  # fmt: skip


def main() -> int:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--tree", type=Path, nargs="*", default=[servers.ROOT], help="checkouts, started by turns")
    made.add_argument("--rounds", type=int, default=5)
    made.add_argument("--seconds", type=float, default=10.0)
    made.add_argument("--json", action="store_true")
    args = made.parse_args()
    told: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="studiod-web-") as folder:
        starts: dict[str, list[tuple[float, float]]] = {}
        for turn in range(args.rounds):
            for k, tree in enumerate(args.tree):
                starts.setdefault(str(tree), []).append(start(tree.resolve(), Path(folder) / f"start{turn}{k}"))
        for tree, found in starts.items():
            told[tree] = {
                "ready_s": statistics.median(ready_s for ready_s, _ in found),
                "memory_mb": statistics.median(mb for _, mb in found),
            }
        told |= costs(Path(folder) / "costs", args.seconds)
    if args.json:
        print(json.dumps(told, indent=1))
    else:
        for name, value in told.items():
            print(name, value if isinstance(value, dict) else f"{value:.3g}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
