"""Goals of the units of a strip: trim, delay, filters, gate, compressor, side chains, fader, sends and the main mix."""

from dsp import comp, delay, gain, gate, key_listen, limiter, mix, svf, svf_design
from studiod.engine import gains
from studiod.engine.by_name import ByName
from studiod.engine.cells import SWITCH_MS, Cells, Entry, Values
from studiod.realtime import layout as r
from studiod.realtime import queue
from studiod.realtime.rack import Rack
from studiod.registry.registry import Registry

Setting = tuple[float, str, float, float, float]  # home, kind, Hz, Q, dB
STRAIGHT_OCTAVES, STRAIGHT_DB, STRAIGHT_Q = 1.0 / 3.0, 6.0, 1.5  # a step beyond goes by way of the wire
BANDWIDTH_OCTAVES = 1.44  # over Q: a narrow band steps at most its own width, else its peak sweeps over what is between
GATE_PLACE, COMP_PLACES = 0, (1, 2)  # of side chains


class Strips(Cells):
    """Each method adds the entries of one unit of one lane, index being the band, bus or place."""

    def __init__(self, rack: Rack, registry: Registry) -> None:
        super().__init__(rack, registry)
        params, side_chain = registry.params, ("key", "filter", "listen")
        self._delay = ByName(delay.aim, params, "ch/1/delay", given=("rate_hz",))
        self._gate = ByName(gate.aim, params, "ch/1/gate", ("linked", "rate_hz"), side_chain)
        self._comp = ByName(comp.aim, params, "ch/1/comp", ("linked", "rate_hz"), side_chain)
        self._limiter = ByName(limiter.aim, params, "main/limiter", given=("rate_hz",))
        self._bands: dict[tuple[int, int, int], Setting] = {}
        self._taps: dict[tuple[int, int, int], int] = {}

    def trim(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        strip = self.name(bank, lane)
        goal = gain.aim(float(v.get(f"{strip}/trim", 0.0))) * (-1.0 if v.get(f"{strip}/polarity") else 1.0)
        out.append((self.cell(bank * r.UNITS_A_BANK + r.TRIM, gain.GAIN, lane), goal, frames))

    def delay(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        late = self._delay(v, f"{self.name(bank, lane)}/delay", rate_hz=self.rate_hz)
        self.later(out, bank * r.UNITS_A_BANK + r.DELAY, lane, late)

    def later(self, out: list[Entry], unit: int, lane: int, late_frames: float) -> None:
        """A delay line to another time."""
        out.append((self.cell(unit, delay.NEXT, lane), late_frames, queue.PLAIN))
        out.append((self.cell(unit, delay.ASK, lane), 2.0, queue.MOST))

    def fader(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """Fader, DCAs, and every reason to be silent."""
        strip, groups = self.name(bank, lane), self.groups
        silent = groups.muted(v, strip) or groups.silenced(v, strip)
        goal = 0.0 if silent else gains.fader(v, strip, lane) * groups.gain(v, strip)
        self.steady(out, bank * r.UNITS_A_BANK + r.FADER, gain.GAIN, lane, goal, frames)

    def main(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        wide, first = self.wide[bank], self.buses if bank == r.INPUT_BANK else 0
        unit = bank * r.UNITS_A_BANK + r.MIX_1 + r.TAP_POST_FADER
        for side, goal in enumerate(gains.to_main(v, self.name(bank, lane), self.side_of(bank, lane))):
            out.append((self.cell(unit, mix.GAIN, lane * wide + first + side), goal, frames))

    def send(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, n: int) -> None:
        """To bus n from the inputs bank, to matrix n from the others."""
        strip, to = self.name(bank, lane), "matrix" if bank else "bus"
        tap, goal = gains.send(v, strip, to, n, self.groups.muted(v, strip), self.side_of(bank, lane))
        column = lane * self.wide[bank] + n - 1 + (r.SIDES if bank else 0)
        key, first = (bank, lane, n), bank * r.UNITS_A_BANK + r.MIX_1
        old = self._taps.get(key, tap)
        self._taps[key] = tap
        doubtful = self.doubtful((first, lane, n), old != tap)
        for other in r.TAPS:
            if other != tap and (other == old or doubtful):
                out.append((self.cell(first + other, mix.GAIN, column), 0.0, frames))
        out.append((self.cell(first + tap, mix.GAIN, column), goal, frames))

    def solo(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """What the monitor hears of a lane: before its fader or behind it."""
        strip, groups, wide = self.name(bank, lane), self.groups, self.wide[bank]
        mode = groups.mode(v, strip)
        heard = groups.soloed(v, strip) and mode != "sip"
        goals = gains.listen(v, strip, mode, self.side_of(bank, lane)) if heard else (0.0, 0.0)
        first = lane * wide + (self.buses if bank == r.INPUT_BANK else 0) + 2
        for tap, kind in ((r.TAP_PRE_FADER, "pfl"), (r.TAP_POST_FADER, "afl")):
            unit = bank * r.UNITS_A_BANK + r.MIX_1 + tap
            for side, goal in enumerate(goals):
                self.steady(out, unit, mix.GAIN, first + side, goal if mode == kind else 0.0, frames)

    # -- filters -----------------------------------------------------------------------------------------------------

    def _filter(self, out: list[Entry], unit: int, lane: int, goals: svf_design.Five, setting: Setting) -> None:
        key = (unit, lane, 0)
        old = self._bands.get(key)
        self._bands[key] = setting
        straight = old is not None and old[:2] == setting[:2] and small(old, setting)
        self.band(out, unit, lane, goals, setting[0], straight)

    def _cut(self, out: list[Entry], v: Values, bank: int, lane: int, kind: str) -> None:
        at = f"{self.name(bank, lane)}/{kind}"
        on, freq, slope = float(v[f"{at}/on"]), float(v[f"{at}/freq"]), str(v[f"{at}/slope"])
        first = bank * r.UNITS_A_BANK + (r.HPF_1 if kind == "hpf" else r.LPF_1)
        sections = svf_design.butterworth(slope, freq, self.rate_hz, high=kind == "lpf")
        for k, (g, damping, m0, m1, m2) in enumerate(sections):
            home = on if k == 0 or slope != "12dB" else 0.0
            self._filter(out, first + k, lane, (g, damping, m0 - 1.0, m1, m2), (home, slope, freq, 1.0, 0.0))

    def hpf(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        self._cut(out, v, bank, lane, "hpf")

    def lpf(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        self._cut(out, v, bank, lane, "lpf")

    def eq(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, band: int) -> None:
        strip = self.name(bank, lane)
        at = f"{strip}/eq/{band + 1}"
        kind, q = str(v[f"{at}/type"]), float(v[f"{at}/q"])
        freq, level = float(v[f"{at}/freq"]), float(v[f"{at}/gain"])
        flat = level == 0.0 and kind in ("bell", "low_shelf", "high_shelf")
        home = float(bool(v[f"{strip}/eq/on"] and v[f"{at}/on"] and not flat))
        goals = svf.aim(kind, freq, q, level, self.rate_hz)
        self._filter(out, bank * r.UNITS_A_BANK + r.EQ_1 + band, lane, goals, (home, kind, freq, q, level))

    # -- dynamics ----------------------------------------------------------------------------------------------------

    def gate(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        at, unit = f"{self.name(bank, lane)}/gate", bank * r.UNITS_A_BANK + r.GATE
        goals = self._gate(v, at, linked=self.pair(v, bank, lane), rate_hz=self.rate_hz)
        self.rows(out, unit, lane, goals, gate.GLIDES)
        self.ask(out, unit, gate.ASK, lane, (goals[gate.NEXT_MODE],))

    def comp(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        at, unit = f"{self.name(bank, lane)}/comp", bank * r.UNITS_A_BANK + r.COMP
        goals = self._comp(v, at, linked=self.pair(v, bank, lane), rate_hz=self.rate_hz)
        self.rows(out, unit, lane, goals, comp.GLIDES)
        self.ask(out, unit, comp.ASK, lane, (goals[comp.NEXT_POSITION], goals[comp.NEXT_DETECTOR]))

    def limit(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """The limiter of the mains; its settings stand on one lane for both."""
        goals = self._limiter(v, "main/limiter", rate_hz=self.rate_hz)
        self.rows(out, r.LIMITER, 0, goals, limiter.GLIDES)
        self.ask(out, r.LIMITER, limiter.ASK, 0, (goals[limiter.NEXT_LOOK],))

    def chain(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, place: int) -> None:
        """The filter and the listening of the side chain at one place."""
        strip = self.name(bank, lane)
        at = f"{strip}/{'gate' if place == GATE_PLACE else 'comp'}"
        first = bank * r.UNITS_A_BANK + r.SIDE_1 + r.SIDE_UNITS * place
        on, kind = float(v[f"{at}/filter/on"]), str(v[f"{at}/filter/type"])
        freq, q = float(v[f"{at}/filter/freq"]), float(v[f"{at}/filter/q"])
        goals = svf.aim(kind, freq, q, 0.0, self.rate_hz)
        self._filter(out, first + r.FILTER, lane, goals, (on, kind, freq, q, 0.0))
        here = place == GATE_PLACE or COMP_PLACES[comp.POSITIONS.index(str(v[f"{strip}/comp/position"]))] == place
        goal = float(bool(v[f"{at}/listen"]) and here)
        out.append((self.cell(first + r.HEARD, key_listen.OTHER, lane), goal, self.frames[SWITCH_MS]))


def small(old: Setting, new: Setting) -> bool:
    """Whether a filter may glide straight from one setting to another of its kind."""
    octaves = max(new[2], old[2]) / min(new[2], old[2])
    wide = max(new[3], old[3]) / min(new[3], old[3])
    narrow = min(STRAIGHT_OCTAVES, BANDWIDTH_OCTAVES / max(new[3], old[3]))
    return octaves <= 2.0**narrow and abs(new[4] - old[4]) <= STRAIGHT_DB and wide <= STRAIGHT_Q
