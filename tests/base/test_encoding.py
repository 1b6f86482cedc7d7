"""Every command in a locale of bare ASCII: no traceback, no lost figure; and `measure` on narrow terminals."""

import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import servers
from captures import RATE_HZ
from studiod.cli.main import parser
from studiod.cli.measure import COLUMNS, block, shortened, show
from studiod.client.client import ask

# LC_ALL=C alone makes Python speak UTF-8: without these two it is as strict as an old terminal
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def run(*words: str | bytes, code: int = 0) -> str:
    """What a command prints; no traceback, and the exit code."""
    path = os.pathsep.join(filter(None, [str(servers.ROOT), os.environ.get("PYTHONPATH", "")]))
    command = [sys.executable, "-m", "studiod", *words]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path, **ASCII}, capture_output=True, timeout=120)
    said = done.stdout.decode("ascii"), done.stderr.decode("ascii")
    assert "Traceback" not in said[1], said[1]
    assert done.returncode == code, said
    return said[0] + said[1]


def test_every_command_has_help_there() -> None:
    (commands,) = (action.choices for action in parser()._actions if isinstance(action.choices, dict))
    assert len(commands) >= 13
    assert "usage: studiod" in run("--help")
    for name in commands:
        assert f"usage: studiod {name}" in run(name, "--help")


def test_commands_beside_a_daemon_spell_out_what_the_locale_lacks(make_daemon: Callable[..., servers.Daemon]) -> None:
    daemon = make_daemon({"console": {"channels": 2, "buses": 2}})
    port = ("--port", str(daemon.osc_port))
    assert run("set", "ch/1/name", "Bö", *port).strip() == r"B\u00f6"
    assert run("get", "ch/1/name", *port).strip() == r"B\u00f6"
    assert json.loads(run("get", "ch/1/name", "--json", *port)) == {"ch/1/name": "Bö"}
    assert ask(daemon.host, daemon.osc_port, "ch/1/name") == "Bö"
    assert r"Strophe \u00e4: " in run("scene", "store", "Strophe ä", *port)
    assert r"Strophe \u00e4" in run("scene", "list", *port)
    assert json.loads(run("scene", "list", "--json", *port))[0]["name"] == "Strophe ä"
    scene = tomllib.loads(run("scene", "export", "Strophe ä", *port))
    assert scene["values"]["ch/1/name"] == "Bö", "a spelt letter is TOML's own escape"
    assert run("meters", "ch", "--once", *port).startswith("ch ch/1 ")
    told = run("set", "ch/1/name", b"B\xf6", *port, code=1)
    assert told.strip() == r"'B\udcf6': not UTF-8 text; set a UTF-8 locale, such as LC_ALL=C.UTF-8"


def test_files_with_such_names_are_read_and_written(tmp_path: Path) -> None:
    sound, out = tmp_path / "ä – b.wav", tmp_path / "ö.wav"
    sf.write(str(sound), np.full(RATE_HZ, 0.25), RATE_HZ)
    assert r"\u00e4 - b.wav" in run("measure", str(sound))
    run("render", "--input", str(sound), "--output", f"ch/1={out}")
    assert len(sf.read(str(out))[0]) == RATE_HZ
    assert r"\u00fc.wav: cannot read this file: there is no such file" in run("measure", "ü.wav", code=2)
    assert r"\u00e4.toml: no such file" in run("run", "--config", "ä.toml", code=2)


def test_a_name_that_is_no_text_is_no_traceback_in_utf8_either(tmp_path: Path) -> None:
    sound = os.fsencode(tmp_path) + b"/b\xf6.wav"
    sf.write(sound, np.full(RATE_HZ, 0.25), RATE_HZ, format="WAV")
    done = subprocess.run(
        [sys.executable, "-m", "studiod", "measure", sound], cwd=servers.ROOT, capture_output=True, timeout=60,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("width", [20, 40, 80, 100, 118, 130, 200])
def test_no_figure_is_cut_at_any_width(
    width: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = {key: -12.34 - k for k, key in enumerate(COLUMNS)}
    found = {Path(f"a rather long name of a file, take {n}.wav"): {**reading, "dc": 0.001932} for n in (1, 12)}
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    show(found)  # type: ignore[arg-type]
    printed = re.sub(r"\x1b\[[0-9;]*m", "", capsys.readouterr().out)
    for k, (_, places) in enumerate(COLUMNS.values()):
        figure = "0.001932" if places == 6 else f"{-12.34 - k:.{places}f}"
        assert len(re.findall(rf"(?<![\d.-]){re.escape(figure)}(?!\d)", printed)) == 2, figure
    assert "LUFS" in printed
    assert "take 1.wav" in printed
    assert "take 12.wav" in printed
    if width >= 40:
        assert max(len(line) for line in printed.splitlines() if "take" not in line) <= width


def test_names_are_shortened_in_the_middle() -> None:
    assert shortened("short.wav", 9) == "short.wav"
    assert shortened("04-overhead-left-take-2.flac", 17) == "04-over..e-2.flac"
    assert len(shortened("x" * 50, 17)) == 17


def test_lines_of_a_block_name_each_figure_with_its_unit() -> None:
    lines = block(["-17.26", "-19.19", "-14.18", "2.46", "-0.85", "-0.87", "16.41", "0.000214", "–"], 80).splitlines()
    assert len(lines) == 5
    assert re.fullmatch(r"  integrated +-17\.26 LUFS +short-term max +-19\.19 LUFS", lines[0])
    assert re.fullmatch(r"  true peak +-0\.85 dBTP +peak +-0\.87 dBFS", lines[2])
