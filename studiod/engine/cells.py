"""Cells of a rack as an aim writes them: entries for the queue, and what each unit was asked for last."""

from collections.abc import Iterator, Mapping
from types import ModuleType

from studiod.engine import gains
from studiod.engine.groups import Groups
from studiod.realtime import layout as r
from studiod.realtime import queue
from studiod.realtime.rack import Rack
from studiod.registry.registry import Registry, Value

Values = Mapping[str, Value]
Entry = tuple[int, float, int]
Rows = tuple[list[Entry], int, tuple[float, ...]]  # cells from the first of a lane on; row and goals of what is asked
GAIN_MS, SWITCH_MS = 20.0, 5.0
KINDS = ("ch", "bus", "main", "matrix")  # by bank


class Cells:
    """What every part of the goals of one rack holds."""

    def __init__(self, rack: Rack, registry: Registry) -> None:
        words = rack.words
        self.rack, self.registry = rack, registry
        self.rate_hz = int(words[r.RATE])
        self.channels, self.buses = int(words[r.CHANNELS]), int(words[r.BUSES])
        self.outputs, self.inputs = int(words[r.OUTPUTS]), int(words[r.INPUTS])
        self.returns = int(words[r.RETURNS])
        self.matrices = int(words[r.MATRICES])
        self.lanes = (self.channels + 2 * self.returns, self.buses, 2, self.matrices)
        self.wide = tuple(r.SIDES + (self.matrices if bank else self.buses) for bank in r.BANKS)  # destinations
        self.groups = Groups(registry)
        # all that units are compared with: every strip of a kind has the same
        self.declared = {path: param for path, param in registry.params.items() if of_the_first(path)}
        self.frames = {ms: round(ms * self.rate_hz / 1000.0) for ms in (GAIN_MS, SWITCH_MS)}
        self.now, self.latest, self.early = 0, 0, False  # frames: run, posted; the next change overtakes another
        self._exchanged: dict[tuple[int, int], tuple[float, ...]] = {}
        self._astray: dict[tuple[int, ...], int] = {}  # until that frame the rack need not hold what was asked for last
        self._names = [[self._name(bank, lane) for lane in range(self.lanes[bank])] for bank in r.BANKS]

    def forget(self) -> None:
        """What was asked for last may never have come to be: all of it is asked for again."""
        self.groups.forget()
        self._exchanged.clear()

    def cell(self, unit: int, row: int, lane: int) -> int:
        """The queue's name of a cell of a unit."""
        return queue.slot(unit, row, lane)

    def name(self, bank: int, lane: int) -> str:
        """The strip that a lane belongs to."""
        return self._names[bank][lane]

    def _name(self, bank: int, lane: int) -> str:
        if bank == r.INPUT_BANK and lane >= self.channels:
            return f"return/{(lane - self.channels) // 2 + 1}"
        return KINDS[bank] if bank == r.MAIN_BANK else f"{KINDS[bank]}/{lane + 1}"

    def side(self, lane: int) -> int:
        """Which side of its return strip a lane of the inputs bank is; 0 for a channel."""
        return (lane - self.channels) % 2 if lane >= self.channels else 0

    def side_of(self, bank: int, lane: int) -> int:
        """Which side of a stereo strip a lane of any bank is; 0 for a mono one."""
        return lane if bank == r.MAIN_BANK else self.side(lane) if bank == r.INPUT_BANK else 0

    def lanes_of(self, strip: str) -> tuple[tuple[int, int], ...]:
        """(bank, lane) of each lane of a strip."""
        kind, _, number = strip.partition("/")
        if kind == "main":
            return (r.MAIN_BANK, 0), (r.MAIN_BANK, 1)
        if kind == "return":
            first = self.channels + 2 * (int(number) - 1)
            return (r.INPUT_BANK, first), (r.INPUT_BANK, first + 1)
        return ((KINDS.index(kind), int(number) - 1),)

    def every(self, kinds: tuple[str, ...] = (*KINDS, "return")) -> Iterator[tuple[int, int]]:
        """(bank, lane) of each lane of the strips of some kinds."""
        for strip in self.groups.strips:
            if strip.startswith(kinds):
                yield from self.lanes_of(strip)

    def sends_of(self, bank: int) -> range:
        """Where the sends of a bank go: buses of the inputs bank, matrices of the others."""
        return range(1, (self.buses, self.matrices, self.matrices, 0)[bank] + 1)

    def pair(self, values: Values, bank: int, lane: int) -> int:
        """Whether a lane's detectors follow the louder of two."""
        return int(bank == r.MAIN_BANK or gains.linked(values, KINDS[bank], lane + 1))

    @property
    def astray(self) -> bool:
        """Whether any change that was posted for later may have overtaken another."""
        return bool(self._astray)

    def doubtful(self, what: tuple[int, ...], fresh: bool) -> bool:
        """Whether a change posted for later may yet overwrite what was asked for last; fresh: this asks for another."""
        if fresh and self.early:
            self._astray[what] = self.latest
        return bool(self._astray) and self._astray.get(what, -1) >= self.now

    def steady(self, out: list[Entry], unit: int, row: int, lane: int, goal: float, frames: int) -> None:
        """A glide to a goal, unless it is on its way there or has arrived."""
        what, goals = (unit, lane), (goal,)
        fresh = self._exchanged.get(what) != goals
        if self.doubtful(what, fresh) or fresh:
            self._exchanged[what] = goals
            out.append((self.cell(unit, row, lane), goal, frames))

    def rows(self, made: ModuleType, goals: Mapping[int, float]) -> Rows:
        """The goals of `aim` of a unit on one lane: some rows glide, others are written, some are asked for."""
        glide, glides = self.frames[GAIN_MS], made.GLIDES
        rows = [(row * queue.ROW, value, glide if row in glides else queue.PLAIN) for row, value in goals.items()]
        asked = getattr(made, "ASKED", ())
        return rows, made.ASK if asked else -1, tuple([goals[row] for row in asked])

    def put(self, out: list[Entry], unit: int, lane: int, rows: Rows) -> None:
        """Rows of one lane of a unit."""
        written, ask, wanted = rows
        first = self.cell(unit, 0, lane)
        out += [(first + row, value, frames) for row, value, frames in written]
        if wanted:
            self.ask(out, unit, ask, lane, wanted)

    def whole(self, out: list[Entry], unit: int, made: ModuleType, goals: Mapping[tuple[int, int], float]) -> None:
        """The goals of `aim` of a unit whose settings stand on several lanes, by (row, lane)."""
        own_ms = getattr(made, "GLIDES_MS", {})
        for (row, lane), goal in goals.items():
            if row not in getattr(made, "FADES", {}):  # set once for all
                ms = own_ms.get((row, lane), GAIN_MS)
                glides = round(ms * self.rate_hz / 1000.0) if row in made.GLIDES else queue.PLAIN
                out.append((self.cell(unit, row, lane), goal, glides))

    def ask(self, out: list[Entry], unit: int, row: int, lane: int, wanted: tuple[float, ...]) -> None:
        """Ask a unit to exchange what cannot glide, when it differs from what it was asked for last."""
        fresh = self._exchanged.get((unit, lane)) != wanted
        if self.doubtful((unit, lane), fresh) or fresh:
            self._exchanged[unit, lane] = wanted
            out.append((self.cell(unit, row, lane), 2.0, queue.MOST))


def of_the_first(path: str) -> bool:
    """Whether it is of the first strip, slot or output of its kind, or of what there is only one of."""
    number = path.split("/", 2)[1:2]
    return number == ["1"] or not number or not number[0].isdigit()
