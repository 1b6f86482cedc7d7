"""Goals of everything that reads a point: sources, keys, what the meters and the recorder listen to."""

from dsp import meter
from dsp import source as patch
from studiod.engine import gains
from studiod.engine.cells import Cells, Entry, Values
from studiod.engine.filter_goals import owner_of
from studiod.engine.hearers import Hearers
from studiod.realtime import layout as r
from studiod.realtime import multitrack, outputs, queue
from studiod.realtime import strip as units
from studiod.realtime.section import ANY, Offer
from studiod.realtime.sections import offers
from studiod.registry.multitrack import recorded
from studiod.registry.points import sides as stereo_sides

Column = tuple[int, int, int]  # of a ring: first cell, stride, frames late


class Points:
    """Each method adds the entries of one reader."""

    def __init__(self, cells: Cells) -> None:
        self.cells, self.registry = cells, cells.registry
        self._offers = offered(cells)
        self.hearers = Hearers(cells, self._offers)
        self._sources: dict[tuple[int, int], Column] = {}
        self._unsure: set[tuple[int, int]] = set()  # what may not read what it was to read last
        self._columns: dict[tuple[str, int, int], Column] = {}
        self.taping = self._was_taping = False  # whether a take had begun before this transaction; before the last one

    def forget(self) -> None:
        """What was asked for last may never have come to be: all of it is asked for again."""
        self._unsure |= self._sources.keys()
        self.hearers.forget()
        self.taping = self._was_taping

    def change(self, taping: bool) -> None:
        """At the end of a transaction: whether a take has begun."""
        self._was_taping, self.taping = self.taping, taping

    def column(self, point: str, tap: int, stage: int) -> Column:
        """Where a point's sound lies for a reader in the block `stage`; what is not yet made there is read a quantum
        late."""
        found = self._columns.get((point, tap, stage))
        if found is None:
            taps = self._offers[point]
            offer = taps.get(tap) or taps[ANY]
            late = patch.LATE if offer.stage >= stage else 0
            found = self._columns[point, tap, stage] = (*self.cells.rack.column(offer.unit, offer.lane), late)
        return found

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
        what, cell = (unit, lane), self.cells.cell
        before = self._sources.get(what)
        fresh = before != column or what in self._unsure
        if not self.cells.doubtful(what, fresh) and not fresh:
            return
        self._sources[what] = column
        self._unsure.discard(what)
        self.hearers.moved(out, before[0] if before else None, column[0])
        first = cell(unit, patch.NEXT_BASE, lane)
        out += [(first + k * queue.ROW, float(value), queue.PLAIN) for k, value in enumerate(column)]
        out.append((cell(unit, patch.ASK, lane), 2.0, queue.MOST))

    def source(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        cells = self.cells
        point = str(v[f"{cells.name(bank, lane)}/source"])
        if lane >= cells.channels:
            point = self.both(v, point)[cells.side(lane)]
        elif v["transport/soundcheck"] and point.startswith("input/") and int(point[6:]) <= cells.channels:
            point = f"track/{point[6:]}"
        self.route(out, units.PATCH_IN, lane, self.column(point, r.TAP_POST_FADER, r.STRIPS + r.INPUT_BANK))

    def key(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, place: int) -> None:
        """What a detector listens to: strips before their faders, so that a key need not be heard."""
        point = str(v[f"{self.cells.name(bank, lane)}/{owner_of(place)}/key"])
        own = point == "none"
        tap = r.TAP_POST_FADER if point.startswith("main") else r.TAP_PRE_FADER
        column = (patch.OWN, 0, 0) if own else self.column(point, tap, r.STRIPS + bank)
        self.route(out, bank * r.BLOCK + units.SIDE_1 + units.SIDE_UNITS * place + units.KEY, lane, column)

    def pick(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        tap = gains.TAPS[str(v[f"output/{lane + 1}/tap"])]
        self.route(out, outputs.PATCH_OUT, lane, self.column(str(v[f"output/{lane + 1}/source"]), tap, r.OUT))

    def ear(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """What the analysers hear: loudness on lanes 0 and 1, the spectrum on 2 and 3."""
        heard = self.sides(v, str(v["meter/loudness"])), self.both(v, str(v["meter/rta"]))
        for first, both in zip((0, 2), heard, strict=True):
            for side, point in enumerate(both):
                self.route(out, outputs.PATCH_EAR, first + side, self.column(point, r.TAP_POST_FADER, r.OUT))

    def record(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """What feeds a track of the recorder; a take keeps what it began with."""
        if self.taping and v["recorder/state"] == "record":
            return
        armed = v[f"ch/{lane}/arm"]
        point = recorded(v, lane, self.registry.console.inputs)
        column = self.column(point, r.TAP_POST_FADER, r.OUT) if armed else (patch.OWN, 0, 0)
        self.route(out, multitrack.PATCH_REC, lane, column)

    def tap(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """Where strips are metered; the mains always at their end."""
        for bank in (r.INPUT_BANK, r.BUS_BANK):
            tap = float(gains.TAPS[str(v["meter/tap"])])
            out.append((self.cells.cell(bank * r.BLOCK + units.METER, meter.TAP, 0), tap, queue.PLAIN))


def offered(cells: Cells) -> dict[str, dict[int, Offer]]:
    """Where each point of a console lies.  Raises LookupError for one that is declared and that no section offers."""
    found = offers(cells.rack.size)
    if missing := sorted(set(cells.registry.points) - found.keys()):
        raise LookupError(f"{missing[0]}: no section of studiod/realtime offers this point")
    return found
