"""The time of MIDI messages: a driver's distances on the machine's clock, and messages that wait for theirs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studiod.midi_ports import child
from studiod.midi_ports.timing import Stamp, Waiting


def stamped(true_s: np.ndarray, late_s: np.ndarray, known_s: np.ndarray) -> np.ndarray:
    """Stamps of messages found late_s after their time by polls, with the driver's distances of known_s."""
    stamp, last, out = Stamp(), known_s[0], []
    for true, late, known in zip(true_s, late_s, known_s, strict=True):
        out.append(stamp.of(round((true + late) * 1e9), known - last) / 1e9)
        last = known
    return np.array(out)


def test_the_lateness_of_polls_is_not_in_the_stamps() -> None:
    true_s = 1000 + np.arange(2000) * 0.02
    late_s = np.random.default_rng(1).uniform(0, 0.001, 2000)
    late_s[500] = 0.03  # a look at the ports
    steps = np.diff(stamped(true_s, late_s, true_s))[200:]
    # a stamp moves by a thousandth of its lateness, or back to a quicker poll
    assert np.abs(steps - 0.02).max() < 1e-4


def test_a_driver_whose_clock_drifts_is_followed() -> None:
    true_s = 1000 + np.arange(20_000) * 0.02
    late_s = np.random.default_rng(2).uniform(0, 0.001, 20_000)
    for ppm in (-50, 50):
        off = stamped(true_s, late_s, true_s * (1 + ppm * 1e-6)) - true_s
        # held between the quickest poll and one thousandth a message: 1 µs of drift in each 20 ms is 1 ms behind
        assert np.abs(off[5000:]).max() < 2.5e-3


@given(st.lists(st.tuples(st.integers(0, 10**10), st.floats(0, 1e6)), max_size=50))
def test_no_distance_makes_a_stamp_later_than_now_or_far_in_the_past(
    steps: list[tuple[int, float]],
) -> None:
    stamp, now_ns = Stamp(), 10**12
    for step_ns, since_s in steps:
        now_ns += step_ns
        assert now_ns - 10**8 <= stamp.of(now_ns, since_s) <= now_ns


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 2), st.sampled_from((0xF1, 0xF8))), max_size=60))
def test_messages_go_out_in_the_order_of_their_times_and_what_is_dropped_does_not(
    said: list[tuple[int, int, int]],
) -> None:
    waiting = Waiting()
    for n, (due_ns, port, status) in enumerate(said):
        waiting.add(due_ns, bytes((status, n)), port)
    waiting.drop(1, 0xF1)
    kept = sorted((due, n, port) for n, (due, port, status) in enumerate(said) if (port, status) != (1, 0xF1))
    early = waiting.due(25)
    assert [(port, data[1]) for port, data in early] == [(port, n) for due, n, port in kept if due <= 25]
    assert [(port, data[1]) for port, data in early + waiting.due(50)] == [(port, n) for _, n, port in kept]
    assert waiting.due(10**9) == []


@given(st.integers(0, 255), st.integers(0, 2**63), st.binary(max_size=300))
def test_a_time_goes_through_a_frame(port: int, ns: int, data: bytes) -> None:
    (frame,) = child.frames(bytearray(child.timed(port, ns, data)))
    assert (frame[:2], child.time_of(frame)) == (bytes((ord("T"), port)), (ns, data))
