"""Who is closed when the process of the ports grows.  tests/live/test_ports_flood.py does it with real ports.

What drivers collect is played here: `Weighed` stands in for the scales of the process, `Tank` for a way in of rtmidi.
"""

import pytest

from studiod.midi_ports.guard import FLOOD, Grown, Guard
from studiod.midi_ports.memory import GROWN_BYTES, HELD_ALL_BYTES, Memory
from studiod.midi_ports.port import Port

CLOSED = f"{FLOOD}; its port was closed and is opened again"


class Tank:
    """Collects bytes until it is closed."""

    def __init__(self) -> None:
        self.bytes = 0

    def close_port(self) -> None: ...

    def delete(self) -> None:
        self.bytes = 0


class Weighed(Memory):
    """A process that holds what its tanks hold, and what has leaked."""

    def __init__(self) -> None:
        self.tanks: list[Tank] = []
        self.leaked_bytes = 0

    def private_bytes(self) -> int:
        return self.leaked_bytes + sum(tank.bytes for tank in self.tanks)

    def give_back(self) -> None: ...


class Rig:
    """Some ports, of which those opened first have been silent longest."""

    def __init__(self, count: int, pattern: str = "x") -> None:
        self.memory = Weighed()
        self.told: list[tuple[int, str]] = []
        self.ports = {n: Port(n, f"surface {n}", {"in": [pattern], "out": []}) for n in range(count)}
        self.guard = Guard(self.ports, self.memory, lambda port, text: self.told.append((port.number, text)))
        for number, port in self.ports.items():
            port.ends["in"], port.heard_s = Tank(), float(number)
            self.memory.tanks.append(port.ends["in"])
        self.memory.leaked_bytes = count << 19  # the queues, which are reckoned with

    def closed(self) -> list[int]:
        return [number for number, port in self.ports.items() if port.ends["in"] is None]


def test_who_collects_is_closed_and_told_and_whoever_spoke_since_then_is_not_touched() -> None:
    rig = Rig(5)
    assert not rig.guard.look()
    rig.memory.tanks[2].bytes = GROWN_BYTES
    assert not rig.guard.look(), "so much is nothing yet"
    rig.memory.tanks[2].bytes = GROWN_BYTES + 1
    assert rig.guard.look()
    assert rig.told == [(2, CLOSED)]
    assert rig.closed() == [0, 1, 2], "of two that were silent longer nobody could know"


def test_who_did_it_before_or_sends_long_messages_comes_first() -> None:
    rig = Rig(5)
    rig.ports[4].rest.begin(7.0)
    rig.ports[3].held.took(1000)
    rig.memory.tanks[4].bytes = 3 * GROWN_BYTES
    assert rig.guard.look()
    assert rig.told == [(4, CLOSED)]
    assert rig.closed() == [3, 4]


def test_when_no_closing_helps_the_process_ends_and_says_so() -> None:
    rig = Rig(2)
    rig.memory.leaked_bytes += 20 << 20
    with pytest.raises(Grown, match="the ports' process holds 20 MB too much; it is started again"):
        rig.guard.look()
    assert rig.told == [], "nobody is blamed for it"


@pytest.mark.parametrize("count", [1, 8, 32])
def test_what_the_queues_keep_of_long_messages_is_bounded_for_all_together(count: int) -> None:
    rig = Rig(count)
    took_bytes = 0
    while not rig.told:
        rig.guard.took(rig.ports[0], 10_000)
        took_bytes += 10_000
    assert took_bytes == pytest.approx(HELD_ALL_BYTES / max(count, 8), rel=0.01)
    assert rig.closed() == [0]
    assert rig.ports[0].held.long_bytes == 0
    for _ in range(100_000):
        rig.guard.took(rig.ports[0], 24)  # as short as all that surfaces send
    assert len(rig.told) == 1


@pytest.mark.parametrize(("pattern", "closed"), [("x", [0]), ("virtual", [])])
def test_a_silent_port_that_took_too_much_is_closed_once_more_but_not_one_that_others_connect_to(
    pattern: str, closed: list[int]
) -> None:
    rig = Rig(2, pattern)
    rig.ports[0].rest.begin(-1e9)
    rig.ports[0].heard_s = -1e9
    rig.guard.doubt()
    assert rig.closed() == closed
    assert rig.told == []
