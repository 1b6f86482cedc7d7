"""An overdub on a real JACK server: the interface's own way round is measured, and the take lands on its source."""

import socket
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

import servers
from captures import RATE_HZ
from studiod.client.client import ask
from studiod.multitrack.roundtrip import found

SECONDS = 6.0
PERIOD_FRAMES = 2048  # 43 ms: a machine with other work on both its cores still plays every block of it


def until(true: Callable[[], object], what: str, timeout_s: float = 20.0) -> None:
    """A busy machine may take its time."""
    end_s = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < end_s, f"not in {timeout_s:g} s: {what}"
        time.sleep(0.05)


def say(daemon: servers.Daemon, word: str, *args: object) -> list[object]:
    """A command, and the line of its answer."""
    order = OscMessageBuilder(f"/{word}")
    for arg in args:
        order.add_arg(arg)  # type: ignore[arg-type]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(20.0)
        link.connect((daemon.host, daemon.osc_port))
        link.send(order.build().dgram)
        answer = OscMessage(link.recv(65536))
    assert answer.address == f"/{word}", answer.params
    return list(answer.params)


@pytest.mark.parametrize("jack_server", [{"channels": 4, "sync": True, "period_frames": PERIOD_FRAMES}], indirect=True)
@pytest.mark.parametrize("heard_by", ["track/1", "main/l"])
def test_an_overdub_over_a_cable_lands_within_a_frame(
    jack_server: servers.JackServer, make_daemon: Callable[..., servers.Daemon], tmp_path: Path, heard_by: str
) -> None:
    """A musician who hears output 2 and plays it back at once into input 2: a cable."""
    jack = servers.need_module("jack")
    source = (np.random.default_rng(4).standard_normal(round(SECONDS * RATE_HZ)) * 0.1).astype(np.float32)
    (tmp_path / "song").mkdir()
    sf.write(tmp_path / "song" / "01 guide.wav", source, RATE_HZ, subtype="FLOAT")
    daemon = make_daemon({"interface": {"device": "system", "block_frames": PERIOD_FRAMES}, "console": {"channels": 4}})

    def put(path: str, value: object) -> None:
        ask(daemon.host, daemon.osc_port, path, str(value))

    def get(path: str) -> object:
        return ask(daemon.host, daemon.osc_port, path)

    assert "system" in str(get("status/device"))
    client = jack.Client("cable", no_start_server=True, servername=jack_server.name)
    with client:
        ports = [p for p in client.get_ports(is_audio=True) if not p.name.startswith(("system", "cable"))]
        out = [p for p in ports if p.is_output][1]
        back = [p for p in ports if p.is_input][1]
        for other in client.get_all_connections(back):
            client.disconnect(other, back)
        client.connect(out, back)
        for path, value in (("output/2/source", heard_by), ("ch/1/source", "track/1"), ("ch/1/fader", 0),
                            ("ch/1/pan", -100), ("recorder/lookback", 0), ("ch/2/arm", 1)):  # fmt: skip
            put(path, value)
        say(daemon, "take/open", str(tmp_path / "song"))
        for _ in range(6):  # a lost block is another cable: on a busy machine it is laid again
            put("recorder/offset", 0)
            time.sleep(1.0)
            missed = get("status/missed")
            *_, offset = say(daemon, "recorder/measure", 2, 2)
            assert float(str(get("recorder/offset"))) == pytest.approx(offset, abs=1e-4)
            assert offset == pytest.approx(round(offset), abs=0.05), "a cable without converters is whole frames long"
            say(daemon, "locate", 1.0)
            put("transport/state", "play")
            put("recorder/state", "record")
            time.sleep(3.0)
            put("recorder/state", "stop")
            put("transport/state", "stop")
            until(
                lambda: "frames = 0" not in newest(daemon).joinpath("take.toml").read_text("utf-8"),
                "the take is closed",
            )
            if get("status/missed") == missed:
                break
    assert get("status/missed") == missed, "a lost block is another cable"
    take = newest(daemon)
    position = tomllib.loads((take / "take.toml").read_text("utf-8"))["take"]["position"]
    got, _ = sf.read(next(take.glob("*.wav")), dtype="float32")
    part = slice(RATE_HZ, 2 * RATE_HZ)
    at, clear = found(source.astype(np.float64), got[part].astype(np.float64))
    assert clear > 20.0
    error = at - (position + RATE_HZ)
    assert abs(error) <= 1.0, f"{error} frames beside its source, with an offset of {offset}"


def newest(daemon: servers.Daemon) -> Path:
    return sorted((daemon.state / "recordings").iterdir())[-1]
