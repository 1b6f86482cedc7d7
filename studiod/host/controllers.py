"""The languages that the desk speaks: every controller that is installed and wanted, started and closed."""

import logging
from typing import Any

from studiod.desk.controller import Controller, Running
from studiod.desk.desk import Desk
from studiod.errors import Fault
from studiod.net.bind_error import refused
from studiod.settings.languages import installed, introduced
from studiod.settings.schema import Settings

LOG = logging.getLogger(__name__)


class StartFault(Fault, RuntimeError):
    """The daemon cannot start as it was told; the message says why and what to do."""


def languages() -> list[Controller]:
    """Those that are installed.  Raises LanguageFault."""
    return [introduced(entry) for entry in installed()]


def spoken(settings: Settings) -> list[Controller]:
    """Those that the settings want.  Raises LanguageFault."""
    return [one for one in languages() if one.wanted(settings)]


class Tongues:
    """Of one desk.  Attributes: running, in the order of their start; link, the MIDI ports, or None."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self.desk, self.settings = desk, settings
        self.running: list[Running] = []
        self.link: Any = None

    async def start(self) -> None:
        """Raises StartFault, LanguageFault."""
        wanted = spoken(self.settings)
        if any(one.midi for one in wanted):
            from studiod.midi_ports.link import Link

            self.link = Link(self.settings.midi.api)
        named: dict[str, Running] = {}
        for one in sorted(wanted, key=lambda one: bool(one.rides)):
            given = self.link if one.midi else named.get(one.rides)
            try:
                named[one.name] = await one.start(self.desk, self.settings, given)
                self.running.append(named[one.name])
            except OSError as fault:
                raise StartFault(self._unheard(one, fault)) from None
            except ValueError as fault:  # a file of its own that cannot be used, told by the controller
                raise StartFault(str(fault)) from None

    def _unheard(self, one: Controller, fault: OSError) -> str:
        """Why a controller cannot listen, with file and key."""
        for port in one.ports(self.settings, self.desk.registry).net:
            where = f"{self.settings.file}: " if self.settings.file else ""
            return where + "; ".join(refused(fault, port.table, port.host, port.port))
        return f"{one.name}: {fault}"

    def greeting(self) -> list[str]:
        """Where they listen, and what to try."""
        return [line for one in self.running for line in one.greeting()]

    def alarm(self) -> str:
        """What is wrong with them at present, in words."""
        return "; ".join(filter(None, (one.alarm() for one in self.running)))

    def again(self, settings: Settings) -> None:
        """Settings that were read again."""
        self.settings = settings
        for one in self.running:
            one.again(settings)

    async def close(self) -> None:
        """The last one first; one that fails holds up none of the others."""
        for one in reversed(self.running):
            try:
                await one.close()
            except Exception:
                LOG.exception("a controller could not be closed")
