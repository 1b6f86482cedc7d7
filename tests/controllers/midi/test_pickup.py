"""Pick-up: a control without a motor never makes a value jump, and whoever passes the value has it."""

from hypothesis import given
from hypothesis import strategies as st

from controllers.midi.pickup import NEAR_STEPS, Pickup

STEPS = st.sampled_from((127, 1023))
TURN = st.floats(0, 1)


@st.composite
def rides(draw: st.DrawFn) -> tuple[int, float, list[tuple[str, float]]]:
    """A control's resolution, where the value is, and what happens: the hand moves, or others move the value."""
    steps = draw(STEPS)
    place = st.integers(0, steps).map(lambda n: n / steps)
    near = st.integers(-3, 3).map(lambda n: ("step", n / steps))
    hand = st.one_of(near, st.tuples(st.just("hand"), place))  # slow, or so fast that it steps over everything
    other = st.tuples(st.just("other"), TURN)
    return steps, draw(TURN), draw(st.lists(st.one_of(hand, hand, hand, other), max_size=60))


@given(rides())
def test_a_value_never_jumps_further_than_the_hand(ride: tuple[int, float, list[tuple[str, float]]]) -> None:
    steps, value, happens = ride
    pickup, hand = Pickup(steps), None
    near = NEAR_STEPS / steps + 1e-9  # rounding of turns
    for what, where in happens:
        if what == "other":
            value = where
            pickup.moved(value)
            assert not pickup.engaged or abs(hand - value) <= near, "what others moved away is let go"
            continue
        before = hand
        hand = min(max((hand or 0.0) + where, 0.0), 1.0) if what == "step" else where
        took = pickup.move(hand, value)
        way = abs(hand - before) if before is not None else 0.0
        if before is not None and min(before, hand) <= value <= max(before, hand):
            assert took, "a hand that passes the value has it, however fast"
        if took:
            assert abs(hand - value) <= way + near
            value = hand


@given(STEPS, TURN, TURN)
def test_a_slow_sweep_from_end_to_end_always_meets_the_value(steps: int, value: float, start: float) -> None:
    pickup = Pickup(steps)
    first = round(start * steps)
    took = [pickup.move(n / steps, value) for n in [*range(first, -1, -1), *range(steps + 1)]]
    assert took[-1]
    assert took == sorted(took), "once it has it, it keeps it"


def test_a_first_word_from_elsewhere_moves_nothing() -> None:
    pickup = Pickup()
    assert not pickup.move(0.9, 0.5)
    assert not pickup.move(0.8, 0.5)
    assert pickup.move(0.4, 0.5)


def test_a_value_that_came_to_where_the_hand_stands_is_taken_along() -> None:
    pickup = Pickup()
    pickup.move(0.5, 0.9)
    pickup.moved(0.5)
    assert pickup.move(0.8, 0.5)


def test_a_shift_lets_go_and_a_replug_forgets() -> None:
    pickup = Pickup()
    assert pickup.move(0.5, 0.5)
    pickup.shifted()
    assert not pickup.move(0.6, 0.9)
    assert pickup.move(1.0, 0.9), "the hand's place is still known"
    pickup.forget()
    assert not pickup.move(0.2, 0.6)
