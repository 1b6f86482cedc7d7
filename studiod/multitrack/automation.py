"""Moves of the desk against the transport: recorded from whatever changes it, played back on their samples.

On the desk's thread.  A strip reads, or writes as its mode says, while the music rolls:
  touch  from the first move until the finger is up or rests for HOLD_S; then what stood there goes on
  latch  from the first move until the music stops or jumps
  trim   a move shifts what is there from then on, until the music stops or jumps
Playing posts a period of the device and AHEAD_S ahead, less than a button of the transport takes, so that no move is
posted that will not be due.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from studiod.desk.beat import beat
from studiod.desk.desk import Desk
from studiod.desk.rules import FOLLOWS
from studiod.multitrack.automation_kept import Kept
from studiod.multitrack.automation_lane import Lane
from studiod.multitrack.machine import Machine
from studiod.multitrack.transport import Segment
from studiod.realtime import layout as r
from studiod.registry.param import Value
from studiod.store.store import Store

AHEAD_S, TICK_S, HOLD_S = 0.045, 0.01, 0.5
IDLE_S = 0.04  # in place of TICK_S while nothing has been written: less than what is posted ahead
KEEP_S = 0.5  # a pass is in the store that much behind, and what the store needs
NAME = "automation"  # the origin of what it plays
_log = logging.getLogger(__name__)
WRITES = ("touch", "latch", "trim")


@dataclass
class Pass:
    """A path that is being written."""

    mode: str
    first: int  # where it began
    last: int  # where its newest move is
    last_frame: int  # of the audio clock
    before: Lane  # what it overwrites
    kept: int  # from here on its moves are not in the store yet
    by: float = 0.0  # trim: the shift in force
    fresh: bool = True  # whether there are any


class Automation:
    """Over one desk and one machine.  lanes: every path that has moves."""

    def __init__(self, desk: Desk, machine: Machine, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        """clock: seconds, by which a pass is stored while it is written."""
        self.desk, self.machine, self.transport = desk, machine, machine.transport
        self.rate_hz = machine.rate_hz
        self._clock, self._kept_s = clock, clock()
        self._kept = Kept(store, self.rate_hz)
        self.lanes: dict[str, Lane] = {}
        self.passes: dict[str, Pass] = {}
        self._load()
        store.holders.append(self._load)
        self._modes = {path for path in desk.registry.params if path.endswith("/automation")}
        self._posted = 0  # up to this frame what is due has been posted
        self._deaf = [desk.listen_beneath(self._hear), self.transport.listen(self._turn)]

    def _load(self) -> None:
        """What the store has, at the start and after a restore: then a pass is over, and so is what it wrote."""
        self.passes.clear()
        self.lanes = self._kept.load(self.desk.registry.params)

    # -- which paths -------------------------------------------------------------------------------------------------

    def mode(self, path: str) -> str:
        """What the strip of a path does: off, read, or one of WRITES; off too where there is no such strip."""
        if self.desk.values["automation/mode"] == "off":
            return "off"
        parts = path.split("/")
        strip = parts[0] if parts[0] == "main" else "/".join(parts[:2])
        return str(self.desk.values.get(f"{strip}/automation", "off"))

    def _takes(self, path: str) -> bool:
        param = self.desk.registry.params[path]
        stored = not param.flags & {"volatile", "read-only", "safe"}
        return stored and param.kind != "text" and not path.endswith("/automation")

    # -- writing -----------------------------------------------------------------------------------------------------

    def _hear(self, origin: str, news: dict[str, Value]) -> None:
        if origin.removeprefix(FOLLOWS) == NAME:
            return
        frame = self.desk.beneath.due or self.machine.rack.get(r.FRAME)
        if "automation/mode" in news:
            self._end_all(frame)
        plays = self.transport.plays_at(frame)
        if not plays and self._modes.isdisjoint(news):
            return
        for path in news if plays else [path for path in news if path in self._modes]:
            if path in self._modes:
                self._end_all(frame, path.removesuffix("automation"))
            elif self.mode(path) in WRITES and self._takes(path):
                self._write(path, news[path], frame)

    def _write(self, path: str, value: Value, frame: int) -> None:
        lane, position, mode = self.lanes.setdefault(path, Lane()), self.transport.position_at(frame), self.mode(path)
        one = self.passes.get(path)
        if mode == "trim" and self.desk.registry.params[path].kind != "number":
            mode = "latch"  # a switch has nothing to shift
        if one is None or position < one.last:
            if one is not None:
                self._keep_more(path, one)
            one = self.passes[path] = Pass(mode, position, position, frame, lane.copy(), position)
        param = self.desk.registry.params[path]
        stood = lane.value_at(position)
        if mode == "trim" and stood is not None:
            lane.shift(one.last, position, one.by, param)
            lane.put(position, stood)
            one.by = float(value) - float(stood)
        else:
            lane.clear(one.last if one.last < position else position - 1, position)
            lane.put(position, value)
        one.last, one.last_frame, one.fresh = position, frame, True

    def _end(self, path: str, frame: int) -> None:
        """A path is no longer written: what stood there goes on, or what was latched and trimmed is laid down."""
        one, lane = self.passes.pop(path), self.lanes[path]
        end = max(self.transport.position_at(frame), one.last)
        if one.mode == "trim" and one.by:
            lane.shift(one.last, end, one.by, self.desk.registry.params[path])
        elif one.mode == "latch":
            lane.clear(one.last, end)
        elif one.mode == "touch":
            back = one.before.value_at(end)
            lane.clear(one.last, end)
            if back is not None:
                lane.put(end, back)
                if self.mode(path) != "off":
                    self.desk.change_at([(path, back)], frame, NAME)
        self._kept.lay(path, lane)

    def _end_all(self, frame: int, below: str = "") -> None:
        for path in list(self.passes):
            if path.startswith(below):
                self._end(path, frame)

    # -- playing -----------------------------------------------------------------------------------------------------

    def _turn(self, segment: Segment) -> None:
        """The music starts, stops or jumps: passes end, and from there on everything is where it was at that place."""
        if segment.since == segment.frame:
            self._end_all(max(segment.frame - 1, 0))
            self._chase(segment.frame, segment.position)
            self._posted = segment.frame

    def _chase(self, frame: int, position: int) -> None:
        found = {path: lane.value_at(position) for path, lane in self.lanes.items() if self.mode(path) != "off"}
        changes = [(path, value) for path, value in found.items() if value is not None]
        if changes:
            self.desk.change_at(changes, frame, NAME)

    def tick(self, now: int) -> None:
        """Post what is due before now and the time ahead; end the touches that rest."""
        for path, one in list(self.passes.items()):
            rests = now - one.last_frame > HOLD_S * self.rate_hz and not self.desk.touched(path)
            if one.mode == "touch" and rests:
                self._end(path, now)
        if self._clock() - self._kept_s >= KEEP_S:
            self._kept_s = self._clock()
            for path, one in self.passes.items():
                self._keep_more(path, one)
        first, last = max(self._posted, now), now + round((AHEAD_S + self.desk.period_s()) * self.rate_hz)
        if last <= first:
            return
        due: dict[int, list[tuple[str, Value]]] = {}
        for piece in self.transport.passes(first, last):
            if piece.start == piece.since and first <= piece.start < last and piece.position:
                self._chase(piece.start, piece.position)  # a loop begins anew
            begin, end = max(first, piece.start), min(last, piece.end)
            shift = piece.start - piece.position
            for path, lane in self.lanes.items():
                if path not in self.passes and self.mode(path) != "off":
                    for at, value in lane.between(begin - shift, end - shift):
                        due.setdefault(at + shift, []).append((path, value))
                elif path in self.passes and self.passes[path].mode == "trim":
                    by, param = self.passes[path].by, self.desk.registry.params[path]
                    for at, value in lane.between(begin - shift, end - shift):
                        moved = min(max(float(value) + by, param.low), param.high)
                        due.setdefault(at + shift, []).append((path, moved))
        for frame, changes in sorted(due.items()):
            self.desk.change_at(changes, frame, NAME)
        self._posted = last

    async def run(self) -> None:
        """Tick until cancelled."""
        while True:
            try:
                self.tick(self.machine.rack.get(r.FRAME))
            except Exception:
                _log.exception("moves were lost")  # never the mix with them
            await beat(TICK_S if self.lanes or self.passes else max(TICK_S, IDLE_S))

    # -- keeping -----------------------------------------------------------------------------------------------------

    def _keep_more(self, path: str, one: Pass) -> None:
        """Store what a pass has written since the last time."""
        if not one.fresh:
            return
        moves, end = self.lanes[path].between(one.kept, one.last + 1), None
        if one.mode == "trim" and one.by and moves:  # its newest move is shifted when the next one comes
            param, (at, value) = self.desk.registry.params[path], moves[-1]
            moves[-1] = at, param.accept(min(max(float(value) + one.by, param.low), param.high))
        elif one.mode == "touch":
            until = one.last + round(HOLD_S * self.rate_hz)
            back = one.before.value_at(until)
            end = None if back is None else (until, back)
        self._kept.more(path, moves, one.kept, one.last, end)
        one.kept, one.fresh = one.last, False

    def drop(self, path: str) -> None:
        """Forget the moves of a path."""
        self.lanes.pop(path, None)
        self.passes.pop(path, None)
        self._kept.drop(path)

    def close(self) -> None:
        """The desk stops: every pass ends as if the hand had let go, and nothing more is written."""
        self._end_all(self.machine.rack.get(r.FRAME))
        for unlisten in self._deaf:
            unlisten()
        self._deaf = []
