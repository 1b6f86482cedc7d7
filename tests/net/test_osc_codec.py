"""Laws of the wire: what another codec writes is read, what is no OSC is refused, nothing costs more than it weighs."""

import math
import random
import struct
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from studiod.net.osc_codec import (
    AT_ONCE,
    BUNDLE,
    Malformed,
    address_of,
    bundles,
    decode,
    encode,
    messages_of,
    timetag_of,
)
from studiod.net.osc_message import ADDRESS_MAX_BYTES, ARGS_MAX, DEEPEST

WORDS = st.one_of(
    st.integers(-(2**63), 2**63 - 1), st.floats(width=32), st.booleans(), st.none(), st.binary(min_size=1, max_size=9),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=9),
)  # fmt: skip
VALUES = st.recursive(WORDS, lambda inner: st.lists(inner, min_size=1, max_size=3), max_leaves=8)


def built(address: str, values: list[object]) -> bytes:
    """A message as python-osc writes it."""
    made = OscMessageBuilder(address)
    for value in values:
        made.add_arg(value)  # type: ignore[arg-type]
    return made.build().dgram


def same(a: object, b: object) -> bool:
    """Equal, and a NaN equal to a NaN."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b or (isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b))


def nested(depth: int, inner: bytes) -> bytes:
    """A message in bundles within one another."""
    for _ in range(depth):
        inner = BUNDLE + bytes(7) + b"\1" + struct.pack(">i", len(inner)) + inner
    return inner


@given(st.lists(VALUES, max_size=6))
def test_what_python_osc_writes_is_read_as_it_reads_it(values: list[object]) -> None:
    packet = built("/ch/1/fader", values)
    ((address, args),), timetag = decode(packet)
    assert (address, timetag) == ("/ch/1/fader", AT_ONCE)
    assert same(args, OscMessage(packet).params)


@pytest.mark.parametrize(
    ("tags", "data", "values"),
    [
        (b",I", b"", [True]), (b",iI", b"\0\0\0\5", [5, True]), (b",S", b"Kick\0\0\0\0", ["Kick"]),
        (b",Ss", "Bär\0".encode() + bytes(3) + b"x\0\0\0", ["Bär", "x"]), (b",c", b"\0\0\0K", ["K"]),
        (b",c", b"\0\0\0\xfc", ["ü"]), (b",c", b"\0\1\xf3\x9b", ["🎛"]), (b",c", bytes(4), [""]),
        (b",[cI]S", b"\0\0\0K" + b"a\0\0\0", [["K", True], "a"]),
    ],
)  # fmt: skip
def test_an_impulse_a_symbol_and_a_character_are_what_they_mean(tags: bytes, data: bytes, values: list[object]) -> None:
    packet = b"/a\0\0" + tags + bytes(4 - len(tags) % 4) + data
    assert decode(packet)[0] == [("/a", values)]


def test_a_bundle_of_python_osc_is_read_in_order() -> None:
    made = OscBundleBuilder(5.0)  # type: ignore[arg-type]
    for k in range(3):
        made.add_content(OscMessage(built(f"/m/{k}", [k])))
    packet = made.build().dgram
    assert list(messages_of(packet)) == [(f"/m/{k}", [k]) for k in range(3)]
    assert timetag_of(packet) == int.from_bytes(packet[8:16], "big") != AT_ONCE
    assert list(messages_of(nested(DEEPEST, packet))) == list(messages_of(packet))


def test_messages_are_made_while_they_are_asked_for() -> None:
    """So that a desk can work on a packet in slices: the first comes though what follows is no OSC."""
    good = encode("/a", 1)
    packet = BUNDLE + bytes(8) + struct.pack(">i", len(good)) + good + struct.pack(">i", -4)
    messages = messages_of(packet)
    assert next(messages) == ("/a", [1])
    with pytest.raises(Malformed, match="wrong size"):
        next(messages)


REFUSED: list[tuple[bytes, str]] = [
    (b"", "neither a message"),
    (b"ping", "neither a message"),
    (b"/a\0", "no multiple of 4"),
    (b"/abc", "cut off"),
    (b"/a\0\0i\0\0\0", "type tags without their comma: 'i'; expected ,i"),
    (b"/a\0\0sif\0abcd", "type tags without their comma: 'sif'; expected ,sif"),
    (b"/a\0\0\xc1\xa0\0\0", "without type tags after it, but with data"),
    (b"/a\0\0\0\0\0\5", "without type tags after it, but with data"),
    (b"/ab,i\0\0\0\0\0\0\1", "without its zero byte: the type tags ,i are a part of it"),
    (b"a/b\0,i\0\0\0\0\0\1", "begins with 'a/b'"),
    (b"/a\0\0,i\0\0\0\0\0\1\0\0\0\0", "4 bytes after the last argument of its type tags ,i"),
    (b"/a\0\0,s\0\0K\xfche\0\0\0\0", r"not UTF-8: 'K\\xfche'"),
    (b"/a\0\0,c\0\0\0\xff\xff\xff", "a character that is none"),
    (b"/a\0\0,c\0\0\0\0\xd8\0", "a character that is none"),
    (b"/a\0\0,Z\0\0", "a type tag that OSC does not have: 'Z'"),
    (b"/a\0\0,\x1b\0\0", r"a type tag that OSC does not have: '\\x1b'"),
    (b"/a\0\0,i\0\0", "cut off"),
    (b"/a\0\0,s\0\0abcd", "cut off"),
    (b"/a\0\0,b\0\0\xff\xff\xff\xfc", "cut off"),
    (b"/a\0\0,b\0\0\x7f\xff\xff\xff", "cut off"),
    (b"/a\0\0,i\0\0" + bytes(8), "after the last"),
    (b"/a\0\0,Q\0\0", "does not have"),
    (b"/a\0\0,s\0\0\xff\xfe\0\0", "not UTF-8"),
    (b"/\xff\0\0", "not UTF-8"),
    (b"/a\0\0,]\0\0", "without a beginning"),
    (b"/a\0\0,[\0\0", "without an end"),
    (b"/a\0\0," + b"[" * 11 + b"]" * 11 + b"\0", "more than 8 arrays"),
    (b"/a\0\0," + b"T" * (ARGS_MAX + 2) + b"\0", "more than 1024 arguments"),
    (b"/a\0\0," + b"[" * 60_000 + b"\0\0\0", "more than 1024 arguments"),
    (BUNDLE + bytes(4), "whole timetag"),
    (BUNDLE + bytes(8) + struct.pack(">i", -4) + bytes(16), "wrong size"),
    (BUNDLE + bytes(8) + struct.pack(">i", 2**31 - 4) + bytes(16), "wrong size"),
    (BUNDLE + bytes(8) + struct.pack(">i", 0) + bytes(16), "wrong size"),
    (BUNDLE + bytes(8) + struct.pack(">i", 6) + b"/a\0\0\0\0", "wrong size"),
    (BUNDLE + bytes(10), "wrong size"),
    (BUNDLE + bytes(8) + struct.pack(">i", 8) + BUNDLE, "whole timetag"),
    (nested(DEEPEST + 2, encode("/a")), "more than 8"),
]


def test_a_fault_names_the_message_that_has_it() -> None:
    bad = b"/frame/tick\0,Z\0\0"
    packet = BUNDLE + bytes(7) + b"\1" + b"".join(struct.pack(">i", len(m)) + m for m in (encode("/a", 1), bad))
    with pytest.raises(Malformed) as fault:
        decode(packet)
    assert fault.value.address == "/frame/tick"


@pytest.mark.parametrize(("packet", "why"), REFUSED, ids=[f"{k}-{why}" for k, (_, why) in enumerate(REFUSED)])
def test_what_is_no_osc_is_refused_in_words(packet: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why) as refusal:
        decode(packet)
    assert str(refusal.value).isascii(), "and repeats nothing of it"


@given(st.binary(max_size=200), st.sampled_from([b"", b"/a\0\0", b"/a\0\0,", BUNDLE + bytes(8)]))
@example(b"\xff\xff\xff\xfc" * 4, BUNDLE + bytes(8))
def test_any_bytes_are_read_or_refused(tail: bytes, head: bytes) -> None:
    address_of(head + tail)
    try:
        messages, _ = decode(head + tail)
    except Malformed:
        return
    assert all(address.startswith("/") for address, _ in messages)


def test_turned_bits_and_cuts_are_read_or_refused() -> None:
    rng = random.Random(3)
    whole = next(bundles([encode("/ch/1/name", "abc", 1.0, 2, True), encode("/ping", 2**40), built("/x", [[1, [2]]])]))
    for _ in range(5000):
        data = bytearray(whole[: rng.randrange(len(whole) + 1)])
        for _ in range(rng.randrange(4) if data else 0):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        try:
            decode(bytes(data))
        except Malformed:
            continue


def steps(packet: bytes) -> int:
    """How many lines of Python run to read a packet, or to refuse it."""
    count = 0

    def trace(frame: object, event: str, arg: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    sys.settrace(trace)  # type: ignore[arg-type]
    try:
        decode(packet)
    except Malformed:
        pass
    finally:
        sys.settrace(None)
    return count


def test_a_packet_costs_no_more_than_its_bytes() -> None:
    """Counted in lines that run, not in time: at most some for each argument, and none for the letters of a text."""
    least = steps(encode("/x", 1))
    assert steps(encode("/x", "a" * 65_000)) <= least + 10
    assert steps(b"/x\0\0," + b"T" * 59_999 + b"\0\0\0\0") <= least
    assert steps(b"/x\0\0," + b"[" * 30_000 + b"]" * 29_999 + b"\0\0\0\0") <= least
    full = b"/x\0\0," + b"i" * ARGS_MAX + bytes(3) + bytes(4 * ARGS_MAX)
    assert least < steps(full) < 10 * ARGS_MAX + least
    many = next(bundles([encode("/x", k) for k in range(2000)], 65_000))
    assert steps(many) < 2000 * (least + 20)


@pytest.mark.parametrize(
    ("value", "back"),
    [
        (1e308, 1e308), (-1e308, -1e308), (2**63, float(2**63)), (-(2**63) - 1, -float(2**63)), (10**400, math.inf),
        (-(10**400), -math.inf), (math.inf, math.inf), (2**63 - 1, 2**63 - 1), (-0.75, -0.75),
        ("a\0b", "ab"), ("\ud800", "?"), (3.5e38, 3.5e38),
    ],
    ids=range(12),
)  # fmt: skip
def test_no_value_is_beyond_the_wire(value: float | int | str, back: float | int | str) -> None:
    assert decode(encode("/x", value))[0] == [("/x", [back])]


@pytest.mark.parametrize("depth", range(4))
def test_the_first_address_is_found_without_reading_the_rest(depth: int) -> None:
    assert address_of(nested(depth, encode("/ch/1/fader", -6.0) + b"whatever")) == "/ch/1/fader"


def test_an_address_that_is_shown_is_short_and_whole() -> None:
    assert address_of(b"/" + b"x" * 60_000) == "/" + "x" * (ADDRESS_MAX_BYTES - 1)
    assert address_of(("/" + "é" * 100).encode()) == "/" + "é" * ((ADDRESS_MAX_BYTES - 1) // 2)
    for packet in (b"", b"x", BUNDLE, BUNDLE + bytes(8), BUNDLE * 100, nested(9, b"")):
        assert address_of(packet) == ""
