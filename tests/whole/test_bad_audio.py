"""Bad sound and crowded queues: what is no number stays out, what is too loud is clipped, no change is lost."""

import numpy as np
import pytest

from captures import BEFORE_LIMITER
from dsp import comp_frames, svf
from studiod.host.offline import Offline
from studiod.realtime import layout as r
from studiod.realtime import strip as units
from studiod.registry.registry import Console

CONSOLE = Console(inputs=3, outputs=6, channels=3, buses=2)
SCENE: dict[str, object] = {f"ch/{n}/fader": -3.0 for n in (1, 2, 3)}
SCENE |= {f"output/{n}/source": f"ch/{n}" for n in (1, 2, 3)} | {"output/4/source": "main/l"}
SCENE |= {"ch/2/hpf/on": 1, "ch/2/comp/on": 1, "ch/2/gate/on": 1, "ch/2/eq/1/gain": 6.0}
SCENE |= {"ch/1/eq/1/gain": -6.0, "ch/3/comp/on": 1, "ch/3/comp/threshold": -30.0}
NOT_NUMBERS = (np.nan, np.inf, -np.inf)


def noise(frames: int, lanes: int = 3, seed: int = 5) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((frames, lanes)) * 0.2).astype(np.float32)


@pytest.mark.parametrize("bad", NOT_NUMBERS, ids=str)
def test_what_is_no_number_at_an_input_reaches_no_output_and_no_other_channel(bad: float) -> None:
    x = noise(9600)
    clean, desk = Offline(CONSOLE, SCENE).run(x), Offline(CONSOLE, SCENE)
    x[1000:1003, 1] = bad
    x[5000, 1] = bad
    y = desk.run(x)
    assert np.isfinite(y).all()
    np.testing.assert_array_equal(y[:, [0, 2]], clean[:, [0, 2]])
    assert desk.rack.words[r.FAULTS] == 4  # one for each sample
    assert np.abs(y[6000:, 1]).max() > 0.01  # the channel itself plays on


@pytest.mark.parametrize("unit", [units.HPF_1, units.EQ_1])
def test_a_unit_that_went_wrong_is_silenced_counted_and_recovers(unit: int) -> None:
    x = noise(9600)
    clean, desk = Offline(CONSOLE, SCENE).run(x), Offline(CONSOLE, SCENE)
    first = desk.run(x[:4800])
    desk.rack.state(unit)[svf.MEMORY :, 1] = np.nan
    y = np.concatenate([first, desk.run(x[4800:])])
    assert np.isfinite(y).all()
    np.testing.assert_array_equal(y[:, [0, 2]], clean[:, [0, 2]])
    assert desk.rack.words[r.FAULTS] >= 1
    assert np.abs(y[6000:, 1]).max() > 0.01


def test_a_compressor_whose_detector_went_wrong_plays_on() -> None:
    x = noise(9600)
    clean, desk = Offline(CONSOLE, SCENE).run(x), Offline(CONSOLE, SCENE)
    first = desk.run(x[:4800])
    desk.rack.state(units.COMP)[[comp_frames.MS0, comp_frames.MS], 1] = np.nan
    y = np.concatenate([first, desk.run(x[4800:])])
    assert np.isfinite(y).all()
    np.testing.assert_array_equal(y[:, [0, 2]], clean[:, [0, 2]])
    # 0.05 s: ten averaging times of the detector; what is left is the attack's memory of the gap, under 0.1 dB
    np.testing.assert_allclose(y[7200:, 1], clean[7200:, 1], atol=0.01 * np.abs(clean[:, 1]).max())


def test_a_bad_input_is_heard_nowhere_after_the_fault_but_as_a_short_gap() -> None:
    console = Console(inputs=1, outputs=2, channels=1, buses=1)
    desk = Offline(console, BEFORE_LIMITER | {"config/pan_law": "0dB", "ch/1/fader": 0.0})
    x = noise(960, 1)
    y_clean = x[:, 0].copy()
    x[100] = np.nan
    y_clean[100] = 0.0
    np.testing.assert_array_equal(desk.run(x)[:, 0], y_clean)


@pytest.mark.parametrize("ceiling_db", [0.0, -0.3, -12.0])
def test_an_output_driven_to_plus_6_dbfs_clips_at_its_ceiling_and_never_wraps(ceiling_db: float) -> None:
    console = Console(inputs=1, outputs=2, channels=1, buses=1)
    values = BEFORE_LIMITER | {
        "config/pan_law": "0dB",
        "ch/1/fader": 0.0,
        "ch/1/trim": 6.0,
        "output/1/ceiling": ceiling_db,
    }
    desk = Offline(console, BEFORE_LIMITER | values)
    x = np.sin(2 * np.pi * 997.0 * np.arange(4800) / 48000.0).astype(np.float32)[:, None]
    y = desk.run(x)[:, 0]
    top = np.float32(10.0 ** (float(np.float32(ceiling_db)) / 20.0))
    assert y.max() == top
    assert y.min() == -top
    driven = x[:, 0].astype(np.float64) * 10.0 ** (6.0 / 20.0)
    np.testing.assert_array_equal(y, np.clip(driven, -float(top), float(top)).astype(np.float32))
    np.testing.assert_array_equal(desk.run(x)[:, 1], np.clip(driven, -1.0, 1.0).astype(np.float32))


# -- the queue ------------------------------------------------------------------------------------------

BIG = Console(inputs=1, outputs=128, channels=128, buses=8)


def big_scene() -> dict[str, object]:
    scene: dict[str, object] = {f"ch/{n}/source": "input/1" for n in range(1, 129)}
    return (
        scene | {f"output/{n}/source": f"ch/{n}" for n in range(1, 129)} | {f"ch/{n}/fader": 0.0 for n in range(1, 129)}
    )


def first_apart(y: np.ndarray, quiet: np.ndarray) -> np.ndarray:
    """For each output the first frame at which two runs differ; -1 for never."""
    apart = y != quiet
    return np.where(apart.any(axis=0), apart.argmax(axis=0), -1)


def test_a_thousand_changes_of_one_transaction_land_on_one_sample() -> None:
    x = noise(4800, 1)
    desk, still = Offline(BIG, big_scene(), 100), Offline(BIG, big_scene(), 100)
    changes: list[tuple[str, object]] = [(f"ch/{n}/trim", -6.0) for n in range(1, 129)]
    changes += [(f"ch/{n}/send/{m}/level", -5.0) for n in range(1, 129) for m in range(1, 8)]
    assert len(changes) >= 1000
    desk.desk.change_at(changes, 1777)
    apart = first_apart(desk.run(x), still.run(x))
    # bit for bit the same until the frame before, and every channel apart within the first frames of its glide
    assert set(apart) == {1777}


def test_frames_out_of_order_apply_in_order_of_time() -> None:
    x = noise(4800, 1)
    frames = [3333, 40, 2222, 1111, 3000, 555]
    desk, still = Offline(BIG, big_scene()), Offline(BIG, big_scene())
    for n, frame in enumerate(frames, 1):
        desk.desk.change_at([(f"ch/{n}/trim", -6.0)], frame)
    apart = first_apart(desk.run(x), still.run(x))
    assert list(apart[: len(frames)]) == frames
    assert set(apart[len(frames) :]) == {-1}


def test_more_transactions_than_headers_all_arrive_in_order() -> None:
    count = r.HEADERS + 300
    desk = Offline(BIG, big_scene(), 64)
    desk.desk.set("ch/2/trim", -1.0)
    for k in range(count):
        desk.desk.change([(f"ch/{k % 128 + 1}/fader", -float(k // 128 + 1))])
    assert desk.engine.pump() > 0  # more than fits: the rest waits with the desk
    desk.run(noise(4800, 1))
    assert desk.engine.pump() == 0
    heard = Offline(BIG, big_scene() | {path: v for path, v in desk.desk.values.items() if path.endswith("/fader")})
    heard.desk.set("ch/2/trim", -1.0)
    heard.run(noise(4800, 1))
    x = noise(480, 1, 8)
    np.testing.assert_array_equal(desk.run(x), heard.run(x))


def test_a_transaction_larger_than_the_room_waits_whole_and_none_is_lost() -> None:
    desk = Offline(BIG, big_scene())
    post, later = desk.engine, 2000
    values, everything = desk.desk.values, dict.fromkeys(desk.desk.values, 0)
    post.post(everything, values, later)  # holds its room until its frame
    for _ in range(r.ENTRIES // post._posted[-1][2]):
        post.post(everything, values, later)
    waiting = post.pump()
    assert waiting > 0
    desk.desk.change_at([("ch/5/trim", -20.0)], 0)
    assert post.pump() > waiting  # keeps its place behind the others
    x = noise(4800, 1)
    y, still = desk.run(x), Offline(BIG, big_scene()).run(x)
    assert post.pump() == 0
    apart = first_apart(y, still)
    assert apart[4] >= later
    assert set(np.delete(apart, 4)) == {-1}
    assert (
        abs(20 * np.log10(np.abs(y[4000:, 4]).max() / np.abs(still[4000:, 4]).max()) + 20.0) < 0.01
    )  # it arrived whole
