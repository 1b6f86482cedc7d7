"""The card child on a real JACK server: the same bits as offline, and life after the device is gone."""

import json
import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import servers
from studiod.client.client import ask
from studiod.host.offline import Offline
from studiod.memory.scene_format import Move
from studiod.registry.registry import Console

pytestmark = pytest.mark.alone

ROOT = Path(__file__).resolve().parents[2]
RATE_HZ = 48_000
DEMO = sorted((ROOT / "config" / "demo").glob("*.flac"))
SECONDS = 11.0
TRIES = 4
SCENE = {f"ch/{n}/fader": -12.0 for n in range(1, 11)} | {
    "ch/1/comp/on": 1,
    "ch/2/gate/on": 1,
    "ch/6/eq/1/gain": 4.0,
    "ch/9/hpf/on": 1,
    "ch/9/send/1/level": -6.0,
    "bus/1/main/on": 1,
}
RIDES = (
    ("ch/1/fader", -3.0),
    ("ch/2/pan", -60.0),
    ("ch/9/eq/3/gain", 6.0),
    ("ch/6/mute", 1),
    ("ch/6/mute", 0),
    ("ch/9/comp/on", 1),
    ("ch/3/eq/2/type", "notch"),
    ("bus/1/fader", -8.0),
    ("ch/5/source", "bus/1"),
)
MOVES = [Move(5.0 + 0.11 * k, path, value) for k, (path, value) in enumerate(RIDES)]


def files(folder: Path) -> tuple[Path, Path]:
    """The scene and the moves as the daemon reads them."""
    scene, moves = folder / "scene.toml", folder / "moves.jsonl"
    lines = (f'"{path}" = {json.dumps(value)}' for path, value in SCENE.items())
    scene.write_text('[scene]\nname = "test"\n[values]\n' + "\n".join(lines) + "\n")
    moves.write_text("".join(json.dumps({"at": m.at_s, "path": m.path, "value": m.value}) + "\n" for m in MOVES))
    return scene, moves


def offline(inputs: int, tape: np.ndarray) -> np.ndarray:
    """The first seconds of the looped tape through an offline desk; main, [frames, 2]."""
    desk = Offline(Console(inputs, 2, 32, 16, RATE_HZ), SCENE)
    sound = np.zeros((round(SECONDS * RATE_HZ), inputs), np.float32)
    sound[:, : tape.shape[1]] = tape[np.arange(len(sound)) % len(tape)]
    return desk.moved(sound, MOVES)


def record(server: servers.JackServer, make_daemon, settings) -> tuple[np.ndarray, float]:
    """Start the daemon and capture its first two outputs from another JACK client, freewheeling; and how many of its
    moves came late: the freewheel is ten times as fast as the clock by which they are posted 2 s ahead."""
    jack = servers.need_module("jack")
    client = jack.Client("judge", no_start_server=True, servername=server.name)
    ports = [client.inports.register(f"in_{k}") for k in (1, 2)]
    taken: list[np.ndarray] = []

    @client.set_process_callback
    def process(frames: int) -> None:
        taken.append(np.stack([port.get_array().copy() for port in ports], 1))

    with client:
        daemon = make_daemon(settings)
        outs = [
            p for p in client.get_ports(is_audio=True, is_output=True) if not p.name.startswith(("system", "judge"))
        ]
        for port, out in zip(ports, outs[:2], strict=True):
            client.connect(out, port)
        time.sleep(0.2)
        client.set_freewheel(True)
        began = sum(map(len, taken))  # before it, both sides may not be connected yet, and a period may be lost
        enough = began + (SECONDS - 4.0) * RATE_HZ
        end = time.monotonic() + 30
        while sum(map(len, taken)) < enough and time.monotonic() < end:
            time.sleep(0.01)
        count = sum(map(len, taken))  # what follows is the daemon's fade at its end
        client.set_freewheel(False)
        late = float(str(ask(daemon.host, daemon.osc_port, "status/late")))
        daemon.stop()
        time.sleep(0.3)
    return np.concatenate(taken)[began:count], late


@pytest.mark.parametrize("jack_server", [{"sync": True, "channels": 12}], indirect=True)
def test_a_jack_device_plays_the_bits_of_the_offline_render(jack_server, make_daemon, tmp_path) -> None:
    tape = np.concatenate([sf.read(f, dtype="float32", always_2d=True)[0][: 2 * RATE_HZ] for f in DEMO], 1)
    takes = []
    for k in range(tape.shape[1]):
        takes.append(str(tmp_path / f"take-{k}.wav"))
        sf.write(takes[-1], tape[:, k], RATE_HZ, subtype="FLOAT")
    scene, moves = files(tmp_path)
    virtual = {"play": takes, "loop": True, "start_scene": str(scene), "moves": str(moves)}
    for _ in range(
        TRIES
    ):  # on a busy machine a move may come late, which the desk counts: that is no fault of the sound
        live, late = record(jack_server, make_daemon, {"interface": {"device": "system"}, "virtual": virtual})
        if not late:
            break
    assert not late, f"{late:g} moves came late in the last of {TRIES} tries"
    expected = offline(12, tape)
    # where the capture begins is up to the race of two clients: find it by a stretch of sound, then demand every bit
    sounding = np.flatnonzero(np.abs(live).sum(1) > 0.05)
    first = int(sounding[sounding > 4000][0])
    needle = live[first : first + 64]
    candidates = np.flatnonzero(expected[:-64, 0] == needle[0, 0])
    at = next(c for c in candidates if np.array_equal(expected[c : c + 64], needle))
    length = min(len(live) - first, len(expected) - at)
    assert at + length > 4 * RATE_HZ, "the moves lie within what is compared"
    assert at < MOVES[0].at_s * RATE_HZ
    differs = np.flatnonzero((live[first : first + length] != expected[at : at + length]).any(1))
    assert not len(differs), f"{len(differs)} frames differ, the first at {(at + differs[0]) / RATE_HZ:.4f} s"


def wait_for(daemon: servers.Daemon, text: str, limit_s: float) -> bool:
    """Whether a text turns up in the daemon's log in time."""
    end = time.monotonic() + limit_s
    while time.monotonic() < end:
        if text in daemon.stderr:
            return True
        time.sleep(0.02)
    return False


def frames(daemon: servers.Daemon) -> float:
    """The daemon's frame counter, asked over OSC."""
    return float(ask(daemon.host, daemon.osc_port, "status/frames"))


def test_the_mix_outlives_its_device_and_comes_back(tmp_path, monkeypatch, make_daemon) -> None:
    with servers.jack_server(tmp_path, suffix="-loss", channels=4) as server:
        for name, value in server.env.items():
            monkeypatch.setenv(name, value)
        daemon = make_daemon({"interface": {"device": "system"}})
        assert "interface system" in daemon.stderr
        server.kill()
        assert wait_for(daemon, "stands still", 5)
        before = frames(daemon)
        time.sleep(0.5)
        assert frames(daemon) > before + 0.2 * RATE_HZ, "the clock plays on"
    with servers.jack_server(tmp_path, suffix="-loss", channels=4):
        assert wait_for(daemon, "system is back", 30)
        before = frames(daemon)
        time.sleep(0.5)
        assert frames(daemon) > before + 0.2 * RATE_HZ


@pytest.mark.parametrize("jack_server", [{"channels": 4, "suffix": "-loss"}], indirect=True)
def test_ctrl_c_at_the_terminal_ends_it_in_order_with_its_card(jack_server, make_daemon) -> None:
    """A terminal interrupts the whole foreground group; the card is the daemon's to stop, with the fade."""
    daemon = make_daemon({"interface": {"device": "system"}})
    assert "interface system" in daemon.stderr
    os.killpg(daemon.pid, signal.SIGINT)
    assert daemon.process.wait(servers.DAEMON_STOP_S) == 0
    daemon._reader.join(2)
    assert "Traceback" not in daemon.stderr
    assert "stands still" not in daemon.stderr


def test_an_interface_that_has_not_played_yet_is_absent_or_refused_and_one_that_has_is_lost(
    tmp_path, monkeypatch, make_daemon
) -> None:
    from studiod.client.client import ask

    monkeypatch.setenv("JACK_DEFAULT_SERVER", "studiod-test-loss")
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")

    def word(daemon: servers.Daemon) -> str:
        return str(ask(daemon.host, daemon.osc_port, "status/device"))

    small = {"channels": 2, "buses": 2}
    daemon = make_daemon({"interface": {"device": "system", "inputs": 2, "outputs": 2}, "console": small})
    assert "interface absent: system" in daemon.stderr
    assert word(daemon) == "absent: system"
    with servers.jack_server(tmp_path, suffix="-loss", channels=2) as server:
        assert wait_for(daemon, "system is there", 30)
        assert word(daemon) == "system"
        faster = make_daemon({"interface": {"device": "system", "rate_hz": 96000}, "console": small})
        assert "set interface.rate_hz = 48000" in faster.stderr
        assert word(faster) == (
            "refused: system: it runs at 48000 Hz, the desk at 96000: "
            "set interface.rate_hz = 48000, or start its server at 96000 Hz"
        )
        server.kill()
        assert wait_for(daemon, "stands still", 5)
        assert word(daemon).startswith("lost: system")
