"""The README keeps its word: its snippets run against a daemon, its settings load, its tables are those of the code."""

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

import servers
from studiod.cli import main
from studiod.diagnostics import bench
from studiod.host.offline import Offline
from studiod.registry.registry import Console
from studiod.settings import schema

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
HOUSE, BENCH = ((ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("house", "bench"))


def blocks(language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def lines(program: str) -> list[str]:
    return [line for block in blocks("sh") for line in block.splitlines() if line.startswith(program + " ")]


@pytest.fixture
def demo(make_daemon: Callable[..., servers.Daemon]) -> servers.Daemon:
    """The demo session as `make run` plays it, on the virtual interface."""
    play = [str(path) for path in sorted((ROOT / "config" / "demo").glob("*.flac"))]
    return make_daemon({"virtual": {"play": play, "start_scene": str(ROOT / "config" / "demo-scene.toml")}})


def studiod(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    command = [sys.executable, "-m", "studiod", *words]
    return subprocess.run(
        command, cwd=folder, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, timeout=120
    )


def asked(daemon: servers.Daemon, path: str, folder: Path) -> str:
    return studiod(["get", path, "--port", str(daemon.osc_port)], folder).stdout.strip()


def test_it_is_short_and_starts_with_two_commands() -> None:
    assert len(README.splitlines()) < 200
    first = blocks("sh")[0].split("\n")
    assert first[:2] == ["make run", "make test"]
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"run", "test"} <= set(targets)


def test_ten_lines_of_osc_are_taken(demo: servers.Daemon, tmp_path: Path) -> None:
    tool = servers.need_tool("oscsend", "liblo-tools")
    assert len(lines("oscsend")) == 10
    for line in lines("oscsend"):
        assert " 9000 " in line
        words = shlex.split(line.replace(" 9000 ", f" {demo.osc_port} "))
        subprocess.run([tool, *words[1:]], check=True, timeout=10)
    # what the ten lines together leave behind, on the demo scene
    scene = tomllib.loads((ROOT / "config" / "demo-scene.toml").read_text(encoding="utf-8"))["values"]
    left = {
        "ch/9/fader": -3.0,
        "ch/9/eq/3/gain": 4.0,
        "ch/9/comp/threshold": -30.0,
        "ch/7/mute": 0.0,
        "ch/1/fader": scene["ch/1/fader"] - 2.5,
        "ch/4/hpf/freq": 500.0,
        "ch/5/hpf/freq": 500.0,
        "ch/9/send/13/level": -8.0,
        "main/fader": -2.0,
    }
    for path, value in left.items():
        assert float(asked(demo, path, tmp_path)) == pytest.approx(value, abs=1e-4), path


def test_the_commands_run_as_they_stand(demo: servers.Daemon, tmp_path: Path) -> None:
    (tmp_path / "config").symlink_to(ROOT / "config")
    for line in lines("studiod"):
        words = shlex.split(line)[1:]
        if words[0] == "bench":
            continue  # minutes at full size: test_bench.py runs it small
        if words[0] in ("get", "set", "scene"):
            words += ["--port", str(demo.osc_port)]
        done = studiod(words, tmp_path)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert done.stdout
    assert float(asked(demo, "ch/9/fader", tmp_path)) == -6.0
    assert np.abs(sf.read(str(tmp_path / "mix.wav"))[0]).max() > 0.01


def test_every_command_of_the_readme_has_help() -> None:
    named = {shlex.split(line)[1] for line in lines("studiod")} | set(re.findall(r"`studiod (\w+)", README))
    for name in named:
        with pytest.raises(SystemExit) as end:
            main.main([name, "--help"])
        assert end.value.code == 0


@pytest.mark.parametrize("block", blocks("toml"))
def test_its_settings_load(block: str, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(block, encoding="utf-8")
    schema.load(file)


def test_files_that_it_names_exist() -> None:
    for name in re.findall(r"`((?:config|tests|studiod|dsp|controllers|docs)/[\w./-]*)[`\s]", README + HOUSE + BENCH):
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
