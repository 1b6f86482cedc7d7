"""README and the pages that it sends people to keep their word: their snippets run, their settings load.

What is a recipe of several steps (a rack, a surface) is carried out in test_recipes.py.
"""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import release_rig
import servers
from studiod.cli import main
from studiod.diagnostics import bench
from studiod.host.offline import Offline
from studiod.registry.registry import Console
from studiod.settings import schema

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOUSE, BENCH, COMMANDS, SURFACES, TABLET = (
    (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("house", "bench", "commands", "surfaces", "tablet")
)
# What the ten lines, or those for tablets, leave on the demo scene; a change is one of what the scene holds.
CHANGES = {"ch/1/fader": -2.5}
TEN = {"ch/9/fader": -3.0, "ch/9/eq/3/gain": 4.0, "ch/9/comp/threshold": -30.0, "ch/7/mute": 0.0, "main/fader": -2.0}
TEN |= {"ch/4/hpf/freq": 500.0, "ch/5/hpf/freq": 500.0, "ch/9/send/13/level": -8.0}
TAPPED = {"ch/9/fader": -2.0, "ch/9/eq/3/gain": 3.6, "ch/7/mute": 0.0, "ch/1/eq/2/freq": 1200.0, "ch/2/main/on": 1.0}
TAPPED |= {"mutegroup/1/on": 0.0, "ch/9/send/1/on": 1.0, "ch/9/send/1/level": 0.0, "bus/1/fader": -3.0}
# What takes the desk some time, and by what a person sees that it is done.
SEEN = {
    "/mix/copy": (["log"], "mix/copy"), "/scene/store": (["scene", "list"], "Big chorus"),
    "/cue/next": (["do", "cue/list"], r"cue/list/end 1 1"),
}  # fmt: skip


def blocks(language: str, text: str = README) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def lines(program: str, text: str = README) -> list[str]:
    """The lines that call a program, alone or with words."""
    return [line for block in blocks("sh", text) for line in block.splitlines() if line.split(" ")[0] == program]


@pytest.fixture
def demo(make_daemon: Callable[..., servers.Daemon]) -> servers.Daemon:
    """The demo session as `make run` plays it, on the virtual interface."""
    play = [str(path) for path in sorted((ROOT / "config" / "demo").glob("*.flac"))]
    return make_daemon({"virtual": {"play": play, "start_scene": str(ROOT / "config" / "demo-scene.toml")}})


def studiod(words: list[str], folder: Path, daemon: servers.Daemon) -> subprocess.CompletedProcess[str]:
    """A command as a person calls it whose daemon is that one."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    env = {**os.environ, "PYTHONPATH": path, "STUDIOD_PORT": str(daemon.osc_port)}
    command = [sys.executable, "-m", "studiod", *words]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120)


def asked(daemon: servers.Daemon, path: str, folder: Path) -> str:
    return studiod(["get", path], folder, daemon).stdout.strip()


def test_it_is_short_and_starts_with_two_commands() -> None:
    assert len(README.splitlines()) < 100
    assert len(README.split()) < 960  # half of what it was when it held all that the docs now hold
    first = blocks("sh")[0].split("\n")
    assert first[:2] == ["make run", "make test"]
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"run", "test"} <= set(targets)
    uses = README.split("## Three uses")[1].split("\n## ")[0]
    assert re.findall(r"\[(docs/\w+\.md)\]\(\1\)", uses) == [
        "docs/surfaces.md", "docs/page.md", "docs/x32.md", "docs/tablet.md", "docs/rack.md",
    ]  # fmt: skip


def sent(text: str, demo: servers.Daemon, folder: Path, left: dict[str, float]) -> None:
    """All the lines of oscsend of a text, to the daemon; `left` and CHANGES must be what they leave behind."""
    tool = servers.need_tool("oscsend", "liblo-tools")
    for line in lines("oscsend", text):
        assert " 9000 " in line
        words = shlex.split(line.replace(" 9000 ", f" {demo.osc_port} "))
        subprocess.run([tool, *words[1:]], check=True, timeout=10)
        if words[3] in SEEN:  # what another sender says meanwhile is not made to wait for it; a person is slower
            ask, answer = SEEN[words[3]]
            assert any(re.search(answer, studiod(ask, folder, demo).stdout) for _ in range(20))
    scene = tomllib.loads((ROOT / "config" / "demo-scene.toml").read_text(encoding="utf-8"))["values"]
    for path, value in (left | {path: scene[path] + by for path, by in CHANGES.items()}).items():
        assert float(asked(demo, path, folder)) == pytest.approx(value, abs=1e-4), path


def test_ten_lines_of_osc_are_taken(demo: servers.Daemon, tmp_path: Path) -> None:
    assert len(lines("oscsend")) == 10
    sent(README, demo, tmp_path, TEN)


def test_the_lines_for_a_tablet_do_what_they_say(demo: servers.Daemon, tmp_path: Path) -> None:
    assert len(lines("oscsend", TABLET)) >= 20
    sent(TABLET, demo, tmp_path, TAPPED)  # after its /undo the mute group is off, and its release took back no more
    for words in (["scene", "list"], ["do", "cue/list"]):
        assert "Big chorus" in studiod(words, tmp_path, demo).stdout


@pytest.mark.parametrize("text", [README, COMMANDS], ids=["README", "commands"])
def test_the_commands_run_as_they_stand(text: str, demo: servers.Daemon, tmp_path: Path) -> None:
    (tmp_path / "config").symlink_to(ROOT / "config")
    assert len(lines("studiod", text)) >= 8
    for line in lines("studiod", text):
        words = shlex.split(line)[1:]
        if words[:1] == ["bench"]:
            continue  # minutes at full size: test_bench.py runs it small
        if words[:1] == ["master"]:
            release_rig.album(tmp_path)  # of docs/mastering.md, as the README says
        done = studiod(words, tmp_path, demo)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert done.stdout
    if text == README:
        assert float(asked(demo, "ch/9/fader", tmp_path)) == -6.0
        made = {path.name for path in (tmp_path / "Evermore").iterdir() if path.is_dir()}
        assert made == {"wav24", "wav16", "wav32f-96000", "flac", "cd", "mp3", "ogg", "opus"}
    assert np.abs(sf.read(str(tmp_path / "mix.wav"))[0]).max() > 0.01


def test_every_command_of_the_readme_has_help() -> None:
    text = README + COMMANDS + SURFACES + TABLET
    named = {line.split()[1] for line in lines("studiod", text) if " " in line} | set(
        re.findall(r"`studiod (\w+)", text)
    )
    choices = next(action.choices for action in main.parser()._actions if action.choices)
    table = COMMANDS.split("| command | |")[1].split("\n\n")[0]
    rows = {word for row in table.splitlines()[2:] for word in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert rows | {"run"} == set(choices), "the table has a row for each command"
    for name in named | rows:
        with pytest.raises(SystemExit) as end:
            main.main([name, "--help"])
        assert end.value.code == 0


@pytest.mark.parametrize("block", blocks("toml", README + COMMANDS + SURFACES + TABLET))
def test_its_settings_load(block: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(block, encoding="utf-8")
    schema.load(file)


def test_files_that_it_names_exist() -> None:
    for name in re.findall(
        r"`((?:config|tests|studiod|dsp|controllers|docs)/[\w./-]*)[`\s]",
        README + HOUSE + BENCH + COMMANDS + SURFACES + TABLET,
    ):
        assert (ROOT / name).exists(), name


def test_its_dependencies_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.match(r"[\w-]+", line).group() for line in project["dependencies"]}  # type: ignore[union-attr]
    table = HOUSE.split("## What the dependencies are for")[1].split("## ")[0]
    named = {name.strip() for row in re.findall(r"^\| ([^|]+) \|", table, re.MULTILINE) for name in row.split(",")}
    assert named - {""} == wanted


def test_the_bench_table_has_the_keys_of_the_bench() -> None:
    found = bench.figures(1, 10, 1, with_daemon=False)
    table = BENCH.split("| figure | means |")[1].split("\n\n")[0]
    keys = [word for row in table.splitlines()[2:] for word in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert sorted(keys) == sorted(found)


def test_the_demo_scene_is_a_mix_that_does_not_clip() -> None:
    tracks = [sf.read(str(path), dtype="float32")[0] for path in sorted((ROOT / "config" / "demo").glob("*.flac"))]
    scene = tomllib.loads((ROOT / "config" / "demo-scene.toml").read_text(encoding="utf-8"))
    assert set(scene["scene"]) == {"name", "saved", "version"}
    offline = Offline(Console(len(tracks), 2, 32, 16), scene["values"])
    assert offline.faults == []
    peak_db = 20.0 * np.log10(np.abs(offline.run(np.stack(tracks, 1))).max())
    assert -4.5 < peak_db < -1.5  # a rough mix with room: about -3 dBFS
