"""Goals of the outputs: level with every reason to be silent, delay, ceiling."""

from dsp import ceiling, delay, gain
from studiod.engine.cells import Cells, Entry, Values
from studiod.realtime import outputs, queue


class Outputs:
    """Each method adds the entries of one unit of one output, the lane being its number from 0."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells

    def level(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        at = f"output/{lane + 1}"
        silent = v[f"{at}/mute"] or v["output/mute"] or v[f"{at}/speaker"] not in ("any", v["monitor/speaker"])
        goal = 0.0 if silent else gain.aim(gain_db=float(v[f"{at}/trim"])) * (-1.0 if v[f"{at}/polarity"] else 1.0)
        out.append((self.cells.cell(outputs.OUT_GAIN, gain.GAIN, lane), goal, frames))

    def late(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        late = delay.aim(on=1, time_ms=float(v[f"output/{lane + 1}/delay"]), rate_hz=self.cells.rate_hz)
        out.append((self.cells.cell(outputs.OUT_DELAY, delay.NEXT, lane), late, queue.PLAIN))
        out.append((self.cells.cell(outputs.OUT_DELAY, delay.ASK, lane), 2.0, queue.MOST))

    def top(self, out: list[Entry], v: Values, frames: int, bank: int, lane: int, _: int) -> None:
        goal = ceiling.aim(ceiling_dbfs=float(v[f"output/{lane + 1}/ceiling"]))
        out.append((self.cells.cell(outputs.OUT_CEILING, ceiling.CEILING, lane), goal, frames))
