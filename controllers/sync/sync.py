"""Clock, timecode and machine control introduce themselves; one MIDI port of the settings may serve several of them.

Everything here runs on the desk's loop; the ports belong to another process, reached by the link.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from controllers.midi.surfaces import patterns
from controllers.sync.clock_in import ClockIn
from controllers.sync.clock_out import ClockOut
from controllers.sync.machine_control import Mmc
from controllers.sync.timecode import QUARTER
from controllers.sync.timecode_in import MtcIn
from controllers.sync.timecode_out import MtcOut
from studiod.desk.controller import Controller, Link, MidiPort, Ports, Running
from studiod.desk.desk import Desk
from studiod.registry.registry import Registry


class Cable:
    """One port, for all that named it: whether it is heard and sent to, and by whom."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.name = pattern, ""
        self.uses: dict[str, None] = {}
        self.ears: list[Callable[[bytes, int], None]] = []
        self.hears = self.sends = False
        self.up: Callable[[], None] | None = None

    def hear(self, data: bytes, ns: int) -> None:
        for ear in self.ears:
            ear(data, ns)

    def state(self, up: bool) -> None:
        if up and self.up is not None:
            self.up()

    @property
    def port(self) -> MidiPort:
        wanted = patterns(self.pattern, (".",))  # "*": the first port that nobody else has
        return MidiPort(self.name, "sync port", wanted if self.hears else [], wanted if self.sends else [])


def cables(midi: Any) -> dict[str, Cable]:
    """The ports of [midi] clock, mtc and mmc, by their patterns, each with a name."""
    found: dict[str, Cable] = {}
    inputs = (("clock", midi.clock.input), ("mtc", midi.mtc.input), ("mmc", midi.mmc.input))
    outputs = (("clock", midi.clock.output), ("mtc", midi.mtc.output))
    for way, uses in (("hears", inputs), ("sends", outputs)):
        for use, pattern in uses:
            if pattern:
                one = found.setdefault(pattern, Cable(pattern))
                one.uses[use] = None
                setattr(one, way, True)
    names: list[str] = []
    for one in found.values():
        name = " ".join(one.uses)
        names.append(name)
        one.name = f"{name} {names.count(name)}" if names.count(name) > 1 else name
    return found


class Sync(Running):
    """All that is in step with others."""

    def __init__(self, parts: list[Any]) -> None:
        self.parts = parts

    async def close(self) -> None:
        for part in self.parts:
            part.close()


async def start(desk: Desk, settings: Any, link: Link) -> Sync:
    """Open the ports of settings.midi.clock, .mtc and .mmc."""
    midi = settings.midi
    ports_by = cables(midi)
    parts: list[Any] = []
    ears = (
        (midi.clock.input, lambda: ClockIn(desk)),
        (midi.mtc.input, lambda: MtcIn(desk)),
        (midi.mmc.input, lambda: Mmc(desk, midi.mmc.device)),
    )
    for pattern, make in ears:
        if pattern:
            parts.append(make())
            ports_by[pattern].ears.append(parts[-1].hear)

    def send(to: Cable, data: bytes, due_ns: int) -> None:
        link.send(to.name, data, due_ns)

    if midi.clock.output:
        parts.append(ClockOut(desk, partial(send, ports_by[midi.clock.output])))
    if midi.mtc.output:
        to = ports_by[midi.mtc.output]
        parts.append(MtcOut(desk, midi.mtc.fps, partial(send, to), lambda: link.drop(to.name, QUARTER)))
        to.up = parts[-1].again
    for one in ports_by.values():
        link.open(one.name, one.port.into, one.port.out, lambda data: None, one.state, one.hear)
    return Sync(parts)


def ports(settings: Any, registry: Registry) -> Ports:
    """A port for each cable."""
    return Ports(midi=tuple(one.port for one in cables(settings.midi).values()))


CONTROLLER = Controller(
    "sync",
    tables=("midi",),
    wanted=lambda settings: bool(cables(settings.midi)),
    start=start,
    ports=ports,
    midi=True,
)
