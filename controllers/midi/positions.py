"""A value as a whole number of a control's travel, and steps from where it is: shared by surfaces and NRPN."""

import math

from studiod.registry.registry import Param, Refusal, Value


def raw(param: Param, value: Value, top: int) -> int:
    """Where a value stands on a travel of 0..top; items and switch positions are spread evenly over it.

    From 1 + 2 × (items - 1) steps on, an item that is set by its own position reads back as that position.
    """
    try:
        return round(param.to_turn(value) * top)
    except Refusal:  # a read-only figure beyond its declared range, or text
        return 0


def set_by(param: Param, value: float, top: int, steps: int) -> Value:
    """The value that a control of that many steps sets by a position of 0..top; beyond it is the upper end.

    The step that lies nearest to 0 (the middle of a pan, 0 dB of a fader) or to the default is that value: a
    control of 7 bits has no step in the middle, and few on a round number.  Of two as near the upper one is it, as
    MIDI has it: 64 of 127, 8192 of 16383.
    """
    if param.kind == "number":
        for rest in (float(param.rest), 0.0):
            if param.low < rest < param.high and _step(value / top, steps) == _step(param.to_turn(rest), steps):
                return param.accept(rest)
    return param.from_turn(value / top)


def _step(turn: float, steps: int) -> int:
    """The step that is nearest to a turn."""
    return math.floor(min(turn, 1.0) * steps + 0.5)


def stepped(param: Param, value: Value, ticks: float, step_turn: float) -> Value:
    """The value some ticks on: step_turn of the travel each, or one item each; stops at the ends.  Raises Refusal."""
    if param.kind == "number":
        return param.from_turn(param.to_turn(value) + ticks * step_turn)
    last = max(len(param.items) - 1, 1)
    return param.from_turn(param.to_turn(value) + round(ticks) / last)


def place(param: Param, value: Value, *turns: float | None) -> float:
    """Where a value is for a hand at some turns: an item fills a stretch, within which the hand is there."""
    if param.kind != "number":
        for turn in turns:
            if turn is not None and param.from_turn(turn) == value:
                return turn
    return param.to_turn(value)
