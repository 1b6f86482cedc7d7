"""Goals of the units of a strip: trim, delay, gate, compressor and what else has parameters; fader, sends, main mix."""

import inspect
from dataclasses import dataclass
from functools import partial
from types import ModuleType

from dsp import automix, delay, gain, limiter, mix
from studiod.engine import gains
from studiod.engine.by_name import ByName
from studiod.engine.cells import Cells, Entry, Values
from studiod.engine.filter_goals import SIDE_CHAIN, SIDE_CHAINS
from studiod.realtime import layout as r
from studiod.realtime import mixes, queue
from studiod.realtime import strip as units
from studiod.realtime.section import Unit
from studiod.registry.registry import Value

NO_TAP, ANY_TAP = -1, -2  # a send was posted to none yet; to one, and which is not certain
GIVEN = frozenset({"linked", "rate_hz"})  # what a unit may take beside its parameters


@dataclass(frozen=True)
class Own:
    """A unit of the strip that has parameters below a path of its own.

    kinds: the strips that have them; given: those of GIVEN that it takes.
    """

    number: int
    made: ModuleType
    goals: ByName
    kinds: frozenset[str]
    given: frozenset[str]


class Spot:
    """A send of one lane: where its settings stand, its cell for each tap, what it was found to be when any of them but
    its level changed last.

    what: its name where a change posted for later may overtake; last: the tap that it was posted to last, or NO_TAP,
    ANY_TAP;
    level: the path of its level, "" where none counts; factor: what that is multiplied by; turn: -1 while unknown.
    """

    __slots__ = ("at", "crossing", "factor", "last", "level", "tap", "turn", "what")

    def __init__(self, crossing: gains.Crossing, at: tuple[int, ...], what: tuple[int, int, int]) -> None:
        self.crossing, self.at, self.what = crossing, at, what
        self.turn = self.tap = -1
        self.last = NO_TAP
        self.level, self.factor = "", 0.0


class Strips:
    """Each method adds the entries of one unit of one lane, index being the bus, or the number of the unit.

    units: those that the strip declares with a path, by that path.
    """

    def __init__(self, cells: Cells) -> None:
        self.cells, self.groups = cells, cells.groups
        params = cells.declared
        self.units = {unit.at: self._own(unit) for unit in units.SECTION.units if unit.at}
        self._paths = {own.number: at for at, own in self.units.items()}
        self._by_number = {own.number: own for own in self.units.values()}
        self._delay = ByName(delay.aim, params, "ch/1/delay", ("rate_hz",))
        as_rows, aliases = cells.rows, {"on": "on_lane"}
        self._limiter = ByName(limiter.aim, params, "main/limiter", ("rate_hz",), then=partial(as_rows, limiter))
        self._share = ByName(
            automix.aim, params, "ch/1/automix", ("on_desk", "rate_hz"), (), aliases, partial(as_rows, automix)
        )
        self._spots: dict[tuple[int, int, int], Spot] = {}
        self._turn = 0
        self._level: Value = 0.0  # and its gain, which is 1
        self._linear = 1.0

    def anew(self) -> None:
        """Other values than before."""
        self._turn += 1

    def forget(self) -> None:
        """What was worked out last never came to be."""
        for spot in self._spots.values():
            spot.turn = -1
            spot.last = ANY_TAP

    def _own(self, unit: Unit) -> Own:
        """Raises TypeError where a strip's parameters are not what the unit takes, and where no strip has any."""
        assert unit.made is not None
        made, params = unit.made, self.cells.declared
        given = GIVEN & inspect.signature(made.aim).parameters.keys()
        apart = SIDE_CHAIN if unit.at in SIDE_CHAINS else ()
        firsts = {"ch": "ch/1", "return": "return/1", "bus": "bus/1", "main": "main", "matrix": "matrix/1"}
        found = {
            kind: ByName(made.aim, params, f"{first}/{unit.at}", given, apart, then=partial(self.cells.rows, made))
            for kind, first in firsts.items()
            if any(path.startswith(f"{first}/{unit.at}/") for path in params)
        }
        if not found:
            raise TypeError(f"the strip runs {made.__name__} as {unit.at}; no strip declares a parameter below that")
        return Own(unit.number, made, next(iter(found.values())), frozenset(found), given)

    def linked(self, strip: str) -> list[int]:
        """The numbers of a strip's units whose detectors follow those of its pair."""
        kind = strip.partition("/")[0]
        return [own.number for own in self.units.values() if kind in own.kinds and "linked" in own.given]

    def unit(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, number: int) -> None:
        """A unit that has parameters below a path of its own."""
        own, cells = self._by_number[number], self.cells
        given = {"linked": cells.pair(v, bank, lane), "rate_hz": cells.rate_hz}
        at = f"{cells.name(bank, lane)}/{self._paths[number]}"
        rows = own.goals(v, at, **{name: given[name] for name in own.given})
        cells.put(out, bank * r.BLOCK + number, lane, rows)

    def trim(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        strip = self.cells.name(bank, lane)
        goal = gain.aim(gain_db=float(v.get(f"{strip}/trim", 0.0))) * (-1.0 if v.get(f"{strip}/polarity") else 1.0)
        out.append((self.cells.cell(bank * r.BLOCK + units.TRIM, gain.GAIN, lane), goal, frames))

    def delay(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        cell, unit = self.cells.cell, bank * r.BLOCK + units.DELAY
        late = self._delay(v, f"{self.cells.name(bank, lane)}/delay", rate_hz=self.cells.rate_hz)
        out.append((cell(unit, delay.NEXT, lane), late, queue.PLAIN))
        out.append((cell(unit, delay.ASK, lane), 2.0, queue.MOST))

    def limit(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """The limiter of the mains; its settings stand on one lane for both."""
        self.cells.put(out, mixes.LIMITER, 0, self._limiter(v, "main/limiter", rate_hz=self.cells.rate_hz))

    def share(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """A channel's part in the automix."""
        at, on = f"{self.cells.name(bank, lane)}/automix", int(v["automix/on"])
        self.cells.put(out, units.AUTOMIX, lane, self._share(v, at, on_desk=on, rate_hz=self.cells.rate_hz))

    # -- levels ------------------------------------------------------------------------------------------------------

    def fader(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """Fader, DCAs, and every reason to be silent."""
        strip, groups = self.cells.name(bank, lane), self.groups
        silent = groups.muted_now(v, strip) or groups.silenced(v, strip)
        goal = 0.0 if silent else gains.fader(v, strip, lane) * groups.gain_now(v, strip)
        self.cells.steady(out, bank * r.BLOCK + units.FADER, gain.GAIN, lane, goal, frames)

    def main(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        cells = self.cells
        wide, first = cells.wide[bank], cells.buses if bank == r.INPUT_BANK else 0
        unit = bank * r.BLOCK + units.MIX_1 + r.TAP_POST_FADER
        for side, goal in enumerate(gains.to_main(v, cells.name(bank, lane), cells.side_of(bank, lane))):
            out.append((cells.cell(unit, mix.GAIN, lane * wide + first + side), goal, frames))

    def send(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, n: int) -> None:
        """To bus n from the inputs bank, to matrix n from the others."""
        spot = self._spots.get((bank, lane, n)) or self._spot(bank, lane, n)
        if spot.turn != self._turn:
            muted = self.groups.muted_now(v, spot.crossing.strip)
            spot.turn, (spot.tap, spot.level, spot.factor) = self._turn, gains.send(v, spot.crossing, muted)
        tap, old = spot.tap, spot.last
        if old != tap or self.cells.astray:
            old = tap if old == NO_TAP else old
            doubtful = self.cells.doubtful(spot.what, old != tap) or old == ANY_TAP
            for other in r.TAPS:
                if other != tap and (other == old or doubtful):
                    out.append((spot.at[other], 0.0, frames))
            spot.last = tap
        out.append((spot.at[tap], self._goal(v, spot), frames))

    def level(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, n: int) -> None:
        """The same, where nothing but levels has changed: the rest of it stands."""
        spot = self._spots.get((bank, lane, n))
        if spot is None or spot.turn < 0:
            self.send(out, v, frames, bank, lane, n)
        else:
            out.append((spot.at[spot.tap], self._goal(v, spot), frames))

    def _goal(self, v: Values, spot: Spot) -> float:
        if not spot.level:
            return spot.factor
        level = v[spot.level]
        if level != self._level:  # many in a row have the same
            self._level, self._linear = level, gains.linear(float(level))
        return self._linear * spot.factor

    def _spot(self, bank: int, lane: int, n: int) -> "Spot":
        cells, first = self.cells, bank * r.BLOCK + units.MIX_1
        crossing = gains.Crossing.of(cells.name(bank, lane), "matrix" if bank else "bus", n, cells.side_of(bank, lane))
        column = lane * cells.wide[bank] + n - 1 + (r.SIDES if bank else 0)
        at = tuple(cells.cell(first + tap, mix.GAIN, column) for tap in r.TAPS)
        found = self._spots[bank, lane, n] = Spot(crossing, at, (first, lane, n))
        return found

    def solo(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """What the monitor hears of a lane: before its fader or behind it."""
        cells, groups = self.cells, self.groups
        strip, wide = cells.name(bank, lane), cells.wide[bank]
        mode = groups.mode(v, strip)
        heard = groups.soloed_now(v, strip) and mode != "sip"
        goals = gains.listen(v, strip, mode, cells.side_of(bank, lane)) if heard else (0.0, 0.0)
        first = lane * wide + (cells.buses if bank == r.INPUT_BANK else 0) + 2
        for tap, kind in ((r.TAP_PRE_FADER, "pfl"), (r.TAP_POST_FADER, "afl")):
            unit = bank * r.BLOCK + units.MIX_1 + tap
            for side, goal in enumerate(goals):
                cells.steady(out, unit, mix.GAIN, first + side, goal if mode == kind else 0.0, frames)
