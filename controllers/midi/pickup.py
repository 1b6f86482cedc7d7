"""Pick-up: a control without a motor moves a value only from where the value is, or by passing it."""

NEAR_STEPS = 1.5  # so near, in the control's own steps, is there: a value between two steps can be met


class Pickup:
    """Whether one control has its value in hand."""

    def __init__(self, steps: int = 127) -> None:
        self.near_turn = NEAR_STEPS / steps
        self.turn: float | None = None  # where the control is, once it has said so
        self.engaged = False

    def move(self, turn: float, held_turn: float) -> bool:
        """The control is at turn and the value at held_turn: does it take over?"""
        before, self.turn = self.turn, turn
        low, high = (turn, turn) if before is None else (min(before, turn), max(before, turn))
        self.engaged = self.engaged or low - self.near_turn <= held_turn <= high + self.near_turn
        return self.engaged

    def moved(self, held_turn: float) -> None:
        """The value went elsewhere by itself."""
        if self.turn is None or abs(self.turn - held_turn) > self.near_turn:
            self.engaged = False

    def shifted(self) -> None:
        """It stands for another value now."""
        self.engaged = False

    def forget(self) -> None:
        """The device went away: where its control stands is not known."""
        self.turn, self.engaged = None, False
