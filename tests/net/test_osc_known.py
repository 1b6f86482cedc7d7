"""Laws of the decoder that knows addresses by their bytes: it says what the strict one says, word for word."""

import struct

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from studiod.net.osc_codec import AT_ONCE, BUNDLE, Malformed, encode, timed
from studiod.net.osc_known import Known
from studiod.net.osc_message import message_of

PATHS = ("ch/1/fader", "ch/1/eq/1/freq", "ch/12/mute", "main/fader", "x", "bus/1/send/1/on")
NUMBERS = st.one_of(st.floats(width=32), st.integers(-(2**31), 2**31 - 1), st.integers(), st.floats())
VALUES = st.one_of(NUMBERS, st.booleans(), st.text(max_size=9))
WHOLE = st.builds(
    lambda path, args: encode(f"/{path}", *args),
    st.one_of(st.sampled_from(PATHS), st.sampled_from(("no/such", "turn/ch/1/fader", ""))),
    st.one_of(NUMBERS.map(lambda one: [one]), st.lists(VALUES, max_size=3)),
)
PLACES = st.lists(st.tuples(st.sampled_from("=+-"), st.integers(0, 60), st.integers(0, 255)), max_size=4)


def mutated(packet: bytes, places: list[tuple[str, int, int]]) -> bytes:
    """Bytes changed, put in and left out."""
    out = bytearray(packet)
    for how, at, byte in places:
        at %= len(out) + 1
        out[at : at + (how != "+")] = b"" if how == "-" else bytes([byte])
    return bytes(out)


def said(decode, packet: bytes) -> tuple:
    """What comes of a packet: the message to the bit, or the refusal with its words."""
    try:
        address, args = decode(packet)
    except Malformed as fault:
        return "malformed", str(fault), fault.address
    return address, [(type(arg), struct.pack(">d", arg) if isinstance(arg, float) else arg) for arg in args]


@given(st.lists(WHOLE, max_size=6), WHOLE, PLACES)
@example([encode("/x", 1.0)], b"/x\0!,f\0\0\x3f\x80\0\0", [])  # what fills up may be anything
@example([b"/x\0!,f\0\0\x3f\x80\0\0"], encode("/x", 1.0), [])
@example([b"/x\0\0,f\0!\x3f\x80\0\0"], encode("/x", 1.0), [])
@example([encode("/x", 1.0)], b"/x\0\0,f\0\0", [])
@example([encode("/x", 1.0)], b"", [])
def test_whatever_it_has_heard_it_says_what_the_strict_decoder_says(
    before: list[bytes], packet: bytes, places: list[tuple[str, int, int]]
) -> None:
    known = Known(frozenset(PATHS))
    for one in (*before, packet):
        said(known.message, one)
    for one in (packet, mutated(packet, places)):
        for _ in range(2):  # the second time it may be known
            assert said(known.message, one) == said(message_of, one)


@given(st.lists(WHOLE, max_size=5), PLACES, st.booleans())
def test_bundles_hold_the_same_messages(messages: list[bytes], places: list[tuple[str, int, int]], warm: bool) -> None:
    known = Known(frozenset(PATHS))
    for one in messages if warm else ():
        said(known.message, one)
    body = b"".join(len(one).to_bytes(4, "big") + one for one in messages)
    packet = mutated(BUNDLE + AT_ONCE.to_bytes(8, "big") + body, places)

    def all_of(*decoder) -> tuple:
        out = []
        try:
            out += [(at, address, repr(args)) for at, address, args in timed(packet, *decoder)]
        except Malformed as fault:
            return out, str(fault), fault.address
        return out, "", ""

    assert all_of(known.message) == all_of()


def test_a_message_is_known_the_second_time() -> None:
    known = Known(frozenset(PATHS))
    packet = encode("/main/fader", -6.0)
    assert known.head(packet) is None
    assert known.message(packet) == ("/main/fader", [-6.0])
    assert known.head(packet) == ("/main/fader", -6.0)
    assert known.head(encode("/main/fader", 3)) is None, "another form, another head"


@pytest.mark.parametrize("packet", [b"/x\0!,f\0\0\x3f\x80\0\0", b"/x\0\0,f\0!\x3f\x80\0\0", encode("/no/such", 1.0),
                                    encode("/x", 1.0, 2.0), encode("/x", "1234"), encode("/x", 2**40)])  # fmt: skip
def test_nothing_is_learned_of_other_paths_and_forms(packet: bytes) -> None:
    """So the table has two entries a path at most, whatever is sent."""
    known = Known(frozenset(PATHS))
    known.message(packet)
    assert len(known) == 0
    for k in range(100):
        known.message(encode("/x", float(k)))
        known.message(encode("/x", k))
    assert len(known) == 2
