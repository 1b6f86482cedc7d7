"""Goals of the slots of effects: which unit plays, what feeds it, its settings, and the strip that it stands in."""

from dsp import chorus, echoes, gain, insert, reverb, reverb_rings
from studiod.engine import gains
from studiod.engine.by_name import ByName
from studiod.engine.cells import Cells, Entry, Values
from studiod.engine.source_goals import Points
from studiod.realtime import effects as units
from studiod.realtime import layout as r
from studiod.realtime import queue

PLACES = {"pre_fader": 0, "post_fader": 1}


class Effects:
    """Each method adds the entries of one slot, the lane being its number from 0."""

    def __init__(self, cells: Cells, points: Points) -> None:
        self.cells, self.points = cells, points
        if "fx/1/type" not in cells.declared:
            return
        params, whole = cells.declared, ("mix", "rate_hz")
        times = ("time_l", "time_r", "sync", "division_l", "division_r")
        self._reverb = ByName(reverb.aim, params, "fx/1/reverb", whole)
        self._echoes = ByName(echoes.aim, params, "fx/1/delay", (*whole, "time_l_ms", "time_r_ms"), times)
        self._chorus = ByName(chorus.aim, params, "fx/1/chorus", whole, aliases={"rate": "swing"})

    def feed(self, out: list[Entry], v: Values, frames: int, bank: int, slot: int, _: int) -> None:
        """What a slot listens to; a mono point feeds both sides."""
        for side, point in enumerate(self.points.both(v, str(v[f"fx/{slot + 1}/source"]))):
            column = self.points.column(point, r.TAP_POST_FADER, r.EFFECTS)
            self.points.route(out, r.BLOCK * slot + units.FX_PATCH, side, column)

    def effect(self, out: list[Entry], v: Values, frames: int, bank: int, slot: int, _: int) -> None:
        """The units of a slot: the one of its type by its mix, the others as wires; a slot that is off is silent."""
        at, first, cells = f"fx/{slot + 1}", r.BLOCK * slot, self.cells
        kind, mix, rate_hz = str(v[f"{at}/type"]), float(v[f"{at}/mix"]) / 100.0, cells.rate_hz
        for side in (0, 1):
            out.append((cells.cell(first + units.FX_GAIN, gain.GAIN, side), float(kind != "off"), frames))
        wet = {name: mix if kind == name else 0.0 for name in ("reverb", "delay", "chorus")}
        goals = self._reverb(v, f"{at}/reverb", mix=wet["reverb"], rate_hz=rate_hz)
        cells.whole(out, first + units.REVERB, reverb, goals)
        wanted = tuple(goal for (row, _), goal in goals.items() if reverb_rings.NEXT <= row < reverb_rings.PRE)
        cells.ask(out, first + units.REVERB, reverb.ASK, 0, (*wanted, goals[reverb_rings.NEXT_PRE, 0]))
        left, right = self._times(v, f"{at}/delay")
        goals = self._echoes(v, f"{at}/delay", mix=wet["delay"], time_l_ms=left, time_r_ms=right, rate_hz=rate_hz)
        cells.whole(out, first + units.ECHOES, echoes, goals)
        for side in (0, 1):
            out.append((cells.cell(first + units.ECHOES, echoes.ASK, side), 2.0, queue.MOST))
        goals = self._chorus(v, f"{at}/chorus", mix=wet["chorus"], rate_hz=rate_hz)
        cells.whole(out, first + units.CHORUS, chorus, goals)

    def _times(self, v: Values, at: str) -> list[float]:
        """The times of both sides, ms: as set, or as divisions of the tempo."""
        if v[f"{at}/sync"]:
            return [echoes.time_ms(float(v["tempo"]), str(v[f"{at}/division_{side}"])) for side in "lr"]
        return [float(v[f"{at}/time_{side}"]) for side in "lr"]

    def inserted(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        """Which strip each slot of effects stands in."""
        for slot in range(self.cells.returns):
            place, lanes = self._place(v, slot)
            unit = r.BLOCK * slot + units.FX_INSERT
            wanted = (float(place), float(lanes[0]), float(lanes[1]))
            for k, value in enumerate(wanted):
                out.append((self.cells.cell(unit, insert.NEXT_PLACE + k, 0), value, queue.PLAIN))
            self.cells.ask(out, unit, insert.ASK, 0, wanted)

    def _place(self, v: Values, slot: int) -> tuple[int, tuple[int, int]]:
        for strip in self.cells.groups.strips:
            if v.get(f"{strip}/insert/fx") == str(slot + 1):
                lanes = self.cells.lanes_of(strip)
                kind, _, number = strip.partition("/")
                bank, first = lanes[0]
                second = lanes[1][1] if len(lanes) == 2 else -1
                if number and gains.linked(v, kind, int(number)):
                    second = first + 1
                return 2 * bank + PLACES[str(v[f"{strip}/insert/position"])], (first, second)
        return insert.NOWHERE, (0, -1)
