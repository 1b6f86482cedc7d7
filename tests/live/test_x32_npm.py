"""npm x32-osc, unmodified, against the daemon, on an address of its own since its port is fixed: it gets ready without
an error, sets by text, hears meters, and finds no difference: in our scene file, and on its own walk along the console.
"""

import json
import os
import random
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import servers
from node_clients import started
from studiod.cli.main import main
from studiod.client.client import ask, change

Make = Callable[..., servers.Daemon]


class Console:
    """The client, which is asked line by line."""

    def __init__(self, address: str, *words: str) -> None:
        self.process = started("x32_console.js", address, *words)
        self.errors: list[str] = []

    def hear(self, key: str) -> Any:
        """The next answer of a kind; what it tells of faults is kept."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            if key in said:
                return said[key]
            if "failed" in said:
                raise AssertionError(said["failed"])
            self.errors.append(line)
        raise AssertionError(f"it ended: {self.errors}")

    def do(self, deed: str, *words: object) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([deed, *words]) + "\n")
        self.process.stdin.flush()
        return self.hear(deed)

    def until(self, path: str, value: str) -> None:
        end_s = time.monotonic() + 5.0
        while (found := self.do("get", path)) != value:
            assert time.monotonic() < end_s, (path, found, value)
            time.sleep(0.02)


@pytest.fixture
def place() -> str:
    """An address of this machine that nobody else uses."""
    chance = random.Random()
    return f"127.{chance.randint(2, 250)}.{chance.randint(2, 250)}.{chance.randint(2, 250)}"


@pytest.fixture
def desk(make_daemon: Make, place: str) -> servers.Daemon:
    daemon = make_daemon({"x32": {"enabled": True, "listen": place, "port": 10023}})
    change(daemon.host, daemon.osc_port, "ch/1/fader", "-10")
    return daemon


@pytest.fixture
def console(desk: servers.Daemon, place: str, request: pytest.FixtureRequest) -> Iterator[Console]:
    one = Console(place, *(["quick"] if "walk" in request.node.name else []))
    try:
        yield one
    finally:
        one.process.kill()
        one.process.communicate()


def until(desk: servers.Daemon, path: str, value: object) -> None:
    end_s = time.monotonic() + 5.0
    while (found := ask(desk.host, desk.osc_port, path)) != value:
        assert time.monotonic() < end_s, (path, found, value)
        time.sleep(0.02)


def test_it_is_ready_without_an_error_and_works_both_ways(desk: servers.Daemon, console: Console) -> None:
    assert console.hear("ready") == ["X32", "4.06"]
    assert console.errors == []
    for path, text, native, value in (
        ("ch/01/mix/fader", "-5.0", "ch/1/fader", pytest.approx(-5.0, abs=0.05)),
        ("ch/02/config/name", "Snare", "ch/2/name", "Snare"),
        ("ch/02/mix/on", "OFF", "ch/2/mute", 1),
        ("ch/03/eq/2/g", "+4.50", "ch/3/eq/2/gain", 4.5),
        ("ch/03/dyn/ratio", "4.0", "ch/3/comp/ratio", 4.0),
        ("bus/03/mix/fader", "-oo", "bus/3/fader", -90.0),
    ):
        assert console.do("set", path, text)
        until(desk, native, value)
    change(desk.host, desk.osc_port, "ch/4/fader", "-20")
    console.until("ch/04/mix/fader", "-20.0")
    change(desk.host, desk.osc_port, "ch/4/name", "Tom 1")
    console.until("ch/04/config/name", "Tom 1")
    console.do("listen", 1, [6, 3], 12)
    end_s = time.monotonic() + 5.0
    while not {"1", "6", "12"} <= (found := console.do("meters")).keys():
        assert time.monotonic() < end_s, found.keys()
        time.sleep(0.05)
    assert {number: len(values) for number, values in found.items()} == {"1": 96, "6": 4, "12": 4}
    assert console.errors == []


def test_it_finds_no_difference_in_a_scene_file_of_ours(
    desk: servers.Daemon, console: Console, tmp_path: Path, place: str
) -> None:
    for path, text in (
        ("ch/1/name", "Kick in"),
        ("ch/5/eq/3/freq", "1234"),
        ("fx/1/type", "reverb"),
        ("bus/2/mute", "1"),
    ):
        change(desk.host, desk.osc_port, path, text)
    file = tmp_path / "now.scn"
    assert main(["scene", "export", "--x32", str(file), "--host", place]) == 0
    assert console.hear("ready")
    assert console.do("diff", str(file)) == {}
    change(desk.host, desk.osc_port, "ch/5/eq/3/freq", "4000")
    console.until("ch/05/eq/3/f", "3k94")
    assert console.do("diff", str(file)) == {
        "ch": {"05": {"eq": {"3": {"f": {"reference": "1k21", "current": "3k94"}}}}}
    }
    assert console.errors == []


def walked(console: Console) -> list[str]:
    """What its walk finds: along the whole console where X32_WALK=whole (2.5 min, or 40 with its own waits), else along
    three parts of it and six types of effect, seeded."""
    if os.environ.get("X32_WALK") == "whole":
        return console.do("walk")
    chance = random.Random(19)
    parts = chance.sample([one for one in console.do("parts") if one != "fx"], 3)
    types = chance.sample(console.do("effects"), 6)
    found = [console.do("walk_part", part) for part in parts]
    found += [console.do("walk_effect", one) for one in types]
    return [fault for faults in found for fault in faults]


def test_its_own_walk_along_the_console_finds_nothing(desk: servers.Daemon, console: Console) -> None:
    assert console.hear("ready")
    assert walked(console) == []
    # it is told of the parameters of a type before it knows the type, which it has set itself: no more than that
    assert [line for line in console.errors if "conditional" not in line] == []
    assert desk.process is not None
    assert desk.process.poll() is None


def test_what_it_cannot_do_is_told_and_not_waited_for(desk: servers.Daemon, console: Console) -> None:
    assert console.hear("ready")
    with pytest.raises(AssertionError, match="get: TypeError"):
        console.do("get", "no/such/leaf")


def test_its_process_ends_when_it_is_told_to(console: Console) -> None:
    console.hear("ready")
    console.do("end")
    assert console.process.wait(timeout=20) == 0
    assert isinstance(console.process, subprocess.Popen)
