"""Numbers as people and JSON read them: the shortest decimal that is the same float32, from every command."""

import contextlib
import json
import math
import socket

import numpy as np
import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

import servers
from studiod.cli.main import main
from studiod.client.client import watch
from studiod.registry.laws import float32, short


@pytest.mark.parametrize("value", [0.1, -2.0, 0.707, 1 / 3, 19999.9, 3.4e38, 1e-30])
def test_a_float32_is_told_by_the_shortest_decimal_that_gives_the_same(value: float) -> None:
    held = float32(value)
    told = short(held)
    assert np.float32(told) == np.float32(held)
    assert len(repr(told)) <= len(repr(held))
    assert repr(short(float32(float(f"{value:.4g}")))) == repr(float(f"{value:.4g}")), "what was typed comes back"


def test_what_is_no_float32_stays_as_it_is() -> None:
    assert [short(value) for value in (1, True, "a", 1 / 3, 1e300, math.inf)] == [1, True, "a", 1 / 3, 1e300, math.inf]
    assert math.isnan(short(math.nan))


def test_every_command_tells_them_so(daemon: servers.Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    port = ["--port", str(daemon.osc_port)]

    def run(*words: str) -> str:
        assert main([*words, *port]) == 0
        return capsys.readouterr().out.strip()

    assert run("set", "ch/1/trim", "0.1") == "0.1"
    assert run("get", "ch/1/trim") == "0.1"
    assert json.loads(run("get", "ch/1/trim", "--json")) == {"ch/1/trim": 0.1}
    assert run("get", "ch/1/eq/1/q") == "0.707"
    with contextlib.closing(watch("127.0.0.1", daemon.osc_port, "ch/1/trim")) as news:
        assert next(news) == ("ch/1/trim", 0.1)
    run("scene", "store", "one")
    run("set", "ch/1/trim", "0.2")
    assert json.loads(run("scene", "diff", "one", "--json"))["ch/1/trim"] == [0.1, 0.2]
    assert main(["params", "--json"]) == 0
    manual = {row["path"]: row for row in json.loads(capsys.readouterr().out)}
    assert manual["ch/1/eq/1/q"]["rest"] == 0.707
    assert manual["ch/1/gate/attack"]["low"] == 0.02


def test_a_turn_or_a_step_means_the_decimal_that_was_sent(
    daemon: servers.Daemon, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        for path, value in [("/turn/main/fader", 0.7)] + [("/by/ch/1/trim", 0.1)] * 3:
            message = OscMessageBuilder(path)
            message.add_arg(value)
            link.sendto(message.build().dgram, ("127.0.0.1", daemon.osc_port))
    for path, told in (("main/fader", "-2.0"), ("ch/1/trim", "0.3")):
        assert main(["get", path, "--port", str(daemon.osc_port)]) == 0
        assert capsys.readouterr().out.strip() == told
