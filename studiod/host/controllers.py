"""The languages that the desk speaks: every controller of the table of entry points, started and closed by name."""

import inspect
import logging
from importlib.metadata import entry_points
from typing import Any

from studiod.desk.desk import Desk
from studiod.errors import Fault
from studiod.net.bind_error import refused
from studiod.settings.schema import Settings

LOG = logging.getLogger(__name__)


class StartFault(Fault, RuntimeError):
    """The daemon cannot start as it was told; the message says why and what to do."""


class Tongues:
    """Of one desk.  Attributes: controllers, in the order of their start; link, the MIDI ports, or None."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.desk, self.settings = desk, settings
        self.controllers: list[Any] = []
        self.link: Any = None

    async def start(self) -> None:
        """Raises StartFault."""
        midi = self.settings.midi
        if midi.wanted:
            from studiod.midi_ports.link import Link

            self.link = Link(midi.api)
        wanted = {"osc", "midi", "sync"} if self.link is not None else {"osc"}
        for entry in sorted(entry_points(group="studiod.controllers"), key=lambda e: e.name):
            if entry.name not in wanted:
                continue
            start = entry.load()
            try:
                if "link" in inspect.signature(start).parameters:
                    if self.link is not None:
                        self.controllers.append(await start(self.desk, self.settings, self.link))
                else:
                    self.controllers.append(await start(self.desk, self.settings))
            except OSError as fault:
                raise StartFault(self._unheard(entry.name, fault)) from None
            except ValueError as fault:  # a file of its own that cannot be used, told by the controller
                raise StartFault(str(fault)) from None

    def _unheard(self, table: str, fault: OSError) -> str:
        """Why a controller cannot listen, with file and key."""
        place = getattr(self.settings, table)
        if not hasattr(place, "listen"):
            return f"{table}: {fault}"
        where = f"{self.settings.file}: " if self.settings.file else ""
        return where + "; ".join(refused(fault, table, place.listen, place.port))

    def addresses(self) -> list[tuple[Any, ...]]:
        """Where they listen."""
        found = (getattr(controller, "address", None) for controller in self.controllers)
        return [address for address in found if address]

    def alarm(self) -> str:
        """What is wrong with them at present, in words: a controller that may have a fault has a method `alarm`."""
        told = (controller.alarm() for controller in self.controllers if hasattr(controller, "alarm"))
        return "; ".join(filter(None, told))

    def again(self, settings: Settings) -> None:
        """Settings that were read again: a controller that can change while it runs has a method `again`."""
        self.settings = settings
        for controller in self.controllers:
            if hasattr(controller, "again"):
                controller.again(settings)

    async def close(self) -> None:
        """The last one first; one that fails holds up none of the others."""
        for controller in reversed(self.controllers):
            try:
                await controller.close()
            except Exception:
                LOG.exception("a controller could not be closed")
