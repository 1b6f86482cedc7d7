"""Machines without the usual: no home, one that cannot be written, a user without an entry in the password file.

The user without an entry is stood in for: the list of users knows nobody.  Below /proc even root cannot write.
"""

import argparse
import os
import pwd
from pathlib import Path

import pytest

import servers
from dsp.core.rt import cache_directory
from studiod import user_folders
from studiod.cli.main import main, parser

COMPILING = {
    "run": [], "check": [], "bench": [], "warm": [], "measure": ["x.wav"],
    "render": ["--input", "x.wav", "--output", "main=y.wav"],
}  # fmt: skip
CODE = cache_directory().parents[1]
NO_HOME = "no folder for the compiled code: user {user} has no home; "
UNWRITABLE = "the compiled code cannot be kept in {folder}/compiled: "
REMEDY = "set STUDIOD_CACHE to a folder that this user may write, and name one for the desk's values with --state"


@pytest.fixture
def homeless(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A user whom the system does not know, with an empty environment."""

    def nobody(_: int) -> None:
        raise KeyError("uid not found")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    for name in ("HOME", user_folders.CACHE, *(n for n in os.environ if n.startswith("XDG_"))):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize("command", COMPILING)
@pytest.mark.parametrize(
    ("variables", "begins"),
    [
        ({}, NO_HOME),
        ({"HOME": "/proc/studiod"}, UNWRITABLE),
        ({"HOME": "/dev/null"}, UNWRITABLE),
        ({"XDG_CACHE_HOME": "/proc/studiod"}, UNWRITABLE),
        ({"STUDIOD_CACHE": "/dev/null/x"}, UNWRITABLE),
    ],
    ids=["none", "unwritable", "a file", "xdg", "cache"],
)
def test_every_command_that_compiles_ends_with_one_line_and_2(
    command: str, variables: dict[str, str], begins: str,
    homeless: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    for name, value in variables.items():
        homeless.setenv(name, value)
    assert main([command, *COMPILING[command]]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    folder = {"HOME": "{}/.cache/studiod", "XDG_CACHE_HOME": "{}/studiod", "STUDIOD_CACHE": "{}"}
    where = "".join(folder[name].format(value) for name, value in variables.items())
    assert line.startswith(begins.format(user=os.getuid(), folder=where)), line
    assert line.endswith(REMEDY)


def test_the_others_need_no_home(homeless: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (sub,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    assert COMPILING.keys() < sub.choices.keys()
    assert main(["params", "ch/1/fader"]) == 0
    assert main(["get", "ch/1/fader", "--port", str(servers.free_udp_port())]) == 1
    assert capsys.readouterr().err.startswith("no answer from 127.0.0.1:")


def test_a_folder_for_the_code_and_none_for_the_values_names_state(
    homeless: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    homeless.setenv(user_folders.CACHE, str(CODE))
    assert main(["run", "--interface", "virtual"]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    told = f"no folder for the desk's values: user {os.getuid()} has no home; "
    assert line.endswith(told + "name one with --state, or state.directory")


@pytest.mark.parametrize("kind", ["cache", "state", "config"])
def test_a_home_that_is_no_absolute_path_is_none(kind: str, homeless: pytest.MonkeyPatch) -> None:
    assert user_folders.own(kind) is None
    homeless.setattr(f"platformdirs.user_{kind}_path", lambda _: Path("~/.x/studiod"))  # as older ones of these say it
    assert user_folders.own(kind) is None
    homeless.setattr(f"platformdirs.user_{kind}_path", lambda _: Path("/home/x/studiod"))
    assert user_folders.own(kind) == Path("/home/x/studiod")
