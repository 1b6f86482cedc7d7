"""Parts for tests of motor surfaces without ports: a desk with meters, and a unit that answers as its device does."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from controllers.mackie import reader, wire
from controllers.mackie.device import Device
from controllers.mackie.surface import Surface
from controllers.midi import surface_files
from handed_time import play
from midi_parts import SilentEngine
from studiod.desk.desk import Desk
from studiod.registry.registry import Console, Registry

SERIAL, CHALLENGE = b"XYZW\x18\x61\x05", bytes.fromhex("57186105")


class MeteredEngine(SilentEngine):
    """Every meter reads `level`."""

    level = -150.0

    def meters(self, bank: str, since: int) -> tuple[list[float], int]:
        return [self.level] * 64, since + 1


def new_desk(**size: int) -> Desk:
    given = {"channels": 32, "returns": 4, "buses": 16, "matrices": 6, "dcas": 8, "mute_groups": 6, "surfaces": 4}
    return Desk(Registry(Console(**(given | size))), MeteredEngine())


def device(name: str, **changes: Any) -> Device:
    return replace(reader.read(surface_files.SHIPPED / f"{name}.toml"), **{"bytes_per_s": 1e6} | changes)


class Ports:
    """A link: what was sent to each port, and what each shows by it."""

    def __init__(self) -> None:
        self.sent: dict[str, list[bytes]] = {}

    def send(self, name: str, data: bytes, due_ns: int = 0) -> bool:
        self.sent.setdefault(name, []).append(data)
        return True

    together = contextlib.nullcontext

    def take(self, name: str) -> list[bytes]:
        out, self.sent[name] = self.sent.get(name, []), []
        return out


def shown(messages: list[bytes]) -> dict[Any, Any]:
    """What a unit shows after messages: by ("fader", n), note, ("ring", n), ("digit", place), line or "colours"."""
    found: dict[Any, Any] = {0: [" "] * 56, 1: [" "] * 56}
    found = {"text": [" "] * 112}
    for data in messages:
        kind = data[0] & 0xF0
        if kind == 0xE0:
            found["fader", data[0] & 15] = data[2] << 7 | data[1]
        elif kind == 0x90:
            found[data[1]] = data[2]
        elif kind == 0xB0:
            found["ring" if data[1] < 0x40 else "digit", data[1] & 15] = data[2]
        elif kind == 0xD0:
            found["meter", data[1] >> 4] = data[1] & 15
        elif data[5] == wire.LCD:
            found["text"][data[6] : data[6] + len(data) - 8] = data[7:-1].decode("ascii")
        elif data[5] == wire.COLOURS:
            found["colours"] = list(data[6:-1])
    return found


def cell(messages: list[bytes], n: int, line: int = 0) -> str:
    text = shown(messages)["text"]
    return "".join(text[line * 56 + n * 7 :][:7]).rstrip()


Law = Callable[[Desk, Surface, Ports], Awaitable[None]]


def ride(law: Law, *devices: Device, main: int = 0, desk: Desk | None = None, online: bool = True) -> None:
    """Play a law on a surface of these units, named u0, u1 …"""

    async def run() -> None:
        here, ports = desk or new_desk(), Ports()
        units = [(f"u{k}", one) for k, one in enumerate(devices)]
        surface = Surface(here, ports, "toy", 1, units, main)
        if online:
            for unit in surface.units:
                unit.state(True)
                unit.hear(wire.sysex(unit.device.model, wire.READY))
            await asyncio.sleep(0.02)
        await law(here, surface, ports)
        await surface.close()
        assert not any(map(here.touched, here.registry.params)), "whoever goes takes its fingers along"

    play(run())
