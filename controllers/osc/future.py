"""How much may wait for its time, of one peer and of all together: a clock that is wrong fills no memory."""

from collections.abc import Hashable

from studiod.registry.registry import Refusal

PEER_VALUES, ALL_VALUES = 20_000, 200_000
RECALLS = 3  # of the whole console, which a peer may always have waiting
PEER_PACKETS = 2_000


class Future:
    """Counts what waits."""

    def __init__(self, console: int) -> None:
        """console: how many paths it has."""
        self.console = console
        self.values = 0
        self._of: dict[Hashable, tuple[int, int]] = {}  # packets, values

    def take(self, who: Hashable, path: str, values: int, more: int = 1) -> None:
        """Values of one packet more, or of as many.  Raises Refusal when that is too much."""
        packets, held = self._of.get(who, (0, 0))
        most = max(PEER_VALUES, RECALLS * self.console)
        if packets + more > PEER_PACKETS or held + values > most or self.values + values > ALL_VALUES:
            expected = f"at most {PEER_PACKETS} packets and {most} values a sender, {ALL_VALUES} in all"
            raise Refusal(path[:80], "too much waits for its time", expected, remedy="send it later")
        self._of[who] = packets + more, held + values
        self.values += values

    def give(self, who: Hashable, values: int) -> None:
        """One packet's time has come."""
        packets, held = self._of[who]
        self.values -= values
        if packets > 1:
            self._of[who] = packets - 1, held - values
        else:
            del self._of[who]
