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
        self._powers, self._squares = np.zeros((1, 2)), np.zeros((1, rta.BANDS))
        self._loudness, self._peaks, self._rta = loudness.state(2), truepeak.state(2), rta.state(2)
        self._fast = np.zeros(rta.BANDS)
        self.programme = Programme()
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
            if whole - self.cell > room:  # before each cell: the runner goes on meanwhile
                self.lost += whole - self.cell - room
                LOG.warning("the meters have missed %d x 10 ms in all: this machine is too busy", self.lost)
                self.cell = whole - room
            self._one()

    def _one(self) -> None:
        if self._anew.is_set():
            self._anew.clear()
            self.programme = Programme()
        first = self.cell * self.per_cell
        heard = self._ear[np.arange(first, first + self.per_cell) % len(self._ear)]
        sides, other = np.ascontiguousarray(heard[:, :2]), np.ascontiguousarray(heard[:, 2:])
        self._peaks[[truepeak.PEAK, truepeak.TRUE]] = 0.0
        truepeak.gather(self._peaks, self._room, sides)
        loudness.gather(self._loudness, self._weights, self._powers, sides, first, self.rate_hz)
        if other.any() or self._fast.any():  # most desks watch no spectrum most of the time
            rta.gather(self._rta, self._bands, self._squares, other, first, self.rate_hz)
        self.programme.add(float(self._powers.sum()))
        self._fast = self._squares[0] + self._fall * (self._fast - self._squares[0])
        self._fast[self._fast < STILL] = 0.0
        row = self.rows[self.cell % CELLS]
        row[[MOMENTARY, SHORT]] = self.programme.momentary, self.programme.short_term
        row[[TRUE_LEFT, TRUE_RIGHT]] = self._peaks[truepeak.TRUE]
        row[[LEFT_LEFT, RIGHT_RIGHT]] = (sides * sides).sum(axis=0)
        row[LEFT_RIGHT] = sides[:, 0] @ sides[:, 1]
        row[SPECTRUM:] = self._fast
        self.cell += 1

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
