"""What `studiod check` looks at of the settings: the interface, MIDI, ports, the state directory, the compiled code."""

import asyncio
import contextlib
import errno
import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import platformdirs

from studiod import devices
from studiod.daemon import pick_device
from studiod.interface import Found
from studiod.listening import refused
from studiod.params import Console
from studiod.runner import probe
from studiod.settings import Settings
from studiod.talk import TalkFault, ask
from studiod.verdict import Verdict, fail, ok, warn

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

    @cached_property
    def found(self) -> Found:
        return [] if self.settings.interface.device == "virtual" else probe()

    @cached_property
    def console(self) -> Console:
        """The console that the daemon would make."""
        _, inputs, outputs, _ = pick_device(self.settings, self.found)
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
    name, inputs, outputs, duplex = pick_device(studio.settings, studio.found)
    told = f'"{name}": {inputs if duplex else 0} in, {outputs} out, {wanted.rate_hz} Hz'
    if name == "virtual":
        return fail("no audio output on this machine", devices.missing_audio())
    if studio.playing == name:
        return ok(f"{told}; studiod plays on it")
    asked = {"device": name, "rate_hz": wanted.rate_hz, "inputs": inputs if duplex else 0, "outputs": outputs}
    command = [sys.executable, "-m", "studiod.interface", json.dumps(asked)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=LIMIT_S, check=True)
        refusal = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, OSError, ValueError, IndexError) as fault:
        return fail(f"{told}: its driver does not answer ({fault})", "unplug it and plug it in; restart its server")
    return fail(f"{told}: {refusal}", "see `studiod devices`") if refusal else ok(told)


class _Notes:
    """A link that only notes which ports the surfaces would open."""

    def __init__(self) -> None:
        self.wanted: dict[str, dict[str, list[str]]] = {}

    def open(self, name: str, into: list[str], out: list[str], *_: Any) -> None:
        self.wanted[name] = {"in": into, "out": out}

    def send(self, name: str, data: bytes) -> None:
        """Nothing is open."""


async def _wanted_ports(settings: Settings) -> dict[str, dict[str, list[str]]]:
    """The patterns of every surface, as the MIDI controller itself would open them.  Raises ValueError."""
    from studiod.render import Offline

    (entry,) = entry_points(group="studiod.controllers", name="midi")
    notes, desk = _Notes(), Offline(Console(2, 2, **settings.console.model_dump())).desk
    controller = await entry.load()(desk, settings, notes)
    await controller.close()
    return notes.wanted


def midi(studio: Studio) -> Verdict:
    """Each surface's map can be read, and its port is there."""
    if not studio.settings.midi.surfaces:
        return ok("no surfaces in the settings")
    try:
        wanted = asyncio.run(_wanted_ports(studio.settings))
    except ValueError as fault:
        return fail("; ".join(str(fault).splitlines()), "correct [midi] surfaces, or the map")
    told, api = devices.midi(), studio.settings.midi.api
    there = [port for port in told["ports"] if api in ("auto", port["api"])]
    if not told["apis"] or api not in ("auto", *told["apis"]):
        return fail(f'MIDI by "{api}" cannot be reached: {"; ".join(told["missing"])}', "start it, or change midi.api")
    absent = [
        f"{name} ({way})"
        for name, ways in wanted.items()
        for way, patterns in ways.items()
        if "virtual" not in patterns
        and not any(re.search(p, port["name"], re.IGNORECASE) for p in patterns for port in there if port["way"] == way)
    ]
    if absent:
        return warn(f"not there: {', '.join(absent)}", "plug it in, or name its port as `studiod devices` shows it")
    return ok(f"{len(wanted)} surface{'s' * (len(wanted) > 1)}, all plugged in")


def ports(studio: Studio) -> Verdict:
    """OSC, the X32 dialect and HTTP can listen, or a studiod does already."""
    settings = studio.settings
    if studio.playing:
        return ok(f"{settings.osc.listen}:{settings.osc.port} is held by the studiod that runs")
    osc, http, x32 = settings.osc, settings.http, settings.x32
    wanted = [
        (socket.SOCK_DGRAM, "osc", osc.listen, osc.port),
        (socket.SOCK_STREAM, "osc", osc.listen, osc.port),
        (socket.SOCK_STREAM, "http", http.listen, http.port),
    ]
    wanted += [(socket.SOCK_DGRAM, "x32", x32.listen, x32.port)] if x32.enabled else []
    for kind, table, host, port in wanted:
        if fault := _bind_fault(kind, host, port):
            return fail(*refused(fault, table, host, port))
    return ok("free: " + ", ".join(dict.fromkeys(f"{host}:{port}" for _, _, host, port in wanted)))


def state(studio: Studio) -> Verdict:
    """The state directory, or the nearest folder above it that exists, can be written and has room."""
    folder = Path(studio.settings.state.directory or platformdirs.user_state_dir("studiod"))
    there = next(place for place in (folder, *folder.parents) if place.exists())
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
    """The audio path is compiled for exactly these sources."""
    from studiod.warm import stamp

    if stamp().exists():
        return ok(f"in {stamp().parent}")
    return warn("not compiled: the next start takes a minute or two", "studiod warm, as the user that runs it")
