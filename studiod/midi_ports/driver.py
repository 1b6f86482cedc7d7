"""The MIDI system that the ports are made by: what makes a way in and out, what lists them, and whether it still is."""

import contextlib
import time
from typing import Any

from studiod.midi_ports.jack_list import JackList
from studiod.midi_ports.open_by_name import TRIES, listed
from studiod.midi_ports.reach import CLIENT, Reached

PROBE_S, PROBE_ROOM_S = 2.0, 0.025  # between two probes, and what one takes: not before a message is due
LATEST_S = 20.0  # of a probe that found no room


class Gone(Exception):
    """The desk, or the MIDI server, has gone."""


class Driver:
    """Nothing yet: `take` what was reached."""

    def __init__(self) -> None:
        self.make: dict[str, Any] = {}
        self.scanners: dict[str, Any] = {}
        self.listing: JackList | None = None
        self.api = 0
        self.jack = False
        self.probe_s = 0.0  # not before then

    def take(self, found: Reached) -> None:
        """Make and list by this from now on."""
        self.api, self.jack, self.make, self.scanners = found.api, found.jack, found.make, found.scanners
        self.listing = found.listing

    def lister(self, way: str) -> Any:
        """What lists the ports of a way."""
        if way not in self.scanners:
            self.scanners[way] = self.make[way](self.api, f"{CLIENT}-scan")
        return self.scanners[way]

    def lists(self) -> dict[str, list[str] | None]:
        """The names of all ports by way; None where the list does not stand still."""
        return {way: listed(self.lister(way)) for way in self.make}

    def left(self) -> set[str]:
        """Ports in use that went, where the system tells: one of the same name may be there by now."""
        return self.listing.left() if self.listing is not None else set()

    def hold(self, names: list[str]) -> None:
        """The ports in use."""
        if self.listing is not None:
            self.listing.hold(names)

    def mark(self) -> list[Any]:
        """What changes when the ports do: JACK tells of each, of others it is how many there are.  Raises Gone."""
        if self.listing is not None:
            if self.listing.gone:
                raise Gone("the JACK server has gone; it is tried again")
            return [self.listing.changes]
        with contextlib.suppress(Exception):  # rtmidi has several kinds, without a common one
            return [self.lister(way).get_port_count() for way in self.make]
        return []

    def look(self, room_s: float) -> None:
        """Whether a JACK server that cannot tell of its end is there, every 2 s, where nothing is due in room_s.

        Raises Gone.
        """
        late_s = time.monotonic() - self.probe_s
        if not self.jack or self.listing is not None or late_s < 0:
            return
        if late_s > LATEST_S or room_s > PROBE_ROOM_S:
            self.probe_s = time.monotonic() + PROBE_S
            self.probe()

    def probe(self) -> None:
        """A client of a dead JACK server goes on listing the ports that were; a new client knows.  Raises Gone."""
        try:
            probe = self.make["in"](self.api, f"{CLIENT}-probe")
            same = any(listed(probe) == listed(self.lister("in")) for _ in range(TRIES))
            probe.delete()
        except Exception:
            raise Gone("the JACK server has gone; it is tried again") from None
        if not same:
            raise Gone("the JACK server was started anew; its ports are opened again")
