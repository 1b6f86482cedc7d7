"""Side chains: a detector listens to any point, filtered, and late by exactly a quantum where the point comes later."""

import numpy as np
import pytest

from studiod.host.offline import Offline
from studiod.registry.registry import Console, Value

RATE_HZ = 48_000
CONSOLE = Console(inputs=3, outputs=4, channels=3, buses=2)
OUTPUTS = {"output/1/source": "ch/1", "output/2/source": "bus/1", "output/3/source": "bus/2", "output/4/source": "ch/3"}
OPEN: dict[str, Value] = OUTPUTS | {f"ch/{n}/fader": 0.0 for n in (1, 2, 3)}
# as quick as a gate gets, so that what sets it off is seen to the frame
QUICK: dict[str, Value] = {"gate/on": 1, "gate/threshold": -20.0, "gate/range": 80.0, "gate/attack": 0.02}


def quick(strip: str, **more: Value) -> dict[str, Value]:
    return {f"{strip}/{path}": value for path, value in (QUICK | more).items()}


def play(values: dict[str, Value], ins: np.ndarray, block_frames: int = 64) -> np.ndarray:
    desk = Offline(CONSOLE, OPEN | values, block_frames)
    assert desk.faults == []
    return desk.run(ins)


def steady(frames: int = 4800) -> np.ndarray:
    """A constant on input 1, a step in the middle of it on input 2, noise on input 3."""
    ins = np.zeros((frames, 3), np.float32)
    ins[:, 0] = 0.25
    ins[frames // 2 :, 1] = 0.5
    ins[:, 2] = np.random.default_rng(8).uniform(-0.5, 0.5, frames)
    return ins


def opened(sound: np.ndarray) -> int:
    """The frame from which on the gate lets through."""
    return int(np.flatnonzero(sound > 0.1)[0])


@pytest.mark.parametrize("block_frames", [1, 64, 127])
def test_a_gate_opens_on_the_frame_of_its_key_or_a_quantum_later_where_the_key_comes_later(block_frames: int) -> None:
    ins = steady()
    at_input = opened(play(quick("ch/1", **{"gate/key": "input/2"}), ins, block_frames)[:, 0])
    assert 0 <= at_input - 2400 <= 2  # an attack of 0.02 ms is a frame
    for point in ("ch/2", "bus/1", "main/pre_limiter/l"):
        values = quick("ch/1", **{"gate/key": point}) | {
            "ch/2/send/1/level": 0.0,
            "ch/2/pan": -100.0,
            "ch/1/main/on": 0,
        }
        assert opened(play(values | {"ch/3/main/on": 0}, ins, block_frames)[:, 0]) == at_input + 32, point


def test_a_key_is_heard_before_the_fader_of_its_strip() -> None:
    values = quick("ch/1", **{"gate/key": "ch/2"}) | {"ch/2/fader": -90.0}
    assert opened(play(values, steady())[:, 0]) >= 2400


def test_the_compressor_of_a_bus_ducks_under_a_channel_without_delay() -> None:
    values: dict[str, Value] = {"ch/1/send/1/level": 0.0, "bus/1/comp/on": 1, "bus/1/comp/key": "ch/2"}
    values |= {f"bus/1/comp/{k}": v for k, v in {"attack": 0.05, "threshold": -40.0, "ratio": 20.0}.items()}
    sound = play(values | {"bus/1/comp/detector": "peak"}, steady())[:, 1]
    assert sound[2399] == pytest.approx(0.25, abs=1e-6)
    assert sound[2400] < 0.24  # the first frame of the key turns it down already
    assert sound[2440] < 0.02


@pytest.mark.parametrize("position", ["pre_eq", "post_eq"])
def test_the_filter_of_a_key_decides_what_sets_it_off(position: str) -> None:
    t = np.arange(24_000) / RATE_HZ
    ins = np.zeros((len(t), 3), np.float32)
    ins[:, 0] = 0.25
    ins[:, 1] = 0.5 * np.sin(2 * np.pi * 6000.0 * t)
    base: dict[str, Value] = {"ch/1/comp/on": 1, "ch/1/comp/key": "input/2", "ch/1/comp/position": position}
    base |= {"ch/1/comp/threshold": -30.0, "ch/1/comp/filter/on": 1, "ch/1/comp/filter/freq": 6000.0}
    levels = {}
    for kind, freq in (("band", 6000.0), ("low_cut", 1000.0), ("high_cut", 300.0), ("band", 200.0)):
        values = base | {"ch/1/comp/filter/type": kind, "ch/1/comp/filter/freq": freq}
        levels[kind, freq] = play(values, ins)[-1, 0] / 0.25
    assert levels["band", 6000.0] == pytest.approx(levels["low_cut", 1000.0], rel=0.02)
    assert levels["band", 6000.0] < 0.25
    assert levels["high_cut", 300.0] == 1.0  # 52 dB down: below threshold and knee, not a bit is touched
    assert levels["band", 200.0] > 0.5  # 35 dB down


def test_listening_plays_the_filtered_key_in_place_of_the_strip() -> None:
    ins = steady(9600)
    desk = Offline(CONSOLE, OPEN | {"ch/1/gate/key": "input/3"}, 64)
    desk.desk.set("ch/1/gate/listen", 1)
    sound = desk.run(ins)[:, 0]
    np.testing.assert_array_equal(sound[480:], ins[480:, 2])  # faded in within 5 ms; the gate itself is off
    desk.desk.set("ch/1/gate/listen", 0)
    np.testing.assert_array_equal(desk.run(ins)[480:, 0], ins[480:, 0])


@pytest.mark.parametrize("position", ["pre_eq", "post_eq"])
def test_a_compressor_is_listened_to_wherever_it_sits(position: str) -> None:
    desk = Offline(CONSOLE, OPEN | {"ch/1/comp/key": "input/3", "ch/1/comp/position": position}, 64)
    desk.desk.set("ch/1/comp/listen", 1)
    ins = steady(9600)
    np.testing.assert_array_equal(desk.run(ins)[480:, 0], ins[480:, 2])


def test_listening_without_a_key_plays_the_strip_before_the_unit() -> None:
    desk = Offline(CONSOLE, OPEN | {"ch/1/comp/on": 1, "ch/1/comp/threshold": -40.0}, 64)
    ins = steady(9600)
    assert np.abs(desk.run(ins)[4800:, 0]).max() < 0.2
    desk.desk.set("ch/1/comp/listen", 1)
    np.testing.assert_array_equal(desk.run(ins)[480:, 0], ins[480:, 0])


def test_a_strip_without_a_key_of_its_own_is_untouched_by_the_keys_of_others() -> None:
    ins = steady(9600)
    alone = play(quick("ch/3"), ins)[:, 3]
    others = quick("ch/3") | quick("ch/1", **{"gate/key": "bus/1", "gate/filter/on": 1}) | {"ch/2/gate/key": "ch/3"}
    np.testing.assert_array_equal(play(others, ins)[:, 3], alone)


def test_a_link_gives_the_key_to_both_strips() -> None:
    ins = steady()
    ins[:, 1] = ins[:, 0]  # what the second strip plays
    ins[2400:, 2] = 0.5  # the key
    ins[:2400, 2] = 0.0
    values = quick("ch/1", **{"gate/key": "input/3"}) | {"ch/1/link": 1, "output/4/source": "ch/2"}
    sound = play(values, ins)
    assert opened(sound[:, 0]) == opened(sound[:, 3]) >= 2400
