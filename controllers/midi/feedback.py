"""What one surface shows: LEDs, rings and motors; sent when the desk says otherwise, no faster than it can take."""

import asyncio
from collections.abc import Callable, Iterable

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
    ) -> None:
        """turn: what a control should show, 0..1; gather: those that changed since the last tick."""
        self.rate_hz, self.turn, self.gather, self.send = rate_hz, turn, gather, send
        self.up = False
        self.shown: dict[Control, int] = {}
        self.dirty: dict[Control, None] = {}
        self.held: set[Control] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._again: asyncio.TimerHandle | None = None
        self._next_s = 0.0
        self._loop = asyncio.get_running_loop()

    def close(self) -> None:
        for timer in (self._timer, self._again):
            if timer is not None:
                timer.cancel()

    def come(self, up: bool, controls: Iterable[Control]) -> None:
        """The device came or went.  All of it is shown as it comes, and once more a moment later."""
        self.up = up
        if self._again is not None:
            self._again.cancel()
            self._again = None
        if up:
            self._again = self._loop.call_later(AGAIN_S, self._all, list(controls))
        self._all(controls)

    def _all(self, controls: Iterable[Control]) -> None:
        self.shown.clear()
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
            if control.lamp is None or control in self.held:
                continue
            turn = self.turn(control)
            value = control.lamp.at(turn if control.mode in ("absolute", "relative") else float(turn > 0))
            if self.shown.get(control) == value:
                continue
            parts = control.lamp.message.parts(value)
            if not all(self.send(part) for part in parts):  # no room: the next time
                self.dirty[control] = None
                self.wake()
                return
            self.shown[control] = value
            sent += len(parts)
