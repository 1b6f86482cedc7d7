"""Goals of what stands around the strips: groups, solo, monitor, talkback, test signal, click, inserts."""

from collections.abc import Iterable

from dsp import automix, click, gain, generator, insert, mix, svf
from studiod.engine import gains, monitor_models
from studiod.engine.cells import GAIN_MS, SWITCH_MS, Entry, Values
from studiod.engine.effect_goals import Effects
from studiod.engine.source_goals import MONITOR_STAGE, TOOL_STAGE
from studiod.engine.strip_goals import Strips
from studiod.realtime import layout as r
from studiod.realtime import queue

PLACES = {"pre_fader": 0, "post_fader": 1}


class Around(Strips, Effects):
    """Each method adds the entries of one group, or of one part of the desk around the strips."""

    def _every(self, kinds: Iterable[str] = ("ch", "return", "bus", "main", "matrix")) -> Iterable[tuple[int, int]]:
        for strip in self.groups.strips:
            if strip.startswith(tuple(kinds)):
                yield from self.lanes_of(strip)

    def sends_of(self, bank: int, lane: int) -> Iterable[int]:
        """Where a lane's sends go: buses of the inputs bank, matrices of the others."""
        count = (self.buses, self.matrices, self.matrices, 0)[bank]
        return range(1, count + 1)

    def dca(self, out: list[Entry], v: Values, frames: int, bank: int, n: int, _: int) -> None:
        """The faders of a DCA's strips."""
        for strip in self.groups.members(v, f"dca/{n}"):
            for one, lane in self.lanes_of(strip):
                self.fader(out, v, frames, one, lane, 0)

    def mutes(self, out: list[Entry], v: Values, frames: int, bank: int, n: int, which: int) -> None:
        """The faders and sends of the strips of a DCA (0) or mute group (1)."""
        for strip in self.groups.members(v, f"{('dca', 'mutegroup')[which]}/{n}"):
            for one, lane in self.lanes_of(strip):
                self.fader(out, v, frames, one, lane, 0)
                for m in self.sends_of(one, lane):
                    self.send(out, v, frames, one, lane, m)

    def solos(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """What every solo does: to the strips beside it, and to the monitor."""
        for one, other in self._every(("ch", "return", "bus", "matrix")):
            self.solo(out, v, frames, one, other, 0)
        for one, other in self._every(("ch", "return")):
            self.fader(out, v, frames, one, other, 0)
        self.monitor(out, v, frames, 0, 0, 0)

    # -- monitor and tools -------------------------------------------------------------------------------------------

    def monitor(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """Levels of the source and of the solo mix: one of them plays."""
        matrix, solo = gains.monitor(v), self.groups.listened(v)
        louder = gain.aim(float(v["monitor/solo_trim"]))
        for unit, scale in ((r.MONITOR_MIX, float(not solo)), (r.SOLO_MIX, louder * solo)):
            for side in (0, 1):
                for to in (0, 1):
                    self.steady(out, unit, mix.GAIN, 2 * side + to, scale * matrix[side][to], frames)

    def watched(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """The monitor's source."""
        for side, point in enumerate(self.both(v, str(v["monitor/source"]))):
            self.route(out, r.PATCH_MONITOR, side, self.column(point, r.TAP_POST_FADER, MONITOR_STAGE))

    def translate(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """The bands of another place; those that it has not are wires."""
        name = str(v["monitor/translate"])
        bands = monitor_models.PLACES[name].bands
        for band in range(r.TRANSLATE_BANDS):
            kind, freq, q, level = bands[band] if band < len(bands) else ("bell", 1000.0, 0.707, 0.0)
            goals, home = svf.aim(kind, freq, q, level, self.rate_hz), float(band < len(bands))
            for side in (0, 1):
                setting = (home, f"{name} {kind}", freq, q, level)  # never straight from one place to another
                self._filter(out, r.TRANSLATE_1 + band, side, goals, setting)

    def talk(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """The talkback's microphone and level."""
        self.route(out, r.PATCH_TALK, 0, self.column(str(v["talkback/source"]), r.TAP_POST_FADER, TOOL_STAGE))
        goal = gains.linear(float(v["talkback/level"])) if v["talkback/on"] else 0.0
        self.steady(out, r.TALK_GAIN, gain.GAIN, 0, goal, frames)

    def generate(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """The test signal."""
        level = gains.linear(float(v["generator/level"]))
        on, kind, freq = int(v["generator/on"]), str(v["generator/type"]), float(v["generator/freq"])
        for (row, one), goal in generator.aim(on, kind, freq, level, self.rate_hz).items():
            fades = (row, one) in generator.FADES
            glides = self.frames[SWITCH_MS if fades else GAIN_MS] if row in generator.GLIDES else queue.PLAIN
            out.append((self.cell(r.GENERATOR, row, one), goal, glides))

    def count(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """The click."""
        level, accent = gains.linear(float(v["click/level"])), gain.aim(float(v["click/accent"]))
        goals = click.aim(int(v["click/on"]), level, accent, float(v["tempo"]), self.rate_hz)
        self.rows(out, r.CLICK, 0, goals, click.GLIDES)

    def share(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """A lane's part in the automix; returns have none."""
        strip = self.name(bank, lane)
        on, weight = int(v.get(f"{strip}/automix/on", 0)), float(v.get(f"{strip}/automix/weight", 0.0))
        self.rows(out, r.AUTOMIX, lane, automix.aim(int(v["automix/on"]), on, weight, self.rate_hz), automix.GLIDES)

    def reach(self, out: list[Entry], v: Values, frames: int, bank: int, tool: int, n: int) -> None:
        """Where a tool goes: bank -1 the mains, else strip n of a bank."""
        name = ("talkback", "generator", "click")[tool]
        wide = self.wide[r.INPUT_BANK]
        if bank < 0:
            for side in (0, 1):
                goal = float(v[f"{name}/to/main"])
                self.steady(out, r.TOOLS_MIX, mix.GAIN, tool * wide + self.buses + side, goal, frames)
            return
        strip = self.name(bank, n)
        goal = float(v[f"{name}/to/{strip}"])
        unit, column = {
            r.INPUT_BANK: (r.TOOLS_IN, tool * self.lanes[r.INPUT_BANK] + n),
            r.BUS_BANK: (r.TOOLS_MIX, tool * wide + n),
            r.MATRIX_BANK: (r.TOOLS_LATE, tool * self.wide[bank] + r.SIDES + n),
        }[bank]
        self.steady(out, unit, mix.GAIN, column, goal, frames)

    # -- inserts -----------------------------------------------------------------------------------------------------

    def inserted(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """Which strip each slot of effects stands in."""
        for slot in range(self.returns):
            place, lanes = self._place(v, slot)
            unit = r.FX_1 + r.FX_UNITS * slot + r.FX_INSERT
            wanted = (float(place), float(lanes[0]), float(lanes[1]))
            for k, value in enumerate(wanted):
                out.append((self.cell(unit, insert.NEXT_PLACE + k, 0), value, queue.PLAIN))
            self.ask(out, unit, insert.ASK, 0, wanted)

    def _place(self, v: Values, slot: int) -> tuple[int, tuple[int, int]]:
        for strip in self.groups.strips:
            if v.get(f"{strip}/insert/fx") == str(slot + 1):
                lanes = self.lanes_of(strip)
                kind, _, number = strip.partition("/")
                bank, first = lanes[0]
                second = lanes[1][1] if len(lanes) == 2 else -1
                if number and gains.linked(v, kind, int(number)):
                    second = first + 1
                return 2 * bank + PLACES[str(v[f"{strip}/insert/position"])], (first, second)
        return insert.NOWHERE, (0, -1)
