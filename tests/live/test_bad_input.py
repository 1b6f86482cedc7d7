"""Bad input: each fault gets one clear message that names the remedy; the daemon stays up and the audio clean."""

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from pythonosc.osc_message import OscMessage

import servers
from captures import RATE_HZ, read_sound, wait_captured, write_sound
from studiod.cli.main import main
from studiod.net.osc_codec import bundles, encode

Make = Callable[..., servers.Daemon]
Said = pytest.CaptureFixture[str]
LEVEL = 0.25
SEED, DATAGRAMS = 20250, 500


def garbage(count: int) -> list[bytes]:
    """Seeded: noise, messages cut short, messages with a bit turned over, bundles with wrong sizes."""
    rng = np.random.default_rng(SEED)
    whole = [encode("/ch/1/fader"), encode("/info"), next(bundles([encode("/ping", 1), encode("/ch/2/eq/1/gain")]))]
    out: list[bytes] = []
    for k in range(count):
        good = bytearray(whole[int(rng.integers(len(whole)))])
        if k % 4 == 0:
            out.append(rng.bytes(int(rng.integers(1, 1400))))
        elif k % 4 == 1:
            out.append(bytes(good[: int(rng.integers(len(good)))]))
        elif k % 4 == 2:
            good[int(rng.integers(len(good)))] ^= 1 << int(rng.integers(8))
            out.append(bytes(good))
        else:
            size = int(rng.integers(-(2**31), 2**31)) if k % 8 == 3 else -4
            out.append(b"#bundle\0" + bytes(7) + b"\1" + struct.pack(">i", size) + bytes(good[:16]))
    return out


REFUSED: list[tuple[bytes, str, str]] = [  # packet, address in the error, what the remedy must name
    (encode("/ch/1/fader", "loud"), "/ch/1/fader", "send a plain number"),
    (encode("/ch/1/fader", float("nan")), "/ch/1/fader", "send a plain number"),
    (encode("/ch/1/fader", float("inf")), "/ch/1/fader", "nearest is 10 dB"),
    (encode("/ch/1/trim", float("-inf")), "/ch/1/trim", "nearest is -24 dB"),
    (encode("/ch/1/fader", 10.5), "/ch/1/fader", "nearest is 10 dB"),
    (encode("/ch/1/mute", 2), "/ch/1/mute", "0 or 1"),
    (encode("/ch/1/eq/1/type", "bel"), "/ch/1/eq/1/type", "nearest is bell"),
    (encode("/ch/1/eq/1/type", 99), "/ch/1/eq/1/type", "send an item's name"),
    (encode("/ch/1/source", "inptu/1"), "/ch/1/source", "nearest is input/1"),
    (encode("/ch/1/fader", True), "/ch/1/fader", "send a plain number"),
    (encode("/ch/1/fadder", -3.0), "/ch/1/fadder", "ch/1/fader"),
    (encode("/chan/1/fader"), "/chan/1/fader", "ch/1/fader"),
    (encode("/ch/999/fader", 0.0), "/ch/999/fader", "ch/"),
    (encode("/nothing/*/here", 0.0), "/nothing/*/here", "studiod params"),
    (encode("/status/frames", 1.0), "/status/frames", "read-only"),
    (encode("/turn/ch/1/fader", 1.5), "/turn/ch/1/fader", "a turn from 0 to 1"),
    (encode("/turn/ch/1/fader", float("nan")), "/turn/ch/1/fader", "0 to 1"),
    (encode("/by/ch/1/fader", float("nan")), "/by/ch/1/fader", "a finite number"),
    (encode("/toggle/ch/1/fader"), "/toggle/ch/1/fader", "by value"),
    (encode("/subscribe", "ch/*"), "/subscribe", 'starts with "/"'),
    (encode("/ch/1/name", "x" * 200), "/ch/1/name", "shorten it"),
]


class Peer:
    """A bare UDP socket of ours."""

    def __init__(self, port: int) -> None:
        self.link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.link.connect(("127.0.0.1", port))
        self.link.settimeout(5.0)

    def __enter__(self) -> "Peer":
        return self

    def __exit__(self, *_: object) -> None:
        self.link.close()

    def until_pong(self, word: int) -> list[OscMessage]:
        """All that comes back before the answer to a /ping of ours."""
        self.link.send(encode("/ping", word))
        out: list[OscMessage] = []
        while True:
            packet = self.link.recv(65536)
            if packet.startswith(b"#bundle"):
                continue
            message = OscMessage(packet)
            if message.address == "/pong" and message.params == [word]:
                return out
            out.append(message)


def test_bad_packets_are_answered_clearly_and_never_heard(make_daemon: Make, tmp_path: Path) -> None:
    """Garbage, wrong types, NaN and unknown paths while a constant plays: the constant is all that is heard."""
    capture, scene = tmp_path / "capture.wav", tmp_path / "scene.toml"
    tape = write_sound(tmp_path / "constant.wav", np.full(4 * RATE_HZ, LEVEL))
    scene.write_text('[values]\n"ch/1/fader" = 0\n"ch/1/pan" = -100\n"config/pan_law" = "0dB"\n')
    virtual = {"play": [str(tape)], "capture": str(capture), "start_scene": str(scene)}
    size = {"interface": {"inputs": 1, "outputs": 2}, "console": {"channels": 4, "buses": 2}}
    with make_daemon({"virtual": virtual, **size}) as daemon, Peer(daemon.osc_port) as peer:
        wait_captured(capture, RATE_HZ // 4, 2)
        for number, packet in enumerate(garbage(DATAGRAMS)):
            peer.link.send(packet)
            if number % 25 == 24:
                peer.until_pong(number)  # it lives, and its socket's buffer does not overflow
        for number, (packet, address, remedy) in enumerate(REFUSED, 1000):
            peer.link.send(packet)
            answers = [answer for answer in peer.until_pong(number) if answer.address != "/alive"]
            assert [answer.address for answer in answers] == ["/error"], (address, answers)
            where, reason = answers[0].params
            assert where == address
            assert remedy in reason
            assert "\n" not in reason
        assert daemon.process is not None
        assert daemon.process.poll() is None
        wait_captured(capture, RATE_HZ, 2)
        assert "malformed packets" in daemon.stderr
        assert "Traceback" not in daemon.stderr
        assert daemon.stderr.count("malformed packets") < 10, "the log is not flooded"
        assert daemon.stop() == 0
    heard = read_sound(capture)[:RATE_HZ]
    assert (heard[:, 0] == np.float32(LEVEL)).all()
    assert not heard[:, 1].any()


def test_get_and_set_fail_with_one_line(daemon: servers.Daemon, capsys: Said) -> None:
    port = ["--port", str(daemon.osc_port)]
    assert main(["set", "ch/1/fader", "-6", *port]) == 0
    assert main(["get", "ch/1/fader", *port]) == 0
    assert capsys.readouterr().out.split() == ["-6.0", "-6.0"]
    for words, remedy in (
        (["get", "ch/999/fader", *port], "ch/"),
        (["set", "ch/1/fader", "99", *port], "nearest is 10 dB"),
        (["set", "ch/1/fader", "loud", *port], "send a plain number"),
        (["set", "status/frames", "1", *port], "read-only"),
        (["get", "ch/1/fader", "--port", str(servers.free_udp_port())], "is studiod running"),
    ):
        assert main(words) == 1, words
        one_line(capsys, remedy)


def test_a_missing_device_is_said_once_and_it_plays_on(make_daemon: Make, tmp_path: Path) -> None:
    capture = tmp_path / "capture.wav"
    tape = write_sound(tmp_path / "constant.wav", np.full(RATE_HZ, LEVEL))
    interface = {"device": "No Such Interface 4000", "inputs": 1, "outputs": 2}
    virtual = {"play": [str(tape)], "capture": str(capture)}
    with make_daemon({"interface": interface, "virtual": virtual, "console": {"channels": 2, "buses": 2}}) as daemon:
        wait_captured(capture, RATE_HZ // 2, 2)
        said = [line for line in daemon.stderr.splitlines() if "no audio interface called" in line]
        assert len(said) == 1, daemon.stderr
        assert "No Such Interface 4000" in said[0]
        assert 'use "virtual"' in said[0]
        assert "interface absent: No Such Interface 4000, 48000 Hz" in daemon.stderr, "it was never there to be lost"
        with Peer(daemon.osc_port) as peer:
            peer.until_pong(1)
        assert daemon.stop() == 0


def test_the_last_line_of_a_stop_says_where_the_mix_is(make_daemon: Make, tmp_path: Path) -> None:
    small: dict[str, dict[str, object]] = {"console": {"channels": 2, "buses": 2}}
    capture = tmp_path / "capture.wav"
    daemon = make_daemon({**small, "virtual": {"capture": str(capture)}})
    file = daemon.state / "studiod.sqlite"
    second = make_daemon(small)
    shutil.rmtree(second.state)
    second.state.write_text("a file has the place of its folder")
    for one, told in (
        (second, f"stopped; the mix is NOT saved in {second.state / 'studiod.sqlite'}"),
        (daemon, f"stopped; the mix is saved in {file}; the capture is {capture}"),
    ):
        assert one.stop() == 0
        assert one.stderr.splitlines()[-1] == told


# ---- Files and settings: exit code 2, one line each ------------------------------------------------------------------


def one_line(capsys: Said, *remedies: str) -> None:
    """Exactly one line a remedy was said, in that order, and no traceback."""
    said = capsys.readouterr().err.splitlines()
    assert len(said) == len(remedies), said
    for line, remedy in zip(said, remedies, strict=True):
        assert remedy in line, line


def settings(folder: Path, tables: dict[str, dict[str, object]]) -> list[str]:
    """The words that start a daemon by them; its state is kept beside them, not in the user's own."""
    file = folder / "studio.toml"
    rest = {"osc": {"port": servers.free_udp_port()}, "state": {"directory": str(folder / "state")}}
    file.write_text(servers.to_toml({**rest, **tables}))
    return ["run", "--config", str(file)]


def test_a_broken_settings_file_lists_all_its_faults(tmp_path: Path, capsys: Said) -> None:
    tables: dict[str, dict[str, object]] = {
        "interface": {"rate_hz": 48001, "block_frame": 64},
        "console": {"channels": 500},
        "virtual": {"play": "one.wav"},
        "oscc": {"port": 1},
    }
    assert main(settings(tmp_path, tables)) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 5
    for key, hint in (
        ("interface.rate_hz", "nearest is 48000"), ("interface.block_frame:", "nearest is interface.block_frames"),
        ("console.channels", "nearest is 128"), ("virtual.play", "a list"), ("oscc", "nearest is osc"),
    ):  # fmt: skip
        assert [line for line in said if key in line and hint in line and str(tmp_path) in line], (key, said)


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        (b"[interface\nrate = 3", "not TOML"),
        (b"x = " + b"[" * 100_000, "not TOML"),
        (b"\xff\xfe", "save it as UTF-8"),
        (None, "no such file"),
    ],
    ids=["broken", "deep", "latin", "missing"],
)
def test_an_unreadable_settings_file(text: bytes | None, remedy: str, tmp_path: Path, capsys: Said) -> None:
    file = tmp_path / "studio.toml"
    if text is not None:
        file.write_bytes(text)
    assert main(["run", "--config", str(file)]) == 2
    one_line(capsys, remedy)


def test_the_whole_command_says_it_without_a_traceback(tmp_path: Path) -> None:
    """As a process: exit code 2, one line on stderr, nothing on stdout."""
    words = settings(tmp_path, {"interface": {"rate_hz": 1}})
    path = os.pathsep.join(filter(None, [str(servers.ROOT), os.environ.get("PYTHONPATH", "")]))
    done = subprocess.run(
        [sys.executable, "-m", "studiod", *words], env={**os.environ, "PYTHONPATH": path}, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert "interface.rate_hz" in done.stderr


FILES: list[tuple[str, str, bytes | None, str]] = [  # settings key, file name, what is in it, remedy
    ("play", "missing.wav", None, "there is no such file"),
    ("play", "text.wav", b"this is no sound", "expected WAV, FLAC"),
    ("start_scene", "missing.toml", None, "check the name"),
    ("start_scene", "broken.toml", b"[values\n", "mend that line"),
    ("start_scene", "other.toml", b"[scene]\nname = 'x'\n", "expected a table [values]"),
    ("start_scene", "latin.toml", b"\xff\xff", "save it as UTF-8"),
    ("moves", "missing.jsonl", None, "check the name"),
    ("moves", "broken.jsonl", b'{"at": 0, "path": "ch/1/fader", "value": 0}\n{"at": }\n', "line 2"),
    ("moves", "early.jsonl", b'{"at": -1, "path": "ch/1/fader", "value": 0}\n', "times count from the start"),
    ("moves", "never.jsonl", b'{"at": NaN, "path": "ch/1/fader", "value": 0}\n', "times count from the start"),
    ("moves", "huge.jsonl", b'{"at": 1' + b"0" * 400 + b', "path": "ch/1/fader", "value": 0}\n', "line 1"),
    ("moves", "deep.jsonl", b"[" * 100_000, "line 1"),
    ("moves", "unknown.jsonl", b'{"at": 0, "path": "ch/1/fadder", "value": 0}\n', "ch/1/fader"),
    ("moves", "far.jsonl", b'{"at": 9, "path": "ch/1/fader", "value": 99}\n', "nearest is 10 dB"),
]


@pytest.mark.parametrize(("key", "name", "text", "remedy"), FILES, ids=[name for _, name, _, _ in FILES])
def test_a_bad_file_ends_run_and_render_with_one_line(
    key: str, name: str, text: bytes | None, remedy: str, tmp_path: Path, capsys: Said
) -> None:
    file = tmp_path / name
    if text is not None:
        file.write_bytes(text)
    small: dict[str, dict[str, object]] = {"console": {"channels": 2, "buses": 2}}
    value: object = [str(file)] if key == "play" else str(file)
    assert main(settings(tmp_path, {**small, "virtual": {key: value}})) == 2
    one_line(capsys, remedy)
    sound = write_sound(tmp_path / "sound.wav", np.zeros(10 * RATE_HZ))
    words = ["render", "--input", str(file if key == "play" else sound), "--output", f"main={tmp_path / 'out.wav'}"]
    words += [] if key == "play" else [{"start_scene": "--scene", "moves": "--moves"}[key], str(file)]
    assert main(words) == 2
    one_line(capsys, remedy)


def test_a_file_of_another_rate(tmp_path: Path, capsys: Said) -> None:
    a = write_sound(tmp_path / "a.wav", np.zeros(100))
    b = write_sound(tmp_path / "b.wav", np.zeros(100), 44100)
    assert main(settings(tmp_path, {"virtual": {"play": [str(a), str(b)]}})) == 2
    one_line(capsys, "set rate_hz = 44100")
    assert main(["render", "--input", str(a), str(b), "--output", f"main={tmp_path / 'out.wav'}"]) == 2
    one_line(capsys, "convert it")


def test_places_that_cannot_be_written(tmp_path: Path, capfd: Said) -> None:
    """A folder under a file: not even root can write there."""
    blocked = write_sound(tmp_path / "file.wav", np.zeros(100)) / "below"
    assert main(settings(tmp_path, {"state": {"directory": str(blocked)}})) == 2
    one_line(capfd, "name a folder that this user may write to")
    assert main(settings(tmp_path, {"virtual": {"capture": str(blocked / "x.wav")}})) == 2
    one_line(capfd, "name a folder that you may write to")
    assert main(["render", "--input", str(blocked.parent), "--output", f"main={blocked / 'x.wav'}"]) == 2
    one_line(capfd, "name a folder that you may write to")


def test_a_taken_port_is_said_in_one_line(tmp_path: Path, capfd: Said) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        tables: dict[str, dict[str, object]] = {"osc": {"port": other.getsockname()[1]}, "console": {"channels": 2}}
        assert main(settings(tmp_path, tables)) == 2
        port = tables["osc"]["port"]
    begin = f"{tmp_path}/studio.toml: osc.port: 127.0.0.1:{port} is held by another program; end it"
    one_line(capfd, f"{begin} (another studiod?), or choose another port")


def test_an_address_of_another_machine_is_said_in_one_line(tmp_path: Path, capfd: Said) -> None:
    """192.0.2.0/24 is kept for documentation (RFC 5737): nobody has it."""
    tables: dict[str, dict[str, object]] = {"osc": {"listen": "192.0.2.1", "port": 9}, "console": {"channels": 2}}
    assert main(settings(tmp_path, tables)) == 2
    one_line(capfd, "studio.toml: osc.listen: 192.0.2.1:9 is no address of this machine; listen on")


def test_a_scene_with_wrong_values_is_told_and_the_rest_of_it_is_taken(tmp_path: Path, capsys: Said) -> None:
    sound, scene = write_sound(tmp_path / "in.wav", np.full(9600, LEVEL)), tmp_path / "scene.toml"
    lines = {"ch/1/fader": 0, "ch/1/pan": -100, "config/pan_law": "0dB", "ch/1/trim": 99, "ch/1/colr": "red"}
    scene.write_text("[values]\n" + "".join(f'"{path}" = {json.dumps(value)}\n' for path, value in lines.items()))
    out = tmp_path / "out.wav"
    assert main(["render", "--input", str(sound), "--scene", str(scene), "--output", f"main={out}"]) == 0
    one_line(capsys, "nearest is 24 dB", "ch/1/colour")
    assert (read_sound(out)[:, 0] == np.float32(LEVEL)).all()


# ---- Audio -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("subtype", ["FLOAT", "PCM_16", "PCM_24"])
def test_six_decibels_too_much_are_written_clipped_and_never_wrapped(subtype: str, tmp_path: Path) -> None:
    t = np.arange(4800) / RATE_HZ
    sound = write_sound(tmp_path / "in.wav", 2.0 * np.sin(2 * np.pi * 100.0 * t))
    scene, out = tmp_path / "scene.toml", tmp_path / "out.wav"
    scene.write_text('[values]\n"ch/1/fader" = 0\n"ch/1/pan" = -100\n"config/pan_law" = "0dB"\n')
    words = ["--input", str(sound), "--scene", str(scene), "--output", f"main/pre_limiter={out}", "--subtype", subtype]
    assert main(["render", *words]) == 0
    heard, _ = sf.read(str(out))
    step = 2.0 ** -(15 if subtype == "PCM_16" else 23)
    np.testing.assert_allclose(heard[:, 0], np.clip(read_sound(sound)[:, 0], -1.0, 1.0), rtol=0, atol=step)


def test_a_surface_that_does_not_exist_is_one_clear_line(make_daemon) -> None:
    daemon = make_daemon({"midi": {"surfaces": [{"name": "nanocontrol"}]}}, start=False)
    daemon.start(wait=False)
    assert daemon.process.wait(60) == 2
    daemon._reader.join(2)
    assert "nanocontrol" in daemon.stderr
    assert "Traceback" not in daemon.stderr


def test_a_reader_that_has_seen_enough_ends_the_manual_quietly() -> None:
    pipe = subprocess.run(
        f"{sys.executable} -m studiod params | head -2", shell=True, capture_output=True, text=True, check=False
    )
    assert pipe.stdout.startswith("ch/1/name")
    assert pipe.stderr == ""


def test_an_interrupted_compile_is_one_line(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "studiod", "warm"], cwd=servers.ROOT, env={**os.environ, "STUDIOD_CACHE": str(tmp_path)},
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    time.sleep(4.0)  # well within the compile, which takes ten times as long
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert "interrupted" in said
    assert "Traceback" not in said
