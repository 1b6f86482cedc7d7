"""What `docs/tablet.md` says of a minute's way, done: few lines to change, and a fader moves."""

import re
import shlex
import shutil
import tomllib
from pathlib import Path

import pytest

from servers import ROOT
from stage_app import Stage
from studiod.cli.layout import PORT
from studiod.cli.main import main
from studiod.settings.schema import Settings, load
from touchosc_app import App
from web_rig import REGISTRY, WebRig

PAGE = (ROOT / "docs" / "tablet.md").read_text("utf-8")
LINES_MOST = 3  # that a person has to change


def section(title: str) -> str:
    return next(part for part in PAGE.split("\n## ") if part.startswith(title))


def test_at_most_three_lines_of_the_settings_have_to_be_changed(tmp_path: Path) -> None:
    text = re.search(r"```toml\n(.*?)```", section("Let it in"), re.S)[1]
    written = tmp_path / "mine.toml"
    written.write_text(text)
    load(written)  # it is valid as it stands
    default = Settings().model_dump()
    changed = [(table, key) for table, rows in tomllib.loads(text).items() for key, value in rows.items()
               if default[table][key] != value]  # fmt: skip
    assert changed == [("osc", "listen"), ("access", "lan")]
    assert len(changed) <= LINES_MOST


def test_the_demo_takes_the_same_lines_at_its_end(tmp_path: Path) -> None:
    text = re.search(r"```toml\n(.*?)```", section("Let it in"), re.S)[1]
    assert "config/demo.toml" in section("Let it in")
    folder = shutil.copytree(ROOT / "config", tmp_path / "config")
    demo = folder / "demo.toml"
    demo.write_text(demo.read_text("utf-8") + "\n" + text, "utf-8")
    assert load(demo).osc.listen == "0.0.0.0"
    assert load(demo).access.lan == "mix"


@pytest.fixture
def rig():
    rig = WebRig()
    yield rig
    rig.close()


def command(title: str, folder: Path, *more: str) -> Path:
    """The first command of a section, done in a folder; what it wrote."""
    words = shlex.split(re.search(r"`(studiod layout [^`]+)`", section(title))[1])[1:]
    path = folder / words[words.index("-o") + 1]
    words[words.index("-o") + 1] = str(path)
    assert main([*words, *more]) == 0
    return path


@pytest.mark.parametrize("title", ["TouchOSC", "Open Stage Control"])
def test_every_command_of_the_page_is_carried_out(title: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    lines = re.findall(r"^studiod (layout .*)$", section(title), re.M)
    assert len(lines) == 2
    for line in lines:
        assert main(shlex.split(line)) == 0
    assert len(list(tmp_path.iterdir())) == 2


def test_touchosc_moves_a_fader_after_what_the_page_says(rig: WebRig, tmp_path: Path) -> None:
    assert re.search(r"receive port (\d+)", section("TouchOSC"))[1] == str(PORT)
    app = App(command("TouchOSC", tmp_path), ("127.0.0.1", rig.osc.address[1]))
    port = app.ear.getsockname()[1]  # 9001 may be another program's here
    app.close()
    app = App(command("TouchOSC", tmp_path, "--port", str(port)), ("127.0.0.1", rig.osc.address[1]), port)
    app.begin()
    app.hear(lambda: app.root.nodes[0].values.text == "studiod")
    next(node for node in app.root.walk() if node.name == "ch/1/fader").put("x", 0.75, hand=True)
    rig.until(lambda: rig.desk.get("ch/1/fader") == REGISTRY.params["ch/1/fader"].from_turn(0.75))
    app.close()


def test_open_stage_control_moves_a_fader_after_what_the_page_says(rig: WebRig, tmp_path: Path) -> None:
    assert f"--send 192.168.1.5:{Settings().osc.port}" in section("Open Stage Control")
    stage = Stage(command("Open Stage Control", tmp_path), ("127.0.0.1", rig.osc.address[1]))
    stage.do("create")
    stage.hear(lambda: stage.value("alive") == "studiod")
    fader = next(one["id"] for one in stage.widgets() if one.get("address") == "/ch/1/fader")
    stage.do("user", id=fader, value=-6.5)
    rig.until(lambda: rig.desk.get("ch/1/fader") == -6.5)
    stage.close()
