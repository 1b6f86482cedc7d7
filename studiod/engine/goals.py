"""Which goals of which units a change of the desk moves: from paths and plain values to cells of the rack."""

import re
from collections.abc import Callable, Iterable, Mapping

from studiod.engine.cells import GAIN_MS, KINDS, SWITCH_MS, Cells, Entry, Values
from studiod.engine.console_goals import Around
from studiod.engine.effect_goals import Effects
from studiod.engine.filter_goals import SIDE_CHAIN, SIDE_CHAINS, Filters
from studiod.engine.output_goals import Outputs
from studiod.engine.source_goals import Points
from studiod.engine.strip_goals import Strips
from studiod.realtime import layout as r
from studiod.realtime import sections
from studiod.realtime.rack import Rack
from studiod.registry.points import TOOLS
from studiod.registry.registry import Registry, Value

Method = Callable[[list[Entry], Values, int, int, int, int], None]
Key = tuple[Method, int, int, int]  # what to work out again: a part's method, bank, lane, index
Hung = tuple[int, tuple[int, ...]]  # how a path moves, and what hangs on it
# How a path moves what hangs on it: the level of a send, without which the rest of the send stands; a glide; a step.
LEVEL, GLIDE, SWITCH = range(3)
SEND_LEVEL = re.compile(r".+/send/\d+/level")
UNHEARD = ("name", "colour", "safe", "automation")  # below a strip, an input or a group
UNSOUNDED = ("status", "recorder", "transport", "automation", "tap", "surface")  # heads of which not every path sounds


class Aims:
    """Works out goals for one rack, by its parts: what stands in strips, what reads points, and so on."""

    def __init__(self, rack: Rack, registry: Registry) -> None:
        self.registry = registry
        self.cells = Cells(rack, registry)
        self.filters, self.points = Filters(self.cells), Points(self.cells)
        self.strips, self.outputs = Strips(self.cells), Outputs(self.cells)
        self.effects = Effects(self.cells, self.points)
        self.around = Around(self.cells, self.points, self.filters, self.strips)
        self._works: list[Key] = []  # by number
        self._numbers: dict[Key, int] = {}
        self._hung: dict[str, Hung] = {}  # by path
        self._alike: dict[Hung, Hung] = {}  # one for all paths of which the same hangs in the same way
        for unit, row, ms in self.fade_rows():
            rack.state(unit)[row] = round(ms * self.cells.rate_hz / 1000.0)

    def fade_rows(self) -> Iterable[tuple[int, int, float]]:
        """(unit, row, ms) of every number of frames that a unit takes by itself."""
        for number, unit in sections.units(self.cells.rack.size):
            for row, ms in (unit.fades or {}).items():
                yield number, row, ms

    def entries(self, changed: Mapping[str, Value], values: Values) -> list[Entry]:
        """One entry for every cell that the changes move."""
        try:
            hung = {id(one): one for one in map(self._hung.__getitem__, changed)}  # many paths share theirs
        except KeyError:
            hung = {id(one): one for one in [self._hung.get(path) or self._hang(path) for path in changed]}
        moves: dict[int, int] = {}
        works = self._works
        for move, numbers in hung.values():
            for number in numbers:
                if moves.get(number, -1) < move:
                    moves[number] = move
        self.cells.groups.refresh(values, changed)
        self.strips.anew()
        out: list[Entry] = []
        glide, step = self.cells.frames[GAIN_MS], self.cells.frames[SWITCH_MS]
        level = self.strips.send if self.cells.astray else self.strips.level
        for number, move in moves.items():
            work_out, bank, lane, index = works[number]
            if move == LEVEL:
                level(out, values, glide, bank, lane, index)
            else:
                work_out(out, values, step if move == SWITCH else glide, bank, lane, index)
        self.points.change(taping=values["recorder/state"] == "record")
        self.points.hearers.let_go(out)
        return out

    def forget(self) -> None:
        """What was worked out last never came to be: the values were taken back."""
        for part in (self.cells, self.strips, self.filters, self.points):
            part.forget()

    def _hang(self, path: str) -> Hung:
        """Looked up once: which works a path moves, by their numbers."""
        numbers = []
        for key in self.served(path):
            if key not in self._numbers:
                self._numbers[key] = len(self._works)
                self._works.append(key)
            numbers.append(self._numbers[key])
        move = SWITCH if self.registry.params[path].kind != "number" else GLIDE
        if SEND_LEVEL.fullmatch(path):
            move = LEVEL
        found = move, tuple(numbers)
        found = self._hung[path] = self._alike.setdefault(found, found)
        return found

    def served(self, path: str) -> tuple[Key, ...]:
        """What hangs on a path.  Raises LookupError for one that should sound and moves nothing."""
        keys = tuple(self._hangs(path))
        if not keys and path.rpartition("/")[2] not in UNHEARD and path.partition("/")[0] not in UNSOUNDED:
            raise LookupError(f"{path}: no goal of the engine hangs on it")
        return keys

    # -- which path moves what ---------------------------------------------------------------------------------------

    def _hangs(self, path: str) -> Iterable[Key]:
        part = path.split("/")
        if part[0] in (*KINDS, "return"):
            strip = part[0] if part[0] == "main" else "/".join(part[:2])
            tail = part[1:] if part[0] == "main" else part[2:]
            for bank, lane in self.cells.lanes_of(strip):
                yield from self._strip(bank, lane, tail)
        elif part[0] == "fx":
            yield from ((self.effects.effect, 0, int(part[1]) - 1, 0),)
            if part[2] == "source":
                yield self.effects.feed, 0, int(part[1]) - 1, 0
        elif path == "tempo":
            yield from ((self.effects.effect, 0, slot, 0) for slot in range(self.cells.returns))
            yield self.around.count, 0, 0, 0
        elif path == "automix/on":
            yield from ((self.strips.share, 0, lane, 0) for lane in range(self.cells.channels))
        elif part[0] == "output" and len(part) == 3:
            points, outputs = self.points, self.outputs
            of = {"source": points.pick, "tap": points.pick, "ceiling": outputs.top, "delay": outputs.late}
            yield of.get(part[2], outputs.level), 0, int(part[1]) - 1, 0
        elif path == "output/mute":
            yield from ((self.outputs.level, 0, lane, 0) for lane in range(self.cells.outputs))
        elif path in ("config/pan_law", "config/mute_pre"):
            for bank, lane in self.cells.every():
                yield from self._mixes(bank, lane)
        elif part[0] == "recorder" and part[1] in ("state", "track"):
            chosen = range(1, self.cells.channels + 1) if part[1] == "state" else (int(part[2]),)
            yield from ((self.points.record, 0, track, 0) for track in chosen)
        elif path == "transport/soundcheck":
            yield from ((self.points.source, 0, lane, 0) for lane in range(self.cells.channels))
        elif part[0] == "meter":
            yield self.points.tap if part[1] == "tap" else self.points.ear, 0, 0, 0
        else:
            yield from self._around(part)

    def _around(self, part: list[str]) -> Iterable[Key]:
        """Groups, solo, monitor and tools."""
        if part[0] in ("dca", "mutegroup") and part[2] in ("fader", "mute", "on"):
            work = self.around.dca if part[2] == "fader" else self.around.mutes
            yield work, 0, int(part[1]), int(part[0] == "mutegroup")
        elif part[-1] == "solo" or part[0] == "solo":
            yield self.around.solos, 0, 0, 0
        elif part[0] == "monitor":
            yield self.around.watched if part[1] == "source" else self.around.monitor, 0, 0, 0
            if part[1] == "translate":
                yield self.around.translate, 0, 0, 0
            if part[1:] == ["speaker"]:
                yield from ((self.outputs.level, 0, lane, 0) for lane in range(self.cells.outputs))
        elif part[0] in TOOLS and part[1] == "to":
            tool, bank = TOOLS.index(part[0]), -1 if part[2] == "main" else KINDS.index(part[2].replace("return", "ch"))
            lanes = self.cells.lanes_of("/".join(part[2:])) if bank >= 0 else ((0, 0),)
            yield from ((self.around.reach, bank, tool, lane) for _, lane in lanes)
        elif part[0] in ("generator", "click"):
            yield self.around.generate if part[0] == "generator" else self.around.count, 0, 0, 0
        elif part[0] == "talkback":
            yield self.around.talk, 0, 0, 0
            yield self.around.monitor, 0, 0, 0

    def _sends(self, bank: int, lane: int) -> Iterable[Key]:
        yield from ((self.strips.send, bank, lane, m) for m in self.cells.sends_of(bank))

    def _mixes(self, bank: int, lane: int) -> Iterable[Key]:
        """Every crossing of a lane with what comes after it."""
        if bank in (r.INPUT_BANK, r.BUS_BANK):
            yield self.strips.main, bank, lane, 0
        if bank != r.MAIN_BANK:
            yield self.strips.solo, bank, lane, 0
        yield from self._sends(bank, lane)

    def _strip(self, bank: int, lane: int, tail: list[str]) -> Iterable[Key]:
        head, last = tail[0], tail[-1]
        filters, strips = self.filters, self.strips
        alone = {"hpf": filters.hpf, "lpf": filters.lpf, "delay": strips.delay, "fader": strips.fader}
        alone["source"] = self.points.source
        if head in SIDE_CHAINS and tail[1] in SIDE_CHAIN:
            work = self.points.key if last == "key" else self.filters.side_chain
            yield from ((work, bank, lane, place) for place in SIDE_CHAINS[head])
        elif head in self.strips.units:
            yield self.strips.unit, bank, lane, self.strips.units[head].number
            if tail == ["comp", "position"]:
                yield from ((self.filters.side_chain, bank, lane, place) for place in SIDE_CHAINS[head])
        elif head in alone:
            yield alone[head], bank, lane, 0
            if head == "source" and bank == r.INPUT_BANK and lane < self.cells.channels:
                yield self.points.record, 0, lane + 1, 0
        elif head == "arm":
            yield self.points.record, 0, lane + 1, 0
        elif head == "eq":
            bands = range(r.EQ_BANDS[bank]) if tail[1] == "on" else (int(tail[1]) - 1,)
            yield from ((self.filters.eq, bank, lane, band) for band in bands)
        elif head == "send":
            m = int(tail[1])
            pair = (m, m + 1) if m % 2 else (m,)  # the odd one may serve both
            yield from ((self.strips.send, bank, lane, n) for n in pair if n in self.cells.sends_of(bank))
        elif head in ("trim", "polarity"):
            yield self.strips.trim, bank, lane, 0
        elif head in ("mute", "dca", "mutegroup"):
            yield self.strips.fader, bank, lane, 0
            yield from self._sends(bank, lane)
            if head == "dca":
                yield self.around.solos, 0, 0, 0
        elif head in ("solo", "solo_safe"):
            yield self.around.solos, 0, 0, 0
        elif head == "automix":
            yield self.strips.share, bank, lane, 0
        elif head == "insert":
            yield self.effects.inserted, 0, 0, 0
        elif head in ("pan", "balance", "width", "link"):
            yield from self._placed(bank, lane, head)
        elif head == "main":
            yield self.strips.main, bank, lane, 0
        elif head == "limiter":
            yield self.strips.limit, bank, 0, 0

    def _placed(self, bank: int, lane: int, head: str) -> Iterable[Key]:
        """What hangs on where a strip stands, and on its being half of a pair."""
        lanes, channels = self.cells.lanes, self.cells.channels
        alone = head in ("pan", "width") or bank == r.MAIN_BANK or (bank == r.INPUT_BANK and lane >= channels)
        for one in (lane,) if alone or lane + 1 >= lanes[bank] else (lane, lane + 1):
            yield from self._mixes(bank, one)
            if bank in (r.MAIN_BANK, r.MATRIX_BANK):
                yield self.strips.fader, bank, one, 0
            if head == "link":
                numbers = self.strips.linked(self.cells.name(bank, one))
                yield from ((self.strips.unit, bank, one, number) for number in numbers)
        if head == "link":
            yield from ((self.points.ear, 0, 0, 0), (self.around.watched, 0, 0, 0), (self.effects.inserted, 0, 0, 0))
            yield from ((self.effects.feed, 0, slot, 0) for slot in range(self.cells.returns))
            yield from ((self.points.source, 0, c, 0) for c in range(channels, lanes[0]))
            feeders = {r.BUS_BANK: (r.INPUT_BANK,), r.MATRIX_BANK: (r.BUS_BANK, r.MAIN_BANK)}.get(bank, ())
            for feeder in feeders:
                for n in (lane + 1, lane + 2):
                    yield from ((self.strips.send, feeder, c, n) for c in range(lanes[feeder]) if n <= lanes[bank])
