"""`studiod get`, `set` and `watch` beside a real daemon: patterns, all of it or nothing, and what is printed of it."""

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import servers
from studiod.cli.main import main
from studiod.cli.values import line, unit
from studiod.net.osc_codec import decode, encode
from studiod.registry.registry import Console, Registry
from studiod.registry.roles import COMMANDS
from wrong_daemon import WrongDaemon

Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Daemon]:
    """A small console, for all tests of this file: each sets what it looks at."""
    settings = {"console": {"channels": 4, "buses": 2, "matrices": 1}}
    with servers.Daemon(tmp_path_factory.mktemp("desk"), settings).start() as one:
        yield one


class Run:
    """`studiod …` beside the daemon: the exit code, the lines of stdout and those of stderr."""

    def __init__(self, daemon: servers.Daemon, capsys: Said) -> None:
        self._port, self._capsys = ["--port", str(daemon.osc_port)], capsys

    def __call__(self, *words: str) -> tuple[int, list[str], list[str]]:
        code = main([*words, *self._port])
        out, err = self._capsys.readouterr()
        return code, out.splitlines(), err.splitlines()


@pytest.fixture
def run(daemon: servers.Daemon, capsys: Said) -> Run:
    return Run(daemon, capsys)


@pytest.mark.parametrize(
    ("pattern", "value", "rows"),
    [
        ("ch/[1-3]/mute", "1", ["ch/1/mute 1", "ch/2/mute 1", "ch/3/mute 1"]),
        ("{bus,ch}/2/fader", "-oo", ["ch/2/fader -90.0 dB", "bus/2/fader -90.0 dB"]),
        ("/ch/*/eq/1/freq", "1k2", [f"ch/{n}/eq/1/freq 1200.0 Hz" for n in range(1, 5)]),
        ("ch/?/name", "5", [f"ch/{n}/name 5" for n in range(1, 5)]),
        ("//comp/attack", "12", [f"{s}/comp/attack 12.0 ms" for s in
                                 ("ch/1", "ch/2", "ch/3", "ch/4", "bus/1", "bus/2", "matrix/1", "main")]),
    ],
)  # fmt: skip
def test_a_pattern_sets_and_lists_all_that_it_names(run: Run, pattern: str, value: str, rows: list[str]) -> None:
    assert run("set", pattern, value) == (0, rows, [])
    assert run("get", pattern) == (0, rows, [])
    assert run("watch", pattern, "--once") == (0, rows, [])
    ((found,),) = (run("get", pattern, "--json")[1],)
    assert [line(path, value) for path, value in json.loads(found).items()] == rows
    assert json.loads(run("set", pattern, value, "--json")[1][0]) == json.loads(found)
    assert [json.loads(one) for one in run("watch", pattern, "--once", "--json")[1]] == [
        {path: value} for path, value in json.loads(found).items()
    ]


@pytest.mark.parametrize(
    ("pattern", "value", "said"),
    [
        ("ch/[1-3]/fader", "99", "ch/1/fader: out of range; expected a number from -90 to 10 dB; got 99"),
        ("zz/*", "1", "zz/*: no path matches"),
        ("ch/*/{pan,fader}", "30", "out of range"),  # right for one kind of them
        ("*/1/name", "x" * 33, "too long"),
        ("ch/1/*", "1", "; nothing is changed"),
        ("by/ch/[12]/name", "1", "text has no steps"),
        ("toggle/ch/*/fader", "1", "not a switch"),
    ],
)
def test_a_refusal_changes_nothing_and_is_one_line(run: Run, pattern: str, value: str, said: str) -> None:
    before = run("get", "ch/**")
    code, out, (told,) = run("set", pattern, value)
    assert (code, out) == (1, [])
    assert said in told
    assert told.endswith("; nothing is changed")
    assert run("get", "ch/**") == before


@pytest.mark.parametrize("command", [("get",), ("watch", "--once"), ("watch", "--changes"), ("get", "--json")])
def test_a_pattern_that_names_nothing_is_a_failure(run: Run, command: tuple[str, ...]) -> None:
    code, out, (told,) = run(command[0], "chan/*", *command[1:])
    assert (code, out) == (1, [])
    assert "chan/*: no path matches; nearest is ch/" in told


def test_a_strip_alone_is_refused_with_the_pattern_of_all_below_it(run: Run) -> None:
    for strip in ("ch/1", "ch/2/eq", "main"):
        code, out, (told,) = run("get", strip)
        assert (code, out) == (1, [])
        assert f"{strip}: no such path; " in told
        assert f"nearest is {strip}/*" in told


def test_the_other_ways_to_set_show_what_stands_then(run: Run) -> None:
    run("set", "ch/*/fader", "-10")
    run("set", "ch/*/mute", "0")
    assert run("set", "by/ch/1/fader", "-2.5") == (0, ["ch/1/fader -12.5 dB"], [])
    assert run("set", "by/ch/[12]/fader", "2.5")[1] == ["ch/1/fader -10.0 dB", "ch/2/fader -7.5 dB"]
    assert run("set", "toggle/ch/1/mute", "1")[1] == ["ch/1/mute 1"]
    assert run("set", "toggle/ch/{1,2}/mute", "1")[1] == ["ch/1/mute 0", "ch/2/mute 1"]
    assert run("set", "turn/ch/3/fader", "1")[1] == ["ch/3/fader 10.0 dB"]
    assert run("get", "turn/ch/3/fader")[1] == ["1.0"]
    assert run("get", "turn/ch/[34]/fader")[1][0] == "turn/ch/3/fader 1.0"
    assert run("get", "ch/3/fader")[1] == ["10.0"], "one path: the value alone, as scripts want it"


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("get", "undo"), "undo: a command, not a value; expected a path such as ch/1/fader; `studiod do undo` does"),
        (("set", "scene/recall/Verse", "1"), "`studiod do scene/recall` does it"),
        (("get", "cue/next"), "`studiod do cue/next` does it"),
        (("set", "autotrim", "1"), "`studiod do autotrim` does it"),
        (("get", "toggle/ch/1/mute"), "toggle/ch/1/mute: a way to set; ask for ch/1/mute"),
        (("get", "by/ch/1/fader"), "ask for ch/1/fader"),
    ],
)  # fmt: skip
def test_a_question_does_nothing(run: Run, command: tuple[str, ...], said: str) -> None:
    before = run("get", "**/{mute,fader}")
    code, out, (told,) = run(*command)
    assert (code, out) == (1, [])
    assert said in told
    assert run("get", "**/{mute,fader}") == before


def test_a_word_is_no_path() -> None:
    paths = set(Registry(Console()).params)
    assert not paths & set(COMMANDS)


def test_units_are_those_of_the_desk_whatever_its_size() -> None:
    for console in (Console(), Console(8, 8, 5, 16, 48_000, 4, 6, 8, 6), Console(1, 1, 1, 1)):
        assert all(unit(path) == param.unit for path, param in Registry(console).params.items())
    assert (unit("turn/ch/1/fader"), unit("ch/1/fadr"), unit("")) == ("", "", "")


def test_values_that_a_network_lost_are_asked_for_again(capsys: Said) -> None:
    asked = 0

    def answer(packet: bytes) -> Iterator[bytes]:
        nonlocal asked
        ((address, words),) = decode(packet)[0]
        if address == "/subscribe":
            asked += 1
            yield encode("/ch/1/mute", 0)
            if asked > 1:
                yield encode("/ch/2/mute", 1)
            yield encode("/snapshot/end", words[0], 2)

    with WrongDaemon(answer) as wrong:
        assert main(["get", "ch/*/mute", "--port", str(wrong.port)]) == 0
    assert capsys.readouterr().out == "ch/1/mute 0\nch/2/mute 1\n"
    assert asked == 2


def test_what_never_arrives_is_told(capsys: Said) -> None:
    def answer(packet: bytes) -> Iterator[bytes]:
        ((address, words),) = decode(packet)[0]
        if address == "/subscribe":
            yield encode("/ch/1/mute", 0)
            yield encode("/snapshot/end", words[0], 2)

    with WrongDaemon(answer) as wrong:
        assert main(["get", "ch/*/mute", "--port", str(wrong.port)]) == 1
    assert capsys.readouterr().err == "/ch/*/mute: 1 of 2 values arrived; ask for fewer at a time\n"


def test_a_set_is_over_when_it_stands_and_not_before(capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """A value that was there before is no sign that this order was heard."""
    monkeypatch.setattr("studiod.client.client.PATIENCE_S", 0.3)
    with WrongDaemon(lambda packet: [encode("/ch/1/fader", -6.0)]) as deaf:
        assert main(["set", "ch/1/fader", "-6", "--port", str(deaf.port)]) == 1
    assert "is studiod running there?" in capsys.readouterr().err


@pytest.mark.parametrize("place", ["[::1]:{}", "[::1]", "::1"])
def test_a_host_of_ipv6_is_taken_with_its_port_or_without(capsys: Said, place: str) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as desk:
        desk.bind(("::1", 0))
        port = desk.getsockname()[1]
        heard = threading.Thread(target=lambda: desk.sendto(encode("/ch/1/fader", -6.0), desk.recvfrom(2000)[1]))
        heard.start()
        more = [] if "{}" in place else ["--port", str(port)]
        assert main(["get", "ch/1/fader", "--host", place.format(port), *more]) == 0
        heard.join(5)
    assert capsys.readouterr().out == "-6.0\n"


def test_nothing_is_set_where_no_desk_is(tmp_path: Path, capsys: Said) -> None:
    for words in (("set", "ch/*/mute", "1"), ("get", "ch/*/mute"), ("watch", "--once")):
        assert main([*words, "--port", str(servers.free_udp_port())]) == 1
        (told,) = capsys.readouterr().err.splitlines()
        assert "is studiod running there?" in told
