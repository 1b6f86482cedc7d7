"""Slots of effects in the desk: what feeds them, what comes back, when, and that an idle slot is nothing."""

import numpy as np
import pytest

from studiod.host.offline import Offline
from studiod.registry.registry import Console, Value

RATE_HZ, LATE = 48_000, 32
CONSOLE = Console(inputs=2, outputs=6, channels=2, buses=14, returns=2)
OUTPUTS = ("main/pre_limiter/l", "main/pre_limiter/r", "bus/13", "fx/1/l", "fx/1/r", "return/1/l")
SENT: dict[str, Value] = {f"output/{k}/source": point for k, point in enumerate(OUTPUTS, 1)} | {
    "ch/1/fader": 0.0,
    "ch/1/main/on": 0,
    "ch/1/send/13/level": 0.0,
}
ECHO: dict[str, Value] = {"fx/1/type": "delay", "fx/1/delay/time_l": 100.0, "fx/1/delay/time_r": 200.0}
ECHO |= {"fx/1/delay/feedback": 0.0, "fx/1/delay/low_cut": 20.0, "fx/1/delay/high_cut": 20000.0}


def play(values: dict[str, Value], ins: np.ndarray, block_frames: int = 64) -> np.ndarray:
    desk = Offline(CONSOLE, SENT | values, block_frames)
    assert desk.faults == []
    return desk.run(ins)


def click(at: int = 1000, frames: int = 24_000) -> np.ndarray:
    ins = np.zeros((frames, 2), np.float32)
    ins[at, 0] = 0.5
    return ins


def first(sound: np.ndarray) -> int:
    """The first frame louder than -60 dBFS."""
    return int(np.flatnonzero(np.abs(sound) > 1e-3)[0])


@pytest.mark.parametrize("block_frames", [1, 64, 127])
def test_an_echo_is_on_time_in_its_slot_and_a_quantum_later_on_its_return(block_frames: int) -> None:
    sound = play(ECHO, click(), block_frames)
    assert first(sound[:, 2]) == 1000
    assert first(sound[:, 3]) == 1000 + 4800
    assert first(sound[:, 4]) == 1000 + 9600
    assert first(sound[:, 5]) == first(sound[:, 0]) == 1000 + 4800 + LATE
    assert first(sound[:, 1]) == 1000 + 9600 + LATE


def test_a_slot_that_is_off_is_silent_and_its_mix_lets_the_dry_sound_through() -> None:
    assert not play({}, click())[:, [0, 1, 3, 4]].any()
    dry = play({"fx/1/type": "reverb", "fx/1/mix": 0.0}, click())
    np.testing.assert_array_equal(dry[:, 3], dry[:, 2])  # bit for bit what the bus sends
    np.testing.assert_array_equal(dry[LATE:, 5], dry[:-LATE, 2])


@pytest.mark.parametrize(("bpm", "frames"), [(120.0, 24_000), (240.0, 12_000), (90.0, 32_000)])
def test_a_synced_echo_follows_the_tempo(bpm: float, frames: int) -> None:
    values = ECHO | {"tempo": bpm, "fx/1/delay/sync": 1, "fx/1/delay/division_l": "1/4"}
    assert first(play(values, click(1000, 48_000))[:, 3]) == 1000 + frames


def test_a_return_without_width_is_mono_and_with_twice_the_width_has_more_side() -> None:
    noise = np.random.default_rng(6).uniform(-0.3, 0.3, (24_000, 2)).astype(np.float32)
    sides = {}
    for width in (0.0, 100.0, 200.0):
        sound = play({"fx/1/type": "reverb", "return/1/width": width}, noise)[9600:, :2].astype(float)
        sides[width] = np.sqrt(np.mean((sound[:, 0] - sound[:, 1]) ** 2))
    assert sides[0.0] < 1e-7  # rounding
    assert sides[200.0] == pytest.approx(2.0 * sides[100.0], rel=1e-6)


def test_the_reverb_of_the_desk_decays_in_the_time_it_is_told() -> None:
    noise = np.zeros((96_000, 2), np.float32)
    noise[:9600, 0] = np.random.default_rng(7).uniform(-0.5, 0.5, 9600)
    sound = play({"fx/1/type": "reverb", "fx/1/reverb/time": 1.0, "fx/1/reverb/damping": 0.0}, noise)[9600:, 3]
    level = 10 * np.log10(np.cumsum(sound[::-1].astype(float) ** 2)[::-1] + 1e-30)
    level -= level[0]
    five, thirty_five = (int(np.flatnonzero(level < below)[0]) for below in (-5.0, -35.0))
    # the 5 % of ISO 3382-1 within the network itself (tests/dsp); here the burst's end and the cuts count too
    assert 2.0 * (thirty_five - five) / RATE_HZ == pytest.approx(1.0, rel=0.1)


def test_an_effect_that_feeds_itself_does_not_run_away() -> None:
    values = ECHO | {"fx/1/source": "return/1", "return/1/source": "fx/1", "return/1/fader": 10.0}
    noise = np.random.default_rng(8).uniform(-0.5, 0.5, (48_000, 2)).astype(np.float32)
    assert np.isfinite(play(values | {"fx/1/delay/feedback": 110.0}, noise)).all()


@pytest.mark.parametrize("kind", ["reverb", "chorus"])
def test_what_swings_begins_with_the_sound_however_long_the_silence_before(kind: str) -> None:
    """So a render and a live desk, which has been running, make the same of a session."""
    noise = np.random.default_rng(9).uniform(-0.3, 0.3, (4800, 2)).astype(np.float32)
    values: dict[str, Value] = {"fx/1/type": kind, "fx/1/reverb/modulation": 100.0, "fx/1/chorus/depth": 100.0}
    takes = []
    for silence in (0, 12_345):
        ins = np.concatenate([np.zeros((silence, 2), np.float32), noise])
        takes.append(play(values, ins)[silence:, 3:5])
    assert np.abs(takes[0]).max() > 0.01
    np.testing.assert_array_equal(takes[1], takes[0])
