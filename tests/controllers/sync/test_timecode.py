"""Timecode arithmetic, against a clock that counts labels for a whole day; quarter frames both ways; bad bytes."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controllers.sync.timecode import RATES, Label, Quarters, Rate, full, label_of, number_of, quarter, read_full

rates = st.sampled_from(list(RATES.values()))


def labels(rate: Rate, last_hour: int):
    """Every label from midnight on, counted as a clock with hands does, without a formula."""
    for hours, minutes, seconds, frames in product(range(last_hour), range(60), range(60), range(rate.named)):
        if not (rate.drop and seconds == 0 and frames in (0, 1) and minutes not in (0, 10, 20, 30, 40, 50)):
            yield hours, minutes, seconds, frames


@pytest.mark.parametrize(("name", "hours"), [("29.97df", 24), ("24", 2), ("25", 2), ("30", 2)])
def test_every_frame_has_the_label_that_counting_gives_it(name: str, hours: int) -> None:
    rate, count = RATES[name], 0
    for number, label in enumerate(labels(rate, hours)):
        assert label_of(number, rate) == label
        assert number_of(Label(*label), rate) == number
        count += 1
    assert count * 24 == rate.day * hours  # drop frame repeats every ten minutes, so that all hours are as long
    assert label_of(rate.day, rate) == (0, 0, 0, 0), "a day later it begins anew"


def test_a_day_of_drop_frame_is_86_ms_off() -> None:
    # SMPTE ST 12-1: about 86 ms a day, the reason why labels are dropped
    rate = RATES["29.97df"]
    assert float(rate.day / rate.per_s) - 86_400 == pytest.approx(-0.0864, abs=1e-4)
    assert label_of(number_of(Label(0, 0, 59, 29), rate) + 1, rate) == (0, 1, 0, 2)
    assert not Label(0, 1, 0, 1).fits(rate)
    assert Label(0, 10, 0, 1).fits(rate)


@given(rates, st.data())
def test_a_label_goes_through_eight_quarter_frames_either_way_round(rate: Rate, data: st.DataObject) -> None:
    number = data.draw(st.integers(0, rate.day - 1))
    label = label_of(number, rate)
    parts = [quarter(piece, label, rate) for piece in range(8)]
    assert all(len(part) == 2 and part[1] < 128 for part in parts)
    for way, said, piece in ((1, parts, 7), (-1, parts[::-1], 0)):
        reader = Quarters()
        found = [reader.hear(part, ns) for ns, part in enumerate(said)]
        assert found[:7] == [None] * 7
        assert found[7] == (4 * number + piece, rate, way, 7)


@given(rates, st.data())
def test_a_label_goes_through_a_full_frame(rate: Rate, data: st.DataObject) -> None:
    label = label_of(data.draw(st.integers(0, rate.day - 1)), rate)
    assert read_full(full(label, rate)) == (label, rate)
    assert read_full(full(label, rate)[: data.draw(st.integers(0, 9))]) is None


def test_a_stream_that_turns_round_is_read_again_after_eight() -> None:
    reader, rate = Quarters(), RATES["25"]
    said = [quarter(n % 8, label_of(1000 + n // 8 * 2, rate), rate) for n in range(20)]
    spots = [reader.hear(part, 0) for part in said]
    assert [n for n, spot in enumerate(spots) if spot] == [7, 15]
    back = [reader.hear(part, 0) for part in said[18::-1]]
    assert [spot.quarters for spot in back if spot] == [4 * 1002, 4 * 1000], "the first whole ones on the way back"
    assert all(spot.way == -1 for spot in back if spot)


@given(st.lists(st.binary(max_size=12), max_size=60))
def test_no_bytes_raise_and_half_sequences_say_nothing(messages: list[bytes]) -> None:
    reader = Quarters()
    for data in messages:
        reader.hear(data, 0)
        read_full(data)


@given(st.lists(st.integers(0, 127), max_size=200))
def test_quarter_frames_in_any_order_give_only_times_of_day(values: list[int]) -> None:
    reader = Quarters()
    for ns, value in enumerate(values):
        spot = reader.hear(bytes((0xF1, value)), ns)
        assert spot is None or 0 <= spot.quarters < 4 * spot.rate.day + 8


@given(rates, st.integers(0, 50_000), st.integers(0, 15))
def test_a_lost_quarter_frame_costs_one_label(rate: Rate, start: int, lost: int) -> None:
    reader = Quarters()
    said = [(n, quarter(n % 8, label_of(start + n // 8 * 2, rate), rate)) for n in range(40)]
    spots = [spot for n, part in said if n != lost and (spot := reader.hear(part, n)) is not None]
    assert all(spot.quarters == 4 * start + spot.ns for spot in spots)
    assert len(spots) == 4
