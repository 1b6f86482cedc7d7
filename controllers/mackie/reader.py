"""The maps of devices that speak Mackie Control, and their tables of keys: read from TOML, checked, all faults at once.

A map is a file beside those of plain controllers, with `kind = "mackie"`; its keys are those of device.Device.  A table
of keys is a file in the folder `keys` there, which a map names, and adds to in a table [keys] of its own.
"""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from controllers.mackie.actions import misread
from controllers.mackie.device import COLOURS, HANDSHAKES, RINGS, Device
from controllers.mackie.key_names import LATCHES, NOTES
from controllers.midi.surface import SurfaceError
from controllers.midi.surface_files import folders
from controllers.midi.surface_reader import Reader
from studiod.registry.alike import closest
from studiod.registry.registry import Registry

KIND = "mackie"
WORDS = {"handshake": HANDSHAKES, "colours": COLOURS, "rings": RINGS}
WHOLES = {"model": (0, 127), "strips": (0, 8), "knobs": (0, 8), "text": (0, 7), "step": (1, 128)}
WHOLES |= {"bottom": (0, 16383), "zero": (0, 16383), "top": (0, 16383)}
REALS = {"motor_hz": (1, 200), "bytes_per_s": (300, 1_000_000), "sysex_gap_ms": (0, 1000)}
SWITCHES = ("faders", "master", "motors", "touch", "own_travel", "meters", "overload", "digits", "assignment", "flash",
            "lamps")  # fmt: skip
KNOWN = ("kind", "name", "ports", *WORDS, *WHOLES, *REALS, *SWITCHES, "meter_db", "notes", "keys", "keys_more")
BAR_STEPS = 12


class MackieReader(Reader):
    """Reads one map, or one table of keys; what is wrong is in `faults`."""

    def __init__(self, file: Path, registry: Registry | None, text: str) -> None:
        super().__init__(str(file), registry)
        self.at = places(text)

    def fault(self, key: str, expected: str, came: object) -> None:
        line = self.at.get(key)
        place = f"line {line}: " if line else ""
        self.faults.append(f"{self.file}: {place}{key}: expected {expected}; came {repr(came)[:60]}")

    def device(self, data: dict[str, Any]) -> Device:
        self.keys(data, KNOWN)
        plain = Device("")
        found: dict[str, Any] = {"file": self.file}
        name, ports = self.head(data)
        for key, known in WORDS.items():
            found[key] = self.word(data, key, getattr(plain, key), known)
        for key, (low, high) in WHOLES.items():
            found[key] = self.whole(data, key, getattr(plain, key), low, high)
        for key, (least, most) in REALS.items():
            found[key] = self.real(data, key, getattr(plain, key), least, most, "a number")
        for key in SWITCHES:
            found[key] = self.yes(data, key, getattr(plain, key))
        found["meter_db"] = self.steps(data, plain.meter_db)
        if not found["bottom"] < found["zero"] < found["top"]:
            came = f"{found['bottom']}, {found['zero']}, {found['top']}"
            self.fault("zero", "bottom below zero below top, raw positions of its print", came)
        notes = self.numbers(data)
        return Device(name=str(name), ports=tuple(ports), notes=notes, keys=self.actions(data), **found)

    def steps(self, data: dict[str, Any], rest: tuple[float, ...]) -> tuple[float, ...]:
        """The levels of a bar's steps."""
        given = data.get("meter_db", list(rest))
        numbers = isinstance(given, list) and all(type(one) in (int, float) for one in given)
        if not numbers or not 1 <= len(given) <= BAR_STEPS or given != sorted(given):
            self.fault("meter_db", f"1 to {BAR_STEPS} levels in dBFS, the lowest first", given)
            return rest
        return tuple(map(float, given))

    def numbers(self, data: dict[str, Any]) -> dict[str, int]:
        """[notes]: keys that send another note than the sheet's."""
        given, found = data.get("notes", {}), {}
        if not isinstance(given, dict):
            self.fault("notes", "a table, such as f1 = 0x4A", given)
            return {}
        for key, note in given.items():
            if key not in NOTES:
                self.fault(f"notes.{key}", f"a key's name{near(key, NOTES)}", note)
            elif not isinstance(note, int) or isinstance(note, bool) or not 0 <= note <= 0x67:
                self.fault(f"notes.{key}", "a note 0..103", note)
            else:
                found[key] = note
        return found

    def actions(self, data: dict[str, Any]) -> dict[str, str]:
        """What the keys do: the table that is named, and what the map adds to it in [keys_more]."""
        named = data.get("keys", "")
        found: dict[str, str] = {}
        if not isinstance(named, str):
            self.fault("keys", 'the name of a table of keys, such as "mackie"', named)
        elif named:
            found |= self.table_of(named)
        return found | self.table(data.get("keys_more", {}), "keys_more.")

    def table_of(self, named: str) -> dict[str, str]:
        """A table of keys by its name; its faults are told with its own file and lines."""
        places = [folder / "keys" for folder in [Path(self.file).parent, *folders()]]
        file = next((place / f"{named}.toml" for place in places if (place / f"{named}.toml").is_file()), None)
        if file is None:
            known = {one.stem for place in places for one in place.glob("*.toml")}
            self.fault("keys", f"the name of a table of keys in surfaces/keys{near(named, known)}", named)
            return {}
        text = file.read_text("utf-8")
        try:
            data = tomllib.loads(text)
        except tomllib.TOMLDecodeError as fault:
            self.faults.append(f"{file}: cannot be read: {fault}")
            return {}
        inner = MackieReader(file, self.registry, text)
        found = inner.table(data, "")
        self.faults += inner.faults
        return found

    def table(self, given: Any, prefix: str) -> dict[str, str]:
        """Keys with their latches before them, and what each does."""
        if not isinstance(given, dict):
            self.fault(prefix.rstrip("."), 'a table, such as "shift undo" = "redo"', given)
            return {}
        found: dict[str, str] = {}
        for key, action in given.items():
            *held, last = latched(key)
            if last not in NOTES or any(one not in LATCHES for one in held):
                expected = f"a key's name, with {', '.join(LATCHES)} or none before it{near(last, NOTES)}"
                self.fault(prefix + key, expected, action)
            elif not isinstance(action, str):
                self.fault(prefix + key, 'what it does, such as "toggle ch/1/mute"', action)
            elif expected := misread(action, self.registry):
                self.fault(prefix + key, expected, action)
            else:
                found[key] = action
        return found


def latched(key: str) -> list[str]:
    """A key's name, and before it the latches that are held: "shift user a" is shift and user a."""
    words, held = key.split(), []
    while len(words) > 1 and words[0] in LATCHES:
        held.append(words.pop(0))
    return [*held, " ".join(words)]


def near(word: str, known: Any) -> str:
    found = closest(word, known)
    return f" (nearest is {found})" if found else ""


def places(text: str) -> dict[str, int]:
    """The line of each key of a file, "table.key" within a table."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*\[\s*([^\]\[]+?)\s*\]", line):
            table = head[1] + "."
        elif key := re.match(r"""\s*(?:"([^"]+)"|'([^']+)'|([\w-]+))\s*=""", line):
            found.setdefault(table + (key[1] or key[2] or key[3]), number)
    return found


def read(file: Path, registry: Registry | None = None) -> Device:
    """A device's map; its keys are checked against a console when one is given.  Raises SurfaceError."""
    text, data = loaded(file)
    reader = MackieReader(file, registry, text)
    device = reader.device(data)
    if reader.faults:
        raise SurfaceError("\n".join(reader.faults))
    return device


def loaded(file: Path, get: Callable[[Path], str] = lambda file: file.read_text("utf-8")) -> tuple[str, dict[str, Any]]:
    """A file's text and what is in it.  Raises SurfaceError."""
    try:
        text = get(file)
        return text, tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise SurfaceError(f"{file}: cannot be read: {fault}") from None
