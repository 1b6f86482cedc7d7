"""`studiod params` and `--version`: the whole manual or a part of it, and numbers only for what NRPN can set."""

import asyncio
import contextlib
import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import tomllib

import pytest

import servers
from controllers.midi.nrpn import Nrpn
from midi_parts import SilentEngine, Wire
from studiod.cli.main import main
from studiod.desk.desk import Desk
from studiod.registry.manual_pages import FLAGS
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


def typed(width: int, *words: str) -> list[str]:
    """The lines on a terminal of that many characters."""
    out, into = pty.openpty()
    fcntl.ioctl(into, termios.TIOCSWINSZ, struct.pack("HHHH", 40, width, 0, 0))
    env = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    run = [sys.executable, "-m", "studiod", "params", *words]
    with subprocess.Popen(run, cwd=servers.ROOT, env=env, stdout=into, stdin=subprocess.DEVNULL) as process:
        os.close(into)
        text = b""
        with contextlib.suppress(OSError):  # what a terminal says whose other end is gone
            while more := os.read(out, 65536):
                text += more
    os.close(out)
    assert process.returncode == 0
    return text.decode().replace("\r\n", "\n").splitlines()


@pytest.mark.parametrize("width", [40, 79, 120])
def test_on_a_terminal_it_is_folded_and_fits(width: int) -> None:
    lines = typed(width)
    assert max(map(len, lines)) <= width
    assert lines[0] == "ch/1..32/…"
    text = re.sub(r"\s+", " ", " ".join(lines))
    assert "threshold Level above which the compressor works. A number from -60 to 0 dB; default -20; " in text
    assert "The strip follows DCA N. 0 or 1; default 0; NRPN 1:256 +512 +1" in text
    assert len(lines) < {40: 1900, 79: 1000, 120: 800}[width]


def test_what_stands_there_is_explained_at_the_end_and_nothing_else() -> None:
    lines = typed(80, "ch/1/comp")
    assert lines[0] == "ch/1/comp/…"
    assert [line for line in lines if line.startswith("[")] == [
        "[volatile]: at its default after every start, and in no scene."
    ]
    assert any(line.startswith("A point: none, input/1..32, ") for line in lines)
    assert not any("1..32: any" in line or "+512" in line for line in lines)
    registry = Registry(Console(**Settings().console.model_dump()))
    assert set(FLAGS) == {flag for param in registry.params.values() for flag in param.flags}


def test_a_word_is_searched_in_paths_texts_and_items(capsys: pytest.CaptureFixture[str]) -> None:
    def found(*words: str) -> set[str]:
        return {line.split()[0] for line in said(capsys, *words).splitlines()}

    assert "ch/1/comp/ratio" in found("--search", "RATIO")
    assert {"ch/32/comp/ratio", "main/comp/ratio"} <= found("--search", "one dB out above")
    assert found("ch/1", "--search", "expand3") == {"ch/1/gate/mode"}
    assert [row["path"] for row in json.loads(said(capsys, "main", "--search", "knee", "--json"))] == ["main/comp/knee"]
    assert typed(80, "ch/2", "--search", "knee")[0] == "ch/2/comp/…"
    assert main(["params", "--search", "flanger"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == "flanger: in no path and no text of the manual; try a shorter word, or its beginning"
