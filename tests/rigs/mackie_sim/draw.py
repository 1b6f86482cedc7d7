"""A unit's panel drawn as text: for docs, and for a test that failed."""

from typing import Any

ROWS = 9
WIDTH = 11
KEYS = ("REC", "SOLO", "MUTE", "SEL")
COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def draw(seen: dict[str, Any], keys: dict[int, str] | None = None) -> str:
    """`seen` as of Unit.seen; `keys` are names of notes, for the line of LEDs that are lit."""
    strips = range(len(seen["rings"]))
    lines = []
    if seen["cells"][0]:
        lines += [_row(seen["cells"][line][k].ljust(7) for k in strips) for line in (0, 1)]
    if seen["colours"]:
        lines.append(_row(COLOURS[c] for c in seen["colours"]))
    lines.append(_row(_ring(seen["rings"][k], seen["ring_centres"][k]) for k in strips))
    for row, name in enumerate(KEYS):
        lines.append(_row(_lamp(seen["leds"].get(f"{8 * row + k:02x}"), name) for k in strips))
    lines.append(_row(f"{'#' * bar:<11}" if not over else f"{'#' * bar:<10}*"[:11] for bar, over in _bars(seen)))
    lines.append("")
    columns = [_fader(place, seen["top"]) for place in seen["faders"]]
    lines += [_row(column[row] for column in columns) for row in range(ROWS)]
    lines.append(_row(str(place) for place in seen["faders"]))
    rest = [note for note in seen["leds"] if int(note, 16) >= 0x20]
    names = keys or {}
    lamps = " ".join(names.get(int(note, 16), note) + ("" if seen["leds"][note] == "on" else "~") for note in rest)
    lines += ["", f"[{seen['assignment']}]  [{seen['timecode']}]  lit: {lamps or '-'}"]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _row(parts: Any) -> str:
    return " ".join(f"{part:<{WIDTH}}" for part in parts)


def _ring(on: list[int], centre: bool) -> str:
    return "".join("o" if led in on else "'" if led == 6 and centre else "." for led in range(1, 12))


def _lamp(state: str | None, name: str) -> str:
    return f"[{name}]" if state == "on" else f"~{name}~" if state == "flash" else f" {name.lower()}"


def _bars(seen: dict[str, Any]) -> list[tuple[int, bool]]:
    return list(zip(seen["bars"], seen["over"], strict=True))


def _fader(place: int, top: int) -> list[str]:
    at = ROWS - 1 - round(place / top * (ROWS - 1))
    return ["=[###]=" if row == at else "   |" for row in range(ROWS)]
