"""The maps of MIDI surfaces: where they lie, and reading one from TOML, checked; all faults told at once."""

import re
import tomllib
from pathlib import Path

from controllers.midi.surface import Control, Lamp, Surface, SurfaceError
from controllers.midi.surface_reader import Reader
from controllers.midi.surface_values import numbers
from studiod.paths import ROOT
from studiod.registry.alike import closest
from studiod.registry.registry import Registry
from studiod.settings.paths import home
from studiod.user_folders import own

__all__ = ["Control", "Lamp", "Surface", "SurfaceError", "find", "folders", "numbers", "read"]

SHIPPED = ROOT / "config" / "surfaces"
PLAIN, MACKIE = "map", "mackie"
KINDS = (PLAIN, MACKIE)  # what a file may say that it is: a map of controls, or a device with a language of its own


def folders(settings: str = "") -> list[Path]:
    """Where maps are looked for: in `surfaces` beside the settings file, beside it, the user's, then those shipped."""
    beside = [Path(settings).parent / "surfaces", Path(settings).parent] if settings else []
    user = own("config")
    return [*beside, *([user / "surfaces"] if user is not None else []), SHIPPED]


def find(name: str, within: list[Path] | None = None, settings: str = "") -> Path:
    """The file of a map: a name without .toml in the first folder that has it, or an absolute path.

    settings: the settings' file.  Raises SurfaceError with the places and the nearest name.
    """
    whole = Path(home(name))
    if whole.is_absolute():
        if whole.is_file():
            return whole
        raise SurfaceError(f"midi.surfaces: {name}: no such file; expected a map, or a map's name without its folder")
    places = folders(settings) if within is None else within
    files = {place: _maps(place) - {Path(settings)} for place in places}
    stem = name.removesuffix(".toml")
    for place, there in files.items():
        if place / f"{stem}.toml" in there:
            return place / f"{stem}.toml"
    known = sorted({file.stem for there in files.values() for file in there})
    near = f"; nearest is {found}" if (found := closest(stem, known)) else ""
    looked = ", ".join(map(str, places[:-1])) + " or " * (len(places) > 1) + str(places[-1])
    raise SurfaceError(f"midi.surfaces: no map named {stem!r} in {looked}{near}")


def _maps(place: Path) -> set[Path]:
    """The files of a folder that may be maps; none of one that may not be looked into."""
    try:
        return {file for file in place.glob("*.toml") if file.is_file()}
    except OSError:
        return set()


def kind(file: Path) -> str:
    """What a file says that it is; one that cannot be read is a map, whose reader tells why.  Raises SurfaceError."""
    try:
        text = file.read_text("utf-8")
        found = tomllib.loads(text).get("kind", PLAIN)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
        return PLAIN
    if found in KINDS:
        return str(found)
    line = next((n for n, one in enumerate(text.splitlines(), 1) if re.match(r"\s*kind\s*=", one)), 0)
    near = f" (nearest is {close})" if isinstance(found, str) and (close := closest(found, KINDS)) else ""
    raise SurfaceError(f"{file}: line {line}: kind: expected {' or '.join(KINDS)}{near}; came {str(found)[:60]!r}")


def spoken(name: str, settings: str = "") -> str:
    """The kind of a surface of the settings; a map's where there is none of that name.  Raises SurfaceError."""
    try:
        file = find(name, settings=settings)
    except SurfaceError:
        return PLAIN  # whose language tells it
    return kind(file)


def read(file: Path, registry: Registry | None = None) -> Surface:
    """A map; its paths are checked against a console when one is given.  Raises SurfaceError."""
    try:
        text = file.read_text("utf-8")
        data = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise SurfaceError(f"{file}: cannot be read: {fault}") from None
    lines = [k for k, line in enumerate(text.splitlines(), 1) if re.match(r"\s*\[\[\s*control\s*\]\]", line)]
    reader = Reader(str(file), registry, lines)
    surface = reader.surface(data)
    if reader.faults:
        raise SurfaceError("\n".join(reader.faults))
    return surface
