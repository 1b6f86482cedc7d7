"""The maps of MIDI surfaces: where they lie, and reading one from TOML, checked; all faults told at once."""

import tomllib
from difflib import get_close_matches
from pathlib import Path

import platformdirs

from controllers.surface_parts import Control, Lamp, Surface, SurfaceError
from controllers.surface_reader import Reader, is_pattern, numbers
from studiod.params import Registry

__all__ = ["Control", "Lamp", "Surface", "SurfaceError", "find", "folders", "is_pattern", "numbers", "read"]

SHIPPED = Path(__file__).resolve().parent.parent / "config" / "surfaces"


def folders() -> list[Path]:
    """Where maps are looked for: the user's own first."""
    return [Path(platformdirs.user_config_dir("studiod")) / "surfaces", SHIPPED]


def find(name: str, within: list[Path] | None = None) -> Path:
    """The file of a map, by its name without .toml.  Raises SurfaceError with the nearest name."""
    places = folders() if within is None else within
    known = sorted({file.stem for place in places if place.is_dir() for file in place.glob("*.toml")})
    for place in places:
        if name in known and (place / f"{name}.toml").is_file():
            return place / f"{name}.toml"
    close = get_close_matches(name, known, 1, 0.0)
    near = f"; nearest is {close[0]}" if close else ""
    raise SurfaceError(f"midi.surfaces: no map named {name!r} in {' or '.join(map(str, places))}{near}")


def read(file: Path, registry: Registry | None = None) -> Surface:
    """A map; its paths are checked against a console when one is given.  Raises SurfaceError."""
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise SurfaceError(f"{file}: cannot be read: {fault}") from None
    reader = Reader(str(file), registry)
    surface = reader.surface(data)
    if reader.faults:
        raise SurfaceError("\n".join(reader.faults))
    return surface
