"""Which goals of which units a change of the desk moves: from paths and plain values to cells of the rack."""

from collections.abc import Callable, Iterable, Mapping

from dsp import chorus, comp, delay, echoes, gate, insert, limiter, reverb_network, source, svf
from studiod.engine.cells import COEFFICIENT_MS, GAIN_MS, KINDS, SWITCH_MS, Entry, Values
from studiod.engine.console_goals import Around
from studiod.engine.strip_goals import COMP_PLACES, GATE_PLACE
from studiod.realtime import layout as r
from studiod.realtime.rack import Rack
from studiod.registry.points import TOOLS
from studiod.registry.registry import Registry, Value

Method = Callable[[list[Entry], Values, int, int, int, int], None]
Key = tuple[Method, int, int, int]  # what to work out again: a method of Strips, Points or Effects, bank, lane, index
UNHEARD = ("name", "colour", "safe", "automation")  # below a strip, an input or a group
UNSOUNDED = ("status", "recorder", "transport", "automation", "tap")  # heads of which not every path sounds


class Aims(Around):
    """Works out goals for one rack."""

    def __init__(self, rack: Rack, registry: Registry) -> None:
        super().__init__(rack, registry)
        self._keys: dict[str, tuple[Key, ...]] = {}
        for unit, row, ms in self.fade_rows():
            rack.state(unit)[row] = round(ms * self.rate_hz / 1000.0)

    def fade_rows(self) -> Iterable[tuple[int, int, float]]:
        """(unit, row, ms) of every number of frames that a unit takes by itself."""
        for bank in r.BANKS:
            first = bank * r.UNITS_A_BANK
            yield first + r.GATE, gate.FADE, gate.FADE_MS
            yield first + r.COMP, comp.FADE, comp.FADE_MS
            yield first + r.DELAY, delay.FADE, COEFFICIENT_MS
            for unit in r.filters(bank):
                yield from _of_filter(first + unit)
            for place in range(r.PLACES):
                yield first + r.SIDE_1 + r.SIDE_UNITS * place + r.KEY, source.FADE, SWITCH_MS
        yield r.OUT_DELAY, delay.FADE, COEFFICIENT_MS
        yield r.LIMITER, limiter.FADE, limiter.FADE_MS
        for slot in range(self.returns):
            first = r.FX_1 + r.FX_UNITS * slot
            for unit, row in ((r.FX_PATCH, source.FADE), (r.REVERB, reverb_network.FADE), (r.ECHOES, echoes.FADE),
                              (r.CHORUS, chorus.FADE), (r.FX_INSERT, insert.FADE)):  # fmt: skip
                yield first + unit, row, COEFFICIENT_MS
        for unit in (r.PATCH_IN, r.PATCH_OUT, r.PATCH_EAR, r.PATCH_REC, r.PATCH_TALK, r.PATCH_MONITOR):
            yield unit, source.FADE, SWITCH_MS
        for band in range(r.TRANSLATE_BANDS):
            yield from _of_filter(r.TRANSLATE_1 + band)

    def entries(self, changed: Mapping[str, Value], values: Values) -> list[Entry]:
        """One entry for every cell that the changes move."""
        quick: dict[Key, bool] = {}
        for path in changed:
            keys = self._keys.get(path)
            if keys is None:
                keys = self._keys[path] = self.served(path)
            is_switch = self.registry.params[path].kind != "number"
            for key in keys:
                quick[key] = quick.get(key, False) or is_switch
        self.groups.refresh(values)
        out: list[Entry] = []
        for (work_out, bank, lane, index), is_switch in quick.items():
            work_out(out, values, self.frames[SWITCH_MS if is_switch else GAIN_MS], bank, lane, index)
        self.taping = values["recorder/state"] == "record"
        return out

    def served(self, path: str) -> tuple[Key, ...]:
        """What hangs on a path.  Raises LookupError for one that should sound and moves nothing."""
        keys = tuple(self._hangs(path))
        if not keys and path.rpartition("/")[2] not in UNHEARD and path.partition("/")[0] not in UNSOUNDED:
            raise LookupError(f"{path}: no goal of the engine hangs on it")
        return keys

    # -- which path moves what ---------------------------------------------------------------------------------------

    def _hangs(self, path: str) -> Iterable[Key]:
        part = path.split("/")
        if part[0] in (*KINDS, "return"):
            strip = part[0] if part[0] == "main" else "/".join(part[:2])
            tail = part[1:] if part[0] == "main" else part[2:]
            for bank, lane in self.lanes_of(strip):
                yield from self._strip(bank, lane, tail)
        elif part[0] == "fx":
            yield from ((self.effect, 0, int(part[1]) - 1, 0),)
            if part[2] == "source":
                yield self.feed, 0, int(part[1]) - 1, 0
        elif path == "tempo":
            yield from ((self.effect, 0, slot, 0) for slot in range(self.returns))
            yield self.count, 0, 0, 0
        elif path == "automix/on":
            yield from ((self.share, 0, lane, 0) for lane in range(self.lanes[r.INPUT_BANK]))
        elif part[0] == "output" and len(part) == 3:
            of = {"source": self.pick, "tap": self.pick, "ceiling": self.top, "delay": self.late}
            yield of.get(part[2], self.level), 0, int(part[1]) - 1, 0
        elif path == "output/mute":
            yield from ((self.level, 0, lane, 0) for lane in range(self.outputs))
        elif path in ("config/pan_law", "config/mute_pre"):
            for bank, lane in self._every():
                yield from self._mixes(bank, lane)
        elif part[0] == "recorder" and part[1] in ("state", "track"):
            chosen = range(1, self.channels + 1) if part[1] == "state" else (int(part[2]),)
            yield from ((self.record, 0, track, 0) for track in chosen)
        elif path == "transport/soundcheck":
            yield from ((self.source, 0, lane, 0) for lane in range(self.channels))
        elif part[0] == "meter":
            yield self.tap if part[1] == "tap" else self.ear, 0, 0, 0
        else:
            yield from self._around(part)

    def _around(self, part: list[str]) -> Iterable[Key]:
        """Groups, solo, monitor and tools."""
        if part[0] in ("dca", "mutegroup") and part[2] in ("fader", "mute", "on"):
            yield self.dca if part[2] == "fader" else self.mutes, 0, int(part[1]), int(part[0] == "mutegroup")
        elif part[-1] == "solo" or part[0] == "solo":
            yield self.solos, 0, 0, 0
        elif part[0] == "monitor":
            yield self.watched if part[1] == "source" else self.monitor, 0, 0, 0
            if part[1] == "translate":
                yield self.translate, 0, 0, 0
            if part[1:] == ["speaker"]:
                yield from ((self.level, 0, lane, 0) for lane in range(self.outputs))
        elif part[0] in TOOLS and part[1] == "to":
            tool, bank = TOOLS.index(part[0]), -1 if part[2] == "main" else KINDS.index(part[2].replace("return", "ch"))
            lanes = self.lanes_of("/".join(part[2:])) if bank >= 0 else ((0, 0),)
            yield from ((self.reach, bank, tool, lane) for _, lane in lanes)
        elif part[0] in ("generator", "click"):
            yield self.generate if part[0] == "generator" else self.count, 0, 0, 0
        elif part[0] == "talkback":
            yield self.talk, 0, 0, 0
            yield self.monitor, 0, 0, 0

    def _sends(self, bank: int, lane: int) -> Iterable[Key]:
        yield from ((self.send, bank, lane, m) for m in self.sends_of(bank, lane))

    def _mixes(self, bank: int, lane: int) -> Iterable[Key]:
        """Every crossing of a lane with what comes after it."""
        if bank in (r.INPUT_BANK, r.BUS_BANK):
            yield self.main, bank, lane, 0
        if bank != r.MAIN_BANK:
            yield self.solo, bank, lane, 0
        yield from self._sends(bank, lane)

    def _strip(self, bank: int, lane: int, tail: list[str]) -> Iterable[Key]:
        head, last = tail[0], tail[-1]
        alone = {"hpf": self.hpf, "lpf": self.lpf, "delay": self.delay, "source": self.source, "fader": self.fader}
        if head in ("gate", "comp") and len(tail) > 1:
            places = (GATE_PLACE,) if head == "gate" else COMP_PLACES
            if last == "key":
                yield from ((self.key, bank, lane, place) for place in places)
            elif tail[1] in ("filter", "listen"):
                yield from ((self.chain, bank, lane, place) for place in places)
            else:
                yield self.gate if head == "gate" else self.comp, bank, lane, 0
                if last == "position":
                    yield from ((self.chain, bank, lane, place) for place in places)
        elif head in alone:
            yield alone[head], bank, lane, 0
            if head == "source" and bank == r.INPUT_BANK and lane < self.channels:
                yield self.record, 0, lane + 1, 0
        elif head == "arm":
            yield self.record, 0, lane + 1, 0
        elif head == "eq":
            bands = range(r.EQ_BANDS[bank]) if tail[1] == "on" else (int(tail[1]) - 1,)
            yield from ((self.eq, bank, lane, band) for band in bands)
        elif head == "send":
            m = int(tail[1])
            yield from ((self.send, bank, lane, n) for n in (m, m + 1) if n in self.sends_of(bank, lane))
        elif head in ("trim", "polarity"):
            yield self.trim, bank, lane, 0
        elif head in ("mute", "dca", "mutegroup"):
            yield self.fader, bank, lane, 0
            yield from self._sends(bank, lane)
            if head == "dca":
                yield self.solos, 0, 0, 0
        elif head in ("solo", "solo_safe"):
            yield self.solos, 0, 0, 0
        elif head == "automix":
            yield self.share, bank, lane, 0
        elif head == "insert":
            yield self.inserted, 0, 0, 0
        elif head in ("pan", "balance", "width", "link"):
            yield from self._placed(bank, lane, head)
        elif head == "main":
            yield self.main, bank, lane, 0
        elif head == "limiter":
            yield self.limit, bank, 0, 0

    def _placed(self, bank: int, lane: int, head: str) -> Iterable[Key]:
        """What hangs on where a strip stands, and on its being half of a pair."""
        alone = head in ("pan", "width") or bank == r.MAIN_BANK or (bank == r.INPUT_BANK and lane >= self.channels)
        for one in (lane,) if alone or lane + 1 >= self.lanes[bank] else (lane, lane + 1):
            yield from self._mixes(bank, one)
            if bank in (r.MAIN_BANK, r.MATRIX_BANK):
                yield self.fader, bank, one, 0
            if head == "link":
                yield from ((unit, bank, one, 0) for unit in (self.gate, self.comp) if bank == 0 or unit == self.comp)
        if head == "link":
            yield from ((self.ear, 0, 0, 0), (self.watched, 0, 0, 0), (self.inserted, 0, 0, 0))
            yield from ((self.feed, 0, slot, 0) for slot in range(self.returns))
            yield from ((self.source, 0, c, 0) for c in range(self.channels, self.lanes[0]))
            feeders = {r.BUS_BANK: (r.INPUT_BANK,), r.MATRIX_BANK: (r.BUS_BANK, r.MAIN_BANK)}.get(bank, ())
            for feeder in feeders:
                for n in (lane + 1, lane + 2):
                    yield from ((self.send, feeder, c, n) for c in range(self.lanes[feeder]) if n <= self.lanes[bank])


def _of_filter(unit: int) -> Iterable[tuple[int, int, float]]:
    yield unit, svf.FADE, COEFFICIENT_MS
    yield unit, svf.GLIDE, COEFFICIENT_MS
