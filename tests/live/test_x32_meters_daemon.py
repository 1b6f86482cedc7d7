"""The console's meters from the running daemon: a tone at -20 dBFS is 0.1, a compressor that takes 6 dB is 0.5."""

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import servers
from captures import RATE_HZ, write_sound
from studiod.client.client import change
from studiod.net.osc_codec import encode
from studiod.net.osc_message import message_of
from x32_rig import floats

Make = Callable[..., servers.Daemon]


@pytest.fixture
def daemon(make_daemon: Make, tmp_path: Path) -> servers.Daemon:
    """A tone at -20 dBFS for ever, through channel 1."""
    wave = 0.1 * np.sin(2 * np.pi * 1000.0 * np.arange(RATE_HZ) / RATE_HZ)
    tone = write_sound(tmp_path / "tone.wav", wave)
    return make_daemon({"x32": {"enabled": True}, "virtual": {"play": [str(tone)]}})


@pytest.fixture
def link(daemon: servers.Daemon) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect((daemon.host, daemon.x32_port))
        one.settimeout(2.0)
        yield one


def until(link: socket.socket, number: int, met: Callable[[Any], bool]) -> None:
    """A block of meters comes to what it should."""
    link.send(encode("/meters", f"/meters/{number}", 0, 0, 1))
    end_s = time.monotonic() + 8.0
    while True:
        address, args = message_of(link.recv(65536))
        if address == f"/meters/{number}":
            values = floats(args[0])
            if met(values):
                return
            assert time.monotonic() < end_s, (number, values[:4])


def test_a_tone_is_a_tenth_in_every_block_that_shows_its_strip(daemon: servers.Daemon, link: socket.socket) -> None:
    for number in (0, 1, 4, 6, 13):
        until(link, number, lambda values: values[0] == pytest.approx(0.1, rel=0.01))
    change(daemon.host, daemon.osc_port, "ch/1/fader", "0")
    until(link, 6, lambda values: values[3] == pytest.approx(0.1, rel=0.01))


def test_a_compressor_that_takes_six_decibels_is_a_half(daemon: servers.Daemon, link: socket.socket) -> None:
    for path, text in (("ratio", "100"), ("knee", "0"), ("threshold", "-26.02"), ("detector", "peak"), ("on", "1")):
        change(daemon.host, daemon.osc_port, f"ch/1/comp/{path}", text)
    until(link, 1, lambda values: values[64] == pytest.approx(0.5, rel=0.03))
    until(link, 6, lambda values: values[2] == pytest.approx(0.5, rel=0.03))
