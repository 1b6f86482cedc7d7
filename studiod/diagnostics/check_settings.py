"""What `studiod check` looks at of the settings: the interface, MIDI, ports, the state directory, the compiled code."""

import contextlib
import errno
import shutil
import socket
import tempfile
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from studiod import user_folders
from studiod.client.client import TalkFault, ask
from studiod.desk.controller import NetPort, Ports
from studiod.diagnostics.check_result import Verdict, fail, ok, warn
from studiod.diagnostics.check_service import Service
from studiod.host import devices, preflight
from studiod.host.controllers import spoken
from studiod.host.device_ask import probe, refusal
from studiod.host.device_choice import choice
from studiod.midi_ports import priority
from studiod.midi_ports.names import fits
from studiod.net.bind_error import refused
from studiod.net.host_port import joined
from studiod.realtime.interface import Found, choose
from studiod.registry.registry import Console
from studiod.settings.languages import LanguageFault
from studiod.settings.schema import Settings

LIMIT_S = 10.0
WAYS = {"UDP": socket.SOCK_DGRAM, "TCP": socket.SOCK_STREAM}
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
        _, inputs, outputs = choice(self.settings, self.found)
        size = self.settings.console
        return Console(inputs, outputs, rate_hz=self.settings.interface.rate_hz, **size.model_dump())

    @cached_property
    def ports(self) -> tuple[list[Ports], list[str]]:
        """What each controller that the settings want would use, and the faults of their own files."""
        registry, found, faults = preflight.registry(self.settings), [], []
        for one in spoken(self.settings):
            try:
                found.append(one.ports(self.settings, registry))
            except ValueError as fault:
                faults.append(str(fault))
        return found, faults

    @property
    def net(self) -> list[NetPort]:
        """Where the controllers listen, those that can say so."""
        try:
            return [port for one in self.ports[0] for port in one.net]
        except LanguageFault:
            return []

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
    name, inputs, outputs = choice(studio.settings, studio.found)
    if name == "virtual":
        told, _, remedy = devices.missing_audio().partition("; ")
        return fail(told, remedy)
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


def _asked(studio: Studio) -> tuple[list[Ports], Verdict | None]:
    """What the controllers say of their ports, and what is wrong with one of them or its files."""
    try:
        found, faults = studio.ports
    except LanguageFault as fault:
        return [], fail(str(fault), "install its package again, or take it out")
    return found, fail("\n".join(faults), "correct [midi] surfaces, or the map") if faults else None


def midi(studio: Studio) -> Verdict:
    """Each surface's map can be read, and every MIDI port that the settings want is there."""
    found, fault = _asked(studio)
    if fault:
        return fault
    wanted = [port for one in found for port in one.midi]
    warnings = [line for one in found for line in one.warnings]
    if not wanted:
        return ok("no surfaces, and no other MIDI, in the settings")
    here, api = devices.midi(), studio.settings.midi.api
    there = [port for port in here["ports"] if api in ("auto", port["api"])]
    if not here["apis"] or api not in ("auto", *here["apis"]):
        return fail(f'MIDI by "{api}" cannot be reached: {"; ".join(here["missing"])}', "start it, or change midi.api")
    absent = [
        f"{port.name} ({way})"
        for port in wanted
        for way, patterns in (("in", port.into), ("out", port.out))
        if patterns and "virtual" not in patterns
        if not fits(patterns, [one["name"] for one in there if one["way"] == way])
    ]
    if absent:
        told, remedy = f"not there: {', '.join(absent)}", "plug it in, or name its port as `studiod devices` shows it"
        return warn("\n".join([told, *warnings]), remedy)
    if warnings:
        return warn("\n".join(warnings), "correct the map, unless it is meant")
    kinds = Counter(port.kind for port in wanted)
    counted = ", ".join(f"{n} {kind}{'s' * (n > 1)}" for kind, n in kinds.items())
    late = "" if priority.may() else "; without real-time priority they may be late while the machine is busy"
    return ok(f"{counted}, all plugged in{late}")


def ports(studio: Studio) -> Verdict:
    """Every controller can listen, or a studiod does already."""
    found, fault = _asked(studio)
    if fault and not found:
        return fault
    wanted = [port for one in found for port in one.net]
    if studio.playing:
        told = ", ".join(joined(port.host, port.port) for port in wanted)
        return ok(f"{told} {'is' if len(wanted) == 1 else 'are'} held by the studiod that runs")
    for port in wanted:
        for way in port.ways:
            if held := _bind_fault(WAYS[way], port.host, port.port):
                return fail(*refused(held, port.table, port.host, port.port))
    return ok("free: " + "; ".join(f"{joined(port.host, port.port)}, {' and '.join(port.ways)}" for port in wanted))


def state(studio: Studio) -> Verdict:
    """The state directory, or the nearest folder above it that exists, can be written and has room."""
    try:
        folder = user_folders.state(studio.settings.state.directory)
    except user_folders.NoFolder as fault:
        return fail(str(fault), "name one that this user may write to")
    return _room(folder, "state.directory")


def takes(studio: Studio) -> Verdict:
    """The folder of takes, where the settings put it elsewhere, in the same way."""
    folder = studio.settings.state.recordings
    return _room(Path(folder), "state.recordings") if folder else ok("beside the state")


def _room(folder: Path, key: str) -> Verdict:
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
        return fail(told, f"make room, or move {key}")
    return warn(told, f"make room, or move {key}") if free < LOW_BYTES else ok(told)


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
