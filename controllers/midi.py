"""MIDI: the surfaces of the settings, and NRPN for every parameter where it is on.

Everything here runs on the desk's loop; the ports belong to another process, reached by the link.
"""

import re
from fnmatch import translate
from typing import Any

from controllers import surface
from controllers.nrpn import Nrpn
from controllers.played import Link, Played
from studiod.desk import Desk


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
    """What the settings say of a port as regular expressions; nothing or "*": the map's own."""
    if not isinstance(port, str) or port in ("", "*"):
        return list(own)
    return [port if surface.is_pattern(port) else translate(port)]


def _surfaces(desk: Desk, entries: list[Any]) -> list[tuple[str, list[str], list[str], surface.Surface]]:
    """Name, patterns in, patterns out and map of each surface.  Raises SurfaceError with all faults of all maps."""
    ready: list[tuple[str, list[str], list[str], surface.Surface]] = []
    faults: list[str] = []
    for entry in entries:
        fields = entry if isinstance(entry, dict) else {k: getattr(entry, k, None) for k in ("name", "port", "send")}
        name = entry if isinstance(entry, str) else str(fields["name"])
        try:
            device = surface.read(surface.find(name), desk.registry)
        except surface.SurfaceError as fault:
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
        raise surface.SurfaceError("\n".join(faults))
    return ready


async def start(desk: Desk, settings: Any, link: Link) -> Midi:
    """Play settings.midi.surfaces (names of maps, or objects with .name and .port) and .nrpn.  Raises SurfaceError."""
    ready = _surfaces(desk, settings.midi.surfaces)
    played = []
    for name, into, out, device in ready:
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
