"""Strips, sends and cells: the parts of one column or one cell, as the registry has them."""

from collections.abc import Callable

from studiod.layouts.surface import CHOSEN, FADER, GAP, Frame, Part
from studiod.registry.meter_banks import BANKS, path_of
from studiod.registry.registry import Registry

STRIP = FADER + 24 + 3 * GAP  # px: the least that a column needs, with its meter
SEND = FADER + 2 * GAP
METER, NAME, TEXT, PAN, BUTTON = 24, 28, 22, 36, 32  # px
CELL = (100, 92)  # px: the least that a cell needs


def meters(registry: Registry, path: str) -> list[str]:
    """The meters of a strip: one, or its sides."""
    bank = path.partition("/")[0]
    sizes = {name: getattr(registry.console, name) for name in registry.console.__dataclass_fields__}
    if bank not in BANKS:
        return []
    found = [path_of(bank, name) for name, _ in BANKS[bank](sizes)]
    return [name for name in found if name == path or name in (f"{path}/l", f"{path}/r", *_peaks(path))]


def _peaks(path: str) -> tuple[str, ...]:
    return (f"{path}/peak_l", f"{path}/peak_r")


def called(path: str) -> str:
    """What a strip is called that has no name: Ch 1, Main."""
    kind, _, number = path.partition("/")
    return f"{'DCA' if kind == 'dca' else kind.capitalize()} {number}".strip()


def column(
    registry: Registry, path: str, frame: Frame, fader: str = "fader", may: Callable[[str], bool] = lambda _: True
) -> list[Part]:
    """A whole strip, from the top: name, pan, fader with its meters, level, mute, solo.

    What it has not, and what may not be set, is left out.
    """
    has = registry.params
    x, y, w, h = frame[0] + GAP, frame[1] + GAP, frame[2] - 2 * GAP, frame[3] - 2 * GAP
    parts, bottom = [], y + h
    kind = "name" if f"{path}/name" in has else "title"
    parts.append(Part(kind, f"{path}/name" if kind == "name" else "", (x, y, w, NAME - GAP), called(path)))
    y += NAME
    for pan in ("pan", "balance"):
        if f"{path}/{pan}" in has and may(f"{path}/{pan}"):
            parts.append(Part("knob", f"{path}/{pan}", (x, y, w, PAN - GAP), pan))
            y += PAN
            break
    for name in ("solo", "mute", "dim", "on"):
        if f"{path}/{name}" in has and may(f"{path}/{name}"):
            bottom -= BUTTON
            parts.append(Part("switch", f"{path}/{name}", (x, bottom + GAP, w, BUTTON - GAP), name))
    bottom -= TEXT
    parts.append(Part("shown", f"{path}/{fader}", (x, bottom + GAP, w, TEXT - GAP)))
    bars = meters(registry, path)
    each = METER // max(len(bars), 1)
    taken = METER + GAP if bars else 0
    parts.append(Part("fader", f"{path}/{fader}", (x, y, w - taken, bottom - y)))
    for k, bar in enumerate(bars):
        parts.append(Part("meter", bar, (x + w - METER + k * each, y, each, bottom - y)))
    return parts


def send(registry: Registry, strip: str, bus: int, frame: Frame) -> list[Part]:
    """How much of a strip goes to a bus: name, fader, level, on."""
    x, y, w, h = frame[0] + GAP, frame[1] + GAP, frame[2] - 2 * GAP, frame[3] - 2 * GAP
    path = f"{strip}/send/{bus}"
    bottom = y + h - BUTTON - TEXT
    return [
        Part("name", f"{strip}/name", (x, y, w, NAME - GAP), called(strip)),
        Part("fader", f"{path}/level", (x, y + NAME, w, bottom - y - NAME)),
        Part("shown", f"{path}/level", (x, bottom + GAP, w, TEXT - GAP)),
        Part("switch", f"{path}/on", (x, bottom + TEXT + GAP, w, BUTTON - GAP), "on"),
    ]


def cell(registry: Registry, path: str, frame: Frame) -> list[Part]:
    """One parameter: a number as a word, a knob and its value; a switch as a button.  path may have CHOSEN in it."""
    x, y, w, h = frame[0] + GAP, frame[1] + GAP, frame[2] - 2 * GAP, frame[3] - 2 * GAP
    strip, _, label = path.partition(f"/{CHOSEN}/") if f"/{CHOSEN}/" in path else ("", "", path)
    if not strip:
        label = "/".join(path.split("/")[2:]) if path.split("/")[1].isdecimal() else path
    if registry.params[path.replace(CHOSEN, "1")].kind != "number":
        return [Part("switch", path, (x, y, w, h), label)]
    return [
        Part("title", "", (x, y, w, TEXT - GAP), label),
        Part("knob", path, (x, y + TEXT, w, h - 2 * TEXT - GAP)),
        Part("shown", path, (x, y + h - TEXT, w, TEXT)),
    ]
