"""A desk of November 2026, before the rooms and the checksums, is the same desk in this version.

`tests/data/desk-before-rooms`: the store, a take and an exported scene that it left, and every value as it answered.
"""

import json
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import servers
from studiod.cli.do import done
from studiod.cli.main import main
from studiod.client.client import ask
from studiod.registry.console_sections import MOVED
from studiod.registry.registry import Console, Registry
from studiod.settings.schema import load

LEFT = Path(__file__).resolve().parents[1] / "data" / "desk-before-rooms"
WAS = {MOVED.get(path, path): value for path, value in json.loads((LEFT / "values.json").read_text("utf-8")).items()}
PARAMS = Registry(Console(**load(LEFT / "studio.toml").console.model_dump())).params
KEPT = {path: value for path, value in WAS.items() if not PARAMS[path].flags & {"volatile", "read-only"}}
# A track that recorded its own input then records what its channel is patched to now.
PATCHED = {
    f"recorder/track/{n}/source": "patched" for n in range(1, 9) if WAS[f"recorder/track/{n}/source"] == f"input/{n}"
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Daemon]:
    size = tomllib.loads((LEFT / "studio.toml").read_text("utf-8"))
    daemon = servers.Daemon(tmp_path_factory.mktemp("older"), size)
    shutil.copytree(LEFT, daemon.state)
    with daemon.start():
        yield daemon


def say(desk: servers.Daemon, word: str, *args: int | float | str) -> list[list[object]]:
    return done(desk.host, desk.osc_port, word, [args])


def values(desk: servers.Daemon) -> dict[str, object]:
    return {path: ask(desk.host, desk.osc_port, path) for path in KEPT}


def same(now: dict[str, object], was: dict[str, object]) -> bool:
    """Numbers went over the wire as float32."""
    at = {path: value if isinstance(value, str) else pytest.approx(value, rel=1e-6) for path, value in was.items()}
    assert {path: (was[path], value) for path, value in now.items() if value != at[path]} == {}
    return True


def test_every_value_that_is_kept_stands_as_it_was_left_and_nothing_is_told_lost(desk: servers.Daemon) -> None:
    now = values(desk)
    assert len(now) > 2000
    assert sum(value != PARAMS[path].rest for path, value in now.items()) > 500
    assert same(now, KEPT | PATCHED)
    told = [line for line in desk.stderr.splitlines() if line.startswith(("WARNING", "ERROR"))]
    assert not [line for line in told if "studiod.process.pulse" not in line]  # a busy machine holds a desk up


def test_its_take_is_listed_and_loaded(desk: servers.Daemon) -> None:
    (name,) = [line[1] for line in say(desk, "take/list") if line[0] == "take/list"]
    assert str(name).endswith("Old take")
    assert say(desk, "take/load", "Old take")[0][2:4] == [2, 0]


def test_its_scenes_and_preset_are_recalled(desk: servers.Daemon) -> None:
    assert [line[1] for line in say(desk, "scene/list")[:-1]] == ["Verse"]
    word, name, changed, left = say(desk, "scene/recall", "Verse")[0]
    assert (word, name, left) == ("scene/recall", "Verse", 0)
    assert isinstance(changed, int)
    assert changed > 100
    assert say(desk, "preset/list")[0][1] == "Warm"
    assert say(desk, "preset/recall", "Warm", "ch/3")[0][:2] == ["preset/recall", "Warm"]


def test_its_exported_scene_is_what_its_scene_recalls(desk: servers.Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    say(desk, "scene/recall", "Verse")
    before = values(desk)
    assert main(["scene", "--port", str(desk.osc_port), "import", str(LEFT / "scene.toml"), "--name", "Again"]) == 0
    assert "out of range" not in capsys.readouterr().err
    say(desk, "scene/recall", "Again")
    assert same(values(desk), before)
