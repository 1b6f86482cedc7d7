"""`studiod params` and `--version`: the whole manual or a part of it, and numbers only for what NRPN can set."""

import asyncio
import json
import re
import tomllib

import pytest

import servers
from controllers.midi.nrpn import Nrpn
from midi_parts import SilentEngine, Wire
from studiod.cli.main import main
from studiod.desk.desk import Desk
from studiod.registry.registry import Console, Registry
from studiod.settings.schema import Settings


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["params", *words]) == 0
    return capsys.readouterr().out


def test_a_text_has_no_number_and_all_else_has_the_one_that_nrpn_takes(capsys: pytest.CaptureFixture[str]) -> None:
    async def reached() -> dict[str, tuple[int, int]]:
        desk = Desk(Registry(Console(**Settings().console.model_dump())), SilentEngine())  # what `params` shows
        nrpn = Nrpn(desk, Wire(), 3000)
        nrpn.close()
        return {path: (message.channel + 1, message.number) for path, message in nrpn.messages.items()}

    taken = asyncio.run(reached())
    for row in json.loads(said(capsys, "ch/1", "--json")):
        number = row["nrpn"] and (row["nrpn"]["channel"], row["nrpn"]["number"])
        assert number == taken.get(row["path"]), row["path"]
        assert (number is None) == (row["kind"] == "text")
    assert "nrpn" not in said(capsys, "ch/1/name")
    assert re.search(r"default -90 +nrpn 1:2 +The strip's level", said(capsys, "ch/1/fader"))


def test_a_pattern_shows_what_it_matches_and_what_is_below(capsys: pytest.CaptureFixture[str]) -> None:
    def paths(*words: str) -> list[str]:
        return [line.split()[0] for line in said(capsys, *words).splitlines()]

    every = paths()
    assert {"ch/1/name", "main/fader", "output/8/source"} < set(every)
    band = [path for path in every if path.startswith("ch/1/eq/")]
    assert len(band) == 21  # on, and four bands of five
    for pattern in ("ch/1/eq/*", "ch/1/eq", "/ch/1/eq/"):
        assert paths(pattern) == band, pattern
    assert paths("ch/[12]/fader") == ["ch/1/fader", "ch/2/fader"]
    assert [row["path"] for row in json.loads(said(capsys, "main/fader", "--json"))] == ["main/fader"]


def test_a_pattern_without_a_match_is_told_with_the_nearest_path(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["params", "ch/1/fadr"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "ch/1/fadr: no path matches; nearest is ch/1/fader; quote a pattern, such as 'ch/1/eq/*'"


def test_a_pattern_that_cannot_be_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["params", "{a,{b,c}}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "braces" in line


def test_the_version_is_that_of_the_project(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["--version"])
    assert end.value.code == 0
    project = tomllib.loads((servers.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert capsys.readouterr().out == f"studiod {project['version']}\n"
