"""The map of a MIDI surface: which message is which path, read from TOML and checked; all faults told at once."""

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import platformdirs

from studiod.params import Refusal, Registry

SHIPPED = Path(__file__).resolve().parent.parent / "config" / "surfaces"
TOP_KEYS = ("name", "ports", "channel", "takeover", "rate_hz", "control")
KEYS = ("name", "cc", "note", "channel", "path", "mode", "takeover", "feedback", "lights_itself", "bank")
FEEDBACK_KEYS = ("cc", "note", "channel", "off", "on")
MODES = ("absolute", "toggle", "momentary")
TAKEOVERS = ("pickup", "jump")
STATUS = {"cc": 0xB0, "note": 0x90}


class SurfaceError(ValueError):
    """All that is wrong with a map, one fault a line."""


@dataclass(frozen=True, slots=True)
class Lamp:
    """The message that shows a value: a LED (off, on), a ring or a motor."""

    status: int
    number: int
    off: int = 0
    on: int = 127


@dataclass(frozen=True, slots=True)
class Control:
    """One slider, knob or button.  path has {n}, the place in its row, counted from 1; bank shifts all n instead."""

    name: str
    status: int
    number: int
    n: int
    path: str
    mode: str
    takeover: str
    lamp: Lamp | None
    lights_itself: bool
    bank: int

    def at(self, offset: int) -> str:
        """The path it stands for when the banks are shifted by offset."""
        return self.path.replace("{n}", str(self.n + offset))


@dataclass(frozen=True, slots=True)
class Surface:
    """A device as data."""

    name: str
    ports: tuple[str, ...]
    rate_hz: float
    controls: tuple[Control, ...]


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


def numbers(value: object) -> list[int] | None:
    """5, "0-7", [1, 4, 7] or ["0-7", 9] as a list of 0..127; None when it is none of these."""
    out: list[int] = []
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, int) and not isinstance(part, bool):
            out.append(part)
        elif isinstance(part, str) and (span := re.fullmatch(r"(\d{1,3})-(\d{1,3})", part)):
            out += range(int(span[1]), int(span[2]) + 1)
        else:
            return None
    return out if out and all(0 <= n <= 127 for n in out) else None


def read(file: Path, registry: Registry | None = None) -> Surface:
    """A map; its paths are checked against a console when one is given.  Raises SurfaceError."""
    try:
        data = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise SurfaceError(f"{file}: cannot be read: {fault}") from None
    reader = _Reader(str(file), registry)
    surface = reader.surface(data)
    if reader.faults:
        raise SurfaceError("\n".join(reader.faults))
    return surface


class _Reader:
    def __init__(self, file: str, registry: Registry | None) -> None:
        self.file, self.registry = file, registry
        self.faults: list[str] = []
        self.where = ""
        self.taken: dict[tuple[int, int], str] = {}

    def fault(self, key: str, expected: str, came: object) -> None:
        place = f"control {self.where!r}: " if self.where else ""
        shown = repr(came)
        self.faults.append(f"{self.file}: {place}{key}: expected {expected}; came {shown[:60]}")

    def keys(self, table: dict[str, Any], known: tuple[str, ...], prefix: str = "") -> None:
        for key in table.keys() - set(known):
            close = get_close_matches(key, known, 1, 0.0)[0]
            self.fault(prefix + key, f"a key of {' '.join(known)} (nearest is {close})", table[key])

    def whole(self, table: dict[str, Any], key: str, rest: int, low: int, high: int, prefix: str = "") -> int:
        value = table.get(key, rest)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.fault(prefix + key, f"a whole number {low}..{high}", value)
        return rest

    def word(self, table: dict[str, Any], key: str, rest: str, known: tuple[str, ...]) -> str:
        value = table.get(key, rest)
        if value in known:
            return str(value)
        self.fault(key, " or ".join(known), value)
        return rest

    def surface(self, data: dict[str, Any]) -> Surface:
        self.keys(data, TOP_KEYS)
        name = data.get("name", Path(self.file).stem)
        if not isinstance(name, str) or not name:
            self.fault("name", "a text", name)
        ports = data.get("ports", [])
        if not isinstance(ports, list) or not all(isinstance(p, str) and is_pattern(p) for p in ports):
            self.fault("ports", "a list of regular expressions for the port's name", ports)
            ports = []
        rate_hz = data.get("rate_hz", 50)
        if isinstance(rate_hz, bool) or not isinstance(rate_hz, int | float) or not 1 <= rate_hz <= 1000:
            self.fault("rate_hz", "a rate of 1..1000 Hz", rate_hz)
            rate_hz = 50
        channel = self.whole(data, "channel", 1, 1, 16)
        takeover = self.word(data, "takeover", "pickup", TAKEOVERS)
        rows = data.get("control", [])
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            self.fault("control", "at least one [[control]] table", rows)
            rows = []
        controls: list[Control] = []
        for place, row in enumerate(rows, 1):
            self.where = str(row.get("name", place))
            controls += self.row(row, channel, takeover)
        return Surface(str(name), tuple(ports), float(rate_hz), tuple(controls))

    def message(self, table: dict[str, Any], channel: int, prefix: str = "") -> list[tuple[int, int]]:
        kinds = [kind for kind in STATUS if kind in table]
        if len(kinds) != 1:
            self.fault(f"{prefix}cc", 'one of cc and note, such as cc = "0-7"', kinds)
            return []
        found = numbers(table[kinds[0]])
        channel = self.whole(table, "channel", channel, 1, 16, prefix)
        if found is None:
            self.fault(prefix + kinds[0], 'numbers 0..127: 5, "0-7" or [1, 4, 7]', table[kinds[0]])
            return []
        return [(STATUS[kinds[0]] | channel - 1, number) for number in found]

    def row(self, row: dict[str, Any], channel: int, takeover: str) -> list[Control]:
        self.keys(row, KEYS)
        messages = self.message(row, channel)
        bank = self.whole(row, "bank", 0, -128, 128)
        path = row.get("path", "")
        if (path == "") == (bank == 0) or not isinstance(path, str):
            self.fault("path", 'either a path, such as "ch/{n}/fader", or a bank shift', path or bank)
            path = ""
        mode = self.word(row, "mode", "toggle" if bank else "absolute", MODES)
        takeover = self.word(row, "takeover", takeover, TAKEOVERS)
        lights_itself = row.get("lights_itself", False)
        if not isinstance(lights_itself, bool):
            self.fault("lights_itself", "true or false", lights_itself)
        self.check(path, mode, len(messages))
        lamps = self.lamps(row.get("feedback"), messages, channel)
        for message in messages:
            if message in self.taken:
                self.fault("cc", "a message of its own", f"{message[1]}, which {self.taken[message]!r} has")
            self.taken[message] = self.where
        return [
            Control(self.where, status, number, n, path, mode, takeover, lamp, bool(lights_itself), bank)
            for n, ((status, number), lamp) in enumerate(zip(messages, lamps, strict=True), 1)
        ]

    def lamps(self, feedback: Any, messages: list[tuple[int, int]], channel: int) -> list[Lamp | None]:
        if feedback is None or feedback == "none":
            return [None] * len(messages)
        if feedback == "same":
            feedback = {}
        if not isinstance(feedback, dict):
            self.fault("feedback", '"none", "same" or a table', feedback)
            return [None] * len(messages)
        self.keys(feedback, FEEDBACK_KEYS, "feedback.")
        off = self.whole(feedback, "off", 0, 0, 127, "feedback.")
        on = self.whole(feedback, "on", 127, 0, 127, "feedback.")
        shown = self.message(feedback, channel, "feedback.") if feedback.keys() & STATUS.keys() else messages
        if len(shown) != len(messages):
            self.fault("feedback", f"{len(messages)} numbers, as many as the control has", len(shown))
            return [None] * len(messages)
        return [Lamp(status, number, off, on) for status, number in shown]

    def check(self, path: str, mode: str, count: int) -> None:
        """The path exists for some n, and the mode suits it."""
        if self.registry is None or not path or not count:
            return
        try:
            param = self.registry.find(path.replace("{n}", "1"))
        except Refusal as refusal:
            self.fault("path", f"a path of this console (nearest is {refusal.nearest})", path)
            return
        fits = {
            "absolute": ("number", "switch", "list", "point"),
            "toggle": ("switch", "list"),
            "momentary": ("switch",),
        }
        if param.kind not in fits[mode] or "read-only" in param.flags:
            self.fault("mode", f"a mode that suits {path}, a {param.kind}", mode)


def is_pattern(text: str) -> bool:
    """Whether a text is a regular expression."""
    try:
        re.compile(text)
    except re.error:
        return False
    return True
