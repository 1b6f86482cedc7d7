"""All the units of a process, and what can be asked of them: one method for each request of the line protocol."""

import dataclasses
import time
from typing import Any

from mackie_sim.draw import draw
from mackie_sim.kinds import KINDS
from mackie_sim.plug import Plug
from mackie_sim.unit import CHALLENGE, Unit

PRESS_S = 0.05


class Rig:
    """`later` holds what is to be done at a second of the wire's clock."""

    def __init__(self, wake: int) -> None:
        self.plugs: dict[str, Plug] = {}
        self.units: dict[str, Unit] = {}
        self._wake = wake
        self.later: list[tuple[float, dict[str, Any]]] = []

    def now_s(self) -> float:
        """The wire's clock: JACK's frames, or this machine's while there is no JACK."""
        alive = [plug for plug in self.plugs.values() if plug.alive]
        return alive[0].now_s() if alive else time.monotonic()

    def carry(self) -> None:
        """Let time pass: what came stands before what is done now."""
        now_s = self._pass()
        while self.later and self.later[0][0] <= now_s:
            _, request = self.later.pop(0)
            self.do(request)
        self._pass()

    def _pass(self) -> float:
        now_s = self.now_s()
        for plug in self.plugs.values():
            if plug.alive:
                plug.carry(now_s)
        for unit in self.units.values():  # and those whose cable is pulled
            unit.advance(now_s)
        return now_s

    @property
    def busy(self) -> bool:
        return bool(self.later) or any(unit.busy for unit in self.units.values())

    def do(self, request: dict[str, Any]) -> Any:
        """Do {"do": name, …}.  Raises whatever is wrong with it."""
        words = dict(request)
        return getattr(self, f"do_{words.pop('do')}")(**words)

    # ---- Cables and switches ----

    def do_plug(
        self,
        unit: str,
        kind: str,
        client: str = "",
        into: str = "in",
        out: str = "out",
        challenge: str = CHALLENGE.hex(),
        exact: bool = False,
        on: bool = True,
        **other: Any,
    ) -> str:
        """A unit of a kind appears; `other` are fields of its kind.  A known unit keeps its state: a cable."""
        known = unit in self.units
        if not known:
            self.units[unit] = Unit(
                dataclasses.replace(KINDS[kind], **other), self.now_s(), bytes.fromhex(challenge), on=False
            )
        origin = next((plug.origin for plug in self.plugs.values() if plug.alive), None)
        self.plugs[unit] = plug = Plug(self.units[unit], client or kind, into, out, self._wake, origin, exact)
        if not known:
            self.units[unit].power(plug.now_s(), on)
        return str(plug.client.name)

    def do_unplug(self, unit: str) -> None:
        self.plugs.pop(unit).close()

    def do_forget(self, unit: str) -> None:
        """The unit itself goes."""
        if unit in self.plugs:
            self.do_unplug(unit)
        self.units.pop(unit, None)

    def do_power(self, unit: str, on: bool) -> None:
        self.units[unit].power(self.now_s(), on)

    def do_connect(self, unit: str, source: str, into: str) -> None:
        self.plugs[unit].client.connect(source, into)

    def do_disconnect(self, unit: str, source: str, into: str) -> None:
        client = self.plugs[unit].client
        if into in [port.name for port in client.get_all_connections(client.get_port_by_name(source))]:
            client.disconnect(source, into)

    def do_ports(self, unit: str) -> list[str]:
        return [port.name for port in self.plugs[unit].client.get_ports(is_midi=True)]

    # ---- Hands ----

    def do_key(self, unit: str, note: int, down: bool) -> None:
        self.units[unit].key(self.now_s(), note, down)

    def do_press(self, unit: str, note: int, for_s: float = PRESS_S) -> None:
        """Down, and up again some time later."""
        self.do_key(unit, note, True)
        self.at(for_s, {"do": "key", "unit": unit, "note": note, "down": False})

    def do_turn(self, unit: str, knob: int, ticks: int) -> None:
        self.units[unit].turn(self.now_s(), knob, ticks)

    def do_touch(self, unit: str, fader: int) -> None:
        self.units[unit].touch(self.now_s(), fader)

    def do_move(self, unit: str, fader: int, to: float, over_s: float = 0.1) -> None:
        self.units[unit].move(self.now_s(), fader, to, over_s)

    def do_lift(self, unit: str, fader: int) -> None:
        self.units[unit].lift(self.now_s(), fader)

    def do_raw(self, unit: str, hex: str) -> None:
        """Bytes that no unit would say."""
        self.plugs[unit].send(bytes.fromhex(hex))

    def at(self, in_s: float, request: dict[str, Any]) -> None:
        self.later.append((self.now_s() + in_s, request))
        self.later.sort(key=lambda one: one[0])

    def do_script(self, events: list[tuple[float, dict[str, Any]]]) -> None:
        """Each request at its own time from now."""
        now_s = self.now_s()
        self.later += [(now_s + in_s, request) for in_s, request in events]
        self.later.sort(key=lambda one: one[0])

    # ---- Eyes ----

    def do_now(self) -> float:
        return self.now_s()

    def do_panel(self, unit: str) -> dict[str, Any]:
        return self.units[unit].seen(self.now_s())

    def do_draw(self, unit: str, keys: dict[str, str] | None = None) -> str:
        return draw(self.do_panel(unit), {int(note, 16): name for note, name in (keys or {}).items()})

    def do_log(self, unit: str, since: int = 0) -> list[dict[str, Any]]:
        return self.units[unit].log[since:]

    def do_pulls(self, unit: str) -> list[dict[str, Any]]:
        return self.units[unit].pulls

    def do_late(self) -> int:
        return sum(plug.late for plug in self.plugs.values())

    def do_kind(self, unit: str) -> dict[str, Any]:
        return dataclasses.asdict(self.units[unit].kind)

    def do_mark(self, unit: str) -> int:
        """How long the log is: `since` of what comes from now on."""
        return len(self.units[unit].log)
