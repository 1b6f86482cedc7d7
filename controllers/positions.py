"""A value as a whole number of a control's travel, and steps from where it is: shared by surfaces and NRPN."""

from studiod.params import Param, Refusal, Value


def raw(param: Param, value: Value, top: int) -> int:
    """Where a value stands on a travel of 0..top; items and switch positions are spread evenly over it.

    From 1 + 2 × (items - 1) steps on, an item that is set by its own position reads back as that position.
    """
    try:
        return round(param.to_turn(value) * top)
    except Refusal:  # a read-only figure beyond its declared range, or text
        return 0


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
