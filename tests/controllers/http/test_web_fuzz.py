"""Nonsense at the web port: requests, upgrades, frames and OSC in frames, from seeded hypothesis.

Whatever comes: nothing is told to the loop's own handler, no value moves that no well-formed message named, and a
client that behaves is answered.  An hour of it: FUZZ_EXAMPLES=150000 in the environment.
"""

import logging
import os
import socket
import struct
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studiod.net.osc_codec import BUNDLE, encode
from web_rig import HOST, Tablet, WebRig

LONG = int(os.environ.get("FUZZ_EXAMPLES", "0"))
FUZZ = settings(
    max_examples=LONG or 300,
    derandomize=not LONG,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
UPGRADE = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
NAMED = "ch/1/fader"  # what well-formed messages of the fuzz set

words = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30)
methods = st.sampled_from(["GET", "HEAD", "POST", "get", "G T", "", "OPTIONS", "GET GET"])
names = st.sampled_from(
    ["Host", "Origin", "Upgrade", "Connection", "Content-Length", "Transfer-Encoding", "Sec-WebSocket-Version",
     "Sec-WebSocket-Key", "Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol", "X-Forwarded-For", "Authorization",
     "Accept-Encoding", "Range", "Expect", "Cookie"]
)  # fmt: skip
values = st.one_of(
    words, st.sampled_from(["127.0.0.1", "localhost", "websocket", "upgrade", "chunked", "-1", "9" * 30, "13", "gzip",
                            "100-continue", "bytes=0-", "permessage-deflate", "Bearer x", "\0", "é", "a" * 9000])
)  # fmt: skip
PATHS = (
    "/", "/page/../../etc/passwd", "/%00", "/%ff", "/?VALUE", "/ch/1?" + "x" * 500, "//", "/page/%2e%2e/site.py",
    "http://evil/", "*", "/ch/*?TYPE",
)  # fmt: skip
paths = st.one_of(words.map("/".__add__), st.sampled_from(PATHS))


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    lines = [f"{draw(methods)} {draw(paths)} {draw(st.sampled_from(['HTTP/1.1', 'HTTP/1.0', 'HTTP/2', '']))}"]
    lines += [f"{draw(names)}: {draw(values)}" for _ in range(draw(st.integers(0, 6)))]
    data = "\r\n".join([*lines, "", ""]).encode("utf-8", "replace") + draw(st.binary(max_size=60))
    return data[: draw(st.sampled_from([len(data), len(data) // 2, 3]))] if draw(st.booleans()) else data


def frame(kind: int, data: bytes, *, mask: bool = True, said: int | None = None) -> bytes:
    """A frame of a client; said: the size that it claims."""
    size = len(data) if said is None else said
    top = 0x80 if mask else 0
    head = bytes((kind, top | size)) if size < 126 else bytes((kind, top | 126)) + struct.pack(">H", size & 0xFFFF)
    if size >= 1 << 16:
        head = bytes((kind, top | 127)) + struct.pack(">Q", size)
    return head + (b"\0\0\0\0" if mask else b"") + data


PACKETS = [
    encode("/ping"), encode("/**"), encode("/subscribe", "/**", 1.0), encode("/ch/{,}{,}{,}x"), BUNDLE + b"\xff" * 40,
    encode("/scene/recall", "none"), encode("/meters/subscribe", "ch", 50.0), encode("/join", "x" * 500),
]  # fmt: skip
osc = st.one_of(
    st.binary(max_size=80),
    st.floats(-200, 200, width=32).map(lambda value: encode(f"/{NAMED}", value)),
    st.sampled_from(PACKETS),
)
TEXTS = [
    '{"COMMAND":"LISTEN","DATA":"/ch/1/fader"}', '{"COMMAND":"LISTEN"}', "[" * 5000, "{}", "null",
    '{"COMMAND":1,"DATA":[]}', '{"COMMAND":"IGNORE","DATA":"/x"}', '"' * 100,
]  # fmt: skip
texts = st.one_of(words, st.sampled_from(TEXTS))
kinds = st.sampled_from([0x82, 0x02, 0x80, 0x00, 0x81, 0x88, 0x89, 0x8A, 0xC2, 0x83, 0x8F, 0xF2])


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    sent = b""
    for _ in range(draw(st.integers(1, 6))):
        data = draw(st.one_of(osc, texts.map(str.encode)))
        said = draw(st.one_of(st.none(), st.none(), st.sampled_from([0, 100_000_000, 1 << 62, len(data) + 5])))
        sent += frame(draw(kinds), data, mask=draw(st.sampled_from([True, True, True, False])), said=said)
    return sent


@pytest.fixture(scope="module")
def rig() -> Iterator[WebRig]:
    made = WebRig()
    yield made
    made.close()


@pytest.fixture(scope="module")
def well(rig: WebRig) -> Iterator[Tablet]:
    """A client that behaves."""
    with Tablet(rig.port) as made:
        yield made


def stands(rig: WebRig) -> dict[str, object]:
    return {path: value for path, value in rig.desk.values.items() if path != NAMED}


def thrown(rig: WebRig, data: bytes) -> None:
    with socket.create_connection((HOST, rig.port), timeout=5) as link:
        link.sendall(data)
        link.shutdown(socket.SHUT_WR)
        try:
            while link.recv(65536):
                pass
        except OSError:
            pass


def holds(rig: WebRig, well: Tablet, before: dict[str, object], caplog: pytest.LogCaptureFixture) -> None:
    assert well.ask("/ping", 5, answer="/pong") == [5]
    assert stands(rig) == before
    assert not rig.faults
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@FUZZ
@given(requests())
def test_requests(rig: WebRig, well: Tablet, caplog: pytest.LogCaptureFixture, data: bytes) -> None:
    before = stands(rig)
    thrown(rig, data)
    holds(rig, well, before, caplog)


@FUZZ
@given(frames())
def test_frames(rig: WebRig, well: Tablet, caplog: pytest.LogCaptureFixture, data: bytes) -> None:
    before = stands(rig)
    thrown(rig, UPGRADE + data)
    holds(rig, well, before, caplog)


def test_nothing_is_left_of_them(rig: WebRig, well: Tablet) -> None:
    for _ in range(200):
        if len(rig.osc.clients) == 1:
            break
        well.ask("/ping", 6, answer="/pong")
    assert len(rig.osc.clients) == 1
    assert not rig.faults
