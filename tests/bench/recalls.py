"""Somebody who recalls all that a desk has, again and again: two scenes of random values, in turns.

`python recalls.py HOST PORT PER_SECOND` recalls "first" and "second" until its stdin closes; at its end it prints how
many times, and how many values the desk said it changed.  `keep` puts the two there.
"""

import random
import select
import socket
import subprocess
import sys
import time
from pathlib import Path

import paths  # noqa: F401  (finds what is imported below)
from bits import value_of
from pythonosc.osc_message import OscMessage

import servers
from studiod.client.client import packet
from studiod.registry.registry import Console, Registry
from studiod.toml_text import table

NAMES = ("first", "second")
LEFT_ALONE = {"volatile", "read-only", "safe"}
ELSEWHERE = ("osc", "midi", "sync", "recorder", "meter")  # not the sound, and what the rig itself listens to


def scene(registry: Registry, seed: int) -> str:
    """Random values of every path that a scene recalls, as a scene's text."""
    chance = random.Random(seed)
    values = {
        p.path: value
        for p in registry.params.values()
        if not p.flags & LEFT_ALONE and not p.path.startswith(ELSEWHERE) and (value := value_of(p, chance)) is not None
    }
    return table("values", values)


def keep(daemon: servers.Daemon, folder: Path, console: Console) -> None:
    """Put both scenes on a desk."""
    registry = Registry(console)
    for seed, name in enumerate(NAMES):
        file = folder / f"{name}.toml"
        file.write_text(scene(registry, seed), "utf-8")
        where = ["--host", daemon.host, "--port", str(daemon.osc_port)]
        command = [sys.executable, "-m", "studiod", "scene", "import", str(file), "--name", name, *where]
        subprocess.run(command, check=True, capture_output=True, cwd=servers.ROOT)


class Recalls:
    """Recalls at a steady rate, from a process of their own."""

    def __init__(self, daemon: servers.Daemon, per_second: float) -> None:
        command = [sys.executable, __file__, daemon.host, str(daemon.osc_port), str(per_second)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.sent = self.changed = 0

    def close(self) -> None:
        """End it; sent and changed are then how many recalls there were, and how many values they changed."""
        out, _ = self.process.communicate(timeout=10)
        self.sent, self.changed = map(int, out.split())


def main() -> None:
    host, port, per_second = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.connect((host, port))
        link.setblocking(False)
        began, sent, changed = time.monotonic(), 0, 0
        while not select.select([sys.stdin], [], [], max(0.0, began + sent / per_second - time.monotonic()))[0]:
            changed += said(link)
            link.send(packet("/scene/recall", NAMES[sent % len(NAMES)]))
            sent += 1
        print(sent, changed + said(link))


def said(link: socket.socket) -> int:
    """How many values the answers that have come tell of."""
    changed = 0
    while select.select([link], [], [], 0)[0]:
        message = OscMessage(link.recv(65536))
        changed += message.params[1] if message.address == "/scene/recall" else 0
    return changed


if __name__ == "__main__":
    main()
