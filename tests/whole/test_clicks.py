"""Nothing that is moved or thrown clicks: a loud sine through the whole desk stays a sine.

The measure: what an input sine of 1 kHz at 0 dBFS leaves above 4 kHz at the outputs (Butterworth, 12th order).
"""

import os
from functools import cache

import numpy as np
import pytest
from scipy.signal import butter, fftconvolve, firwin, sosfilt

from captures import BEFORE_LIMITER
from studiod.host.offline import Offline
from studiod.memory.scene_format import Move
from studiod.registry.registry import Console, Param, Registry, Value

RATE = 48000
CONSOLE = Console(2, 8, 2, 2, returns=1, matrices=2, dcas=1, mute_groups=1)
REGISTRY = Registry(CONSOLE)
LIMIT_DBFS = -80.0  # the promise
STEP_S = 0.16  # between two moves: ten times the longest glide or exchange
HEADROOM_DB = (
    20.0  # outputs turned down, the trace turned up by the same: a filter may overshoot, the ceiling must not clip
)
HIGH_PASS = butter(12, 4000.0, "high", fs=RATE, output="sos")

BASE: dict[str, Value] = {"ch/1/fader": 0.0, "ch/1/send/1/level": 0.0, "ch/1/send/2/level": 0.0, "monitor/level": 0.0}
BASE |= {"output/7/source": "matrix/1", "output/8/source": "matrix/2", "bus/1/send/1/level": 0.0}
SILENT = ("colour", "automation", "safe", "arm")  # last parts of paths that are for eyes
# Where a parameter's upper end would drive the sine into the ceiling (whose clipping is its job), it moves up to this.
CLEAN_HIGH = {"fader": 0.0, "level": 0.0, "trim": 0.0, "gain": 0.0, "makeup": 0.0}
FED: dict[str, Value] = {"fx/1/source": "input/1", "return/1/source": "fx/1", "ch/1/main/on": 0}
NEEDS: dict[str, dict[str, Value]] = {  # pattern: what else is set; {} is the strip
    "{ch,bus,return}/*/hpf/**": {"{}/hpf/on": 1, "{}/hpf/freq": 300.0},
    "ch/*/gate/**": {"{}/gate/on": 1, "{}/gate/threshold": -20.0},
    "{ch,bus,return}/*/lpf/**": {"{}/lpf/on": 1, "{}/lpf/freq": 2000.0},
    "{ch,bus,matrix}/*/delay/*": {"{}/delay/on": 1, "{}/delay/time": 5.3},
    "main/delay/*": {"{}/delay/on": 1, "{}/delay/time": 5.3},
    # a detector that another key sets off moves at its own pace, which is slow here
    "ch/*/gate/key": {"{}/gate/range": 3.0, "{}/gate/attack": 120.0, "{}/gate/release": 400.0},
    "ch/*/gate/filter/*": {"{}/gate/range": 3.0, "{}/gate/attack": 120.0, "{}/gate/release": 400.0},
    **{f"ch/*/gate/{path}": {"{}/gate/filter/on": 1, "{}/gate/threshold": -40.0} for path in ("filter/*", "listen")},
    "ch/*/gate/range": {"{}/gate/threshold": 0.0, "{}/trim": -6.0},
    "ch/*/gate/mode": {"{}/gate/threshold": 0.0, "{}/trim": -6.0},
    "{ch,bus,matrix}/*/comp/**": {"{}/comp/on": 1, "{}/comp/threshold": -30.0, "{}/eq/2/gain": -12.0},
    "main/comp/**": {"{}/comp/on": 1, "{}/comp/threshold": -30.0, "{}/eq/2/gain": -12.0},
    **{
        f"{kind}/comp/{path}": {"{}/comp/ratio": 1.3, "{}/comp/attack": 250.0, "{}/comp/release": 400.0}
        for kind in ("{ch,bus,matrix}/*", "main")
        for path in ("key", "filter/*")
    },
    **{
        f"{kind}/comp/{path}": {"{}/comp/filter/on": 1}
        for kind in ("{ch,bus,matrix}/*", "main")
        for path in ("filter/*", "listen")
    },
    "{ch,bus,return,matrix}/*/eq/on": {"{}/eq/2/gain": -12.0},
    "main/eq/on": {"{}/eq/2/gain": -12.0},
    **{f"{{ch,bus,return,matrix}}/*/eq/{b}/*": {f"{{}}/eq/{b}/gain": -12.0} for b in range(1, 7)},
    **{f"main/eq/{b}/*": {f"{{}}/eq/{b}/gain": -12.0} for b in range(1, 7)},
    "{ch,bus,matrix}/1/balance": {"{}/link": 1},
    "ch/1/send/*/{pan,follow}": {"bus/1/link": 1, "{}/send/1/follow": 0, "{}/pan": -50.0, "{}/send/1/pan": 50.0},
    "ch/1/send/*/tap": {"{}/fader": -6.0, "{}/eq/2/gain": -12.0},
    "bus/1/{pan,link,balance}": {"{}/main/on": 1, "ch/1/main/on": 0},
    "bus/1/main/on": {"ch/1/main/on": 0},
    "return/**": {"return/1/source": "input/1"},
    "return/*/send/*/{pan,follow}": {
        "bus/1/link": 1,
        "{}/send/1/follow": 0,
        "{}/balance": -50.0,
        "{}/send/1/pan": 50.0,
    },
    "fx/**": FED,
    "fx/*/reverb/*": {"{}/type": "reverb"},
    "fx/*/delay/*": {"{}/type": "delay"},
    "fx/*/{mix,source}": {"{}/type": "delay"},
    "fx/*/delay/division_*": {"{}/delay/sync": 1},
    "fx/*/chorus/*": {"{}/type": "chorus"},
    "tempo": FED | {"fx/1/type": "delay", "fx/1/delay/sync": 1},
    "bus/1/send/*/{pan,follow}": {"matrix/1/link": 1, "{}/send/1/follow": 0, "{}/pan": -50.0, "{}/send/1/pan": 50.0},
    "bus/1/send/*/tap": {"{}/fader": -6.0, "{}/eq/2/gain": -12.0},
    "main/send/*/*": {"main/send/1/level": 0.0, "bus/1/send/1/on": 0},
    "main/send/*/{pan,follow}": {
        "matrix/1/link": 1,
        "{}/send/1/follow": 0,
        "{}/send/1/pan": 50.0,
        "{}/send/1/tap": "input",
    },
    "{ch,bus,return,matrix}/*/dca/1": {"dca/1/fader": -6.0},
    "main/dca/1": {"dca/1/fader": -6.0},
    "{ch,bus,return,matrix}/*/mutegroup/1": {"mutegroup/1/on": 1},
    "main/mutegroup/1": {"mutegroup/1/on": 1},
    "dca/1/*": {"ch/1/dca/1": 1},
    "mutegroup/1/on": {"ch/1/mutegroup/1": 1},
    "monitor/dim_level": {"monitor/dim": 1},
    "monitor/{mono,swap}": {"main/balance": -40.0},
    "monitor/speaker": {"monitor/trim/b": -6.0},
    "talkback/**": {
        "talkback/source": "input/1",
        "talkback/level": 0.0,
        "talkback/to/bus/1": 1,
        "talkback/to/main": 1,
        "ch/1/fader": -90.0,
        "ch/1/send/1/level": -90.0,
    },
    "ch/1/automix/weight": {"automix/on": 1, "ch/1/automix/on": 1, "ch/2/automix/on": 1, "ch/2/source": "input/1"},
    "automix/on": {"ch/1/automix/on": 1, "ch/2/automix/on": 1, "ch/2/source": "input/1"},
    "ch/1/automix/on": {"automix/on": 1, "ch/2/automix/on": 1, "ch/2/source": "input/1"},
    "*/1/insert/*": FED | {"{}/insert/fx": "1", "fx/1/type": "delay", "fx/1/delay/time_l": 5.3},
    "main/insert/*": FED | {"{}/insert/fx": "1", "fx/1/type": "delay", "fx/1/delay/time_l": 5.3, "ch/1/main/on": 1},
    "*/1/insert/position": {"{}/fader": -6.0},
    "config/mute_pre": {"ch/1/mute": 1, "ch/1/send/1/tap": "pre_fader"},
    "output/1/tap": {"main/fader": -6.0, "main/eq/2/gain": -12.0},
}
# A ceiling is left out: it shapes only what it clips.
THROWN = [
    param.path
    for pattern in (
        "ch/1/**",
        "bus/1/**",
        "return/1/**",
        "matrix/1/**",
        "{dca,mutegroup}/1/**",
        "solo/**",
        "monitor/**",
        "talkback/**",
        "automix/on",
        "fx/1/**",
        "tempo",
        "transport/soundcheck",
        "main/**",
        "output/1/**",
        "output/mute",
        "config/**",
    )
    for param in REGISTRY.match(pattern)
    if param.kind != "text" and "read-only" not in param.flags and not param.path.endswith((*SILENT, "ceiling"))
]


def decibels(x: np.ndarray | float) -> np.ndarray:
    return 20.0 * np.log10(np.maximum(np.abs(x), 1e-12))


def sine(frames: int, hz: float = 1000.0) -> np.ndarray:
    """1 kHz at 0 dBFS on input 1, 700 Hz at -6 dBFS on input 2."""
    t = np.arange(frames) / RATE
    soft = np.sin(np.minimum(t / 0.02, 1.0) * np.pi / 2) ** 2  # else an echo of the very start is a click of its own
    both = np.stack([np.sin(2 * np.pi * hz * t), 0.5 * np.sin(2 * np.pi * 700.0 * t)], axis=1)
    return (both * soft[:, None]).astype(np.float32)


@cache
def needs(path: str) -> dict[str, Value]:
    part = path.split("/")
    strip = part[0] if part[0] == "main" else "/".join(part[:2])
    out: dict[str, Value] = {}
    for pattern, values in NEEDS.items():
        if any(param.path == path for param in REGISTRY.match(pattern)):
            out |= {key.format(strip): value for key, value in values.items()}
    return {key: value for key, value in out.items() if key in REGISTRY.params}


def stations(param: Param) -> list[Value]:
    """Where the parameter goes, and back."""
    if param.kind == "number":
        high = CLEAN_HIGH.get(param.path.rsplit("/", 1)[-1], param.high)
        return [param.low, high, param.low]
    if param.kind == "switch":
        return [0, 1, 0]
    points = [p for p in param.items if param.path.startswith("output/") or p in ("none", "input/1", "input/2")]
    items = points if param.kind == "point" else list(param.items)
    return [*items, items[0]]


def moved(values: dict[str, Value], moves: list[Move], x: np.ndarray) -> np.ndarray:
    """The outputs, float64 [frames, outputs]."""
    desk = Offline(CONSOLE, BASE | values)
    assert desk.faults == []
    sound = desk.moved(x, moves)
    os.close(desk.rack.fd)  # the mapping lives on; hundreds of files would stay open otherwise
    return sound.astype(np.float64)


def worst_db(path: str) -> tuple[float, float]:
    """The loudest trace above 4 kHz around any move of the path, and the loudest of the steady sound, in dBFS."""
    param = REGISTRY.params[path]
    goals = stations(param)
    headroom_db = 0.0 if path.endswith("/trim") and path.startswith("output/") else HEADROOM_DB
    values = {f"output/{k}/trim": -headroom_db for k in range(1, CONSOLE.outputs + 1)}
    values |= needs(path) | {path: goals[0]}
    if "volatile" in param.flags:
        del values[path]
    step_s = 1.0 if "chorus" in path else STEP_S  # a chorus turns its delay for half a second
    moves = [Move(step_s * k, path, goal) for k, goal in enumerate(goals[1:], 1)]
    sound = moved(values, moves, sine(round(RATE * step_s * len(goals))))
    high = decibels(sosfilt(HIGH_PASS, sound, axis=0)) + headroom_db
    step = round(RATE * step_s)
    steady, around = -240.0, -240.0
    for k in range(len(goals)):
        part = high[k * step : (k + 1) * step]
        steady = max(steady, part[-step // 8 :].max())
        around = max(around, part.max() if k else -240.0)
    return around, steady


@pytest.mark.parametrize("path", THROWN)
def test_nothing_that_is_moved_or_thrown_clicks(path: str) -> None:
    around, steady = worst_db(path)
    # A steady setting may distort by itself (a compressor faster than the sine); a change then adds at most 1 dB.
    assert around <= max(LIMIT_DBFS, steady + 1.0), f"{path}: {around:.1f} dBFS above 4 kHz; steady {steady:.1f} dBFS"


def test_the_measure_hears_a_bare_step() -> None:
    x = sine(RATE)[:, 0].astype(np.float64)
    x[RATE // 2 :] *= 0.99
    assert decibels(sosfilt(HIGH_PASS, x)[RATE // 4 :]).max() > LIMIT_DBFS


RIDE_BAND = firwin(
    4801, [1250.0, 3050.0], pass_zero=False, fs=RATE, window=("kaiser", 14.0)
)  # 1.3..3 kHz within 0.1 dB


def in_ride_band(x: np.ndarray) -> float:
    """The peak between 1.3 and 3 kHz, in dBFS; the filter's ends and the sine's own start are left out."""
    return float(decibels(fftconvolve(x, RIDE_BAND, mode="valid")).max())


def ride_db(at_s: float) -> float:
    """A second of ride through 40 dB, shaped like a sine."""
    return -20.0 * (1.0 - np.cos(2.0 * np.pi * at_s))


def test_a_fader_ridden_by_messages_10_ms_apart_leaves_no_staircase() -> None:
    moves = [Move(0.5 + k / 100.0, "ch/1/fader", ride_db(k / 100.0)) for k in range(101)]
    sound = moved(BEFORE_LIMITER | {"ch/1/pan": -100.0}, moves, sine(2 * RATE))
    assert in_ride_band(sound[:, 0]) < LIMIT_DBFS
    assert decibels(sound[RATE - 2400 : RATE + 2400, 0]).max() < -30.0  # the ride took place


def test_the_ride_measure_hears_a_staircase() -> None:
    stairs = np.repeat([10.0 ** (ride_db(k / 100.0) / 20.0) for k in range(100)], RATE // 100)
    x = sine(2 * RATE)[:, 0].astype(np.float64)
    x[RATE // 2 : RATE // 2 + RATE] *= stairs
    assert in_ride_band(x) > LIMIT_DBFS


FILTER_MOVES: list[tuple[str, list[Value], dict[str, Value]]] = [
    ("ch/1/eq/2/freq", [100.0, 8000.0], {"ch/1/eq/2/gain": 18.0, "ch/1/eq/2/q": 10.0}),
    ("ch/1/eq/2/freq", [1000.0, 1200.0], {"ch/1/eq/2/gain": 18.0, "ch/1/eq/2/q": 10.0}),
    ("ch/1/eq/2/gain", [-18.0, 18.0], {"ch/1/eq/2/freq": 1000.0}),
    ("ch/1/eq/2/q", [0.3, 10.0], {"ch/1/eq/2/gain": 18.0, "ch/1/eq/2/freq": 500.0}),
    ("ch/1/eq/2/type", ["low_cut", "high_cut"], {"ch/1/eq/2/q": 10.0, "ch/1/eq/2/freq": 500.0}),
    ("ch/1/eq/2/type", ["bell", "notch"], {"ch/1/eq/2/gain": 18.0, "ch/1/eq/2/freq": 1000.0}),
    ("ch/1/eq/2/freq", [20.0, 20000.0], {"ch/1/eq/2/type": "low_cut", "ch/1/eq/2/q": 10.0}),
    ("ch/1/eq/2/freq", [900.0, 1100.0], {"ch/1/eq/2/gain": 18.0, "ch/1/eq/2/q": 10.0}),
    ("ch/1/hpf/freq", [20.0, 1000.0], {"ch/1/hpf/on": 1, "ch/1/hpf/slope": "24dB"}),
    ("ch/1/hpf/slope", ["12dB", "24dB"], {"ch/1/hpf/on": 1, "ch/1/hpf/freq": 1000.0}),
]


@pytest.mark.parametrize("hz", [50.0, 1000.0, 7000.0])
@pytest.mark.parametrize(("path", "ends", "values"), FILTER_MOVES)
def test_a_filter_on_the_move_stays_within_9_db_of_the_louder_of_its_settings_and_the_wire(
    path: str, ends: list[Value], values: dict[str, Value], hz: float
) -> None:
    """The wire counts, since what cannot glide goes by way of it: two deep cuts let the dry sound through between."""
    step = RATE // 2
    moves = [Move(0.5, path, ends[1]), Move(1.0, path, ends[0])]
    # -30 dBFS: 18 dB of boost and 9 dB of excess stay below the ceiling
    x = sine(3 * step, hz) * np.float32(10.0**-1.5)
    values = {**values, "config/pan_law": "0dB", "ch/1/pan": -100.0}
    level = decibels(moved({**values, path: ends[0]}, moves, x)[:, 0])
    settled = [level[(k + 1) * step - step // 4 : (k + 1) * step].max() for k in range(3)]
    for k in (1, 2):
        peak, louder = level[k * step : (k + 1) * step].max(), max(settled[k - 1], settled[k], -30.0)
        assert peak <= louder + 9.0, f"{path} at {hz} Hz: {peak - louder:.1f} dB above the louder setting"


def test_a_narrow_peak_does_not_sweep_over_what_lies_between() -> None:
    """Q 10, +18 dB from 900 to 1100 Hz: a straight glide would pass 1 kHz 9.3 dB above either setting."""
    values: dict[str, Value] = {"ch/1/eq/2/gain": 18.0, "ch/1/eq/2/q": 10.0, "ch/1/eq/2/freq": 900.0}
    values |= {"config/pan_law": "0dB", "ch/1/pan": -100.0}
    level = moved(values, [Move(0.5, "ch/1/eq/2/freq", 1100.0)], sine(RATE, 1000.0) * np.float32(10.0**-1.5))[:, 0]
    half, tail = RATE // 2, RATE // 8
    settled = max(np.abs(level[half - tail : half]).max(), np.abs(level[-tail:]).max())
    # the way by wire reads 0.3 dB; 1 dB leaves room for the phase of the sine
    assert np.abs(level[half:]).max() <= settled * 10.0 ** (1.0 / 20.0)
