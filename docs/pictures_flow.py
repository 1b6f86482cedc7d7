"""The way of the sound through the desk as a picture: rows of units, as far as the registry has them, and the wires.

A new bank is a line of ROWS and one of WIRES for each way in; a new unit is a line of UNITS.  Rows of which the
registry has no parameter, and their wires, are left out.
"""

from pictures_plot import COLOURS, INK, SOFT, page, text

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


def row(registry: Registry, kind: str, name: str, colour: str, y: float) -> tuple[list[str], float]:
    """One kind of strip with its units on a line, and where its line ends."""
    strip, count = held(registry, kind)
    span = strip if count == 1 else f"{kind}/1…{count}"
    out = [
        text(20, y - 4, name, 14, colour=colour, more=" font-weight='bold'"),
        text(20, y + 13, span, 12, colour=SOFT),
    ]
    boxes: list[str] = []
    x, after_tap = float(LEFT), False
    for words, is_box in units(registry, strip):
        if is_box:
            width = max(BOX, 14 + 7 * len(words))
            boxes.append(
                f"<rect x='{x:.0f}' y='{y - 15:.0f}' width='{width}' height='30' rx='5'"
                f" fill='#f6f8fa' stroke='{colour}'/>"
            )
            boxes.append(text(x + width / 2, y + 4, words, 12, "middle"))
            x += width + 12
        else:
            x += 26 if after_tap else 10
            boxes.append(f"<circle cx='{x:.0f}' cy='{y:.0f}' r='4' fill='{colour}'/>")
            boxes.append(text(x, y + 32, words, 11, "middle", SOFT))
            boxes.append(f"<path d='M{x:.0f} {y + 5:.0f}v15' stroke='{SOFT}' stroke-dasharray='2 2'/>")
            x += 22
        after_tap = not is_box
    end = x - 12
    return [*out, f"<path d='M{LEFT - 20} {y:.0f}H{end:.0f}' stroke='{colour}' stroke-width='2'/>", *boxes], end


def wire(start: tuple[float, float], gutter: float, level: float, y: float, words: str, colour: str) -> list[str]:
    """From the end of a row down its gutter, back above the row at y, and in from the left."""
    side = LEFT - 20
    width = 5.5 * len(words) + 4
    way = f"M{start[0]:.0f} {start[1]:.0f}H{gutter:.0f}V{level:.0f}H{side}V{y:.0f}"
    return [
        f"<path d='{way}' fill='none' stroke='{colour}' stroke-width='1.5' stroke-linejoin='round'/>",
        f"<path d='M{side} {y:.0f}l-4 -8h8z' fill='{colour}'/>",
        f"<rect x='{RIGHT - 6 - width:.0f}' y='{level - 7:.0f}' width='{width + 10:.0f}' height='14' fill='#ffffff'/>",
        text(RIGHT, level + 4, words, 11, "end", colour),
    ]


def note(y: float, words: str, more: str) -> list[str]:
    """A row that is no bank: what comes in, the effects, what goes out."""
    return [text(20, y + 4, words, 14, more=" font-weight='bold'"), text(LEFT, y + 4, more, 12, colour=INK)]


def flow(console: Console) -> str:
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
    ends: dict[str, float] = {}
    drawn: list[str] = []
    for kind, name, colour in rows:
        parts, ends[kind] = row(registry, kind, name, colour, places[kind])
        drawn += parts
    wired: list[str] = []
    for n, (a, b, words) in enumerate(wires):
        level = places[b] - 30 - LANE * into[b].index((a, b, words))
        colour = rows[kinds.index(a)][2]
        wired += wire((ends[a], places[a]), RIGHT + LANE * (len(wires) - n), level, places[b] - 2, words, colour)
    taps = " · ".join(words for path, words in UNITS if not path)
    foot = [
        *note(y - 34, "Outputs", "output/1…N: any point of the desk, then trim, polarity, mute, delay and ceiling"),
        *note(y - 10, "Taps", f"of a send: {taps}"),
        *note(y + 14, "Groups", "dca/N and mutegroup/N: faders and mutes of many strips at once"),
        *note(
            y + 38,
            "Monitor",
            "any point, or what is soloed: level, dim, mono, swap, speaker, translate",
        ),
        *note(y + 62, "(comp)", "where comp sits with comp/position at pre_eq; comp where it sits with post_eq"),
    ]
    head = note(28, "Interface", "input/1…N: the default source of a channel; any point of the desk may be one")
    return page(RIGHT + LANE * (len(wires) + 2), y + 88, "The way of the sound", [*head, *wired, *drawn, *foot])
