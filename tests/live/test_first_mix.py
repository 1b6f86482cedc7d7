"""docs/first-mix.md, line by line: from an empty desk to a take, a cue list and a render, by commands alone."""

import json
import re
import shlex
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import soundfile as sf

import servers
from studiod.cli.main import main
from studiod.client.client import ask

PAGE = servers.ROOT / "docs" / "first-mix.md"
TALK = ("set", "get", "do", "scene", "undo", "log", "meters")  # commands that speak to a daemon
HEARD_S = 6.0  # of the demo, before it is trimmed: all but the late tracks have sounded
SESSION = servers.ROOT / "config" / "demo"


def lines() -> list[str]:
    """The commands of the page."""
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def carry_out(line: str, port: int) -> None:
    """As a shell would, but in this process: fifty starts of Python take half a minute."""
    word, *rest = shlex.split(line.replace("$PWD", str(Path.cwd())))
    if word == "sleep":
        time.sleep(float(rest[0]))
        return
    assert word == "studiod", line
    assert main([*rest, *(("--port", str(port)) if rest[0] in TALK else ())]) == 0, line


def test_the_page_is_carried_out_as_it_stands(
    make_daemon: Callable[..., servers.Daemon],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    daemon = make_daemon({"virtual": {"play": [str(file) for file in sorted(SESSION.glob("*.flac"))], "loop": True}})
    (tmp_path / "config").symlink_to(servers.ROOT / "config")
    monkeypatch.chdir(tmp_path)

    def has(path: str) -> object:
        return ask(daemon.host, daemon.osc_port, path)

    def until(true: Callable[[], bool], what: str) -> None:
        end_s = time.monotonic() + 30.0
        while not true():
            assert time.monotonic() < end_s, what
            time.sleep(0.1)

    until(lambda: float(str(has("status/frames"))) > HEARD_S * 48_000, "the demo did not play")
    said: dict[str, str] = {}
    for line in lines():
        carry_out(line, daemon.osc_port)
        said[line] = capsys.readouterr().out
        if line == "studiod undo":
            assert has("main/fader") == 0.0
    assert "Kick" in said["studiod log"] or "main/fader" in said["studiod log"]
    assert re.findall(r"Verse|Chorus", said["studiod do cue/list"]) == ["Verse", "Chorus"]
    # what the desk holds: the slip was taken back while the cue's fade went on
    assert has("main/fader") == 0.0
    until(lambda: has("ch/7/fader") == -3.0, "the cue's fade did not end")
    assert has("ch/9/eq/3/freq") == 2500.0
    assert float(str(has("ch/1/trim"))) != 0.0, "autotrim did something"
    until(lambda: has("ch/10/fader") == -90.0, "the fade did not end")
    # the take: named by what is on it, and begun before the button
    (take,) = [folder for folder in (daemon.state / "recordings").iterdir() if not folder.name.startswith(".")]
    assert take.name.endswith("First mix")
    assert sorted(file.name for file in take.glob("*.wav")) == ["01 Kick.wav", "06 Bass.wav", "09 Vocal.wav"]
    for file in take.glob("*.wav"):
        info = sf.info(file)
        assert info.frames > 2.0 * info.samplerate
    # the file: as loud as such a mix is, below the limiter's ceiling
    assert main(["measure", "mix.wav", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)[0]
    assert -30.0 < found["integrated_lufs"] < -14.0
    assert found["true_peak_dbtp"] <= -0.99
    scene = (tmp_path / "chorus.toml").read_text("utf-8")
    assert '"ch/9/name" = "Vocal"' in scene
    with sqlite3.connect(tmp_path / "first-mix.studiod") as base:
        kept = {(kind, name) for kind, name in base.execute("SELECT kind, name FROM kept")}
    assert {("scene", "Verse"), ("scene", "Chorus")} <= kept
