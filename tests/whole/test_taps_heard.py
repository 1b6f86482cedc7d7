"""A tap of the strips is copied while something hears it, and who begins to hear one hears it from its first frame.

The other desk copies every tap all the time; the two must never differ, whoever begins to listen, wherever and when.
"""

import random

import numpy as np
import pytest

from dsp import heard
from studiod.engine.hearers import Hearers
from studiod.host.offline import Offline
from studiod.realtime import inputs, mixes, monitor, multitrack, outputs, strip
from studiod.realtime import layout as r
from studiod.registry.registry import Console, Value

CONSOLE = Console(3, 6, 4, 2, returns=2, matrices=2)
POINTS = (
    "ch/1", "ch/3", "bus/1", "bus/2", "matrix/1", "main/l", "main/r", "main/pre_limiter/l", "return/1/l", "fx/1/l",
    "monitor/l", "input/1", "none",
)  # fmt: skip
TAPS = {"input": r.TAP_INPUT, "pre_fader": r.TAP_PRE_FADER, "post_fader": r.TAP_POST_FADER}
START: dict[str, Value] = {
    **{f"ch/{n}/{path}": value for n in (1, 2, 3, 4) for path, value in {
        "source": f"input/{n % 3 + 1}", "fader": -3.0 * n, "trim": 2.0 * n, "hpf/on": 1, "eq/1/gain": 6.0,
        "eq/on": 1, "send/1/level": -10.0, "send/2/level": -6.0}.items()},
    **{f"bus/{n}/{path}": value for n in (1, 2) for path, value in {
        "fader": -2.0, "main/on": 1, "send/1/level": -6.0, "eq/2/gain": -5.0, "eq/on": 1}.items()},
    "matrix/1/fader": 0.0, "main/fader": -1.0, "monitor/level": -5.0,
    "output/5/source": "none", "output/6/source": "none",  # which are buses
}  # fmt: skip


def desk(always: bool, monkeypatch: pytest.MonkeyPatch) -> Offline:
    """One that copies what is heard, or one that copies always."""
    with monkeypatch.context() as patched:
        if always:
            patched.setattr(Hearers, "let_go", lambda self, out: None)
        made = Offline(CONSOLE, START, 48, multitrack=True)
    assert not made.faults
    if always:
        monkeypatch.setattr(made.engine.aims.points.hearers, "let_go", lambda out: None)
    return made


def sound(frames: int, seed: int) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((frames, CONSOLE.inputs)) * 0.2).astype(np.float32)


def same(one: Offline, other: Offline, ins: np.ndarray) -> None:
    """What leaves, what the analysers and the recorder get, and what is metered."""
    np.testing.assert_array_equal(one.run(ins), other.run(ins))
    meters = [bank * r.BLOCK + strip.METER for bank in r.BANKS]
    for unit in (outputs.EAR, inputs.METER_IN, mixes.METER_MAIN, monitor.METER_MONITOR, *meters):
        np.testing.assert_array_equal(one.rack.state(unit), other.rack.state(unit))
    np.testing.assert_array_equal(one.rack.recorded, other.rack.recorded)
    np.testing.assert_array_equal(one.rack.state(multitrack.REC_WORK), other.rack.state(multitrack.REC_WORK))


def held(one: Offline, bank: int) -> list[float]:
    return one.rack.state(bank * r.BLOCK + strip.TAPS_HEARD)[heard.HOLD].tolist()


# every kind of hearer: (what makes it hear, the bank and the tap that it hears)
HEARERS: dict[str, tuple[dict[str, Value], int, int]] = {
    **{f"output at {tap}": ({"output/1/source": "ch/2", "output/1/tap": tap}, r.INPUT_BANK, k)
       for tap, k in TAPS.items()},
    "output of a bus": ({"output/1/source": "bus/2", "output/1/tap": "input"}, r.BUS_BANK, r.TAP_INPUT),
    "output of a matrix": ({"output/1/source": "matrix/1"}, r.MATRIX_BANK, r.TAP_POST_FADER),
    "output of the mains": ({"output/1/source": "main/pre_limiter/l"}, r.MAIN_BANK, r.TAP_POST_FADER),
    "key": ({"ch/1/gate/on": 1, "ch/1/gate/threshold": -20.0, "ch/1/gate/key": "ch/2"}, r.INPUT_BANK, r.TAP_PRE_FADER),
    "key of a bus": ({"bus/1/comp/on": 1, "bus/1/comp/threshold": -40.0, "bus/1/comp/key": "bus/2"},
                     r.BUS_BANK, r.TAP_PRE_FADER),
    "effect": ({"fx/1/type": "chorus", "fx/1/source": "bus/1"}, r.BUS_BANK, r.TAP_POST_FADER),
    "return": ({"return/1/source": "bus/1"}, r.BUS_BANK, r.TAP_POST_FADER),
    "channel": ({"ch/1/source": "bus/2"}, r.BUS_BANK, r.TAP_POST_FADER),
    "monitor": ({"monitor/source": "bus/1"}, r.BUS_BANK, r.TAP_POST_FADER),
    "talkback": ({"talkback/source": "bus/1", "talkback/on": 1, "talkback/to/main": 1}, r.BUS_BANK, r.TAP_POST_FADER),
    "loudness": ({"meter/loudness": "ch/2"}, r.INPUT_BANK, r.TAP_POST_FADER),
    "spectrum": ({"meter/rta": "ch/2"}, r.INPUT_BANK, r.TAP_POST_FADER),
    "recorder": ({"recorder/track/1/source": "bus/1", "ch/1/arm": 1}, r.BUS_BANK, r.TAP_POST_FADER),
}  # fmt: skip


@pytest.mark.parametrize("kind", HEARERS)
def test_who_begins_to_hear_hears_from_the_first_frame_and_who_leaves_lets_go(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = desk(False, monkeypatch), desk(True, monkeypatch)
    wanted, bank, tap = HEARERS[kind]
    before = {path: one.desk.values[path] for path in wanted}
    same(one, other, sound(1000, 1))
    assert held(one, bank)[tap] == 0.0, "nobody hears it yet: else this proves nothing"
    assert held(other, bank)[tap] == heard.EVER
    for seed, changes in enumerate((wanted, before, wanted, before), 2):
        for each in (one, other):
            each.desk.change(list(changes.items()))
        same(one, other, sound(4500, seed))
        assert held(one, bank)[tap] == (heard.EVER if changes is wanted else 0.0)


@pytest.mark.parametrize("what", ["send", "solo", "meter"])
def test_a_mix_or_a_meter_that_begins_to_hear_a_tap_hears_it_whole(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = desk(False, monkeypatch), desk(True, monkeypatch)
    sends = (*TAPS, "pre_eq") if what == "send" else tuple(TAPS)
    for seed, tap in enumerate((*sends, *sends)):
        changes: dict[str, tuple[str, Value]] = {
            "send": ("ch/2/send/1/tap", tap),
            "solo": ("ch/2/solo", seed % 2),
            "meter": ("meter/tap", tap),
        }
        for each in (one, other):
            each.desk.change([changes[what]])
        same(one, other, sound(1500, seed))


@pytest.mark.parametrize("seed", range(4))
def test_no_sequence_of_changes_tells_the_two_desks_apart(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some at once, some for a later frame, some of those overtaken by others."""
    one, other = desk(False, monkeypatch), desk(True, monkeypatch)
    chance = random.Random(seed)
    paths = [p for p in one.registry.params.values() if p.kind == "point" or p.path.endswith(("/tap", "/arm", "/solo"))]
    silent = 0
    for step in range(60):
        chosen = chance.sample(paths, chance.choice((1, 1, 2, 5)))
        changes: list[tuple[str, Value]] = []
        for param in chosen:
            items = [x for x in param.items if x in POINTS] if param.kind == "point" else list(param.items)
            changes.append((param.path, chance.choice(items) if items else chance.randint(0, 1)))
        later = chance.choice((0, 0, 0, one.frame + 300, one.frame + 900))
        for each in (one, other):
            each.desk.change_at(changes, later)
        one.block_frames = other.block_frames = chance.choice((1, 16, 48, 127))
        same(one, other, sound(chance.choice((40, 500, 1500)), step))
        silent += sum(held(one, bank).count(0.0) for bank in r.BANKS)
    assert silent > 0, "now and then a tap is not heard"


def test_a_tap_that_nobody_hears_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    one = desk(False, monkeypatch)
    one.run(sound(1000, 1))
    for tap in (r.TAP_INPUT, r.TAP_PRE_EQ, r.TAP_POST_FADER):  # the meters stand before the faders
        assert not one.rack.state(strip.RING_1 + tap).any()
