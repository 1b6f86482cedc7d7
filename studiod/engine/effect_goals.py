"""Goals of the slots of effects: which unit plays, what feeds it, and its settings."""

from types import ModuleType

from dsp import chorus, echoes, gain, reverb, reverb_network
from studiod.engine.by_name import ByName
from studiod.engine.cells import GAIN_MS, Entry, Values
from studiod.engine.source_goals import FX_STAGE, Points
from studiod.realtime import layout as r
from studiod.realtime import queue
from studiod.realtime.rack import Rack
from studiod.registry.registry import Registry

FADES = {reverb: reverb_network.FADE, echoes: echoes.FADE, chorus: chorus.FADE}
Goals = dict[tuple[int, int], float]


class Effects(Points):
    """Each method adds the entries of one slot, the lane being its number from 0."""

    def __init__(self, rack: Rack, registry: Registry) -> None:
        super().__init__(rack, registry)
        if "fx/1/type" not in registry.params:
            return
        params, whole = registry.params, ("mix", "rate_hz")
        times = ("time_l", "time_r", "sync", "division_l", "division_r")
        self._reverb = ByName(reverb.aim, params, "fx/1/reverb", whole)
        self._echoes = ByName(echoes.aim, params, "fx/1/delay", (*whole, "time_l_ms", "time_r_ms"), times)
        self._chorus = ByName(chorus.aim, params, "fx/1/chorus", whole, aliases={"rate": "swing"})

    def feed(self, out: list[Entry], v: Values, frames: int, bank: int, slot: int, _: int) -> None:
        """What a slot listens to; a mono point feeds both sides."""
        left, right = self.both(v, str(v[f"fx/{slot + 1}/source"]))
        for side, point in enumerate((left, right)):
            column = self.column(point, r.TAP_POST_FADER, FX_STAGE)
            self.route(out, r.FX_1 + r.FX_UNITS * slot + r.FX_PATCH, side, column)

    def effect(self, out: list[Entry], v: Values, frames: int, bank: int, slot: int, _: int) -> None:
        """The units of a slot: the one of its type by its mix, the others as wires; a slot that is off is silent."""
        at, first = f"fx/{slot + 1}", r.FX_1 + r.FX_UNITS * slot
        kind, mix = str(v[f"{at}/type"]), float(v[f"{at}/mix"]) / 100.0
        for side in (0, 1):
            out.append((self.cell(first + r.FX_GAIN, gain.GAIN, side), float(kind != "off"), frames))
        wet = {name: mix if kind == name else 0.0 for name in ("reverb", "delay", "chorus")}
        goals = self._reverb(v, f"{at}/reverb", mix=wet["reverb"], rate_hz=self.rate_hz)
        self._goals(out, first + r.REVERB, reverb, goals)
        wanted = tuple(goal for (row, _), goal in goals.items() if reverb_network.NEXT <= row < reverb_network.NEXT + 3)
        self.ask(out, first + r.REVERB, reverb.ASK, 0, (*wanted, goals[reverb_network.NEXT_PRE, 0]))
        left, right = self._times(v, f"{at}/delay")
        goals = self._echoes(v, f"{at}/delay", mix=wet["delay"], time_l_ms=left, time_r_ms=right, rate_hz=self.rate_hz)
        self._goals(out, first + r.ECHOES, echoes, goals)
        for side in (0, 1):
            out.append((self.cell(first + r.ECHOES, echoes.ASK, side), 2.0, queue.MOST))
        goals = self._chorus(v, f"{at}/chorus", mix=wet["chorus"], rate_hz=self.rate_hz)
        self._goals(out, first + r.CHORUS, chorus, goals)

    def _goals(self, out: list[Entry], unit: int, made: ModuleType, goals: Goals) -> None:
        for (row, lane), goal in goals.items():
            if row != FADES[made]:  # set once for all
                slow = made is chorus and (row, lane) in chorus.SLOW
                ms = chorus.SLOW_MS if slow else GAIN_MS
                glides = round(ms * self.rate_hz / 1000.0) if row in made.GLIDES else queue.PLAIN
                out.append((self.cell(unit, row, lane), goal, glides))

    def _times(self, v: Values, at: str) -> list[float]:
        """The times of both sides, ms: as set, or as divisions of the tempo."""
        if v[f"{at}/sync"]:
            return [echoes.time_ms(float(v["tempo"]), str(v[f"{at}/division_{side}"])) for side in "lr"]
        return [float(v[f"{at}/time_{side}"]) for side in "lr"]
