"""OSC over WebSocket, over real sockets: the words and laws of the OSC port, and a client that ends with its line."""

import base64
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator
from typing import Any

import aiohttp
import pytest

from controllers.http.socket import CROWD, PACKET_BYTES, frame
from controllers.mirror import CROSSED_S
from studiod.net.osc_codec import BUNDLE, decode, encode
from web_rig import HOST, REGISTRY, Tablet, WebRig


@pytest.fixture
def rig() -> Iterator[WebRig]:
    with WebRig() as made:
        yield made


@pytest.fixture
def tablet(rig: WebRig) -> Iterator[Tablet]:
    with Tablet(rig.port) as made:
        yield made


@pytest.mark.parametrize(
    ("size", "head"), [(4, "8204"), (125, "827d"), (126, "827e007e"), (65536, "827f0000000000010000")]
)
def test_frames_are_those_of_the_rfc(size: int, head: str) -> None:
    assert frame(b"x" * size) == bytes.fromhex(head) + b"x" * size


def test_values_are_set_asked_and_heard(rig: WebRig, tablet: Tablet) -> None:
    tablet.say("/ch/1/fader", -6.0)
    assert tablet.ask("/ch/1/fader") == [-6.0]
    assert tablet.ask("/turn/ch/1/mute") == [0.0]
    tablet.say("/ch/1/fadr", 1.0)
    ((address, (where, why)),) = tablet.hear()
    assert (address, where) == ("/error", "/ch/1/fadr")
    assert "ch/1/fader" in why
    tablet.say("/subscribe", "/ch/*/fader", 60.0)
    assert tablet.hear(until="/snapshot/end")[-1] == ("/snapshot/end", ["/ch/*/fader", 8])
    rig.set("ch/2/fader", -12.0)
    assert tablet.hear() == [("/ch/2/fader", [-12.0])]


def test_everything_comes_at_once_in_large_frames(rig: WebRig, tablet: Tablet) -> None:
    sizes: list[int] = []
    tablet.say("/subscribe", "/**", 60.0)
    heard: dict[str, list[Any]] = {}

    async def next_one() -> aiohttp.WSMessage:
        return await tablet.socket.receive(5.0)

    while "/snapshot/end" not in heard:
        message = tablet._on(next_one())
        sizes.append(len(message.data))
        heard |= dict(decode(message.data)[0])
    assert {path.removeprefix("/") for path in heard} == REGISTRY.params.keys() | {"snapshot/end"}
    assert max(sizes) <= PACKET_BYTES
    assert len(sizes) <= 2 + sum(sizes) // (PACKET_BYTES - 200)


def test_a_connection_that_is_cut_lets_go_of_all(rig: WebRig, tablet: Tablet) -> None:
    gone = Tablet(rig.port)
    gone.say("/hold/talkback/on", 1)
    gone.say("/touch/ch/1/fader", 1)
    lifted: list[tuple[str, bool]] = []
    rig.desk.touch = lambda path, down, origin: lifted.append((path, down))  # type: ignore[method-assign]
    gone.say("/subscribe", "/**", 86400.0)
    gone.hear(until="/snapshot/end")
    assert rig.get("talkback/on") == 1
    tablet.say("/subscribe", "/talkback/on", 60.0)
    tablet.hear(until="/snapshot/end")
    gone.cut()
    assert ("/talkback/on", [0]) in tablet.hear(until="/talkback/on")
    assert len(rig.osc.clients) == 1
    assert lifted[-1] == ("ch/1/fader", False)


def until(true: Callable[[], bool], within_s: float = 20.0) -> bool:
    end_s = time.monotonic() + within_s
    while not true():
        if time.monotonic() > end_s:
            return False
        time.sleep(0.01)
    return True


def deaf_one(rig: WebRig) -> socket.socket:
    """A WebSocket that reads nothing, and ends without a word."""
    key = base64.b64encode(os.urandom(16)).decode()
    head = f"GET / HTTP/1.1\r\nHost: {HOST}:{rig.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    deaf.connect((HOST, rig.port))
    deaf.sendall(f"{head}Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode())
    return deaf


def masked(packet: bytes) -> bytes:
    """A frame of a client, masked by nothing."""
    return bytes((0x82, 0xFE)) + len(packet).to_bytes(2, "big") + b"\0\0\0\0" + packet


def test_one_that_reads_nothing_is_ended_all_the_same(rig: WebRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("controllers.http.socket.PARTING_S", 0.05)
    with deaf_one(rig) as deaf:
        deaf.sendall(masked(encode("/**")) * 100)
        who = (HOST, deaf.getsockname()[1], "ws")
        assert until(lambda: who in rig.osc.clients and rig.osc.clients[who].blocked)

        async def end() -> None:
            rig.osc.clients[who].hang_up("its token was revoked, or is over")

        rig.on(end())
        assert until(lambda: not rig.web._door.callers)


def test_one_that_is_cut_while_it_reads_nothing_and_much_of_it_waits_lets_go_too(rig: WebRig, tablet: Tablet) -> None:
    with deaf_one(rig) as deaf:
        deaf.sendall(masked(encode("/hold/talkback/on", 1)) + masked(encode("/**")) * 100)
        deaf.sendall(masked(encode("/ch/1/name", "x" * 15_000)) * 80)
        who = (HOST, deaf.getsockname()[1], "ws")
        assert until(lambda: rig.osc.turns.waiting(who) > CROWD)
        assert rig.get("talkback/on") == 1
        tablet.say("/subscribe", "/talkback/on", 60.0)
        tablet.hear(until="/snapshot/end")
    assert ("/talkback/on", [0]) in tablet.hear(until="/talkback/on")
    assert who not in rig.osc.clients


@pytest.mark.parametrize("data", [b"", b"x", b"/", b"/x", BUNDLE, b"\0" * 64, encode("/ch/1/fader", -3.0)[:-2]])
def test_what_is_no_osc_is_told_and_the_line_stays(tablet: Tablet, data: bytes) -> None:
    tablet.send(data)
    tablet.hear()
    assert tablet.ask("/ping", 1, answer="/pong") == [1]


def test_a_frame_beyond_the_bound_ends_the_connection_and_nobody_else(rig: WebRig, tablet: Tablet) -> None:
    loud = Tablet(rig.port)
    loud.send(b"x" * (1 << 21))
    assert loud._on(loud.socket.receive(5.0)).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
    loud.close()
    assert tablet.ask("/ping", 1, answer="/pong") == [1]


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Origin": "http://evil.example"}, 403), ({"Host": "evil.example"}, 421), ({"X-Forwarded-For": "1.2.3.4"}, 403)],
)
def test_pages_from_elsewhere_are_not_upgraded(rig: WebRig, headers: dict[str, str], status: int) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        Tablet(rig.port, **headers)
    assert refused.value.status == status


def test_our_own_page_is(rig: WebRig) -> None:
    made = Tablet(rig.port, Origin=f"http://{HOST}:{rig.port}")
    assert made.ask("/ping", 1, answer="/pong") == [1]
    made.close()


def test_two_connections_hear_each_other_and_not_themselves(rig: WebRig, tablet: Tablet) -> None:
    other = Tablet(rig.port)
    for one in (tablet, other):
        one.say("/subscribe", "/ch/*/mute", 60.0)
        one.hear(until="/snapshot/end")
    assert tablet.hear(wait_s=1.5 * CROSSED_S) == [], "nothing has been told of late"
    tablet.say("/ch/3/mute", 1)
    assert other.hear(until="/ch/3/mute") == [("/ch/3/mute", [1])]
    assert tablet.hear() == []
    other.close()


def test_who_does_not_read_costs_no_memory_and_gets_the_newest(rig: WebRig, tablet: Tablet) -> None:
    """The client's own reading stands still; the desk keeps the newest value of each path and no queue."""
    tablet.say("/subscribe", "/ch/*/name", 60.0)
    tablet.hear(until="/snapshot/end")
    (client,) = rig.osc.clients.values()

    async def stop(on: bool) -> None:
        transport = tablet.socket._response.connection.transport
        (transport.pause_reading if on else transport.resume_reading)()

    tablet._on(stop(True))
    ends_s = time.monotonic() + 20.0
    while not client.blocked:
        assert time.monotonic() < ends_s
        tablet.say("/**")
        time.sleep(0.01)
    rig.set("ch/1/name", "newest")
    assert all(len(sub.echo.pending) <= 8 for sub in client.subs.values())
    tablet._on(stop(False))
    assert ("/ch/1/name", ["newest"]) in tablet.hear(wait_s=1.0)
