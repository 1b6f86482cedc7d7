"""Lanes that read neighbouring columns are read by the row: each lane hears its own column, whatever others do."""

import random

import numpy as np
import pytest

from dsp import source
from dsp.core import glide

COLUMNS, FADE = 40, 5  # of the ring; frames


def ask(s: np.ndarray, lane: int, column: int, late: float = 0.0, stride: int = COLUMNS) -> None:
    """A lane shall read another column of the ring."""
    s[source.NEXT_BASE, lane], s[source.NEXT_STRIDE, lane], s[source.NEXT_DELAY, lane] = column, stride, late
    s[source.ASK, lane], s[glide.MOVING, 0] = 2.0, 1.0


def heard(s: np.ndarray, memory: np.ndarray, frame: int, frames: int) -> np.ndarray:
    u = np.full((frames, s.shape[1]), np.nan)
    source.fetch(s, memory, frame, u)
    return u


@pytest.mark.parametrize("lanes", [7, 8, 9, 24, 33])
@pytest.mark.parametrize("seed", range(6))
def test_a_lane_hears_what_it_hears_alone(lanes: int, seed: int) -> None:
    """The others are asked to read other columns, or their neighbours', at any time; alone it goes frame by frame."""
    chance = random.Random(seed)
    memory = np.random.default_rng(seed).standard_normal(source.RING * COLUMNS)
    together, alone = source.state(lanes, FADE), [source.state(1, FADE) for _ in range(lanes)]
    frame = 0
    for turn in range(60):
        asked = range(lanes) if turn == 0 else chance.sample(range(lanes), chance.choice([0, 0, 0, 1, 3]))
        for lane in asked:
            column = chance.choice([lane, lane, chance.randrange(COLUMNS)]) if turn else lane
            late = chance.choice([0.0, 0.0, 32.0]) if turn else 0.0
            stride = chance.choice([COLUMNS, COLUMNS, 1]) if turn else COLUMNS
            ask(together, lane, column, late, stride)
            ask(alone[lane], 0, column, late, stride)
        frames = chance.choice([1, 3, FADE, 2 * FADE + 2, 32])
        sound = heard(together, memory, frame, frames)
        for lane, s in enumerate(alone):
            one = np.concatenate([heard(s, memory, frame + i, 1) for i in range(frames)])
            np.testing.assert_array_equal(sound[:, lane], one[:, 0], f"lane {lane} from frame {frame}")
        frame += frames


def test_lanes_in_a_row_are_counted() -> None:
    s = source.state(12, FADE)
    for lane, column in enumerate([0, 1, 2, 3, 4, 5, 6, 7, 8, 20, 21, 30]):
        ask(s, lane, column)
    heard(s, np.zeros(source.RING * COLUMNS), 0, 4 * FADE)
    assert s[source.RUN].tolist() == [9, 8, 7, 6, 5, 4, 3, 2, 1, 2, 1, 1]
