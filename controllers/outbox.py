"""What one port is to show, and the way there: a cell for each thing, newest value wins, no queue that could grow.

Bytes a second and a pause after SysEx are the device's.  The wire is thought to drain at that pace: a message goes out
when what is before it is nearly through, so that a hand or a bank change overtakes all that has not left yet.  At rest
nothing is sent and no timer runs.  On the desk's loop; time is handed in by `clock`.
"""

import asyncio
from collections.abc import Callable, Hashable
from math import inf
from typing import Protocol

from controllers.hand import Hand

ORDERS = ("handshake", "motor", "led", "ring", "text", "colour", "digit", "meter")
BACKLOG_BYTES = 24  # short messages that may be on the wire at once; a longer one waits until it is empty
BACKLOG_S = 0.005  # and of a fast wire as much as it takes in so long
LOW = 1 / 3  # of that: what cannot wait no longer goes on with the rest, in one go, before the wire stands still
FULL_S = 0.02  # the port took nothing: tried again after so long
POUR_S = 0.005  # in one go, where a wire takes it in faster than it is made: others have their turns in between
SYSEX, MOTOR = 0xF0, ORDERS.index("motor")


class Cell:
    """One thing shown: what it is to show, and what it shows (None: not known)."""

    __slots__ = ("make", "order", "shown", "wanted")

    def __init__(self, order: int, make: Callable[[object], bytes]) -> None:
        self.order, self.make = order, make
        self.wanted: object = None
        self.shown: object = None

    def message(self) -> bytes:
        return self.make(self.wanted)


class Line:
    """A row of characters: only the span that has changed is written.  write: a place and characters to bytes."""

    __slots__ = ("columns", "order", "shown", "wanted", "write")

    def __init__(self, columns: int, write: Callable[[int, str], bytes]) -> None:
        self.order, self.columns, self.write = ORDERS.index("text"), columns, write
        self.wanted, self.shown = " " * columns, ""

    def message(self) -> bytes:
        """Of all that differs; b"" for none."""
        wanted, shown = self.wanted, self.shown.ljust(self.columns, "\0")
        differ = [k for k in range(self.columns) if wanted[k] != shown[k]]
        return self.write(differ[0], wanted[differ[0] : differ[-1] + 1]) if differ else b""


class Timer(Protocol):
    def cancel(self) -> None: ...


class Source(Protocol):
    """What has more to say than there are cells: asked for one message after the other, when the wire has room."""

    most: int  # bytes of a message

    def waits(self) -> bool: ...

    def take(self) -> bytes:
        """The next; b"" for none."""

    def back(self, data: bytes) -> None:
        """It could not be sent."""


class Outbox:
    """One port's.  send: takes one message, False when there is no room."""

    def __init__(
        self,
        send: Callable[[bytes], bool],
        bytes_per_s: float,
        sysex_gap_s: float = 0.0,
        clock: Callable[[], float] | None = None,
        later: Callable[[float, Callable[[], None]], Timer] | None = None,
    ) -> None:
        loop = asyncio.get_running_loop() if clock is None or later is None else None
        self.send, self.bytes_per_s, self.sysex_gap_s = send, bytes_per_s, sysex_gap_s
        self._backlog_s = max(BACKLOG_BYTES / bytes_per_s, BACKLOG_S)
        self.clock = clock or (loop.time if loop else lambda: 0.0)
        self._later = later or (loop.call_at if loop else None)
        self.cells: dict[Hashable, Cell] = {}
        self.lines: dict[Hashable, Line] = {}
        self.motors: dict[Hashable, tuple[Hand, Callable[[int], bytes]]] = {}
        self.source: Source | None = None
        self.up = False
        self._dirty: list[dict[Hashable, None]] = [{} for _ in ORDERS]
        self._free_s = self._quiet_s = -inf  # the wire has drained; and no SysEx, nor anything, before then
        self._timer: Timer | None = None
        self._timer_s = self._moved_s = inf  # when a motor is due that is not yet
        self._woken = False  # the timer is for now

    # -- what there is to show ---------------------------------------------------------------------------------------

    def cell(self, key: Hashable, order: str, make: Callable[[object], bytes]) -> None:
        """Declare one thing; make: its value to a message.  Raises ValueError on a key that another thing has."""
        self._free(key)
        self.cells[key] = Cell(ORDERS.index(order), make)

    def line(self, key: Hashable, columns: int, write: Callable[[int, str], bytes]) -> None:
        self._free(key)
        self.lines[key] = Line(columns, write)

    def _free(self, key: Hashable) -> None:
        if key in self.cells or key in self.lines:
            raise ValueError(f"{key}: two things shown have this key")

    def motor(self, key: Hashable, hand: Hand, make: Callable[[int], bytes]) -> None:
        self.motors[key] = (hand, make)

    def show(self, key: Hashable, value: object, again: bool = False) -> None:
        """A cell is to show a value; again: also where it shows it."""
        cell = self.cells[key]
        cell.wanted = value
        if again:
            cell.shown = None
        self._mark(cell.order, key, cell.wanted != cell.shown)

    def write(self, key: Hashable, at: int, text: str) -> None:
        """Characters into a line."""
        line = self.lines[key]
        line.wanted = (line.wanted[:at] + text + line.wanted[at + len(text) :])[: line.columns]
        self._mark(line.order, key, line.wanted != line.shown)

    def _mark(self, order: int, key: Hashable, differs: bool) -> None:
        if differs:
            self._dirty[order].setdefault(key)
            self.wake()
        else:
            self._dirty[order].pop(key, None)

    def come(self, up: bool) -> None:
        """The device came, and shows nobody knows what; or it went."""
        self.up = up
        for key, cell in self.cells.items():
            if cell.order:  # what was said of a handshake stays said
                cell.shown = None
                self._mark(cell.order, key, up and cell.wanted is not None)
        for key, line in self.lines.items():
            line.shown = ""
            self._mark(line.order, key, up)
        for hand, _ in self.motors.values():
            hand.come()
        if up:
            self.wake()
        else:
            self._dirty[0].clear()
            self.close()

    def again(self) -> None:
        """All of it is told once more, whatever is shown: the device may not have heard it."""
        for key, cell in self.cells.items():
            if cell.order and cell.wanted is not None:
                cell.shown = None
                self._mark(cell.order, key, True)
        for key, line in self.lines.items():
            line.shown = ""
            self._mark(line.order, key, True)
        for hand, _ in self.motors.values():
            hand.owe()
        self.wake()

    @property
    def idle(self) -> bool:
        """Whether all that is to be shown has left."""
        return not any(self._dirty)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._timer_s, self._woken = None, inf, False

    # -- the way out -------------------------------------------------------------------------------------------------

    def wake(self) -> None:
        """Something may be to be sent."""
        if not self._woken and (self.up or self._dirty[0]):
            self._at(self.clock())
            self._woken = True

    def _at(self, when_s: float) -> None:
        if when_s >= self._timer_s or self._later is None:
            return
        self.close()
        self._timer_s = when_s
        self._timer = self._later(when_s, self.flush)

    def flush(self) -> None:
        """Send what may be sent by now, and see when to go on."""
        self._timer, self._timer_s, self._woken = None, inf, False
        now_s = self.clock()
        next_s = min(self._send_due(now_s), self._moved_s)
        if next_s < inf:
            self._at(max(next_s, now_s))

    def _send_due(self, now_s: float) -> float:
        """One after the other in their order, as far as the wire takes them; when to go on with what is left."""
        self._moved_s = inf
        for order, keys in enumerate(self._dirty):
            if order == MOTOR and self.up and (wait_s := self._move(now_s)):
                return wait_s
            for key in list(keys) if self.up or order == 0 else ():
                shown = self.lines.get(key) or self.cells[key]
                if data := shown.message():
                    if wait_s := self._sent(data, now_s, order > MOTOR):
                        return wait_s
                    shown.shown = shown.wanted
                del keys[key]
        end_s = now_s + POUR_S
        while not (wait_s := self._pour(now_s)):
            if (now_s := self.clock()) > end_s:
                return now_s
        return wait_s

    def _move(self, now_s: float) -> float:
        """The motors that are due; when to go on with those that found no room, 0 for none."""
        for hand, make in self.motors.values():
            when_s = hand.when(now_s)
            if when_s <= now_s:
                if wait_s := self._sent(make(hand.goal), now_s):
                    return wait_s
                hand.told(now_s)
                when_s = hand.when(now_s)
            if when_s < self._moved_s:
                self._moved_s = when_s
        return 0.0

    def _sent(self, data: bytes, now_s: float, patient: bool = False) -> float:
        """0 where a message has left; else when to try again: a patient one when there is room for others too."""
        room_s = self._room_s(len(data), now_s)
        if room_s > now_s:
            return max(room_s, self._free_s - LOW * self._backlog_s) if patient else room_s
        if not self.send(data):
            return now_s + FULL_S
        self._spent(data, now_s)
        return 0.0

    def _spent(self, data: bytes, now_s: float) -> None:
        self._free_s = (self._free_s if self._free_s > now_s else now_s) + len(data) / self.bytes_per_s
        if data[0] == SYSEX:
            self._quiet_s = self._free_s + self.sysex_gap_s

    def _pour(self, now_s: float) -> float:
        """One message of the source, after all cells: 0 where it has left; else when to try again, inf for never."""
        source = self.source
        if source is None or not self.up or not source.waits():
            return inf
        if (room_s := self._room_s(source.most, now_s)) > now_s:
            return room_s
        if not (data := source.take()):
            return inf
        if not self.send(data):
            source.back(data)
            return now_s + FULL_S
        self._spent(data, now_s)
        return 0.0

    def _room_s(self, size: int, now_s: float) -> float:
        """When a message of so many bytes may go out."""
        before_s = self._backlog_s - size / self.bytes_per_s
        room_s = self._free_s - before_s if before_s > 0.0 else self._free_s
        return self._quiet_s if self.sysex_gap_s and self._quiet_s > room_s else room_s
