"""One surface of motor faders in use: its units, its panel, its keys, over one line-up of the desk.

Everything here runs on the desk's loop; the ports belong to another process, reached by the link.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence

from controllers.mackie import wire
from controllers.mackie.device import Device
from controllers.mackie.keys import Keys
from controllers.mackie.meters import Meters
from controllers.mackie.panel import Panel
from controllers.mackie.status import Status
from controllers.mackie.unit import Sender, Unit
from controllers.rounds import Rounds
from studiod.desk.desk import Desk
from studiod.desk.lineup import Lineup
from studiod.registry.param import Value

END_S = 0.25  # for the last of it to leave
LOG = logging.getLogger(__name__)


class Surface:
    """devices: (name of the port, device), from the left to the right; main: which of them is the main unit."""

    def __init__(
        self, desk: Desk, link: Sender, name: str, number: int, devices: Sequence[tuple[str, Device]], main: int
    ) -> None:
        self.desk, self.name, self.origin = desk, name, f"midi:{name}"
        self.lineup = Lineup(desk, number)
        rounds = Rounds(link.together)
        self.units = [Unit(link, rounds, port, device, self._hear, self._live) for port, device in devices]
        self.main = self.units[main]
        self._now = {path for path in desk.registry.params if path.startswith(f"{self.lineup.root}/now/")}
        self.panel = Panel(desk, self.lineup, self.origin, self.units)
        self.keys = Keys(desk, self.panel, self.main)
        self.status = Status(desk, self.panel, self.keys, self.main)
        self.meters = Meters(desk, self.panel)
        self._unlisten = desk.listen(self._changed)
        self._bind()

    def _bind(self) -> None:
        self.panel.bind()
        self.status.show()
        self.meters.bind()

    def _changed(self, origin: str, news: Mapping[str, Value]) -> None:
        self.keys.own.heard(origin)
        now = f"{self.lineup.root}/now/"
        other = self.lineup.concerns(news) or not news.keys().isdisjoint(self._now)
        if f"{now}select" in news and origin != self.origin and self.desk.heard[f"{self.lineup.root}/follow"]:
            self._follow()
        if other:
            self._bind()
        if any(unit.online for unit in self.units):  # one that comes is told all of it
            self.panel.changed(news)
            self.status.changed(news)

    def _follow(self) -> None:
        first = self.lineup.shows(self.lineup.selected, self.panel.count)
        if first != self.lineup.first:
            self.desk.change(self.lineup.changes(first=first), self.origin)

    # -- from the units ----------------------------------------------------------------------------------------------

    def _hear(self, unit: Unit, event: wire.Event) -> None:
        if isinstance(event, wire.Fader):
            self.panel.faders.move(unit, event.n, event.position)
        elif isinstance(event, wire.Touch):
            self.panel.faders.touch(unit, event.n, event.down)
        else:
            self.keys.hear(unit, event)

    def _live(self, unit: Unit, up: bool) -> None:
        """A unit is there, and shows nobody knows what; or it is no more."""
        self.panel.faders.gone(unit)
        self.keys.gone(unit)
        if up:
            LOG.info("MIDI %s: %s speaks", unit.name, unit.device.name)
            self._bind()
        elif not any(one.online for one in self.units):
            self.desk.release(self.origin)
            self.desk.let_go(self.origin)

    async def close(self) -> None:
        """Faders stay; lamps and meters out; the strips say who has gone."""
        self._unlisten()
        for part in (self.panel, self.keys, self.status, self.meters):
            part.close()
        self.desk.release(self.origin)
        self.desk.let_go(self.origin)
        for unit in self.units:
            if unit.online:
                farewell(unit)
        end_s = asyncio.get_running_loop().time() + END_S
        while any(unit.online and not unit.outbox.idle for unit in self.units):
            if asyncio.get_running_loop().time() > end_s:
                break
            await asyncio.sleep(0.005)
        for unit in self.units:
            unit.close()


def farewell(unit: Unit) -> None:
    """What stays on it when the desk has gone."""
    unit.outbox.motors.clear()
    for key, cell in unit.outbox.cells.items():
        if isinstance(key, int):
            unit.lamp(key, wire.OFF)
        elif isinstance(key, tuple) and cell.wanted is not None:
            kind, n = key
            if kind == "ring":
                unit.ring(n, 0)
            elif kind == "meter":
                unit.meter(n, 0)
            elif kind == "over":
                unit.over(n, False)
            elif kind == "digit":
                unit.outbox.show(key, " ")
    for n in range(unit.device.strips):
        unit.text(n, 0, "studiod")
        unit.text(n, 1, "offline")
    unit.colours(["off"] * unit.device.strips)
