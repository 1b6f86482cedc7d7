"""Laws of units that are passed over: what sleeps has nothing to do, an entry wakes it, and no bit hangs on it."""

import random

import numpy as np
import pytest

from dsp.core import glide
from library_rig import other
from studiod.host.offline import Offline
from studiod.realtime import layout as r
from studiod.realtime import monitor, strip
from studiod.registry.registry import Console

CONSOLE = Console(3, 4, 5, 2, returns=1, matrices=1, dcas=1, mute_groups=1)
BLOCKS = [r.BLOCK * bank for bank in r.BANKS]
PLACES = [strip.SIDE_1 + strip.SIDE_UNITS * place + unit for place in range(strip.PLACES) for unit in range(3)]
OFF = {strip.DELAY, strip.GATE, strip.COMP, *PLACES, *range(strip.HPF_1, strip.HPF_1 + 4)}


def asleep(desk: Offline) -> list[int]:
    words = desk.rack.words
    return [unit for unit in range(r.UNITS) if not int(words[r.AWAKE + unit // r.BLOCK]) >> unit % r.BLOCK & 1]


def changes(desk: Offline, chance: random.Random) -> list[tuple[str, object]]:
    params = [p for p in desk.registry.params.values() if not p.flags & {"volatile", "read-only"} and p.kind != "text"]
    return [(param.path, other(param, chance)) for param in params if chance.random() < chance.choice((0.01, 0.3))]


def played(seed: int, always: bool) -> bytes:
    """What a desk of random changes plays; always: no unit is passed over."""
    chance, rng, desk = random.Random(seed), np.random.default_rng(seed), Offline(CONSOLE, {}, 64)
    out = []
    for _ in range(40):
        desk.desk.change(changes(desk, chance))
        for _ in range(chance.choice((1, 30))):
            if always:
                desk.rack.words[r.AWAKE : r.WORDS] = -1
            out.append(desk.run(rng.standard_normal((64, 3)).astype(np.float32) * 0.1))
    return np.concatenate(out).tobytes()


@pytest.mark.parametrize("seed", range(3))
def test_passing_over_what_sleeps_alters_no_bit(seed: int) -> None:
    assert played(seed, always=False) == played(seed, always=True)


def test_what_sleeps_has_nothing_to_do_and_what_has_is_awake() -> None:
    chance, desk = random.Random(9), Offline(CONSOLE, {}, 64)
    seen: set[int] = set()
    for _ in range(30):
        desk.desk.change(changes(desk, chance))
        desk.run(np.zeros((64 * chance.choice((1, 40)), 3), np.float32))
        for unit in asleep(desk):
            state = desk.rack.state(unit)
            assert state[glide.MOVING, 0] == state[glide.ACTIVE, 0] == 0.0, unit
        seen |= set(asleep(desk))
    assert seen, "some slept"


def test_a_desk_at_rest_passes_over_all_that_it_does_not_use() -> None:
    desk = Offline(CONSOLE, {}, 64)
    desk.run(np.zeros((64, 3), np.float32))
    assert {block + unit for block in BLOCKS for unit in OFF} <= set(asleep(desk))
    assert set(range(monitor.TRANSLATE_1, monitor.TRANSLATE_1 + monitor.TRANSLATE_BANDS)) <= set(asleep(desk))
    desk.desk.set("ch/2/gate/on", 1)
    desk.run(np.zeros((1, 3), np.float32))
    assert strip.GATE not in asleep(desk), "an entry woke it"
    desk.desk.set("ch/2/gate/on", 0)
    desk.run(np.zeros((4800, 3), np.float32))
    assert strip.GATE in asleep(desk), "and it went to sleep again"
