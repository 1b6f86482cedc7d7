"""Closes the ways in that make the process of the MIDI ports large; the next look at the ports opens them again."""

import time
from collections.abc import Callable

from studiod.midi_ports.memory import CULPRIT_BYTES, GROWN_BYTES, HELD_ALL_BYTES, Memory
from studiod.midi_ports.port import Port

FLOOD = "a SysEx without an end, or long messages without a pause"


class Grown(Exception):
    """This process holds too much, and no way in gave it back."""


class Guard:
    """Over all ports.  `blame` is told who did what."""

    def __init__(self, ports: dict[int, Port], memory: Memory, blame: Callable[[Port, str], None]) -> None:
        self.ports, self.memory, self.blame = ports, memory, blame
        self.own_bytes = 0
        self.begin()

    def begin(self) -> None:
        """What is held now is held without any port."""
        self.own_bytes = self.memory.private_bytes()

    def grown_bytes(self) -> int:
        """What this process holds beyond what it should."""
        return self.memory.private_bytes() - self.own_bytes - sum(port.bytes for port in self.ports.values())

    def look(self) -> bool:
        """Close ways in until no more is held than should be; whether any was.  Raises Grown when that does not help.

        The driver does not say who collects: it is the one that gives much back.  Those that sent long messages come
        first, then those that have done it before, then those that have been silent longest, as one that collects is:
        one in use is hardly ever touched.
        """
        if self.grown_bytes() <= GROWN_BYTES:
            return False
        for port in sorted(self.ports.values(), key=lambda p: (-p.held.long_bytes, -p.rest.last_s, p.heard_s)):
            if port.ends["in"] is None:
                continue
            before_bytes = self.memory.private_bytes()
            self._shut(port)
            if before_bytes - self.memory.private_bytes() >= CULPRIT_BYTES:
                self._rest(port)
            if self.grown_bytes() < GROWN_BYTES // 2:
                return True
        if (grown_bytes := self.grown_bytes()) > GROWN_BYTES:
            raise Grown(f"the ports' process holds {grown_bytes >> 20} MB too much; it is started again")
        return True

    def took(self, port: Port, size: int) -> None:
        """A message of so many bytes came out of a port's queue, which keeps its place as large as it was."""
        port.held.took(size)
        if port.held.long_bytes > HELD_ALL_BYTES // max(len(self.ports), 8):
            self._shut(port)
            self._rest(port)

    def doubt(self) -> None:
        """Close those ways in that may have been left deaf."""
        now_s = time.monotonic()
        for port in self.ports.values():
            if port.ends["in"] is None or port.virtual("in"):  # to one of our own others connected: they would be lost
                continue
            if port.rest.doubtful(now_s, port.heard_s):
                port.shut("in")

    def _shut(self, port: Port) -> None:
        port.shut("in")
        self.memory.give_back()

    def _rest(self, port: Port) -> None:
        port.rest.begin(time.monotonic())
        again = "; who was connected to it connects anew" if port.virtual("in") else ""
        self.blame(port, f"{FLOOD}; its port was closed and is opened again{again}")
