"""What moves in stretches has the bits of what moves frame by frame, wherever glides and exchanges begin and end.

The frames one by one are each unit's own law, written out here: what ends is looked for before or after each frame,
every glide takes one step, and the frame is played with all at rest.
"""

import random
from collections.abc import Callable
from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest

from dsp import automix, comp, comp_frames, delay, gate, source, svf
from dsp.core import glide
from dsp.core.rt import rt
from dsp.core.vectors import head, load, whole, within

LANES = (11, 1, 8)  # a tile and some of one, a single lane that may stand still, a whole tile
WIDTH = 8  # lanes of a tile that moves, in each of these units
FRAMES = 700
RING_LANES = 12


@rt
def filters(s, u):
    svf.answer(s)
    for c in range(0, s.shape[1], WIDTH):
        end = min(c + WIDTH, s.shape[1])
        part = head(WIDTH, end - c)
        for i in range(u.shape[0]):
            svf.advance(s, c, end)
            glide.step_part(s, svf.G, 6, 63, c, part)
            svf.tile(s, u, i, i + 1, c, part)
    svf.settle(s)


@rt
def gates(s, u):
    gate.answer(s)
    for c in range(0, s.shape[1], WIDTH):
        end = min(c + WIDTH, s.shape[1])
        part = head(WIDTH, end - c)
        for i in range(u.shape[0]):
            glide.step_part(s, gate.THRESHOLD, 4, 15, c, part)
            gate.advance(s, c, end)
            gate.tile(s, u, u, i, i + 1, 0, c, part)
    gate.survey(s)


@rt
def compressors(s, u):
    for position in range(2):
        comp.answer(s, position)
        for c in range(0, s.shape[1], WIDTH):
            end = min(c + WIDTH, s.shape[1])
            part = head(WIDTH, end - c)
            mine = within(part, load(s, comp.POSITION, c, part) == float(position))
            for i in range(u.shape[0]):
                glide.step_part(s, comp.THRESHOLD, 6, 63, c, mine)
                comp.advance(s, position, c, end)
                comp_frames.tile(s, u, u, i, i + 1, position, 0, c, part, whole(WIDTH))
        if position == 1:
            for c in range(s.shape[1]):
                if s[comp.STAGE, c] == 3.0:
                    s[comp.POSITION, c] = s[comp.NEXT_POSITION, c]
                    s[comp.DETECTOR, c] = s[comp.NEXT_DETECTOR, c]
        comp.survey(s)


LAWS: dict[ModuleType, Callable[[np.ndarray, np.ndarray], None]] = {svf: filters, gate: gates, comp: compressors}


def glides(made: ModuleType) -> dict[int, tuple[float, float]]:
    """Rows that glide, and from where to where."""
    return {
        svf: {svf.G: (0.01, 1.0), svf.K: (0.1, 2.0), svf.N0: (-1.0, 3.0), svf.M1: (-1.0, 1.0), svf.WIRE: (0.0, 1.0)},
        gate: {gate.THRESHOLD: (-50.0, -5.0), gate.RANGE: (1.0, 80.0), gate.WET: (0.0, 1.0)},
        comp: {comp.THRESHOLD: (-50.0, -5.0), comp.SLOPE: (0.0, 1.0), comp.KNEE: (0.0, 20.0), comp.WET: (0.0, 1.0)}
        | {comp.MAKEUP: (-6.0, 12.0)},
        automix: {automix.WET: (0.0, 1.0), automix.WEIGHT: (0.1, 4.0)},
    }.get(made, {})


def asks(made: ModuleType, chance: random.Random) -> dict[int, float]:
    """What is asked to be exchanged on a lane."""
    if made is svf:
        five = svf.aim(chance.choice(["bell", "notch"]), chance.uniform(50.0, 9000.0), 1.0, 6.0, 48000.0)
        return {svf.NEXT + n: x for n, x in enumerate(five)} | {
            svf.HOME: float(chance.random() < 0.7),
            svf.ASK: chance.choice([1.0, 2.0]),
        }
    return {
        gate: {gate.NEXT_MODE: float(chance.randrange(5)), gate.ASK: 2.0},
        comp: {comp.NEXT_POSITION: chance.choice([0.0, 1.0]), comp.NEXT_DETECTOR: chance.choice([0.0, 1.0])}
        | {comp.ASK: 2.0},
        delay: {delay.NEXT: float(chance.choice([0, 1, 5, 31, 32, 90, 96])), delay.ASK: 2.0},
        source: {source.NEXT_BASE: float(chance.randrange(-1, RING_LANES)), source.NEXT_STRIDE: float(RING_LANES)}
        | {source.NEXT_DELAY: chance.choice([0.0, 32.0]), source.ASK: 2.0},
    }.get(made, {})


def stirred(made: ModuleType, s: np.ndarray, chance: random.Random) -> None:
    """Send some lanes somewhere, in any number of frames."""
    lanes = s.shape[1]
    for _ in range(chance.choice([1, 3, lanes])):
        lane = chance.randrange(lanes)
        frames = chance.choice([0, 1, 2, chance.randrange(70), chance.randrange(300)])
        rows = glides(made)
        if rows and chance.random() < 0.6:
            row = chance.choice(list(rows))
            glide.start(s, row, lane, chance.choice([*rows[row], chance.uniform(*rows[row])]), frames)
        else:
            for row, value in asks(made, chance).items():
                s[row, lane] = value
            if hasattr(made, "FADE"):
                s[made.FADE, lane] = max(1, frames) if made is delay else frames
        s[glide.MOVING, 0] = 1.0


class Player:
    """A unit with what it needs beside its state."""

    def __init__(self, made: ModuleType, lanes: int) -> None:
        self.made, self.at = made, 1000 if made is delay else 0  # its line ends at 1024
        self.s = made.demo(lanes) if hasattr(made, "demo") else made.state(lanes)
        self.line = np.zeros((lanes, 32 * delay.CHUNK))  # in whole chunks, and longer than any fade
        self.memory = np.random.default_rng(3).standard_normal(source.RING * RING_LANES)

    def play(self, u: np.ndarray) -> None:
        if self.made is delay:
            delay.pass_on(self.s, self.line, u, self.at)
        elif self.made is source:
            source.fetch(self.s, self.memory, self.at, u)
        else:
            self.made.run(self.s, u)
        self.at += len(u)


def played(made: ModuleType, seed: int, block: Callable[[random.Random], int], law: bool = False) -> tuple:
    """(sound, state) of a unit that is stirred at some frames, in blocks of any length between them."""
    chance, cuts = random.Random(seed), random.Random(seed + 1000)
    rng, lanes = np.random.default_rng(seed), LANES[seed % len(LANES)]
    u = rng.standard_normal((FRAMES, lanes)) * np.repeat(10 ** rng.uniform(-3, -0.3, (FRAMES // 50, lanes)), 50, axis=0)
    player = Player(made, lanes)
    stirs = sorted({0, FRAMES, *(chance.randrange(FRAMES) for _ in range(chance.choice([3, 12, 40])))})
    for start, end in pairwise(stirs):
        stirred(made, player.s, random.Random(seed * 1000 + start))
        at = start
        while at < end:
            stop = min(end, at + block(cuts))
            (LAWS[made] if law else lambda _, part: player.play(part))(player.s, u[at:stop])
            at = stop
    return u, player.s


def shown(s: np.ndarray, made: ModuleType) -> bytes:
    """What of a state counts: not its scratch."""
    return (np.delete(s, range(automix.SHARE, automix.MEMORY), axis=0) if made is automix else s).tobytes()


@pytest.mark.parametrize("made", LAWS, ids=lambda made: made.__name__)
@pytest.mark.parametrize("seed", range(12))
def test_stretches_have_the_bits_of_the_frames_one_by_one(made: ModuleType, seed: int) -> None:
    u, s = played(made, seed, lambda cuts: cuts.randint(1, 64))
    slow_u, slow_s = played(made, seed, lambda cuts: cuts.randint(1, 64), law=True)
    assert u.tobytes() == slow_u.tobytes()
    assert s.tobytes() == slow_s.tobytes()


@pytest.mark.parametrize("made", [svf, gate, comp, delay, source, automix], ids=lambda made: made.__name__)
@pytest.mark.parametrize("seed", range(12))
def test_cutting_changes_no_bit_wherever_things_end(made: ModuleType, seed: int) -> None:
    most = source.LATE if made is source else comp.QUANTUM
    whole, whole_s = played(made, seed, lambda cuts: most)
    for block in (lambda cuts: 1, lambda cuts: cuts.randint(1, most)):
        cut, cut_s = played(made, seed, block)
        assert whole.tobytes() == cut.tobytes()
        assert shown(whole_s, made) == shown(cut_s, made)
