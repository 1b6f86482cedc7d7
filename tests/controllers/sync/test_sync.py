"""Clock, timecode and machine control without ports: on a desk whose transport rolls on a clock that tests move."""

import asyncio
import logging
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controllers.sync import sync
from controllers.sync.clock_in import ClockIn
from controllers.sync.clock_out import ClockOut
from controllers.sync.machine_control import Mmc, commands, place_s
from controllers.sync.timecode import RATES, Label, full, label_of, number_of, quarter, read_full
from controllers.sync.timecode_in import MtcIn
from controllers.sync.timecode_out import MtcOut
from sync_parts import RATE_HZ, FakeClock, RollingDesk, midi_settings

TICK, START, CONTINUE, STOP = (bytes((status,)) for status in (0xF8, 0xFA, 0xFB, 0xFC))


def law(run: Callable[[FakeClock, RollingDesk], None], ppm: float = 0.0, tape: bool = True) -> None:
    async def main() -> None:
        clock = FakeClock()
        run(clock, RollingDesk(clock, ppm, tape))

    asyncio.run(main())


# -- clock ------------------------------------------------------------------------------------------------------------


def tick(one: ClockIn, clock: FakeClock, bpm: float, s: float) -> None:
    for _ in range(round(bpm * 0.4 * s)):
        clock.move(2.5 / bpm)
        one.hear(TICK, clock.ns)


def test_the_tempo_follows_a_clock_and_stays_when_it_stops() -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        heard: list[object] = []
        desk.listen(lambda origin, news: heard.append((origin, news)))
        one = ClockIn(desk)
        tick(one, clock, 132.5, 10)
        assert heard == [("clock", {"tempo": 132.0}), ("clock", {"tempo": 132.5})], "what is known, then exactly"
        clock.move(60)
        assert desk.get("tempo") == 132.5
        tick(one, clock, 132.5, 10)
        assert len(heard) == 2

    law(run)


def test_a_rate_that_is_no_tempo_is_told_once_and_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        one = ClockIn(desk)
        tick(one, clock, 2000, 5)
        assert desk.get("tempo") == 120

    with caplog.at_level(logging.WARNING):
        law(run)
    assert caplog.messages == ["MIDI clock: 2000 BPM is ignored; expected 20 to 300; the tempo stays"]


@pytest.mark.parametrize("tape", [True, False])
def test_start_continue_and_stop_are_the_transports(tape: bool) -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        one = ClockIn(desk)
        seen = []
        for message in (START, STOP, CONTINUE, STOP, START):
            one.hear(message, clock.ns)
            clock.move(2.0)
            if tape:
                seen.append((desk.get("transport/state"), round(float(desk.get("transport/position")), 3)))
        assert seen == ([("play", 2), ("stop", 2), ("play", 4), ("stop", 4), ("play", 2)] if tape else [])

    law(run, tape=tape)


class Sent:
    """What was sent: (due in ns, bytes)."""

    def __init__(self) -> None:
        self.all: list[tuple[int, bytes]] = []
        self.dropped = 0

    def send(self, data: bytes, due_ns: int) -> None:
        self.all.append((due_ns, data))

    def drop(self) -> None:
        self.dropped += 1

    def take(self) -> list[tuple[int, bytes]]:
        out, self.all = self.all, []
        return out


def ticks_of(clock: FakeClock, desk: RollingDesk, tempos: list[tuple[float, int]]) -> list[float]:
    """The audio frames of the ticks, counted from the first, of tempos that each stay for some looks of 20 ms."""
    sent = Sent()
    out = ClockOut(desk, sent.send)
    for bpm, looks in tempos:
        desk.set("tempo", bpm)
        for _ in range(looks):
            out.step()
            clock.move(0.02)
    out.close()
    return [(due - sent.all[0][0]) / 1e9 * desk.rolling.hz for due, _ in sent.all]


# A look reads whole frames, now and a second on: a frame of place at both ends, and a thousandth of slope over 80 ms
SURE_FRAMES = 2.5


@given(st.floats(20, 300), st.integers(1, 400), st.floats(-300, 300))
@settings(deadline=None)
def test_ticks_never_part_from_the_audio_clock(bpm: float, looks: int, ppm: float) -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        frames = ticks_of(clock, desk, [(bpm, looks)])
        tick_frames = RATE_HZ * 2.5 / float(desk.get("tempo"))
        assert all(abs(frame - n * tick_frames) < SURE_FRAMES for n, frame in enumerate(frames))
        reach_frames = ((looks - 1) * 0.02 + 0.08) * desk.rolling.hz
        assert abs(len(frames) - reach_frames / tick_frames) <= 1 + 1e-3 * len(frames)  # the edge; 300 ppm of 80 ms

    law(run, ppm)


@given(st.lists(st.tuples(st.floats(20, 300), st.integers(1, 40)), min_size=1, max_size=6))
@settings(deadline=None)
def test_a_change_of_tempo_changes_distances_and_loses_no_tick(tempos: list[tuple[float, int]]) -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        frames, at = ticks_of(clock, desk, tempos), 0
        for one, other in pairwise(frames):
            while abs(other - one - RATE_HZ * 2.5 / tempos[at][0]) > SURE_FRAMES:
                at += 1  # beyond the last: a distance that no tempo has

    law(run)


def test_the_clock_tells_start_continue_and_stop_before_a_tick_and_none_is_late() -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        sent = Sent()
        out = ClockOut(desk, sent.send)
        said = []
        for change in ({"state": "play"}, {"state": "stop"}, {"state": "play"}, {"position": 0.0, "state": "stop"}):
            desk.change([(f"transport/{path}", value) for path, value in change.items()])
            for _ in range(50):
                out.step()
                assert all(due >= clock.ns - 1e5 for due, _ in sent.all)
                said += [data for _, data in sent.take()]
                clock.move(0.02)
        out.close()
        assert [data for data in said if data != TICK] == [START, STOP, CONTINUE, STOP]
        assert all(said[n + 1] == TICK for n, data in enumerate(said) if data != TICK)

    law(run)


# -- timecode ---------------------------------------------------------------------------------------------------------


def watch(clock: FakeClock, desk: RollingDesk, s: float, step: Callable[[], None]) -> None:
    for _ in range(round(s / 0.02)):
        step()
        clock.move(0.02)
        desk.tick(clock.ns)


@pytest.mark.parametrize("fps", list(RATES))
def test_quarter_frames_are_due_when_the_music_is_there(fps: str) -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        sent, rate, start_s = Sent(), RATES[fps], 59.5
        out = MtcOut(desk, fps, sent.send, sent.drop)
        desk.set("transport/position", start_s)
        watch(clock, desk, 0.1, out.step)
        number = round(start_s * rate.per_s)
        assert sent.take() == [(0, full(label_of(number, rate), rate))]
        begin_ns = clock.ns
        desk.set("transport/state", "play")
        watch(clock, desk, 2, out.step)
        quarters = sent.take()
        first = None
        for n, (due_ns, data) in enumerate(quarters):
            at_s = start_s + (due_ns - begin_ns) / 1e9
            exact = at_s * float(4 * rate.per_s)
            first = round(exact) if first is None else first
            assert data == quarter((first + n) % 8, label_of(2 * ((first + n) // 8), rate), rate)
            assert abs(exact - first - n) < 0.02  # of 8 ms: two frames of 48,000, from whole frames of the clock
        assert first % 8 == 0, "it begins with a whole label"
        assert len(quarters) >= 1.9 * 4 * float(rate.per_s)
        desk.set("transport/state", "stop")
        out.step()
        assert sent.dropped == 1
        (place,) = sent.take()
        read = read_full(place[1])
        assert read is not None
        assert abs(number_of(*read) / float(rate.per_s) - float(desk.get("transport/position"))) <= 0.5 / 24
        out.close()

    law(run)


def test_a_locate_while_playing_is_followed_by_whole_labels_from_there() -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        sent = Sent()
        out = MtcOut(desk, "25", sent.send, sent.drop)
        desk.set("transport/state", "play")
        watch(clock, desk, 1, out.step)
        sent.take()
        desk.set("transport/position", 100.0)
        watch(clock, desk, 1, out.step)
        assert sent.dropped == 1
        quarters = sent.take()
        assert quarters[0][1][1] >> 4 == 0
        reader = MtcIn(RollingDesk(clock)).quarters
        spots = [spot for due, data in quarters if (spot := reader.hear(data, due)) is not None]
        assert all(100 < spot.position_s < 101.2 for spot in spots)
        out.close()

    law(run)


class Master:
    """A machine that sends timecode to a chaser while a clock moves."""

    def __init__(self, clock: FakeClock, desk: RollingDesk, fps: str = "25") -> None:
        self.clock, self.desk, self.rate = clock, desk, RATES[fps]
        self.one = MtcIn(desk)

    def play(self, start_frame: int, quarters: int, way: int = 1, lost: int = -1) -> None:
        step_s = 1 / float(4 * self.rate.per_s)
        for n in range(quarters):
            at = 4 * start_frame + way * n
            self.clock.move(step_s)
            self.desk.tick(self.clock.ns)
            if n != lost:
                self.one.hear(quarter(at % 8, label_of(at // 8 * 2, self.rate), self.rate), self.clock.ns)
            self.at_s = at / float(4 * self.rate.per_s)

    @property
    def off_s(self) -> float:
        """How far the transport is ahead of the last quarter frame."""
        return float(self.desk.get("transport/position")) - self.at_s

    def rest(self, s: float) -> None:
        for _ in range(round(s / 0.05)):
            self.clock.move(0.05)
            self.desk.tick(self.clock.ns)
            self.one.watch()


@pytest.mark.parametrize("fps", list(RATES))
def test_two_labels_lock_the_transport_and_silence_stops_it(fps: str) -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        master = Master(clock, desk, fps)
        master.play(100_000, 15)
        assert desk.get("transport/state") == "stop", "one label is not enough"
        master.play(100_004, 400)
        assert desk.get("transport/state") == "play"
        assert desk.locates == 1
        # a position is a float32: 4 ms of a day at most, 0.2 ms here; the frame at which it begins is a whole one
        assert abs(master.off_s) < 0.001
        master.rest(0.1)
        assert desk.get("transport/state") == "play", "less than 150 ms"
        master.rest(0.2)
        assert desk.get("transport/state") == "stop"
        master.play(100_000, 40)
        assert desk.get("transport/state") == "play"
        master.one.close()

    law(run)


def test_it_is_put_right_only_beyond_50_ms_and_a_lost_message_moves_nothing() -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        master = Master(clock, desk)
        master.play(1000, 200, lost=90)
        assert desk.locates == 1
        desk.set("transport/position", float(desk.get("transport/position")) + 0.04)
        master.play(1050, 200)
        assert desk.locates == 2, "40 ms off: left alone"
        desk.set("transport/position", float(desk.get("transport/position")) + 0.02)
        master.play(1100, 200)
        assert desk.locates == 4, "60 ms off: put right, once"
        assert abs(master.off_s) < 0.001
        master.play(9000, 60)
        assert desk.locates == 5, "the timecode went elsewhere: after two labels there"
        assert abs(master.off_s) < 0.001
        master.one.close()

    law(run)


def test_a_hand_that_stops_the_transport_is_not_fought() -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        master = Master(clock, desk)
        master.play(1000, 100)
        desk.set("transport/state", "stop")
        master.play(1025, 400)
        assert desk.get("transport/state") == "stop"
        master.one.close()

    law(run)


def test_backwards_stops_and_locates_where_it_ends() -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        master = Master(clock, desk)
        master.play(1000, 80)
        master.play(1020, 81, way=-1)
        assert desk.get("transport/state") == "stop"
        master.rest(0.5)
        assert desk.get("transport/position") == 40.0
        master.one.close()

    law(run)


def test_a_full_frame_locates_a_transport_that_stays_stopped() -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        master = Master(clock, desk)
        master.play(1000, 80)
        assert desk.get("transport/state") == "play"
        one = master.one
        one.hear(full(Label(1, 2, 3, 5), RATES["25"]), clock.ns)
        assert desk.get("transport/position") == pytest.approx(3723.2, abs=2**-12)  # half a step of float32
        assert desk.get("transport/state") == "stop"
        one.close()

    law(run)


# -- machine control --------------------------------------------------------------------------------------------------


def mmc(*body: int, device: int = 127) -> bytes:
    return bytes((0xF0, 0x7F, device, 6, *body, 0xF7))


def test_machine_control_plays_stops_records_and_locates() -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        one = Mmc(desk, 5)

        def now(*body: int, device: int = 127) -> tuple[object, ...]:
            one.hear(mmc(*body, device=device), clock.ns)
            return tuple(desk.get(path) for path in ("transport/state", "recorder/state"))

        assert now(2) == ("play", "stop")
        assert now(1) == ("stop", "stop")
        assert now(3, device=5) == ("play", "stop")
        assert now(1, device=4) == ("play", "stop"), "for another device"
        assert now(6) == ("play", "record")
        assert now(7) == ("play", "stop")
        assert now(6) == ("play", "record")
        assert now(9) == ("stop", "stop"), "what it began to record ends with the transport"
        desk.set("recorder/state", "record")
        assert now(1) == ("stop", "record"), "what a hand began goes on"
        # locate 00:01:02:12 and a half frame at 25, then play, in one message, behind a command of no meaning here
        assert now(0x4F, 2, 0, 0, 0x44, 6, 1, 0x20, 1, 2, 12, 50, 2) == ("play", "record")
        assert desk.get("transport/position") == 62.5
        one.close()

    law(run)


@given(st.binary(max_size=40), st.integers(0, 127))
def test_no_bytes_raise_in_machine_control(body: bytes, device: int) -> None:
    list(commands(body, device))
    list(commands(bytes((0xF0, 0x7F, 127, 6)) + body, device))
    for command, data in commands(bytes((0xF0, 0x7F, 127, 6)) + body + b"\xf7", device):
        assert 0 <= command < 256
        place_s(data)


def test_a_desk_without_transport_is_left_alone() -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        if "transport/state" in desk.registry.params:
            return  # this desk has one in any case
        before = dict(desk.values)
        master = Master(clock, desk)
        one, out = Mmc(desk, 127), MtcOut(desk, "25", lambda data, due: None, lambda: None)
        for command in (1, 2, 6, 7):
            one.hear(mmc(command), clock.ns)
        master.play(1000, 40)
        master.rest(0.5)
        out.step()
        master.one.hear(full(Label(1, 2, 3, 5), RATES["25"]), clock.ns)
        assert desk.values == before
        master.one.close()
        out.close()

    law(run, tape=False)


@given(st.lists(st.one_of(st.binary(max_size=12), st.integers(0, 127).map(lambda v: bytes((0xF1, v))),
                          st.sampled_from((TICK, START, CONTINUE, STOP))), max_size=80))  # fmt: skip
@settings(deadline=None, max_examples=50)
def test_no_messages_raise(messages: list[bytes]) -> None:
    def run(clock: FakeClock, desk: RollingDesk) -> None:
        ears = [ClockIn(desk), MtcIn(desk), Mmc(desk, 0)]
        for data in messages:
            clock.move(0.01)
            for ear in ears:
                ear.hear(data, clock.ns)
        for ear in ears:
            ear.close()

    law(run)


# -- ports ------------------------------------------------------------------------------------------------------------


class Opened:
    """A link that notes what was opened."""

    def __init__(self) -> None:
        self.ports: list[tuple[str, list[str], list[str]]] = []

    def open(self, name, into, out, hear, state, timed=None) -> None:
        self.ports.append((name, into, out))

    def send(self, name: str, data: bytes, due_ns: int = 0) -> bool:
        return True

    def drop(self, name: str, status: int) -> None: ...


def opened(**ports: str) -> list[tuple[str, list[str], list[str]]]:
    link = Opened()

    async def run() -> None:
        await (await sync.start(RollingDesk(), midi_settings(**ports), link)).close()

    asyncio.run(run())
    return link.ports


def test_ports_of_one_name_are_one_port_and_what_is_not_named_is_not_opened() -> None:
    assert opened() == []
    assert opened(clock_in="virtual") == [("clock", ["virtual"], [])]
    assert opened(clock_in="^A", clock_out="^A", mtc_out="^A", mmc_in="^A") == [("clock mmc mtc", ["^A"], ["^A"])]
    assert opened(clock_in="^A", clock_out="^B") == [("clock", ["^A"], []), ("clock 2", [], ["^B"])]
