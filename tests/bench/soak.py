"""An hour of a rack's life in small: all that a disk, an interface, a tablet and a hand do, at a low rate, in turns.

    sudo .venv/bin/python tests/bench/soak.py [--minutes 60] [--warm-up 10] [--seed 1] [--json FILE]

The interface is lost, stands still and comes back with another period; the disk of the state fills and has room again;
hands move, hold, undo; a pass is written; scenes are stored and recalled; takes are recorded and deleted; clients come
and go; the settings are read again.  Looked at between two of these, while the interface plays: the memory of the
desk's process, and the descriptors of all its processes.  1 when memory has grown by more than 2 % after the warm-up,
descriptors differ, or the log holds a traceback.
"""

import argparse
import contextlib
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import paths  # noqa: F401  (finds what is imported below)
from _pytest.outcomes import Skipped
from test_scenes_daemon import Desk

import servers
from stop_rig import MIDI, children, small_disk
from studiod.client.client import ask
from studiod.errors import Fault

SUFFIX, GROWTH, EDGE_S = "-soak", 0.02, 300.0
PERIODS = (256, 1024, 4096)
BACK_S = 180.0  # a server that was frozen sorts itself out first
DOUBT_S = 60.0  # without sound, before the server is looked at by itself
RATE_HZ = 48_000
BYSTANDER = """
import jack, os, sys, time
client, ran = jack.Client("bystander", no_start_server=True, servername=sys.argv[1]), [0]
client.set_process_callback(lambda frames: ran.__setitem__(0, ran[0] + 1))
client.activate()
time.sleep(0.5)
before = ran[0]
time.sleep(2.0)
print((ran[0] - before) / 2.0, flush=True)
os._exit(0)
"""
MODULES = ("studiod.realtime.card", "studiod.midi_ports.child")


def anonymous_kb(pid: int) -> int:
    """What a process holds by itself, without what it shares."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines():
        if line.startswith("Anonymous:"):
            return int(line.split()[1])
    raise AssertionError("no Anonymous in smaps_rollup")


def descriptors(pid: int) -> int:
    """Without those of JACK's store of metadata: once a server was killed within it, no client opens it any more."""
    found = 0
    for name in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            found += "/jack_db" not in os.readlink(f"/proc/{pid}/fd/{name}")
    return found


class Soak:
    """A daemon, and what is done to it.  looks: time, memory in kB, descriptors of the desk, the card and the ports."""

    def __init__(self, folder: Path, seed: int, stack: contextlib.ExitStack) -> None:
        self.folder, self.chance, self.count = folder, random.Random(seed), Counter[str]()
        self.back: dict[str, list[float]] = {"lost": [], "frozen": []}  # how long until it was found again, in s
        self.looks: list[tuple[float, int, tuple[int, ...]]] = []
        self.fill = stack.enter_context(small_disk(folder / "desk" / "state"))
        self.served = stack.enter_context(contextlib.ExitStack())
        self.serve(PERIODS[0])
        tables = {
            "interface": {"device": "system"}, "midi": MIDI, "console": {"channels": 8, "buses": 4},
            "state": {"directory": str(folder / "desk" / "state"), "recordings": str(folder / "takes")},
        }  # fmt: skip
        daemon = servers.Daemon(folder / "desk", tables, env=self.server.env)
        self.daemon = stack.enter_context(daemon)
        self.began_s = time.monotonic()

    def serve(self, period_frames: int) -> None:
        self.period_frames = period_frames
        for last in (False, False, True):  # one that comes right after a kill does not always start
            made = servers.jack_server(self.folder, suffix=SUFFIX, period_frames=period_frames, channels=8)
            try:
                self.server = self.served.enter_context(made)
                return
            except Skipped:
                if last:
                    raise
                self.count["server did not start"] += 1

    def plays(self) -> bool:
        with contextlib.suppress(Fault):
            return ask(self.daemon.host, self.daemon.osc_port, "status/device") == "system"
        return False

    def until_played(self) -> float:
        """The seconds that it took."""
        began_s = looked_s = time.monotonic()
        while not self.plays():
            assert time.monotonic() < began_s + BACK_S, "the interface was not found again"
            time.sleep(0.2)
            if time.monotonic() > looked_s + DOUBT_S:
                looked_s = time.monotonic()
                if (ran := self.periods_s()) < 0.5 * RATE_HZ / self.period_frames:
                    self.broken(ran)
                    began_s = looked_s = time.monotonic()
        return time.monotonic() - began_s

    def periods_s(self) -> float:
        """How many periods a second the server gives a client that has nothing to do with the desk."""
        words = [sys.executable, "-c", BYSTANDER, f"studiod-test{SUFFIX}"]
        env = {**os.environ, **self.server.env}
        return float(subprocess.run(words, env=env, capture_output=True, text=True, timeout=30.0).stdout or 0.0)

    def broken(self, ran: float) -> None:
        """A server that runs too slowly with anybody on it heals by no one's deed: another one takes its place."""
        print(f"the server itself gives a bystander {ran:.0f} periods a second: it is started anew", flush=True)
        self.count["server broken by itself"] += 1
        self.served.close()
        self.serve(PERIODS[0])

    # -- what is done ------------------------------------------------------------------------------------------------

    def hands(self) -> None:
        with contextlib.closing(Desk(self.daemon)) as peer:
            for _ in range(30):
                peer.ask(self._moved(peer))
                time.sleep(self.chance.uniform(0.02, 0.1))
            peer.send("/undo")
            peer.send("/hold/ch/1/mute", 1)
            peer.ask("/ch/1/mute")
            peer.send("/ch/1/mute", 0)
            peer.ask("/ch/1/mute")

    def _moved(self, peer: Desk) -> str:
        address = f"/ch/{self.chance.randrange(1, 9)}/{self.chance.choice(['pan', 'eq/1/gain', 'fader'])}"
        peer.send(address, self.chance.uniform(-15.0, 9.0))
        return address

    def automation(self) -> None:
        with contextlib.closing(Desk(self.daemon)) as peer:
            peer.send("/moves/clear", "**")
            peer.send("/ch/2/automation", "latch")
            peer.send("/transport/position", 0.0)
            peer.send("/transport/state", "play")
            for k in range(60):
                peer.send("/ch/2/fader", -60.0 + k)
                time.sleep(0.05)
            peer.send("/transport/state", "stop")
            peer.send("/ch/2/automation", "off")
            peer.ask("/transport/state")

    def scenes(self) -> None:
        """Of two names: each keeps twenty of its former selves, and has them before the warm-up is over."""
        with contextlib.closing(Desk(self.daemon)) as peer:
            peer.ask("/scene/store", f"Scene {self.chance.randrange(2)}")
            peer.ask("/scene/list", end="/scene/list/end")
            peer.ask("/scene/recall", f"Scene {self.chance.randrange(2)}", 0.5)
            time.sleep(0.6)
            peer.send("/undo")

    def take(self) -> None:
        with contextlib.closing(Desk(self.daemon)) as peer:
            peer.send("/ch/3/arm", 1)
            peer.send("/recorder/state", "record")
            time.sleep(3.0)
            peer.send("/recorder/state", "stop")
            peer.send("/ch/3/arm", 0)
            peer.ask("/recorder/state")
            time.sleep(1.5)
            peer.send("/take/list")
            for line in peer.lines("/take/list/end"):
                if line[0] == "/take/list":
                    peer.ask("/take/delete", line[1])

    def clients(self) -> None:
        with contextlib.ExitStack() as held:
            for _ in range(8):
                peer = held.enter_context(contextlib.closing(Desk(self.daemon)))
                peer.send("/subscribe", "/**", 5.0)
                peer.send("/meters/subscribe", "main", 20.0)
            time.sleep(1.0)

    def settings(self) -> None:
        os.kill(self.daemon.pid, signal.SIGHUP)
        time.sleep(0.5)

    def full_disk(self) -> None:
        self.fill()
        self.hands()
        self.scenes()
        time.sleep(2.0)
        (self.daemon.state / "others").unlink()
        time.sleep(3.0)

    def lost(self) -> None:
        self.server.kill()
        self.served.close()
        time.sleep(self.chance.uniform(1.0, 4.0))
        self.serve(self.chance.choice(PERIODS))
        self.back["lost"].append(self.until_played())

    def frozen(self) -> None:
        self.server.freeze()
        time.sleep(3.0)
        self.server.thaw()
        self.back["frozen"].append(self.until_played())

    # -- what is looked at -------------------------------------------------------------------------------------------

    def held(self) -> tuple[int, ...]:
        """Descriptors of the desk, the card and the ports; of none that ends while it is looked at."""
        pid = self.daemon.pid
        found = [descriptors(pid)]
        for child in (child for module in MODULES for child in children(pid, module)):
            with contextlib.suppress(FileNotFoundError):
                found.append(descriptors(child))
        return tuple(found)

    def look(self) -> None:
        pid = self.daemon.pid
        same = 0
        for _ in range(30):  # until nothing of it is still being opened: a process that begins holds few for a while
            self.until_played()
            before = self.held()
            time.sleep(1.0)
            same = same + 1 if self.plays() and self.held() == before else 0
            if same == 3:
                break
        found = (time.monotonic() - self.began_s, anonymous_kb(pid), before)
        self.looks.append(found)
        print(f"{found[0]:7.1f} s  {found[1] / 1000:.2f} MB  {found[2]}", flush=True)

    def run(self, seconds: float) -> None:
        often: list[Callable[[], None]] = [self.hands, self.scenes, self.clients, self.automation, self.take]
        seldom: list[Callable[[], None]] = [self.settings, self.full_disk, self.lost, self.frozen]
        while time.monotonic() - self.began_s < seconds:
            for deed in [*self.chance.sample(often, 5), self.chance.choice(seldom)]:
                deed()
                self.count[deed.__name__] += 1
            self.look()

    def result(self, warm_up_s: float) -> dict[str, object]:
        """Medians over EDGE_S after the warm-up and at the end; the log."""
        over_s = self.looks[-1][0]
        edge_s = min(EDGE_S, (over_s - warm_up_s) / 3)
        first = [look for look in self.looks if warm_up_s <= look[0] < warm_up_s + edge_s]
        last = [look for look in self.looks if look[0] >= over_s - edge_s]
        before, after = (statistics.median(look[1] for look in looks) for looks in (first, last))
        late = {look[2] for look in self.looks if look[0] >= warm_up_s}
        return {
            "minutes": round(over_s / 60, 1), "done": dict(self.count),
            "memory_mb": [round(before / 1000, 2), round(after / 1000, 2)],
            "growth_percent": round(100.0 * (after / before - 1.0), 2), "descriptors": sorted(late),
            "back_s": {name: [round(s, 1) for s in sorted(took)] for name, took in self.back.items()},
            "tracebacks": self.daemon.stderr.count("Traceback"), "log_lines": self.daemon.stderr.count("\n"),
        }  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--warm-up", type=float, default=10.0, help="minutes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="studiod-soak-") as folder, contextlib.ExitStack() as stack:
        soak = Soak(Path(folder), given.seed, stack)
        try:
            soak.run(60.0 * given.minutes)
        finally:
            log = soak.daemon.stderr
            Path(given.json or "soak.json").with_suffix(".log").write_text(log, "utf-8")
        found = soak.result(60.0 * given.warm_up)
        found["exit_code"] = soak.daemon.stop()
    print(json.dumps(found, indent=1))
    if given.json:
        given.json.write_text(json.dumps(found, indent=1))
    bad = abs(float(str(found["growth_percent"]))) > 100 * GROWTH or len(found["descriptors"]) > 1  # type: ignore[arg-type]
    return 1 if bad or found["tracebacks"] or found["exit_code"] else 0


if __name__ == "__main__":
    sys.exit(main())
