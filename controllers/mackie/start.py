"""Mackie Control introduces itself: the surfaces of the settings whose maps say that they speak it.

A map that is wrong costs its surface, and is told; the daemon starts without it.
"""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controllers.mackie.device import Device
from controllers.mackie.reader import read
from controllers.mackie.surface import Surface
from controllers.midi import surface_files
from controllers.midi.surface import SurfaceError
from controllers.midi.surfaces import patterns
from studiod.desk.controller import Controller, Link, MidiPort, Ports, Running
from studiod.desk.desk import Desk
from studiod.registry.registry import Registry

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One surface of the settings: its units from the left to the right, each with its port."""

    name: str
    number: int
    units: tuple[tuple[MidiPort, Device], ...]
    main: int


class Mackie(Running):
    """All surfaces that speak it."""

    def __init__(self, surfaces: list[Surface]) -> None:
        self.surfaces = surfaces

    async def close(self) -> None:
        await asyncio.gather(*(one.close() for one in self.surfaces))


def wanted(settings: Any, registry: Registry) -> tuple[list[Wanted], list[str]]:
    """The surfaces of the settings that are Mackie Controls, and the faults of those that cannot be used."""
    found: list[Wanted] = []
    faults: list[str] = []
    taken: Counter[str] = Counter()
    for entry in settings.midi.surfaces:
        try:
            if surface_files.spoken(entry.name, settings.file) == surface_files.MACKIE:
                found.append(_one(entry, settings.file, registry, taken))
        except SurfaceError as fault:
            faults.append(str(fault))
    return found, faults


def _is_ours(name: str, settings: str) -> bool:
    """Whether a surface is one of these, or of a kind that is none, which is told here."""
    try:
        return surface_files.spoken(name, settings) == surface_files.MACKIE
    except SurfaceError:
        return True


def _one(entry: Any, settings: str, registry: Registry, taken: Counter[str]) -> Wanted:
    """Raises SurfaceError with all faults of its maps."""
    names = [*entry.left, entry.name, *entry.right]
    faults: list[str] = []
    devices: list[Device] = []
    for name in names:
        try:
            file = surface_files.find(name, settings=settings)
            if surface_files.kind(file) != surface_files.MACKIE:
                expected = f"a map of kind {surface_files.MACKIE} beside {entry.name}"
                raise SurfaceError(f"midi.surfaces: {name}: expected {expected}; came one of plain controls")
            devices.append(read(file, registry))
        except SurfaceError as fault:
            faults.append(str(fault))
    if entry.surface > registry.console.surfaces:
        faults.append(f"midi.surfaces: {entry.name}: expected a surface from 1 to {registry.console.surfaces} "
                      f"(console.surfaces); came {entry.surface}")  # fmt: skip
    faults += [] if faults else _shared(devices)
    if faults:
        raise SurfaceError("\n".join(faults))
    units = []
    for k, (name, device) in enumerate(zip(names, devices, strict=True)):
        own = patterns(entry.port if k == len(entry.left) else "", device.ports)
        if not own:
            raise SurfaceError(f"midi.surfaces: {name}: expected a port pattern, as its map has none; came nothing")
        stem = Path(name).stem
        taken[stem] += 1
        label = stem if taken[stem] == 1 else f"{stem} {taken[stem]}"
        units.append((MidiPort(label, "surface", own, own), device))
    return Wanted(units[len(entry.left)][0].name, entry.surface, tuple(units), len(entry.left))


def _shared(devices: list[Device]) -> list[str]:
    """Two maps that look for one port: either would take the other's."""
    faults = []
    for k, one in enumerate(devices):
        for other in devices[:k]:
            if one.file != other.file and (both := set(one.ports) & set(other.ports)):
                came = f"{min(both)!r}, which {other.file} has"
                faults.append(f"{one.file}: ports: expected patterns of its own; came {came}")
    return faults


async def start(desk: Desk, settings: Any, link: Link) -> Mackie:
    """Play settings.midi.surfaces of this kind."""
    found, faults = wanted(settings, desk.registry)
    for line in "\n".join(faults).splitlines():
        LOG.error("%s", line)
    surfaces = []
    for one in found:
        devices = [(port.name, device) for port, device in one.units]
        surface = Surface(desk, link, one.name, one.number, devices, one.main)
        for (port, _), unit in zip(one.units, surface.units, strict=True):
            link.open(port.name, port.into, port.out, unit.hear, unit.state)
        surfaces.append(surface)
    return Mackie(surfaces)


def ports(settings: Any, registry: Registry) -> Ports:
    """The port of each unit.  Raises SurfaceError."""
    found, faults = wanted(settings, registry)
    if faults:
        raise SurfaceError("\n".join(faults))
    return Ports(midi=tuple(port for one in found for port, _ in one.units))


CONTROLLER = Controller(
    "mackie",
    tables=("midi",),
    wanted=lambda settings: any(_is_ours(one.name, settings.file) for one in settings.midi.surfaces),
    start=start,
    ports=ports,
    midi=True,
)
