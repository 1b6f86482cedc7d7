"""Live equals offline: the demo session with moves through the daemon is the render, bit for bit, in any blocks."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from captures import DEMO, RATE_HZ, read_sound, wait_captured
from servers import ROOT, Daemon, to_toml
from studiod.cli.main import main
from studiod.client.client import ask
from studiod.memory.scene_format import read_scene
from studiod.registry.registry import Console, Registry

BLOCKS = (1, 16, 64, 127, 1024)
FROM_S, LENGTH_S = 10, 3  # this part of the session: everyone plays
FRAMES = LENGTH_S * RATE_HZ
OUTPUTS = 2
TRIES = 4
CONSOLE = {"channels": 10, "buses": 4}
REGISTRY = Registry(Console(inputs=10, outputs=OUTPUTS, channels=10, buses=4, rate_hz=RATE_HZ, returns=4))
FADERS = (-6.0, -8.0, -14.0, -12.0, -12.0, -7.0, -10.0, -9.0, -5.0, -11.0)
MOVES: list[tuple[float, str, object]] = [
    (0.0, "ch/1/fader", -3.0),  # on the very first frame
    (0.0, "ch/9/eq/3/gain", 4.5),
    (0.01, "ch/2/gate/on", 1),
    (0.1, "ch/9/comp/on", 1),
    (0.1, "ch/9/comp/threshold", -32.0),
    (0.25, "main/fader", -4.0),
    (0.333, "ch/7/mute", 1),
    (0.334, "ch/7/mute", 0),
    (0.5, "ch/4/pan", -80.0),
    (0.6000208, "ch/6/hpf/on", 1),  # a frame of its own
    (0.75, "ch/8/send/1/level", -3.0),
    (0.75, "bus/1/main/on", 1),
    (0.9, "bus/1/eq/2/gain", -9.0),
    (1.1, "ch/3/polarity", 1),
    (1.25, "ch/10/source", "input/1"),
    (1.4, "ch/9/eq/2/type", "low_shelf"),
    (1.5, "ch/2/gate/on", 0),
    (1.6, "main/comp/on", 1),
    (1.75, "ch/9/comp/position", "pre_eq"),
    (2.0, "ch/5/send/3/tap", "pre_fader"),
    (2.0, "ch/5/send/3/level", 0.0),
    (2.0, "bus/3/main/on", 1),
    (2.2, "ch/10/source", "input/10"),
    (2.5, "ch/1/mute", 1),
    (2.6, "main/limiter/gain", 9.0),
    (2.7, "fx/1/reverb/size", 60.0),
]


def scene() -> dict[str, object]:
    """The scene that is shipped, and over it what makes every move below heard."""
    values = read_scene(ROOT / "config" / "demo-scene.toml")
    values |= {path: REGISTRY.params[path].rest for _, path, _ in MOVES}
    values |= {"ch/2/gate/threshold": -30.0, "ch/9/eq/2/gain": 5.0, "ch/6/hpf/freq": 120.0}
    values |= {f"ch/{n}/fader": level for n, level in enumerate(FADERS, 1)}
    values |= {f"ch/{n}/pan": pan for n, pan in ((3, 30.0), (4, -70.0), (5, 70.0), (7, -40.0), (8, 40.0))}
    values |= {"fx/1/type": "reverb", "fx/1/source": "ch/9", "fx/1/reverb/modulation": 50.0}
    values |= {"ch/1/comp/on": 1, "ch/1/eq/1/gain": 5.0, "ch/6/eq/2/gain": -4.0, "ch/9/hpf/on": 1, "main/eq/6/gain": 2}
    return values


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the excerpt, the scene and the moves, and in main.wav what `studiod render` makes of them."""
    folder = tmp_path_factory.mktemp("session")
    files = sorted(DEMO.glob("*.flac"))
    assert len(files) == 10
    for file in files:
        sound, rate_hz = sf.read(file, start=FROM_S * RATE_HZ, frames=FRAMES, dtype="int16")
        sf.write(str(folder / f"{file.stem}.wav"), sound, rate_hz)
    (folder / "scene.toml").write_text(to_toml({"values": scene()}))
    moves = [{"at": at_s, "path": path, "value": value} for at_s, path, value in MOVES]
    (folder / "moves.jsonl").write_text("".join(json.dumps(move) + "\n" for move in moves))
    (folder / "console.toml").write_text(to_toml({"console": CONSOLE}))
    words = ["--input", *map(str, tracks(folder)), "--output", f"main={folder / 'main.wav'}"]
    words += ["--scene", str(folder / "scene.toml"), "--moves", str(folder / "moves.jsonl")]
    assert main(["render", *words, "--config", str(folder / "console.toml")]) == 0
    return folder


def tracks(folder: Path) -> list[Path]:
    return sorted(folder.glob("[0-9]*.wav"))


def live(session: Path, folder: Path, block_frames: int) -> np.ndarray:
    """The first frames of outputs 1 and 2 of a daemon with this block size.

    On a busy machine a move may come late, which the desk counts; then it is played once more.
    """
    for number in range(1, TRIES + 1):
        sound, late = played(session, folder / f"block-{block_frames}-{number}", block_frames)
        if not late:
            return sound
    raise AssertionError(f"blocks of {block_frames}: {late:g} moves came late in the last of {TRIES} tries")


def played(session: Path, folder: Path, block_frames: int) -> tuple[np.ndarray, float]:
    """What was captured, and how many moves came late."""
    capture = folder.with_suffix(".wav")
    tables = {
        "interface": {"block_frames": block_frames, "outputs": OUTPUTS, "inputs": 10},
        "console": CONSOLE,
        "virtual": {
            "play": [str(file) for file in tracks(session)],
            "loop": False,  # the limiter looks ahead, and the render has silence there
            "start_scene": str(session / "scene.toml"),
            "moves": str(session / "moves.jsonl"),
            "capture": str(capture),
        },
    }
    with Daemon(folder, tables) as daemon:
        wait_captured(capture, FRAMES, OUTPUTS)
        late = float(str(ask(daemon.host, daemon.osc_port, "status/late")))
    return read_sound(capture)[:FRAMES], late


def test_the_session_with_moves_is_the_render_bit_for_bit_at_every_block_size(session: Path, tmp_path: Path) -> None:
    expected = read_sound(session / "main.wav")
    assert expected.shape == (FRAMES, OUTPUTS)
    loud = np.sqrt(np.mean(expected.reshape(LENGTH_S, -1) ** 2, axis=1))
    assert (loud > 0.01).all(), f"music is expected in every second; RMS {loud}"
    with ThreadPoolExecutor(2) as pool:  # two daemons at a time
        takes = list(pool.map(lambda block: live(session, tmp_path, block), BLOCKS))
    for block, take in zip(BLOCKS, takes, strict=True):
        assert take.shape == expected.shape, f"block {block}"
        wrong = np.flatnonzero((take.view(np.int32) != expected.view(np.int32)).any(axis=1))
        assert wrong.size == 0, (
            f"blocks of {block}: {wrong.size} frames differ, the first at {wrong[0]} ({wrong[0] / RATE_HZ:.4f} s): "
            f"{take[wrong[0]]} for {expected[wrong[0]]}"
        )


def test_every_move_of_that_comparison_is_heard(session: Path, tmp_path: Path) -> None:
    """Else the comparison would say nothing about it: the render departs at its frame, and not before."""
    sound = ["--input", *map(str, tracks(session)), "--scene", str(session / "scene.toml")]
    config = ["--config", str(session / "console.toml")]

    def render(name: str, moves: list[dict[str, object]]) -> np.ndarray:
        (tmp_path / "moves.jsonl").write_text("".join(json.dumps(move) + "\n" for move in moves))
        out = tmp_path / f"{name}.wav"
        words = ["render", *sound, *config, "--moves", str(tmp_path / "moves.jsonl"), "--output", f"main={out}"]
        assert main(words) == 0
        return read_sound(out)

    moves: list[dict[str, object]] = [{"at": at_s, "path": path, "value": value} for at_s, path, value in MOVES]
    whole = read_sound(session / "main.wav")
    for at_s in (0.0, 0.01, 0.6000208, 1.4, 2.5):
        without = render("without", [move for move in moves if move["at"] != at_s])
        departed = np.flatnonzero((whole != without).any(axis=1))
        assert departed.size > 100, f"the moves at {at_s} s are not heard"
        assert departed[0] >= round(at_s * RATE_HZ), f"the moves at {at_s} s are heard before their time"
