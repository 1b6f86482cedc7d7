"""Effects in place: an inserted slot is exactly its units in the strip's own path, without delay, on one strip only."""

import os

import numpy as np
import pytest

from studiod.host.offline import Offline
from studiod.registry.registry import Console, Value

CONSOLE = Console(2, 6, 2, 2, returns=2)
ECHO: dict[str, Value] = {
    "fx/1/type": "delay", "fx/1/delay/time_l": 10.0, "fx/1/delay/time_r": 10.0, "fx/1/delay/feedback": 0.0,
    "fx/1/delay/low_cut": 20.0, "fx/1/delay/high_cut": 20000.0,
}  # fmt: skip
BASE: dict[str, Value] = {
    "ch/1/fader": 0.0, "ch/1/pan": -100.0, "config/pan_law": "0dB", "output/1/source": "ch/1",
    "output/2/source": "main/pre_limiter/l", "output/3/source": "fx/1/l", "output/4/source": "ch/2",
    "output/5/source": "bus/1", "output/6/source": "bus/2",
}  # fmt: skip


def played(values: dict[str, Value], x: np.ndarray, block: int = 1024) -> np.ndarray:
    offline = Offline(CONSOLE, BASE | values, block)
    assert offline.faults == []
    out = offline.run(x)
    os.close(offline.rack.fd)
    return out


def noise(frames: int = 4800) -> np.ndarray:
    return (np.random.default_rng(4).standard_normal((frames, 2)) * 0.1).astype(np.float32)


@pytest.mark.parametrize("position", ["pre_fader", "post_fader"])
@pytest.mark.parametrize("kind", ["reverb", "delay", "chorus"])
def test_an_insert_whose_mix_is_0_is_bit_exact_and_not_late(kind: str, position: str) -> None:
    x = noise()
    values = {"ch/1/insert/fx": "1", "ch/1/insert/position": position, "fx/1/type": kind, "fx/1/mix": 0.0}
    np.testing.assert_array_equal(played(values, x), played({}, x))


def test_an_echo_in_place_comes_on_its_frame_and_leaves_the_slots_own_point_silent() -> None:
    x = np.zeros((4800, 2), np.float32)
    x[100, 0] = 0.5
    out = played(ECHO | {"ch/1/insert/fx": "1"}, x)
    assert np.argmax(np.abs(out[:, 0])) == 100 + 480
    assert np.argmax(np.abs(out[:, 1])) == 100 + 480
    assert not out[:, 2].any()


def test_an_insert_hears_its_strip_and_nothing_of_the_slots_source() -> None:
    x = noise()
    x[:, 0] = 0.0
    out = played(ECHO | {"ch/1/insert/fx": "1", "fx/1/source": "input/2"}, x)
    assert not out[:, 0].any()


def test_a_pair_and_the_mains_are_inserted_in_stereo() -> None:
    x = np.zeros((4800, 2), np.float32)
    x[100, 0], x[100, 1] = 0.5, 0.25
    echo = ECHO | {"fx/1/delay/time_r": 20.0}
    pair = {"ch/1/link": 1, "ch/2/fader": 0.0, "ch/2/source": "input/2", "ch/1/insert/fx": "1"}
    out = played(echo | pair, x)
    assert (np.argmax(out[:, 0]), np.argmax(out[:, 3])) == (580, 100 + 960)
    assert out[100 + 960, 3] == pytest.approx(0.25, rel=1e-3)  # the cuts of the wet sound lie within 0.01 dB here
    out = played(echo | {"main/insert/fx": "1", "output/4/source": "main/pre_limiter/r", "ch/1/pan": 0.0}, x)
    assert (np.argmax(out[:, 1]), np.argmax(out[:, 3])) == (580, 100 + 960)


@pytest.mark.parametrize("block", [1, 64, 127])
def test_taking_a_slot_from_strip_to_strip_is_the_same_in_every_block(block: int) -> None:
    def moved(block: int) -> np.ndarray:
        offline = Offline(CONSOLE, BASE | ECHO | {"fx/1/source": "input/2"}, block)
        parts = []
        for path, value in (("ch/1/insert/fx", "1"), ("bus/1/insert/fx", "1"), ("bus/1/insert/position", "pre_fader"),
                            ("main/insert/fx", "1"), ("main/insert/fx", "0")):  # fmt: skip
            offline.desk.change_at([(path, value)], offline.frame + 1001)
            parts.append(offline.run(noise(3000)))
        os.close(offline.rack.fd)
        return np.concatenate(parts)

    np.testing.assert_array_equal(moved(block), moved(1024))


def test_a_slot_that_goes_back_plays_on_its_return_again() -> None:
    offline = Offline(CONSOLE, BASE | ECHO | {"fx/1/source": "input/2"})
    before = offline.run(noise(9600))[-4800:, 2]
    offline.desk.set("ch/1/insert/fx", "1")
    offline.run(noise(4800))
    offline.desk.set("ch/1/insert/fx", "0")
    offline.run(noise(9600))
    x = noise(9600)
    after = offline.run(x)[-4800:, 2]
    assert np.abs(before).max() > 0.1
    assert np.sqrt((after**2).mean()) == pytest.approx(np.sqrt((before**2).mean()), rel=0.05)  # other noise, same level
    os.close(offline.rack.fd)
