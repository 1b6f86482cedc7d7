"""One surface's way in and out, in the process that owns the MIDI ports: by name, and again after it was unplugged.

A way in that took too much memory is closed, rests, and is opened again under the name that it has kept meanwhile.
"""

from typing import Any

from studiod.midi_ports.memory import END_BYTES, QUEUE, QUEUE_BYTES, Held, Memory, Rest
from studiod.midi_ports.names import Want, fits
from studiod.midi_ports.open_by_name import open_named
from studiod.midi_ports.reach import CLIENT
from studiod.midi_ports.timing import Stamp


class Port:
    """Both ways.  An end that is None has no port, or (a way in that has a name) rests."""

    def __init__(self, number: int, name: str, wanted: dict[str, list[str]], timed: bool = False) -> None:
        self.number, self.name, self.wanted, self.timed = number, name, wanted, timed
        self.stamp = Stamp()
        self.ends: dict[str, Any] = {"in": None, "out": None}
        self.names: dict[str, str] = {"in": "", "out": ""}
        self.last: dict[str, str] = {"in": "", "out": ""}  # what it had before it left
        self.fits: dict[str, list[str]] = {}
        self.held, self.rest = Held(), Rest()
        self.lost = 0
        self.heard_s = 0.0  # when it was opened or last said something
        self.end_bytes = {"in": 0, "out": 0}  # what opening it took; opened again it takes less

    def virtual(self, way: str) -> bool:
        return "virtual" in self.wanted[way]

    @property
    def bytes(self) -> int:
        """What it is expected to hold."""
        return sum(self.end_bytes.values()) + self.held.long_bytes + QUEUE_BYTES

    def overrun(self) -> bool:
        """Whether messages were lost since it was asked last, where the driver counts them."""
        before, self.lost = self.lost, getattr(self.ends["in"], "lost", 0)
        return self.lost > before

    def want(self, seen: dict[str, list[str]]) -> Want:
        """What it has, had and looks for."""
        before, self.fits = self.fits, {way: fits(patterns, seen[way]) for way, patterns in self.wanted.items()}
        return Want(self.wanted, self.names, self.last, settled=self.fits == before)

    def shut(self, way: str) -> None:
        """Close one way and give back all that it holds; it keeps its name."""
        end, self.ends[way] = self.ends[way], None
        if end is not None:
            end.close_port()
            end.delete()
        if way == "in":
            self.held = Held()

    def leave(self, seen: dict[str, list[str]]) -> bool:
        """Close what is gone; whether anything was."""
        gone = [way for way, name in self.names.items() if name and not self.virtual(way) and name not in seen[way]]
        for way in gone:
            self.shut(way)
            self.names[way] = ""
        return bool(gone)

    def come(self, make: dict[str, Any], choice: dict[str, str], memory: Memory, now_s: float) -> bool:
        """Open the ports chosen for it; whether it has others now.  What went away meanwhile is chosen anew later."""
        changed = False
        for way in self.ends:
            had = self.names[way]
            name = f"{self.name} {way}" if self.virtual(way) else had or choice.get(way, "")
            if self.ends[way] is not None or not name or (way == "in" and now_s < self.rest.until_s):
                continue
            before_bytes = memory.private_bytes()
            opened = self._open(way, name, make)
            self.names[way] = name if opened else ""
            changed = changed or self.names[way] != had
            if opened:
                self.last[way] = name
                took_bytes = min(memory.private_bytes() - before_bytes, END_BYTES)
                self.end_bytes[way] = max(self.end_bytes[way], took_bytes)
                self.heard_s = now_s if way == "in" else self.heard_s
        return changed

    def _open(self, way: str, name: str, make: dict[str, Any]) -> bool:
        end = make[way](CLIENT, queue_size_limit=QUEUE) if way == "in" else make[way](CLIENT)
        try:
            if way == "in":
                end.ignore_types(sysex=False, timing=not self.timed, active_sense=True)
            opened = self.virtual(way) or open_named(end, name, f"{self.name} {way}")
            if self.virtual(way):
                end.open_virtual_port(name)
        except BaseException:
            end.delete()
            raise
        if opened:
            self.ends[way] = end
        else:
            end.delete()
        return opened
