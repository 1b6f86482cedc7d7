"""MIDI introduces itself: the surfaces of the settings, and NRPN for every parameter where it is on.

Everything here runs on the desk's loop; the ports belong to another process, reached by the link.
"""

import logging
import re
from typing import Any

from controllers.midi import surface_files
from controllers.midi.nrpn import Nrpn
from controllers.midi.surface_in_use import Played
from studiod.desk.controller import Controller, Link, MidiPort, Ports, Running
from studiod.desk.desk import Desk
from studiod.registry.registry import Registry

LOG = logging.getLogger(__name__)


class Midi(Running):
    """All that speaks MIDI."""

    def __init__(self, played: list[Played], nrpn: Nrpn | None) -> None:
        self.played, self.nrpn = played, nrpn

    async def close(self) -> None:
        for one in self.played:
            one.close()
        if self.nrpn is not None:
            self.nrpn.close()


def patterns(port: object, own: tuple[str, ...]) -> list[str]:
    """What a port is looked for by (studiod/midi_ports/names.py): the settings' words; "" or "*": those of the map."""
    return list(own) if not isinstance(port, str) or port in ("", "*") else [port]


def _surfaces(registry: Registry, entries: list[Any], settings: str) -> list[tuple[MidiPort, surface_files.Surface]]:
    """The port and the map of each surface; settings: the file that names them.

    Raises SurfaceError with all faults of all maps.
    """
    ready: list[tuple[MidiPort, surface_files.Surface]] = []
    faults: list[str] = []
    for entry in entries:
        fields = entry if isinstance(entry, dict) else {k: getattr(entry, k, None) for k in ("name", "port", "send")}
        name = entry if isinstance(entry, str) else str(fields["name"])
        try:
            if not _is_plain(name, settings):
                continue  # another language's
            device = surface_files.read(surface_files.find(name, settings=settings), registry)
        except surface_files.SurfaceError as fault:
            faults.append(str(fault))
            continue
        if any(getattr(entry, side, None) for side in ("left", "right")):
            faults.append(
                f"midi.surfaces: {name}: expected no extenders beside a map of plain controls; came left or right"
            )
        port = None if isinstance(entry, str) else fields.get("port")
        send = None if isinstance(entry, str) else fields.get("send")
        if not device.ports and port in (None, "", "*"):
            faults.append(f"midi.surfaces: {name}: expected a port pattern, as its map has none; came {port!r}")
        used = sum(1 for other, _ in ready if re.sub(r" \d+$", "", other.name) == name)
        into, out = patterns(port, device.ports), patterns(send or port, device.ports)
        ready.append((MidiPort(f"{name} {used + 1}" if used else name, "surface", into, out), device))
    if faults:
        raise surface_files.SurfaceError("\n".join(faults))
    return ready


def _is_plain(name: str, settings: str) -> bool:
    try:
        return surface_files.spoken(name, settings) == surface_files.PLAIN
    except surface_files.SurfaceError:  # of a kind that is none: told by who has kinds
        return False


def _nrpn(settings: Any) -> MidiPort | None:
    """The port of NRPN, where it is on."""
    wanted = getattr(settings.midi, "nrpn", None)
    if wanted is None or not wanted.enabled:
        return None
    into = patterns(wanted.port, ("virtual",))
    return MidiPort(Nrpn.name, "NRPN port", into, patterns(wanted.send, tuple(into)))


async def start(desk: Desk, settings: Any, link: Link) -> Midi:
    """Play settings.midi.surfaces (names of maps, or objects with .name and .port) and .nrpn.  Raises SurfaceError."""
    ready = _surfaces(desk.registry, settings.midi.surfaces, getattr(settings, "file", ""))
    played = []
    for port, device in ready:
        for line in device.warnings:
            LOG.warning("%s", line)
        one = Played(desk, link, port.name, device)
        link.open(port.name, port.into, port.out, one.hear, one.state)
        played.append(one)
    nrpn = None
    if own := _nrpn(settings):
        nrpn = Nrpn(desk, link, settings.midi.nrpn.bytes_per_s)
        link.open(own.name, own.into, own.out, nrpn.hear, nrpn.state)
    return Midi(played, nrpn)


def ports(settings: Any, registry: Registry) -> Ports:
    """The port of each surface, and of NRPN; what the maps warn of.  Raises SurfaceError."""
    ready = _surfaces(registry, settings.midi.surfaces, settings.file)
    own = [one] if (one := _nrpn(settings)) else []
    warnings = tuple(line for _, device in ready for line in device.warnings)
    return Ports(midi=(*(port for port, _ in ready), *own), warnings=warnings)


CONTROLLER = Controller(
    "midi",
    tables=("midi",),
    wanted=lambda settings: bool(settings.midi.surfaces or settings.midi.nrpn.enabled),
    start=start,
    ports=ports,
    midi=True,
)
