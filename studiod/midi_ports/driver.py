"""The MIDI system that was reached: how ways in and out are made and listed, and what tells that ports have changed."""

from typing import TYPE_CHECKING, Any

from studiod.midi_ports.open_by_name import listed
from studiod.midi_ports.reach import CLIENT, Reached

if TYPE_CHECKING:
    from studiod.midi_ports.jack.client import Client


class Driver:
    """Nothing yet: `take` what was reached.

    jack: tells when there is something to hear or to list (for select); without it the ports are asked.
    """

    def __init__(self) -> None:
        self.make: dict[str, Any] = {}
        self.scanners: dict[str, Any] = {}
        self.jack: Client | None = None

    def take(self, found: Reached) -> None:
        """Make and list by this from now on."""
        self.make, self.scanners, self.jack = found.make, found.scanners, found.jack

    @property
    def ended(self) -> bool:
        """Whether it is known to have gone."""
        return self.jack is not None and self.jack.ended

    def lister(self, way: str) -> Any:
        """What lists the ports of a way."""
        if way not in self.scanners:
            self.scanners[way] = self.make[way](f"{CLIENT}-scan")
        return self.scanners[way]

    def lists(self) -> dict[str, list[str]] | None:
        """The names of others' ports by way; None while they do not stand still."""
        lists = {way: listed(self.lister(way)) for way in self.make}
        if None in lists.values():
            return None
        return {way: [name for name in names or [] if not name.startswith(CLIENT)] for way, names in lists.items()}

    def mark(self) -> list[int]:
        """What is another when a port came or went: JACK counts, of others it is how many there are."""
        if self.jack is not None:
            return [self.jack.changes]
        try:
            return [self.lister(way).get_port_count() for way in self.make]
        except Exception:  # rtmidi has several kinds, without a common one
            return []

    def staying(self, there: dict[str, list[str]], used: list[str]) -> dict[str, list[str]]:
        """The ports that are there, without those in use that went and came again meanwhile, where the system tells."""
        gone = self.jack.left(used) if self.jack is not None else set()
        return {way: [name for name in names if name not in gone] for way, names in there.items()} if gone else there
