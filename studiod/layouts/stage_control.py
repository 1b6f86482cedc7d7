"""A surface as a session of Open Stage Control: panels, faders, buttons and texts, as JSON.

It sends from the port that it listens on, so that a plain /subscribe reaches it.  Levels go as dB, with the desk's law
as the fader's range; what the app has no law for (frequencies, ratios) goes as a position.
"""

import json
import re
from itertools import count
from pathlib import Path
from typing import Any

from studiod.layouts import stage_scripts as scripts
from studiod.layouts.surface import BAR, CHOSEN, Book, Page, Part, Surface
from studiod.layouts.wanted import address, addresses, banks, patterns
from studiod.registry.laws import SEGMENTS, plain
from studiod.registry.param import Param
from studiod.registry.registry import Registry

HEAD = {"createdWith": "Open Stage Control", "version": "1.29.2", "type": "session"}
DECIMALS, FINE = 4, 6  # of plain values, of positions: what is sent is rounded to these
UNSEEN = scripts.UNSEEN  # parts what the app would take for its own
COLOURS = {"mute": "#cc3333", "solo": "#d9b31a", "on": "#26b34d"}

Widget = dict[str, Any]


def write(registry: Registry, surface: Surface, path: Path) -> None:
    """The session as a file.  Raises OSError."""
    path.write_text(json.dumps(session(registry, surface), indent=1, ensure_ascii=False) + "\n", "utf-8")


def session(registry: Registry, surface: Surface) -> dict[str, Any]:
    """The whole file."""
    return HEAD | {"content": _Writer(registry, surface).root()}


def spoken(registry: Registry, part: Part) -> str:
    """Where a part's value is set and told: plain, unless the app has no range that follows the law."""
    told = address(registry, part)
    one = registry.params.get(part.path.replace(CHOSEN, "1"))
    return told.removeprefix("/turn") if one is not None and one.kind == "number" and _has_range(one) else told


def _has_range(one: Param) -> bool:
    return one.law in ("fader", "line")


def ranged(one: Param) -> dict[str, Any]:
    """What a number's control goes over, by the desk's law."""
    if not _has_range(one):
        return {"min": 0, "max": 1}
    low, high = plain(one.low), plain(one.high)
    if one.law == "line":
        return {"min": low, "max": high}
    steps = {f"{turn * 100:g}%": level_db for turn, level_db, _ in reversed(SEGMENTS) if turn > 0.0}
    return {"min": {"-oo": low}, **steps, "max": high}


def ground(colour: str) -> str:
    """The colour behind a text, until a script sets its variable c; a text has no property for it but css."""
    return f"background-color: VAR{{c, {colour}}};"


def literal(label: str) -> str:
    """A label that the app shows as it is: no formula, no icon, no word with a meaning of its own."""
    apart = re.sub(r"(?<=[@#A-Z])(?=\{)|(?<=\^)", UNSEEN, label)
    return UNSEEN + apart if apart in ("auto", "false") else apart


class _Writer:
    """The widgets of one surface."""

    def __init__(self, registry: Registry, surface: Surface) -> None:
        self.registry, self.surface = registry, surface
        self.numbers = count(1)  # an id that two widgets share would make one follow the other
        self.chooser = ""

    def root(self) -> Widget:
        told = list(self.surface.parts())
        wanted = addresses(self.registry, told, spoken)
        w, h = self.surface.width, self.surface.height
        line = self.text("alive", (0, 0, w, BAR), scripts.LOST, css=ground(scripts.RED))
        heart = {"type": "variable", "id": "heart", "address": "/alive", "bypass": True, "onValue": scripts.heart()}
        strips = dict.fromkeys(part.path.removesuffix("/name") for part in told if part.kind == "name")
        pages = {"type": "panel", "id": "pages", "left": 0, "top": BAR, "width": w, "height": h - BAR}
        return {
            "type": "root", "id": "root", "width": w, "height": h, "innerPadding": False,
            "onCreate": scripts.root(patterns(wanted), banks(told)),
            "widgets": [line, heart, *map(self.colour, strips), pages | self.inside(self.surface.book)],
        }  # fmt: skip

    def inside(self, one: Page | Book) -> Widget:
        """What a panel or a tab holds: tabs, or widgets."""
        if isinstance(one, Book):
            return {"innerPadding": False, "tabs": [self.tab(page) for page in one.pages]}
        number = next(self.numbers)
        self.chooser = f"chosen_{number}"
        return {"innerPadding": False, "widgets": [w for part in one.parts for w in self.widgets(part, one)]}

    def tab(self, one: Page | Book) -> Widget:
        return {"type": "tab", "id": f"tab {next(self.numbers)}", "label": one.label} | self.inside(one)

    def colour(self, strip: str) -> Widget:
        """What colours a strip's names, wherever they stand."""
        return {"type": "variable", "id": f"{strip}/colour", "address": f"/{strip}/colour", "bypass": True,
                "onValue": scripts.colour(f"{strip}/name *")}  # fmt: skip

    def placed(self, kind: str, id: str, frame: tuple[int, int, int, int], **more: Any) -> Widget:
        x, y, w, h = frame
        return {"type": kind, "id": id, "left": x, "top": y, "width": w, "height": h, **more}

    def text(self, id: str, frame: tuple[int, int, int, int], words: str = "", **more: Any) -> Widget:
        return self.placed("text", id, frame, default=words, bypass=True, interaction=False, **more)

    def widgets(self, part: Part, page: Page) -> list[Widget]:
        id = f"{part.path or part.label} {next(self.numbers)}"
        if part.kind == "chooser":
            values = list(self.surface.strips)
            return [self.placed("dropdown", self.chooser, part.frame, values=values, default=values[0], bypass=True,
                                onCreate=scripts.choose(), onValue=scripts.choose())]  # fmt: skip
        if part.kind == "title":
            return [self.text(id, part.frame, part.label)]
        told = spoken(self.registry, part).replace(CHOSEN, f"@{{{self.chooser}}}")
        if part.kind in ("fader", "knob"):
            return [self.fader(part, id, told, page)]
        if part.kind == "meter":
            return [self.placed("fader", id, part.frame, address=told, design="compact", interaction=False, bypass=True,
                                decimals=DECIMALS, range={"min": 0, "max": 1})]  # fmt: skip
        if part.kind == "name":
            return [self.text(id, part.frame, part.label, address=told, css=ground(scripts.RGB["off"]),
                              onValue=scripts.NAME)]  # fmt: skip
        if part.kind == "shown":
            return [self.text(f"{self.chooser} {part.path} shown", part.frame)]
        if part.kind == "figure":
            return [self.text(id, part.frame, address=told, onValue=scripts.FIGURE)]
        return [self.button(part, id, told)]

    def fader(self, part: Part, id: str, told: str, page: Page) -> Widget:
        one = self.registry.params[part.path.replace(CHOSEN, "1")]
        turn = not _has_range(one)
        made = self.placed(
            "fader", id, part.frame, address=told, horizontal=part.kind == "knob", range=ranged(one), snap=False,
            default=one.to_turn(one.rest) if turn else plain(float(one.rest)), decimals=FINE if turn else DECIMALS,
            onTouch=scripts.touch(f"/touch/{part.path}", self.chooser),
        )  # fmt: skip
        if any(other.kind == "shown" and other.path == part.path for other in page.parts):
            made["onValue"] = scripts.number(one, f"{self.chooser} {part.path} shown", turn)
        return made

    def button(self, part: Part, id: str, told: str) -> Widget:
        mode = {"switch": "toggle", "hold": "push", "action": "tap"}[part.kind]
        one = self.registry.params.get(part.path.replace(CHOSEN, "1"))
        whole = one is None or one.kind == "switch"
        made = self.placed("button", id, part.frame, address=told, mode=mode, label=literal(part.label), on=1, off=0,
                           typeTags="i" if whole else "f", decimals=0)  # fmt: skip
        if one is not None and part.kind == "switch":
            made["default"] = int(one.to_turn(one.rest))
        if (name := part.path.rpartition("/")[2]) in COLOURS:
            made["colorWidget"] = COLOURS[name]
        return made
