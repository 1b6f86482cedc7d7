"""The judge of the bench: the standard strip in vector C (tests/bench/strip.c), built where there is a compiler.

It stands in a checkout only.  It takes its numbers from the rack of a resting desk of standard strips, and has to give
the same sound before it is timed.
"""

import ctypes
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from dsp import comp, comp_frames, gain, gate, meter, mix, svf
from dsp.core import decibel, glide
from studiod.host.offline import Offline
from studiod.paths import ROOT
from studiod.realtime import graph, mixes
from studiod.realtime import layout as r
from studiod.realtime import strip as units

SOURCE = ROOT / "tests" / "bench" / "strip.c"
FLAGS = ("-std=gnu11", "-O3", "-march=native", "-shared", "-fPIC", "-w")
QUANTUM = 32  # frames of one pass of the judge
BANDS = (units.HPF_1, units.HPF_2, *range(units.EQ_1, units.EQ_1 + 4))
# Of the loudest sample: the same polynomials and the same order of sums, rounded a few thousand times in a memory.
AGREES = 1e-9


class Missing(RuntimeError):
    """There is no judge here; the text says why."""


def build(folder: Path) -> ctypes.CDLL:
    """The compiled judge.  Raises Missing."""
    if not SOURCE.is_file():
        raise Missing("no judge: tests/bench/strip.c comes with a checkout only")
    named = os.environ.get("CC", "")
    compiler = next((c for c in (named, "cc", "gcc", "clang") if c and shutil.which(c)), None)
    if compiler is None:
        raise Missing("no judge: no C compiler here (cc, gcc, clang, or what CC names)")
    library = folder / "strip.so"
    done = subprocess.run([compiler, *FLAGS, "-o", str(library), str(SOURCE)], capture_output=True, text=True)
    if done.returncode:
        raise Missing(f"no judge: {compiler} failed: {(done.stderr.strip() or '?').splitlines()[0]}")
    return ctypes.CDLL(str(library))


def bands(s: np.ndarray) -> list[np.ndarray]:
    """The eight rows of a filter band in the judge's order, for a band that is all there."""
    g, k, n0, m1, m2 = (s[svf.G + n * glide.SIZE] for n in range(5))
    a1 = 1.0 / (1.0 + g * (g + k))
    return [2.0 * a1 - 1.0, 2.0 * g * a1, 2.0 * g * g * a1, n0, 0.5 * m1, 0.5 * m2, s[svf.S1], s[svf.S2]]


class Judge:
    """One judge for one desk of standard strips.  Raises Missing."""

    def __init__(self, offline: Offline) -> None:
        state, self.lanes = offline.rack.state, offline.console.channels
        if self.lanes % 8 or offline.console.buses % 2:
            raise Missing("no judge: it takes channels by eight and buses by two")
        with tempfile.TemporaryDirectory() as folder:
            library = build(Path(folder))
        self._run = library.run
        self._run.argtypes = [ctypes.c_void_p] * 5 + [ctypes.c_long] * 4
        self._run.restype = None
        g, c, of_amplitude = state(units.GATE), state(units.COMP), 1.0 / decibel.AMPLITUDE_DB
        knee, closes = c[comp.KNEE], g[gate.THRESHOLD] - g[gate.HYSTERESIS]
        rows = [row for unit in BANDS for row in bands(state(unit))]
        opens = g[gate.THRESHOLD]
        rows += [state(units.TRIM)[gain.GAIN], 2.0 ** (opens * of_amplitude), 2.0 ** (closes * of_amplitude)]
        rows += [g[row] for row in (gate.RANGE, gate.ATTACK, gate.RELEASE, gate.HOLD, gate.OPEN, gate.Y1, gate.Y)]
        rows += [g[gate.COUNT], c[comp.THRESHOLD] - 0.5 * knee, knee]
        rows += [c[row] for row in (comp.SLOPE, comp.MAKEUP, comp.ATTACK, comp.RELEASE, comp.HOLD, comp.RMS)]
        rows += list(c[comp.TURN_1 : comp.TURN_1 + 4])
        rows += [c[row] for row in (comp_frames.MS0, comp_frames.MS, comp_frames.Y1, comp.Y, comp_frames.COUNT)]
        rows += list(c[comp_frames.PASS_1 : comp_frames.PASS_1 + 4])
        rows += [state(units.FADER)[gain.GAIN], *state(units.METER)[[meter.PEAK, meter.SUM, meter.PEAKS, meter.MEANS]]]
        if len(rows) != library.row_count():
            raise Missing(f"no judge: {SOURCE.name} counts {library.row_count()} rows, the bench {len(rows)}")
        self.rows = np.array(rows)
        self.destinations = offline.console.buses + r.SIDES
        self.gains = state(units.MIX_1 + r.TAP_POST_FADER)[mix.GAIN].copy()
        self.x = np.zeros((QUANTUM, self.lanes))
        self.mixed = np.zeros((QUANTUM, self.destinations))
        self.frame = offline.frame

    def run(self, ins: int, frames: int) -> None:
        """Frames, a multiple of 32, of float32 [frame, lane] at an address; `mixed` holds the last 32."""
        at = [a.ctypes.data for a in (self.rows, self.gains)]
        room = [a.ctypes.data for a in (self.x, self.mixed)]
        self._run(*at, ins, *room, self.lanes, self.destinations, self.frame, frames)
        self.frame += frames

    def check(self, offline: Offline, ins: np.ndarray) -> float:
        """Run this and the desk; how far mix and meters are apart, over the loudest sample.  Raises Missing if far."""
        out = np.zeros((QUANTUM, offline.console.outputs), np.float32)
        worst = loudest = 0.0
        for at in range(0, len(ins) - QUANTUM + 1, QUANTUM):
            self.run(ins[at:].ctypes.data, QUANTUM)
            graph.run(offline.rack.base, ins[at:].ctypes.data, out.ctypes.data, QUANTUM)
            mixed = offline.rack.state(mixes.MIX_WORK)
            worst = max(worst, float(np.abs(mixed - self.mixed).max()))
            loudest = max(loudest, float(np.abs(mixed).max()))
        cell = (offline.frame // int(offline.rack.words[r.GRID_FRAMES]) - 1) % meter.CELLS
        read = offline.rack.state(units.METER)[[meter.PEAKS + cell, meter.MEANS + cell]]
        found = max(worst / loudest, float((np.abs(read - self.rows[-2:]) / read).max()))
        if not found <= AGREES:
            raise Missing(f"no judge: {SOURCE.name} is {found:.1e} of full level away from this sound")
        return found
