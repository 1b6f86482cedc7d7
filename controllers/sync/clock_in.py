"""MIDI clock in: the tempo follows the ticks; start, continue and stop are those of the transport.

Everything here runs on the desk's loop; the ticks' times are those at which the ports' process had them.
"""

import logging

import mido

from controllers.sync.tempo_from_ticks import TempoFromTicks
from controllers.sync.transport_remote import POSITION, STATE, Transport
from studiod.desk.desk import Desk

TICK, START, CONTINUE, STOP = (bytes(mido.Message(kind).bin()) for kind in ("clock", "start", "continue", "stop"))
_log = logging.getLogger(__name__)


class ClockIn:
    """Listens to one port."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.transport = Transport(desk, "clock")
        self.ticks = TempoFromTicks()
        self.param = desk.registry.find("tempo")
        self._absurd = False  # whether a tempo out of range was told

    def close(self) -> None:
        """It holds nothing."""

    def hear(self, data: bytes, ns: int) -> None:
        """One message, at monotonic ns."""
        if data == TICK:
            if self.ticks.tick(ns):
                self._follow()
        elif data == START:
            self.transport.change((POSITION, 0.0), (STATE, "play"))
        elif data == CONTINUE:
            self.transport.change((STATE, "play"))
        elif data == STOP:
            self.transport.change((STATE, "stop"))

    def _follow(self) -> None:
        news = self.ticks.news(float(self.desk.get("tempo")))
        if news is None:
            return
        low, high = self.param.low, self.param.high
        absurd = not low <= news <= high
        if absurd and not self._absurd:
            _log.warning("MIDI clock: %g BPM is ignored; expected %g to %g; the tempo stays", news, low, high)
        self._absurd = absurd
        if not absurd:
            self.desk.set("tempo", news, self.transport.origin)
