"""The console that a render runs on: as large as the session, and to the bit what the whole one makes of it."""

import json
import random
from dataclasses import replace

import numpy as np
import pytest

from dsp import meter
from studiod.host.offline import Offline, routed
from studiod.host.offline_console import fitted, silent, spared
from studiod.memory.scene_format import Move
from studiod.realtime import layout, strip
from studiod.registry.registry import Console, Registry, Value

WHOLE = Console(8, 2, 8, 16, returns=4, matrices=4, dcas=2, mute_groups=1)
LENGTHS = ("channels", "buses", "returns", "matrices", "inputs")
RNG = np.random.default_rng(7)


def sizes(values: dict[str, Value], moves: list[Move] | None = None, fed: int = 2) -> tuple[int, ...]:
    desk = silent(WHOLE)
    assert not desk.load(values)
    small, kept = fitted(desk, moves or [], fed)
    assert not silent(small).load(kept)
    assert replace(WHOLE, **{name: getattr(small, name) for name in LENGTHS}) == small
    return tuple(getattr(small, name) for name in LENGTHS)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, (3, 2, 0, 0, 2)),
        ({"ch/1/fader": 0.0, "main/comp/on": 1, "dca/2/fader": -3.0}, (3, 2, 0, 0, 2)),
        ({"ch/5/fader": 0.0}, (7, 2, 0, 0, 2)),  # pairs stay whole, and one at rest stays behind
        ({"ch/8/pan": 3.0}, (8, 2, 1, 0, 2)),  # there a return does
        ({"ch/6/name": "spare", "ch/6/colour": "red", "input/7/name": "spare"}, (3, 2, 0, 0, 2)),
        ({"ch/1/source": "input/5"}, (3, 2, 0, 0, 5)),
        ({"ch/1/gate/key": "ch/4"}, (5, 2, 0, 0, 2)),
        ({"ch/1/send/5/level": 0.0}, (3, 6, 0, 0, 2)),
        ({"bus/1/send/3/level": 0.0}, (3, 2, 0, 4, 2)),
        ({"main/send/1/level": 0.0}, (3, 2, 0, 2, 2)),
        ({"ch/1/send/14/level": 0.0}, (3, 14, 2, 0, 2)),  # what it feeds at rest comes with it
        ({"fx/1/type": "reverb"}, (3, 14, 1, 0, 2)),
        ({"ch/1/insert/fx": "3"}, (3, 16, 3, 0, 2)),
        ({"return/2/fader": -3.0}, (3, 14, 2, 0, 2)),
        ({"monitor/source": "matrix/4"}, (3, 2, 0, 4, 2)),
        ({"generator/to/ch/6": 1}, (7, 2, 0, 0, 2)),
        ({"talkback/to/bus/3": 1}, (3, 4, 0, 0, 2)),
        ({"meter/rta": "bus/9", "recorder/track/7/source": "ch/6", "transport/loop/on": 1}, (3, 2, 0, 0, 2)),
    ],
    ids=str,
)
def test_what_sounds_is_kept_and_what_it_names(values: dict[str, Value], expected: tuple[int, ...]) -> None:
    assert sizes(values) == expected


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("ch/6/name", "there", (7, 2, 0, 0, 2)),
        ("ch/1/send/4/level", -90.0, (3, 4, 0, 0, 2)),
        ("ch/1/source", "track/5", (7, 2, 0, 0, 2)),
        ("ch/1/insert/fx", 1, (3, 14, 1, 0, 2)),  # the item of that index
        ("meter/rta", "bus/9", (3, 10, 0, 0, 2)),
        ("transport/soundcheck", 1, (8, 16, 4, 4, 8)),
    ],
)
def test_a_move_finds_what_it_turns(path: str, value: object, expected: tuple[int, ...]) -> None:
    assert sizes({}, [Move(0.1, path, value)]) == expected


def test_files_alone_decide_how_many_channels_there_are() -> None:
    assert [sizes({}, fed=fed)[0] for fed in (1, 2, 3, 6, 7, 8)] == [3, 3, 5, 7, 8, 8]


METERS, MONITOR, TOOLS = layout.SPARE_METERS, layout.SPARE_MONITOR, layout.SPARE_TOOLS


@pytest.mark.parametrize(
    ("values", "move", "expected"),
    [
        ({"ch/1/fader": 0.0, "monitor/level": -3.0}, None, METERS | MONITOR | TOOLS),
        ({"output/1/source": "monitor/l"}, None, METERS | TOOLS),
        ({}, ("ch/2/source", "monitor/r"), METERS | TOOLS),
        ({"ch/1/gate/key": "click"}, None, METERS | MONITOR),
        ({"generator/to/ch/1": 1}, None, METERS | MONITOR),
        ({}, ("talkback/on", 1), METERS | MONITOR),
    ],
    ids=str,
)
def test_what_nobody_hears_is_spared(values: dict[str, Value], move: tuple[str, object] | None, expected: int) -> None:
    desk = silent(WHOLE)
    assert not desk.load(values)
    assert spared(desk, [Move(0.1, *move)] if move else []) == expected


def some_desk(rng: random.Random) -> dict[str, Value]:
    """Some values of some strips, which reach others by sends, keys, sources and inserts."""
    params = [p for p in Registry(WHOLE).params.values() if not p.flags & {"volatile", "read-only"}]
    values: dict[str, Value] = {f"ch/{n}/fader": -3.0 for n in range(1, rng.choice((2, 4, 7)))}
    for param in rng.sample([p for p in params if p.kind != "text"], 60):
        if param.path.endswith("solo") or param.path.startswith(("output/", "transport/")):
            continue
        turn = rng.random()
        values[param.path] = param.from_turn(turn) if param.kind != "switch" else int(turn < 0.7)
    return values


@pytest.mark.parametrize("seed", range(8))
def test_the_bits_are_those_of_the_whole_console(seed: int) -> None:
    """With a long silence behind the sound, where memories die away into the smallest numbers, and then on."""
    rng = random.Random(seed)
    points = ["main/l", "main/r", "bus/1", "main/pre_limiter/l", rng.choice(["ch/2", "monitor/l", "fx/1/l"])]
    console, values = routed(WHOLE, some_desk(rng), points)
    moves = [Move(0.01 * k, path, value) for k, (path, value) in enumerate(list(some_desk(rng).items())[:20])]
    sound = np.zeros((4 * 24_000, 2), np.float32)
    sound[:9600] = 0.3 * RNG.standard_normal((9600, 2))
    sound[-2400:] = 0.1
    desk = silent(console)
    assert not desk.load(values), json.dumps(values)
    small, kept = fitted(desk, moves, 2)
    whole = Offline(console, values).moved(sound, moves)
    bare = Offline(small, kept, 1 << 40, spared=spared(desk, moves))
    assert bare.moved(sound, moves).tobytes() == whole.tobytes()
    assert not bare.rack.state(strip.METER)[meter.PEAKS : meter.PEAKS + meter.CELLS].any()
    assert whole.any()


def test_a_channel_at_rest_behind_them_keeps_the_sign_of_zero() -> None:
    """Where two die away against each other their sum falls below the smallest number, and may be -0."""
    sounding = {"ch/1/fader": -3.0, "ch/2/fader": 0.0, "ch/2/polarity": 1, "ch/1/hpf/on": 1, "ch/2/hpf/on": 1}
    sounding |= {"ch/1/hpf/freq": 1000.0, "ch/2/hpf/freq": 900.0}
    console, values = routed(replace(WHOLE, channels=4), sounding, ["main/pre_limiter/l", "main/pre_limiter/r"])
    sound = np.zeros((12, 24_000, 2), np.float32)  # bursts, each of which dies away
    sound[:, :2400] = 0.3 * np.random.default_rng(3).standard_normal((12, 2400, 2))
    sound = sound.reshape(-1, 2)
    desk = silent(console)
    assert not desk.load(values)
    small, kept = fitted(desk, [], 2)
    whole, same, bare = (
        Offline(one, kept).run(sound).view(np.uint32) for one in (console, small, replace(small, channels=2))
    )
    assert np.array_equal(whole, same)
    assert not np.array_equal(whole, bare), "this sound would not tell"
