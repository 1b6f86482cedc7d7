"""Moves of the desk against the transport: recorded from whatever changes it, played back on their samples.

On the desk's thread.  A strip reads, or writes as its mode says, while the music rolls:
  touch  from the first move until the finger is up or rests for HOLD_S; then what stood there goes on
  latch  from the first move until the music stops or jumps
  trim   a move shifts what is there from then on, until the music stops or jumps
Playing posts AHEAD_S ahead, less than a button of the transport takes, so that no move is posted that will not be due.
"""

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from studiod import rack as r
from studiod.automation_lane import Lane
from studiod.couplings import FOLLOWS
from studiod.desk import Desk
from studiod.machine import Machine
from studiod.param import Value
from studiod.shelf import Shelf
from studiod.store import Store
from studiod.transport import Segment

AHEAD_S, TICK_S, HOLD_S = 0.045, 0.01, 0.5
NAME = "automation"  # the origin of what it plays
SHELF = "moves"
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
    by: float = 0.0  # trim: the shift in force


class Automation:
    """Over one desk and one machine.  lanes: every path that has moves."""

    def __init__(self, desk: Desk, machine: Machine, store: Store) -> None:
        self.desk, self.machine, self.transport = desk, machine, machine.transport
        self.rate_hz = machine.rate_hz
        self.lanes: dict[str, Lane] = {}
        self.passes: dict[str, Pass] = {}
        self._posted = 0  # up to this frame what is due has been posted
        self._shelf = Shelf(store, SHELF)
        for path in self._shelf.heads:
            if path in desk.registry.params:
                self._unpack(path)
        desk.listen(self._hear)
        self.transport.listen(self._turn)

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
        frame = self.desk.news.due or self.machine.rack.get(r.FRAME)
        if "automation/mode" in news:
            self._end_all(frame)
        for path, value in news.items():
            if path.endswith("/automation"):
                self._end_all(frame, path.removesuffix("automation"))
            elif self.transport.plays_at(frame) and self.mode(path) in WRITES and self._takes(path):
                self._write(path, value, frame)

    def _write(self, path: str, value: Value, frame: int) -> None:
        lane, position, mode = self.lanes.setdefault(path, Lane()), self.transport.position_at(frame), self.mode(path)
        one = self.passes.get(path)
        if mode == "trim" and self.desk.registry.params[path].kind != "number":
            mode = "latch"  # a switch has nothing to shift
        if one is None or position < one.last:
            one = self.passes[path] = Pass(mode, position, position, frame, lane.copy())
        param = self.desk.registry.params[path]
        stood = lane.value_at(position)
        if mode == "trim" and stood is not None:
            lane.shift(one.last, position, one.by, param)
            lane.put(position, stood)
            one.by = float(value) - float(stood)
        else:
            lane.clear(one.last if one.last < position else position - 1, position)
            lane.put(position, value)
        one.last, one.last_frame = position, frame

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
        self._keep(path)

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
        first, last = max(self._posted, now), now + round(AHEAD_S * self.rate_hz)
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
            await asyncio.sleep(TICK_S)

    # -- keeping -----------------------------------------------------------------------------------------------------

    def _keep(self, path: str) -> None:
        lane = self.lanes[path]
        moves = {str(at): value for at, value in zip(lane.at, lane.values, strict=True)}
        self._shelf.put(path, {"rate_hz": self.rate_hz}, moves)

    def _unpack(self, path: str) -> None:
        """The moves of an earlier run, at the rate of this one."""
        lane, param = self.lanes.setdefault(path, Lane()), self.desk.registry.params[path]
        scale = self.rate_hz / int(self._shelf.heads[path]["rate_hz"])
        for at, value in self._shelf.values(path).items():
            lane.put(round(int(at) * scale), param.accept(value))

    def drop(self, path: str) -> None:
        """Forget the moves of a path."""
        self.lanes.pop(path, None)
        self.passes.pop(path, None)
        self._shelf.drop(path)

    def lines(self) -> Iterator[str]:
        """Every move as a line of a moves file, in the order of the music."""
        found = [(at, path, v) for path, lane in self.lanes.items() for at, v in zip(lane.at, lane.values, strict=True)]
        for at, path, value in sorted(found, key=lambda one: one[0]):
            yield json.dumps({"at": at / self.rate_hz, "path": path, "value": value}, ensure_ascii=False)
