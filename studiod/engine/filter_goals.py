"""Goals of filter bands: low cut, high cut, equaliser, side chains; straight from one setting to the next, or by way
of the wire."""

from dsp import comp, key_listen, svf, svf_design
from studiod.engine.by_name import KEPT, ByName
from studiod.engine.cells import SWITCH_MS, Cells, Entry, Values
from studiod.realtime import layout as r
from studiod.realtime import queue
from studiod.realtime import strip as units
from studiod.registry.param import Value

Setting = tuple[float, str, float, float, float]  # home, kind, Hz, Q, dB
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
        self._bands: dict[tuple[int, int, int], tuple[str, ...]] = {}  # the paths of each: on of all, itself, its own
        self._shapes: dict[tuple[Value, ...], tuple[svf_design.Five, Setting]] = {}  # goals of values met before

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
        at = f"{self.cells.name(bank, lane)}/{kind}"
        on, freq, slope = float(v[f"{at}/on"]), float(v[f"{at}/freq"]), str(v[f"{at}/slope"])
        first = bank * r.BLOCK + (units.HPF_1 if kind == "hpf" else units.LPF_1)
        sections = self._cuts[kind](v, at, rate_hz=self.cells.rate_hz, high=kind == "lpf")
        for k, (g, damping, m0, m1, m2) in enumerate(sections):
            home = on if k == 0 or slope != "12dB" else 0.0
            self.to(out, first + k, lane, (g, damping, m0 - 1.0, m1, m2), (home, slope, freq, 1.0, 0.0))

    def eq(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, band: int) -> None:
        place = (bank, lane, band)
        paths = self._bands.get(place)
        if paths is None:
            strip = self.cells.name(bank, lane)
            tails = ("on", *(f"{band + 1}{tail}" for tail in ("", "/on", "/type", "/freq", "/q", "/gain")))
            paths = self._bands[place] = tuple(f"{strip}/eq/{tail}" for tail in tails)
        on, at, *four = paths
        held = (v[on], *[v[path] for path in four])
        found = self._shapes.get(held)
        if found is None:
            whole, own, kind, freq, q, level = held
            flat = level == 0.0 and kind in ("bell", "low_shelf", "high_shelf")
            home = float(bool(whole and own and not flat))
            setting = (home, str(kind), float(freq), float(q), float(level))
            if len(self._shapes) >= KEPT:
                self._shapes.clear()
            found = self._shapes[held] = self._band(v, at, rate_hz=self.cells.rate_hz), setting
        self.to(out, bank * r.BLOCK + units.EQ_1 + band, lane, *found)

    def side_chain(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, place: int) -> None:
        """The filter and the listening of the side chain at one place."""
        strip, cells = self.cells.name(bank, lane), self.cells
        owner = owner_of(place)
        at, first = f"{strip}/{owner}", bank * r.BLOCK + units.SIDE_1 + units.SIDE_UNITS * place
        on, kind = float(v[f"{at}/filter/on"]), str(v[f"{at}/filter/type"])
        freq, q = float(v[f"{at}/filter/freq"]), float(v[f"{at}/filter/q"])
        goals = self._key(v, f"{at}/filter", gain_db=0.0, rate_hz=cells.rate_hz)
        self.to(out, first + units.FILTER, lane, goals, (on, kind, freq, q, 0.0))
        places = SIDE_CHAINS[owner]
        here = len(places) == 1 or places[comp.POSITIONS.index(str(v[f"{at}/position"]))] == place
        goal = float(bool(v[f"{at}/listen"]) and here)
        out.append((cells.cell(first + units.HEARD, key_listen.OTHER, lane), goal, cells.frames[SWITCH_MS]))


def owner_of(place: int) -> str:
    """The unit whose detector listens at a place."""
    return _OWNERS[place]


def small(old: Setting, new: Setting) -> bool:
    """Whether a filter may glide straight from one setting to another of its kind."""
    octaves = max(new[2], old[2]) / min(new[2], old[2])
    wide = max(new[3], old[3]) / min(new[3], old[3])
    narrow = min(STRAIGHT_OCTAVES, BANDWIDTH_OCTAVES / max(new[3], old[3]))
    return octaves <= 2.0**narrow and abs(new[4] - old[4]) <= STRAIGHT_DB and wide <= STRAIGHT_Q
