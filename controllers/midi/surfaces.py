"""MIDI: the surfaces of the settings, and NRPN for every parameter where it is on.

Everything here runs on the desk's loop; the ports belong to another process, reached by the link.
"""

import logging
import re
from typing import Any

from controllers.midi import surface_files
from controllers.midi.nrpn import Nrpn
from controllers.midi.surface_in_use import Link, Played
from studiod.desk.desk import Desk

LOG = logging.getLogger(__name__)


class Midi:
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


def _surfaces(
    desk: Desk, entries: list[Any], settings: str
) -> list[tuple[str, list[str], list[str], surface_files.Surface]]:
    """Name, patterns in, patterns out and map of each surface; settings: the file that names them.

    Raises SurfaceError with all faults of all maps.
    """
    ready: list[tuple[str, list[str], list[str], surface_files.Surface]] = []
    faults: list[str] = []
    for entry in entries:
        fields = entry if isinstance(entry, dict) else {k: getattr(entry, k, None) for k in ("name", "port", "send")}
        name = entry if isinstance(entry, str) else str(fields["name"])
        try:
            device = surface_files.read(surface_files.find(name, settings=settings), desk.registry)
        except surface_files.SurfaceError as fault:
            faults.append(str(fault))
            continue
        port = None if isinstance(entry, str) else fields.get("port")
        send = None if isinstance(entry, str) else fields.get("send")
        if not device.ports and port in (None, "", "*"):
            faults.append(f"midi.surfaces: {name}: expected a port pattern, as its map has none; came {port!r}")
        used = sum(1 for other in ready if re.sub(r" \d+$", "", other[0]) == name)
        into, out = patterns(port, device.ports), patterns(send or port, device.ports)
        ready.append((f"{name} {used + 1}" if used else name, into, out, device))
    if faults:
        raise surface_files.SurfaceError("\n".join(faults))
    return ready


async def start(desk: Desk, settings: Any, link: Link) -> Midi:
    """Play settings.midi.surfaces (names of maps, or objects with .name and .port) and .nrpn.  Raises SurfaceError."""
    ready = _surfaces(desk, settings.midi.surfaces, getattr(settings, "file", ""))
    played = []
    for name, into, out, device in ready:
        for line in device.warnings:
            LOG.warning("%s", line)
        one = Played(desk, link, name, device)
        link.open(name, into, out, one.hear, one.state)
        played.append(one)
    nrpn = None
    wanted = getattr(settings.midi, "nrpn", None)
    if wanted is not None and wanted.enabled:
        nrpn = Nrpn(desk, link, wanted.bytes_per_s)
        into = patterns(wanted.port, ("virtual",))
        link.open(nrpn.name, into, patterns(wanted.send, tuple(into)), nrpn.hear, nrpn.state)
    return Midi(played, nrpn)
