"""Loudness, true peak, correlation and spectrum of the points that the desk chose, beside the audio path.

A thread of the desk's process reads the rack's ring of what was heard, cell by cell of 10 ms, through compiled code
that leaves the interpreter; the audio thread only copies samples into that ring.  One more thread reads what is
published here: the loop, under the interpreter's lock.
"""

import logging
import threading

import numpy as np

from dsp import loudness, rta, truepeak
from dsp.core.grid import GRID_HZ
from dsp.loudness_running import Programme
from dsp.meter import CELLS
from studiod.realtime import layout as r
from studiod.realtime import outputs
from studiod.realtime.rack import Rack

LOG = logging.getLogger(__name__)
TICK_S = 0.05  # five cells a wake
TOGETHER = 8  # cells at most in one go
FAST_S = 0.125  # the spectrum's time constant, "fast" of IEC 61672-1
STILL = 1e-20  # of a mean square: -200 dB is silence
SPREAD = 40  # cells that a correlation is made of: 400 ms
MOMENTARY, SHORT, TRUE_LEFT, TRUE_RIGHT, LEFT_LEFT, RIGHT_RIGHT, LEFT_RIGHT, SPECTRUM = range(8)
COLUMNS = SPECTRUM + rta.BANDS


class Analyser:
    """Attributes: `cell`, how many cells are done; `rows`, the last 128 of them [cell % 128, column]."""

    def __init__(self, rack: Rack) -> None:
        self.rack = rack
        self.rate_hz = int(rack.words[r.RATE])
        self.per_cell = self.rate_hz // GRID_HZ
        self.cell = self.lost = 0
        self.rows = np.zeros((CELLS, COLUMNS))
        self._ear = rack.state(outputs.EAR)
        self._weights, self._room = loudness.aim(self.rate_hz), truepeak.work()
        self._bands, self._fall = rta.aim(self.rate_hz), np.exp(-1.0 / (GRID_HZ * FAST_S))
        self._powers, self._squares = np.zeros((TOGETHER, 2)), np.zeros((TOGETHER, rta.BANDS))
        self._loudness, self._peaks, self._rta = loudness.state(2), truepeak.state(2), rta.state(2)
        self._fast = np.zeros(rta.BANDS)
        self.programme = Programme()
        self._quiet = 0  # cells of silence that it has ended with
        self._rests = False  # after a long silence, when more of it changes nothing but the count of cells
        self._silence = np.zeros(COLUMNS)
        self._silence[[MOMENTARY, SHORT]] = -np.inf
        self._anew = threading.Event()
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def reset(self) -> None:
        """Begin integrated loudness and range anew."""
        self._anew.set()

    def step(self) -> None:
        """Analyse every whole cell that the runner has ended."""
        room = len(self._ear) // self.per_cell - 2  # cells that the runner is not writing over
        while (whole := self.rack.get(r.FRAME) // self.per_cell) > self.cell:
            if whole - self.cell > room:  # before each few cells: the runner goes on meanwhile
                self.lost += whole - self.cell - room
                LOG.warning("the meters have missed %d x 10 ms in all: this machine is too busy", self.lost)
                self.cell = whole - room
            self._some(min(whole - self.cell, TOGETHER))

    def _heard(self, first: int, frames: int) -> np.ndarray:
        """What was heard from an absolute frame on, [frame, lane]; not to be written to."""
        at, size = first % len(self._ear), len(self._ear)
        if at + frames <= size:
            return self._ear[at : at + frames]
        return np.concatenate((self._ear[at:], self._ear[: at + frames - size]))

    def _some(self, count: int) -> None:
        """So many cells, at most TOGETHER."""
        if self._anew.is_set():
            self._anew.clear()
            self.programme, self._quiet, self._rests = Programme(), 0, False
        first, cells = self.cell * self.per_cell, (self.cell + np.arange(count)) % CELLS
        heard = self._heard(first, count * self.per_cell)
        if self._rests and not heard.any():
            self.programme.cells += count
            self.rows[cells] = self._silence
        else:
            self.rows[cells] = self._analysed(first, count, heard)
        self.cell += count

    def _analysed(self, first: int, count: int, heard: np.ndarray) -> np.ndarray:
        """The rows of cells that begin at an absolute frame."""
        rows, at = np.zeros((count, COLUMNS)), (self.cell + np.arange(count)) % TOGETHER
        sides, other = np.ascontiguousarray(heard[:, :2]), heard[:, 2:]
        loudness.gather(self._loudness, self._weights, self._powers, sides, first, self.rate_hz)
        by_cell = sides.reshape(count, self.per_cell, 2)
        for row, power, sound in zip(rows, self._powers[at].sum(axis=1).tolist(), by_cell, strict=True):
            self._peaks[[truepeak.PEAK, truepeak.TRUE]] = 0.0
            truepeak.gather(self._peaks, self._room, sound)
            row[[TRUE_LEFT, TRUE_RIGHT]] = self._peaks[truepeak.TRUE]
            self._add(power)
            row[[MOMENTARY, SHORT]] = self.programme.momentary, self.programme.short_term
        rows[:, [LEFT_LEFT, RIGHT_RIGHT]] = (by_cell * by_cell).sum(axis=1)
        rows[:, LEFT_RIGHT] = (by_cell[:, :, 0] * by_cell[:, :, 1]).sum(axis=1)
        if other.any() or self._fast.any():  # most desks watch no spectrum most of the time
            rta.gather(self._rta, self._bands, self._squares, np.ascontiguousarray(other), first, self.rate_hz)
            for row, squares in zip(rows, self._squares[at], strict=True):
                self._fast = squares + self._fall * (self._fast - squares)
                self._fast[self._fast < STILL] = 0.0
                row[SPECTRUM:] = self._fast
        self._rests = self._quiet > loudness.SHORT and not (self._loudness.any() or self._fast.any())
        return rows

    def _add(self, power: float) -> None:
        """The power of a cell to the programme, which a long silence leaves as it is but for its length."""
        self._quiet = 0 if power else self._quiet + 1
        if self._quiet > loudness.SHORT:
            self.programme.cells += 1
        else:
            self.programme.add(power)

    def correlation(self) -> float:
        """Of the last 400 ms; 0 when a side is silent."""
        rows = self.rows[np.arange(max(self.cell - SPREAD, 0), self.cell) % CELLS]
        left, right, both = rows[:, [LEFT_LEFT, RIGHT_RIGHT, LEFT_RIGHT]].sum(axis=0)
        return float(both / np.sqrt(left * right)) if left * right > 0.0 else 0.0

    def start(self) -> None:
        """Step twenty times a second on a thread of its own."""
        self._thread = threading.Thread(target=self._run, name="studiod-analyser", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._over.wait(TICK_S):
            self.step()

    def close(self) -> None:
        """End the thread."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()
