"""What one surface shows: LEDs, rings and motors; sent when the desk says otherwise, no faster than it can take."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from math import inf

from controllers.hand import Hand
from controllers.midi.surface import Control

AGAIN_S = 1.5  # a device that has just been plugged in may still be starting, and hear nothing
BURST = 64  # messages a tick: 0.07 s on a DIN cable


class Lamps:
    """The lamps of one device.  `held` are the controls under a hand: a motor must not fight a finger."""

    def __init__(
        self,
        rate_hz: float,
        turn: Callable[[Control], float],
        gather: Callable[[], Iterable[Control]],
        send: Callable[[bytes], bool],
        hands: Mapping[Control, Hand],
    ) -> None:
        """turn: what a control should show, 0..1; gather: those that changed since the last tick; hands: of those with
        a motor, which says by itself when it may be told."""
        self.hands = hands
        self.rate_hz, self.turn, self.gather, self.send = rate_hz, turn, gather, send
        self.up = False
        self.shown: dict[Control, int] = {}
        self.dirty: dict[Control, None] = {}
        self.held: set[Control] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._motors: asyncio.TimerHandle | None = None  # looks again at motors that wait
        self._again: asyncio.TimerHandle | None = None
        self._next_s = 0.0
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        for timer in (self._timer, self._again, self._motors):
            if timer is not None:
                timer.cancel()

    def come(self, up: bool, controls: Iterable[Control]) -> None:
        """The device came or went.  All of it is shown as it comes, and once more a moment later."""
        self.up = up
        for hand in self.hands.values():
            hand.come()
        if self._again is not None:
            self._again.cancel()
            self._again = None
        if up:
            self._again = self._loop.call_later(AGAIN_S, self._all, list(controls))
        self._all(controls)

    def _all(self, controls: Iterable[Control]) -> None:
        self.shown.clear()
        for hand in self.hands.values():
            hand.owe()
        self.mark(controls)
        self.wake()

    def mark(self, controls: Iterable[Control]) -> None:
        """Look at these again."""
        self.dirty.update((control, None) for control in controls if control.lamp is not None)

    def stands(self, control: Control, turn: float) -> None:
        """The hand has put a control there: its motor needs no telling, unless it would run back."""
        lamp = control.lamp
        if lamp is not None and lamp.message == control.message:
            self.shown[control] = lamp.at(turn)

    def left(self, control: Control) -> None:
        """The hand is off it."""
        self.held.discard(control)
        if control.lamp is not None and control.lamp.echo:
            self.shown.pop(control, None)
        self.mark([control])

    def again(self, control: Control) -> None:
        """A device that lights its own buttons has just put this one out."""
        if control.lights_itself:
            self.shown.pop(control, None)
            self.mark([control])

    def wake(self) -> None:
        """Something may be to be shown."""
        if self._timer is None and self.up:
            self._timer = self._loop.call_at(max(self._next_s, self._loop.time()), self._flush)

    def _flush(self) -> None:
        self._timer = None
        self.mark(self.gather())
        if not self.up or not self.dirty:
            return
        self._next_s = self._loop.time() + 1 / self.rate_hz
        sent = 0
        for control in list(self.dirty):
            if sent >= BURST:
                self.wake()
                return
            del self.dirty[control]
            hand = self.hands.get(control)
            if control.lamp is None or (hand is None and control in self.held):
                continue
            turn = self.turn(control)
            value = control.lamp.at(turn if control.mode in ("absolute", "relative") else float(turn > 0))
            if hand is not None:
                if not self._due(hand, value):
                    continue
            elif self.shown.get(control) == value:
                continue
            parts = control.lamp.message.parts(value)
            if not all(self.send(part) for part in parts):  # no room: the next time
                self.dirty[control] = None
                self.wake()
                return
            self.shown[control] = value
            if hand is not None:
                hand.told(self._loop.time())
            sent += len(parts)

    def _due(self, hand: Hand, value: int) -> bool:
        """Whether a motor may be told now; if it may later, it is looked at again then."""
        now_s = self._loop.time()
        hand.aim(value, now_s)
        when_s = hand.when(now_s)
        if now_s < when_s < inf and (self._motors is None or when_s < self._motors.when()):
            if self._motors is not None:
                self._motors.cancel()
            self._motors = self._loop.call_at(when_s, self._look)
        return when_s <= now_s

    def _look(self) -> None:
        self._motors = None
        self.mark(self.hands)
        self.wake()
