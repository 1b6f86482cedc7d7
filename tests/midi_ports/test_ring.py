"""The ring between Python and JACK's thread: the compiled code against a queue of Python, and two threads at once."""

import random
import threading
from collections import deque

from studiod.midi_ports.jack.library import library
from studiod.midi_ports.jack.ring import IN_BYTES, Ring

BYTES = 1024


def taken(data: bytes) -> int:
    """Room that a message takes: its size and its time, and its bytes, in whole words."""
    return 16 + (len(data) + 7) // 8 * 8


def test_it_is_a_queue_of_bytes_that_takes_what_it_has_room_for() -> None:
    dice, ring, oracle, lost = random.Random(3), Ring(library(), BYTES), deque[tuple[int, bytes]](), 0
    for turn in range(20_000):
        if dice.random() < 0.55:
            data = dice.randbytes(dice.choice([0, 1, 3, 3, 3, 8, 17, 200, 1007, 1008, 5000]))
            room = sum(taken(one) for _, one in oracle) + taken(data) < BYTES
            assert ring.put(data, turn) == room
            lost += not room
            if room:
                oracle.append((turn, data))
        else:
            assert ring.get() == (oracle.popleft() if oracle else None)
        assert ring.lost == lost
    assert lost > 1000


def test_a_way_in_has_room_for_as_many_short_messages_as_rtmidi_was_given() -> None:
    ring = Ring(library(), IN_BYTES)
    assert all(ring.put(b"\xb0\x07\x40") for _ in range(16_384))


def test_what_one_thread_puts_in_another_takes_out_whole_and_in_order() -> None:
    ring, count = Ring(library(), BYTES), 50_000

    def put() -> None:
        for number in range(count):
            data = number.to_bytes(4, "big") * (number % 9 + 1)
            while not ring.put(data, number):
                pass

    thread = threading.Thread(target=put)
    thread.start()
    for number in range(count):
        while (got := ring.get()) is None:
            pass
        assert got == (number, number.to_bytes(4, "big") * (number % 9 + 1))
    thread.join()
