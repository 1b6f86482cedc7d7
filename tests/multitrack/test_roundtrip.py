"""The round trip: what is found of a sweep, and that a measured desk is as it was before."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import servers
from dsp import source
from studiod.multitrack import roundtrip
from studiod.multitrack.roundtrip import CLEAR, GAP_S, Roundtrip, agreed, found, sweep, twice
from studiod.realtime import multitrack as graph_ends
from studiod.registry.param import Refusal, Value
from tape_rig import RATE_HZ, SETTLED, Rig, armed, noise

SWEEP = sweep(RATE_HZ)


def shifted(sound: np.ndarray, frames: float, length: int) -> np.ndarray:
    """The sound that many frames later, fractions too."""
    spectrum = np.fft.rfft(sound, 2 * length)
    at = np.arange(len(spectrum)) / (2 * length)
    return np.fft.irfft(spectrum * np.exp(-2j * np.pi * at * frames))[:length]


@pytest.mark.parametrize("frames", [0.0, 1.0, 63.5, 191.25, 4801.8])
@pytest.mark.parametrize("gain", [1.0, -0.05])
def test_a_sweep_is_found_to_a_fraction_of_a_frame(frames: float, gain: float) -> None:
    # at -26 dB and turned over, in noise 10 dB above it
    heard = gain * shifted(SWEEP, frames, 60_000) + 0.02 * noise(60_000, 1)[:, 0]
    at, clear = found(heard, SWEEP)
    assert at == pytest.approx(frames, abs=1 / roundtrip.FINE + 0.01)  # a step, and what the noise moves it by
    assert clear > CLEAR


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_found_where_nothing_is(seed: int) -> None:
    for heard in (noise(60_000, 1, seed)[:, 0], np.zeros(60_000, np.float32)):
        assert found(heard, SWEEP)[1] < CLEAR


DEMO = sorted((servers.ROOT / "config" / "demo").glob("*.flac"))


@pytest.mark.parametrize("file", DEMO, ids=lambda file: file.stem)
def test_music_on_the_input_is_no_sweep_and_hides_none(file: Path) -> None:
    music, rate_hz = sf.read(str(file), dtype="float32")
    assert rate_hz == RATE_HZ
    music = np.resize(music if music.ndim == 1 else music[:, 0], 20 * RATE_HZ)
    gap = round(GAP_S * RATE_HZ)
    probe = twice(SWEEP, gap)
    for start in range(0, 18 * RATE_HZ, 4 * RATE_HZ + 1234):
        heard = music[start : start + len(probe) + RATE_HZ].copy()
        assert agreed(heard, SWEEP, gap)[1] < CLEAR
        heard[500 : 500 + len(probe)] += 0.5 * probe / max(np.abs(SWEEP).max(), 1e-9) * max(np.abs(heard).max(), 0.1)
        at, clear = agreed(heard, SWEEP, gap)
        assert clear == 0.0 or at == pytest.approx(500, abs=0.2)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.close()


def measured(rig: Rig, cable: bool, out: int = 2, back: int = 2) -> list[tuple[Value, ...]]:
    """What a measurement answers.  Raises Refusal."""
    job = Roundtrip(rig.machine, rig.offline.engine)
    frame = job.begin(out, back)
    end = frame + len(job.probe) + RATE_HZ
    rig.run(end - rig.machine.now, loop=cable)
    try:
        return list(job.finish(*agreed(job.heard(frame, end), SWEEP, job.gap), out, back, "me"))
    finally:
        rig.run(SETTLED)


def test_a_cable_is_as_long_as_the_block_that_it_takes(rig: Rig) -> None:
    before = dict(rig.desk.values)
    armed_before = rig.rack.state(graph_ends.PATCH_REC).copy()
    (answer,) = measured(rig, cable=True)
    assert rig.desk.get("recorder/offset") == pytest.approx(64.0, abs=0.02)
    assert answer == ("recorder/measure", 2, 2, rig.desk.get("recorder/offset"))
    assert {path for path in before if rig.desk.values[path] != before[path]} == {"recorder/offset"}
    base = graph_ends.PATCH_REC
    wired = slice(source.BASE, source.DELAY + 1)
    np.testing.assert_array_equal(rig.rack.state(base)[wired], armed_before[wired])
    sound = noise(9600, 4)
    armed(rig, 2)
    rig.desk.set("output/2/source", "input/2")
    rig.run(SETTLED)
    np.testing.assert_array_equal(rig.run(sound)[:, 1], sound[:, 1])


def test_an_output_that_plays_the_mains_is_later_by_their_limiter(rig: Rig) -> None:
    rig.desk.set("output/2/source", "main/l")
    measured(rig, cable=True)
    late = rig.offline.engine.late_frames("main/l")
    assert late > 0
    assert rig.desk.get("recorder/offset") == pytest.approx(64.0 + late, abs=0.02)


def test_without_a_cable_nothing_is_measured_and_it_is_told(rig: Rig) -> None:
    rig.desk.set("recorder/offset", 7.0)
    with pytest.raises(Refusal, match="no sweep came back from output 2 to input 2; is the cable in") as told:
        measured(rig, cable=False)
    assert rig.desk.get("recorder/offset") == 7.0
    assert rig.desk.get("recorder/alarm") == str(told.value)


def test_a_multitrack_that_rolls_is_not_measured(rig: Rig) -> None:
    Roundtrip(rig.machine, rig.offline.engine)
    with pytest.raises(Refusal, match="the input is out of range"):
        rig.do("recorder/measure", 1, 9)
    rig.desk.set("transport/state", "play")
    with pytest.raises(Refusal, match="the multitrack is busy"):
        rig.do("recorder/measure", 1, 1)


def test_a_way_round_that_no_offset_can_hold_is_told_and_the_desk_is_as_it_was(rig: Rig) -> None:
    job = Roundtrip(rig.machine, rig.offline.engine)
    rig.desk.set("recorder/offset", 7.0)
    job.begin(2, 2)
    with pytest.raises(Refusal, match="the way round is too long"):
        job.finish(48_001.0, 100.0, 2, 2, "me")
    assert rig.desk.get("recorder/offset") == 7.0
    alarm = str(rig.desk.get("recorder/alarm"))
    told = "the way round is too long; expected -48000 to 48000 frames; got 48001 frames"
    assert alarm == f"recorder/measure: {told}"
    job.begin(2, 2)
    job.finish(64.0, 100.0, 2, 2, "me")
    assert (rig.desk.get("recorder/offset"), rig.desk.get("recorder/alarm")) == (64.0, "")
