"""Any desk at all: random settings and random moves, and the block of the device changes no bit of any output.

The values come from the registry, seeded: a new parameter is thrown in by itself.
"""

import os

import numpy as np
import pytest

from studiod.host.offline import Offline
from studiod.memory.scene_format import Move
from studiod.registry.registry import Console, Param, Registry, Value

RATE_HZ, FRAMES = 48_000, 9600
CONSOLE = Console(3, 10, 3, 3, returns=1, matrices=2, dcas=1, mute_groups=1)
REGISTRY = Registry(CONSOLE)
PARAMS = [p for p in REGISTRY.params.values() if p.kind != "text" and "read-only" not in p.flags]
STORED = [p for p in PARAMS if "volatile" not in p.flags]


def any_value(rng: np.random.Generator, param: Param) -> Value:
    """A value anywhere in a parameter's range; faders and levels mostly up, so that much is heard."""
    if param.law == "fader" and param.kind == "number":
        return float(rng.uniform(-20.0, 5.0))
    if param.kind == "switch":
        return (
            0 if param.path.endswith(("mute", "mutegroup/1", "solo")) and rng.uniform() < 0.8 else int(rng.integers(2))
        )
    return param.from_turn(float(rng.uniform()))


def desk(seed: int, block_frames: int) -> np.ndarray:
    """The outputs of a random desk with 60 random moves of up to four paths each."""
    rng = np.random.default_rng(seed)
    values: dict[str, Value] = {f"ch/{n}/fader": 0.0 for n in range(1, CONSOLE.channels + 1)}
    values |= {"output/8/source": "matrix/1", "output/9/source": "matrix/2", "output/10/source": "return/1/l"}
    values |= {p.path: any_value(rng, p) for p in STORED if rng.uniform() < 0.25}
    moves = []
    for _ in range(60):
        at_s = float(rng.integers(FRAMES)) / RATE_HZ
        for k in rng.integers(len(PARAMS), size=int(rng.integers(1, 5))):
            moves.append(Move(at_s, PARAMS[k].path, any_value(rng, PARAMS[k])))
    sound = (rng.standard_normal((FRAMES, CONSOLE.inputs)) * 0.2).astype(np.float32)
    sound *= np.repeat([1.0, 0.02, 0.5, 0.1], FRAMES // 4).astype(np.float32)[:, None]
    one = Offline(CONSOLE, values, block_frames)
    assert one.faults == []
    out = one.moved(sound, moves)
    os.close(one.rack.fd)
    return out


@pytest.mark.parametrize("seed", range(20))
def test_the_block_of_the_device_changes_no_bit_of_any_desk(seed: int) -> None:
    whole = desk(seed, 1024)
    assert np.isfinite(whole).all()
    assert np.abs(whole).max() <= 1.0
    for block_frames in (1, 64, 127):
        other = desk(seed, block_frames)
        apart = np.flatnonzero((whole != other).any(axis=1))
        assert not len(apart), f"blocks of {block_frames}: {len(apart)} frames differ, the first is {apart[0]}"


def test_most_of_these_desks_are_heard() -> None:
    """Else the law above would say little."""
    loud = [np.sqrt(np.mean(desk(seed, 1024) ** 2)) for seed in range(20)]
    assert np.median(loud) > 0.01
