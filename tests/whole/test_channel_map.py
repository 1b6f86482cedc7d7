"""The card's callback: a device of other channels than the console's plays its channels' bits, and tells its period."""

import numba
import numpy as np
import pytest

from dsp.core import rt, standing
from studiod.engine.engine import size_of
from studiod.host.offline import Offline
from studiod.realtime import card
from studiod.realtime import layout as r
from studiod.realtime.interface import PERIOD
from studiod.realtime.rack import Rack
from studiod.registry.registry import Console

RATE_HZ, FRAMES, TURN = 48_000, 6000, 7
INPUTS, OUTPUTS = 5, 4
SCENE: dict[str, object] = {
    "ch/1/source": "input/5", "ch/2/source": "input/1", "ch/2/pan": -40.0, "output/1/source": "input/2",
    "output/2/source": "main/l", "output/3/source": "main/r", "output/4/source": "input/4",
}  # fmt: skip


def desk() -> Offline:
    return Offline(Console(INPUTS, OUTPUTS, channels=3, buses=2), SCENE)


def noise(lanes: int) -> np.ndarray:
    return np.random.default_rng(lanes).uniform(-0.5, 0.5, (FRAMES, lanes)).astype(np.float32)


def fitted(sound: np.ndarray, lanes: int) -> np.ndarray:
    """The first lanes of it, and silence for those that it lacks."""
    out = np.zeros((len(sound), lanes), np.float32)
    both = min(lanes, sound.shape[1])
    out[:, :both] = sound[:, :both]
    return out


def through_the_card(sound: np.ndarray, outputs: int, block: int, turn: int = TURN) -> tuple[np.ndarray, Offline]:
    """What a device of so many channels hears, called by blocks; no inputs: it gives none, as an address of 0."""
    offline = desk()
    offline.rack.put(r.GENERATION, turn)
    table, blocks = card.table_for(offline.rack, TURN, sound.shape[1], outputs)
    heard = np.full((FRAMES, outputs), np.nan, np.float32)
    for at in range(0, FRAMES, block):
        given, wanted = np.ascontiguousarray(sound[at : at + block]), heard[at : at + block]
        source = given.ctypes.data if sound.shape[1] else 0
        card.serve(table, source, wanted.ctypes.data, len(wanted), at * 1_000_000_000 // RATE_HZ, 0)
    assert len(blocks) == 2
    return heard, offline


@pytest.mark.parametrize("block", [1, 64, 127, card.PIECE, 4096])
@pytest.mark.parametrize(("inputs", "outputs"), [(5, 4), (2, 2), (0, 1), (8, 4), (5, 9), (64, 64)])
def test_device_channel_k_is_the_consoles_k_to_the_bit_and_the_others_are_silent(
    inputs: int, outputs: int, block: int
) -> None:
    sound = noise(inputs)
    heard, _ = through_the_card(sound, outputs, block)
    expected = fitted(desk().run(fitted(sound, INPUTS)), outputs)
    np.testing.assert_array_equal(heard, expected)
    assert heard[:, 0].any() == (inputs >= 2), "input/2 is heard where there is one"


def test_a_card_whose_turn_it_is_not_plays_silence_and_touches_nothing() -> None:
    heard, offline = through_the_card(noise(INPUTS), OUTPUTS, 64, turn=TURN + 1)
    assert not heard.any()
    assert offline.frame == 0


# -- the period ------------------------------------------------------------------------------------------


class Device:
    """A device that calls at given times, in ns of the card's own clock."""

    def __init__(self) -> None:
        self.rack = desk().rack
        self.table, _ = card.table_for(self.rack, TURN, 0, 2)
        self.now_ns = int(self.table[card.BEGAN_NS])
        self.timely: list[bool] = []

    def period(self, frames: int, block: int, lasts_s: float | None = None, busy: float = 0.1) -> None:
        """Ask for a period's sound, block by block, each taking a share of its own time; then wait until it is over."""
        for _ in range(0, frames, block):
            self.timely.append(bool(card.take(self.table, self.rack.base, RATE_HZ, self.now_ns, block)))
            self.now_ns += int(busy * block / RATE_HZ * 1e9)
        lasts_s = frames / RATE_HZ if lasts_s is None else lasts_s
        self.now_ns += int(max(lasts_s - busy * frames / RATE_HZ, 0.0) * 1e9)

    @property
    def told(self) -> int:
        return self.rack.get(PERIOD)


@pytest.mark.parametrize("busy", [0.02, 0.8], ids=lambda busy: f"load {busy}")
@pytest.mark.parametrize("frames", [64, 256, 4096, 8192])
def test_the_period_is_what_the_device_takes_in_one_go_whatever_the_block(frames: int, busy: float) -> None:
    device = Device()
    assert device.told == 0
    for _ in range(5):
        device.period(frames, 64, busy=busy)
        assert device.told == frames
    if busy < 0.5:
        assert sum(device.timely) == 5, "the clock is stamped once a period"


def test_a_longer_period_is_known_before_its_first_wait_and_a_shorter_one_after_two() -> None:
    device = Device()
    for _ in range(20):
        device.period(64, 64)
    device.period(8192, 64)
    assert device.told == 8192
    device.period(64, 64)
    assert device.told == 8192, "the time before still counts"
    device.period(64, 64)
    assert device.told == 64


def test_what_a_late_call_adds_is_bounded() -> None:
    device, rng = Device(), np.random.default_rng(5)
    for _ in range(2000):
        late_s = abs(rng.normal(0.0, 0.2)) * 64 / RATE_HZ
        device.now_ns += int(late_s * 1e9)
        device.period(64, 64)
        device.now_ns -= int(late_s * 1e9)
        assert device.told <= 8 * 64  # ten times the lateness: 0.2 blocks, four times its deviation
    assert sum(device.timely) > 1950, "nearly all of them say what time it is"


def test_a_device_that_runs_ahead_of_the_time_has_no_endless_period() -> None:
    device = Device()
    for _ in range(3000):
        device.period(64, 64, lasts_s=64 / RATE_HZ / 11)  # JACK's freewheel
        assert device.told <= card.MOST_TAKEN + 64
    for _ in range(2 * card.MOST_TAKEN // 64):
        device.period(64, 64)
    assert device.told == 64


def test_a_device_that_rested_for_days_is_still_measured() -> None:
    device = Device()
    device.period(64, 64)
    device.now_ns += 2**63 // RATE_HZ + 10**9  # two days and a second, times the rate, is no int64
    for _ in range(3):
        device.period(256, 64)
    assert device.told == 256


def test_the_word_of_the_period_is_nobody_elses() -> None:
    offline = Offline(Console(INPUTS, OUTPUTS, channels=3, buses=2), SCENE, multitrack=True)
    rack = Rack.create(size_of(offline.console), 100, 2, capture=True, multitrack=True)
    offline.run(noise(INPUTS))
    assert r.RECORD_FRAMES < PERIOD < r.TABLE, "a word of the head"
    assert rack.get(PERIOD) == offline.rack.get(PERIOD) == 0, "that neither the making of a rack nor the graph writes"


# -- the machine code ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["take", "spread", "serve"])
def test_what_the_callback_calls_never_allocates(name: str) -> None:
    function, whole = getattr(card, name), numba.int64
    table = numba.types.Array(whole, 1, "C")
    kinds = {"take": (table, *(whole,) * 4), "spread": (whole,) * 5, "serve": (table, *(whole,) * 5)}[name]
    standing.link()
    compiled = numba.njit(**rt.OPTIONS)(function.py_func)
    compiled.compile(kinds)
    text = compiled.inspect_llvm(compiled.signatures[0])
    assert "NRT_Allocate" not in text
    assert "NRT_MemInfo_alloc" not in text
