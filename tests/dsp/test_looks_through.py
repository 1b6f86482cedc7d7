"""While much moves a unit looks through its lanes once a stretch, never once a frame: a recall's cost without a clock.

Counted is how often the unit's source touches its state (tests/rigs/interpreted.py).  What moves between two ends
is read once and written once, however many frames lie between.  A look at every frame shows as 32 times as much.
"""

from collections.abc import Callable

import numpy as np
import pytest

from interpreted import Touched, interpreted

LANES, QUANTUM = 16, 32
FADE = 100  # frames: no multiple of a quantum

Run = Callable[[Touched, np.ndarray], None]


def unit(name: str) -> tuple[object, np.ndarray, Run]:
    """A unit as Python, its state, and how it is run on u[frame, lane]."""
    made = interpreted(f"dsp.{name}")
    s = made.demo(LANES) if hasattr(made, "demo") else made.state(LANES)
    noise = np.random.default_rng(1).uniform(-1.0, 1.0, (QUANTUM, LANES))
    memory = np.zeros(64 * LANES)

    def run(state: Touched, u: np.ndarray) -> None:
        with np.errstate(all="ignore"):
            if name == "source":
                made.fetch(state, memory, 0, u)
            elif name == "key_listen":
                made.put(state, u, noise)
            else:
                made.run(state, u)

    run(Touched(s), noise[:1].copy())
    return made, s, run


def touches(run: Run, s: np.ndarray, frames: int) -> int:
    """How often a block touches the state, which goes on."""
    state = Touched(s)
    run(state, np.random.default_rng(2).uniform(-1.0, 1.0, (frames, LANES)))
    return state.touches


@pytest.mark.parametrize("name", ["svf", "gate", "comp", "source", "gain", "key_listen"])
def test_a_longer_block_of_glides_touches_the_state_no_more_often(name: str) -> None:
    made, s, run = unit(name)
    glide = interpreted("dsp.core.glide")
    for row in made.GLIDES:  # type: ignore[attr-defined]
        for lane in range(LANES):
            glide.start(s, row, lane, 0.5 * s[row, lane] + 0.1, 10_000)
    s[glide.MOVING, 0] = 1.0
    one = touches(run, s, 1)
    assert touches(run, s, QUANTUM) == one
    assert touches(run, s, 2) == one


ASKS = {  # rows of what is wanted, and how it is asked for
    "svf": {"NEXT_G": 0.2, "HOME": 1.0, "ASK": 2.0},
    "gate": {"NEXT_MODE": 3.0, "ASK": 2.0},
    "comp": {"NEXT_DETECTOR": 1.0, "ASK": 2.0},
    "source": {"NEXT_BASE": 1.0, "ASK": 2.0},
}
ENDS = 8  # of an exchange, on a lane: to the wire, the wait there, back; each may cost what two blocks do, and no more


@pytest.mark.parametrize("name", ASKS)
def test_an_exchange_on_every_lane_touches_the_state_once_a_block_and_once_an_end(name: str) -> None:
    made, s, run = unit(name)
    s[made.FADE] = FADE  # type: ignore[attr-defined]
    rest = touches(run, s, QUANTUM)
    for word, value in ASKS[name].items():
        s[getattr(made, word)] = value
    s[0, 0] = 1.0
    first = touches(run, s.copy(), 1)
    counts = []
    while s[0, 0] != 0.0:
        counts.append(touches(run, s, QUANTUM))
    assert len(counts) > 2 * FADE // QUANTUM, "nothing was exchanged"
    assert first > rest
    assert sum(counts) < (len(counts) + ENDS) * first
