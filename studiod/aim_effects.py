"""Goals of the slots of effects: which unit plays, what feeds it, and its settings."""

from types import ModuleType

from dsp import chorus, echoes, gain, network, reverb
from studiod import drain
from studiod import rack as r
from studiod.aim_cells import GAIN_MS, Entry, Values
from studiod.aim_points import FX_STAGE, Points

FADES = {reverb: network.FADE, echoes: echoes.FADE, chorus: chorus.FADE}
Goals = dict[tuple[int, int], float]


class Effects(Points):
    """Each method adds the entries of one slot, the lane being its number from 0."""

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
        goals = self._reverb(v, f"{at}/reverb", mix if kind == "reverb" else 0.0)
        self._goals(out, first + r.REVERB, reverb, goals)
        wanted = tuple(goal for (row, _), goal in goals.items() if network.NEXT <= row < network.NEXT + 3)
        self.ask(out, first + r.REVERB, reverb.ASK, 0, (*wanted, goals[network.NEXT_PRE, 0]))
        goals = self._echoes(v, f"{at}/delay", mix if kind == "delay" else 0.0)
        self._goals(out, first + r.ECHOES, echoes, goals)
        for side in (0, 1):
            out.append((self.cell(first + r.ECHOES, echoes.ASK, side), 2.0, drain.MOST))
        self._goals(out, first + r.CHORUS, chorus, self._chorus(v, f"{at}/chorus", mix if kind == "chorus" else 0.0))

    def _goals(self, out: list[Entry], unit: int, made: ModuleType, goals: Goals) -> None:
        for (row, lane), goal in goals.items():
            if row != FADES[made]:  # set once for all
                slow = made is chorus and (row, lane) in chorus.SLOW
                ms = chorus.SLOW_MS if slow else GAIN_MS
                glides = round(ms * self.rate_hz / 1000.0) if row in made.GLIDES else drain.PLAIN
                out.append((self.cell(unit, row, lane), goal, glides))

    def _reverb(self, v: Values, at: str, mix: float) -> Goals:
        names = ("size", "damping", "width", "modulation")
        size, damping, width, modulation = (float(v[f"{at}/{name}"]) / 100.0 for name in names)
        time, predelay, low, high = (float(v[f"{at}/{name}"]) for name in ("time", "predelay", "low_cut", "high_cut"))
        character = str(v[f"{at}/character"])
        return reverb.aim(mix, character, time, predelay, size, damping, low, high, width, modulation, self.rate_hz)

    def _echoes(self, v: Values, at: str, mix: float) -> Goals:
        times = [float(v[f"{at}/time_{side}"]) for side in "lr"]
        if v[f"{at}/sync"]:
            times = [echoes.time_ms(float(v["tempo"]), str(v[f"{at}/division_{side}"])) for side in "lr"]
        feedback, cross = float(v[f"{at}/feedback"]) / 100.0, float(v[f"{at}/cross"]) / 100.0
        low, high = float(v[f"{at}/low_cut"]), float(v[f"{at}/high_cut"])
        return echoes.aim(mix, times[0], times[1], feedback, cross, low, high, self.rate_hz)

    def _chorus(self, v: Values, at: str, mix: float) -> Goals:
        rate, late = float(v[f"{at}/rate"]), float(v[f"{at}/delay"])
        depth, feedback = float(v[f"{at}/depth"]) / 100.0, float(v[f"{at}/feedback"]) / 100.0
        return chorus.aim(mix, rate, depth, late, feedback, self.rate_hz)
