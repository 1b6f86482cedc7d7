"""A surface in use: 14-bit controls, endless knobs, pitch bend with touch, momentary buttons, lamps of another kind."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controllers.midi import feedback, surface_files
from controllers.midi.messages import Message
from controllers.midi.positions import raw
from controllers.midi.surface_in_use import HAND_S, LSB_S, Played
from midi_parts import Wire, new_desk, until
from studiod.desk.desk import Desk

Law = Callable[[Desk, Wire], Awaitable[None]]


@pytest.fixture
def ride(tmp_path: Path) -> Callable[[str, Law], None]:
    """Play a law on a surface whose map is given."""

    def run(rows: str, law: Law, channels: int = 32) -> None:
        async def main() -> None:
            desk, wire = new_desk(channels), Wire()
            file = tmp_path / "mine.toml"
            file.write_text(f'ports = ["mine"]\nbytes_per_s = 1000000\n{rows}', "utf-8")
            one = Played(desk, wire, "mine", surface_files.read(file, desk.registry))
            wire.open("mine", [], [], one.hear, one.state)
            one.state(True)
            await asyncio.sleep(0.03)
            for motor in one.motors.values():
                motor.arrived()
            await law(desk, wire)
            one.close()
            assert not any(map(desk.touched, desk.registry.params)), "whoever goes takes its fingers along"

        asyncio.run(main())

    return run


def at(desk: Desk, path: str, top: int = 16383) -> int:
    return raw(desk.registry.params[path], desk.get(path), top)


# -- 14 bits ----------------------------------------------------------------------------------------------------------

FINE = """
[[control]]
cc14 = "0-7"
path = "ch/{n}/fader"
takeover = "jump"
feedback = "same"
"""


def test_a_14_bit_pair_sets_and_is_shown_with_14_bits(ride) -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        wire.sent.clear()
        wire.cc(0, 100)
        assert at(desk, "ch/1/fader") == 0, "a coarse half waits"
        wire.cc(32, 5)
        assert at(desk, "ch/1/fader") == 100 * 128 + 5
        desk.set("ch/2/fader", -6.0, "tablet")
        high, low = divmod(at(desk, "ch/2/fader"), 128)
        await until(lambda: wire.sent == [bytes((0xB0, 1, high)), bytes((0xB0, 33, low))])
        await asyncio.sleep(HAND_S + 0.1)
        assert len(wire.sent) == 2, "who moved the first never hears it back"

    ride(FINE, law)


def test_a_coarse_half_alone_counts_after_a_moment(ride) -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        for value in (10, 20, 30):
            wire.cc(0, value)
        assert at(desk, "ch/1/fader") == 20 * 128, "each makes the one before count"
        await asyncio.sleep(LSB_S + 0.02)
        assert at(desk, "ch/1/fader") == 30 * 128

    ride(FINE, law)


def test_nrpn_moves_any_path_and_its_increments_step(ride) -> None:
    rows = '[[control]]\nnrpn = 1000\npath = "main/fader"\ntakeover = "jump"\nfeedback = "same"\nchannel = 3\n'

    async def law(desk: Desk, wire: Wire) -> None:
        message = Message("nrpn", 2, 1000)
        assert wire.sent == message.parts(at(desk, "main/fader"))
        for part in message.parts(9000):
            wire.hear(part)
        assert at(desk, "main/fader") == 9000
        wire.cc(96, 1, 2)
        assert at(desk, "main/fader") == 9128
        wire.cc(38, 127, 2)
        assert at(desk, "main/fader") == 9000 & ~127 | 127 | 128, "the coarse half stays"

    ride(rows, law)


# -- endless knobs ----------------------------------------------------------------------------------------------------


def test_an_endless_knob_steps_from_where_the_value_is_and_stops_at_the_ends(ride) -> None:
    rows = """
[[control]]
cc = 16
path = "ch/1/pan"
mode = "relative"
encoding = "signed_bit"
step = 0.01
acceleration = 1.5
feedback = { cc = 48, off = 1, on = 11 }
[[control]]
cc = 17
path = "ch/1/eq/1/type"
mode = "relative"
encoding = "twos_complement"
[[control]]
cc = 18
path = "ch/1/mute"
mode = "relative"
encoding = "offset_binary"
"""

    async def law(desk: Desk, wire: Wire) -> None:
        assert wire.lamps() == {48: 6}, "the ring's middle"
        wire.cc(16, 1)
        assert desk.get("ch/1/pan") == pytest.approx(2.0, abs=1e-5)  # 1 % of 200; float32
        wire.cc(16, 64 + 4)
        assert desk.get("ch/1/pan") == pytest.approx(2.0 - 16.0, abs=1e-5)  # 4 to the power of 1.5 steps
        desk.set("ch/1/pan", 99.0, "tablet")
        wire.cc(16, 9)
        assert desk.get("ch/1/pan") == 100.0
        await until(lambda: wire.lamps() == {48: 11})
        wire.cc(17, 1)
        wire.cc(17, 5)
        assert desk.get("ch/1/eq/1/type") == "high_shelf", "one item at a time"
        wire.cc(17, 127)
        assert desk.get("ch/1/eq/1/type") == "low_shelf"
        for value, mute in ((65, 1), (70, 1), (63, 0), (64, 0)):
            wire.cc(18, value)
            assert desk.get("ch/1/mute") == mute

    ride(rows, law)


# -- pitch bend and touch ---------------------------------------------------------------------------------------------

MOTORS = """
takeover = "jump"
[[control]]
pitch_bend = "1-8"
path = "ch/{n}/fader"
touch = { note = "104-111" }
feedback = "same"
[[control]]
pitch_bend = 9
path = "main/fader"
touch = { note = 112 }
feedback = "same"
[[control]]
note = 47
bank = 8
"""


def bend(channel: int, value: int) -> bytes:
    return bytes((0xE0 | channel, value & 127, value >> 7))


def test_a_touched_fader_is_left_alone_and_then_told_where_it_was_put(ride) -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        assert [data[0] for data in wire.sent] == [*range(0xE0, 0xE9)]
        assert wire.sent[8] == bend(8, 12276), "main rests at 0 dB: 0.75 of 16368"
        wire.sent.clear()
        wire.note(104, 127)
        assert desk.touched("ch/1/fader")
        for value in range(0, 12288, 64):
            wire.hear(bend(0, value))
        desk.set("ch/1/fader", -30.0, "tablet")
        wire.hear(bend(0, 8000))
        await asyncio.sleep(HAND_S + 0.1)  # a finger that rests is still there
        assert wire.sent == []
        wire.note(104, 0)
        assert not desk.touched("ch/1/fader")
        await until(lambda: wire.sent == [bend(0, 8000)])
        assert at(desk, "ch/1/fader", 16368) == 8000

    ride(MOTORS, law)


def test_what_others_did_meanwhile_is_shown_after_the_touch(ride) -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        wire.sent.clear()
        wire.note(105, 127)
        wire.hear(bend(1, 4000))
        desk.set("ch/2/fader", 10.0, "tablet")
        await asyncio.sleep(0.05)
        assert wire.sent == []
        wire.note(105, 0)
        await until(lambda: wire.sent == [bend(1, 16368)])

    ride(MOTORS, law)


def test_the_last_steps_of_a_ten_bit_fader_are_the_top(ride) -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        for value in (16368, 16383):
            wire.hear(bend(0, value))
            assert desk.get("ch/1/fader") == 10.0

    ride(MOTORS, law)


def test_a_finger_that_was_down_during_a_shift_moves_nothing_until_it_is_lifted(ride) -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        wire.note(104, 127)
        wire.hear(bend(0, 5000))
        wire.note(47, 127)
        assert not desk.touched("ch/1/fader")
        wire.sent.clear()
        wire.hear(bend(0, 5100))
        assert at(desk, "ch/9/fader") == 0
        await asyncio.sleep(0.05)
        assert bend(0, 0) not in wire.sent, "and no motor pulls at it"
        wire.note(104, 0)
        await until(lambda: bend(0, 0) in wire.sent)
        wire.note(104, 127)
        wire.hear(bend(0, 600))
        assert at(desk, "ch/9/fader", 16368) == 600

    ride(MOTORS, law)


def test_a_device_that_goes_takes_its_fingers_along(ride) -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        wire.note(104, 127)
        wire.state(False)
        assert not desk.touched("ch/1/fader")
        wire.sent.clear()
        wire.state(True)
        await until(lambda: len(wire.sent) == 9)

    ride(MOTORS, law)


def test_a_device_that_has_just_come_is_shown_everything_once_more(ride, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have been starting still, and have heard nothing; a motor under a finger is left alone."""
    monkeypatch.setattr(feedback, "AGAIN_S", 0.2)

    async def law(desk: Desk, wire: Wire) -> None:
        wire.state(True)
        wire.sent.clear()
        await until(lambda: len(wire.sent) == 9)
        first = sorted(wire.sent)
        wire.sent.clear()
        await until(lambda: len(wire.sent) == 9)
        assert sorted(wire.sent) == first
        wire.state(True)
        wire.state(False)
        wire.sent.clear()
        await asyncio.sleep(0.4)
        assert wire.sent == [], "nobody is there any more"

    ride(MOTORS, law)


# -- buttons and lamps ------------------------------------------------------------------------------------------------


def test_a_momentary_button_holds_and_its_own_light_is_mended(ride) -> None:
    rows = """
[[control]]
note = 20
path = "ch/1/mute"
mode = "momentary"
feedback = { note = 4, on = 2 }
[[control]]
note = 21
path = "ch/1/eq/on"
mode = "toggle"
feedback = "same"
lights_itself = true
"""

    async def law(desk: Desk, wire: Wire) -> None:
        wire.note(20, 1)
        assert desk.get("ch/1/mute") == 1
        await until(lambda: wire.sent[-1] == bytes((0x90, 4, 2)))
        wire.hear(bytes((0x80, 20, 64)))
        assert desk.get("ch/1/mute") == 0
        await until(lambda: wire.sent[-1] == bytes((0x90, 4, 0)))
        wire.note(21, 127)
        wire.note(21, 0)
        wire.note(21, 127)
        await until(lambda: wire.sent[-1] == bytes((0x90, 21, 127)))
        wire.sent.clear()
        wire.note(21, 0)
        await until(lambda: wire.sent == [bytes((0x90, 21, 127))])

    ride(rows, law)


def test_a_wire_without_room_loses_no_light(ride) -> None:
    async def law(desk: Desk, wire: Wire) -> None:
        wire.sent.clear()
        wire.room = 3
        for n in range(1, 9):
            desk.set(f"ch/{n}/fader", -6.0, "tablet")
        await asyncio.sleep(0.1)
        assert len(wire.sent) == 3
        wire.room = 1 << 30
        await until(lambda: {data[1] for data in wire.sent} == {*range(8), *range(32, 40)})

    ride(FINE, law)


def test_a_slider_on_a_list_picks_up_anywhere_within_the_item(ride) -> None:
    rows = '[[control]]\ncc = 3\npath = "ch/1/hpf/slope"\n'

    async def law(desk: Desk, wire: Wire) -> None:
        wire.cc(3, 20)  # within the first of three
        wire.cc(3, 60)
        assert desk.get("ch/1/hpf/slope") == "18dB"
        desk.set("ch/1/hpf/slope", "12dB", "tablet")
        wire.cc(3, 61)
        assert desk.get("ch/1/hpf/slope") == "12dB"
        wire.cc(3, 25)
        wire.cc(3, 127)
        assert desk.get("ch/1/hpf/slope") == "24dB"

    ride(rows, law)


def test_the_x_touch_compact_says_and_shows_with_different_numbers(ride) -> None:
    text = surface_files.find("xtouch-compact").read_text("utf-8")
    rows = text[text.index("channel = 1") :]

    async def law(desk: Desk, wire: Wire) -> None:
        wire.sent.clear()
        wire.note(16 + 1, 127)  # row 1, second button
        await until(lambda: wire.sent == [bytes((0x90, 1, 0))])  # the EQ was in
        wire.note(16 + 1, 0)
        wire.cc(101, 127)
        wire.cc(1, 100)
        assert desk.touched("ch/1/fader")
        assert at(desk, "ch/1/fader", 127) == 100
        desk.set("ch/1/pan", 100.0, "tablet")
        await until(lambda: wire.sent[-1] == bytes((0xB0, 26, 13)))
        wire.cc(101, 0)
        assert not desk.touched("ch/1/fader")

    ride(rows, law)


# -- any bytes --------------------------------------------------------------------------------------------------------


@given(
    st.lists(
        st.tuples(
            st.sampled_from((0x80, 0x90, 0xB0, 0xE0, 0xE8, 0xF0, 3)), st.integers(0, 255), st.integers(0, 255)
        ).map(bytes)
        | st.binary(max_size=4),
        max_size=80,
    )
)
def test_any_bytes_at_all_move_only_what_the_map_names(rubbish: list[bytes]) -> None:
    async def main() -> None:
        desk, wire = new_desk(16), Wire()
        for name in ("nanokontrol2", "xtouch-compact", "bcf2000"):
            device = surface_files.read(surface_files.find(name), desk.registry)
            one = Played(desk, wire, name, device)
            one.state(True)
            for data in rubbish:
                one.hear(data)
            named = {c.at(offset) for c in device.controls for offset in range(17) if c.path}
            moved = {path for path, p in desk.registry.params.items() if desk.values[path] != p.rest}
            assert moved - {"solo/any"} <= named  # which only says whether a solo is on
            assert all(p.accept(desk.values[path]) == desk.values[path] for path, p in desk.registry.params.items())
            one.close()
            for held in (desk.values, desk.heard):
                held.update({path: p.rest for path, p in desk.registry.params.items()})

    asyncio.run(main())


# -- the middle and 0 dB ----------------------------------------------------------------------------------------------


def test_a_hand_can_stand_on_the_middle_and_on_0_db(ride) -> None:
    rows = """
takeover = "jump"
[[control]]
cc = 10
path = "ch/1/pan"
feedback = "same"
[[control]]
cc = 11
path = "ch/1/fader"
[[control]]
cc14 = 12
path = "ch/2/pan"
[[control]]
pitch_bend = 2
path = "ch/2/fader"
"""

    async def law(desk: Desk, wire: Wire) -> None:
        for value, want in ((63, -0.79), (64, 0.0), (65, 2.36)):
            wire.cc(10, value)
            assert desk.get("ch/1/pan") == pytest.approx(want, abs=0.01)
        for value, want in ((94, -0.394), (95, 0.0), (96, 0.236)):
            wire.cc(11, value)
            assert desk.get("ch/1/fader") == pytest.approx(want, abs=0.001)
        wire.cc(12, 64)
        wire.cc(44, 0)
        assert desk.get("ch/2/pan") == 0.0
        wire.cc(44, 1)
        assert 0.0 < float(desk.get("ch/2/pan")) < 0.02, "fourteen bits have steps of their own"
        desk.set("ch/1/pan", 0.0, "tablet")
        await until(lambda: wire.lamps()[10] == 64)
        met = set()
        for value in range(0, 16384, 16):  # ten bits
            wire.hear(bytes((0xE1, value & 127, value >> 7)))
            met.add(desk.get("ch/2/fader"))
        assert {0.0, -90.0, 10.0} <= met

    ride(rows, law)
