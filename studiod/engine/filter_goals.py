"""Goals of filter bands: low cut, high cut, equaliser, side chains; straight from one setting to the next, or by way
of the wire."""

from dsp import comp, key_listen, svf, svf_design
from studiod.engine.by_name import ByName
from studiod.engine.cells import SWITCH_MS, Cells, Entry, Values
from studiod.engine.known import Known
from studiod.realtime import layout as r
from studiod.realtime import queue
from studiod.realtime import strip as units

Setting = tuple[float, str, float, float, float]  # home, kind, Hz, Q, dB
Shape = tuple[svf_design.Five, Setting]
STRAIGHT_OCTAVES, STRAIGHT_DB, STRAIGHT_Q = 1.0 / 3.0, 6.0, 1.5  # a step beyond goes by way of the wire
BANDWIDTH_OCTAVES = 1.44  # over Q: a narrow band steps at most its own width, else its peak sweeps over what is between
SIDE_CHAIN = ("key", "filter", "listen")  # what a unit with a detector has below its path, beside its own
SIDE_CHAINS = {"gate": (0,), "comp": (1, 2)}  # the places of its side chains
_OWNERS = {place: owner for owner, places in SIDE_CHAINS.items() for place in places}
KIND = {"type": "kind"}
_G, _DAMPING, _M0, _M1, _M2, _HOME, _ASK = (  # from a band's first cell to those that are written
    row * queue.ROW for row in (*range(svf.NEXT_G, svf.NEXT_G + 5), svf.HOME, svf.ASK)
)


class Filters:
    """Each method adds the entries of the filters of one lane, index being the band or place."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        params = cells.declared
        self._band = ByName(svf.aim, params, "ch/1/eq/1", ("rate_hz",), ("on",), KIND)
        self._key = ByName(svf.aim, params, "ch/1/gate/filter", ("gain_db", "rate_hz"), ("on",), KIND)
        self._cuts = {
            kind: ByName(svf_design.butterworth, params, f"ch/1/{kind}", ("rate_hz", "high"), ("on",))
            for kind in ("hpf", "lpf")
        }
        self._settings: dict[tuple[int, int], Setting] = {}
        self._cut_shapes = {kind: self._known_cut(kind) for kind in ("hpf", "lpf")}
        self._band_shapes = [self._known_band(band) for band in range(max(r.EQ_BANDS))]
        self._sides = {place: self._known_side(place) for place in _OWNERS}

    def forget(self) -> None:
        """What was asked for last may never have come to be: the next step goes by way of the wire."""
        self._settings.clear()

    def to(self, out: list[Entry], unit: int, lane: int, goals: svf_design.Five, setting: Setting) -> None:
        """A filter band to the goals of `svf.aim`, straight or by way of the wire."""
        what, first = (unit, lane), self.cells.cell(unit, 0, lane)
        old = self._settings.get(what)
        self._settings[what] = setting
        straight = old is not None and old[:2] == setting[:2] and small(old, setting)
        ask = svf.STRAIGHT if straight else svf.BY_WIRE
        g, damping, m0, m1, m2 = goals
        out += (
            (first + _G, g, queue.PLAIN), (first + _DAMPING, damping, queue.PLAIN), (first + _M0, m0, queue.PLAIN),
            (first + _M1, m1, queue.PLAIN), (first + _M2, m2, queue.PLAIN),
            (first + _HOME, setting[0], queue.PLAIN), (first + _ASK, ask, queue.MOST),
        )  # fmt: skip

    def hpf(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        self._cut(out, v, bank, lane, "hpf")

    def lpf(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        self._cut(out, v, bank, lane, "lpf")

    def _cut(self, out: list[Entry], v: Values, bank: int, lane: int, kind: str) -> None:
        first = bank * r.BLOCK + (units.HPF_1 if kind == "hpf" else units.LPF_1)
        for k, shape in enumerate(self._cut_shapes[kind](v, self.cells.name(bank, lane))):
            self.to(out, first + k, lane, *shape)

    def _known_cut(self, kind: str) -> Known[list[Shape]]:
        """Both sections of a low or a high cut."""

        def work(v: Values, strip: str) -> list[Shape]:
            at = f"{strip}/{kind}"
            on, freq, slope = float(v[f"{at}/on"]), float(v[f"{at}/freq"]), str(v[f"{at}/slope"])
            sections = self._cuts[kind](v, at, rate_hz=self.cells.rate_hz, high=kind == "lpf")
            homes = on, on if slope != "12dB" else 0.0
            return [
                ((g, damping, m0 - 1.0, m1, m2), (home, slope, freq, 1.0, 0.0))
                for home, (g, damping, m0, m1, m2) in zip(homes, sections, strict=True)
            ]

        return Known(work, f"{kind}/on", *(f"{kind}{tail}" for tail in self._cuts[kind].tails))

    def eq(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, band: int) -> None:
        shape = self._band_shapes[band](v, self.cells.name(bank, lane))
        self.to(out, bank * r.BLOCK + units.EQ_1 + band, lane, *shape)

    def _known_band(self, band: int) -> Known[Shape]:
        """A band of the equaliser; flat, it is a wire."""
        own = f"eq/{band + 1}"

        def work(v: Values, strip: str) -> Shape:
            at, kind = f"{strip}/{own}", str(v[f"{strip}/{own}/type"])
            freq, q, level = (float(v[f"{at}/{name}"]) for name in ("freq", "q", "gain"))
            flat = level == 0.0 and kind in ("bell", "low_shelf", "high_shelf")
            home = float(bool(v[f"{strip}/eq/on"] and v[f"{at}/on"] and not flat))
            return self._band(v, at, rate_hz=self.cells.rate_hz), (home, kind, freq, q, level)

        return Known(work, "eq/on", f"{own}/on", *(f"{own}{tail}" for tail in self._band.tails))

    def side_chain(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, place: int) -> None:
        """The filter and the listening of the side chain at one place."""
        first = bank * r.BLOCK + units.SIDE_1 + units.SIDE_UNITS * place
        shape, heard = self._sides[place](v, self.cells.name(bank, lane))
        self.to(out, first + units.FILTER, lane, *shape)
        cell = self.cells.cell(first + units.HEARD, key_listen.OTHER, lane)
        out.append((cell, heard, self.cells.frames[SWITCH_MS]))

    def _known_side(self, place: int) -> Known[tuple[Shape, float]]:
        """The filter of a side chain, and whether it is listened to there."""
        owner = owner_of(place)
        places = SIDE_CHAINS[owner]

        def work(v: Values, strip: str) -> tuple[Shape, float]:
            at = f"{strip}/{owner}/filter"
            setting = float(v[f"{at}/on"]), str(v[f"{at}/type"]), float(v[f"{at}/freq"]), float(v[f"{at}/q"]), 0.0
            goals = self._key(v, at, gain_db=0.0, rate_hz=self.cells.rate_hz)
            stands = len(places) == 1 or str(v[f"{strip}/{owner}/position"]) == comp.POSITIONS[places.index(place)]
            return (goals, setting), float(bool(v[f"{strip}/{owner}/listen"]) and stands)

        tails = [f"{owner}/listen", f"{owner}/filter/on", *(f"{owner}/filter{tail}" for tail in self._key.tails)]
        return Known(work, *tails, *([f"{owner}/position"] if len(places) > 1 else []))


def owner_of(place: int) -> str:
    """The unit whose detector listens at a place."""
    return _OWNERS[place]


def small(old: Setting, new: Setting) -> bool:
    """Whether a filter may glide straight from one setting to another of its kind."""
    octaves = max(new[2], old[2]) / min(new[2], old[2])
    wide = max(new[3], old[3]) / min(new[3], old[3])
    narrow = min(STRAIGHT_OCTAVES, BANDWIDTH_OCTAVES / max(new[3], old[3]))
    return octaves <= 2.0**narrow and abs(new[4] - old[4]) <= STRAIGHT_DB and wide <= STRAIGHT_Q
