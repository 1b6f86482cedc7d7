"""A neutral desk is a wire: what goes in comes out, sample for sample, whatever channel and rate it takes."""

import numpy as np
import pytest

from captures import BEFORE_LIMITER
from studiod.host.offline import Offline
from studiod.registry.registry import Console

TURN_FRAMES = 600  # played for each channel, after its fader has arrived


def noise_24(frames: int, lanes: int, seed: int) -> np.ndarray:
    """Seeded noise of a 24-bit converter, [frames, lanes], up to the ceiling of 1.0 itself and down to -1.0."""
    rng = np.random.default_rng(seed)
    levels = 2.0 ** rng.integers(-22, 1, (frames, lanes))
    x = np.round(rng.uniform(-1.0, 1.0, (frames, lanes)) * levels * 2.0**23) / 2.0**23
    x[::37], x[5::41] = 1.0, -1.0
    return x.astype(np.float32)


def neutral(console: Console, kind: str = "ch") -> dict[str, object]:
    """Everything at rest, each strip hard left, each channel's fader off."""
    count = console.channels if kind == "ch" else console.buses
    return BEFORE_LIMITER | {"config/pan_law": "0dB"} | {f"{kind}/{n}/pan": -100.0 for n in range(1, count + 1)}


@pytest.mark.parametrize(
    ("channels", "rate_hz"), [(8, 48000), (8, 44100), (8, 192000), (128, 48000)], ids=lambda number: str(number)
)
def test_a_neutral_channel_is_a_wire_while_all_the_others_play_into_closed_faders(channels: int, rate_hz: int) -> None:
    console = Console(inputs=channels, outputs=2, channels=channels, buses=2, rate_hz=rate_hz)
    desk = Offline(console, neutral(console))
    assert desk.faults == []
    glide = round(0.02 * rate_hz)
    for n in range(1, channels + 1):
        closed = [(f"ch/{n - 1}/fader", -90.0)] if n > 1 else []
        desk.desk.change([*closed, (f"ch/{n}/fader", 0.0)])
        x = noise_24(glide + TURN_FRAMES, channels, n)
        y = desk.run(x)
        # No tolerance: a product by 1 and a sum with zeros are exact, and float64 holds every float32.
        np.testing.assert_array_equal(y[glide:, 0], x[glide:, n - 1], f"ch/{n} at main/l")
        assert not y[glide:, 1].any(), f"ch/{n} hard left is heard on main/r"


def test_neutral_strips_in_a_row_are_a_wire_through_a_bus() -> None:
    console = Console(inputs=2, outputs=6, channels=2, buses=2)
    values = neutral(console) | neutral(console, "bus") | {"ch/1/main/on": 0, "ch/1/fader": 0.0, "bus/2/main/on": 1}
    desk = Offline(console, values | {"ch/1/send/2/level": 0.0})
    x = noise_24(4000, 2, 9)
    y = desk.run(x)
    np.testing.assert_array_equal(y[:, 0], x[:, 0], "main/l by way of bus/2")
    np.testing.assert_array_equal(y[:, 5], x[:, 0], "bus/2 at its own output")


def test_units_that_are_put_in_but_do_nothing_leave_the_wire_alone() -> None:
    console = Console(inputs=1, outputs=2, channels=1, buses=1)
    idle = {"ch/1/eq/on": 1, "ch/1/comp/on": 1, "ch/1/comp/mix": 0.0, "ch/1/fader": 0.0, "ch/1/eq/2/freq": 333.0}
    desk = Offline(console, neutral(console) | idle)
    x = noise_24(4000, 1, 10)
    np.testing.assert_array_equal(desk.run(x)[:, 0], x[:, 0])


def test_a_moved_unit_is_a_wire_again_once_it_is_back() -> None:
    console = Console(inputs=1, outputs=2, channels=1, buses=1)
    desk = Offline(console, neutral(console) | {"ch/1/fader": 0.0})
    moves = {"trim": -7.0, "polarity": 1, "hpf/on": 1, "gate/on": 1, "eq/1/gain": 9.0, "comp/on": 1, "comp/makeup": 6.0}
    x = noise_24(9600, 1, 11)
    for back in (False, True):
        params = {path: desk.registry.params[f"ch/1/{path}"] for path in moves}
        desk.desk.change([(p.path, p.rest if back else moves[path]) for path, p in params.items()])
        y = desk.run(x)
        assert np.array_equal(y[4800:, 0], x[4800:, 0]) == back  # 0.1 s: every glide and exchange has ended


@pytest.mark.parametrize("rate_hz", [44100, 48000, 192000])
@pytest.mark.parametrize("ahead_ms", [0.5, 1.5, 5.0])
def test_the_mains_are_a_wire_that_is_late_by_what_the_desk_says_limiter_on_or_off(
    rate_hz: int, ahead_ms: float
) -> None:
    console = Console(inputs=2, outputs=2, channels=2, buses=1, rate_hz=rate_hz)
    values = {"config/pan_law": "0dB", "ch/1/pan": -100.0, "ch/2/pan": 100.0, "ch/1/fader": 0.0, "ch/2/fader": 0.0}
    x = noise_24(4000, 2, 12) * np.float32(0.25)  # its true peaks stay below the ceiling
    for on in (0, 1):
        desk = Offline(console, values | {"main/limiter/on": on, "main/limiter/lookahead": ahead_ms})
        late = round(float(desk.desk.get("status/latency/limiter")) * rate_hz / 1000)
        assert late == round(ahead_ms * rate_hz / 1000) + 32  # and half of the interpolator
        y = desk.run(x)
        np.testing.assert_array_equal(y[late:], x[:-late])
        assert not y[:late].any()
