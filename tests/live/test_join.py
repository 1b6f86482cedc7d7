"""`studiod join` beside a running daemon: what it prints lets a tablet in until it is revoked; restarts."""

import json
import re
import sys
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any

import numpy as np
import pytest
from test_reload import own_address

import servers
from studiod.cli.join import drawn
from studiod.cli.main import main

Make = Callable[..., servers.Daemon]
SMALL = {"channels": 2, "buses": 2, "returns": 0, "matrices": 0}
DOTS = 8  # pixels of a module


def read(picture: np.ndarray) -> str:
    """What a scanner that nobody here wrote reads in a picture of dark (True) and light modules."""
    zxing = servers.need_module("zxingcpp")
    grey = np.where(np.kron(picture, np.ones((DOTS, DOTS), bool)), 0, 255).astype(np.uint8)
    return str(zxing.read_barcodes(grey)[0].text)


def of_terminal(lines: list[str]) -> np.ndarray:
    """A code as a terminal with light letters on dark shows it."""
    rows = []
    for line in lines:
        rows += [[sign in " ▄" for sign in line], [sign in " ▀" for sign in line]]
    return np.array(rows)


def of_svg(svg: str) -> np.ndarray:
    """A code drawn as strokes of one module each: M and m move, h draws."""
    size = int(re.findall(r'viewBox="0 0 (\d+) ', svg)[0])
    picture = np.zeros((size, size), bool)
    x = y = 0.0
    strokes = next(path for path in re.findall(r"<path [^>]*>", svg) if "stroke=" in path)
    for verb, words in re.findall(r"([Mmh])([-\d. ]+)", re.findall(r' d="([^"]*)"', strokes)[0]):
        numbers = [float(word) for word in words.split()]
        if verb == "h":
            picture[int(y), int(x) : int(x + numbers[0])] = True
            x += numbers[0]
        else:
            x, y = (numbers[0], numbers[1]) if verb == "M" else (x + numbers[0], y + numbers[1])
    return picture


def fetched(address: str, path: str, token: str) -> int:
    """The status of a request that shows a token; forwarded, so that this machine has no right of its own."""
    link = HTTPConnection(address.removeprefix("http://"), timeout=20)
    try:
        link.request("GET", path, headers={"Authorization": f"Bearer {token}", "X-Forwarded-For": "203.0.113.9"})
        return link.getresponse().status
    finally:
        link.close()


def test_a_code_for_each_address_lets_a_tablet_in_until_it_is_revoked(
    make_daemon: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    own = own_address()
    daemon = make_daemon({"http": {"listen": "0.0.0.0", "announce": False}, "console": SMALL})
    talk = ["--port", str(daemon.osc_port)]

    def said(*words: str) -> str:
        assert main([*words, *talk]) == 0
        return capsys.readouterr().out

    told = json.loads(said("join", "bus:2", "--name", "Anna", "--hours", "3", "--json"))
    assert (told["name"], told["role"], told["shut"]) == ("Anna", "bus:2", "")
    addresses = [one["address"] for one in told["addresses"]]
    base, token = addresses[0].split("/#t=")
    assert f"http://{own}:{daemon.http_port}/#t={token}" in addresses
    assert not [address for address in addresses if "127.0.0.1" in address]
    assert [read(of_svg(one["svg"])) for one in told["addresses"]] == addresses
    assert fetched(base, "/metrics", token) == 200
    assert fetched(base, "/metrics", "x" * 22) == 401

    lines = said("join").splitlines()
    assert re.fullmatch(r"mix for tablet 1, until \S+ \(id (t\w{8})\)\. Who has the code has the role; "
                        r"`studiod join --revoke \1` ends it\.", lines[0])  # fmt: skip
    at = lines.index("") + 1
    assert read(of_terminal([line for line in lines[at + 1 : [*lines, ""].index("", at)]])) == lines[at]
    assert re.fullmatch(r"http://[\w.:\[\]]+/#t=[\w-]{22}", lines[at])

    listed = json.loads(said("join", "--list", "--json"))
    assert [(one["name"], one["role"]) for one in listed] == [("Anna", "bus:2"), ("tablet 1", "mix")]
    assert token not in said("join", "--list")
    assert daemon.stop() == 0
    daemon.start()
    assert json.loads(said("join", "--list", "--json")) == listed
    assert fetched(base, "/metrics", token) == 200
    assert said("join", "--revoke", "Anna") == f"ended: bus:2 for Anna (id {told['id']})\n"
    assert fetched(base, "/metrics", token) == 401
    assert main(["join", "--revoke", "Anna", *talk]) == 1
    assert "token/revoke: no token of that name or id" in capsys.readouterr().err
    assert token not in daemon.stderr


def test_where_no_tablet_can_reach_it_says_what_to_set(make_daemon: Make, capsys: pytest.CaptureFixture[str]) -> None:
    daemon = make_daemon({"console": SMALL})
    assert main(["join", "view", "--port", str(daemon.osc_port)]) == 0
    out, err = capsys.readouterr()
    assert f"http://127.0.0.1:{daemon.http_port}/#t=" in out
    assert "█" not in out, "a code that no tablet could use"
    assert err == (
        'no tablet can reach it: http.listen is "127.0.0.1", which reaches this machine alone; '
        'set listen = "0.0.0.0" under [http], and start studiod again\n'
    )
    for words, told in (
        (["boss"], "token/new: no such role; expected view, mix, admin, or bus:1 to bus:2"),
        (["--hours", "0"], "token/new: how long is out of range (0.01 to 87600 h)"),
        (["--name", "x" * 40], "token/new: the name has to be at most 32 characters"),
    ):
        assert main(["join", *words, "--port", str(daemon.osc_port)]) == 1
        assert told in capsys.readouterr().err
    assert main(["join", "--list", "--json", "--port", str(daemon.osc_port)]) == 0
    assert [one["role"] for one in json.loads(capsys.readouterr().out)] == ["view"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["mix", "--list"], "--list and ROLE: --list makes no token; leave one of them out"),
        (["--revoke", "A", "--name", "B", "--hours", "1"], "--revoke and --name and --hours: --revoke makes no token"),
    ],
)
def test_words_that_do_not_go_together_are_refused(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["join", *words]) == 2
    assert told in capsys.readouterr().err


def test_without_a_daemon_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["join", "--port", str(servers.free_udp_port())]) == 1
    assert "is studiod running there?" in capsys.readouterr().err


def test_a_terminal_that_cannot_draw_a_code_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Ascii:
        encoding = "ascii"

    monkeypatch.setattr(sys, "stdout", Ascii())
    told: Any = drawn("http://192.168.1.5:8080/#t=x")
    assert told.startswith("(no QR code: ascii has no letters to draw it with; set a UTF-8 locale")
