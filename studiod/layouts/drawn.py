"""A console's surface: which pages there are, for who works the desk and for a musician with one mix."""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from studiod.errors import Fault
from studiod.layouts.parts import CELL, SEND, STRIP, called, cell, column, send
from studiod.layouts.surface import (
    BAR,
    CHOSEN,
    GAP,
    HEIGHTS,
    TABS,
    WIDTHS,
    Book,
    Frame,
    Page,
    Part,
    Surface,
    columns,
    cut,
)  # fmt: skip
from studiod.registry.meter_banks import MAIN
from studiod.registry.pattern import compiled
from studiod.registry.registry import Registry
from studiod.registry.roles import BUS

STRIPS, SENDS = 8, 16  # on a page, at most
UNITS = ("trim", "polarity", "hpf", "lpf", "gate", "eq", "comp", "delay")  # of a strip, in the order of its page
GROUPS = (("Returns", "return", "returns"), ("Buses", "bus", "buses"), ("Matrices", "matrix", "matrices"),
          ("DCAs", "dca", "dcas"))  # fmt: skip
LISTENING = ("dim", "mono", "mute")
HELD = "talkback/on"  # open as long as it is pressed
DECKS = ("transport/state", "recorder/state", "transport/loop/on", "transport/soundcheck")  # two positions each
PLACES = (("/locate/previous", "previous"), ("/locate/next", "next"), ("/marker/add", "mark"))
CUES = (("/cue/previous", "cue ◀"), ("/cue/next", "cue ▶"), ("/undo", "undo"), ("/redo", "redo"))


def drawn(
    registry: Registry, role: str, strips: Sequence[int], scenes: Sequence[str], width: int, height: int
) -> Surface:
    """The surface of a role, for a screen of so many px.  strips: numbers of channels, () for all.  Raises Fault."""
    for word, value, (low, high) in (("--width", width, WIDTHS), ("--height", height, HEIGHTS)):
        if not low <= value <= high:
            raise Fault(f"{word}: expected {low} to {high} px; got {value}")
    count = registry.console.channels
    if missing := [n for n in strips if not 1 <= n <= count]:
        raise Fault(
            f"--strips: there is no ch/{missing[0]}; this console has ch/1 to ch/{count} (--config says another)"
        )
    numbers = tuple(dict.fromkeys(strips)) or tuple(range(1, count + 1))
    draw = _Drawing(registry, numbers, width, height)
    bus = _bus(registry, role)
    if bus:
        return Surface(width, height, Book("", (*draw.mix(bus, 1), *draw.own(bus))))
    return Surface(width, height, Book("", tuple(draw.whole(scenes))), numbers)


def _bus(registry: Registry, role: str) -> int:
    """The bus of a musician; 0: the role works the desk.  Raises Fault."""
    if role in ("mix", "admin"):
        return 0
    own = {f"bus:{bus}": bus for bus in range(1, registry.console.buses + 1)}
    if role not in own:
        raise Fault(f"--role: expected mix, or bus:1 to bus:{len(own)}; got {role[:40]!r}")
    return own[role]


class _Drawing:
    """The pages of one console on one screen."""

    def __init__(self, registry: Registry, numbers: tuple[int, ...], width: int, height: int) -> None:
        self.registry, self.width, self.height = registry, width, height
        self.channels = [f"ch/{n}" for n in numbers]
        self.sources = [*self.channels, *self._all("return", "returns")]

    def _all(self, kind: str, size: str) -> list[str]:
        return [f"{kind}/{n}" for n in range(1, getattr(self.registry.console, size) + 1)]

    def _room(self, tabs: int) -> int:
        """How high a page is below so many rows of tabs."""
        return self.height - BAR - tabs * TABS

    def row(
        self, items: Sequence[str], least: int, most: int, tabs: int, parts: Callable[[str, Frame], list[Part]]
    ) -> list[Page]:
        """Items side by side, on as many pages as they need."""
        count = columns(self.width, least, most)
        wide = self.width // count
        return [
            Page(
                _label(some),
                tuple(p for k, item in enumerate(some) for p in parts(item, (k * wide, 0, wide, self._room(tabs)))),
            )
            for some in cut(list(items), count)
        ]

    def strips(self, label: str, paths: Sequence[str], tabs: int = 2) -> Book:
        return Book(label, tuple(self.row(paths, STRIP, STRIPS, tabs, lambda at, f: column(self.registry, at, f))))

    def mix(self, bus: int, tabs: int) -> list[Page]:
        """Every send into a bus."""
        return self.row(self.sources, SEND, SENDS, tabs, lambda at, frame: send(self.registry, at, bus, frame))

    def cells(
        self, label: str, items: Sequence[Part | str], tabs: int, top: int = 0, head: tuple[Part, ...] = ()
    ) -> list[Page]:
        """Parameters and actions in a grid, below `top` px of a head, on as many pages as they need."""
        across = columns(self.width, CELL[0], 12)
        down = max(1, (self._room(tabs) - top) // CELL[1])
        w, h = self.width // across, (self._room(tabs) - top) // down
        found = []
        for number, some in enumerate(cut(list(items), across * down)):
            parts = list(head)
            for k, item in enumerate(some):
                x, y = k % across * w, top + k // across * h
                if isinstance(item, str):
                    parts += cell(self.registry, item, (x, y, w, h))
                else:
                    inner = (x + GAP, y + GAP, w - 2 * GAP, h - 2 * GAP)
                    parts.append(Part(item.kind, item.path, inner, item.label))
            found.append(Page(label if not number else f"{label} {number + 1}", tuple(parts)))
        return found

    def own(self, bus: int) -> list[Page]:
        """A bus's own strip and its EQ."""
        path = f"bus/{bus}"
        may = [compiled(pattern.replace("N", str(bus))).fits for pattern in BUS]
        frame = (0, 0, min(self.width, 2 * STRIP), self._room(1))
        strip = column(self.registry, path, frame, may=lambda one: any(fits(one) for fits in may))
        eq = [one for one in self.registry.params if one.startswith(f"{path}/eq/") and self._shown(one)]
        return [Page(f"Bus {bus}", tuple(strip)), *self.cells("EQ", eq, 1)]

    def _shown(self, path: str) -> bool:
        return self.registry.params[path].kind in ("number", "switch")

    def detail(self) -> Book:
        """One channel at a time: all that its units have of numbers and switches."""
        first = f"{self.channels[0]}/"
        names = [path.removeprefix(first) for path in self.registry.params if path.startswith(first)]
        some = [f"ch/{CHOSEN}/{name}" for unit in UNITS for name in names if name.split("/")[0] == unit
                and self._shown(first + name)]  # fmt: skip
        head = (Part("chooser", f"ch/{CHOSEN}", (0, 0, self.width, TABS)),)
        return Book("Strip", tuple(self.cells("Strip", some, 2, TABS, head)))

    def main(self) -> Book:
        """The mains, the monitor, the talkback, and how loud it is."""
        tall = self._room(2)
        wide = min(self.width // 3, 2 * STRIP)
        parts = [*column(self.registry, "main", (0, 0, wide, tall)),
                 *column(self.registry, "monitor", (wide, 0, wide, tall), "level")]  # fmt: skip
        x, y, w = 2 * wide + GAP, GAP, self.width - 2 * wide - 2 * GAP
        figures = [(name, unit) for name, unit in MAIN if not name.startswith(("peak", "rms"))]
        each = max(1, (tall - 2 * GAP) // (len(figures) + 2))
        for k, (name, unit) in enumerate(figures):
            told = f"{name.replace('_', ' ')} {unit}".strip()
            parts.append(Part("title", "", (x, y + k * each, w // 2, each), told))
            parts.append(Part("figure", f"main/{name}", (x + w // 2, y + k * each, w - w // 2, each)))
        parts.append(Part("hold", HELD, (x, y + len(figures) * each, w, 2 * each), "TALK"))
        return Book("Main", (Page("Main", tuple(parts)),))

    def whole(self, scenes: Sequence[str]) -> list[Book]:
        """All books of who works the desk."""
        console = self.registry.console
        books = [self.strips("Strips", self.channels)]
        books += [self.strips(label, self._all(kind, size)) for label, kind, size in GROUPS if getattr(console, size)]
        books.insert(1, Book("Sends", tuple(
            Book(f"Bus {bus}", tuple(self.mix(bus, 3))) for bus in range(1, console.buses + 1)
        )))  # fmt: skip
        books.insert(2, self.detail())
        books.append(self.main())
        recalls = [Part("action", f"/scene/recall/{quote(name, safe='')}", (0, 0, 0, 0), name) for name in scenes]
        cues = [Part("action", path, (0, 0, 0, 0), label) for path, label in CUES]
        groups = [f"mutegroup/{n}/on" for n in range(1, console.mute_groups + 1)]
        books.append(Book("Scenes", tuple(self.cells("Scenes", [*cues, *recalls, *groups], 2))))
        places = [Part("action", path, (0, 0, 0, 0), label) for path, label in PLACES]
        decks = [Part("switch", path, (0, 0, 0, 0), _deck(self.registry, path)) for path in DECKS]
        books.append(Book("Transport", tuple(self.cells("Transport", [*decks, *places], 2))))
        return books


def _label(paths: Sequence[str]) -> str:
    """Of a page with these strips: 1–8 for channels, Return 1–4, 9–Return 2."""
    (kind, _, first), (other, _, last) = paths[0].partition("/"), paths[-1].partition("/")
    begin = first if kind == "ch" else called(paths[0])
    if len(paths) == 1:
        return begin
    return f"{begin}–{last if kind == other else called(paths[-1])}"


def _deck(registry: Registry, path: str) -> str:
    """What pressing it does: play, record; of a switch its name."""
    items = registry.params[path].items
    return items[-1] if items else path.partition("/")[2]
