"""The sums of a mix: a plain sum is the oracle, glides run as `glide.step` does, cutting the block changes no bit."""

import numpy as np
import pytest

from dsp import mix
from dsp.core import glide

FRAMES = 200
SIZES = ((1, 1), (3, 2), (8, 8), (19, 9), (64, 20), (9, 23))  # lanes and destinations: by 8, 4, 2 and 1


def noise(lanes: int) -> np.ndarray:
    return np.random.default_rng(lanes).standard_normal((FRAMES, lanes))


def gliding(lanes: int, destinations: int, share: float) -> np.ndarray:
    """Some gains rest at 0, some elsewhere, and that share is on its way, some for less than eight frames."""
    rng, s = np.random.default_rng(destinations), mix.state(lanes, destinations)
    cells = lanes * destinations
    s[mix.GAIN] = rng.uniform(-1.0, 1.0, cells) * (rng.random(cells) < 0.5)
    for cell in np.flatnonzero(rng.random(cells) < share):
        glide.start(s, mix.GAIN, int(cell), rng.uniform(-1.0, 1.0), int(rng.choice([1, 5, 8, 9, 16, 40, 150, 999])))
    s[glide.MOVING, 0] = 1.0
    return s


def summed(s: np.ndarray, u: np.ndarray, destinations: int, block: int) -> np.ndarray:
    out = np.zeros((len(u), destinations))
    for at in range(0, len(u), block):
        mix.add(s, u[at : at + block], out[at : at + block])
    return out


@pytest.mark.parametrize(("lanes", "destinations"), SIZES)
@pytest.mark.parametrize("share", [0.0, 0.1, 1.0])
def test_each_destination_is_the_sum_of_the_lanes_by_their_gains(lanes: int, destinations: int, share: float) -> None:
    u, s, plain = noise(lanes), gliding(lanes, destinations, share), gliding(lanes, destinations, share)
    expected = np.zeros((FRAMES, destinations))
    for i in range(FRAMES):
        glide.step(plain, mix.GAIN)
        expected[i] = u[i] @ plain[mix.GAIN].reshape(lanes, destinations)
    out = summed(s, u, destinations, 32)
    np.testing.assert_allclose(out, expected, atol=1e-13 * lanes)  # other order and rounding of sums up to `lanes`
    rows = slice(mix.GAIN, mix.GAIN + glide.SIZE)
    np.testing.assert_array_equal(s[rows], plain[rows])


@pytest.mark.parametrize(("lanes", "destinations"), SIZES)
@pytest.mark.parametrize("block", [1, 7, 8, 31, 64])
def test_cutting_the_block_changes_no_bit(lanes: int, destinations: int, block: int) -> None:
    u = noise(lanes)
    whole = summed(gliding(lanes, destinations, 0.3), u, destinations, FRAMES)
    np.testing.assert_array_equal(summed(gliding(lanes, destinations, 0.3), u, destinations, block), whole)


def test_a_mix_comes_to_rest_and_then_looks_at_nothing() -> None:
    s = gliding(9, 23, 0.3)
    summed(s, np.zeros((FRAMES, 9)), 23, 32)
    assert s[glide.MOVING, 0] == 1.0, "999 frames"
    for _ in range(5):
        summed(s, np.zeros((FRAMES, 9)), 23, 32)
    assert s[glide.MOVING, 0] == 0.0
    assert s[glide.ACTIVE, 0] == 1.0
    s = mix.state(9, 23)
    s[glide.MOVING, 0] = 1.0
    summed(s, np.zeros((1, 9)), 23, 1)
    assert s[glide.ACTIVE, 0] == 0.0
