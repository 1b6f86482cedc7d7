"""The knobs of a surface: turned with acceleration, finely with SHIFT; a press goes to the rest, or turns a switch."""

from collections.abc import Callable

from controllers.mackie.panel import Panel, Place
from controllers.midi.positions import stepped
from studiod.desk.desk import Desk
from studiod.registry.param import Value

STEP_TURN = 1 / 128
FINE = 1 / 8
ACCELERATION = 1.5  # n ticks at once are n to this power
PEDAL = "monitor/level"
PEDAL_TOP = 127


class Knobs:
    """Of one surface; fine: whether turns are meant finely now."""

    def __init__(self, desk: Desk, panel: Panel, fine: Callable[[], bool]) -> None:
        self.desk, self.panel, self.fine, self.origin = desk, panel, fine, panel.origin

    def turn(self, place: Place, ticks: int) -> None:
        """Raises Refusal."""
        param = self.desk.registry.params.get(self.panel.turned(place))
        if param is None:
            return
        way = 1 if ticks > 0 else -1
        step, ticks_on = STEP_TURN, abs(ticks) ** ACCELERATION * way
        if self.fine():
            step, ticks_on = STEP_TURN * FINE, float(ticks)
        if param.kind != "number":
            ticks_on = way  # one item at a time, however fast
        self.desk.set(param.path, stepped(param, self.desk.get(param.path), ticks_on, step), self.origin)

    def press(self, place: Place) -> None:
        """Raises Refusal."""
        path, knob = self.panel.turned(place), place.knob
        param = self.desk.registry.params.get(path)
        if param is None:
            return
        if knob is not None and knob.press and not self.panel.flipped:
            self.desk.set(knob.press, int(self.desk.get(knob.press) == 0), self.origin)
            return
        after: Value = param.rest
        held = self.desk.get(path)
        if param.kind == "switch":
            after = int(held == 0)
        elif param.items:
            after = param.items[(param.items.index(str(held)) + 1) % len(param.items)]
        self.desk.set(path, after, self.origin)

    def pedal(self, value: int) -> None:
        """Raises Refusal."""
        param = self.desk.registry.params.get(PEDAL)
        if param is not None:
            self.desk.set(PEDAL, param.from_turn(value / PEDAL_TOP), self.origin)
