"""Motor surfaces measured, on the ports of a JACK server with the daemon on it: one X-Touch, or with three extenders.

    python tests/bench/surfaces.py [--changes 300] [--units 1 4] [--seconds 10]

fader_ms: from a position on the port to the first altered sample, 5,000 OSC messages a second on the side.
motor_ms: from an OSC message to the motor's bytes, with that flood and without.  bank_ms: from a key to the last byte.
share: of a core, of the desk's process and the ports', with all faders gliding and all meters standing; and of the same
desk without units.
The units here are clients in Python, 750 callbacks a second each, which cost a core some of what they measure.
"""

import argparse
import json
import os
import socket
import sys
import tempfile
import threading
import time
from collections import deque
from pathlib import Path
from typing import Any

import numpy as np
import paths  # noqa: F401  (finds what is imported below)

import servers
from bench.control import PER_SECOND, settings, spread, waits_ms
from bench.rig import Flood, Rig, mark, rig
from studiod.client.client import ask
from studiod.net.osc_codec import encode

BANK_LEFT, BANK_RIGHT = 0x2E, 0x2F
QUIET_S, PATIENCE_S, METER = 0.25, 1.0, 0xD0
WIRE_BYTES_PER_S = 3125
NEAR, FAR = 12700, 9000  # positions of 0 dB and below it
CLOCK_TICKS = os.sysconf("SC_CLK_TCK")
SURFACES = {
    1: {"name": "x-touch"},
    4: {"name": "x-touch", "right": ["x-touch-extender"] * 3},
}


class Unit:
    """A client with two ports: what came, and when by this machine's clock."""

    def __init__(self, name: str) -> None:
        jack = servers.need_module("jack")
        self.client = jack.Client(name, no_start_server=True)
        self.into = self.client.midi_inports.register("in")
        self.out = self.client.midi_outports.register("out")
        self.heard: deque[tuple[int, bytes]] = deque(maxlen=10_000)
        self._waiting: deque[bytes] = deque()
        self.news = threading.Event()
        self.client.set_process_callback(self._period)
        self.client.activate()

    def _period(self, frames: int) -> None:
        for _, data in self.into.incoming_midi_events():
            data = bytes(data)
            if data[0] & 0xF0 != METER:
                self.heard.append((time.monotonic_ns(), data))
                self.news.set()
        self.out.clear_buffer()
        while self._waiting:
            self.out.write_midi_event(0, self._waiting.popleft())

    def send(self, *data: int) -> None:
        self._waiting.append(bytes(data))

    def first_ns(self, status: int) -> int:
        """When the next message of a kind came; 0 where none did, since the kernel dropped what asked for it."""
        end_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < end_s:
            while self.heard:
                ns, data = self.heard.popleft()
                if data[0] == status:
                    return ns
            self.news.wait(0.01)
            self.news.clear()
        return 0

    def close(self) -> None:
        self.client.deactivate()
        self.client.close()


def quiet(units: list[Unit]) -> int:
    """Wait until nothing but meters was said for a while; when the last byte came, on a wire that has a DIN cable's
    pace."""
    last_ns = 0
    while True:
        time.sleep(QUIET_S)
        got = [unit.heard.popleft() for unit in units for _ in range(len(unit.heard))]
        if not got:
            return last_ns
        last_ns = max(last_ns, *(ns + round(len(data) * 1e9 / WIRE_BYTES_PER_S) for ns, data in got))


def dress(made: Rig) -> None:
    """Give every strip a name and values of its own, so that a bank changes all that there is."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.connect((made.daemon.host, made.daemon.osc_port))
        for n in range(1, 34):
            odd, letter = n // 8 % 2, "abcdefgh"[n // 8 % 8]
            values = {"name": f"{letter}Strip{n}", "fader": -float(n), "mute": odd, "pan": n * 37.0 % 201 - 100}
            for tail, value in values.items():
                link.send(encode(f"/ch/{n}/{tail}", value))
            time.sleep(0.01)
    made.drain()


def motors_ms(made: Rig, unit: Unit, changes: int) -> np.ndarray:
    """From an OSC message to the motor's bytes."""
    waits, jitter = np.zeros(changes), np.random.default_rng(5).uniform(0.06, 0.07, changes)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.connect((made.daemon.host, made.daemon.osc_port))
        for k in range(changes):
            time.sleep(jitter[k])
            unit.heard.clear()
            sent_ns = time.monotonic_ns()
            link.send(encode("/ch/1/fader", (-12.0, -6.0)[k % 2]))
            waits[k] = (unit.first_ns(0xE0) - sent_ns) / 1e6
    return waits[waits > 0]


def banks_ms(units: list[Unit], changes: int) -> np.ndarray:
    """From a key to the last byte of all units."""
    waits = np.zeros(changes)
    for k in range(changes):
        quiet(units)
        sent_ns = time.monotonic_ns()
        note = BANK_LEFT if k % 2 else BANK_RIGHT
        units[0].send(0x90, note, 0x7F)
        waits[k] = (quiet(units) - sent_ns) / 1e6
        units[0].send(0x90, note, 0)
    return waits


def spent_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / CLOCK_TICKS


def ports_pid(made: Rig) -> int:
    """The process that owns the MIDI ports."""
    for task in Path(f"/proc/{made.daemon.pid}/task").iterdir():
        for child in (task / "children").read_text("ascii").split():
            if "midi_ports" in Path(f"/proc/{child}/cmdline").read_text("utf-8"):
                return int(child)
    raise RuntimeError("no process of the ports")


def shares(made: Rig, seconds: float) -> dict[str, float]:
    """Percents of a core over so many seconds, and blocks that the card missed."""
    pids = {"desk": made.daemon.pid, "ports": ports_pid(made)}
    before, spent, at_s = mark(made), {name: spent_s(pid) for name, pid in pids.items()}, time.monotonic()
    time.sleep(seconds)
    passed_s, after = time.monotonic() - at_s, mark(made)
    found = {name: round(100 * (spent_s(pid) - spent[name]) / passed_s, 1) for name, pid in pids.items()}
    return found | {"together": round(sum(found.values()), 1), "missed": after.card_missed - before.card_missed}


def gliding(made: Rig, seconds: float) -> None:
    """Every channel's fader on its way, and a signal on each."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.connect((made.daemon.host, made.daemon.osc_port))
        link.send(encode("/generator/on", 1))
        for n in range(1, 33):
            link.send(encode(f"/ch/{n}/source", "generator"))
            link.send(encode(f"/ch/{n}/fader", -60.0))
            time.sleep(0.005)
        time.sleep(1.0)
        link.send(encode("/fade", "ch/*/fader", seconds + 3.0, 0.0))
        time.sleep(1.0)


def measure(folder: Path, count: int, changes: int, seconds: float) -> dict[str, Any]:
    """All of it with so many units."""
    tables = settings(folder)
    tables["midi"] = {"api": "jack", "surfaces": [SURFACES[count]]}
    found: dict[str, Any] = {"units": count}
    with rig(folder, tables) as made:
        os.environ.update(made.server.env)
        units: list[Unit] = []
        try:
            found["share_without"] = shares(made, seconds)
            gliding(made, seconds)
            found["share_gliding_without"] = shares(made, seconds)
            for path, value in (("generator/on", 0), ("ch/1/source", "input/1")):
                ask(made.daemon.host, made.daemon.osc_port, path, str(value))
            time.sleep(4.0)  # the fade ends
            for k in range(count):
                units.append(Unit("X-Touch-Ext" if k else "X-Touch"))
            time.sleep(3.0)
            dress(made)
            quiet(units)
            ask(made.daemon.host, made.daemon.osc_port, "ch/1/fader", "-6")
            assert made.bare.say("listen") not in ("", "listening")
            found["motor_quiet_ms"] = spread(motors_ms(made, units[0], changes))
            found["bank_ms"] = spread(banks_ms(units, 20))
            found["share_at_rest"] = shares(made, seconds)
            flood = Flood(made.daemon, PER_SECOND)
            try:
                time.sleep(0.5)
                found["motor_flooded_ms"] = spread(motors_ms(made, units[0], changes))
                units[0].send(0x90, 0x68, 0x7F)
                found["fader_flooded_ms"] = spread(
                    waits_ms(made, lambda k: units[0].send(0xE0, *divmod((NEAR, FAR)[k % 2], 128)[::-1]), changes)
                )
                units[0].send(0x90, 0x68, 0)
            finally:
                flood.close()
            made.drain()
            gliding(made, seconds)
            found["share_gliding"] = shares(made, seconds)
            found["ports_scheduling"] = os.sched_getscheduler(ports_pid(made))
        finally:
            for unit in units:
                unit.close()
    return found


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--changes", type=int, default=300)
    words.add_argument("--seconds", type=float, default=10.0)
    words.add_argument("--units", type=int, nargs="+", default=[1, 4], choices=[1, 4])
    args = words.parse_args()
    for count in args.units:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measure(Path(folder), count, args.changes, args.seconds)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
