"""Which goals of which units a change of the desk moves: from paths and plain values to cells of the rack."""

from collections.abc import Iterable, Mapping

from dsp import ceiling, comp, gain, gate, matched, mix, patch, svf
from studiod import graph, routes
from studiod import rack as r
from studiod.params import Registry, Value

Values = Mapping[str, Value]
Entry = tuple[int, float, int]
Setting = tuple[float, str, float, float, float]  # home, kind, Hz, Q, dB
Key = tuple[str, int, int, int]  # what to work out again: name, bank, lane, index
GAIN_MS, SWITCH_MS, COEFFICIENT_MS = 20.0, 5.0, 20.0
KINDS = ("ch", "bus", "main")
# A change of a strip's own path moves these besides itself; sends and the main mix hang on many of them.
STRAIGHT_OCTAVES, STRAIGHT_DB, STRAIGHT_Q = 1.0 / 3.0, 6.0, 1.5  # a step beyond goes by way of the wire
BANDWIDTH_OCTAVES = (
    1.44  # over Q: a narrow band steps at most its own width, else its peak sweeps over what lies between
)


class Aims:
    """Works out goals for one rack."""

    def __init__(self, rack: r.Rack, registry: Registry) -> None:
        words = rack.words
        self.rack, self.registry = rack, registry
        self.rate_hz = int(words[r.RATE])
        self.channels, self.buses = int(words[r.CHANNELS]), int(words[r.BUSES])
        self.outputs, self.inputs = int(words[r.OUTPUTS]), int(words[r.INPUTS])
        self.lanes = (self.channels, self.buses, 2)
        self.frames = {ms: round(ms * self.rate_hz / 1000.0) for ms in (GAIN_MS, SWITCH_MS)}
        self._bands: dict[tuple[int, int, int], Setting] = {}
        self._exchanged: dict[tuple[int, int], tuple[float, ...]] = {}
        self._sources: dict[tuple[int, int], tuple[int, int, int]] = {}
        self._keys: dict[str, tuple[Key, ...]] = {}
        self._taps: dict[tuple[int, int], int] = {}
        self._astray: dict[tuple[int, ...], int] = {}  # until that frame the rack need not hold what was asked for last
        self.now, self.latest, self.early = 0, 0, False  # frames: run, posted; the next change overtakes another
        for unit in range(r.UNITS):
            bank, kind = divmod(unit, r.UNITS_A_BANK)
            if bank < len(r.BANKS) and kind in (r.HPF_1, r.HPF_2, *range(r.EQ_1, r.EQ_1 + r.EQ_BANDS[bank])):
                rack.state(unit)[svf.GLIDE] = rack.state(unit)[svf.FADE] = round(COEFFICIENT_MS * self.rate_hz / 1000.0)
        for unit in (r.PATCH_IN, r.PATCH_OUT):
            rack.state(unit)[patch.FADE] = self.frames[SWITCH_MS]

    def fade_rows(self) -> Iterable[tuple[int, int]]:
        """(unit, row) of every number of frames that a unit takes by itself."""
        for bank in r.BANKS:
            first = bank * r.UNITS_A_BANK
            yield first + r.GATE, gate.FADE
            yield first + r.COMP, comp.FADE
            for unit in (r.HPF_1, r.HPF_2, *range(r.EQ_1, r.EQ_1 + r.EQ_BANDS[bank])):
                yield first + unit, svf.FADE
                yield first + unit, svf.GLIDE
        yield r.PATCH_IN, patch.FADE
        yield r.PATCH_OUT, patch.FADE

    def entries(self, changed: Mapping[str, Value], values: Values) -> list[Entry]:
        """One entry for every cell that the changes move."""
        quick: dict[Key, bool] = {}
        for path in changed:
            keys = self._keys.get(path)
            if keys is None:
                keys = self._keys[path] = tuple(self._hangs(path))
            is_switch = self.registry.params[path].kind != "number"
            for key in keys:
                quick[key] = quick.get(key, False) or is_switch
        out: list[Entry] = []
        for (name, bank, lane, index), is_switch in quick.items():
            frames = self.frames[SWITCH_MS if is_switch else GAIN_MS]
            getattr(self, f"_{name}")(out, values, frames, bank, lane, index)
        return out

    # -- which path moves what ---------------------------------------------------------------------------------------

    def _hangs(self, path: str) -> Iterable[Key]:
        part = path.split("/")
        if part[0] in KINDS:
            bank = KINDS.index(part[0])
            tail = part[1:] if bank == 2 else part[2:]
            for lane in (0, 1) if bank == 2 else (int(part[1]) - 1,):
                yield from self._strip(bank, lane, tail)
        elif part[0] == "output" and len(part) == 3:
            name = {"source": "pick", "tap": "pick", "ceiling": "top"}.get(part[2], "level")
            yield name, 0, int(part[1]) - 1, 0
        elif path == "output/mute":
            yield from (("level", 0, lane, 0) for lane in range(self.outputs))
        elif path in ("config/pan_law", "config/mute_pre"):
            for bank in (0, 1):
                for lane in range(self.lanes[bank]):
                    yield "main", bank, lane, 0
                    yield from self._sends(bank, lane)

    def _sends(self, bank: int, lane: int) -> Iterable[Key]:
        if bank == 0:
            yield from (("send", 0, lane, m) for m in range(1, self.buses + 1))

    def _strip(self, bank: int, lane: int, tail: list[str]) -> Iterable[Key]:
        head = tail[0]
        if head in ("hpf", "gate", "comp"):
            yield head, bank, lane, 0
        elif head == "eq":
            bands = range(r.EQ_BANDS[bank]) if tail[1] == "on" else (int(tail[1]) - 1,)
            yield from (("eq", bank, lane, band) for band in bands)
        elif head == "send":
            m = int(tail[1])
            yield from (("send", 0, lane, n) for n in (m, m + 1) if n <= self.buses)
        elif head == "source":
            yield "source", bank, lane, 0
        elif head in ("trim", "polarity"):
            yield "trim", bank, lane, 0
        elif head == "fader" or (head == "balance" and bank == 2):
            yield "fader", bank, lane, 0
        elif head == "mute":
            yield "fader", bank, lane, 0
            yield from self._sends(bank, lane)
        elif head in ("pan", "balance", "link"):
            for pair in (lane, lane + 1) if head != "pan" and lane + 1 < self.lanes[bank] else (lane,):
                yield "main", bank, pair, 0
                yield from self._sends(bank, pair)
                if head == "link":
                    yield from ((unit, bank, pair, 0) for unit in ("gate", "comp") if bank == 0 or unit == "comp")
            if head == "link" and bank == 1:
                for n in (lane + 1, lane + 2):
                    yield from (("send", 0, c, n) for c in range(self.channels) if n <= self.buses)
        elif head == "main":
            yield "main", bank, lane, 0

    # -- goals -------------------------------------------------------------------------------------------------------

    def _cell(self, unit: int, row: int, lane: int) -> int:
        return graph.slot(unit, row, lane, int(self.rack.words[r.TABLE + 3 * unit + 2]))

    @staticmethod
    def _name(bank: int, lane: int) -> str:
        return "main" if bank == 2 else f"{KINDS[bank]}/{lane + 1}"

    def _trim(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        strip = self._name(bank, lane)
        goal = gain.aim(float(v[f"{strip}/trim"])) * (-1.0 if v[f"{strip}/polarity"] else 1.0)
        out.append((self._cell(bank * r.UNITS_A_BANK + r.TRIM, gain.GAIN, lane), goal, frames))

    def _fader(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        goal = routes.fader(v, self._name(bank, lane), lane)
        out.append((self._cell(bank * r.UNITS_A_BANK + r.FADER, gain.GAIN, lane), goal, frames))

    def _main(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        wide = self.buses + 2 if bank == 0 else 2
        unit = bank * r.UNITS_A_BANK + r.MIX_1 + r.TAP_POST_FADER
        for side, goal in enumerate(routes.to_main(v, self._name(bank, lane))):
            out.append((self._cell(unit, mix.GAIN, lane * wide + wide - 2 + side), goal, frames))

    def _send(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, bus: int) -> None:
        tap, goal = routes.send(v, self._name(0, lane), bus)
        column = lane * (self.buses + 2) + bus - 1
        old = self._taps.get((lane, bus), tap)
        self._taps[lane, bus] = tap
        doubtful = self._doubtful((r.MIX_1, lane, bus), old != tap)
        for other in r.TAPS:
            if other != tap and (other == old or doubtful):
                out.append((self._cell(r.MIX_1 + other, mix.GAIN, column), 0.0, frames))
        out.append((self._cell(r.MIX_1 + tap, mix.GAIN, column), goal, frames))

    def _svf(self, out: list[Entry], unit: int, lane: int, goals: tuple[float, ...], home: float, ask: int) -> None:
        for k, value in enumerate(goals):
            out.append((self._cell(unit, svf.NEXT_G + k, lane), value, graph.PLAIN))
        out.append((self._cell(unit, svf.HOME, lane), home, graph.PLAIN))
        out.append((self._cell(unit, svf.ASK, lane), float(ask), graph.MOST))

    def _hpf(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        at = f"{self._name(bank, lane)}/hpf"
        on, freq, slope = float(v[f"{at}/on"]), float(v[f"{at}/freq"]), str(v[f"{at}/slope"])
        sections = matched.butterworth(slope, freq, self.rate_hz)
        for k, (g, damping, m0, m1, m2) in enumerate(sections):
            home = on if k == 0 or slope != "12dB" else 0.0
            key = (bank * r.UNITS_A_BANK + r.HPF_1 + k, lane, 0)
            ask = self._way(key, (home, slope, freq, 1.0, 0.0))
            self._svf(out, key[0], lane, (g, damping, m0 - 1.0, m1, m2), home, ask)

    def _eq(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, band: int) -> None:
        strip = self._name(bank, lane)
        at = f"{strip}/eq/{band + 1}"
        kind, q = str(v[f"{at}/type"]), float(v[f"{at}/q"])
        freq, level = float(v[f"{at}/freq"]), float(v[f"{at}/gain"])
        flat = level == 0.0 and kind in ("bell", "low_shelf", "high_shelf")
        home = float(bool(v[f"{strip}/eq/on"] and v[f"{at}/on"] and not flat))
        key = (bank * r.UNITS_A_BANK + r.EQ_1 + band, lane, 0)
        ask = self._way(key, (home, kind, freq, q, level))
        self._svf(out, key[0], lane, svf.aim(kind, freq, q, level, self.rate_hz), home, ask)

    def _way(self, key: tuple[int, int, int], setting: Setting) -> int:
        """1: a small step, which glides straight; 2: by way of the wire."""
        old = self._bands.get(key)
        self._bands[key] = setting
        if old is None or old[:2] != setting[:2]:
            return 2
        octaves = max(setting[2], old[2]) / min(setting[2], old[2])
        wide = max(setting[3], old[3]) / min(setting[3], old[3])
        narrow = min(STRAIGHT_OCTAVES, BANDWIDTH_OCTAVES / max(setting[3], old[3]))
        step = octaves > 2.0**narrow or abs(setting[4] - old[4]) > STRAIGHT_DB or wide > STRAIGHT_Q
        return 2 if step else 1

    def _doubtful(self, what: tuple[int, ...], fresh: bool) -> bool:
        """Whether a change posted for later may yet overwrite what was asked for last; fresh: this asks for another."""
        if fresh and self.early:
            self._astray[what] = self.latest
        return self._astray.get(what, -1) >= self.now

    def _rows(self, out: list[Entry], unit: int, lane: int, goals: dict[int, float], glides: tuple[int, ...]) -> None:
        for row, value in goals.items():
            frames = self.frames[GAIN_MS] if row in glides else graph.PLAIN
            out.append((self._cell(unit, row, lane), value, frames))

    def _ask(self, out: list[Entry], unit: int, row: int, lane: int, wanted: tuple[float, ...]) -> None:
        """Ask a unit to exchange what cannot glide, when it differs from what it was asked for last."""
        fresh = self._exchanged.get((unit, lane)) != wanted
        if self._doubtful((unit, lane), fresh) or fresh:
            self._exchanged[unit, lane] = wanted
            out.append((self._cell(unit, row, lane), 2.0, graph.MOST))

    def _gate(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        strip, unit = self._name(bank, lane), bank * r.UNITS_A_BANK + r.GATE
        names = ("threshold", "range", "hysteresis", "attack", "hold", "release")
        threshold, reach, hysteresis, attack, hold, release = (float(v[f"{strip}/gate/{name}"]) for name in names)
        pair = int(routes.linked(v, KINDS[bank], lane + 1))
        on, mode = int(v[f"{strip}/gate/on"]), str(v[f"{strip}/gate/mode"])
        goals = gate.aim(on, mode, threshold, reach, hysteresis, attack, hold, release, pair, self.rate_hz)
        self._rows(out, unit, lane, goals, gate.GLIDES)
        self._ask(out, unit, gate.ASK, lane, (goals[gate.NEXT_MODE],))

    def _comp(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        strip, unit = self._name(bank, lane), bank * r.UNITS_A_BANK + r.COMP
        names = ("threshold", "ratio", "knee", "attack", "hold", "release", "makeup", "mix")
        threshold, ratio, knee, attack, hold, release, makeup, wet = (float(v[f"{strip}/comp/{n}"]) for n in names)
        on, position, detector = (v[f"{strip}/comp/{name}"] for name in ("on", "position", "detector"))
        pair = int(bank == 2 or routes.linked(v, KINDS[bank], lane + 1))
        goals = comp.aim(
            int(on), str(position), threshold, ratio, knee, attack, hold, release, makeup, wet / 100.0,
            str(detector), pair, self.rate_hz,
        )  # fmt: skip
        self._rows(out, unit, lane, goals, comp.GLIDES)
        self._ask(out, unit, comp.ASK, lane, (goals[comp.NEXT_POSITION], goals[comp.NEXT_DETECTOR]))

    # -- sources and outputs -----------------------------------------------------------------------------------------

    def _point(self, point: str, tap: int, reader: int) -> tuple[int, int, int]:
        """Column of a point: first cell, stride, and the frames it is late for its reader."""
        kind, _, name = point.partition("/")
        if kind == "none":
            return (*self.rack.column(r.SILENCE, 0)[:1], 0, 0)
        if kind == "input":
            return (*self.rack.column(r.INPUT_RING, int(name) - 1), 0)
        bank = KINDS.index(kind)
        lane = "lr".index(name) if bank == 2 else int(name) - 1
        late = patch.LATE if reader == r.PATCH_IN else 0
        return (*self.rack.column(bank * r.UNITS_A_BANK + r.RING_1 + tap, lane), late)

    def _route(self, out: list[Entry], unit: int, lane: int, column: tuple[int, int, int]) -> None:
        fresh = self._sources.get((unit, lane)) != column
        if not self._doubtful((unit, lane), fresh) and not fresh:
            return
        self._sources[unit, lane] = column
        for k, value in enumerate(column):
            out.append((self._cell(unit, patch.NEXT_BASE + k, lane), float(value), graph.PLAIN))
        out.append((self._cell(unit, patch.ASK, lane), 2.0, graph.MOST))

    def _source(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        point = str(v[f"ch/{lane + 1}/source"])
        self._route(out, r.PATCH_IN, lane, self._point(point, r.TAP_POST_FADER, r.PATCH_IN))

    def _pick(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        tap = routes.TAPS[str(v[f"output/{lane + 1}/tap"])]
        point = str(v[f"output/{lane + 1}/source"])
        self._route(out, r.PATCH_OUT, lane, self._point(point, tap, r.PATCH_OUT))

    def _level(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        at = f"output/{lane + 1}"
        silent = v[f"{at}/mute"] or v["output/mute"]
        goal = 0.0 if silent else gain.aim(float(v[f"{at}/trim"])) * (-1.0 if v[f"{at}/polarity"] else 1.0)
        out.append((self._cell(r.OUT_GAIN, gain.GAIN, lane), goal, frames))

    def _top(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        goal = ceiling.aim(float(v[f"output/{lane + 1}/ceiling"]))
        out.append((self._cell(r.OUT_CEILING, ceiling.CEILING, lane), goal, frames))
