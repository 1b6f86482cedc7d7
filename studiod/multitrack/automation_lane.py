"""The moves of one path against the music: values at positions, written in passes, read by anybody."""

from bisect import bisect_left, bisect_right

from studiod.registry.param import Param, Value


class Lane:
    """Positions are whole frames from the start of the music, in order, each once."""

    def __init__(self) -> None:
        self.at: list[int] = []
        self.values: list[Value] = []

    def copy(self) -> "Lane":
        other = Lane()
        other.at, other.values = self.at[:], self.values[:]
        return other

    def value_at(self, position: int) -> Value | None:
        """What stands at a position: the last value up to it, before the first one the first; None: no moves."""
        if not self.at:
            return None
        return self.values[max(bisect_right(self.at, position) - 1, 0)]

    def between(self, first: int, last: int) -> list[tuple[int, Value]]:
        """The moves from first on, before last."""
        a, b = bisect_left(self.at, first), bisect_left(self.at, last)
        return list(zip(self.at[a:b], self.values[a:b], strict=True))

    def put(self, position: int, value: Value) -> None:
        k = bisect_left(self.at, position)
        if k < len(self.at) and self.at[k] == position:
            self.values[k] = value
        else:
            self.at.insert(k, position)
            self.values.insert(k, value)

    def clear(self, first: int, last: int) -> None:
        """Take out the moves behind first, up to last."""
        a, b = bisect_right(self.at, first), bisect_right(self.at, last)
        del self.at[a:b], self.values[a:b]

    def shift(self, first: int, last: int, by: float, param: Param) -> None:
        """Trim the moves from first on, before last, within the range of the parameter."""
        for k in range(bisect_left(self.at, first), bisect_left(self.at, last)):
            self.values[k] = param.accept(min(max(float(self.values[k]) + by, param.low), param.high))
