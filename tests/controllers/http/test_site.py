"""The web port over real sockets: who is answered, what, and that nothing that is sent to it holds it up."""

import gzip
import json
import re
import socket
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from controllers.http import door
from controllers.http.pages import pages
from controllers.http.site import OWN, Answer
from studiod.registry import roles
from web_rig import HOST, REGISTRY, Tablet, WebRig


@pytest.fixture(scope="module")
def rig() -> Iterator[WebRig]:
    with WebRig() as made:
        yield made


def test_health_says_whether_it_plays_and_nothing_else(rig: WebRig) -> None:
    assert rig.json("/health") == {"status": "ok", "device": "null", "frames": 4800}


def test_metrics_are_prometheus_text(rig: WebRig) -> None:
    status, headers, body = rig.ask("/metrics")
    assert (status, headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    lines = body.decode().splitlines()
    assert "studiod_frames 4800" in lines
    assert all(line.startswith("# TYPE ") or float(line.split(" ")[1]) >= 0 for line in lines)
    assert any(line.startswith("studiod_http_requests_total ") for line in lines)


def test_a_browser_is_shown_a_page_that_nothing_may_frame(rig: WebRig) -> None:
    status, headers, body = rig.ask("/", Accept="text/html,application/xhtml+xml,*/*;q=0.8")
    assert status == 200
    assert headers["content-type"] == "text/html; charset=utf-8"
    assert b"<title>studiod</title>" in body
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert f"connect-src 'self' ws://{HOST}:{rig.port}" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-frame-options"] == "DENY"
    assert "access-control-allow-origin" not in headers
    assert headers["cache-control"] == "no-cache"


def test_the_files_of_the_page_are_kept_for_ever_under_the_hash_of_them_all(rig: WebRig) -> None:
    _, _, front = rig.ask("/", Accept="text/html")
    named = set(re.findall(r"/page/([0-9a-f]{16})/", front.decode()))
    assert named == {pages().hash}
    assert b"HASH" not in front
    for name, kind in (("main.js", "text/javascript"), ("style/base.css", "text/css"), ("icon.svg", "image/svg+xml")):
        status, headers, body = rig.ask(f"/page/{pages().hash}/{name}")
        assert (status, body) == (200, pages().files[name])
        assert headers["content-type"].partition(";")[0] == kind
        assert "immutable" in headers["cache-control"]
    wrong = ("/page/../site.py", "/page/main.js", "/page/0123456789abcdef/main.js", f"/page/{pages().hash}/none.js",
             f"/page/{pages().hash}/index.html", f"/page/{pages().hash}/roles.d.ts", "/page/")  # fmt: skip
    assert {rig.ask(path)[0] for path in wrong} == {404}


def test_a_video_comes_in_the_pieces_that_safari_asks_for(rig: WebRig) -> None:
    path, film = f"/page/{pages().hash}/awake.mp4", pages().files["awake.mp4"]
    status, headers, body = rig.ask(path, Accept_Encoding="gzip")
    assert (status, body, headers["accept-ranges"]) == (200, film, "bytes")
    assert "content-encoding" not in headers
    for wanted, part in (("bytes=0-1", film[:2]), ("bytes=100-", film[100:]), ("bytes=7-99999", film[7:])):
        status, headers, body = rig.ask(path, Range=wanted)
        first = int(wanted[6:].partition("-")[0])
        assert (status, body) == (206, part)
        assert headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/{len(film)}"
        assert headers["content-length"] == str(len(part))
    status, headers, body = rig.ask(path, Range=f"bytes={len(film)}-")
    assert (status, body, headers["content-range"]) == (416, b"", f"bytes */{len(film)}")
    for odd in ("bytes=-5", "bytes=1-2,4-5", "lines=1-2", "bytes=x"):
        assert rig.ask(path, Range=odd)[::2] == (200, film)
    assert rig.ask(f"/page/{pages().hash}/main.js", Range="bytes=0-1")[0] == 200


def test_the_page_knows_the_roles_from_the_registry(rig: WebRig) -> None:
    _, _, body = rig.ask(f"/page/{pages().hash}/roles.js")
    said = dict(re.findall(r"^export const (\w+) = (.*);$", body.decode(), re.M))
    assert json.loads(said["ranks"]) == list(roles.ROLES)
    assert json.loads(said["bus"]) == list(roles.BUS)
    assert json.loads(said["words"])["scene/delete"] == roles.COMMANDS["scene/delete"]


def test_no_root_of_the_registry_has_a_name_of_the_port() -> None:
    assert not {path.partition("/")[0] for path in REGISTRY.params} & set(OWN)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "evil.example"}, 421),
        ({"Host": "evil.example", "Origin": "http://evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_who_is_called_wrong_or_asked_by_a_page_from_elsewhere_answers_nothing(
    rig: WebRig, headers: dict[str, str], status: int
) -> None:
    for path in ("/health", "/metrics", "/ch/1/fader"):
        found, more, body = rig.ask(path, **headers)
        assert found == status
        assert "access-control-allow-origin" not in more
        assert b"frames" not in body or status == 200


def test_a_forwarded_request_from_this_machine_has_no_right(rig: WebRig) -> None:
    for name in ("X-Forwarded-For", "Forwarded"):
        assert rig.ask("/metrics", **{name: "127.0.0.1"})[0] == 403
        upgrade = f"GET / HTTP/1.1\r\nHost: {HOST}\r\n{name}: for=127.0.0.1\r\nUpgrade: websocket\r\n\r\n"
        assert rig.raw(upgrade.encode()).startswith(b"HTTP/1.1 403 ")


def test_only_questions_are_answered(rig: WebRig) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT"):
        assert rig.ask("/health", method)[0] in (400, 405)
    status, _, body = rig.ask("/health", "HEAD")
    assert (status, body) == (200, b"")


@pytest.mark.parametrize(
    "data",
    [
        b"\0" * 100, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: " + b"x" * 20_000 + b"\r\n\r\n",
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + b"".join(b"X%d: y\r\n" % k for k in range(80)) + b"\r\n",
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\n\r\nx",
        b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_and_closed(rig: WebRig, data: bytes) -> None:
    assert rig.raw(data).split(b" ")[1:2] in ([], [b"400"], [b"405"], [b"414"], [b"421"], [b"431"])
    assert rig.json("/health")["status"] == "ok"


def test_half_a_request_ends(rig: WebRig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "HALF_S", 0.2)
    with socket.create_connection((HOST, rig.port), timeout=10) as silent:
        assert silent.recv(10) == b""
    with socket.create_connection((HOST, rig.port), timeout=10) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\nHost:")
        with pytest.raises(OSError):  # noqa: PT011 (broken, or reset)
            trickle(slow)


def trickle(link: socket.socket) -> None:
    """A byte now and then, until the desk has had enough."""
    while True:
        link.sendall(b"x")
        time.sleep(0.05)


def test_a_connection_serves_many_requests(rig: WebRig) -> None:
    link = HTTPConnection(HOST, rig.port, timeout=10)
    for _ in range(20):
        link.request("GET", "/health")
        assert json.loads(link.getresponse().read())["status"] == "ok"
    link.close()


def test_beyond_its_limit_the_longest_silent_connection_gives_way() -> None:
    rig = WebRig(connections=8, connections_of_host=8)
    try:
        tablet = Tablet(rig.port)
        tablet.say("/subscribe", "/ch/1/fader", 60.0)
        tablet.hear(until="/snapshot/end")
        links = [socket.create_connection((HOST, rig.port)) for _ in range(30)]
        assert rig.json("/health")["status"] == "ok"
        assert len(rig.web._door.callers) <= 8
        assert tablet.ask("/ping", 3, answer="/pong") == [3], "who holds something stays"
        for link in links:
            link.close()
        tablet.close()
    finally:
        rig.close()


def test_a_port_that_is_taken_is_told_and_the_desk_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    with socket.create_server((HOST, 0)) as other:
        port = other.getsockname()[1]
        rig = WebRig(port=port)
        try:
            assert f"http.port: {HOST}:{port}" in rig.web.alarm()
            assert caplog.text.count("goes on without its web port") == 1
            assert list(rig.web.greeting()) == []
        finally:
            rig.close()


def test_a_certificate_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("no certificate")
    for name in (str(broken), str(tmp_path / "none.pem")):
        with pytest.raises(ValueError, match=r"http.certificate .*expected a certificate and its key, both PEM"):
            WebRig(certificate=name, key=name)


def test_long_answers_are_made_in_turns_and_compressed_by_the_piece(rig: WebRig) -> None:
    made = []

    def pieces() -> Iterator[bytes]:
        for k in range(50):
            made.append(rig.osc.turns.steps)
            yield f"{k:04d}".encode() * 1000

    before, rig.web.site.respond = rig.web.site.respond, lambda *_: Answer(pieces(), kind="text/plain")
    try:
        _, headers, body = rig.ask("/anything", Accept_Encoding="gzip, deflate")
    finally:
        rig.web.site.respond = before
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == b"".join(f"{k:04d}".encode() * 1000 for k in range(50))
    assert len(set(made)) == 50, "each piece in a turn of its own"
