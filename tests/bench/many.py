"""Many listeners: 32 by UDP and 32 by WebSocket, each with all faders and three banks of meters, beside a flood.

    python tests/bench/many.py [--udp 32] [--ws 32] [--rate 5000] [--seconds 60] [--tree CHECKOUT ...] [--json]

Tells what the desk's process takes with nobody and with them, how long a change takes to each of them, whether one of
them ends with a wrong value, blocks that were missed, and how the desk's memory grew.  Each walks 500 seeded paths
besides; one reads nothing for half of the time, and another dies in the middle.  Several trees are measured by turns;
--ws 0 for one without a web port.
"""

import argparse
import json
import random
import select
import socket
import struct
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import paths  # noqa: F401  (finds what is imported below)

import servers
from studiod.client.client import ask
from studiod.net.osc_codec import Malformed, decode, encode
from studiod.registry.registry import Console, Registry

BANKS, HZ, MARK = ("ch", "main", "bus"), 30.0, "/ch/1/fader"
NEEDLE = MARK.encode() + b"\0"
MARK_S = 0.1  # from one measured change to the next
SETTLE_S, REST_S = 2.0, 5.0
WALKED = 500  # paths that each client asks, one by one
HAND = b"GET / HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" \
       b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"  # fmt: skip
Desk = servers.Daemon


class Client:
    """One listener, read without decoding what is not looked for.  walk: paths that it asks in turn."""

    def __init__(self, host: str, port: int, walk: list[str]) -> None:
        self.link = self.open(host, port)
        self.link.setblocking(False)
        self.walk, self.answered = deque(walk), 0
        self.last = b""  # the marked fader, as its bytes
        self.values: dict[str, Any] = {}
        self.packets = 0

    def open(self, host: str, port: int) -> socket.socket:
        link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        link.connect((host, port))
        return link

    def say(self, address: str, *args: Any) -> None:
        self.link.send(encode(address, *args))

    def packets_in(self) -> list[bytes]:
        found = []
        while True:
            try:
                found.append(self.link.recv(65536))
            except BlockingIOError:
                return found

    def close(self) -> None:
        self.link.close()


class Socket(Client):
    """The same over WebSocket, frame by frame by hand."""

    def open(self, host: str, port: int) -> socket.socket:
        link = socket.create_connection((host, port))
        link.sendall(HAND % f"{host}:{port}".encode())
        head = b""
        while b"\r\n\r\n" not in head:
            head += link.recv(1)
        assert b" 101 " in head, head
        self.kept = b""
        return link

    def say(self, address: str, *args: Any) -> None:
        self._send(0x82, encode(address, *args))

    def _send(self, kind: int, data: bytes) -> None:
        size = bytes((0x80 | len(data),)) if len(data) < 126 else b"\xfe" + len(data).to_bytes(2, "big")
        self.link.send(bytes((kind,)) + size + b"\0\0\0\0" + data)  # a mask of zeros leaves it as it is

    def packets_in(self) -> list[bytes]:
        found = []
        try:
            while more := self.link.recv(1 << 18):
                self.kept += more
        except BlockingIOError:
            pass
        at = 0
        while len(self.kept) - at >= 2:
            kind, size, head = self.kept[at] & 15, self.kept[at + 1], 2
            if size == 126:
                size, head = int.from_bytes(self.kept[at + 2 : at + 4], "big"), 4
            if len(self.kept) - at < head + size:
                break
            data = self.kept[at + head : at + head + size]
            at += head + size
            if kind == 9:
                self._send(0x8A, data)
            elif kind == 2:
                found.append(data)
        self.kept = self.kept[at:]
        return found


class Crowd:
    """All listeners of a desk.  waits_ms: from a change to each of them."""

    def __init__(self, daemon: Desk, udp: int, ws: int) -> None:
        chance = random.Random(1)
        every = sorted(Registry(Console(32, 8)).params)
        places = [(Client, daemon.osc_port)] * udp + [(Socket, daemon.http_port)] * ws
        self.clients = [kind(daemon.host, port, chance.sample(every, WALKED)) for kind, port in places]
        self.by_fd = {client.link.fileno(): client for client in self.clients}
        self.poll = select.epoll()
        for fd in self.by_fd:
            self.poll.register(fd, select.EPOLLIN)
        self.sent_s: dict[bytes, float] = {}
        self.waits_ms: list[float] = []
        self.renewed_s = 0.0
        self.deaf: Client | None = None
        self.dead = self.hears = False
        self.renew()

    def renew(self) -> None:
        if time.monotonic() - self.renewed_s > 10.0:
            self.renewed_s = time.monotonic()
            for client in self.clients:
                client.say("/subscribe", "/ch/*/fader", 30.0)
                for bank in BANKS:
                    client.say("/meters/subscribe", bank, HZ, 30.0)

    def hear(self, until_s: float) -> None:
        while (left_s := until_s - time.monotonic()) > 0:
            for fd, _ in self.poll.poll(left_s):
                client = self.by_fd[fd]
                for packet in client.packets_in():
                    client.packets += 1
                    self._look(client, packet)

    def _look(self, client: Client, packet: bytes) -> None:
        at = packet.rfind(NEEDLE)
        if at < 0:
            if not packet.startswith((b"#bundle", b"/meters", b"/alive")):
                client.answered += 1
            return
        value = packet[at + 16 : at + 20]
        if value != client.last and value in self.sent_s and client is not self.deaf:
            self.waits_ms.append((time.monotonic() - self.sent_s[value]) * 1e3)
        client.last = value

    def trouble(self, part: float) -> None:
        """One reads nothing for half of the time, and another is gone without a word in the middle of it."""
        if part > 0.25 and self.deaf is None and len(self.clients) > 2:
            self.deaf = self.clients[0]
            self.poll.unregister(self.deaf.link.fileno())
        if part > 0.5 and not self.dead:
            self.dead = True
            gone = self.clients.pop()
            self.poll.unregister(gone.link.fileno())
            gone.link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            gone.close()
        if part > 0.75 and self.deaf is not None and not self.hears:
            self.hears = True
            self.poll.register(self.deaf.link.fileno(), select.EPOLLIN)

    def values_of(self, client: Client, wait_s: float) -> dict[str, float]:
        """The faders, as it is told them now."""
        client.say("/ch/*/fader")
        found: dict[str, float] = {}
        end_s = time.monotonic() + wait_s
        while len(found) < 32 and time.monotonic() < end_s:
            time.sleep(0.01)
            for packet in client.packets_in():
                try:
                    found |= {path: args[0] for path, args in decode(packet)[0] if path.endswith("/fader")}
                except Malformed:
                    continue
        return found

    def close(self) -> None:
        for client in self.clients:
            client.close()
        self.poll.close()


def busy_s(daemon: Desk) -> float:
    fields = Path(f"/proc/{daemon.pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100.0


def memory_mb(daemon: Desk) -> float:
    lines = Path(f"/proc/{daemon.pid}/smaps_rollup").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous:")) / 1e3


def measure(tree: Path, args: argparse.Namespace, folder: Path) -> dict[str, float]:
    """One desk of a tree: the flood alone, then with the crowd."""
    with servers.Daemon(folder, {}, env={"PYTHONPATH": str(tree)}) as daemon:
        command = [sys.executable, str(Path(__file__).with_name("flood.py")), daemon.host, str(daemon.osc_port)]
        flood = subprocess.Popen([*command, str(args.rate)], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        try:
            time.sleep(SETTLE_S)
            before_s, began_s = busy_s(daemon), time.monotonic()
            time.sleep(REST_S)
            alone = (busy_s(daemon) - before_s) / (time.monotonic() - began_s)
            return _crowd(daemon, flood, alone, args)
        finally:
            flood.stdin.close()
            flood.kill()
            flood.wait()


def _crowd(daemon: Desk, flood: Any, alone: float, args: argparse.Namespace) -> dict[str, float]:
    crowd = Crowd(daemon, args.udp, args.ws)
    hand = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    hand.connect((daemon.host, daemon.osc_port))
    try:
        crowd.hear(time.monotonic() + SETTLE_S)
        missed, frames = (float(str(ask(daemon.host, daemon.osc_port, f"status/{n}"))) for n in ("missed", "frames"))
        rest_mb, before_s, began_s, k = memory_mb(daemon), busy_s(daemon), time.monotonic(), 0
        while time.monotonic() - began_s < args.seconds:
            k += 1
            value = -90.0 + k % 900 * 0.1
            data = encode(MARK, value)
            crowd.sent_s[data[-4:]] = time.monotonic()
            hand.send(data)
            for client in crowd.clients:
                if client.walk and k % 2 == 0:
                    client.say("/" + client.walk.popleft())
            crowd.trouble((time.monotonic() - began_s) / args.seconds)
            crowd.hear(began_s + k * MARK_S)
            crowd.renew()
        took_s = time.monotonic() - began_s
        busy, grown_mb = (busy_s(daemon) - before_s) / took_s, memory_mb(daemon) - rest_mb
        flood.stdin.close()
        flood.wait(10)
        crowd.hear(time.monotonic() + SETTLE_S)
        right = {f"/ch/{n}/fader": float(str(ask(daemon.host, daemon.osc_port, f"ch/{n}/fader"))) for n in range(1, 33)}
        last = struct.pack(">f", right[MARK])
        wrong = sum(client.last != last for client in crowd.clients)
        told = [crowd.values_of(client, 5.0) for client in crowd.clients]
        wrong += sum(
            any(abs(values.get(path, 99.0) - value) > 1e-3 for path, value in right.items()) for values in told
        )
        now_missed, now_frames = (
            float(str(ask(daemon.host, daemon.osc_port, f"status/{name}"))) for name in ("missed", "frames")
        )
        waits = np.array(crowd.waits_ms or [0.0])
        return {
            "core_alone": alone, "core": busy, "core_of_clients": busy - alone, "heard": float(len(waits)),
            "median_ms": float(np.median(waits)), "p99_ms": float(np.percentile(waits, 99)),
            "worst_ms": float(waits.max()), "wrong": float(wrong), "grown_mb": grown_mb,
            "packets_per_s": sum(client.packets for client in crowd.clients) / took_s,
            "missed_percent": 100.0 * (now_missed - missed) / max((now_frames - frames) / 64.0, 1.0),
        }  # fmt: skip
    finally:
        hand.close()
        crowd.close()


def main() -> int:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--udp", type=int, default=32)
    made.add_argument("--ws", type=int, default=32)
    made.add_argument("--rate", type=float, default=5000.0, help="messages a second of the flood (0: none)")
    made.add_argument("--seconds", type=float, default=60.0)
    made.add_argument("--tree", type=Path, nargs="*", default=[servers.ROOT], help="checkouts, measured by turns")
    made.add_argument("--rounds", type=int, default=1)
    made.add_argument("--json", action="store_true")
    args = made.parse_args()
    rows: dict[str, list[dict[str, float]]] = {}
    for turn in range(args.rounds):
        for k, tree in enumerate(args.tree):
            with tempfile.TemporaryDirectory(prefix="studiod-many-") as folder:
                found = measure(tree.resolve(), args, Path(folder) / f"desk{turn}{k}")
            rows.setdefault(str(tree), []).append(found)
            if not args.json:
                print(f"{tree}: " + "  ".join(f"{name} {value:.3g}" for name, value in found.items()), flush=True)
    if args.json:
        print(json.dumps(rows, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
