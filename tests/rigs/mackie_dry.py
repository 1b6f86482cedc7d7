"""Simulated units cabled to the surfaces of a desk without ports, on a loop whose time is handed in.

What each side says arrives some milliseconds later at the other, in order.  Panels are compared with what is computed
apart (mackie_oracle), as on real ports.
"""

import asyncio
import contextlib
import dataclasses
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import mackie_oracle as oracle
from controllers.mackie.start import start
from handed_time import play
from mackie_fingers import felt
from mackie_parts import new_desk
from mackie_sim.kinds import KINDS
from mackie_sim.unit import Unit
from mackie_stage import CONSOLE, DEAD, HASTY, SETTINGS, UNITS, maps, set_up
from studiod.desk.desk import Desk
from studiod.settings.schema import Settings

TICK_S = 0.002
WAY_S = (0.001, 0.006)  # the least and the most that a message is on its way
PRESS_S = 0.03
HELD_S, WAYS_S, RELEASED_S, LOOKS = 0.3, 0.04, 0.3, 3  # a hand's moves; there and back; and then
PORTS = {unit: device.name for unit, (_, _, _, device) in UNITS.items()} | {DEAD: DEAD, HASTY: HASTY}


class Cable:
    """One unit and the port that it hangs on."""

    def __init__(self, hall: "Hall", unit: Unit, hear: Callable[[bytes], None], state: Callable[[bool], None]) -> None:
        self.hall, self.unit, self.hear, self.state = hall, unit, hear, state
        self.plugged, self.takes = False, True
        self._in_s = self._out_s = 0.0
        self.bytes = 0

    def _arrival_s(self, last_s: float) -> float:
        return max(self.hall.loop.time() + self.hall.dice.uniform(*WAY_S), last_s + 1e-6)

    def send(self, data: bytes) -> bool:
        """From the desk."""
        if not self.takes:
            return False
        if self.plugged:
            self.bytes += len(data)
            self._in_s = self._arrival_s(self._in_s)
            self.hall.loop.call_at(self._in_s, self._arrive, data)
        return True

    def _arrive(self, data: bytes) -> None:
        if self.plugged:
            self.unit.advance(self.hall.loop.time())
            self.unit.receive(self.hall.loop.time(), data)
            self.hall.wake()

    def drain(self) -> None:
        """To the desk."""
        for _, data in self.unit.out:
            if self.plugged:
                self._out_s = self._arrival_s(self._out_s)
                self.hall.loop.call_at(self._out_s, self._heard, data)
        self.unit.out.clear()

    def _heard(self, data: bytes) -> None:
        if self.plugged:
            self.hear(data)

    def plug(self, on: bool) -> None:
        if on != self.plugged:
            self.plugged = on
            self.state(on)


class Hall:
    """A link of a desk; units by their names of mackie_stage, or what `add` puts there."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk, self.dice, self.loop = desk, random.Random(seed), asyncio.get_running_loop()
        self.open_ports: dict[str, tuple[Callable[[bytes], None], Callable[[bool], None]]] = {}
        self.cables: dict[str, Cable] = {}  # by unit
        self.kinds: dict[str, tuple[int, oracle.Device]] = {}
        self._of_port: dict[str, Cable] = {}
        self._ticking = False
        self._hands: dict[tuple[str, int], int] = {}  # how often a hand or a switch did something to a fader
        self.unanswered: list[str] = []  # what stood wrong soon after a hand had left, or moved again
        self.answered = 0
        self._changed_s: dict[str, float] = {}  # when the desk changed a path, or what is under the faders of a surface
        desk.listen(self._noted)

    # -- a link ------------------------------------------------------------------------------------------------------

    def open(self, name: str, into: list, out: list, hear: Callable, state: Callable, timed: Any = None) -> None:
        self.open_ports[name] = (hear, state)

    def send(self, name: str, data: bytes, due_ns: int = 0) -> bool:
        return name not in self._of_port or self._of_port[name].send(data)

    together = contextlib.nullcontext

    def drop(self, name: str, status: int) -> None: ...

    # -- its units ---------------------------------------------------------------------------------------------------

    def add(self, name: str, port: str, kind: str, surface: int, device: oracle.Device, **other: Any) -> None:
        """A unit appears on a port of the desk, and is switched on."""
        unit = Unit(dataclasses.replace(KINDS[kind], **other), self.loop.time(), on=False)
        self.cables[name] = self._of_port[port] = Cable(self, unit, *self.open_ports[port])
        self.kinds[name] = (surface, device)
        self.cables[name].plug(True)
        unit.power(self.loop.time(), True)
        self.wake()

    def wake(self) -> None:
        """Let time pass for the units for as long as they are busy."""
        for cable in self.cables.values():
            cable.drain()
        if not self._ticking and any(cable.unit.busy for cable in self.cables.values()):
            self._ticking = True
            self.loop.call_later(TICK_S, self._tick)

    def _tick(self) -> None:
        self._ticking = False
        for cable in self.cables.values():
            if cable.unit.busy:
                cable.unit.advance(self.loop.time())
        self.wake()

    def do(self, do: str, unit: str = "", **words: Any) -> None:
        """What people do: see mackie_sim/rig.py; "set" sets a path on the desk, "many" some at once."""
        now_s = self.loop.time()
        if do == "set":
            self.desk.set(words["path"], words["value"], "osc:tablet")
        elif do == "many":
            self.desk.change(words["changes"], "osc:scene")
        elif do in ("plug", "unplug"):
            self.cables[unit].plug(do == "plug")
        elif do == "press":
            self.do("key", unit, note=words["note"], down=True)
            self.loop.call_later(PRESS_S, lambda: self.do("key", unit, note=words["note"], down=False))
        else:
            sim = self.cables[unit].unit
            sim.advance(now_s)
            held = do == "lift" and sim.faders[words["fader"]].held
            getattr(sim, do)(now_s, **words)
            if held:
                self._watch(unit, words["fader"])
        if unit and do not in ("press", "key", "turn"):
            for fader in [words["fader"]] if "fader" in words else range(9):
                self._hands[unit, fader] = self._hands.get((unit, fader), 0) + 1
        self.wake()

    def _watch(self, unit: str, fader: int) -> None:
        """A hand has left: whether the fader stands where the desk does 300 ms later, and stays there."""
        kind = self.cables[unit].unit.kind
        known_s = HELD_S if fader in kind.dead or not kind.touch else 0.0
        hands = self._hands.get((unit, fader), 0) + 1
        known_s += self.loop.time() + WAYS_S
        seen: list[int] = []

        def look() -> None:
            surface, device = self.kinds[unit]
            path = oracle.paths(self.desk.heard, surface, device)[1][fader]
            seen.append(self.cables[unit].unit.faders[fader].reported)
            changed_s = max(self._changed_s.get(path, 0.0), self._changed_s.get(f"surface/{surface}", 0.0))
            if self._hands[unit, fader] != hands or changed_s > known_s:
                return
            self.answered += len(seen) == 1
            goal = self.wanted(unit)["faders"][fader]
            if abs(seen[-1] - goal) > max(kind.step, oracle.STEP) or seen[-1] != seen[0]:
                said = f"{unit} fader {fader + 1}: at {seen}, not {goal:.0f}"
                self.unanswered.append(f"{self.loop.time():.3f} {said}, left before {known_s:.3f}")
            if len(seen) < LOOKS:
                self.loop.call_later(RELEASED_S, look)

        self.loop.call_at(known_s + RELEASED_S - WAYS_S, look)

    def _noted(self, origin: str, news: Any) -> None:
        for path in news:
            tops = path.split("/")
            self._changed_s[path if tops[0] != "surface" else "/".join(tops[:2])] = self.loop.time()
            if tops[-1] == "arm" or "dca" in tops[2:]:  # may put other strips under any fader
                self._changed_s |= {f"surface/{n}": self.loop.time() for n in range(1, 5)}

    async def play(self, events: list[tuple[float, dict[str, Any]]]) -> None:
        """Each event at its own time from now."""
        begin_s = self.loop.time()
        for in_s, event in events:
            await asyncio.sleep(begin_s + in_s - self.loop.time())
            self.do(**event)

    # -- what is seen ------------------------------------------------------------------------------------------------

    def wanted(self, unit: str) -> dict[str, Any]:
        surface, device = self.kinds[unit]
        return oracle.panel(self.desk.heard, surface, device, self.cables[unit].unit.kind.strips)

    def differences(self, *units: str, but: tuple[str, ...] = ()) -> list[str]:
        """All in which panels are not what was computed; but: things that are left out."""
        found = []
        for unit in units or tuple(self.cables):
            wanted = {what: value for what, value in self.wanted(unit).items() if what not in but}
            seen = self.cables[unit].unit.seen(self.loop.time())
            found += [f"{unit} {line}" for line in oracle.differences(seen, wanted)]
        return found

    def felt(self, on_its_way_s: float) -> dict[str, list]:
        """What fingers should not have felt, by unit."""
        found = {}
        for name, cable in self.cables.items():
            unit = cable.unit
            if wrong := felt(dataclasses.asdict(unit.kind), unit.log, unit.pulls, on_its_way_s):
                found[name] = wrong
        return found

    def lift_all(self) -> None:
        for cable in self.cables.values():
            for fader in range(len(cable.unit.faders)):
                cable.unit.lift(self.loop.time(), fader)
        self.wake()

    @property
    def said(self) -> dict[str, int]:
        """How many bytes were sent to each unit that got any."""
        return {name: cable.bytes for name, cable in self.cables.items() if cable.bytes}

    def forget_said(self) -> None:
        for cable in self.cables.values():
            cable.bytes = 0


Law = Callable[[Hall], Awaitable[None]]


def hall(law: Law, folder: Path, seed: int = 14, settings: dict[str, Any] | None = None, **console: int) -> None:
    """Play a law in a hall on whose desk the surfaces of some settings run; those of mackie_stage where none are given,
    with all its units in agreement."""

    async def run() -> None:
        desk = new_desk(**(CONSOLE | console))
        made = Hall(desk, seed)
        if not (folder / "surfaces").exists():
            maps(folder / "surfaces")
        wanted = Settings.model_validate({"midi": (settings or SETTINGS)["midi"]})
        wanted._file = str(folder / "studio.toml")
        running = await start(desk, wanted, made)
        set_up(desk)
        if settings is None:
            for unit, (kind, _, surface, device) in UNITS.items():
                made.add(unit, PORTS[unit], kind, surface, device)
            await asyncio.sleep(2.5)
            if wrong := made.differences():
                raise AssertionError("\n".join(wrong))
        await law(made)
        await running.close()

    play(run())
