"""Turns changes of the desk into goals of the units, and posts them to the rack's queue.

Runs on the desk's thread, the queue's only producer.  Effective gains are worked out here, when something changes,
never on the audio thread.  A full queue keeps the transaction here, in order; nothing is dropped.
"""

from collections import deque
from collections.abc import Mapping
from itertools import chain
from typing import Any

import numpy as np

from dsp import gain, limiter
from dsp import source as patch
from studiod.engine import goals as aims
from studiod.engine.audio_clock import FrameClock
from studiod.engine.cells import Entry
from studiod.metering.meters import Meters
from studiod.realtime import graph, inputs, mixes, multitrack, outputs, queue
from studiod.realtime import layout as r
from studiod.realtime.layout import Size
from studiod.realtime.rack import Rack
from studiod.registry.laws import float32
from studiod.registry.registry import Console, Registry, Value

Values = Mapping[str, Value]
FEW = 24  # entries that are written one by one
SETTLE_FRAMES = 4096  # more than any fade that a unit does by itself


def size_of(console: Console) -> Size:
    """The size of a rack for a console."""
    c = console
    return Size(max(c.inputs, 1), c.outputs, c.channels, c.buses, c.rate_hz, c.returns, c.matrices)


class Engine:
    """Posts to a rack.  Attributes: rack, clock (the fitted audio clock), gauges (its meters), device (its name),
    channels (its inputs and outputs)."""

    def __init__(self, rack: Rack, registry: Registry, asleep: bool = False) -> None:
        """asleep: nothing is posted before `settle`, which takes all there is then."""
        self.rack, self.registry, self._asleep = rack, registry, asleep
        self.clock = FrameClock(int(rack.words[r.RATE]))
        self.device = "virtual"
        self.channels = registry.console.inputs, registry.console.outputs
        self.aims = aims.Aims(rack, registry)
        self.gauges = Meters(rack)
        self._sequence = rack.get(r.LAST_SEQUENCE)  # a number stands for one transaction of a rack
        self._first = 0
        self._pending: deque[tuple[int, list[Entry]]] = deque()
        self._posted: deque[tuple[int, int, int]] = deque()  # header, sequence, entries
        self._free = r.ENTRIES
        self._heads: list[int] = []  # headers that are free for certain
        self._cells: list[Any] = [memoryview(part.data) for part in (rack.slots, rack.values, rack.glides)]

    # -- the desk's side ---------------------------------------------------------------------------------------------

    def post(self, changed: dict[str, Value], values: Values, frame: int) -> None:
        """Post one transaction, due at an absolute frame (0: at once)."""
        if self._asleep:
            return
        cells, now = self.aims.cells, self.rack.get(r.FRAME)
        cells.now, cells.early = now, frame < cells.latest and now <= cells.latest
        latest, cells.latest = cells.latest, max(cells.latest, frame)
        entries: list[Entry] = []
        try:
            entries = self.aims.entries(changed, values)
            if "meter/loudness" in changed:
                self.gauges.analyser.reset()
            if entries:
                self._pending.append((frame, entries))
                self.pump()
        except BaseException:
            if self._pending and self._pending[-1][1] is entries:
                self._pending.pop()
            cells.latest = latest
            self.aims.forget()
            raise

    def frame_at(self, ns: int) -> int:
        """The frame of the audio clock at a monotonic time."""
        return self.clock.frame_at(ns)

    def meters(self, bank: str, since: int) -> tuple[list[float], int]:
        """The most of a bank in the 10 ms cells from since on, and where to go on.  Raises Refusal."""
        return self.gauges.read(bank, since)

    def inputs(self, since: int) -> tuple[np.ndarray, np.ndarray, int]:
        """Peak and mean square of every input in the 10 ms cells from since on, and where to go on."""
        return self.gauges.inputs(since)

    def reset_meters(self) -> None:
        """Begin integrated loudness and its range anew."""
        self.gauges.analyser.reset()

    def late_frames(self, point: str) -> int:
        """How many frames later than its neighbours a point is heard: main is, by its limiter."""
        return limiter.late_frames(self.rack.state(mixes.LIMITER)) if point in ("main/l", "main/r") else 0

    def lend(self, output: int, input: int) -> None:
        """Past the desk's values: the player's probe to an output, an input to the recorder's probe."""
        entries: list[Entry] = []
        probe = (*self.rack.column(multitrack.TRACK_RING, 0), 0)
        self.aims.points.route(entries, outputs.PATCH_OUT, output - 1, probe)
        self.aims.points.route(entries, multitrack.PATCH_REC, 0, (*self.rack.column(inputs.INPUT_RING, input - 1), 0))
        self._pending.append((0, entries))
        self.pump()

    def give_back(self, output: int, values: Values) -> None:
        """Both as the desk has them."""
        entries: list[Entry] = []
        self.aims.points.route(entries, multitrack.PATCH_REC, 0, (patch.OWN, 0, 0))
        self._pending.append((0, entries))
        source = f"output/{output}/source"
        self.post({source: values[source]}, values, 0)

    def words(self) -> dict[str, Value]:
        """What the runner says of itself."""
        get = self.rack.get
        return {
            "frames": float(get(r.FRAME)),
            "missed": float(get(r.MISSED)),
            "late": float(get(r.LATE_COUNT)),  # transactions that were posted after their sample
            "clock_ppm": round(self.clock.ppm, 1),
            "device": self.device,
            "inputs": float(self.channels[0]),
            "outputs": float(self.channels[1]),
            "latency/limiter": float32(1000.0 * self.late_frames("main/l") / get(r.RATE)),
        }

    # -- the queue ---------------------------------------------------------------------------------------------------

    def reclaim(self) -> None:
        """Take back the room of transactions that were carried out, oldest first."""
        while self._posted:
            header, sequence, count = self._posted[0]
            if self.rack.get_header(header) == sequence:
                return
            self._posted.popleft()
            self._free += count

    def pump(self) -> int:
        """Move waiting transactions into the queue while there is room; how many still wait."""
        self.reclaim()
        while self._pending:
            frame, entries = self._pending[0]
            if not self._heads:
                self._heads = [h for h in reversed(range(r.HEADERS)) if self.rack.get_header(h) == 0]
            if not self._heads or len(entries) > self._free:
                if len(entries) > r.ENTRIES:
                    self._pending.popleft()
                    parts = range(0, len(entries), r.ENTRIES // 2)
                    self._pending.extendleft((frame, entries[k : k + r.ENTRIES // 2]) for k in reversed(parts))
                    continue
                break
            self._write(self._heads.pop(), frame, entries)
            self._pending.popleft()
        return len(self._pending)

    def _write(self, header: int, frame: int, entries: list[Entry]) -> None:
        rack, count, at = self.rack, len(entries), self._first
        if count <= FEW:
            slots, values, glides = self._cells
            for slot, value, glide in entries:
                slots[at], values[at], glides[at] = slot, value, glide
                at = (at + 1) % r.ENTRIES
        else:
            # all three as doubles, which hold a slot whole: it has 50 bits at most
            table = np.fromiter(chain.from_iterable(entries), np.float64, 3 * count).reshape(count, 3)
            table = table[np.argsort(table[:, 0], kind="stable")]  # through the memory once; what is later stays later
            ahead = min(count, r.ENTRIES - at)  # the rest goes on at the ring's beginning
            for part, column in zip((rack.slots, rack.values, rack.glides), table.T, strict=True):
                part[at : at + ahead], part[: count - ahead] = column[:ahead], column[ahead:]
        self._sequence += 1
        rack.headers[header, 1:] = frame, self._first, count
        rack.publish_header(header, self._sequence)
        self._posted.append((header, self._sequence, count))
        self._first = (self._first + count) % r.ENTRIES
        self._free -= count

    # -- start-up ----------------------------------------------------------------------------------------------------

    def forget(self) -> None:
        """Drop what waits and what was asked for so far; for a rack that nothing has run yet."""
        self.aims = aims.Aims(self.rack, self.registry)
        self._pending.clear()
        self._posted.clear()
        self.rack.headers[:] = 0
        self._free, self._first, self._heads = r.ENTRIES, 0, []

    def settle(self, values: Values) -> None:
        """Put every unit at rest on the desk's values, at frame 0, before anything runs."""
        self.forget()
        self._asleep = False
        rack = self.rack
        everything = self.aims.entries(values, values)
        fades = [(rack.state(u), row) for u, row, _ in self.aims.fade_rows()]
        kept = [s[row].copy() for s, row in fades]
        for s, row in fades:
            s[row] = 0.0
        slots, numbers, glides = zip(*everything, strict=True)
        hurry = [min(frames, 0) for frames in glides]
        queue.put_all(rack.base, np.array(slots), np.array(numbers, float), np.array(hurry))
        quiet = np.zeros((SETTLE_FRAMES, int(rack.words[r.INPUTS])), np.float32)
        out = np.zeros((SETTLE_FRAMES, int(rack.words[r.OUTPUTS])), np.float32)
        tape, capture = rack.words[r.TAPE_TRACKS], rack.words[r.CAPTURE_FRAMES]
        rack.words[r.TAPE_TRACKS] = rack.words[r.CAPTURE_FRAMES] = 0
        graph.run(rack.base, quiet.ctypes.data, out.ctypes.data, SETTLE_FRAMES)
        for (s, row), old in zip(fades, kept, strict=True):
            s[row] = old
        rack.words[r.TAPE_TRACKS], rack.words[r.CAPTURE_FRAMES] = tape, capture
        rack.words[r.FRAME] = rack.words[r.BLOCKS] = rack.words[r.FAULTS] = 0

    def fade(self, goal: float, frames: int) -> None:
        """Open (1) or close (0) all outputs."""
        lanes = int(self.rack.words[r.OUTPUTS])
        entries = [(queue.slot(outputs.OUT_FADE, gain.GAIN, c), goal, frames) for c in range(lanes)]
        self._pending.append((0, entries))
        self.pump()
