"""What an idle desk costs: processor time and wakes of desk, card and ports on a JACK dummy server with a MIDI surface.

    python tests/bench/idle.py [--seconds 30] [--channels 32] [--json]

By the kernel's own account of each thread (/proc/PID/task/TID/schedstat); the JACK server is told apart.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path

import paths  # noqa: F401  (finds what is imported below)

import servers

SETTLE_S = 6.0
Spent = dict[int, tuple[int, int]]  # of each thread: nanoseconds on a processor, and how often it waited


def spent(pid: int) -> Spent:
    """By thread."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            status = (task / "status").read_text()
            waits = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("voluntary"))
            found[int(task.name)] = int((task / "schedstat").read_text().split()[0]), waits
        except OSError:  # it has ended
            continue
    return found


def children(pid: int) -> list[int]:
    """Of a process, at whichever thread of it."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(word) for task in tasks for word in (task / "children").read_text().split()]


def name(pid: int) -> str:
    """desk, card or ports."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    return {b"studiod.realtime.card": "card", b"studiod.midi_ports.child": "ports"}.get(words[2], "desk")


def rates(before: Spent, after: Spent, seconds: float) -> tuple[float, float]:
    """Per cent of a core, and waits a second, of the threads that lived all the time."""
    both = before.keys() & after.keys()
    ns, waits = (sum(after[task][k] - before[task][k] for task in both) for k in (0, 1))
    return ns / seconds / 1e7, waits / seconds


def measured(seconds: float, channels: int) -> dict[str, float]:
    """Figures by name."""
    tables = {
        "interface": {"device": "system"},
        "console": {"channels": channels},
        "midi": {"api": "jack", "surfaces": [{"name": "nanokontrol2", "port": "virtual"}]},
    }
    with tempfile.TemporaryDirectory() as folder, servers.jack_server(Path(folder), channels=16, outputs=18) as server:
        os.environ.update(server.env)
        with servers.Daemon(Path(folder) / "desk", tables) as daemon:
            time.sleep(SETTLE_S)
            pids = [daemon.pid, *children(daemon.pid), server.process.pid]
            before, began_s = [spent(pid) for pid in pids], time.monotonic()
            time.sleep(seconds)
            try:
                after, took_s = [spent(pid) for pid in pids], time.monotonic() - began_s
            except FileNotFoundError:
                raise SystemExit(
                    f"a process was started anew meanwhile: this machine is too busy\n{daemon.stderr}"
                ) from None
            labels = [*(name(pid) for pid in pids[:-1]), "jackd"]
    figures: dict[str, float] = {}
    for label, first, last in zip(labels, before, after, strict=True):
        figures[f"{label}_percent"], figures[f"{label}_wakes_per_s"] = rates(first, last, took_s)
    whole = sum(figures[f"{label}_percent"] for label in set(labels) - {"jackd"})
    return {"whole_percent": whole, **figures, "load": os.getloadavg()[0]}


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--seconds", type=float, default=30.0)
    words.add_argument("--channels", type=int, default=32)
    words.add_argument("--json", action="store_true")
    given = words.parse_args()
    figures = {key: round(value, 2) for key, value in measured(given.seconds, given.channels).items()}
    print(json.dumps(figures) if given.json else "\n".join(f"{key} {value}" for key, value in figures.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
