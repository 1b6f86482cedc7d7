"""What must stand on a Mackie Control unit's panel, computed from the desk's values and the published sheets alone.

It imports nothing of controllers/: of a device it knows what its file says.  Names here are those that fit.
"""

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import servers

STEP = 16
KINDS = ("ch", "return", "bus", "matrix", "dca")
COLOURS = ("off", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
LETTERS = {"pan": "PN", "trim": "TR", "eq": "EQ", "dyn": "DY", "fx": "FX"}
PAGE_KEYS = {"trim": 0x28, "send": 0x29, "pan": 0x2A, "fx": 0x2B, "eq": 0x2C, "dyn": 0x2D}
FLIP, RUDE_SOLO = 0x32, 0x73
ROWS = ("arm", "solo", "mute")
SELECT_ROW = 3
EACH = ("pan", "trim", "send")  # pages of which each strip has its own
HOME = {"layer": "0", "view": "all", "first": 1, "spill": "", "page": "pan", "part": 1, "flip": 0}
WIDEST = {"pan": 100.0, "balance": 100.0, "trim": 24.0}
RESTS = {"ch": -90.0}  # of faders; all others rest at 0 dB
VIEW_KEYS = {"all": 0x3E, "ch": 0x3F, "armed": 0x40, "return": 0x41, "bus": 0x42, "matrix": 0x43, "dca": 0x44}
STOP, SMPTE = 0x5D, 0x71
AT_ZERO = "  0.00.00.000"  # the digits: hours, minutes, seconds, frames


@dataclass(frozen=True)
class Device:
    """A device by its file; `at` is how many strips stand left of it."""

    name: str
    at: int = 0
    master: bool = True

    @functools.cached_property
    def facts(self) -> dict[str, Any]:
        return tomllib.loads((servers.ROOT / "config" / "surfaces" / f"{self.name}.toml").read_text("utf-8"))


def travel(db: float) -> float:
    """The four straight pieces of a fader's way, 0..1."""
    for above, slope, less in ((-10, 40, 30), (-30, 80, 50), (-60, 160, 70), (-90, 480, 90)):
        if db >= above:
            return (db + less) / slope
    return 0.0


def raw(db: float, facts: Mapping[str, Any]) -> float:
    """Where a device's fader stands for it: stretched at its printed 0 dB."""
    bottom, zero, top = facts.get("bottom", 0), facts["zero"], facts["top"]
    part = travel(db)
    if part <= 0.75:
        return bottom + part / 0.75 * (zero - bottom)
    return zero + (part - 0.75) / 0.25 * (top - zero)


def decibels(position: int, facts: Mapping[str, Any]) -> float:
    """What a device's fader means there: bisected, so that it is `raw` turned round and nothing else."""
    low, high = -90.0, 10.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if raw(middle, facts) <= position else (low, middle)
    return low


def order(values: Mapping[str, Any]) -> list[str]:
    """All strips, as the view of all has them."""
    found = {path.rpartition("/")[0] for path in values if path.endswith("/fader")}
    return [
        strip
        for kind in KINDS
        for strip in sorted((s for s in found if s.startswith(f"{kind}/")), key=lambda s: int(s.split("/")[1]))
    ]


def places(values: Mapping[str, Any], surface: int) -> list[str]:
    """The strips from the first place of a line-up on."""
    now = f"surface/{surface}/now"
    first = int(values[f"{now}/first"])
    strips, view = order(values), values[f"{now}/view"]
    layer, spill = str(values[f"{now}/layer"]), values[f"{now}/spill"]
    if spill:
        shown = [s for s in strips if values.get(f"{s}/{spill}") == 1]
    elif layer != "0":
        slots = [values[f"surface/{surface}/layer/{layer}/slot/{k}"] for k in range(1, 33)]
        shown = ["" if slot == "none" else slot for slot in slots]
    elif view == "armed":
        shown = [s for s in strips if values.get(f"{s}/arm") == 1]
    else:
        shown = [s for s in strips if view in ("all", s.split("/")[0])]
    return shown[first - 1 :] + [""] * 64


def knob(values: Mapping[str, Any], strip: str, page: str, bus: int, part: int) -> tuple[str, str]:
    """The path of a strip that its knob moves, and what it is called; of those pages that are each strip's own."""
    tails = {"pan": ("pan", "balance"), "trim": ("trim",), "send": (f"send/{bus}/level",)}[page]
    if page == "pan" and part > 1:
        tails = ("width",)
    path = next((f"{strip}/{tail}" for tail in tails if f"{strip}/{tail}" in values), "") if strip else ""
    return path, (tails[0] if tails == ("width",) else page).capitalize() if path else ""


def part(path: str, value: float) -> float:
    """Where on its way a value is, 0..1."""
    tail = path.rpartition("/")[2]
    if tail == "width":
        return value / 200
    return travel(value) if tail in ("fader", "level") else (value / WIDEST[tail] + 1) / 2


def stands(path: str, value: float, facts: Mapping[str, Any]) -> float:
    """Where a device's fader stands for the value of any path: those in dB by the print, all others evenly."""
    if path.rpartition("/")[2] in ("fader", "level"):
        return raw(value, facts)
    return facts.get("bottom", 0) + part(path, value) * (facts["top"] - facts.get("bottom", 0))


def ring(values: Mapping[str, Any], path: str) -> tuple[list[int], bool]:
    """The LEDs of a ring and its middle one, lit at the rest: pans and gains from the centre, levels filled, widths
    spread."""
    if not path:
        return [], False
    value = values[path]
    at = 1 + round(part(path, value) * 10)
    tail = path.rpartition("/")[2]
    if tail == "width":
        half = round(part(path, value) * 6)
        return list(range(7 - half, 6 + half)), value == 100
    low, high = (1, at) if tail in ("fader", "level") else (min(at, 6), max(at, 6))
    rest = RESTS.get(path.split("/")[0], 0.0) if tail == "fader" else -90.0 if tail == "level" else 0.0
    return list(range(low, high + 1)), value == rest


def paths(
    values: Mapping[str, Any], surface: int, device: Device, number_of_strips: int = 8
) -> tuple[list[str], list[str], list[str], list[str]]:
    """The strips of one unit, the path that each fader moves (the master's last) and each knob, and their labels."""
    now = f"surface/{surface}/now"
    page, bus, part_now = values[f"{now}/page"], round(values[f"{now}/bus"]), round(values[f"{now}/part"])
    flip = values[f"{now}/flip"] == 1
    strips = places(values, surface)[device.at : device.at + number_of_strips]
    levels = [f"{strip}/fader" if strip else "" for strip in strips]
    found = [knob(values, strip, page, bus, part_now) for strip in strips]
    knobs, labels = [path for path, _ in found], [label for _, label in found]
    ridden, turned = (knobs, levels) if flip else (levels, knobs)
    if device.master:
        ridden = [*ridden, f"bus/{bus}/fader" if flip and page == "send" else "main/fader"]
    return strips, ridden, turned, ["Fader" if path else "" for path in turned] if flip else labels


def panel(values: Mapping[str, Any], surface: int, device: Device, number_of_strips: int = 8) -> dict[str, Any]:
    """What stands on one unit, stopped at the beginning and in silence, when no value is being shown."""
    facts, now = device.facts, f"surface/{surface}/now"
    page, bus, flip = values[f"{now}/page"], round(values[f"{now}/bus"]), values[f"{now}/flip"] == 1
    strips, ridden, turned, labels = paths(values, surface, device, number_of_strips)
    faders = [stands(path, values[path], facts) if path else facts.get("bottom", 0) for path in ridden]
    lit = {
        f"{8 * row + k:02x}" for row, tail in enumerate(ROWS) for k, s in enumerate(strips) if values.get(f"{s}/{tail}")
    }
    lit |= {f"{8 * SELECT_ROW + k:02x}" for k, s in enumerate(strips) if s and s == values[f"{now}/select"]}
    wanted: dict[str, Any] = {"faders": faders, "strips": lit, "step": facts.get("step", STEP)}
    wanted["rings"] = [ring(values, path)[0] for path in turned]
    wanted["ring_centres"] = [ring(values, path)[1] for path in turned]
    if facts.get("text"):
        wanted["names"] = [values.get(f"{strip}/name", "") for strip in strips]
        wanted["labels"] = labels
    if facts.get("colours", "none") != "none":
        wanted["colours"] = [(COLOURS.index(values[f"{s}/colour"]) or 7) if s else 0 for s in strips]
    if facts.get("meters"):
        wanted["bars"], wanted["over"] = [0] * len(strips), [False] * len(strips)
    if device.master:
        wanted["rude"], wanted["flip"] = bool(values["solo/any"]), flip
        wanted["pages"] = {f"{PAGE_KEYS[page]:02x}"}
        home = str(values[f"{now}/layer"]) == "0" and not values[f"{now}/spill"]
        wanted["views"] = {f"{VIEW_KEYS[values[f'{now}/view']]:02x}"} if home else set()
        wanted["stop"] = True
        if facts.get("assignment"):
            wanted["assignment"] = f"S{bus}" if page == "send" else LETTERS[page]
        if facts.get("digits"):
            wanted["timecode"], wanted["smpte"] = AT_ZERO, True
    return wanted


def differences(seen: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """Every thing that stands otherwise, in words."""
    page_keys = {f"{note:02x}" for note in PAGE_KEYS.values()}
    shown = {
        **seen,
        "strips": {note for note in seen["leds"] if int(note, 16) < 0x20},
        "names": [cell.strip() for cell in seen["cells"][0]] if "names" in wanted else [],
        "labels": [cell.strip() for cell in seen["cells"][1]] if "labels" in wanted else [],
        "rude": f"{RUDE_SOLO:02x}" in seen["leds"],
        "pages": page_keys & set(seen["leds"]),
        "views": {f"{note:02x}" for note in VIEW_KEYS.values()} & set(seen["leds"]),
        "flip": f"{FLIP:02x}" in seen["leds"],
        "stop": f"{STOP:02x}" in seen["leds"],
        "smpte": f"{SMPTE:02x}" in seen["leds"],
    }
    out = []
    for what, value in wanted.items():
        if what == "step":
            continue
        if what == "faders":
            ways = zip(seen["faders"], value, strict=True)
            out += [
                f"fader {k}: at {at}, not {goal:.0f}"
                for k, (at, goal) in enumerate(ways, 1)
                if abs(at - goal) > wanted["step"]
            ]
        elif shown[what] != value:
            out.append(f"{what}: {shown[what]}, not {value}")
    return out
