"""NRPN for every parameter, without ports: values that come back as they went, the loop guard, requests, bad bytes."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controllers.midi import nrpn
from controllers.midi.messages import Message
from controllers.midi.nrpn import TOP, Nrpn
from controllers.midi.positions import raw
from midi_parts import SilentEngine, Wire, until
from studiod.desk.desk import Desk
from studiod.registry.registry import Console, Param, Registry, Value

FULL = Registry(Console(inputs=128, outputs=128, channels=128))
SMALL = Registry(Console())


def of(path: str) -> Message:
    channel, number = SMALL.find(path).nrpn
    return Message("nrpn", channel - 1, number)


class Far:
    """The far side."""

    def __init__(self, one: Nrpn) -> None:
        self.one = one

    def say(self, *messages: bytes) -> None:
        for message in messages:
            self.one.hear(message)

    def set(self, path: str, value: int) -> None:
        self.say(*of(path).parts(value))

    def ask(self, *body: int) -> None:
        self.say(bytes((0xF0, 0x7D, 0x73, *body, 0xF7)))


def law(run: Callable[[Desk, Wire, Far], Awaitable[None]], bytes_per_s: int = 1_000_000) -> None:
    async def main() -> None:
        desk, wire = Desk(SMALL, SilentEngine()), Wire()
        one = Nrpn(desk, wire, bytes_per_s)
        one.state(True)
        await run(desk, wire, Far(one))
        one.close()

    asyncio.run(main())


SOUNDING = [p for p in FULL.params.values() if p.kind == "number" and "read-only" not in p.flags]
LISTS = list({p.items: p for p in FULL.params.values() if p.kind != "text" and p.kind != "number"}.values())


@given(st.sampled_from(SOUNDING), st.integers(0, TOP))
def test_a_number_that_was_set_reads_back_as_the_same_position(param: Param, position: int) -> None:
    assert raw(param, param.from_turn(position / TOP), TOP) == position


@pytest.mark.parametrize("param", LISTS, ids=lambda p: p.path)
def test_every_item_of_every_list_has_a_position_of_its_own(param: Param) -> None:
    items: Iterable[Value] = param.items or (0, 1)
    positions = [raw(param, item, TOP) for item in items]
    assert [param.from_turn(position / TOP) for position in positions] == list(items)
    assert positions[0] == 0
    assert positions[-1] == TOP


def test_the_longest_list_is_longer_than_seven_bits() -> None:
    assert max(len(p.items) for p in LISTS) > 128


def test_a_value_is_set_coarse_first_and_then_fine() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        param = SMALL.find("ch/1/fader")
        far.say(*of("ch/1/fader").parts(12287)[:3])
        assert desk.get("ch/1/fader") == param.from_turn((12287 & ~127) / TOP)
        far.say(of("ch/1/fader").parts(12287)[3])
        assert desk.get("ch/1/fader") == 0.0, "the step beside 0 dB is 0 dB"

    law(run)


def test_a_switch_that_is_pressed_is_pressed_once() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        said: list[object] = []
        honest = desk.set
        desk.set = lambda path, value, origin="": said.append(value) or honest(path, value, origin)
        far.set("ch/1/mute", TOP)
        assert said == [1]
        far.set("ch/1/mute", TOP)
        assert said == [1, 1], "each time it is said"
        far.set("ch/1/fader", TOP)
        assert said[2:] == [SMALL.find("ch/1/fader").from_turn(127 * 128 / TOP), 10.0]

    law(run)


def test_a_fine_half_alone_keeps_the_coarse_half() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        param = SMALL.find("ch/1/trim")
        desk.set("ch/1/trim", param.from_turn(8200 / TOP), "tablet")
        number = of("ch/1/trim").parts(0)[:2]
        far.say(*number, bytes((0xB0, 38, 100)))
        assert raw(param, desk.get("ch/1/trim"), TOP) == (8200 & ~127) | 100

    law(run)


def test_increments_step_from_where_the_value_is_and_are_told_where_they_led() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        number = of("ch/1/eq/1/type").parts(0)[:2]
        far.say(*number, *[bytes((0xB0, 96, 0))] * 2)
        assert desk.get("ch/1/eq/1/type") == "high_shelf"
        far.say(*[bytes((0xB0, 97, 0))] * 9)
        assert desk.get("ch/1/eq/1/type") == "bell", "it stops at the end"
        far.say(*of("ch/1/fader").parts(0)[:2], *[bytes((0xB0, 96, 127))] * 3)
        await until(lambda: wire.values().get(of("ch/1/fader")) == 3 * 128)
        far.say(*of("ch/1/mute").parts(0)[:2], bytes((0xB0, 96, 1)))
        assert desk.get("ch/1/mute") == 1

    law(run)


def test_others_changes_are_told_in_order_and_the_number_is_closed() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        desk.set("ch/1/mute", 1, "tablet")
        await until(lambda: len(wire.sent) == 6)
        await asyncio.sleep(0.05)
        assert wire.sent == [*of("ch/1/mute").parts(TOP), b"\xb0\x65\x7f", b"\xb0\x64\x7f"]

    law(run)


def test_the_newest_value_wins_and_the_wire_is_never_pressed() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        begin_s = time.monotonic()
        for step in range(100):
            for n in range(1, 33):
                desk.set(f"ch/{n}/fader", -step / 2, "tablet")
            await asyncio.sleep(0.001)
        await until(lambda: all(v == raw(SMALL.find("ch/1/fader"), -49.5, TOP) for v in wire.values().values()) and
                    len(wire.values()) == 32)  # fmt: skip
        took_s = time.monotonic() - begin_s
        assert sum(map(len, wire.sent)) <= 3000 * took_s + 100, "the last bytes count before their time is over"

    law(run, bytes_per_s=3000)


def test_who_sets_a_value_never_hears_it_back() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        for position in range(5000, 5400):
            far.set("ch/1/fader", position)
        far.set("ch/1/source", 5000)  # between two items
        await asyncio.sleep(nrpn.HAND_S + 0.1)
        assert wire.sent == []
        desk.set("ch/1/fader", desk.get("ch/1/fader"), "tablet")
        param = SMALL.find("ch/1/fader")
        desk.set("ch/1/fader", param.from_turn((5399 + 0.2) / TOP), "tablet")  # finer than 14 bits can say
        await asyncio.sleep(0.05)
        assert wire.sent == []

    law(run)


def test_a_hand_is_not_fought_and_hears_the_outcome_when_it_rests() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        far.set("ch/1/fader", 5000)
        desk.set("ch/1/fader", 0.0, "tablet")
        await asyncio.sleep(nrpn.HAND_S / 2)
        assert wire.sent == []
        await until(lambda: wire.values() == {of("ch/1/fader"): raw(SMALL.find("ch/1/fader"), 0.0, TOP)})
        wire.sent.clear()
        desk.set("ch/1/fader", -20.0, "tablet")
        far.set("ch/1/fader", 6000)  # newer than what was still to be told
        desk.set("ch/1/eq/1/type", "notch", "tablet")
        far.set("ch/1/eq/1/type", 5000)  # the same between two items
        await asyncio.sleep(nrpn.HAND_S + 0.1)
        assert wire.sent == []

    law(run)


def test_what_waits_for_the_wire_is_dropped_for_a_newer_word_of_the_far_side() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        for n in range(1, 33):
            desk.set(f"ch/{n}/fader", -20.0, "tablet")
        await until(lambda: wire.sent)
        far.set("ch/32/fader", 6000)
        await until(lambda: of("ch/31/fader") in wire.values())
        await asyncio.sleep(nrpn.HAND_S + 0.1)
        assert of("ch/32/fader") not in wire.values()

    law(run, bytes_per_s=3000)


def test_the_partner_of_a_pair_is_told_to_who_moved_the_other() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        desk.set("ch/1/link", 1)
        await until(lambda: len(wire.sent) == 6)
        wire.sent.clear()
        far.set("ch/1/fader", 9000)
        await until(lambda: wire.values() == {of("ch/2/fader"): 9000})

    law(run)


def test_the_state_is_told_on_request_whole_counted_and_paced() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        desk.set("bus/3/fader", -12.0)
        await until(lambda: len(wire.sent) == 6)
        wire.sent.clear()
        begin_s = time.monotonic()
        far.ask(1, 4)  # MIDI channel 5: the buses
        await until(lambda: wire.sent and wire.sent[-3][:1] == b"\xf0", 10)
        took_s = time.monotonic() - begin_s
        want = {of(p.path): raw(p, desk.get(p.path), TOP) for p in SMALL.params.values()
                if p.nrpn[0] == 5 and p.kind != "text"}  # fmt: skip
        assert wire.values() == want
        count = len(want)
        assert wire.sent[-3] == bytes((0xF0, 0x7D, 0x73, 3, 4, count >> 14, count >> 7 & 127, count & 127, 0xF7))
        assert wire.sent[-2:] == [b"\xb4\x65\x7f", b"\xb4\x64\x7f"]
        assert took_s > (count - 20) * 12 / 20000, "the last tick's share goes at once"

    law(run, bytes_per_s=20000)


def test_a_request_made_anew_starts_anew_and_queues_nothing() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        for _ in range(50):
            far.ask(1)
            await asyncio.sleep(0.001)
        await until(lambda: any(data[:1] == b"\xf0" for data in wire.sent), 10)
        await asyncio.sleep(0.1)
        assert [data[:5] for data in wire.sent if data[:1] == b"\xf0"] == [b"\xf0\x7d\x73\x03\x7f"]
        assert len(wire.values()) == sum(1 for p in SMALL.params.values() if p.kind != "text")

    law(run, bytes_per_s=50_000)  # a state takes longer than the next request


def test_one_parameter_answers_also_when_it_is_known_or_read_only() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        for path in ("ch/1/fader", "ch/1/fader", "status/frames", "status/clock_ppm"):
            wire.sent.clear()
            message = of(path)
            far.ask(2, message.channel, message.number >> 7, message.number & 127)
            await until(lambda: wire.values().keys() == {message})  # noqa: B023

    law(run)


def test_bad_requests_and_numbers_are_told_once_and_change_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        before = dict(desk.values)
        for _ in range(3):
            far.set("status/missed", 5000)
            far.say(*Message("nrpn", 15, 9).parts(100))
            far.say(*Message("nrpn", 0, 0).parts(100))  # ch/1/name
            far.ask(9, 9)
            far.ask(1, 16)
            far.ask()
            far.say(b"\xf0\x7d\x73\x01", b"\xf0\x7e\x7f\x06\x01\xf7", b"", b"\x00\x00\x00", b"\xf8")
        far.ask(2, 0, 0, 0)
        assert wire.sent == [b"\xf0\x7d\x73\x04\x00\x00\x00\xf7"], "no such parameter"
        assert desk.values == before
        await until(lambda: of("status/missed") in wire.values())  # what it is, for who tried to set it

    with caplog.at_level(logging.WARNING):
        law(run)
    lines = [record.getMessage() for record in caplog.records]
    assert sorted(lines) == [
        "NRPN 16:9: no parameter with a position has that number; `studiod params` lists them",
        "NRPN 1:0: no parameter with a position has that number; `studiod params` lists them",
        "NRPN 7:1026: status/missed: read-only; nothing was changed",
        "NRPN: no such request: f0 7d 73 09 09 f7; expected f0 7d 73 01 or 02 … f7",
    ]


def test_a_wire_without_room_loses_nothing() -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        wire.room = 2
        desk.set("ch/1/fader", -6.0, "tablet")
        far.ask(1, 6)
        await asyncio.sleep(0.1)
        assert len(wire.sent) == 2
        wire.room = 1 << 30
        await until(lambda: any(data[:4] == b"\xf0\x7d\x73\x03" for data in wire.sent))
        assert wire.values()[of("ch/1/fader")] == raw(SMALL.find("ch/1/fader"), -6.0, TOP)
        assert wire.values().keys() >= {
            of(p.path) for p in SMALL.params.values() if p.nrpn[0] == 7 and p.kind != "text"
        }

    law(run)


@given(st.lists(st.tuples(st.sampled_from((6, 38, 96, 97, 98, 99, 100, 101)), st.integers(0, 127)), max_size=60))
def test_any_sequence_of_data_entry_keeps_the_desk_valid(said: list[tuple[int, int]]) -> None:
    async def run(desk: Desk, wire: Wire, far: Far) -> None:
        far.say(*(bytes((0xB0, number, value)) for number, value in said))
        assert all(p.accept(desk.values[path]) == desk.values[path] for path, p in SMALL.params.items())

    law(run)
