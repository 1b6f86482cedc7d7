"""Goals of what stands around the strips: groups, solo, monitor, talkback, test signal, click."""

from functools import partial

from dsp import click, gain, generator, mix, svf
from studiod.engine import gains, monitor_models
from studiod.engine.by_name import ByName
from studiod.engine.cells import Cells, Entry, Values
from studiod.engine.filter_goals import KIND, Filters
from studiod.engine.source_goals import Points
from studiod.engine.strip_goals import Strips
from studiod.realtime import layout as r
from studiod.realtime import monitor as ears
from studiod.realtime import utility as tools


class Around:
    """Each method adds the entries of one group, or of one part of the desk around the strips."""

    def __init__(self, cells: Cells, points: Points, filters: Filters, strips: Strips) -> None:
        self.cells, self.groups = cells, cells.groups
        self.points, self.filters, self.strips = points, filters, strips
        params = cells.declared
        self._generate = ByName(generator.aim, params, "generator", ("rate_hz",), ("to",), KIND)
        then = partial(cells.rows, click)
        self._count = ByName(click.aim, params, "click", ("bpm", "rate_hz"), ("to",), then=then)

    def dca(self, out: list[Entry], v: Values, frames: int, bank: int, n: int, _: int) -> None:
        """The faders of a DCA's strips."""
        for strip in self.groups.members(v, f"dca/{n}"):
            for one, lane in self.cells.lanes_of(strip):
                self.strips.fader(out, v, frames, one, lane, 0)

    def mutes(self, out: list[Entry], v: Values, frames: int, bank: int, n: int, which: int) -> None:
        """The faders and sends of the strips of a DCA (0) or mute group (1)."""
        for strip in self.groups.members(v, f"{('dca', 'mutegroup')[which]}/{n}"):
            for one, lane in self.cells.lanes_of(strip):
                self.strips.fader(out, v, frames, one, lane, 0)
                for m in self.cells.sends_of(one):
                    self.strips.send(out, v, frames, one, lane, m)

    def solos(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """What every solo does: to the strips beside it, and to the monitor."""
        for one, other in self.cells.every(("ch", "return", "bus", "matrix")):
            self.strips.solo(out, v, frames, one, other, 0)
        for one, other in self.cells.every(("ch", "return")):
            self.strips.fader(out, v, frames, one, other, 0)
        self.monitor(out, v, frames, 0, 0, 0)

    # -- monitor and tools -------------------------------------------------------------------------------------------

    def monitor(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """Levels of the source and of the solo mix: one of them plays."""
        matrix, solo = gains.monitor(v), self.groups.listened(v)
        louder = gain.aim(gain_db=float(v["monitor/solo_trim"]))
        for unit, scale in ((ears.MONITOR_MIX, float(not solo)), (ears.SOLO_MIX, louder * solo)):
            for side in (0, 1):
                for to in (0, 1):
                    self.cells.steady(out, unit, mix.GAIN, 2 * side + to, scale * matrix[side][to], frames)

    def watched(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """The monitor's source."""
        for side, point in enumerate(self.points.both(v, str(v["monitor/source"]))):
            column = self.points.column(point, r.TAP_POST_FADER, r.MONITOR)
            self.points.route(out, ears.PATCH_MONITOR, side, column)

    def translate(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """The bands of another place; those that it has not are wires."""
        name = str(v["monitor/translate"])
        bands = monitor_models.PLACES[name].bands
        for band in range(ears.TRANSLATE_BANDS):
            kind, freq, q, level = bands[band] if band < len(bands) else ("bell", 1000.0, 0.707, 0.0)
            goals = svf.aim(kind=kind, freq_hz=freq, q=q, gain_db=level, rate_hz=self.cells.rate_hz)
            for side in (0, 1):
                # never straight from one place to another
                setting = (float(band < len(bands)), f"{name} {kind}", freq, q, level)
                self.filters.to(out, ears.TRANSLATE_1 + band, side, goals, setting)

    def talk(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """The talkback's microphone and level."""
        column = self.points.column(str(v["talkback/source"]), r.TAP_POST_FADER, r.TOOLS)
        self.points.route(out, tools.PATCH_TALK, 0, column)
        goal = gains.linear(float(v["talkback/level"])) if v["talkback/on"] else 0.0
        self.cells.steady(out, tools.TALK_GAIN, gain.GAIN, 0, goal, frames)

    def generate(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """The test signal."""
        goals = self._generate(v, "generator", rate_hz=self.cells.rate_hz)
        self.cells.whole(out, tools.GENERATOR, generator, goals)

    def count(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """The click."""
        rows = self._count(v, "click", bpm=float(v["tempo"]), rate_hz=self.cells.rate_hz)
        self.cells.put(out, tools.CLICK, 0, rows)

    def reach(self, out: list[Entry], v: Values, frames: int, bank: int, tool: int, n: int) -> None:
        """Where a tool goes: bank -1 the mains, else strip n of a bank."""
        cells, name = self.cells, tuple(tools.POINTS)[tool]
        wide = cells.wide[r.INPUT_BANK]
        if bank < 0:
            for side in (0, 1):
                goal = float(v[f"{name}/to/main"])
                cells.steady(out, tools.TOOLS_MIX, mix.GAIN, tool * wide + cells.buses + side, goal, frames)
            return
        goal = float(v[f"{name}/to/{cells.name(bank, n)}"])
        unit, column = {
            r.INPUT_BANK: (tools.TOOLS_IN, tool * cells.lanes[r.INPUT_BANK] + n),
            r.BUS_BANK: (tools.TOOLS_MIX, tool * wide + n),
            r.MATRIX_BANK: (tools.TOOLS_LATE, tool * cells.wide[bank] + r.SIDES + n),
        }[bank]
        cells.steady(out, unit, mix.GAIN, column, goal, frames)
