"""Meters: lengths and byte orders of all seventeen blocks, levels and gains in them, and how often they come."""

import asyncio
import math
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from controllers.x32 import streams
from controllers.x32.meters import Meters
from studiod.desk.desk import Desk
from x32_rig import CONSOLE, HERE, Metered, Stage, floats

WORDS = dict(enumerate((70, 96, 49, 22, 82, 27, 4, 16, 6, 32, 32, 5, 4, 48, 80, 50, 48)))


@pytest.fixture
def desk() -> Desk:
    from library_rig import Rig
    from studiod.registry.registry import Registry

    return Rig(None, Registry(CONSOLE)).desk


def test_every_block_has_its_length_and_says_it_in_the_other_byte_order(desk: Desk) -> None:
    Metered(desk)
    meters = Meters(desk)
    for number, count in WORDS.items():
        block = meters.block(number, (), 1)
        assert struct.unpack_from("<i", block)[0] == count, number
        assert len(block) == 4 + 4 * count


def test_a_level_is_an_amplitude_wherever_the_strip_is_shown(desk: Desk) -> None:
    metered, meters = Metered(desk), Meters(desk)
    metered.values = {("ch", "ch/1"): -20.0, ("input", "input/1"): -20.0, ("main", "peak_l"): -6.0206}
    for number in (0, 1, 13):
        assert floats(meters.block(number, (), 1))[0] == pytest.approx(0.1, rel=1e-4)
        assert floats(meters.block(number, (), 1))[1] < 1e-6
    assert floats(meters.block(4, (), 1))[0] == pytest.approx(0.1, rel=1e-4)
    assert floats(meters.block(5, (0, 0), 1))[0] == pytest.approx(0.1, rel=1e-4)
    assert floats(meters.block(2, (), 1))[22] == pytest.approx(0.5, rel=1e-4)
    assert floats(meters.block(12, (), 1))[0] == pytest.approx(0.5, rel=1e-4)
    desk.set("ch/1/fader", -20.0)
    assert floats(meters.block(6, (0,), 1)) == pytest.approx((0.1, 1.0, 1.0, 0.01), rel=1e-4)
    desk.set("ch/1/mute", 1)
    meters.tick()
    assert floats(meters.block(6, (0,), 1))[3] == 0.0


def test_what_is_taken_away_is_gain(desk: Desk) -> None:
    metered, meters = Metered(desk), Meters(desk)
    metered.values = {("comp", "ch/2"): 6.0206, ("gate", "ch/3"): 20.0, ("comp", "bus/1"): 6.0206}
    block = floats(meters.block(1, (), 1))
    assert block[64 + 1] == pytest.approx(0.5, rel=1e-4)
    assert block[32 + 2] == pytest.approx(0.1, rel=1e-4)
    assert block[32] == 1.0
    assert floats(meters.block(2, (), 1))[25] == pytest.approx(0.5, rel=1e-4)
    assert floats(meters.block(6, (1,), 1))[2] == pytest.approx(0.5, rel=1e-4)
    gains = struct.unpack_from("<96h", meters.block(16, (), 1), 4)
    assert gains[32 + 1] == pytest.approx(32767 / 2, abs=2)
    assert gains[0] == 32767
    assert gains[-8:] == (0,) * 8


def test_the_spectrum_has_a_bin_for_every_tenth_of_an_octave(desk: Desk) -> None:
    metered, meters = Metered(desk), Meters(desk)
    metered.values = {("rta", "1k"): -12.0}
    bins = struct.unpack_from("<100h", meters.block(15, (), 1), 4)
    found = [k for k, value in enumerate(bins) if value == -12 * 256]
    centres = [10000.0 * 2.0 ** ((k - 90) / 10) for k in found]
    assert len(found) in (3, 4)
    assert all(1000.0 * 2 ** (-1 / 5) < hz < 1000.0 * 2 ** (1 / 5) for hz in centres), centres
    assert min(bins) == -128 * 256


def on_stage(play: Callable[[Stage], Awaitable[None]]) -> None:
    async def run() -> None:
        there = Stage()
        try:
            await play(there)
        finally:
            await there.port.close()

    asyncio.run(run())


def beats(stage: Stage, count: int) -> list[tuple[str, list[Any]]]:
    """What client 1 is sent in so many beats of 50 ms."""
    from x32_rig import said

    for _ in range(count):
        stage.port.streams.tick()
    return [said(packet) for packet in stage.sent.pop((HERE, 1), [])]


@pytest.mark.parametrize(("ticks", "count"), [(1, 198), (2, 99), (10, 20), (50, 4), (99, 2), (0, 198), (100, 198)])
def test_a_factor_of_time_is_so_many_beats(ticks: int, count: int) -> None:
    async def play(stage: Stage) -> None:
        await stage.say(1, "/meters", "/meters/1", 0, 0, ticks)
        assert len(beats(stage, 198)) == count

    on_stage(play)


def test_meters_come_by_their_name_or_by_an_alias_and_end_after_ten_seconds() -> None:
    async def play(stage: Stage) -> None:
        await stage.say(1, "/meters", "/meters/6", 16)
        (address, (blob,)), *_ = beats(stage, 1)
        assert (address, len(blob)) == ("/meters/6", 20)
        await stage.say(1, "/batchsubscribe", "/mine", "/meters/1", 0, 0, 2)
        assert {address for address, _ in beats(stage, 4)} == {"/meters/6", "/mine"}
        client = stage.port.clients[HERE, 1]
        for stream in client.streams.values():
            stream.ends_s -= 9.0
        await stage.say(1, "/renew", "/mine")
        for stream in client.streams.values():
            stream.ends_s -= 2.0
        assert {address for address, _ in beats(stage, 4)} == {"/mine"}
        await stage.say(1, "/unsubscribe")
        assert beats(stage, 4) == []

    on_stage(play)


def test_a_frame_that_many_want_is_read_once() -> None:
    async def play(stage: Stage) -> None:
        read: list[str] = []
        plain = stage.meters.meters

        def counted(bank: str, since: int = -1) -> tuple[list[float], int]:
            read.append(bank)
            return plain(bank, since)

        stage.desk.engine.meters = counted  # type: ignore[method-assign]
        for port in range(1, 33):
            await stage.say(port, "/meters", "/meters/1", 0, 0, 1)
        stage.port.streams.tick()
        assert sum(len(packets) for packets in stage.sent.values()) == 32
        assert len(read) == 6  # three banks: how far they are, and what was in them

    on_stage(play)


def test_leaves_come_again_and_again() -> None:
    async def play(stage: Stage) -> None:
        await stage.say(1, "/subscribe", "/ch/01/mix/fader", 10)
        assert [args for _, args in beats(stage, 20)] == [[0.0]] * 2
        await stage.say(1, "/formatsubscribe", "/faders", "/ch/**/mix/on", "/ch/**/mix/fader", 1, 3, 1)
        await stage.say(2, "/ch/02/mix/on", 0)
        await stage.say(2, "/ch/02/mix/fader", 1.0)
        sent = dict(beats(stage, 1))
        (blob,) = sent["/faders"]
        assert struct.unpack("<i3i3f", blob) == (28, 1, 0, 1, 0.0, 1.0, 0.0)
        await stage.say(1, "/formatsubscribe", "/names", "/ch/**/config/name", 1, 2, 1)
        await stage.say(2, "/ch/01/config/name", "Kick")
        (blob,) = dict(beats(stage, 1))["/names"]
        assert blob == struct.pack("<i", 68) + b"Kick".ljust(32, b"\0") + bytes(32)

    on_stage(play)


def test_numbers_that_are_none_and_groups_without_end_are_borne(caplog: pytest.LogCaptureFixture) -> None:
    async def play(stage: Stage) -> None:
        odd = (math.nan, math.inf, -math.inf)
        await stage.say(1, "/meters", "/meters/1", *odd)
        await stage.say(1, "/batchsubscribe", "/b", "/meters/6", *odd)
        await stage.say(1, "/formatsubscribe", "/f", "/ch/**/mix/on", *odd)
        await stage.say(1, "/batchsubscribe", "a" * 65, "/meters/6", 0, 0, 1)
        await stage.say(1, "/formatsubscribe", "/h", "*" * 65, 1, 2, 1)
        looked: list[int] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(streams, "_numbered", lambda pattern, number: looked.append(number) or "")
            await stage.say(1, "/formatsubscribe", "/g", *["/ch/**/mix/on"] * 500, -(2**31), 2**31 - 1, 1)
        assert len(looked) == streams.LOOKED_MAX
        assert set(stage.port.clients[HERE, 1].streams) == {"/meters/1", "/b"}

    on_stage(play)
    assert caplog.text == ""


def test_a_client_has_no_more_leaves_at_a_beat_than_is_fair() -> None:
    async def play(stage: Stage) -> None:
        words = ("/ch/**/mix/on", "/ch/**/mix/fader", "/ch/**/mix/pan", "/ch/**/config/name")
        for k in range(streams.STREAMS_MAX):
            await stage.say(1, "/formatsubscribe", f"/g{k}", *words, 1, 32, 1)
        sizes = [stream.leaves for stream in stage.port.clients[HERE, 1].streams.values()]
        assert sizes == [128] * (streams.LEAVES_OF_CLIENT // 128)
        await stage.say(1, "/formatsubscribe", "/g0", "/ch/**/mix/on", 1, 2, 1)  # in the place of what it was
        assert stage.port.clients[HERE, 1].streams["/g0"].leaves == 2

    on_stage(play)
