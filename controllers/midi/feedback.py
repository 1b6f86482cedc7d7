"""What one surface shows: LEDs, rings and motors; looked up when the desk changes, and sent by the port's way out."""

import asyncio
from collections.abc import Callable, Iterable, Mapping

from controllers.hand import Hand
from controllers.midi.surface import Control
from controllers.outbox import Outbox

AGAIN_S = 1.5  # a device that has just been plugged in may still be starting, and hear nothing
PART = 3  # bytes of each message of a lamp


class Lamps:
    """The lamps of one device.  `held` are the controls under a hand, which is not told what it does; those that have a
    motor have a hand of their own (controllers/hand.py), and the motor must not fight it."""

    def __init__(
        self,
        rate_hz: float,
        turn: Callable[[Control], float],
        gather: Callable[[], Iterable[Control]],
        send: Callable[[bytes], bool],
        hands: Mapping[Control, Hand],
        controls: Iterable[Control] = (),
        bytes_per_s: float = 3125.0,
    ) -> None:
        """turn: what a control should show, 0..1; gather: those that changed since the last tick."""
        self.rate_hz, self.turn, self.gather, self.send, self.hands = rate_hz, turn, gather, send, hands
        self.dirty: dict[Control, None] = {}
        self.held: set[Control] = set()
        self._anew: set[Control] = set()  # to be told whatever they show
        self._timer: asyncio.TimerHandle | None = None
        self._again: asyncio.TimerHandle | None = None
        self._next_s = 0.0
        self._loop = asyncio.get_running_loop()
        self.out = Outbox(self._send, bytes_per_s)
        for control in controls:
            if control.lamp is None:
                continue
            make = self._make(control)
            if control in hands:
                self.out.motor(control, hands[control], make)
            else:
                self.out.cell(control, "led" if control.lamp.message.kind == "note" else "ring", make)

    @staticmethod
    def _make(control: Control) -> Callable[[object], bytes]:
        lamp = control.lamp
        assert lamp is not None
        return lambda value: b"".join(lamp.message.parts(value))  # type: ignore[arg-type]

    def _send(self, data: bytes) -> bool:
        """A value may take several messages, which go together."""
        return all(self.send(data[k : k + PART]) for k in range(0, len(data), PART))

    @property
    def up(self) -> bool:
        return self.out.up

    def close(self) -> None:
        self.out.close()
        for timer in (self._timer, self._again):
            if timer is not None:
                timer.cancel()

    def come(self, up: bool, controls: Iterable[Control]) -> None:
        """The device came or went.  All of it is shown as it comes, and once more a moment later."""
        for control in self.hands:
            self.aim(control)
        self.out.come(up)
        if self._again is not None:
            self._again.cancel()
            self._again = None
        if up:
            self._again = self._loop.call_later(AGAIN_S, self._all, list(controls))
        self._all(controls)

    def _all(self, controls: Iterable[Control]) -> None:
        self.out.again()
        self.mark(controls)
        self.wake()

    def mark(self, controls: Iterable[Control]) -> None:
        """Look at these again."""
        self.dirty.update((control, None) for control in controls if control.lamp is not None)

    def aim(self, control: Control) -> None:
        """A motor's value has changed: it goes there at once, or when the hand on it leaves."""
        if control in self.hands:
            self.hands[control].aim(self._value(control), self._loop.time())
            self.out.wake()

    def _value(self, control: Control) -> int:
        turn = self.turn(control)
        assert control.lamp is not None
        return control.lamp.at(turn if control.mode in ("absolute", "relative") else float(turn > 0))

    def left(self, control: Control) -> None:
        """The hand is off it."""
        self.held.discard(control)
        self.mark([control])

    def again(self, control: Control) -> None:
        """A device that lights its own buttons has just put this one out."""
        if control.lights_itself:
            self._anew.add(control)
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
        now_s = self._loop.time()
        self._next_s = now_s + 1 / self.rate_hz
        dirty, self.dirty = self.dirty, {}
        for control in dirty:
            hand = self.hands.get(control)
            if control.lamp is None or (hand is None and control in self.held):
                continue
            value = self._value(control)
            if hand is not None:
                hand.aim(value, now_s)
            else:
                self.out.show(control, value, again=control in self._anew)
                self._anew.discard(control)
        self.out.wake()
