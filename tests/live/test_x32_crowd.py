"""Thirty-two clients with meters at 20 Hz, four of which set two thousand faders a second: each ends with every value
right.  How many blocks are missed meanwhile is for a bench (tests/bench/x32_clients.py)."""

import contextlib
import time
from collections.abc import Callable

import pytest

import servers
import x32_oracle as oracle
from studiod.client.client import ask
from studiod.net.osc_codec import encode
from studiod.net.osc_message import message_of
from x32_crowd import Crowd

Make = Callable[..., servers.Daemon]


def test_every_client_ends_with_every_value_right(make_daemon: Make) -> None:
    daemon = make_daemon({"x32": {"enabled": True}})
    crowd = Crowd(daemon.host, daemon.x32_port)
    try:
        crowd.play(3.0)
        crowd.settle(20.0)
        assert crowd.sent > 1000
        assert crowd.wrong() == []
        for address, turn in crowd.last.items():
            level_db = ask(daemon.host, daemon.osc_port, f"ch/{int(address[4:6])}/fader")
            assert level_db == pytest.approx(oracle.level_db(turn), abs=0.001), address
        assert all(peer.frames > 20 for peer in crowd.peers)
    finally:
        crowd.close()


def test_a_burst_of_lines_as_fast_as_a_client_sends_them_loses_none(make_daemon: Make) -> None:
    daemon = make_daemon({"x32": {"enabled": True}})
    crowd = Crowd(daemon.host, daemon.x32_port, clients=1)
    try:
        link = crowd.peers[0].link
        lines = [f"/ch/{1 + n % 32:02d}/mix/{1 + n // 32 % 16:02d}/level {-(n % 59)}" for n in range(2117)]
        for line in lines:
            link.send(encode("/", line))
        end_s = time.monotonic() + 20.0
        came: list[str] = []
        while len(came) < len(lines) and time.monotonic() < end_s:
            crowd.looking.select(0.1)
            with contextlib.suppress(BlockingIOError):
                while True:
                    came.append(message_of(link.recv(65536))[1][0])
        assert came == lines
    finally:
        crowd.close()
