"""What faders by OSC cost the desk, and what a ping waits meanwhile: several clients, so many sets a second.

    python tests/bench/sets.py [--clients 4] [--per-second 15000] [--seconds 3] [--tree CHECKOUT] [--wide]

Each client has channels of its own and keeps its pace; when all are done every fader has to stand where it was set
last.  Printed: sets a second that were sent; faders astray, and how long the last was waited for; processor time of the
desk's thread for each set, beyond what it takes at rest (µs); pings of a peer beside them, every 10 ms (p50, p99, max).
--wide instead: one message to all levels of sends, and a recall of everything on 64 channels, each one transaction:
values, and processor time of the desk's thread from the message to its last answer (ms, the least and the median).
"""

import argparse
import json
import multiprocessing
import os
import select
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import paths  # noqa: F401  (finds what is imported below)
import recalls

import servers
from bench.attack_parts import ask
from studiod.net.osc_codec import decode, encode
from studiod.registry.registry import Console

CHANNELS = 8  # of each client
WIDE_CHANNELS = 64
BATCH_S = 0.002
PING_S = 0.01
BEHIND_S = 20.0  # how long what waits may take


def link_to(port: int) -> socket.socket:
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    link.connect(("127.0.0.1", port))
    return link


def client(port: int, number: int, per_second: float, seconds: float, told: Connection) -> None:
    """Set faders at a pace; then say how many, and what stands where."""
    with link_to(port) as link:
        last: dict[str, float] = {}
        began_s, sent = time.monotonic(), 0
        while (now_s := time.monotonic()) - began_s < seconds:
            for _ in range(int((now_s - began_s) * per_second) - sent):
                path = f"ch/{number * CHANNELS + sent % CHANNELS + 1}/fader"
                last[path] = -1.0 - sent // CHANNELS % 80
                link.send(encode(f"/{path}", last[path]))
                sent += 1
            time.sleep(BATCH_S)
        told.send((sent, time.monotonic() - began_s, last))


def busy_s(pid: int) -> float:
    """Processor time of a process's first thread."""
    return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text("ascii").split()[0]) / 1e9


def pings(port: int, seconds: float) -> np.ndarray:
    """What pongs waited, in ms; those that never came: 3,000."""
    with link_to(port) as link:
        sent_s: list[float] = []
        waits = {}
        end_s = time.monotonic() + seconds
        while (now_s := time.monotonic()) < end_s + 3.0 and (now_s < end_s or len(waits) < len(sent_s)):
            if now_s < end_s:
                link.send(encode("/ping", len(sent_s)))
                sent_s.append(now_s)
            until_s = now_s + PING_S
            while select.select([link], [], [], max(0.0, until_s - time.monotonic()))[0]:
                for address, values in decode(link.recv(65536))[0]:
                    if address == "/pong":
                        waits[values[0]] = (time.monotonic() - sent_s[values[0]]) * 1e3
        return np.array([waits.get(k, 3000.0) for k in range(len(sent_s))])


def astray_of(link: socket.socket, goals: dict[str, float]) -> int:
    """How many faders do not stand where they were set last."""
    return sum(ask(link, f"/{path}") != [value] for path, value in goals.items())


def measure(port: int, pid: int, clients: int, per_second: float, seconds: float) -> dict[str, object]:
    rest_s, began_s = busy_s(pid), time.monotonic()
    pings(port, 2.0)
    at_rest = (busy_s(pid) - rest_s) / (time.monotonic() - began_s)
    context, ends, running = multiprocessing.get_context("fork"), [], []
    busy, began_s = busy_s(pid), time.monotonic()
    for number in range(clients):
        here, there = context.Pipe()
        ends.append(here)
        running.append(context.Process(target=client, args=(port, number, per_second / clients, seconds, there)))
        running[-1].start()
    waits = pings(port, seconds)
    found = [end.recv() for end in ends]
    for process in running:
        process.join()
    sets, goals = sum(sent for sent, *_ in found), {path: value for *_, last in found for path, value in last.items()}
    done_s = time.monotonic()
    with link_to(port) as link:
        while (astray := astray_of(link, goals)) and time.monotonic() - done_s < BEHIND_S:
            time.sleep(0.05)
    behind_s = time.monotonic() - done_s
    cost_s = busy_s(pid) - busy - at_rest * (time.monotonic() - began_s)
    p50, p99 = np.percentile(waits, (50, 99))
    return {
        "sets_per_second": round(sum(sent / took for sent, took, _ in found)),
        "astray": astray,
        "behind_s": round(behind_s, 2),
        "us_each": round(cost_s / sets * 1e6, 1),
        "ping_ms": [round(float(value), 1) for value in (p50, p99, waits.max())],
        "load": round(os.getloadavg()[0], 1),
    }


def costs(pid: int, turns: int, do: Callable[[int], object]) -> list[float]:
    """What each of some turns costs the desk's thread, in ms: the least and the median."""
    took = []
    for turn in range(turns):
        before = busy_s(pid)
        do(turn)
        took.append((busy_s(pid) - before) * 1e3)
    return [round(min(took), 2), round(float(np.median(took)), 2)]


def wide(daemon: servers.Daemon, folder: Path, turns: int = 20) -> dict[str, object]:
    console = Console(32, 8, WIDE_CHANNELS)
    recalls.keep(daemon, folder, console)
    last = f"/ch/{WIDE_CHANNELS}/send/{console.buses}/level"
    with link_to(daemon.osc_port) as link:

        def levels(turn: int) -> None:
            level = -6.0 - turn
            link.send(encode("/ch/*/send/*/level", level))
            while ask(link, last) != [level]:
                pass

        changed = set()

        def recall(turn: int) -> None:
            answer = ask(link, "/scene/recall", recalls.NAMES[turn % 2], wait_s=10.0)
            assert answer is not None
            changed.add(answer[1])

        recall(1)
        found = {"levels": WIDE_CHANNELS * console.buses, "levels_ms": costs(daemon.pid, turns, levels)}
        recall(1)
        changed.clear()
        return found | {"recall_ms": costs(daemon.pid, turns, recall), "recalled": max(changed)}


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--clients", type=int, default=4)
    words.add_argument("--per-second", type=float, default=15_000.0, help="of all together")
    words.add_argument("--seconds", type=float, default=3.0)
    words.add_argument("--tree", type=Path, default=servers.ROOT, help="the checkout to measure (default: this one)")
    words.add_argument("--wide", action="store_true")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        tables = {"console": {"channels": WIDE_CHANNELS}} if given.wide else {}
        daemon = servers.Daemon(Path(folder), tables, env={"PYTHONPATH": str(given.tree.resolve())})
        try:
            daemon.start()
            if given.wide:
                found = wide(daemon, Path(folder))
            else:
                found = measure(daemon.osc_port, daemon.pid, given.clients, given.per_second, given.seconds)
        finally:
            daemon.close()
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
