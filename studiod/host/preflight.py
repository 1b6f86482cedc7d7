"""The files that the settings name, looked at as a start would: whatever is wrong with them, with file and key."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from studiod.desk.desk import Desk
from studiod.desk.engine_protocol import Engine
from studiod.errors import Fault, FileFault
from studiod.host.capture import look, read_files
from studiod.host.controllers import spoken
from studiod.memory.scene_format import lines, read_moves, read_scene, refused
from studiod.registry.registry import Console, Registry
from studiod.settings import schema
from studiod.settings.languages import LanguageFault
from studiod.settings.paths import rooted
from studiod.settings.schema import Settings, SettingsError

MOST = 128  # inputs and outputs: what a device has is known only when it is there
USED = ("interface", "console", "virtual", "midi")  # what says which files there are, and what they must fit


def load(path: str | Path | None, whole: bool = False) -> Settings:
    """The settings of a file.  Raises SettingsError with their faults and those of every file that they name.

    whole: sound files are read to their ends, not opened only; a start reads them anyway.
    """
    said, rate_hz = [], None
    try:
        settings = schema.load(path)
        rate_hz = settings.interface.rate_hz
    except SettingsError as fault:
        settings = _standing(path)
        said.append(str(fault))
    said += [f"{path}: {line}" for line in faults(settings, rate_hz, whole)]
    if said:
        raise SettingsError("\n".join(said))
    return settings


def overlaid(settings: Settings, device: str | None, state: str | Path | None) -> Settings:
    """The settings with the interface and the state directory of a command line, where it names them."""
    interface = settings.interface.model_copy(update={"device": device} if device else {})
    kept = settings.state.model_copy(update={"directory": str(state)} if state else {})
    return settings.model_copy(update={"interface": interface, "state": kept})


def _standing(path: str | Path | None) -> Settings:
    """A file with faults: what of it is good by itself, the rest at rest."""
    try:
        file, data = schema.read(path or "")
        data = rooted(data, file.absolute().parent)
    except SettingsError:
        return Settings()  # there is nothing to look at
    good: dict[str, dict[str, Any]] = {}
    for table in USED:
        held = data.get(table)
        for key, value in held.items() if isinstance(held, dict) else ():
            try:
                Settings.model_validate({table: {key: value}})
            except ValidationError:
                continue
            good.setdefault(table, {})[key] = value
    standing = Settings.model_validate(good)
    standing._file = str(file.absolute())  # maps are looked for beside it
    return standing


class _Silence:
    """Stands in for an engine: a desk over it only says what it would take."""

    def post(self, *_: object) -> None:
        """Nothing is heard."""


def registry(settings: Settings) -> Registry:
    """The paths of a desk as large as a start would make it."""
    device, size = settings.interface, settings.console
    rest = (32, 8) if device.device == "virtual" else (MOST, MOST)
    inputs, outputs = device.inputs or rest[0], device.outputs or rest[1]
    return Registry(Console(inputs=inputs, outputs=outputs, rate_hz=device.rate_hz, **size.model_dump()))


def desk(settings: Settings) -> Desk:
    """A desk of that size, without sound."""
    return Desk(registry(settings), cast(Engine, _Silence()))


def faults(settings: Settings, rate_hz: int | None, whole: bool) -> Iterator[str]:
    """Each with its key; rate_hz None: that is at fault itself."""
    virtual = settings.virtual
    for number, file in enumerate(virtual.play, 1):
        read = (lambda f=file: read_files([f], rate_hz)) if whole and rate_hz else (lambda f=file: look(f, rate_hz))
        yield from _said(f"virtual.play[{number}]", read)
    if virtual.start_scene:
        yield from _said("virtual.start_scene", lambda: read_scene(virtual.start_scene))
    if virtual.moves:
        yield from _said("virtual.moves", lambda: _moves(settings))
    if virtual.capture:
        yield from _said("virtual.capture", lambda: _place(Path(virtual.capture)))
    yield from _of_controllers(settings)


def _said(key: str, read: Callable[[], object]) -> Iterator[str]:
    try:
        read()
    except Fault as fault:
        yield from (f"{key}: {line}" for line in str(fault).split("\n"))


def _of_controllers(settings: Settings) -> Iterator[str]:
    """What is wrong with the files of the languages: maps of surfaces."""
    try:
        wanted = [one for one in spoken(settings) if one.midi]
    except LanguageFault:  # a package, no file: a start says it, and a check
        return
    if not wanted:
        return
    paths = registry(settings)  # a fifth of a second of a start
    for one in wanted:
        try:
            one.ports(settings, paths)
        except ValueError as fault:
            yield from str(fault).split("\n")


def _moves(settings: Settings) -> None:
    file = settings.virtual.moves
    if faults := refused(desk(settings), read_moves(file)):
        raise FileFault("\n".join(f"{file}: {fault}" for fault in faults))


def _place(file: Path) -> None:
    """The folder of a capture, or the nearest above it that exists; a start makes the others."""
    there = next(place for place in file.parents if place.exists())
    if not there.is_dir() or not os.access(there, os.W_OK) or file.is_dir():
        raise FileFault(f"{file}: cannot write the capture there; name a folder that you may write to")


def left_out(settings: Settings) -> list[str]:
    """What of the start scene a start would leave at rest, a line each."""
    if not settings.virtual.start_scene:
        return []
    return lines([("", fault) for fault in desk(settings).load(read_scene(settings.virtual.start_scene))])
