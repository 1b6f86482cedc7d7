"""MIDI bytes to moves: every kind goes out and comes back, and no bytes mean more than they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controllers.midi.messages import ENCODINGS, LAST_NUMBER, TOP, Decoder, Heard, Message, null


def cc(number: int, value: int, channel: int = 0) -> bytes:
    return bytes((0xB0 | channel, number, value))


def hear(decoder: Decoder, *messages: bytes) -> list[Heard]:
    return [heard for message in messages for heard in decoder.hear(message)]


@st.composite
def moves(draw: st.DrawFn) -> tuple[Message, int]:
    kind = draw(st.sampled_from(sorted(TOP)))
    number = draw(st.integers(0, LAST_NUMBER.get(kind, 0)))
    return Message(kind, draw(st.integers(0, 15)), number), draw(st.integers(0, TOP[kind]))


@given(moves())
def test_what_is_sent_is_heard_as_it_was_meant(move: tuple[Message, int]) -> None:
    message, value = move
    decoder = Decoder([message] if message.kind == "cc14" else [], [message.channel] if message.kind == "nrpn" else [])
    heard = hear(decoder, *message.parts(value))
    assert heard[-1] == Heard(message, value, fine=message.kind == "nrpn")
    assert decoder.late() == []


def test_the_bytes_of_each_kind_are_those_of_the_standard() -> None:
    assert Message("cc14", 1, 7).parts(0x1234) == [b"\xb1\x07\x24", b"\xb1\x27\x34"]
    assert Message("nrpn", 15, 300).parts(16383) == [b"\xbf\x63\x02", b"\xbf\x62\x2c", b"\xbf\x06\x7f", b"\xbf\x26\x7f"]
    assert Message("pitch_bend", 8, 0).parts(8192) == [b"\xe8\x00\x40"]
    assert Message("note", 0, 104).parts(127) == [b"\x90\x68\x7f"]
    assert null(3) == [b"\xb3\x65\x7f", b"\xb3\x64\x7f"]


def test_a_note_off_is_a_note_of_no_velocity() -> None:
    note = Message("note", 0, 8)
    assert hear(Decoder(), b"\x80\x08\x40", b"\x90\x08\x00") == [Heard(note, 0), Heard(note, 0)]


# -- 14-bit pairs -----------------------------------------------------------------------------------------------------

FADER = Message("cc14", 0, 7)


def test_a_coarse_half_waits_for_its_fine_half() -> None:
    decoder = Decoder([FADER])
    assert hear(decoder, cc(7, 64)) == []
    assert hear(decoder, cc(39, 3)) == [Heard(FADER, 64 * 128 + 3)]
    assert decoder.late() == []


def test_a_coarse_half_alone_counts_when_its_time_is_over_or_the_next_one_comes() -> None:
    decoder = Decoder([FADER])
    assert hear(decoder, cc(7, 64), cc(7, 65)) == [Heard(FADER, 64 * 128)]
    assert decoder.late() == [Heard(FADER, 65 * 128)]
    assert decoder.late() == []


def test_a_fine_half_alone_refines_the_last_coarse_half_and_nothing_else() -> None:
    decoder = Decoder([FADER])
    assert hear(decoder, cc(39, 9)) == []
    assert hear(decoder, cc(7, 64), cc(39, 3), cc(39, 4))[-1] == Heard(FADER, 64 * 128 + 4)


def test_only_what_is_asked_for_is_a_pair() -> None:
    decoder = Decoder([FADER])
    assert hear(decoder, cc(7, 1, 1), cc(39, 2, 1), cc(8, 3), cc(40, 4)) == [
        Heard(Message("cc", 1, 7), 1), Heard(Message("cc", 1, 39), 2),
        Heard(Message("cc", 0, 8), 3), Heard(Message("cc", 0, 40), 4),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "heard", "late"),
    [
        ("39:3 7:64", [64 * 128 + 3], []),
        ("39:127 7:127", [16383], []),
        ("39:3 7:64 39:4 7:64", [64 * 128 + 3, 64 * 128 + 4], []),
        ("7:64", [64 * 128], []),  # a sender of coarse halves alone
        ("39:3", [], []),  # a coarse half that was never said is not known
        ("39:3 7:64 39:5", [64 * 128 + 3], [64 * 128 + 5]),  # the coarse half stays
        ("39:3 7:64 39:5 39:6", [64 * 128 + 3, 64 * 128 + 5], [64 * 128 + 6]),
        ("39:3 7:64 7:65", [64 * 128 + 3, 65 * 128], []),
    ],
)
def test_a_pair_whose_fine_half_comes_first_ends_with_the_coarse_one(
    said: str, heard: list[int], late: list[int]
) -> None:
    decoder = Decoder([FADER], fine_first=[FADER])
    pairs = (pair.split(":") for pair in said.split())
    assert hear(decoder, *(cc(int(n), int(v)) for n, v in pairs)) == [Heard(FADER, value) for value in heard]
    assert decoder.late() == [Heard(FADER, value) for value in late]
    assert decoder.late() == []


@given(st.lists(st.integers(0, 16383), max_size=20))
def test_the_same_moves_in_either_order_are_the_same_values(values: list[int]) -> None:
    ordered, turned = Decoder([FADER]), Decoder([FADER], fine_first=[FADER])
    for value in values:
        parts = FADER.parts(value)
        assert hear(turned, *reversed(parts)) == hear(ordered, *parts) == [Heard(FADER, value)]


# -- NRPN -------------------------------------------------------------------------------------------------------------

P = Message("nrpn", 0, 5 << 7 | 3)


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("99:5 98:3 6:64 38:7", [Heard(P, 64 << 7), Heard(P, 64 << 7 | 7, fine=True)]),
        ("98:3 99:5 6:64", [Heard(P, 64 << 7)]),
        ("99:5 98:3 6:1 38:2 6:3 38:4", [Heard(P, v, fine=v % 128 > 0) for v in (128, 130, 384, 388)]),
        ("99:5 98:4 98:3 6:1", [Heard(P, 128)]),
        ("99:5 98:3 38:7", [Heard(P, 7, lsb=True)]),
        ("99:5 98:3 6:64 38:1 38:2", [Heard(P, 8192), Heard(P, 8193, fine=True), Heard(P, 8194, fine=True)]),
        ("99:5 98:3 96:0 97:127", [Heard(P, 1, step=True), Heard(P, -1, step=True)]),
        ("99:5 98:3 6:64 96:1 38:9", [Heard(P, 8192), Heard(P, 1, step=True), Heard(P, 9, lsb=True)]),
        ("6:64 38:1 96:0", []),  # no number yet
        ("99:5 6:64", []),
        ("98:3 6:64", []),
        ("99:127 98:127 6:64 38:1 96:0", []),  # null
        ("99:5 98:3 101:127 100:127 6:64", []),
        ("99:5 98:3 101:0 100:0 6:2 38:0", []),  # a bend range is not for us
        ("99:5 98:3 100:0 98:3 6:64", []),  # after RPN half a number is none
        ("99:5 98:3 101:0 98:3 99:5 6:64", [Heard(P, 8192)]),
        ("99:5 98:3 7:1 6:64", [Heard(Message("cc", 0, 7), 1), Heard(P, 8192)]),
    ],
)
def test_nrpn_is_heard_by_the_rules(said: str, heard: list[Heard]) -> None:
    pairs = (pair.split(":") for pair in said.split())
    assert hear(Decoder(nrpn=[0]), *(cc(int(n), int(v)) for n, v in pairs)) == heard


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("99:5 98:3 38:7 6:64", [64 << 7 | 7]),
        ("99:5 98:3 38:7 6:64 38:8 6:64", [64 << 7 | 7, 64 << 7 | 8]),
        ("99:5 98:3 6:64", [64 << 7]),
        ("99:5 98:3 38:7 99:5 98:3 6:64", [64 << 7]),  # it was another edit's
    ],
)
def test_nrpn_whose_fine_half_comes_first_ends_with_the_coarse_one(said: str, heard: list[int]) -> None:
    pairs = (pair.split(":") for pair in said.split())
    decoder = Decoder(nrpn=[0], fine_first=[P])
    assert hear(decoder, *(cc(int(n), int(v)) for n, v in pairs)) == [Heard(P, value, fine=True) for value in heard]


def test_channels_do_not_mix_and_one_without_nrpn_has_plain_controllers() -> None:
    decoder = Decoder(nrpn=[0, 1])
    assert hear(decoder, cc(99, 5), cc(98, 3, 1), cc(6, 1), cc(6, 1, 1)) == []
    assert hear(decoder, cc(6, 9, 2)) == [Heard(Message("cc", 2, 6), 9)]


def meant(history: list[tuple[int, int]]) -> Heard | None:
    """What the last of a channel's controllers means, by looking back: slow and plain."""
    *before, (number, value) = history
    if number not in (6, 38, 96, 97):
        return None
    since: list[tuple[int, int]] = []
    for n, v in reversed(before):
        if n in (100, 101):
            break
        since.append((n, v))  # newest first
    msb = next((v for n, v in since if n == 99), None)
    lsb = next((v for n, v in since if n == 98), None)
    if msb is None or lsb is None or (msb, lsb) == (127, 127):
        return None
    message = Message("nrpn", 0, msb * 128 + lsb)
    if number == 6:
        return Heard(message, value * 128)
    if number == 38:
        last = next(((n, v) for n, v in since if n in (6, 96, 97, 98, 99)), (99, 0))
        if last[0] == 6:
            return Heard(message, last[1] * 128 + value, fine=True)
        return Heard(message, value, lsb=True)
    return Heard(message, 1 if number == 96 else -1, step=True)


@given(
    st.lists(
        st.tuples(st.sampled_from((6, 38, 96, 97, 98, 99, 100, 101)), st.sampled_from((0, 1, 64, 127))), max_size=40
    )
)
def test_nothing_is_set_that_was_not_meant(said: list[tuple[int, int]]) -> None:
    decoder = Decoder(nrpn=[0])
    for length, (number, value) in enumerate(said, 1):
        heard = hear(decoder, cc(number, value))
        oracle = meant(said[:length])
        assert heard == ([] if oracle is None else [oracle])


@given(st.lists(st.binary(max_size=5) | st.tuples(*[st.integers(0, 255)] * 3).map(bytes), max_size=60))
def test_any_bytes_at_all_do_no_harm(rubbish: list[bytes]) -> None:
    decoder = Decoder([FADER], range(16))
    for data in rubbish:
        for heard in decoder.hear(data):
            message = heard.message
            assert len(data) == 3
            assert data[0] & 15 == message.channel
            assert heard.step or 0 <= heard.value <= TOP[message.kind]
    decoder.late()
    assert hear(decoder, *P.parts(8193))[-1] == Heard(P, 8193, fine=True), "and the next whole message counts"


# -- endless knobs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "ticks"),
    [
        ("signed_bit", {1: 1, 63: 63, 65: -1, 71: -7, 127: -63, 0: 0, 64: 0}),
        ("signed_bit_reversed", {65: 1, 127: 63, 1: -1, 63: -63, 0: 0, 64: 0}),
        ("twos_complement", {1: 1, 63: 63, 127: -1, 64: -64, 0: 0}),
        ("offset_binary", {65: 1, 127: 63, 63: -1, 0: -64, 64: 0}),
        ("ends", {127: 1, 0: -1, 100: 1, 1: -1}),
        ("ends_reversed", {127: -1, 0: 1, 100: -1, 1: 1}),
    ],
)
def test_an_encoding_counts_ticks_clockwise(encoding: str, ticks: dict[int, int]) -> None:
    assert {v: ENCODINGS[encoding](v) for v in ticks} == ticks
    assert all(abs(ENCODINGS[encoding](v)) <= 64 for v in range(128))
