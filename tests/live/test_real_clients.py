"""Other people's OSC programs against the daemon: oscsend, oscdump and pyliblo3, judged by the captured audio."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyliblo3 as liblo
import pytest

import servers
from captures import BEFORE_LIMITER, RATE_HZ, read_sound, wait_captured, write_sound
from studiod.host import daemon as daemon_module
from studiod.host.offline import Offline
from studiod.realtime import layout as r
from studiod.realtime.rack import Rack
from studiod.registry.registry import Console
from studiod.settings.schema import load

Make = Callable[..., servers.Daemon]
LENGTH_S = 3


def noise(seconds: float, seed: int) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal((round(seconds * RATE_HZ), 1)) * 0.01).astype(np.float32)


def tables(capture: Path, tape: Path, values: dict[str, object], channels: int) -> dict[str, dict[str, Any]]:
    """Settings: one tape into input/1, a scene, and everything that is played captured."""
    scene = capture.with_suffix(".toml")
    scene.write_text(servers.to_toml({"values": values}))
    return {
        "interface": {"inputs": 1, "outputs": 2},
        "console": {"channels": channels, "buses": 2},
        "virtual": {"play": [str(tape)], "capture": str(capture), "start_scene": str(scene), "loop": False},
    }


def offline(
    sound: np.ndarray, values: dict[str, object], channels: int, changes: list[tuple[str, Any]], frame: int
) -> np.ndarray:
    """The same desk without a clock, with one transaction at one frame."""
    desk = Offline(Console(inputs=1, outputs=2, channels=channels, buses=2, rate_hz=RATE_HZ), values)
    assert desk.faults == []
    if changes:
        desk.desk.change_at(changes, frame)
    return desk.run(sound)


def first_difference(a: np.ndarray, b: np.ndarray) -> int:
    """The first frame in which they differ; -1: nowhere."""
    wrong = np.flatnonzero((a != b).any(axis=1))
    return int(wrong[0]) if wrong.size else -1


class Ears:
    """A liblo server with a port of its own: sends, and keeps what comes back."""

    def __init__(self, port: int) -> None:
        self.server = liblo.Server()
        self.server.add_method(None, None, lambda path, args, types, source: self.heard.append((path, args)))
        self.to = liblo.Address("127.0.0.1", port)
        self.heard: list[tuple[str, list[Any]]] = []

    def send(self, *what: Any) -> None:
        self.server.send(self.to, *what)

    def wait(self, path: str, timeout_s: float = 5.0) -> list[Any]:
        """The arguments of the first message to that path, taken out of what was heard."""
        end_s = time.monotonic() + timeout_s
        while time.monotonic() < end_s:
            for index, (heard, _) in enumerate(self.heard):
                if heard == path:
                    return self.heard.pop(index)[1]
            self.server.recv(20)
        raise AssertionError(f"no {path} in {timeout_s:g} s; heard {self.heard}")

    def bundle(self, changes: list[tuple[str, Any]], timetag: float | None = None) -> None:
        messages = [liblo.Message(f"/{path}", value) for path, value in changes]
        self.send(liblo.Bundle(*((timetag,) if timetag is not None else ()), *messages))


@pytest.fixture
def dump(daemon: servers.Daemon, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """oscdump on a port of its own that the daemon sends ch/1..4 faders to; gives a line that contains a text."""
    tool, port, log = servers.need_tool("oscdump", "liblo-tools"), servers.free_udp_port(), tmp_path / "oscdump.txt"
    with log.open("wb") as out:
        process = subprocess.Popen(["stdbuf", "-oL", tool, str(port)], stdout=out, stderr=out)

    def line(text: str, timeout_s: float = 5.0) -> str:
        end_s = time.monotonic() + timeout_s
        while time.monotonic() < end_s:
            for one in log.read_text().splitlines():
                if text in one:
                    return one
            time.sleep(0.02)
        raise AssertionError(f"oscdump heard no {text!r}:\n{log.read_text()}")

    ears, end_s = Ears(port), time.monotonic() + 5
    while "/hello" not in log.read_text() and time.monotonic() < end_s:
        ears.send("/hello")
        time.sleep(0.05)
    asker = Ears(daemon.osc_port)
    asker.send("/echo", 1)  # or what this machine's own senders change would be left out
    asker.send("/subscribe/to", f"127.0.0.1:{port}", "/ch/[1-4]/fader")
    yield line
    process.terminate()
    process.wait(5)


def oscsend(daemon: servers.Daemon, *words: str) -> None:
    tool = servers.need_tool("oscsend", "liblo-tools")
    subprocess.run([tool, "127.0.0.1", str(daemon.osc_port), *words], check=True, timeout=10)


def test_oscsend_moves_the_desk_and_oscdump_hears_of_it(daemon: servers.Daemon, dump: Callable[[str], str]) -> None:
    assert dump("/snapshot/end").split()[-1] == "4"
    oscsend(daemon, "/ch/3/fader", "f", "-6.5")
    assert "-6.5" in dump("/ch/3/fader f -6.5")
    oscsend(daemon, "/ch/{1,2}/fader", "i", "-20")
    assert dump("/ch/1/fader f -20")
    assert dump("/ch/2/fader f -20")
    oscsend(daemon, "/turn/ch/4/fader", "f", "1")
    assert dump("/ch/4/fader f 10")
    assert dump("/alive")


def test_pyliblo_asks_sets_and_is_answered(daemon: servers.Daemon) -> None:
    ears = Ears(daemon.osc_port)
    ears.send("/ch/1/fader")
    assert ears.wait("/ch/1/fader") == [-90.0]
    ears.send("/ch/1/fader", ("d", -12.25))
    ears.send("/ch/1/mute", True)
    ears.send("/ch/1/eq/2/type", "notch")
    for path, expected in (("/ch/1/fader", -12.25), ("/ch/1/mute", 1), ("/ch/1/eq/2/type", "notch")):
        ears.send(path)
        assert ears.wait(path) == [expected]
    ears.send("/ping", 7)
    assert ears.wait("/pong") == [7]
    assert not [heard for heard in ears.heard if heard[0] == "/error"]


CHANNELS = 128
LOUD: dict[str, object] = BEFORE_LIMITER | {f"ch/{n}/source": "input/1" for n in range(1, CHANNELS + 1)}
LOUD |= {f"ch/{n}/fader": -30.0 for n in range(1, CHANNELS + 1)}


def thousand() -> list[tuple[str, Any]]:
    """1,000 changes of all kinds on 128 channels, each to a value of its own."""
    rng = np.random.default_rng(1000)
    out: list[tuple[str, Any]] = []
    for n in range(1, CHANNELS + 1):
        out += [(f"ch/{n}/fader", float(np.float32(rng.uniform(-50, -25)))), (f"ch/{n}/mute", int(rng.integers(2)))]
        out += [(f"ch/{n}/eq/{b}/gain", float(np.float32(rng.uniform(-15, 15)))) for b in (1, 2, 3)]
        out += [(f"ch/{n}/pan", float(np.float32(rng.uniform(-100, 100)))), (f"ch/{n}/polarity", int(rng.integers(2)))]
        out += [(f"ch/{n}/hpf/on", 1)]
    return out[:1000]


def test_a_bundle_of_a_thousand_changes_lands_on_one_sample(make_daemon: Make, tmp_path: Path) -> None:
    sound, capture = noise(LENGTH_S, 5), tmp_path / "capture.wav"
    frames = 2 * RATE_HZ
    changes = thousand()
    assert len(changes) == len({path for path, _ in changes}) == 1000
    with make_daemon(tables(capture, write_sound(tmp_path / "tape.wav", sound), LOUD, CHANNELS)) as daemon:
        ears = Ears(daemon.osc_port)
        wait_captured(capture, RATE_HZ // 2, 2)
        ears.bundle(changes)
        ears.send("/ch/125/pan")
        assert ears.wait("/ch/125/pan") == [dict(changes)["ch/125/pan"]]
        wait_captured(capture, frames, 2)
    heard = read_sound(capture)[:frames]
    untouched = offline(sound[:frames], LOUD, CHANNELS, [], 0)
    departed = first_difference(heard, untouched)
    assert departed > RATE_HZ // 2, "the bundle is heard, and not before it was sent"
    # A glide may be heard a little after its transaction; how much, a render with the transaction there tells.
    probe = offline(sound[: departed + 64], LOUD, CHANNELS, changes, departed)
    lag = first_difference(probe, untouched[: departed + 64]) - departed
    expected = offline(sound[:frames], LOUD, CHANNELS, changes, departed - lag)
    assert first_difference(heard, expected) == -1, f"not one transaction at frame {departed - lag}"


def test_a_bundle_with_one_bad_member_changes_nothing_and_says_so_once(make_daemon: Make, tmp_path: Path) -> None:
    sound, capture = noise(LENGTH_S, 6), tmp_path / "capture.wav"
    values: dict[str, object] = BEFORE_LIMITER | {"ch/1/fader": 0.0}
    with make_daemon(tables(capture, write_sound(tmp_path / "tape.wav", sound), values, 2)) as daemon:
        ears = Ears(daemon.osc_port)
        wait_captured(capture, RATE_HZ // 4, 2)
        wrong = (("ch/1/eq/9/gain", 3.0), "ch/1/eq"), (("main/fader", 99.0), "10 dB"), (("ch/2/mute", "x"), "0 or 1")
        for bad, word in wrong:
            ears.bundle([("ch/1/fader", -20.0), ("ch/1/mute", 1), bad, ("main/fader", -30.0)])
            address, reason = ears.wait("/error")
            assert address == f"/{bad[0]}"
            assert word in reason
            for path, stood in (("/ch/1/fader", 0.0), ("/ch/1/mute", 0), ("/main/fader", 0.0)):
                ears.send(path)
                assert ears.wait(path) == [stood]
            assert ears.heard == [], "one error and nothing else"
        wait_captured(capture, 2 * RATE_HZ, 2)
    frames = 2 * RATE_HZ
    assert first_difference(read_sound(capture)[:frames], offline(sound[:frames], values, 2, [], 0)) == -1


def test_timetagged_bundles_land_on_their_frames_by_the_audio_clock(tmp_path: Path) -> None:
    """The virtual interface is a ruler: its blocks begin at stamps on one straight line.  So the frame is known."""
    sound, capture = noise(4, 7), tmp_path / "capture.wav"
    port = servers.free_udp_port()
    values: dict[str, object] = BEFORE_LIMITER | {"ch/1/fader": 0.0}
    keys = tables(capture, write_sound(tmp_path / "tape.wav", sound), values, 2) | {"osc": {"port": port}}
    (tmp_path / "studio.toml").write_text(servers.to_toml(keys))
    daemon = daemon_module.Daemon(load(tmp_path / "studio.toml"))
    expected: list[float] = []
    levels = (-12.0, -3.0, -24.0)

    def ride() -> None:
        try:
            ears = Ears(port)
            wait_captured(capture, RATE_HZ // 2, 2)
            start_s = time.time() + 0.1  # 100 ms ahead, and two more at exact distances
            to_wall_ns = time.time_ns() - time.monotonic_ns()
            for level, after_s in zip(levels, (0.0, 0.25, 0.5), strict=True):
                timetag = start_s + after_s + 2208988800.0  # liblo's time is a double since 1900: exact to 0.5 us
                ears.bundle([("ch/1/fader", level), ("ch/2/mute", 1)], timetag)
                due_ns = round((timetag - 2208988800.0) * 1e9) - to_wall_ns
                frame, ns = stamp(daemon.rack)
                expected.append(frame + (due_ns - ns) * RATE_HZ / 1e9 - daemon.start_frame)
            wait_captured(capture, round(max(expected)) + 4000, 2)  # a busy machine begins late
            assert not ears.server.recv(10), f"no /late and no /error; heard {ears.heard}"
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    async def both() -> None:
        riding = asyncio.create_task(asyncio.to_thread(ride))
        await daemon.serve()
        await riding

    asyncio.run(both())
    heard = read_sound(capture)
    landed: list[int] = []
    for level, due in zip(levels, expected, strict=True):
        # Try the frames around the due one, latest first: the right one, and no other, gives the same bits.
        for frame in range(round(due) + 2, round(due) - 3, -1):
            trial = _until(sound, values, [*zip(levels, landed, strict=False), (level, frame)], frame + 2000)
            if first_difference(trial, heard[: frame + 2000]) == -1:
                landed.append(frame)
                break
        else:
            raise AssertionError(f"the bundle for frame {due:.2f} is not within two frames of it")
    assert all(abs(frame - due) <= 1.0 for frame, due in zip(landed, expected, strict=True)), (landed, expected)
    assert [after - before for before, after in pairwise(landed)] == pytest.approx([12000, 12000], abs=1)


def stamp(rack: Rack) -> tuple[int, int]:
    """A frame and its monotonic ns, both of the same block."""
    while True:
        before = rack.get(r.STAMP_SEQUENCE)
        frame, ns = rack.get(r.STAMP_FRAME), rack.get(r.STAMP_NS)
        if before % 2 == 0 and rack.get(r.STAMP_SEQUENCE) == before:
            return frame, ns


def _until(sound: np.ndarray, values: dict[str, object], moves: list[tuple[float, int]], frames: int) -> np.ndarray:
    """The desk up to a frame with these faders at these frames."""
    desk = Offline(Console(inputs=1, outputs=2, channels=2, buses=2, rate_hz=RATE_HZ), values)
    for level, frame in moves:
        desk.desk.change_at([("ch/1/fader", level), ("ch/2/mute", 1)], frame)
    return desk.run(sound[:frames])
