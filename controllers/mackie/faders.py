"""The faders of a surface: each moves a path, and follows it with its motor, or is picked up where it has none.

Fingers are told to the desk as touches.  On the desk's loop.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from controllers.hand import HELD_S, Hand
from controllers.mackie.device import Device
from controllers.mackie.unit import Unit
from controllers.midi.pickup import Pickup
from studiod.desk.desk import Desk
from studiod.registry.param import Param, Refusal, Value

LOOK_S = 0.02  # how finely hands that are known by their moves alone are seen to leave
PICKUP_STEPS = 1023


@dataclass
class Fader:
    """One, at its place; path: what it moves, "" for nothing."""

    unit: Unit
    n: int
    hand: Hand
    path: str = ""
    finger: str | None = None  # the path that the desk was told of as touched; "" where it means another one
    pickup: Pickup = field(default_factory=lambda: Pickup(PICKUP_STEPS))

    @property
    def device(self) -> Device:
        return self.unit.device


class Faders:
    """All of a surface; felt: told when a hand comes or goes."""

    def __init__(self, desk: Desk, origin: str, faders: list[Fader], felt: Callable[[Fader], None]) -> None:
        self.desk, self.origin, self.felt = desk, origin, felt
        self.of = {(fader.unit, fader.n): fader for fader in faders}
        self.by_path: dict[str, list[Fader]] = {}
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None

    def param(self, fader: Fader) -> Param | None:
        return self.desk.registry.params.get(fader.path)

    def bind(self, fader: Fader, path: str) -> None:
        """It moves another path now."""
        if path != fader.path:
            now_s = self._loop.time()
            held = fader.hand.held(now_s)
            fader.hand.shift(now_s)
            fader.pickup.shifted()
            self._lift(fader)
            if held:
                fader.finger = ""
            if fader in (there := self.by_path.get(fader.path, [])):
                there.remove(fader)
            fader.path = path
            if path:
                self.by_path.setdefault(path, []).append(fader)
        self.aim(fader)

    def aim(self, fader: Fader) -> None:
        """Its motor goes where the desk stands; without a path to the bottom."""
        param = self.param(fader)
        if param is not None:
            self._go(fader, param, self.desk.get(fader.path))
        elif fader.device.motors:
            fader.hand.aim(fader.device.bottom, self._loop.time())
            fader.unit.outbox.wake()

    def _go(self, fader: Fader, param: Param, value: Value) -> None:
        """To a value; what has no motor is picked up there."""
        device = fader.unit.device
        if device.motors:
            fader.hand.aim(device.position(param, value), self._loop.time())
            fader.unit.outbox.wake()
        else:
            fader.pickup.moved(param.to_turn(value))

    def changed(self, path: str, value: Value) -> None:
        """Of units that are there: one that comes is bound anew."""
        for fader in self.by_path[path]:
            if fader.unit.online:
                self._go(fader, self.desk.registry.params[path], value)

    # -- from the device ---------------------------------------------------------------------------------------------

    def move(self, unit: Unit, n: int, position: int) -> None:
        """A position came in."""
        fader = self.of.get((unit, n))
        if fader is None:
            return
        now_s = self._loop.time()
        if not fader.device.motors:
            self._pick(fader, position)
        elif fader.hand.move(position, now_s):
            self._feel(fader)
            self._set(fader, position)
        unit.outbox.wake()

    def touch(self, unit: Unit, n: int, down: bool) -> None:
        """A finger is felt, or no more."""
        fader = self.of.get((unit, n))
        if fader is not None and fader.device.motors:
            fader.hand.touch(down, self._loop.time())
            self._feel(fader)
            unit.outbox.wake()

    def _set(self, fader: Fader, position: int) -> None:
        param = self.param(fader)
        if param is None:
            return
        try:
            self.desk.set(fader.path, fader.device.value(param, position), self.origin)
        except Refusal:  # the motor shows what is
            self.aim(fader)

    def _pick(self, fader: Fader, position: int) -> None:
        """Without a motor: it takes a value over where the value is."""
        param = self.param(fader)
        if param is None:
            return
        turn, held = fader.device.turn(param, position), self.desk.get(fader.path)
        if fader.pickup.move(turn, param.to_turn(held)):
            self._set(fader, position)
            fader.pickup.engaged = True

    # -- hands -------------------------------------------------------------------------------------------------------

    def _feel(self, fader: Fader) -> None:
        """Tell the desk, and whoever shows it, when a hand comes or goes."""
        held = fader.hand.held(self._loop.time())
        if held and fader.finger is None:
            fader.finger = fader.path
            if fader.path:
                self.desk.touch(fader.path, True, self.origin)
            self.felt(fader)
        elif not held and fader.finger is not None:
            self._lift(fader)
            self.felt(fader)
        if held and not fader.hand.down and self._timer is None:
            self._timer = self._loop.call_later(HELD_S + 0.001, self._look)

    def _lift(self, fader: Fader) -> None:
        if fader.finger:
            self.desk.touch(fader.finger, False, self.origin)
        fader.finger = None

    def _look(self) -> None:
        self._timer = None
        for fader in self.of.values():
            if fader.finger is not None:
                self._feel(fader)
        if any(fader.finger is not None and not fader.hand.down for fader in self.of.values()):
            if self._timer is not None:
                self._timer.cancel()
            self._timer = self._loop.call_later(LOOK_S, self._look)

    def gone(self, unit: Unit) -> None:
        """A unit went, or came anew: its hands are off."""
        for fader in self.of.values():
            if fader.unit is unit:
                self._lift(fader)
                fader.pickup.forget()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
