"""Banks of meters, each reading the most since a reader's last look: from the rack's cells and the analyser's.

Levels in dBFS: a sine at 0 dBFS reads 0 as peak and as RMS.  Silence reads SILENCE_DB.
"""

import math
from collections.abc import Callable
from dataclasses import asdict
from difflib import get_close_matches
from functools import partial

import numpy as np

from dsp import meter, rta
from studiod.metering import analyser as a
from studiod.metering.analyser import Analyser
from studiod.realtime import inputs, mixes, monitor, outputs, strip
from studiod.realtime import layout as r
from studiod.realtime.layout import Size
from studiod.realtime.rack import Rack
from studiod.registry.meter_banks import BANKS, Name
from studiod.registry.param import Refusal
from studiod.registry.strip import METERED

SILENCE_DB = -150.0
RMS_CELLS = 30  # 300 ms
BANK_OF = {"ch": r.INPUT_BANK, "return": r.INPUT_BANK, "bus": r.BUS_BANK, "main": r.MAIN_BANK, "matrix": r.MATRIX_BANK}


def levels(amplitude: np.ndarray | float) -> np.ndarray:
    """dB of amplitudes, from SILENCE_DB up."""
    return 20.0 * np.log10(np.maximum(amplitude, 10.0 ** (SILENCE_DB / 20.0)))


def bounded(level: float) -> float:
    """A level as a meter tells it: silence is no infinity."""
    return level if level > SILENCE_DB else SILENCE_DB


class Meters:
    """What can be read, over one rack."""

    def __init__(self, rack: Rack) -> None:
        """banks: the reader of each that is declared (studiod/registry/meter_banks.py), its values in that order.

        Raises LookupError where the strips tell of other units than the registry declares.
        """
        if strip.SECTION.told.keys() != set(METERED):
            told = " ".join(strip.SECTION.told)
            raise LookupError(f"strips tell what {told} take away; the registry declares {' '.join(METERED)}")
        self.rack, self.analyser = rack, Analyser(rack)
        self.channels, self.matrices = int(rack.words[r.CHANNELS]), int(rack.words[r.MATRICES])
        self._lanes = {unit: lanes_of(BANKS[unit](asdict(rack.size)), rack.size) for unit in METERED}
        self.banks: dict[str, Callable[[np.ndarray], list[float]]] = {
            "input": lambda rows: self._peaks(inputs.METER_IN, rows),
            "ch": lambda rows: self._peaks(strip.METER, rows)[: self.channels],
            "return": lambda rows: self._peaks(strip.METER, rows)[self.channels :],
            **{unit: partial(self._reduced, unit) for unit in METERED},
            "bus": lambda rows: self._peaks(r.BUS_BANK * r.BLOCK + strip.METER, rows),
            "matrix": lambda rows: self._peaks(r.MATRIX_BANK * r.BLOCK + strip.METER, rows)[: self.matrices],
            "monitor": lambda rows: self._peaks(monitor.METER_MONITOR, rows),
            "output": lambda rows: self._peaks(outputs.METER_OUT, rows),
            "main": self._main,
            "rta": self._spectrum,
        }

    def check(self, bank: str) -> None:
        """Raises Refusal for a bank that is none."""
        if bank not in BANKS:
            near = get_close_matches(bank[:40], BANKS, 1, 0.0)[0]
            raise Refusal("meters", "no such bank", f"one of {' '.join(BANKS)}", ascii(bank)[:60], near)

    def cells(self, bank: str) -> int:
        """How many cells of 10 ms a bank has ended."""
        if bank in ("main", "rta"):
            return self.analyser.cell
        return self.rack.get(r.FRAME) // int(self.rack.words[r.GRID_FRAMES])

    def read(self, bank: str, since: int = -1) -> tuple[list[float], int]:
        """The most in the cells from since on (-1: in the last one), and where to go on.  Raises Refusal."""
        self.check(bank)
        end = self.cells(bank)
        first = end - 1 if since < 0 or since >= end else max(since, end - meter.CELLS + 2)
        return self.banks[bank](np.arange(max(first, 0), end) % meter.CELLS), end

    def inputs(self, since: int) -> tuple[np.ndarray, np.ndarray, int]:
        """Peak and mean square of every input, [cell, input] each, of the cells of 10 ms from since on that are still
        there, and where to go on."""
        end = self.cells("input")
        rows = np.arange(min(max(since, end - meter.CELLS + 2, 0), end), end) % meter.CELLS
        state = self.rack.state(inputs.METER_IN)
        return state[meter.PEAKS + rows], state[meter.MEANS + rows], end

    def _most(self, unit: int, first_row: int, rows: np.ndarray) -> np.ndarray:
        """The most of each lane in a unit's ring of cells."""
        return self.rack.state(unit)[first_row + rows].max(axis=0, initial=0.0)

    def _peaks(self, unit: int, rows: np.ndarray) -> list[float]:
        return levels(self._most(unit, meter.PEAKS, rows)).tolist()

    def _reduced(self, unit: str, rows: np.ndarray) -> list[float]:
        """How many dB a unit takes away on every strip that has it, in the order of the bank's names."""
        first = meter.REDUCED + strip.SECTION.told[unit] * meter.CELLS
        found = [self._most(bank * r.BLOCK + strip.METER, first, rows)[lanes] for bank, lanes in self._lanes[unit]]
        return np.concatenate(found).tolist()

    def _rms(self) -> list[float]:
        """Of the mains over the last 300 ms."""
        end = self.cells("output")
        rows = np.arange(max(end - RMS_CELLS, 0), end) % meter.CELLS
        means = self.rack.state(mixes.METER_MAIN)[meter.MEANS + rows]
        return levels(np.sqrt(2.0 * means.mean(axis=0))).tolist() if len(rows) else [SILENCE_DB] * 2

    def _main(self, rows: np.ndarray) -> list[float]:
        """Peak L R, RMS L R, momentary, short-term, integrated, LRA, true peak L R, correlation, limiter reduction."""
        ear = self.analyser
        momentary, short, *true = ear.rows[rows][:, : a.LEFT_LEFT].max(axis=0, initial=-math.inf).tolist()
        loud = [bounded(momentary), bounded(short), bounded(ear.programme.integrated), ear.programme.range_lu]
        reduced = self._most(mixes.METER_MAIN, meter.REDUCED + mixes.LIMITER_TOLD * meter.CELLS, rows)[0]
        peaks = self._peaks(mixes.METER_MAIN, rows) + self._rms()
        return [*peaks, *loud, *levels(np.maximum(true, 0.0)).tolist(), ear.correlation(), float(reduced)]

    def _spectrum(self, rows: np.ndarray) -> list[float]:
        """31 third-octaves, 20 Hz to 20 kHz; a sine at 0 dBFS reads 0."""
        squares = self.analyser.rows[rows][:, a.SPECTRUM :].max(axis=0, initial=0.0)
        return [bounded(level) for level in rta.level_db(squares).tolist()]


def lanes_of(names: list[Name], size: Size) -> list[tuple[int, list[int]]]:
    """(bank, its lanes) of the strips that a bank of meters names, in that order; of the mains the left one."""
    found: list[tuple[int, list[int]]] = []
    for name, _ in names:
        kind, *rest = name.split("/")
        bank = BANK_OF[kind]
        lane = int(rest[0]) - 1 if rest else 0
        if kind == "return":
            lane = size.channels + 2 * lane + "lr".index(rest[1])
        if not found or found[-1][0] != bank:
            found.append((bank, []))
        found[-1][1].append(lane)
    return found
