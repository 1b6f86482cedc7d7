"""A band's scene comes along: a console's file onto the desk, what is left out told; and out again."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import servers
from studiod.client.client import ask

Make = Callable[..., servers.Daemon]
FILE = """#4.0# "Tour" "with strings" %000000000 1
/config/chlink OFF OFF OFF OFF OFF OFF OFF OFF OFF OFF OFF OFF OFF OFF OFF OFF
/ch/01/config "Lead Vox" 43 BLi 1
/ch/01/eq/3 PEQ 1k97 +4.50 2.0
/ch/01/mix ON  -6.5 ON -20 OFF   -oo
/ch/01/mix/01 ON -10.0 +0 PRE 0
/ch/40/mix ON  0.0
/headamp/003 +32.5 ON
/fx/1 HALL
/fx/1/par 30 2.46 42 5k74 22 0.5 113 6k6 0.97 28 35 50 0 0
"""


def scene(desk: servers.Daemon, *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "studiod", "scene", *words, "--host", desk.host, "--x32-port", str(desk.x32_port)]
    return subprocess.run(command, capture_output=True, text=True, cwd=servers.ROOT, timeout=120, check=False)


def test_a_scene_of_a_console_comes_along_and_goes_out_again(make_daemon: Make, tmp_path: Path) -> None:
    desk = make_daemon({"x32": {"enabled": True}})
    file = tmp_path / "tour.scn"
    file.write_text(FILE)
    done = scene(desk, "import", str(file))
    assert done.returncode == 0, done.stderr
    assert "9 lines; 1 values left out," in done.stdout
    assert "/ch/40/mix: no such line on this desk" in done.stderr
    assert "/headamp/003/phantom: ON is kept, and heard nowhere on this desk" in done.stderr
    for path, value in (
        ("ch/1/name", "Lead Vox"), ("ch/1/colour", "blue"), ("ch/1/eq/3/gain", 4.5), ("ch/1/pan", -20.0),
        ("ch/1/send/1/tap", "pre_fader"), ("fx/1/type", "reverb"),
        ("ch/1/fader", pytest.approx(-6.5, abs=0.05)), ("fx/1/reverb/time", pytest.approx(2.41, rel=0.03)),
    ):  # fmt: skip
        assert ask(desk.host, desk.osc_port, path) == value, path
    out = tmp_path / "out.scn"
    told = scene(desk, "export", "--x32", str(out), "--json")
    assert json.loads(told.stdout) == {"file": str(out), "lines": 2118}
    lines = {line.split()[0]: line.split() for line in out.read_text().splitlines()}
    for line in FILE.splitlines()[1:]:
        words = line.split()
        if words[0] not in ("/ch/40/mix", "/config/chlink"):
            assert lines[words[0]][: len(words)] == words
    assert scene(desk, "export", "--x32", str(tmp_path / "no" / "folder.scn")).returncode == 1


def test_what_is_no_line_of_a_scene_is_named_and_the_rest_comes_in(make_daemon: Make, tmp_path: Path) -> None:
    desk = make_daemon({"x32": {"enabled": True}})
    file = tmp_path / "odd.scn"
    long = f'/ch/12/config "{"A" * 100_000}'
    file.write_text(f'#4.0# "x"\n\nsome words\n{long}\n/ch/09/mix ON 1e999 ON nan\n/ch/11/config "last" 1 OFF 1\n')
    done = scene(desk, "import", str(file))
    assert done.returncode == 0, done.stderr
    assert "4 lines; 4 values left out, 0 kept" in done.stdout
    assert "some: no such line on this desk" in done.stderr
    assert "AAAA …: a line of more than 8000 bytes is none of a scene" in done.stderr
    assert ask(desk.host, desk.osc_port, "ch/11/name") == "last"
