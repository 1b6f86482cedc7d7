"""Thirty-two X32 clients with meters at 20 Hz, four of which set two thousand faders a second: whether each ends with
every value right, how many blocks the sound has missed meanwhile, and what the desk took of a processor.

    python tests/bench/x32_clients.py [--seconds 60] [--json]
"""

import argparse
import contextlib
import json
import tempfile
from pathlib import Path

import paths  # noqa: F401  (finds what is imported below)

import servers
from studiod.client.client import ask
from x32_crowd import Crowd

SETTLE_S = 6.0


def busy_s(pid: int) -> float:
    """Processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100.0


def measured(seconds: float) -> dict[str, object]:
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.Daemon(Path(folder), {"x32": {"enabled": True}}) as daemon,
        contextlib.closing(Crowd(daemon.host, daemon.x32_port)) as crowd,
    ):
        crowd.rest(SETTLE_S)
        missed, began_s = ask(daemon.host, daemon.osc_port, "status/missed"), busy_s(daemon.pid)
        crowd.play(seconds)
        spent_s = busy_s(daemon.pid) - began_s
        settled_s = crowd.settle(30.0)
        lost = float(str(ask(daemon.host, daemon.osc_port, "status/missed"))) - float(str(missed))
        told = sum(peer.messages for peer in crowd.peers)
        return {
            "seconds": seconds, "sets": crowd.sent, "messages": told, "wrong": len(crowd.wrong()),
            "settled_s": round(settled_s, 2), "missed": lost, "processor": round(spent_s / seconds, 3),
        }  # fmt: skip


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=float, default=60.0)
    words.add_argument("--json", action="store_true")
    args = words.parse_args()
    found = measured(args.seconds)
    print(json.dumps(found) if args.json else "\n".join(f"{name:>10}  {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
