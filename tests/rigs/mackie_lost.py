"""A MIDI server that is killed and started again under load, with motor surfaces on it; what it costs is counted."""

import contextlib
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import servers
from mackie_rig import Simulator, simulator
from mackie_stage import EXTENDER, MAIN, PATTERNS, SERVER, SLOW, Stage, plug, set_up
from osc_mirror import Mirror

LOAD_HZ, DOWN_S = 200, 0.3
USED = (MAIN, EXTENDER, SLOW)
SETTINGS: dict[str, Any] = {
    "console": {"channels": 18, "returns": 2, "buses": 4, "matrices": 1, "dcas": 3},
    "midi": {"api": "jack", "surfaces": [{"name": "x-touch", "left": ["x-touch-extender"]},
                                         {"name": "mackie", "surface": 2}]},
}  # fmt: skip


class Load(threading.Thread):
    """An app that moves faders all the time."""

    def __init__(self, desk: Mirror) -> None:
        super().__init__(daemon=True)
        self.desk, self.on, self.sent = desk, True, 0

    def run(self) -> None:
        while self.on:
            self.desk.set(f"ch/{self.sent % 18 + 1}/fader", -(self.sent % 400) / 10)
            self.sent += 1
            time.sleep(1 / LOAD_HZ)


def kin(pid: int) -> list[int]:
    """A process and those that it has started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            for child in (task / "children").read_text("ascii").split():
                found += kin(int(child))
    return found


def used(pid: int) -> dict[str, float]:
    """Descriptors and MB of the daemon and all that it has started, and how many processes these are."""
    fds, kb, alive = 0, 0, 0
    for one in kin(pid):
        with contextlib.suppress(OSError):
            fds += len([*Path(f"/proc/{one}/fd").iterdir()])
            lines = Path(f"/proc/{one}/status").read_text("ascii").splitlines()
            kb += next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))
            alive += 1
    return {"descriptors": fds, "mb": round(kb / 1024, 1), "processes": alive}


def units(alive: contextlib.ExitStack, server: servers.JackServer) -> Simulator:
    """The units, in a process of their own that goes with the server: a library of JACK that has lost one is no more
    to be trusted."""
    sim = alive.enter_context(simulator(server.env))
    for unit in USED:
        plug(sim, unit)
    return sim


def losses(folder: Path, rounds: int) -> Iterator[dict[str, float]]:
    """Kill and start the server so many times; after each, when the panels are right again, what is in use.

    Raises AssertionError where they do not become right.
    """
    with contextlib.ExitStack() as ends:
        alive = contextlib.ExitStack()
        ends.callback(lambda: alive.close())
        server = alive.enter_context(servers.jack_server(folder, **SERVER))
        sim = units(alive, server)
        daemon = ends.enter_context(servers.Daemon(folder / "daemon", SETTINGS, env=server.env))
        desk = Mirror(daemon.host, daemon.osc_port, *PATTERNS)
        ends.callback(desk.close)
        stage = Stage(sim, daemon, desk.whole())
        set_up(desk)
        stage.agree(*USED)
        yield used(daemon.pid)
        for _ in range(rounds):
            load = Load(desk)
            load.start()
            time.sleep(DOWN_S)
            server.kill()
            alive.close()
            time.sleep(DOWN_S)
            server = alive.enter_context(servers.jack_server(folder, **SERVER))
            stage.sim = units(alive, server)
            begin_s = time.monotonic()
            time.sleep(DOWN_S)
            load.on = False
            load.join()
            desk.ask()
            stage.agree(*USED, within_s=60.0)
            yield used(daemon.pid) | {"right_after_s": round(time.monotonic() - begin_s, 2)}
        assert "Traceback" not in daemon.stderr, daemon.stderr
