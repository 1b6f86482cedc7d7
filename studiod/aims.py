"""Which goals of which units a change of the desk moves: from paths and plain values to cells of the rack."""

from collections.abc import Iterable, Mapping

from dsp import chorus, comp, delay, echoes, gate, insert, limiter, network, patch, svf
from studiod import rack as r
from studiod.aim_cells import COEFFICIENT_MS, GAIN_MS, KINDS, SWITCH_MS, Entry, Values
from studiod.aim_desk import Around
from studiod.aim_strips import COMP_PLACES, GATE_PLACE
from studiod.params import Registry, Value
from studiod.points import TOOLS

Key = tuple[str, int, int, int]  # what to work out again: a method of Strips, Points or Effects, bank, lane, index


class Aims(Around):
    """Works out goals for one rack."""

    def __init__(self, rack: r.Rack, registry: Registry) -> None:
        super().__init__(rack, registry)
        self._keys: dict[str, tuple[Key, ...]] = {}
        long, short = round(COEFFICIENT_MS * self.rate_hz / 1000.0), self.frames[SWITCH_MS]
        for unit, row in self.fade_rows():
            fades_long = row in (svf.GLIDE, svf.FADE, delay.FADE) or r.FX_1 <= unit < r.FX_WORK
            rack.state(unit)[row] = long if fades_long else short

    def fade_rows(self) -> Iterable[tuple[int, int]]:
        """(unit, row) of every number of frames that a unit takes by itself."""
        for bank in r.BANKS:
            first = bank * r.UNITS_A_BANK
            yield first + r.GATE, gate.FADE
            yield first + r.COMP, comp.FADE
            yield first + r.DELAY, delay.FADE
            for unit in r.filters(bank):
                yield first + unit, svf.FADE
                yield first + unit, svf.GLIDE
            for place in range(r.PLACES):
                yield first + r.SIDE_1 + r.SIDE_UNITS * place + r.KEY, patch.FADE
        yield r.OUT_DELAY, delay.FADE
        yield r.LIMITER, limiter.FADE
        for slot in range(self.returns):
            first = r.FX_1 + r.FX_UNITS * slot
            yield first + r.FX_PATCH, patch.FADE
            yield first + r.REVERB, network.FADE
            yield first + r.ECHOES, echoes.FADE
            yield first + r.CHORUS, chorus.FADE
            yield first + r.FX_INSERT, insert.FADE
        for unit in (r.PATCH_IN, r.PATCH_OUT, r.PATCH_EAR, r.PATCH_REC, r.PATCH_TALK, r.PATCH_MONITOR):
            yield unit, patch.FADE
        for band in range(r.TRANSLATE_BANDS):
            yield r.TRANSLATE_1 + band, svf.FADE
            yield r.TRANSLATE_1 + band, svf.GLIDE

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
        self.groups.refresh(values)
        out: list[Entry] = []
        for (name, bank, lane, index), is_switch in quick.items():
            frames = self.frames[SWITCH_MS if is_switch else GAIN_MS]
            getattr(self, name)(out, values, frames, bank, lane, index)
        self.taping = values["recorder/state"] == "record"
        return out

    # -- which path moves what ---------------------------------------------------------------------------------------

    def _hangs(self, path: str) -> Iterable[Key]:
        part = path.split("/")
        if part[0] in (*KINDS, "return"):
            strip = part[0] if part[0] == "main" else "/".join(part[:2])
            tail = part[1:] if part[0] == "main" else part[2:]
            for bank, lane in self.lanes_of(strip):
                yield from self._strip(bank, lane, tail)
        elif part[0] == "fx":
            yield from (("effect", 0, int(part[1]) - 1, 0),)
            if part[2] == "source":
                yield "feed", 0, int(part[1]) - 1, 0
        elif path == "tempo":
            yield from (("effect", 0, slot, 0) for slot in range(self.returns))
            yield "count", 0, 0, 0
        elif path == "automix/on":
            yield from (("share", 0, lane, 0) for lane in range(self.lanes[r.INPUT_BANK]))
        elif part[0] == "output" and len(part) == 3:
            name = {"source": "pick", "tap": "pick", "ceiling": "top", "delay": "late"}.get(part[2], "level")
            yield name, 0, int(part[1]) - 1, 0
        elif path == "output/mute":
            yield from (("level", 0, lane, 0) for lane in range(self.outputs))
        elif path in ("config/pan_law", "config/mute_pre"):
            for bank, lane in self._every():
                yield from self._mixes(bank, lane)
        elif part[0] == "recorder" and part[1] in ("state", "track"):
            chosen = range(1, self.channels + 1) if part[1] == "state" else (int(part[2]),)
            yield from (("record", 0, track, 0) for track in chosen)
        elif path == "transport/soundcheck":
            yield from (("source", 0, lane, 0) for lane in range(self.channels))
        elif part[0] == "meter":
            yield {"tap": "tap"}.get(part[1], "ear"), 0, 0, 0
        else:
            yield from self._around(part)

    def _around(self, part: list[str]) -> Iterable[Key]:
        """Groups, solo, monitor and tools."""
        if part[0] in ("dca", "mutegroup") and part[2] in ("fader", "mute", "on"):
            name = "dca" if part[2] == "fader" else "mutes"
            yield name, 0, int(part[1]), int(part[0] == "mutegroup")
        elif part[-1] == "solo" or part[0] == "solo":
            yield "solos", 0, 0, 0
        elif part[0] == "monitor":
            yield {"source": "watched"}.get(part[1], "monitor"), 0, 0, 0
            if part[1] == "translate":
                yield "translate", 0, 0, 0
            if part[1:] == ["speaker"]:
                yield from (("level", 0, lane, 0) for lane in range(self.outputs))
        elif part[0] in TOOLS and part[1] == "to":
            tool, bank = TOOLS.index(part[0]), -1 if part[2] == "main" else KINDS.index(part[2].replace("return", "ch"))
            lanes = self.lanes_of("/".join(part[2:])) if bank >= 0 else ((0, 0),)
            yield from (("reach", bank, tool, lane) for _, lane in lanes)
        elif part[0] in ("generator", "click"):
            yield {"generator": "generate", "click": "count"}[part[0]], 0, 0, 0
        elif part[0] == "talkback":
            yield "talk", 0, 0, 0
            yield "monitor", 0, 0, 0

    def _sends(self, bank: int, lane: int) -> Iterable[Key]:
        yield from (("send", bank, lane, m) for m in self.sends_of(bank, lane))

    def _mixes(self, bank: int, lane: int) -> Iterable[Key]:
        """Every crossing of a lane with what comes after it."""
        if bank in (r.INPUT_BANK, r.BUS_BANK):
            yield "main", bank, lane, 0
        if bank != r.MAIN_BANK:
            yield "solo", bank, lane, 0
        yield from self._sends(bank, lane)

    def _strip(self, bank: int, lane: int, tail: list[str]) -> Iterable[Key]:
        head, last = tail[0], tail[-1]
        if head in ("gate", "comp") and len(tail) > 1:
            places = (GATE_PLACE,) if head == "gate" else COMP_PLACES
            if last == "key":
                yield from (("key", bank, lane, place) for place in places)
            elif tail[1] in ("filter", "listen"):
                yield from (("chain", bank, lane, place) for place in places)
            else:
                yield head, bank, lane, 0
                if last == "position":
                    yield from (("chain", bank, lane, place) for place in places)
        elif head in ("hpf", "lpf", "delay", "source", "fader"):
            yield head, bank, lane, 0
        elif head == "arm":
            yield "record", 0, lane + 1, 0
        elif head == "eq":
            bands = range(r.EQ_BANDS[bank]) if tail[1] == "on" else (int(tail[1]) - 1,)
            yield from (("eq", bank, lane, band) for band in bands)
        elif head == "send":
            m = int(tail[1])
            yield from (("send", bank, lane, n) for n in (m, m + 1) if n in self.sends_of(bank, lane))
        elif head in ("trim", "polarity"):
            yield "trim", bank, lane, 0
        elif head in ("mute", "dca", "mutegroup"):
            yield "fader", bank, lane, 0
            yield from self._sends(bank, lane)
            if head == "dca":
                yield "solos", 0, 0, 0
        elif head in ("solo", "solo_safe"):
            yield "solos", 0, 0, 0
        elif head == "automix":
            yield "share", bank, lane, 0
        elif head == "insert":
            yield "inserted", 0, 0, 0
        elif head in ("pan", "balance", "width", "link"):
            yield from self._placed(bank, lane, head)
        elif head == "main":
            yield "main", bank, lane, 0
        elif head == "limiter":
            yield "limit", bank, 0, 0

    def _placed(self, bank: int, lane: int, head: str) -> Iterable[Key]:
        """What hangs on where a strip stands, and on its being half of a pair."""
        alone = head in ("pan", "width") or bank == r.MAIN_BANK or (bank == r.INPUT_BANK and lane >= self.channels)
        for one in (lane,) if alone or lane + 1 >= self.lanes[bank] else (lane, lane + 1):
            yield from self._mixes(bank, one)
            if bank in (r.MAIN_BANK, r.MATRIX_BANK):
                yield "fader", bank, one, 0
            if head == "link":
                yield from ((unit, bank, one, 0) for unit in ("gate", "comp") if bank == 0 or unit == "comp")
        if head == "link":
            yield from (("ear", 0, 0, 0), ("watched", 0, 0, 0), ("inserted", 0, 0, 0))
            yield from (("feed", 0, slot, 0) for slot in range(self.returns))
            yield from (("source", 0, c, 0) for c in range(self.channels, self.lanes[0]))
            feeders = {r.BUS_BANK: (r.INPUT_BANK,), r.MATRIX_BANK: (r.BUS_BANK, r.MAIN_BANK)}.get(bank, ())
            for feeder in feeders:
                for n in (lane + 1, lane + 2):
                    yield from (("send", feeder, c, n) for c in range(self.lanes[feeder]) if n <= self.lanes[bank])
