"""The wire into a unit: messages go through at so many bytes a second, one behind the other.  Time is handed in."""

from collections import deque


class Wire:
    """`bytes_per_s` None is a wire that takes no time."""

    def __init__(self, bytes_per_s: int | None) -> None:
        self.bytes_per_s = bytes_per_s
        self.most_backlog = 0
        self._free_s = 0.0
        self._waiting: deque[tuple[float, bytes]] = deque()

    def put(self, now_s: float, data: bytes) -> tuple[float, int]:
        """The second at which its last byte is through, and how many bytes waited before it."""
        if self.bytes_per_s is None:
            backlog, self._free_s = 0, now_s
        else:
            backlog = max(0, round((self._free_s - now_s) * self.bytes_per_s))
            self._free_s = max(now_s, self._free_s) + len(data) / self.bytes_per_s
        self.most_backlog = max(self.most_backlog, backlog)
        self._waiting.append((self._free_s, data))
        return self._free_s, backlog

    def due(self, now_s: float) -> tuple[float, bytes] | None:
        """The next message that is through by now."""
        return self._waiting.popleft() if self._waiting and self._waiting[0][0] <= now_s else None

    def clear(self) -> None:
        self._waiting.clear()

    def __len__(self) -> int:
        return len(self._waiting)
