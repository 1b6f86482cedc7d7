"""The pulse of the loop: a stall is measured, told with its length, and shown with its place while it stands."""

import asyncio
import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from studiod.process.pulse import BEAT_S, LOOK_S, RECENT_S, STANDS_S, TOLD_MS, Pulse
from tape_rig import Rig

LOOKS = round(STANDS_S / LOOK_S)


class Clock:
    now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pulse(clock: Clock) -> Pulse:
    return Pulse(clock)


def beat(pulse: Pulse, clock: Clock, late_ms: float = 0.0) -> None:
    clock.now_s += BEAT_S + late_ms / 1000.0
    pulse.beat()


def test_the_longest_stall_is_kept_for_ever_and_for_a_minute(pulse: Pulse, clock: Clock) -> None:
    beat(pulse, clock)
    assert pulse.longest_ms == pytest.approx(0.0, abs=1e-6)
    for late_ms in (5.0, 80.0, 30.0):
        beat(pulse, clock, late_ms)
    assert (pulse.longest_ms, pulse.recent_ms()) == pytest.approx((80.0, 80.0))
    for _ in range(RECENT_S):
        clock.now_s += 1.0 - BEAT_S
        pulse._due_s += 1.0 - BEAT_S  # on time
        beat(pulse, clock)
    assert pulse.longest_ms == pytest.approx(80.0)
    assert pulse.recent_ms() == pytest.approx(0.0, abs=1e-6)


def test_the_minute_goes_by_also_while_nothing_beats(pulse: Pulse, clock: Clock) -> None:
    beat(pulse, clock, 50.0)
    clock.now_s += RECENT_S + 1
    assert pulse.recent_ms() == 0.0


def test_a_long_stall_is_told_with_its_length_and_a_short_one_is_not(
    pulse: Pulse, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    beat(pulse, clock, TOLD_MS - 1)
    assert not caplog.records
    beat(pulse, clock, 1234.0)
    (told,) = caplog.records
    assert told.levelno == logging.WARNING
    assert told.getMessage().startswith("the desk stood still for 1234 ms")


def test_both_figures_are_parameters_of_the_desk(pulse: Pulse, clock: Clock, tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    pulse.show(rig.desk)
    beat(pulse, clock, 12.5)
    assert rig.desk.get("status/stall") == rig.desk.get("status/stall_max") == 12.5
    clock.now_s += RECENT_S + 1
    assert (rig.desk.get("status/stall"), rig.desk.get("status/stall_max")) == (0.0, 12.5)
    with pytest.raises(ValueError, match="status/stall: read-only"):
        rig.desk.set("status/stall", 0.0)
    rig.close()


def test_a_loop_that_stands_is_told_once_a_stall_and_never_while_it_beats(
    pulse: Pulse, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    for stall in (1, 2):
        for _ in range(3 * LOOKS):  # slowly, but it beats
            beat(pulse, clock)
            assert not any(pulse.look() for _ in range(LOOKS - 1))
        beat(pulse, clock)
        assert [pulse.look() for _ in range(4 * LOOKS)].count(True) == 1
        assert len(caplog.records) == stall


@pytest.fixture
def hung() -> Iterator[threading.Event]:
    """Set at the end, whatever happens."""
    made = threading.Event()
    yield made
    made.set()


def a_name_server_that_does_not_answer(hung: threading.Event) -> None:
    hung.wait()


def test_a_real_loop_that_stands_is_seen_where_it_stands(hung: threading.Event) -> None:
    """A real loop, its real thread beside it: the log comes while the loop still stands."""
    told: list[logging.LogRecord] = []
    standing = threading.Event()  # a busy machine has stalls of its own before

    class Reader(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.append(record)
            if standing.is_set():
                hung.set()  # the loop goes on because it was told, and only then

    async def desk() -> Pulse:
        pulse = Pulse()
        job = asyncio.create_task(pulse.run())
        while pulse.beats < 2:
            await asyncio.sleep(0)
        standing.set()
        a_name_server_that_does_not_answer(hung)
        beats = pulse.beats
        while pulse.beats == beats:
            await asyncio.sleep(0)
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)
        return pulse

    reader, log = Reader(), logging.getLogger("studiod.process.pulse")
    log.addHandler(reader)
    try:
        pulse = asyncio.run(desk())
    finally:
        log.removeHandler(reader)
    first, second = [record for record in told if "has stood" in record.getMessage()][-1], told[-1]
    assert first.getMessage() == "the desk has stood still for 1 s and still does; here:"
    assert "a_name_server_that_does_not_answer" in [name for _, _, name in first.places]  # type: ignore[attr-defined]
    assert second.getMessage().startswith("the desk stood still for ")
    assert pulse.longest_ms > TOLD_MS
