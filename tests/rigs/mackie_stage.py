"""A daemon, simulated units on its ports, and an OSC client that sees all: what tests of motor faders share."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mackie_fingers as fingers
import mackie_oracle as oracle
import servers
from mackie_oracle import Device
from mackie_rig import Simulator, simulator
from osc_mirror import Mirror

STRIPS = "{ch,return,bus,matrix,dca}"
PATTERNS = (
    f"/{STRIPS}/*/{{fader,mute,solo,arm,name,colour,pan,balance,trim,width}}",
    f"/{STRIPS}/*/send/*/level",
    f"/{STRIPS}/*/dca/*",
    "/main/{fader,mute,name,colour}",
    "/solo/any",
    "/surface/*/now/*",
    "/surface/*/layer/**",
    "/transport/{state,position}",
)
SERVER: dict[str, Any] = {"suffix": "-mackie", "sync": True, "period_frames": 256, "channels": 2}
SERVER["client_timeout_ms"] = 9000  # a busy client is waited for
QUIET_S, LOST_S, NOTICED_S = 0.3, 2.0, 2.0
TOUCH = 0x68
COLOURS = ("off", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
ON_ITS_WAY_S, STALLED_S = 0.06, 1.0
VALUE_S = 1.2  # a value is shown for so long
SLOW_S = 25.0  # for a machine that is busy; what has to be in time is read on the wire's clock
CONSOLE = {"channels": 18, "returns": 2, "buses": 4, "matrices": 1, "dcas": 3}

# unit: (the kind of the simulator, its client's name, its number of surface, its device)
MAIN, EXTENDER, SLOW = "main", "extender", "slow"
LOGIC, COMPACT, TRAVEL, DEAD, HASTY = "logic", "compact", "travel", "dead", "hasty"
UNITS: dict[str, tuple[str, str, int, Device]] = {
    MAIN: ("x-touch", "X-Touch", 1, Device("x-touch", at=8)),
    EXTENDER: ("x-touch-extender", "X-Touch-Ext", 1, Device("x-touch-extender", at=0, master=False)),
    SLOW: ("mackie", "Mackie Control", 2, Device("mackie")),
    LOGIC: ("logic-control", "Logic Control", 3, Device("logic-control")),
    COMPACT: ("x-touch-compact", "X-Touch Compact", 3, Device("x-touch-compact-mc")),
    TRAVEL: ("own-travel", "BCF2000", 4, Device("bcf2000-mc", master=False)),
    DEAD: ("dead-touch", "Dead Touch", 4, Device("mackie")),
    HASTY: ("hasty-text", "Hasty Text", 4, Device("mackie")),
}
STEADY = [unit for unit in UNITS if unit != HASTY]  # it loses text where a busy machine brings two too close together
MAPS = {DEAD: {}, HASTY: {"bytes_per_s": "30000", "sysex_gap_ms": "15"}}  # what differs from a Mackie Control's
SETTINGS = {
    "console": CONSOLE,
    "midi": {
        "api": "jack",
        "surfaces": [
            {"name": "x-touch", "surface": 1, "left": ["x-touch-extender"]},
            {"name": "mackie", "surface": 2},
            {"name": "logic-control", "surface": 3},
            {"name": "x-touch-compact-mc", "surface": 3},
            {"name": "bcf2000-mc", "surface": 4},
            {"name": DEAD, "surface": 4},
            {"name": HASTY, "surface": 4},
        ],
    },
}


def maps(folder: Path) -> None:
    """Maps of two devices that are only in these tests, beside the settings."""
    folder.mkdir(parents=True)
    lines = (servers.ROOT / "config" / "surfaces" / "mackie.toml").read_text("utf-8").splitlines()
    for name, facts in MAPS.items():
        known = {"ports": f'["{UNITS[name][1]}"]', "name": f'"{name}"', **facts}
        kept = [line for line in lines if line.split("=")[0].strip() not in known]
        (folder / f"{name}.toml").write_text("\n".join([*(f"{k} = {v}" for k, v in known.items()), *kept]), "utf-8")


class Stage:
    """`sim` are the units, `desk` the OSC client, `daemon` the process."""

    def __init__(self, sim: Simulator, daemon: servers.Daemon, desk: Mirror) -> None:
        self.sim, self.daemon, self.desk = sim, daemon, desk

    def wanted(self, unit: str) -> dict[str, Any]:
        _, _, surface, device = UNITS[unit]
        return oracle.panel(self.desk.values, surface, device)

    def differences(self, *units: str, but: tuple[str, ...] = ()) -> list[str]:
        """All in which panels are not what was computed; but: things that are left out."""
        found = []
        for unit in units or STEADY:
            wanted = {what: value for what, value in self.wanted(unit).items() if what not in but}
            found += [f"{unit} {line}" for line in oracle.differences(self.sim.panel(unit), wanted)]
        return found

    def agree(self, *units: str, within_s: float = SLOW_S, but: tuple[str, ...] = ()) -> None:
        """Wait until every panel is what was computed; fails with what is not."""
        end_s, ask_s = time.monotonic() + within_s, time.monotonic() + LOST_S
        while wrong := self.differences(*units, but=but):
            now_s = time.monotonic()
            if now_s > ask_s:  # a packet to a busy client is lost at times
                self.desk.ask()
                ask_s = now_s + LOST_S
            if now_s > end_s:
                pictures = "\n".join(self.sim.ask("draw", unit=unit) for unit in units or STEADY)
                said = [*wrong, pictures, *self.history(wrong), f"late periods: {self.sim.ask('late')}"]
                log = [line for line in self.daemon.stderr.splitlines() if "stood still" not in line]
                raise AssertionError("\n".join([*said, *log[-40:]]))
            time.sleep(0.05)

    def holds(self, path: str, value: object, within_s: float = SLOW_S) -> None:
        """Wait until the desk holds a value: what was pressed has come there.  Raises AssertionError."""
        end_s = time.monotonic() + within_s
        while (found := self.desk.values[path]) != value:
            assert time.monotonic() < end_s, (path, found, value)
            time.sleep(0.02)

    def history(self, wrong: list[str]) -> list[str]:
        """What was said of the faders that stand wrong."""
        found = [line.split(":")[0].split() for line in wrong if " fader " in line]
        heads = {(unit, f"e{int(k) - 1:x}") for unit, _, k in found} | {
            (unit, f"90{TOUCH + int(k) - 1:x}") for unit, _, k in found
        }
        return [
            f"{unit} {one['t']:.4f} {one['way']} {one['hex']}"
            for unit in sorted({unit for unit, _ in heads})
            for one in self.sim.log(unit)[-2000:]
            if (unit, one["hex"][:2]) in heads or (unit, one["hex"][:4]) in heads
        ][-200:]

    def rest(self) -> None:
        """Wait until nothing is said any more, and values give way to names."""
        self.sim.after(VALUE_S)
        assert self.sim.quiet(QUIET_S, SLOW_S), "it goes on talking at rest"

    @property
    def stalls(self) -> int:
        """How often the desk stood still or a period of JACK was late: times are judged where neither was."""
        return self.daemon.stderr.count("stood still") + self.sim.ask("late")

    def hands_off(self) -> None:
        for unit, (_, _, _, device) in UNITS.items():
            for fader in range(8 + device.master):
                self.sim.ask("lift", unit=unit, fader=fader)

    def begin_anew(self) -> None:
        """All cables out and in: of a JACK that was late, messages are lost that no cable loses."""
        for unit in UNITS:
            self.sim.ask("unplug", unit=unit)
        self.sim.after(NOTICED_S)
        for unit in UNITS:
            plug(self.sim, unit)

    def home(self) -> None:
        """As at the start: no bank, no flip, no finger, no unit off."""
        self.hands_off()
        for _, _, surface, _ in UNITS.values():
            now = f"surface/{surface}/now"
            for name, value in oracle.HOME.items():
                self.desk.set(f"{now}/{name}", value)
        self.agree()


def set_up(desk: Any) -> None:
    """Names that fit every display, and values that differ; desk: has `values`, and `set`."""
    for k, strip in enumerate(oracle.order(desk.values)):
        desk.set(f"{strip}/name", f"{strip[0].upper()}{strip.split('/')[1]}ab")
        desk.set(f"{strip}/colour", COLOURS[k % 8])
        desk.set(f"{strip}/fader", float(-k))
        if f"{strip}/pan" in desk.values:
            desk.set(f"{strip}/pan", float((k * 37) % 201 - 100))


def plug(sim: Simulator, unit: str, **more: Any) -> str:
    kind, client, _, _ = UNITS[unit]
    return sim.ask("plug", unit=unit, kind=kind, client=client, **more)


@contextlib.contextmanager
def stage(folder: Path) -> Iterator[Stage]:
    """All of it on one JACK server, in agreement."""
    with (
        servers.jack_server(folder, **SERVER) as server,
        simulator(server.env) as sim,
    ):
        for unit in UNITS:
            plug(sim, unit)
        maps(folder / "daemon" / "surfaces")
        with servers.Daemon(folder / "daemon", SETTINGS, env=server.env) as daemon:
            desk = Mirror(daemon.host, daemon.osc_port, *PATTERNS)
            try:
                made = Stage(sim, daemon, desk.whole())
                set_up(made.desk)
                yield made
            finally:
                desk.close()


def told(desk: Stage, unit: str, since: int) -> list[dict]:
    return desk.sim.log(unit, since, "in")


def size(log: list[dict]) -> int:
    return sum(len(one["hex"]) // 2 for one in log)


def felt(desk: Stage, unit: str, since: int, stalls: int) -> None:
    """The finger never felt the motor, in all that came since so many pulls.

    stalls: those of the desk before; where it stood still, more may have been on its way when a finger came.
    """
    on_its_way_s = ON_ITS_WAY_S if desk.stalls == stalls else STALLED_S
    pulls = desk.sim.ask("pulls", unit=unit)[since:]
    wrong = fingers.felt(desk.sim.ask("kind", unit=unit), desk.sim.log(unit), pulls, on_its_way_s)
    assert wrong == [], [unit, *(line for one in wrong if isinstance(one, dict) for line in around(desk, unit, one))]


def around(desk: Stage, unit: str, pull: dict) -> list[str]:
    """What was said of a fader about the time of a position that should not have come."""
    heads = (f"e{pull['fader']:x}", f"90{TOUCH + pull['fader']:x}")
    return [
        f"{one['t'] - pull['t']:+.4f} {one['way']} {one['hex']}"
        for one in desk.sim.log(unit)
        if one["hex"].startswith(heads) and abs(one["t"] - pull["t"]) < (10 if one["hex"].startswith("9") else 1.5)
    ]
