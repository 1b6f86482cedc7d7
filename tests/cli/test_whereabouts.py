"""Where the commands look for the daemon: words before the command and behind it, the environment, and what is none."""

import socket

import pytest

import servers
from studiod.cli.main import main, parser
from studiod.cli.whereabouts import settle
from studiod.client import client
from studiod.errors import Fault

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "PATIENCE_S", 0.1)
    monkeypatch.delenv("STUDIOD_HOST", raising=False)
    monkeypatch.delenv("STUDIOD_PORT", raising=False)


def settled(*words: str) -> tuple[str, int]:
    args = parser().parse_args(words)
    settle(args)
    return args.host, args.port


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("get", "x"), ("127.0.0.1", 9000)),
        (("--port", "9001", "get", "x"), ("127.0.0.1", 9001)),
        (("--host", "::1", "scene", "--port", "9001", "list"), ("::1", 9001)),
        (("--port", "9001", "get", "x", "--port", "9002"), ("127.0.0.1", 9002)),
        (("--port", "9001", "scene", "list", "--host", "b"), ("b", 9001)),
    ],
)
def test_the_place_may_stand_before_the_command_or_behind_it(words: tuple[str, ...], place: tuple[str, int]) -> None:
    assert settled(*words) == place


def test_the_environment_is_the_default_and_an_empty_one_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STUDIOD_HOST", "desk")
    monkeypatch.setenv("STUDIOD_PORT", "9005")
    assert settled("get", "x") == ("desk", 9005)
    assert settled("get", "x", "--port", "1") == ("desk", 1)
    monkeypatch.setenv("STUDIOD_HOST", "")
    monkeypatch.setenv("STUDIOD_PORT", "")
    assert settled("get", "x") == ("127.0.0.1", 9000)


@pytest.mark.parametrize("port", ["0", "70000", "65536", "-1", "abc", "9k", "", "٣"])
def test_a_port_that_is_none_is_told_with_what_said_it(
    port: str, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["get", "x", f"--port={port}"]) == 2
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith("--port: expected a port from 1 to 65535; got ")
    if port:
        monkeypatch.setenv("STUDIOD_PORT", port)
        assert main(["get", "x"]) == 2
        (told,) = capsys.readouterr().err.splitlines()
        assert told.startswith("STUDIOD_PORT: expected a port from 1 to 65535; got ")


@pytest.mark.parametrize("words", [("params",), (), ("warm",)])
def test_a_command_that_talks_to_nobody_takes_no_place(words: tuple[str, ...]) -> None:
    with pytest.raises(Fault, match=r"--port: studiod .* talks to no daemon"):
        settled("--port", "9000", *words)


def test_a_host_with_its_port_is_told_as_that_place(capsys: Said) -> None:
    port = servers.free_udp_port()
    for words in (("get", "ch/1/fader"), ("set", "ch/1/fader", "0"), ("scene", "list"), ("do", "status"), ("watch",)):
        assert main([*words, "--host", f"127.0.0.1:{port}"]) == 1
        assert capsys.readouterr().err.startswith(f"no answer from 127.0.0.1:{port}; is studiod running there?")


def test_a_name_that_is_not_found_is_no_silence(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    for words in (("get", "ch/1/fader"), ("scene", "list"), ("meters",)):
        assert main([*words, "--host", "nohost.invalid"]) == 1
        told = "--host nohost.invalid: no host of that name is found; check it, or name the host by its address\n"
        assert capsys.readouterr().err == told
