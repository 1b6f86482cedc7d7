"""Meters over OSC, from the running daemon: every client at its own rate, each frame the most since its last one."""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

import servers
from captures import RATE_HZ, write_sound


class Peer:
    """A tablet."""

    def __init__(self, daemon: servers.Daemon) -> None:
        self.link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.link.connect((daemon.host, daemon.osc_port))
        self.link.settimeout(0.2)

    def close(self) -> None:
        self.link.close()

    def send(self, address: str, *args: object) -> None:
        message = OscMessageBuilder(address)
        for arg in args:
            message.add_arg(arg)
        self.link.send(message.build().dgram)

    def hear(self, seconds: float) -> Iterator[OscMessage]:
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            try:
                data = self.link.recv(65536)
            except TimeoutError:
                continue
            if not OscBundle.dgram_is_bundle(data):
                yield OscMessage(data)

    def first(self, address: str, seconds: float = 5.0) -> OscMessage:
        return next(message for message in self.hear(seconds) if message.address == address)


@pytest.fixture
def daemon(make_daemon: Callable[..., servers.Daemon], tmp_path: Path) -> servers.Daemon:
    """A tone at -20 dBFS for ever, and in every second one sample of 0.5; through channel 1 to the left."""
    wave = 0.1 * np.sin(2 * np.pi * 1000.0 * np.arange(RATE_HZ) / RATE_HZ)
    wave[12_345] = 0.5
    scene = tmp_path / "scene.toml"
    scene.write_text('[values]\n"ch/1/fader" = 0.0\n"ch/1/pan" = -100.0\n"config/pan_law" = "0dB"\n')
    tone = write_sound(tmp_path / "tone.wav", wave)
    return make_daemon({"virtual": {"play": [str(tone)], "start_scene": str(scene)}, "console": {"channels": 2}})


@pytest.fixture
def peer(daemon: servers.Daemon) -> Iterator[Peer]:
    with contextlib.closing(Peer(daemon)) as one:
        yield one


def test_every_client_sees_each_peak_at_its_own_rate(daemon: servers.Daemon, peer: Peer) -> None:
    seconds = 4.0
    with contextlib.closing(Peer(daemon)) as slow:
        peer.send("/meters/subscribe", "input", 50.0)
        slow.send("/meters/subscribe", "input", 2.0)
        frames = [message.params for message in peer.hear(seconds)]
        few = [message.params for message in slow.hear(0.05)]  # what came meanwhile waits in the socket
    assert 0.5 * 50 * seconds < len(frames) <= 50 * seconds + 10
    assert len(few) <= 2 * (seconds + 0.1) + 3
    assert all(len(frame) == 32 for frame in frames + few)
    peaks = sum(frame[0] > -10.0 for frame in frames)
    assert 3 <= peaks <= 5, "one sample a second is seen once a second"
    assert 2 <= sum(frame[0] > -10.0 for frame in few) <= 5
    assert min(frame[0] for frame in frames[len(frames) // 2 :]) == pytest.approx(-20.0, abs=0.1)


def test_the_mains_and_the_spectrum_come_as_the_contract_says(peer: Peer) -> None:
    peer.send("/meter/rta", "main/l")
    peer.send("/meters/subscribe", "rta")
    peer.send("/meters/subscribe", "main", 10.0)
    main = [message.params for message in peer.hear(4.0) if message.address == "/meters/main"][-1]
    assert len(main) == 12
    assert main[2] == pytest.approx(-20.0, abs=0.2)
    assert main[5] == pytest.approx(-23.0, abs=0.3)  # one side of two
    assert main[3] == -150.0  # nothing on the right
    bands = peer.first("/meters/rta").params
    assert len(bands) == 31
    assert int(np.argmax(bands)) == 17  # 1 kHz
    peer.send("/meters/reset")
    peer.send("/meters/subscribe", "main", 10.0)
    assert min(m.params[6] for m in peer.hear(1.0) if m.address == "/meters/main") == -150.0  # 400 ms without a block


def test_meters_end_with_their_lease_and_when_asked(peer: Peer) -> None:
    peer.send("/meters/subscribe", "ch", 20.0, 0.5)
    assert list(peer.hear(0.4))
    time.sleep(0.5)
    list(peer.hear(0.1))
    assert not list(peer.hear(0.5)), "the lease of half a second is over"
    for end in (("/meters/unsubscribe", "ch"), ("/meters/unsubscribe",), ("/unsubscribe",)):
        peer.send("/meters/subscribe", "ch", 20.0)
        assert list(peer.hear(0.3))
        peer.send(*end)
        list(peer.hear(0.2))
        assert not list(peer.hear(0.4)), end


def test_meters_go_to_another_place_when_told(daemon: servers.Daemon, peer: Peer) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as app:
        app.bind((daemon.host, 0))
        app.settimeout(2.0)
        place = f"localhost:{app.getsockname()[1]}"
        peer.send("/meters/subscribe/to", place, "input", 20.0, 30.0)
        frames = [OscMessage(app.recv(65536)) for _ in range(3)]
        assert {frame.address for frame in frames} == {"/meters/input"}
        assert len(frames[0].params) == 32
        assert not list(peer.hear(0.3)), "the sender itself hears nothing"
        peer.send("/meters/unsubscribe", "input")
        peer.send("/ping")
        peer.first("/pong")
        app.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while app.recv(65536):  # what was on its way
                pass
        app.settimeout(0.5)
        with pytest.raises(TimeoutError):
            app.recv(65536)
    for args, words in (
        (("main",), "meters/subscribe/to: not an address; expected host:port, such as"),
        ((place,), "no bank"),
        ((place, "ch", 99.0), "a number from 1 to 50 Hz"),
    ):
        peer.send("/meters/subscribe/to", *args)
        assert words in peer.first("/error").params[1]


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "no bank"),
        (("chanels",), "nearest is ch"),
        (("ch", 51.0), "a number from 1 to 50 Hz"),
        (("ch", 10.0, 0.0), "a number from 0.1 to 86400 s"),
        ((3,), "no bank"),
    ],
)
def test_what_cannot_be_subscribed_is_told(peer: Peer, args: tuple, words: str) -> None:
    peer.send("/meters/subscribe", *args)
    assert words in peer.first("/error").params[1]
