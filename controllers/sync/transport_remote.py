"""The desk's transport and recorder, as clock, timecode and machine control use them; what a desk lacks is left out."""

import logging

from studiod.desk.desk import Desk
from studiod.registry.registry import Refusal, Value

STATE, POSITION, RECORDER = "transport/state", "transport/position", "recorder/state"
_log = logging.getLogger(__name__)


class Transport:
    """One language's hand on the transport."""

    def __init__(self, desk: Desk, origin: str) -> None:
        self.desk, self.origin = desk, origin
        self._refused = ""

    def has(self, path: str) -> bool:
        return path in self.desk.registry.params

    @property
    def plays(self) -> bool:
        return self.has(STATE) and self.desk.get(STATE) == "play"

    @property
    def position_s(self) -> float:
        return float(self.desk.get(POSITION)) if self.has(POSITION) else 0.0

    def change(self, *changes: tuple[str, Value], when_ns: int = 0) -> None:
        """What the desk has of these, in one transaction; a refusal is told once."""
        known = [(path, value) for path, value in changes if self.has(path)]
        if not known:
            return
        try:
            self.desk.change(known, self.origin, when_ns)
        except Refusal as refusal:
            if str(refusal) != self._refused:
                self._refused = str(refusal)
                _log.warning("%s: %s; nothing was changed", self.origin, refusal)
