"""The signal path through the desk as a picture: rows of units, as far as the registry has them, and the wires.

A new bank is a line of ROWS and one of WIRES for each way in; a new unit is a line of UNITS.  Rows of which the
registry has no parameter, and their wires, are left out.
"""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch
from pictures_style import COLOURS, INK, PX, SOFT

from studiod.registry.registry import Console, Registry

# What a strip runs through, in order: (parameter that says a strip has it, words in the box); a tap has no box.
UNITS = (
    ("source", "source"),
    ("trim", "trim"),
    ("delay/on", "delay"),
    ("", "input"),
    ("hpf/on", "hpf"),
    ("lpf/on", "lpf"),
    ("gate/on", "gate"),
    ("", "pre_eq"),
    ("comp/position", "(comp)"),
    ("eq/on", "EQ"),
    ("comp/on", "comp"),
    ("automix/on", "automix"),
    ("", "pre_fader"),
    ("fader", "fader"),
    ("mute", "mute"),
    ("insert/fx", "insert"),
    ("", "post_fader"),
    ("pan", "pan"),
    ("width", "width"),
    ("balance", "balance"),
    ("limiter/on", "limiter"),
)
# (kind of strip, its name, colour)
ROWS = (
    ("ch", "Channels", COLOURS[0]),
    ("return", "FX returns", COLOURS[5]),
    ("bus", "Buses", COLOURS[2]),
    ("main", "Main", COLOURS[1]),
    ("matrix", "Matrices", COLOURS[4]),
)
# (from, to, what the wire is called)
WIRES = (
    ("bus", "return", "fx/K, which plays bus/(12+K) or any fx/K/source: reverb, delay or chorus"),
    ("ch", "bus", "sends: on, level, pan, tap"),
    ("ch", "main", "main/on"),
    ("return", "bus", "sends"),
    ("return", "main", "main/on"),
    ("bus", "main", "main/on"),
    ("bus", "matrix", "sends"),
    ("main", "matrix", "sends"),
)
TOP, PITCH, LEFT, RIGHT, BOX, LANE = 84, 100, 138, 1084, 42, 14  # px: rows, units, and how far apart wires run


def held(registry: Registry, kind: str) -> tuple[str, int]:
    """(path of the first strip of a kind, how many there are)."""
    if f"{kind}/fader" in registry.params:
        return kind, 1
    count = 0
    while f"{kind}/{count + 1}/fader" in registry.params:
        count += 1
    return f"{kind}/1", count


def bands(registry: Registry, strip: str) -> int:
    return sum(1 for n in range(1, 9) if f"{strip}/eq/{n}/gain" in registry.params)


def units(registry: Registry, strip: str) -> list[tuple[str, bool]]:
    """(words, whether it is a box) of what a strip runs through; a tap without a unit before it is none."""
    out: list[tuple[str, bool]] = []
    for path, words in UNITS:
        if not path:
            out.append((words, False))
        elif f"{strip}/{path}" in registry.params:
            if path == "balance" and f"{strip}/pan" in registry.params:
                continue  # a linked pair's pan
            out.append((f"EQ × {bands(registry, strip)}" if path == "eq/on" else words, True))
    return out


def text(
    page: Axes, x: float, y: float, words: str, px: int = 12, colour: str = INK, at: str = "left", bold: bool = False
) -> None:
    """One line of text, its foot at y."""
    weight = "bold" if bold else "normal"
    page.text(x, y, words, fontsize=0.75 * px, color=colour, ha=at, va="baseline", fontweight=weight)


def row(page: Axes, registry: Registry, kind: str, name: str, colour: str, y: float) -> float:
    """One kind of strip with its units on a line; where its line ends."""
    strip, count = held(registry, kind)
    text(page, 20, y - 4, name, 14, colour, bold=True)
    text(page, 20, y + 13, strip if count == 1 else f"{kind}/1…{count}", 12, SOFT)
    x, after_tap = float(LEFT), False
    for words, is_box in units(registry, strip):
        if is_box:
            width = max(BOX, 14 + 7 * len(words))
            box = {"boxstyle": "round,pad=0,rounding_size=5", "facecolor": "#f6f8fa", "edgecolor": colour, "zorder": 2}
            page.add_patch(FancyBboxPatch((x, y - 15), width, 30, **box))
            text(page, x + width / 2, y + 4, words, 12, at="center")
            x += width + 12
        else:
            x += 26 if after_tap else 10
            page.plot(x, y, "o", color=colour, markersize=6)
            page.plot([x, x], [y + 5, y + 20], color=SOFT, linewidth=0.75, linestyle=(0, (2, 2)))
            text(page, x, y + 32, words, 11, SOFT, "center")
            x += 22
        after_tap = not is_box
    end = x - 12
    page.plot([LEFT - 20, end], [y, y], color=colour, linewidth=1.5, zorder=1)
    return end


def wire(
    page: Axes, start: tuple[float, float], gutter: float, level: float, y: float, words: str, colour: str
) -> None:
    """From the end of a row down its gutter, back above the row at y, and in from the left."""
    side = LEFT - 20
    way = [(start[0], start[1]), (gutter, start[1]), (gutter, level), (side, level), (side, y - 8)]
    page.plot(*zip(*way, strict=True), color=colour, linewidth=1.1, solid_joinstyle="round", zorder=0)
    page.fill([side, side - 4, side + 4], [y, y - 8, y - 8], color=colour, linewidth=0.0)
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    page.text(RIGHT, level, words, fontsize=8.25, color=colour, ha="right", va="center", bbox=behind, zorder=1)


def note(page: Axes, y: float, words: str, more: str) -> None:
    """A row that is no bank: what comes in, the effects, what goes out."""
    text(page, 20, y + 4, words, 14, bold=True)
    text(page, LEFT, y + 4, more)


def flow(console: Console) -> Figure:
    """The picture of a console."""
    registry = Registry(console)
    rows = [entry for entry in ROWS if held(registry, entry[0])[1]]
    kinds = [entry[0] for entry in rows]
    wires = [(a, b, words) for a, b, words in WIRES if a in kinds and b in kinds]
    into = {kind: [w for w in wires if w[1] == kind] for kind in kinds}
    y, places = float(TOP), {}
    for kind in kinds:
        y += LANE * max(0, len(into[kind]) - 1)
        places[kind] = y
        y += PITCH
    width, height = RIGHT + LANE * (len(wires) + 2), y + 88
    figure = Figure((width * PX, height * PX))
    figure.set_label("Signal path")
    page = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    page.set(xlim=(0, width), ylim=(height, 0))  # px from the top left corner
    page.set_axis_off()
    note(page, 28, "Interface", "input/1…N: the default source of a channel; any point of the desk may be one")
    ends = {kind: row(page, registry, kind, name, colour, places[kind]) for kind, name, colour in rows}
    for n, (a, b, words) in enumerate(wires):
        level = places[b] - 30 - LANE * into[b].index((a, b, words))
        colour = rows[kinds.index(a)][2]
        gutter = RIGHT + LANE * (len(wires) - n)
        wire(page, (ends[a], places[a]), gutter, level, places[b] - 2, words, colour)
    taps = " · ".join(words for path, words in UNITS if not path)
    for k, (words, more) in enumerate(
        (
            ("Outputs", "output/1…N: any point of the desk, then trim, polarity, mute, delay and ceiling"),
            ("Taps", f"of a send: {taps}"),
            ("Groups", "dca/N and mutegroup/N: faders and mutes of many strips at once"),
            ("Monitor", "any point, or what is soloed: level, dim, mono, swap, speaker, translate"),
            ("(comp)", "where comp sits with comp/position at pre_eq; comp where it sits with post_eq"),
        )
    ):
        note(page, y - 34 + 24 * k, words, more)
    return figure
