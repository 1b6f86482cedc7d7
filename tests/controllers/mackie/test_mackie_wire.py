"""Mackie Control byte for byte: the sheets' worked examples and challenges; and whatever else may come in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controllers.mackie import wire


@pytest.mark.parametrize(
    ("challenge", "answer"),
    [
        ("74657374", "6F6F5D22"),
        ("57186105", "645A5E57"),
        ("7F7F7F7F", "75797C00"),
        ("00000000", "0A000070"),
        ("01020304", "05057B2F"),
    ],
)
def test_a_challenge_is_answered_as_a_logic_control_wants(challenge: str, answer: str) -> None:
    """Broken on purpose: `>> d` in the second byte, as one host has it."""
    assert wire.response(bytes.fromhex(challenge)) == bytes.fromhex(answer)


@pytest.mark.parametrize(
    ("made", "wanted"),
    [
        (wire.fader(0, 12287), "E0 7F 5F"),
        (wire.fader(wire.MASTER, 16383), "E8 7F 7F"),
        (wire.led(0x0F, wire.ON), "90 0F 7F"),
        (wire.led(0x5E, wire.FLASH), "90 5E 01"),
        (wire.ring(1, wire.ring_value(wire.BOOST, 0.5, True)), "B0 31 56"),
        (wire.ring(0, wire.ring_value(wire.WRAP, 1.0)), "B0 30 2B"),
        (wire.text(0x14, 0, "KICK   "), "F0 00 00 66 14 12 00 4B 49 43 4B 20 20 20 F7"),
        (wire.text(0x14, 56 + 14, "-6.0   "), "F0 00 00 66 14 12 46 2D 36 2E 30 20 20 20 F7"),
        (wire.meter(6, 12), "D0 6C"),
        (wire.meter(6, 14), "D0 6E"),
        (wire.meter(6, 15), "D0 6F"),
        (wire.digit(11, "P") + wire.digit(10, "N"), "B0 4B 10 B0 4A 0E"),
        (wire.digit(0, "5", True), "B0 40 75"),
        (wire.query(0x14), "F0 00 00 66 14 00 F7"),
        (wire.colours(0x14, [1, 1, 2, 2, 4, 4, 7, 7]), "F0 00 00 66 14 72 01 01 02 02 04 04 07 07 F7"),
    ],
)
def test_the_worked_examples_of_the_sheet(made: bytes, wanted: str) -> None:
    assert made == bytes.fromhex(wanted)


@pytest.mark.parametrize(
    ("data", "event"),
    [
        ("E0 7F 5F", wire.Fader(0, 12287)),
        ("E8 00 00", wire.Fader(8, 0)),
        ("90 68 7F", wire.Touch(0, True)),
        ("80 6F 40", wire.Touch(7, False)),
        ("90 70 00", wire.Touch(8, False)),
        ("90 10 7F", wire.Key(16, True)),
        ("B0 10 01", wire.Turn(0, 1)),
        ("B0 17 47", wire.Turn(7, -7)),
        ("B0 3C 41", wire.Jog(-1)),
        ("B0 2E 40", wire.Pedal(64)),
        ("F0 00 00 66 14 01 58595A57186105 57186105 F7",
         wire.Hello(0x14, b"XYZW\x18\x61\x05", bytes.fromhex("57186105"))),
        ("F0 00 00 66 10 03 58595A57186105 F7", wire.Confirmed(0x10)),
        ("F0 00 00 66 10 04 58595A57186105 F7", wire.Refused(0x10)),
        ("F0 00 00 66 14 06 00 F7", wire.Ready(0x14)),
        ("F0 00 00 66 14 00 F7", wire.Loop(0)),
        ("F0 00 00 66 14 12 00 41 F7", wire.Loop(0x12)),
    ],
)  # fmt: skip
def test_what_a_device_says(data: str, event: wire.Event) -> None:
    assert wire.read(bytes.fromhex(data)) == event


@pytest.mark.parametrize(
    "data",
    ["", "10 7F", "90 10", "90 74 7F", "E9 00 40", "EF 00 40", "B0 10 00", "B0 10 40", "B0 3C 00", "F8", "FE", "F0 F7",
     "F0 00 00 66 14 F7", "F0 00 20 32 14 01 F7", "F0 00 00 66 14 01 58 F7", "F0 00 00 66 14 01 58",
     "F0 00 00 66 90 F7", "91 10 7F", "C0 01", "F0" + "00" * 1100 + "F7"],
)  # fmt: skip
def test_what_means_nothing_is_junk(data: str) -> None:
    assert isinstance(wire.read(bytes.fromhex(data)), wire.Junk)


@given(st.one_of(st.binary(max_size=40), st.binary(max_size=20).map(lambda more: wire.HEAD + b"\x14" + more + b"\xf7")))
def test_no_bytes_raise(data: bytes) -> None:
    event = wire.read(data)
    if isinstance(event, wire.Fader):
        assert wire.fader(*event) == data
