"""One MIDI surface in use: its messages to paths by its map, its banks, and the hands on its controls.

Everything here runs on the desk's loop; the ports belong to another process, reached by the link.
"""

import asyncio
from collections.abc import Iterable

from controllers import hand as motors
from controllers.deeds import press
from controllers.echo import Echo, Hand
from controllers.midi.feedback import Lamps
from controllers.midi.messages import ENCODINGS, Decoder, Heard
from controllers.midi.pickup import Pickup
from controllers.midi.positions import place, raw, set_by, stepped
from controllers.midi.surface import Control, Surface
from studiod.desk.controller import Link
from studiod.desk.desk import Desk
from studiod.registry.registry import Refusal, Value

HAND_S = motors.HELD_S  # a moved control is held for so long when no touch says better
STEPS = 1023  # of a fader of ten bits
LSB_S = 0.004  # after this a coarse half is alone


class Played:
    """One surface in use."""

    def __init__(self, desk: Desk, link: Link, name: str, device: Surface) -> None:
        self.desk, self.device = desk, device
        self.origin = f"midi:{name}"
        self.offset = 0
        self.by_message = {c.message: c for c in device.controls}
        self.by_touch = {c.touch: c for c in device.controls if c.touch is not None}
        self.decoder = Decoder(device.of("cc14"), {m.channel for m in device.of("nrpn")}, device.fine_first)
        self.pickups = {
            c: Pickup(min(c.top, 1023)) for c in device.controls if c.mode == "absolute"
        }  # 10 bits are real
        self.by_path: dict[str, list[Control]] = {}
        self.touched: set[Control] = set()
        self.deaf: set[Control] = set()  # touched since before a shift: the finger meant another strip
        self._moving: Control | None = None
        self._holds: dict[Control, asyncio.TimerHandle] = {}
        self._late: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self.motors = {c: _motor(c, device.rate_hz) for c in device.controls if c.has_motor}
        self.hand = Hand(self.origin, own=True)  # its own changes too: they light its LEDs
        self.lamps = Lamps(
            device.rate_hz,
            self._shown,
            self._gather,
            lambda data: link.send(name, data),
            self.motors,
            device.controls,
            device.bytes_per_s,
        )
        self.echo = Echo(self.hand, self.by_path.keys(), self.lamps.wake)
        self._bind(0)
        self._unlisten = desk.listen(self._changed)

    def close(self) -> None:
        self._unlisten()
        self._let_go()
        if self._late is not None:
            self._late.cancel()
        self.lamps.close()
        self.desk.release(self.origin)

    # -- banks -------------------------------------------------------------------------------------------------------

    def _bind(self, offset: int) -> None:
        """Stand for other strips: nothing is picked up, everything is shown anew."""
        self._let_go()
        self.offset = offset
        self.by_path.clear()
        for control in self.device.controls:
            path = control.at(offset)
            if path in self.desk.registry.params:
                self.by_path.setdefault(path, []).append(control)
        for pickup in self.pickups.values():
            pickup.shifted()
        self.deaf |= self.touched
        for control in self.touched:
            self._grip(control)
        self.echo.pending.clear()
        for motor in self.motors.values():
            motor.shift(self._loop.time())
        self.lamps.mark(c for c in self.device.controls if c.path)
        self.lamps.wake()

    def _last_offset(self) -> int:
        """The furthest shift at which the widest row still has a strip for each control."""
        rows = [c for c in self.device.controls if "{n}" in c.path]
        widest = max(rows, key=lambda c: c.n, default=None)
        offset = 0
        while widest is not None and widest.at(offset + 1) in self.desk.registry.params:
            offset += 1
        return offset

    def _shift(self, by: int) -> None:
        offset = min(max(self.offset + by, 0), self._last_offset())
        if offset != self.offset:
            self._bind(offset)

    # -- from the surface --------------------------------------------------------------------------------------------

    def hear(self, data: bytes) -> None:
        """One message from the device."""
        for heard in self.decoder.hear(data):
            self._play(heard)
        if self.decoder.waiting and self._late is None:
            self._late = self._loop.call_later(LSB_S, self._alone)
        elif not self.decoder.waiting and self._late is not None:
            self._late.cancel()
            self._late = None
        self.lamps.wake()

    def _alone(self) -> None:
        self._late = None
        for heard in self.decoder.late():
            self._play(heard)
        self.lamps.wake()

    def _play(self, heard: Heard) -> None:
        pressed = heard.value >= (1 if heard.message.kind == "note" else 64)
        if heard.message in self.by_touch:
            self._touch(self.by_touch[heard.message], pressed)
            return
        control = self.by_message.get(heard.message)
        if control is None or control in self.deaf:
            return
        if control.bank:
            if pressed:
                self._shift(control.bank)
        elif control.do:
            if pressed:
                press(self.desk, self.origin, control.do, control.words)
        elif control.at(self.offset) in self.by_path:
            self._moving = control
            try:
                if control.mode == "absolute":
                    self._turn(control, heard)
                elif control.mode == "relative":
                    self._tick(control, heard.value)
                else:
                    self._press(control, pressed)
            except Refusal:
                self.lamps.mark([control])  # show what is
            finally:
                self._moving = None
        elif not pressed:
            self.lamps.again(control)

    def _turn(self, control: Control, heard: Heard) -> None:
        path, pickup, value = control.at(self.offset), self.pickups[control], heard.value
        param, held = self.desk.registry.params[path], self.desk.get(path)
        if heard.step:
            self.desk.set(path, stepped(param, held, value, control.step), self.origin)
            return
        if heard.lsb:  # the coarse half stays what it is
            value |= raw(param, held, control.top) & ~127
        motor = self.motors.get(control)
        if motor is not None and not motor.move(value, self._loop.time()):
            return  # its own way to where it was told to go
        turn = min(value / control.top, 1.0)
        if control.lamp is not None:
            self._hold(control)
        takes = pickup.move(turn, place(param, held, turn, pickup.turn))
        if control.takeover == "jump" or takes:
            self.desk.set(path, set_by(param, value, control.top, control.steps), self.origin)

    def _tick(self, control: Control, value: int) -> None:
        path, ticks = control.at(self.offset), ENCODINGS[control.encoding](value)
        param, held = self.desk.registry.params[path], self.desk.get(path)
        if param.kind == "number" and ticks:
            ticks_on = abs(ticks) ** control.acceleration * (1 if ticks > 0 else -1)
            self.desk.set(path, stepped(param, held, ticks_on, control.step), self.origin)
        elif ticks:  # one item at a time, however fast
            self.desk.set(path, stepped(param, held, 1 if ticks > 0 else -1, control.step), self.origin)

    def _press(self, control: Control, pressed: bool) -> None:
        path = control.at(self.offset)
        if control.mode == "momentary":
            self.desk.set(path, int(pressed), self.origin)
        elif pressed and control.value is not None:
            self.desk.set(path, control.value, self.origin)
        elif pressed:
            param, now = self.desk.registry.params[path], self.desk.get(path)
            after: Value = int(now == 0)
            if param.items:
                after = param.items[(param.items.index(str(now)) + 1) % len(param.items)]
            self.desk.set(path, after, self.origin)
        if not pressed:
            self.lamps.again(control)

    # -- the hand ----------------------------------------------------------------------------------------------------

    def _touch(self, control: Control, down: bool) -> None:
        """A finger is on a control, or off it."""
        path = control.at(self.offset)
        (self.touched.add if down else self.touched.discard)(control)
        self.deaf.discard(control)
        if control in self.motors:
            self.motors[control].touch(down, self._loop.time())
        if path in self.by_path:
            self.desk.touch(path, down, self.origin)
        if down:
            self._grip(control)
        else:
            self._release(control)

    def _grip(self, control: Control) -> None:
        self.lamps.held.add(control)
        self.hand.held.add(control.at(self.offset))

    def _hold(self, control: Control) -> None:
        """A move without a touch is a touch for a while."""
        if (timer := self._holds.pop(control, None)) is not None:
            timer.cancel()
        self._grip(control)
        self._holds[control] = self._loop.call_later(HAND_S, self._release, control)

    def _release(self, control: Control) -> None:
        if (timer := self._holds.pop(control, None)) is not None:
            timer.cancel()
        if control in self.touched:
            return
        self.lamps.left(control)
        self.hand.held.clear()
        self.hand.held.update(held.at(self.offset) for held in self.lamps.held)
        self.lamps.wake()

    def _let_go(self) -> None:
        for timer in self._holds.values():
            timer.cancel()
        self._holds.clear()
        self.hand.held.clear()
        self.lamps.held.clear()
        self.desk.release(self.origin)

    # -- to the surface ----------------------------------------------------------------------------------------------

    def state(self, up: bool) -> None:
        """The device came or went: what it shows and where its controls stand is unknown."""
        self.touched.clear()
        self.deaf.clear()
        self._let_go()
        for pickup in self.pickups.values():
            pickup.forget()
        self.lamps.come(up, [control for control in self.device.controls if control.path])

    def _changed(self, origin: str, news: dict[str, Value]) -> None:
        for path in news.keys() & self.by_path.keys():
            for control in self.by_path[path]:
                self.lamps.aim(control)
                pickup = self.pickups.get(control)
                if pickup is not None and control is not self._moving:
                    pickup.moved(place(self.desk.registry.params[path], news[path], pickup.turn))
        self.echo.hear(origin, news)

    def _gather(self) -> Iterable[Control]:
        return [control for path in self.echo.take() for control in self.by_path.get(path, ())]

    def _shown(self, control: Control) -> float:
        """Where a control's value is, or whether what it sets is so; without a strip: the lower end."""
        path = control.at(self.offset)
        param = self.desk.registry.params.get(path)
        if param is not None and control.value is not None:
            return float(self.desk.get(path) == param.accept(control.value))
        return 0.0 if param is None else param.to_turn(self.desk.get(path))


def _motor(control: Control, rate_hz: float) -> motors.Hand:
    """The hand on a control whose own message moves its motor."""
    echo = control.lamp is not None and control.lamp.echo
    return motors.Hand(max(control.top // STEPS, 1), rate_hz, echo=echo)
