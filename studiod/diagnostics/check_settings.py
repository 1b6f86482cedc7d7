"""What `studiod check` looks at of the settings: the interface, MIDI, ports, the state directory, the compiled code."""

import asyncio
import contextlib
import errno
import logging
import shutil
import socket
import tempfile
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from studiod import user_folders
from studiod.client.client import TalkFault, ask
from studiod.diagnostics.check_result import Verdict, fail, ok, warn
from studiod.diagnostics.check_service import Service
from studiod.host import devices
from studiod.host.device_ask import probe, refusal
from studiod.host.device_choice import pick_device
from studiod.host.preflight import desk
from studiod.midi_ports.names import fits
from studiod.net.bind_error import refused
from studiod.net.host_port import joined
from studiod.realtime.interface import Found, choose
from studiod.registry.registry import Console
from studiod.settings.schema import Settings

LIMIT_S = 10.0
LOW_BYTES = 2_000_000_000  # an hour and a half of a stereo recording
LEAST_BYTES = 100_000_000  # a state that can still be written


def _bind_fault(kind: int, host: str, port: int) -> OSError | None:
    """What the system says against listening there; None when it may be."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, kind) as tried:
        if kind == socket.SOCK_STREAM:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((host, port))
        except OSError as fault:
            return fault
    return None


@dataclass(frozen=True)
class Studio:
    """The settings, and what was asked of the machine for them, once."""

    settings: Settings
    service: Service | None = None  # the one that has these settings

    @cached_property
    def found(self) -> Found:
        return [] if self.settings.interface.device == "virtual" else probe()

    @cached_property
    def console(self) -> Console:
        """The console that the daemon would make."""
        _, inputs, outputs = pick_device(self.settings, self.found)
        size = self.settings.console
        return Console(inputs, outputs, rate_hz=self.settings.interface.rate_hz, **size.model_dump())

    @cached_property
    def playing(self) -> str:
        """The interface of a daemon that runs with these settings; "" when none answers."""
        osc = self.settings.osc
        held = _bind_fault(socket.SOCK_DGRAM, osc.listen, osc.port)
        if held is None or held.errno != errno.EADDRINUSE:
            return ""
        with contextlib.suppress(TalkFault):
            return str(ask("127.0.0.1" if osc.listen == "0.0.0.0" else osc.listen, osc.port, "status/device"))
        return ""


def interface(studio: Studio) -> Verdict:
    """The interface named is there, runs at the rate and has the channels."""
    wanted = studio.settings.interface
    if wanted.device == "virtual":
        return warn("the virtual interface: nothing is heard", "name one of `studiod devices` in interface.device")
    name, inputs, outputs = pick_device(studio.settings, studio.found)
    if name == "virtual":
        return fail("no audio output on this machine", devices.missing_audio())
    try:
        device = choose(studio.found, name)
    except LookupError as fault:
        return fail(str(fault), "see `studiod devices`")
    told = f'"{name}": {device["inputs"]} in, {device["outputs"]} out, {wanted.rate_hz} Hz'
    if studio.playing != name:
        asked = {"device": name, "rate_hz": wanted.rate_hz, "inputs": inputs, "outputs": outputs}
        if reason := refusal(asked, LIMIT_S):
            return fail(f"{told}: {reason}", "see `studiod devices`")
    else:
        told += "; studiod plays on it"
    if device["inputs"] < wanted.inputs or device["outputs"] < wanted.outputs:
        return warn(
            f"{told}; the settings ask for {wanted.inputs} in and {wanted.outputs} out: the others stay silent",
            "set interface.inputs and interface.outputs to what it has, or to 0",
        )
    return ok(told)


class _Notes:
    """A link that only notes which ports the surfaces would open."""

    def __init__(self) -> None:
        self.wanted: dict[str, dict[str, list[str]]] = {}

    def open(self, name: str, into: list[str], out: list[str], *_: Any) -> None:
        self.wanted[name] = {"in": into, "out": out}

    def send(self, name: str, data: bytes) -> None:
        """Nothing is open."""


async def _wanted_ports(settings: Settings) -> tuple[dict[str, dict[str, list[str]]], list[str]]:
    """The patterns of every surface, as the MIDI controller itself would open them; and what their maps warn of.

    Raises ValueError.
    """
    (entry,) = entry_points(group="studiod.controllers", name="midi")
    notes = _Notes()
    logging.disable(logging.WARNING)  # what a start logs of the maps is told in the verdict
    try:
        controller = await entry.load()(desk(settings), settings, notes)
    finally:
        logging.disable(logging.NOTSET)
    warnings = [line for one in controller.played for line in one.device.warnings]
    await controller.close()
    return notes.wanted, warnings


def midi(studio: Studio) -> Verdict:
    """Each surface's map can be read, and its port is there."""
    if not studio.settings.midi.surfaces:
        return ok("no surfaces in the settings")
    try:
        wanted, warnings = asyncio.run(_wanted_ports(studio.settings))
    except ValueError as fault:
        return fail(str(fault), "correct [midi] surfaces, or the map")
    found, api = devices.midi(), studio.settings.midi.api
    there = [port for port in found["ports"] if api in ("auto", port["api"])]
    if not found["apis"] or api not in ("auto", *found["apis"]):
        return fail(f'MIDI by "{api}" cannot be reached: {"; ".join(found["missing"])}', "start it, or change midi.api")
    absent = [
        f"{name} ({way})"
        for name, ways in wanted.items()
        for way, patterns in ways.items()
        if "virtual" not in patterns and not fits(patterns, [port["name"] for port in there if port["way"] == way])
    ]
    if absent:
        told, remedy = f"not there: {', '.join(absent)}", "plug it in, or name its port as `studiod devices` shows it"
        return warn("\n".join([told, *warnings]), remedy)
    if warnings:
        return warn("\n".join(warnings), "correct the map, unless it is meant")
    return ok(f"{len(wanted)} surface{'s' * (len(wanted) > 1)}, all plugged in")


def ports(studio: Studio) -> Verdict:
    """OSC can listen, by UDP and TCP, or a studiod does already.  Nothing else is served yet."""
    osc = studio.settings.osc
    place = joined(osc.listen, osc.port)
    if studio.playing:
        return ok(f"{place} is held by the studiod that runs")
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        if fault := _bind_fault(kind, osc.listen, osc.port):
            return fail(*refused(fault, "osc", osc.listen, osc.port))
    return ok(f"free: {place}, UDP and TCP")


def state(studio: Studio) -> Verdict:
    """The state directory, or the nearest folder above it that exists, can be written and has room."""
    try:
        folder = user_folders.state(studio.settings.state.directory)
    except user_folders.NoFolder as fault:
        return fail(str(fault), "name one that this user may write to")
    try:
        there = next(place for place in (folder, *folder.parents) if place.exists())
    except PermissionError:
        return warn(f"{folder} may not be looked into by this user", "run this check as root")
    try:
        with tempfile.TemporaryFile(dir=there):
            free = shutil.disk_usage(there).free
    except OSError as fault:
        return fail(f"{folder} cannot be written: {fault.strerror}", "name one that this user may write to")
    told = f"{folder}: {free / 1e9:.1f} GB free"
    if free < LEAST_BYTES:
        return fail(told, "make room, or move state.directory")
    return warn(told, "make room, or move state.directory") if free < LOW_BYTES else ok(told)


def compiled(studio: Studio) -> Verdict:
    """The audio path is compiled for exactly these sources, where the service or this user keeps it."""
    from studiod.host.warm import stamp

    made = stamp()
    if studio.service is not None and (cache := studio.service.variable(user_folders.CACHE)):
        made = Path(cache, *made.parts[-3:])
    try:
        if made.exists():
            return ok(f"in {made.parent}")
    except PermissionError:
        return warn(f"{made.parent} may not be looked into by this user", "run this check as root")
    if studio.service is not None:
        return warn("not compiled for the service: its next start takes a minute or two", "systemctl start studiod")
    return warn("not compiled: the next start takes a minute or two", "studiod warm, as the user that runs it")
