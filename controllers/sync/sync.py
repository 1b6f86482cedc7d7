"""Clock, timecode and machine control on the MIDI ports of the settings; one port may serve several of them.

Everything here runs on the desk's loop; the ports belong to another process, reached by the link.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Protocol

from controllers.midi.surfaces import patterns
from controllers.sync.clock_in import ClockIn
from controllers.sync.clock_out import ClockOut
from controllers.sync.machine_control import Mmc
from controllers.sync.timecode import QUARTER
from controllers.sync.timecode_in import MtcIn
from controllers.sync.timecode_out import MtcOut
from studiod.desk.desk import Desk

Timed = Callable[[bytes, int], None]


class Link(Protocol):
    """The MIDI ports, with times."""

    def open(
        self, name: str, into: list[str], out: list[str], hear: Callable[[bytes], None],
        state: Callable[[bool], None], timed: Timed | None = None,
    ) -> None: ...  # fmt: skip

    def send(self, name: str, data: bytes, due_ns: int = 0) -> bool: ...

    def drop(self, name: str, status: int) -> None: ...


class Cable:
    """One port, for all that named it: those that hear it, and whether anybody sends to it."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.name = pattern, ""
        self.uses: dict[str, None] = {}
        self.ears: list[Timed] = []
        self.sends = False
        self.up: Callable[[], None] | None = None

    def hear(self, data: bytes, ns: int) -> None:
        for ear in self.ears:
            ear(data, ns)

    def state(self, up: bool) -> None:
        if up and self.up is not None:
            self.up()

    def open(self, link: Link, name: str) -> None:
        self.name = name
        wanted = patterns(self.pattern, (".",))  # "*": the first port that nobody else has
        into, out = wanted if self.ears else [], wanted if self.sends else []
        link.open(name, into, out, lambda data: None, self.state, self.hear)


class Sync:
    """All that is in step with others."""

    def __init__(self, parts: list[Any]) -> None:
        self.parts = parts

    async def close(self) -> None:
        for part in self.parts:
            part.close()


async def start(desk: Desk, settings: Any, link: Link) -> Sync:
    """Open the ports of settings.midi.clock, .mtc and .mmc."""
    midi = settings.midi
    cables: dict[str, Cable] = {}

    def cable(use: str, pattern: str) -> Cable:
        one = cables.setdefault(pattern, Cable(pattern))
        one.uses[use] = None
        return one

    parts: list[Any] = []
    ears = (
        ("clock", midi.clock.input, lambda: ClockIn(desk)),
        ("mtc", midi.mtc.input, lambda: MtcIn(desk)),
        ("mmc", midi.mmc.input, lambda: Mmc(desk, midi.mmc.device)),
    )
    for use, pattern, make in ears:
        if pattern:
            parts.append(make())
            cable(use, pattern).ears.append(parts[-1].hear)

    def send(to: Cable, data: bytes, due_ns: int) -> None:
        link.send(to.name, data, due_ns)

    if midi.clock.output:
        to = cable("clock", midi.clock.output)
        to.sends = True
        parts.append(ClockOut(desk, partial(send, to)))
    if midi.mtc.output:
        to = cable("mtc", midi.mtc.output)
        to.sends = True
        parts.append(MtcOut(desk, midi.mtc.fps, partial(send, to), lambda: link.drop(to.name, QUARTER)))
        to.up = parts[-1].again
    names: list[str] = []
    for one in cables.values():
        name = " ".join(one.uses)
        names.append(name)
        one.open(link, f"{name} {names.count(name)}" if names.count(name) > 1 else name)
    return Sync(parts)
