"""Whole messages of pieces: what JACK cuts is put together, what belongs to nothing is dropped, nothing grows."""

import random

import pytest

from studiod.midi_ports.jack.whole import Whole

FADER, TICK = b"\xb0\x07\x40", b"\xf8"
SYSEX = b"\xf0\x00\x00\x66\x14\x12\x00hello\xf7"


@pytest.mark.parametrize(
    ("pieces", "given"),
    [
        ([FADER, SYSEX, TICK], [FADER, SYSEX, TICK]),
        ([SYSEX[:3], SYSEX[3:7], SYSEX[7:], FADER], [SYSEX, FADER]),
        ([SYSEX[:3], TICK, SYSEX[3:]], [TICK, SYSEX]),  # real time comes between
        ([SYSEX[:-1], b"\xf7"], [SYSEX]),
        ([SYSEX[:5], FADER, SYSEX[5:], FADER], [FADER, FADER]),  # another status ends it
        ([SYSEX[:5], SYSEX], [SYSEX]),  # and another beginning
        ([b"\x07\x40", b"\xf7", b"", FADER], [FADER]),  # of no message
    ],
)
def test_what_was_cut_is_whole_again_and_what_belongs_to_nothing_is_dropped(
    pieces: list[bytes], given: list[bytes]
) -> None:
    whole = Whole(1000)
    assert [data for piece in pieces if (data := whole.of(piece)) is not None] == given


@pytest.mark.parametrize("piece_bytes", [1, 7, 400])
def test_one_that_is_too_long_is_given_once_too_long_and_its_rest_is_ignored(piece_bytes: int) -> None:
    whole = Whole(1000)
    given = [whole.of(b"\xf0")]
    given += [whole.of(bytes(piece_bytes)) for _ in range(5000)]
    assert whole._open == b"", "nothing is kept of what nobody takes"
    given += [whole.of(b"\xf7"), whole.of(FADER), whole.of(SYSEX)]
    first, *others = [data for data in given if data is not None]
    assert 1000 < len(first) <= 1000 + piece_bytes
    assert others == [FADER, SYSEX]


def test_the_longest_is_taken_whole_and_one_byte_more_is_not() -> None:
    most, over = b"\xf0" + bytes(998) + b"\xf7", b"\xf0" + bytes(999) + b"\xf7"
    for cut in (1, 500, 999):
        whole = Whole(1000)
        assert [whole.of(most[:cut]), whole.of(most[cut:])] == [None, most]
        assert [whole.of(over[:cut]), whole.of(over[cut:])] == [None, over]
        assert whole.of(FADER) == FADER


def test_any_stream_that_is_cut_anywhere_gives_its_messages() -> None:
    dice = random.Random(14)
    for _ in range(300):
        said = [dice.choice([FADER, SYSEX, b"\xf0\xf7", b"\x90\x10\x7f"]) for _ in range(20)]
        whole, given = Whole(1000), []
        for data in said:
            while data:
                cut = dice.randint(1, len(data)) if data[0] == 0xF0 or len(data) < 3 or data[0] < 0x80 else len(data)
                given.append(whole.of(data[:cut]))
                data = data[cut:]
        assert [one for one in given if one is not None] == said
