"""What must stand on a Mackie Control unit's panel, computed from the desk's values and the published sheets alone.

It imports nothing of controllers/: of a device it knows what its file says.  Names here are those that fit.
"""

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
RINGED = {"pan": "centre", "balance": "centre"}


@dataclass(frozen=True)
class Device:
    """A device by its file; `at` is how many strips stand left of it."""

    name: str
    at: int = 0
    master: bool = True

    @property
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


def ring(values: Mapping[str, Any], strip: str) -> tuple[list[int], bool]:
    """The LEDs of a pan's ring and its middle one: from the centre, which is lit beneath at the rest."""
    pan = values.get(f"{strip}/pan", values.get(f"{strip}/balance"))
    if pan is None:
        return [], False
    at = 1 + round((pan + 100) / 200 * 10)
    return list(range(min(at, 6), max(at, 6) + 1)), pan == 0


def panel(values: Mapping[str, Any], surface: int, device: Device, number_of_strips: int = 8) -> dict[str, Any]:
    """What stands on one unit, on the page of pans, transport stopped and in silence, when no value is being shown."""
    facts, now = device.facts, f"surface/{surface}/now"
    strips = places(values, surface)[device.at : device.at + number_of_strips]
    faders = [raw(values[f"{strip}/fader"], facts) if strip else facts.get("bottom", 0) for strip in strips]
    lit = {
        f"{8 * row + k:02x}" for row, tail in enumerate(ROWS) for k, s in enumerate(strips) if values.get(f"{s}/{tail}")
    }
    lit |= {f"{8 * SELECT_ROW + k:02x}" for k, s in enumerate(strips) if s and s == values[f"{now}/select"]}
    wanted: dict[str, Any] = {"faders": faders, "strips": lit, "step": facts.get("step", STEP)}
    wanted["rings"] = [ring(values, strip)[0] for strip in strips]
    wanted["ring_centres"] = [ring(values, strip)[1] for strip in strips]
    if facts.get("text"):
        wanted["names"] = [values.get(f"{strip}/name", "") for strip in strips]
        wanted["labels"] = ["Pan" if ring(values, strip)[0] else "" for strip in strips]
    if facts.get("colours", "none") != "none":
        wanted["colours"] = [(COLOURS.index(values[f"{s}/colour"]) or 7) if s else 0 for s in strips]
    if facts.get("meters"):
        wanted["bars"], wanted["over"] = [0] * len(strips), [False] * len(strips)
    if device.master:
        wanted["faders"].append(raw(values["main/fader"], facts))
        wanted["rude"] = bool(values["solo/any"])
        wanted["pages"] = {f"{PAGE_KEYS[values[f'{now}/page']]:02x}"}
        if facts.get("assignment"):
            wanted["assignment"] = LETTERS[values[f"{now}/page"]]
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
