"""The monitor: what it plays, how loud and on which side; solos, talkback, speakers, other places."""

import os

import numpy as np
import pytest
from scipy.signal import freqz

from dsp import svf
from studiod.engine import monitor_models
from studiod.host.offline import Offline
from studiod.registry.registry import Console, Value

CONSOLE = Console(2, 8, 2, 2, returns=1, matrices=2)
RATE_HZ = 48_000
# ch 1 (0.5) on the left at -6 dB, ch 2 (0.25) on the right at 0 dB; DC, so that a level is a number
BASE: dict[str, Value] = {
    "config/pan_law": "0dB", "ch/1/pan": -100.0, "ch/2/pan": 100.0, "ch/1/fader": -6.0, "ch/2/fader": 0.0,
    "monitor/level": 0.0, "monitor/source": "main/pre_limiter", "output/5/source": "bus/1",
    "output/6/source": "matrix/1",
}  # fmt: skip
HALF = 0.5 * 10.0 ** (-6.0 / 20.0)
CLOSE = 1e-7  # float32 at the outputs


def heard(values: dict[str, Value], *volatile: str) -> np.ndarray:
    """What the outputs rest at."""
    offline = Offline(CONSOLE, BASE | values)
    assert offline.faults == []
    for path in volatile:
        offline.desk.set(path, 1)
    out = offline.run(np.tile(np.float32([0.5, 0.25]), (9600, 1)))[-1]
    os.close(offline.rack.fd)
    return out


def sides(values: dict[str, Value], *volatile: str) -> list[float]:
    return heard(values, *volatile)[2:4].tolist()


@pytest.mark.parametrize(("values", "left", "right"), [
    ({}, HALF, 0.25),
    ({"monitor/level": -20.0}, 0.1 * HALF, 0.025),
    ({"monitor/level": -90.0}, 0.0, 0.0),
    ({"monitor/mute": 1}, 0.0, 0.0),
    ({"monitor/dim": 1}, 0.1 * HALF, 0.025),
    ({"monitor/dim": 1, "monitor/dim_level": -40.0}, 0.01 * HALF, 0.0025),
    ({"monitor/swap": 1}, 0.25, HALF),
    ({"monitor/mono": 1}, 0.5 * (HALF + 0.25), 0.5 * (HALF + 0.25)),
    ({"monitor/speaker": "b", "monitor/trim/b": -20.0}, 0.1 * HALF, 0.025),
    ({"monitor/trim/b": -20.0}, HALF, 0.25),
    ({"monitor/source": "input/1"}, 0.5, 0.5),
    ({"monitor/source": "none"}, 0.0, 0.0),
])  # fmt: skip
def test_the_monitor_plays_its_source_as_it_is_told(values: dict[str, Value], left: float, right: float) -> None:
    assert sides(values) == pytest.approx([left, right], abs=CLOSE)


@pytest.mark.parametrize(("values", "solos", "left", "right"), [
    ({}, ["ch/1"], 0.5, 0.5),  # before the fader, in the middle
    ({"ch/1/mute": 1}, ["ch/1"], 0.5, 0.5),
    ({"solo/ch_mode": "afl"}, ["ch/1"], HALF, 0.0),  # behind it, in its place
    ({"solo/ch_mode": "afl", "ch/1/mute": 1}, ["ch/1"], 0.0, 0.0),
    ({"solo/ch_mode": "afl"}, ["ch/1", "ch/2"], HALF, 0.25),
    ({"monitor/solo_trim": -18.0}, ["ch/1"], 0.5 * 10.0**-0.9, 0.5 * 10.0**-0.9),
    ({"monitor/dim": 1}, ["ch/1"], 0.05, 0.05),
    ({"ch/1/link": 1, "ch/2/fader": -6.0}, ["ch/2"], 0.5, 0.25),  # a pair is heard as one
    ({"bus/1/fader": -6.0, "ch/1/send/1/level": 0.0}, ["bus/1"], HALF * HALF / 0.5, HALF * HALF / 0.5),
    ({"bus/1/fader": -6.0, "ch/1/send/1/level": 0.0, "solo/bus_mode": "pfl"}, ["bus/1"], HALF, HALF),
    ({"solo/ch_mode": "sip"}, ["ch/2"], 0.0, 0.25),  # the mains, without channel 1
    ({"solo/ch_mode": "sip", "ch/1/solo_safe": 1}, ["ch/2"], HALF, 0.25),
])  # fmt: skip
def test_a_solo_is_heard_as_its_mode_says(
    values: dict[str, Value], solos: list[str], left: float, right: float
) -> None:
    assert sides(values, *(f"{strip}/solo" for strip in solos)) == pytest.approx([left, right], abs=CLOSE)


def test_a_solo_is_heard_on_the_monitor_alone() -> None:
    for mode in ("pfl", "afl"):
        values: dict[str, Value] = {"solo/ch_mode": mode, "output/1/source": "main/pre_limiter/l"}
        assert heard(values, "ch/2/solo")[0] == heard(values)[0] != 0.0


def test_the_talkback_reaches_what_it_is_sent_to_and_dims_the_monitor() -> None:
    talk: dict[str, Value] = {"talkback/source": "input/2", "talkback/level": -20.0, "talkback/to/bus/1": 1,
                              "bus/1/send/1/level": 0.0}  # fmt: skip
    assert heard(talk)[4] == 0.0
    out = heard(talk, "talkback/on")
    assert out[[4, 5]] == pytest.approx([0.025, 0.025], abs=CLOSE)
    assert out[2] == pytest.approx(0.1 * HALF, abs=CLOSE)
    assert heard(talk | {"talkback/dim": 0}, "talkback/on")[2] == pytest.approx(HALF, abs=CLOSE)
    mains = heard(talk | {"talkback/to/main": 1, "output/1/source": "main/pre_limiter/l"}, "talkback/on")
    assert mains[0] == pytest.approx(HALF + 0.025, abs=CLOSE)


def test_an_output_of_a_speaker_plays_while_its_speaker_does() -> None:
    pair: dict[str, Value] = {"output/7/source": "monitor/l", "output/7/speaker": "b", "output/3/speaker": "a"}
    assert heard(pair)[[2, 6]] == pytest.approx([HALF, 0.0], abs=CLOSE)
    assert heard(pair | {"monitor/speaker": "b"})[[2, 6]] == pytest.approx([0.0, HALF], abs=CLOSE)


@pytest.mark.parametrize("name", monitor_models.PLACES)
def test_another_place_is_exactly_the_filters_and_the_width_of_its_model(name: str) -> None:
    offline = Offline(CONSOLE, BASE | {"monitor/source": "input/1", "monitor/translate": name})
    impulse = np.zeros((RATE_HZ // 2, 2), np.float32)
    impulse[100, 0] = 0.25
    out = offline.run(impulse)[100:, 2].astype(float) / 0.25
    os.close(offline.rack.fd)
    hz = np.geomspace(20.0, 18_000.0, 60)
    want = np.ones(len(hz))
    for kind, freq, q, level in monitor_models.PLACES[name].bands:
        g, k, m0, m1, m2 = svf.aim(kind, freq, q, level, RATE_HZ)
        # the filter's own transfer function: bilinear s = (z - 1) / (z + 1) / g
        z = np.exp(2j * np.pi * hz / RATE_HZ)
        s = (z - 1.0) / (z + 1.0) / g
        want = want * np.abs((1.0 + m0) + (m1 * s + m2) / (s * s + k * s + 1.0))
    _, got = freqz(out, worN=hz, fs=RATE_HZ)
    loud = want > 1e-3  # below, the rounding of float32 outputs is heard
    # 0.01 dB: half a second of an impulse, float32
    assert 20.0 * np.log10(np.abs(got) / want)[loud] == pytest.approx(np.zeros(loud.sum()), abs=0.01)


def test_the_width_of_another_place_mixes_the_sides() -> None:
    width = monitor_models.PLACES["earbuds"].width
    assert width == 1.0
    assert monitor_models.PLACES["phone"].width == 0.0
    low, high = sides({"monitor/translate": "phone"})
    assert low == pytest.approx(high, abs=CLOSE)


def test_the_solo_and_monitor_meters_read_what_is_played() -> None:
    offline = Offline(CONSOLE, BASE)
    offline.run(np.tile(np.float32([0.5, 0.25]), (9600, 1)))
    levels, _ = offline.engine.meters("monitor", -1)
    assert levels == pytest.approx(20.0 * np.log10([HALF, 0.25]), abs=1e-3)
    assert len(offline.engine.meters("matrix", -1)[0]) == 2
    os.close(offline.rack.fd)
