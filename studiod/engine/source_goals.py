"""Goals of everything that reads a point: sources, keys, outputs, and what the meters listen to."""

from dsp import ceiling, delay, gain, meter
from dsp import source as patch
from studiod.engine import gains
from studiod.engine.cells import KINDS, Cells, Entry, Values
from studiod.engine.strip_goals import GATE_PLACE
from studiod.realtime import layout as r
from studiod.realtime import queue
from studiod.realtime.rack import Rack
from studiod.registry.multitrack import recorded
from studiod.registry.points import TOOLS
from studiod.registry.points import sides as stereo_sides
from studiod.registry.registry import Registry

Column = tuple[int, int, int]  # of a ring: first cell, stride, frames late
STAGES = {"input": -2, "track": -2, "talkback": -1, "generator": -1, "click": -1, "ch": r.INPUT_BANK,
          "return": r.INPUT_BANK, "bus": r.BUS_BANK, "main": r.MAIN_BANK, "matrix": r.MATRIX_BANK,
          "fx": 4, "monitor": 5}  # fmt: skip
TOOL_STAGE, FX_STAGE, MONITOR_STAGE, LAST_STAGE = -1, 4, 5, 6  # of a reader; nothing is late for the last


class Points(Cells):
    """Each method adds the entries of one reader."""

    def __init__(self, rack: Rack, registry: Registry) -> None:
        super().__init__(rack, registry)
        self._sources: dict[tuple[int, int], Column] = {}
        self.taping = False  # whether a take had begun before this transaction

    def column(self, point: str, tap: int, stage: int) -> Column:
        """Where a point's sound lies for a reader at a stage; what is not yet made there is read a quantum late."""
        kind, _, name = point.partition("/")
        if kind == "none":
            return self.rack.column(r.SILENCE, 0)[0], 0, 0
        if kind == "input":
            return (*self.rack.column(r.INPUT_RING, int(name) - 1), 0)
        if kind == "track":
            return (*self.rack.column(r.TRACK_RING, int(name)), 0)
        late = patch.LATE if STAGES[kind] >= stage else 0
        if kind in ("return", "fx"):
            n, side = int(name[:-2]) - 1, "lr".index(name[-1])
            unit = r.RING_1 + tap if kind == "return" else r.FX_1 + r.FX_UNITS * n + r.FX_RING
            return (*self.rack.column(unit, self.channels + 2 * n + side if kind == "return" else side), late)
        if kind in TOOLS:
            return (*self.rack.column(r.TOOL_RING, TOOLS.index(kind)), late)
        if kind == "monitor":
            return (*self.rack.column(r.MONITOR_RING, "lr".index(name)), late)
        bank = KINDS.index(kind)
        lane = "lr".index(name[-1]) if bank == r.MAIN_BANK else int(name) - 1
        unit = bank * r.UNITS_A_BANK + r.RING_1 + tap
        if bank == r.MAIN_BANK and tap == r.TAP_POST_FADER and "pre_limiter" not in name:
            unit = r.LIMITED
        return (*self.rack.column(unit, lane), late)

    def sides(self, values: Values, point: str) -> tuple[str, str]:
        """The left and the right point of a stereo reader; a mono point is heard on the left alone."""
        kind, _, name = point.partition("/")
        if point in self.registry.stereo and point not in self.registry.points:
            return stereo_sides(point)
        if name.isdigit() and kind in ("ch", "bus", "matrix") and gains.linked(values, kind, int(name)):
            odd = gains.odd(int(name))
            return f"{kind}/{odd}", f"{kind}/{odd + 1}"
        return point, "none"

    def both(self, values: Values, point: str) -> tuple[str, str]:
        """The same, but a mono point is heard on both sides."""
        left, right = self.sides(values, point)
        return left, left if right == "none" else right

    def route(self, out: list[Entry], unit: int, lane: int, column: Column) -> None:
        fresh = self._sources.get((unit, lane)) != column
        if not self.doubtful((unit, lane), fresh) and not fresh:
            return
        self._sources[unit, lane] = column
        for k, value in enumerate(column):
            out.append((self.cell(unit, patch.NEXT_BASE + k, lane), float(value), queue.PLAIN))
        out.append((self.cell(unit, patch.ASK, lane), 2.0, queue.MOST))

    def source(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        point = str(v[f"{self.name(bank, lane)}/source"])
        if lane >= self.channels:
            point = self.both(v, point)[self.side(lane)]
        elif v["transport/soundcheck"] and point.startswith("input/") and int(point[6:]) <= self.channels:
            point = f"track/{point[6:]}"
        self.route(out, r.PATCH_IN, lane, self.column(point, r.TAP_POST_FADER, r.INPUT_BANK))

    def key(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, place: int) -> None:
        """What a detector listens to: strips before their faders, so that a key need not be heard."""
        at = f"{self.name(bank, lane)}/{'gate' if place == GATE_PLACE else 'comp'}/key"
        point = str(v[at])
        own = point == "none"
        tap = r.TAP_POST_FADER if point.startswith("main") else r.TAP_PRE_FADER
        column = (patch.OWN, 0, 0) if own else self.column(point, tap, bank)
        self.route(out, bank * r.UNITS_A_BANK + r.SIDE_1 + r.SIDE_UNITS * place + r.KEY, lane, column)

    def pick(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        tap = gains.TAPS[str(v[f"output/{lane + 1}/tap"])]
        self.route(out, r.PATCH_OUT, lane, self.column(str(v[f"output/{lane + 1}/source"]), tap, LAST_STAGE))

    def level(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        at = f"output/{lane + 1}"
        silent = v[f"{at}/mute"] or v["output/mute"] or v[f"{at}/speaker"] not in ("any", v["monitor/speaker"])
        goal = 0.0 if silent else gain.aim(float(v[f"{at}/trim"])) * (-1.0 if v[f"{at}/polarity"] else 1.0)
        out.append((self.cell(r.OUT_GAIN, gain.GAIN, lane), goal, frames))

    def late(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        late = delay.aim(1, float(v[f"output/{lane + 1}/delay"]), self.rate_hz)
        out.append((self.cell(r.OUT_DELAY, delay.NEXT, lane), late, queue.PLAIN))
        out.append((self.cell(r.OUT_DELAY, delay.ASK, lane), 2.0, queue.MOST))

    def top(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        goal = ceiling.aim(float(v[f"output/{lane + 1}/ceiling"]))
        out.append((self.cell(r.OUT_CEILING, ceiling.CEILING, lane), goal, frames))

    def ear(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """What the analysers hear: loudness on lanes 0 and 1, the spectrum on 2 and 3."""
        heard = self.sides(v, str(v["meter/loudness"])), self.both(v, str(v["meter/rta"]))
        for first, both in zip((0, 2), heard, strict=True):
            for side, point in enumerate(both):
                self.route(out, r.PATCH_EAR, first + side, self.column(point, r.TAP_POST_FADER, LAST_STAGE))

    def record(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """What feeds a track of the recorder; a take keeps what it began with."""
        if self.taping and v["recorder/state"] == "record":
            return
        armed = v[f"ch/{lane}/arm"]
        point = recorded(v, lane, self.registry.console.inputs)
        column = self.column(point, r.TAP_POST_FADER, LAST_STAGE) if armed else (patch.OWN, 0, 0)
        self.route(out, r.PATCH_REC, lane, column)

    def tap(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """Where strips are metered; the mains always at their end."""
        for bank in (r.INPUT_BANK, r.BUS_BANK):
            tap = float(gains.TAPS[str(v["meter/tap"])])
            out.append((self.cell(bank * r.UNITS_A_BANK + r.METER, meter.TAP, 0), tap, queue.PLAIN))
