"""The hand on a motor fader: what is a hand, what the motor is told, and when; by laws, and by 10,000 seeded events."""

import itertools
import random
from math import inf

import pytest

from controllers.hand import HELD_S, RUN_ON_S, TRAVEL_S, Hand

STEP, TICK_S = 16, 0.02


def arrived(goal: int = 0, **more: object) -> Hand:
    """One that stands where it was told to be, long ago."""
    hand = Hand(**more)  # type: ignore[arg-type]
    hand.aim(goal, 0.0)
    hand.told(0.0)
    return hand


def test_a_move_is_a_hand_for_300_ms_and_nothing_is_sent_meanwhile() -> None:
    hand = arrived()
    assert hand.move(5000, 10.0)
    hand.aim(5000, 10.0)
    assert hand.when(10.0) == pytest.approx(10.0 + HELD_S)
    hand.aim(9000, 10.1)  # somebody else
    assert hand.held(10.29)
    assert hand.when(10.29) > 10.29
    assert not hand.held(10.3)
    assert hand.when(10.3) <= 10.3
    hand.told(10.3)
    assert hand.shown == 9000
    assert hand.when(11.0) == inf, "nothing more if nothing changes"


def test_a_finger_holds_for_as_long_as_it_is_felt_and_its_release_is_answered_once() -> None:
    """Broken on purpose: one position sent while it is held."""
    hand = arrived(100)
    hand.touch(True, 1.0)
    hand.aim(5000, 2.0)
    assert hand.when(60.0) == inf
    hand.touch(False, 61.0)
    assert hand.when(61.0) <= 61.0
    hand.told(61.0)
    hand.touch(False, 62.0)
    assert hand.when(62.0) == inf


def test_a_release_is_answered_even_where_nothing_changed() -> None:
    """Without it a device runs back to the position that it was told last.  Broken on purpose: no echo at a release."""
    hand = arrived(100)
    hand.touch(True, 1.0)
    hand.touch(False, 2.0)
    assert hand.when(2.0) <= 2.0


def test_what_a_motor_reports_on_its_way_is_no_hand() -> None:
    """Broken on purpose: own travel taken as a hand."""
    hand = arrived(0)
    hand.aim(12000, 10.0)
    hand.told(10.0)
    for k, at in enumerate((300, 4000, 8000, 11900, 12010, 12000)):
        assert not hand.move(at, 10.02 * (1 + k / 1000))
    assert hand.when(10.2) == inf
    assert hand.move(13000, 10.2), "away from the goal: a hand"


def test_its_own_way_ends_after_half_a_second_and_not_where_it_cannot_be() -> None:
    hand = arrived(0)
    hand.aim(12000, 10.0)
    hand.told(10.0)
    assert hand.move(6000, 10.0 + TRAVEL_S + 0.01)
    hand = arrived(0, own_travel=False)
    hand.aim(12000, 10.0)
    hand.told(10.0)
    assert hand.move(6000, 10.1)
    hand = arrived(0)
    hand.aim(12000, 10.0)
    hand.told(10.0)
    hand.touch(True, 10.05)
    assert hand.move(6000, 10.1), "a finger is on it"


def test_a_finger_moves_nothing_once_its_strip_has_changed_until_it_is_lifted() -> None:
    hand = arrived(0)
    hand.touch(True, 1.0)
    assert hand.move(5000, 1.1)
    hand.shift(1.2)
    hand.aim(100, 1.2)
    assert not hand.move(6000, 1.3)
    assert hand.when(1.4) == inf
    hand.touch(False, 2.0)
    assert hand.when(2.0) <= 2.0
    hand.told(2.0)
    assert hand.move(3000, 3.0)


def test_a_glide_goes_in_even_steps_of_the_hardware_and_the_last_one_is_exact() -> None:
    hand = arrived(0)
    sent: list[tuple[float, int]] = []
    for k in range(1500):  # one unit each ms, to 1005
        now_s = 10 + k / 1000
        hand.aim(min(k, 1005), now_s)
        if hand.when(now_s) <= now_s:
            hand.told(now_s)
            sent.append((now_s, hand.goal))
    gaps = [later[0] - sooner[0] for sooner, later in itertools.pairwise(sent)]
    assert all(gap >= TICK_S - 1e-9 for gap in gaps)
    assert max(gaps[:-1]) <= TICK_S + 0.002
    steps = [later[1] - sooner[1] for sooner, later in itertools.pairwise(sent)]
    assert all(step >= STEP for step in steps[:-1])
    assert sent[-1][1] == 1005


def test_a_shift_goes_at_once() -> None:
    hand = arrived(0)
    for k in range(3):
        hand.shift(10.0 + k / 1000)
        hand.aim(1000 * (k + 1), 10.0 + k / 1000)
        assert hand.when(10.0 + k / 1000) <= 10.0 + k / 1000
        hand.told(10.0 + k / 1000)


@pytest.mark.parametrize("own_travel", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_in_ten_thousand_events_no_hand_is_told_anything_and_every_one_is_answered(seed: int, own_travel: bool) -> None:
    chance, hand, now_s = random.Random(seed), arrived(own_travel=own_travel), 10.0
    finger = False
    moved_s, owed = -inf, False
    for _ in range(10_000):
        now_s += chance.choice((0.0005, 0.003, 0.02, 0.4))
        if moved_s > -inf and now_s - moved_s >= HELD_S:
            moved_s, owed = -inf, owed or not finger
        event = chance.randrange(6)
        if event == 0:
            owed, finger = owed or finger, not finger
            moved_s = -inf if not finger else moved_s
            hand.touch(finger, now_s)
        elif event in (1, 2):
            at = chance.randrange(16384)
            if hand.move(at, now_s):
                moved_s = now_s
                hand.aim(at, now_s)
            elif finger:
                moved_s = now_s
        elif event == 3:
            hand.shift(now_s)
            hand.aim(chance.randrange(16384), now_s)
        else:
            hand.aim(chance.randrange(16384), now_s)
        if hand.when(now_s) <= now_s:
            assert not finger, "a finger never feels the motor"
            assert now_s - moved_s >= HELD_S
            hand.told(now_s)
            assert hand.shown == hand.goal
            owed = False
        assert not owed or finger or now_s - moved_s < HELD_S, "whoever lets go is answered at once"
    if finger:
        hand.touch(False, now_s)
    hand.told(now_s + 1)
    assert hand.when(now_s + 2) == inf, "and then it rests"


def test_a_travel_that_a_busy_desk_hears_of_late_is_no_hand() -> None:
    hand = Hand()
    hand.aim(12000, 0.0)
    hand.told(0.0)
    late_s = 2 * TRAVEL_S
    assert [hand.move(place, late_s) for place in (16, 400, 6000, 11900, 12000)] == [False] * 5
    assert hand.move(11000, late_s + TRAVEL_S + 0.1), "and that was all of it"


def test_a_hand_that_comes_after_a_travel_of_which_nothing_was_heard_is_one() -> None:
    hand = Hand()
    hand.aim(12000, 0.0)
    hand.told(0.0)
    assert hand.move(11000, 2 * TRAVEL_S)


def test_a_hand_that_leaves_is_answered_once_whatever_the_clock_says() -> None:
    """0.3 s added and taken away again is not always 0.3 s: between the two, one position was sent over and over."""
    for k in range(2000):
        hand, now_s = Hand(), 1000.0 + k * 0.01371
        hand.aim(9000, now_s)
        hand.told(now_s - 2 * TRAVEL_S)
        assert hand.move(4000, now_s)
        leaves_s = hand.when(now_s)
        assert leaves_s == now_s + HELD_S
        assert not hand.held(leaves_s)
        assert hand.when(leaves_s) <= leaves_s
        hand.told(leaves_s)
        assert hand.when(leaves_s) == inf


def test_a_motor_that_is_turned_round_runs_on_and_is_no_hand() -> None:
    hand = arrived()
    hand.aim(15000, 10.0)
    hand.told(10.0)
    assert not hand.move(4000, 10.05)
    hand.aim(1000, 10.06)
    hand.told(10.06)
    assert [hand.move(place, 10.06 + k / 100) for k, place in enumerate((6000, 8000, 8800, 8500, 5000))] == [False] * 5
    assert hand.move(9000, 10.06 + RUN_ON_S + 0.01), "by then it has turned: away from the goal is a hand"


def test_only_goals_of_late_are_where_it_may_run_on_to() -> None:
    hand = arrived()
    for k in range(100):
        hand.aim(4000 + 100 * k, 10.0 + k / 50)
        hand.told(10.0 + k / 50)
        assert not hand.move(4000 + 100 * k - 50, 10.01 + k / 50)
    assert len(hand._ran) <= 50 * RUN_ON_S + 1, "nothing grows in a glide"
    assert hand.move(9000, 12.0), "far back on its way: a hand that pulls against it"


def test_a_motor_that_has_turned_and_arrived_is_moved_by_a_hand_alone() -> None:
    hand = arrived(12000)
    hand.aim(0, 10.1)
    hand.told(10.1)
    assert not hand.move(6000, 10.15)
    assert not hand.move(0, 10.21)
    assert hand.move(600, 10.24), "within the time of a travel, and away from where it has arrived"


def test_a_motor_whose_last_report_is_another_place_than_it_was_told_is_told_once_more_and_no_oftener() -> None:
    hand = arrived(12000)
    hand.aim(0, 10.1)
    hand.told(10.1)
    assert not hand.move(6000, 10.15)
    assert hand.when(10.2) == 10.1 + TRAVEL_S + HELD_S
    hand.told(11.0)
    assert not hand.move(5000, 11.1)
    assert hand.when(20.0) == inf
    hand.aim(9000, 21.0)
    hand.told(21.0)
    assert not hand.move(9000, 21.1)
    assert hand.when(30.0) == inf
