"""What is shipped works: settings, scenes, the unit, and every fenced block of the documents.

Commands are looked at as far as they go without a machine of their own: the words of `studiod` by its parser, messages
of OSC by a desk, files and targets by their names.  README's own commands run in test_readme.py, its recipes in
test_recipes.py.
"""

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

import servers
from controllers.midi import surface_files
from controllers.osc.buttons import word_of
from studiod.cli.main import parser
from studiod.host import preflight
from studiod.mastering.release.album_file import read as read_album
from studiod.mastering.release.platforms import FILE as PLATFORMS
from studiod.memory.scene_format import parse_scene, read_scene
from studiod.registry.roles import COMMANDS, LEADS
from studiod.settings.schema import Settings, load

ROOT = servers.ROOT
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "config").rglob("*.md")])
BLOCKS = [
    (f"{file.relative_to(ROOT)}-{number}", language, text)
    for file in DOCUMENTS
    for number, (language, text) in enumerate(
        re.findall(r"^```(\w*)\n(.*?)^```", file.read_text("utf-8"), re.MULTILINE | re.DOTALL), 1
    )
]
PICTURE = re.compile("[─│▶◀]")  # of the way of the sound
DESK = preflight.desk(Settings())
RECIPES = "mine"  # the surface that a recipe makes
KINDS = {"i": int, "f": float, "s": str}


def of(kind: str) -> list[object]:
    return [
        pytest.param(text, id=name)
        for name, language, text in BLOCKS
        if (language or ("picture" if PICTURE.search(text) else "sh")) == kind
    ]


def test_every_block_is_of_a_kind_that_is_looked_at() -> None:
    assert BLOCKS
    # tests/whole/test_adding.py; a picture, tests/live/test_mackie_ardour.py; tests/live/test_x32_a_minute.py
    elsewhere = {"diff", "text", "python"}
    assert {language for _, language, _ in BLOCKS} <= {"", "sh", "toml"} | elsewhere


@pytest.mark.parametrize("text", of("toml"))
def test_a_block_of_toml_is_settings_a_map_a_scene_or_an_album(text: str, tmp_path: Path) -> None:
    file = tmp_path / "studio.toml"
    file.write_text(text, "utf-8")
    tables = tomllib.loads(text).keys()
    if "song" in tables:  # tests/mastering/test_release.py makes it
        assert read_album(file).faults == ()
    elif "control" in tables:
        assert surface_files.read(file, DESK.registry).warnings == ()
    elif "values" in tables:
        assert preflight.desk(Settings()).load(parse_scene(text, "here")[1]) == []
    else:
        for one in load(file).midi.surfaces:
            assert one.name == RECIPES or surface_files.find(one.name)


def test_the_tables_that_the_settings_show_as_comments_load_too(tmp_path: Path) -> None:
    text = (ROOT / "config/studio.toml").read_text("utf-8")
    shown = re.sub(r"^# (?=\[\[|\w+ = )", "", text, flags=re.MULTILINE)
    for key in ("surfaces", "rules"):  # which stand there as empty lists, too
        shown = re.sub(rf"^{key} = \[\].*\n", "", shown, flags=re.MULTILINE)
    (tmp_path / "studio.toml").write_text(shown, "utf-8")
    settings = load(tmp_path / "studio.toml")
    assert len(settings.osc.client) == len(settings.midi.surfaces) == len(settings.access.rules) == 1
    assert surface_files.find(settings.midi.surfaces[0].name)


@pytest.mark.parametrize("text", of("sh"))
def test_a_block_of_commands_is_what_the_programs_take(text: str) -> None:
    for line in text.replace("\\\n", " ").splitlines():
        for command in re.split(r"&&|;|\|", line.partition(" #")[0]):
            if words := shlex.split(command.partition("# ")[0]):
                taken(words[1:] if words[0] == "sudo" else words)


def taken(words: list[str]) -> None:
    program, *rest = words
    if program.startswith("python"):
        source = (ROOT / rest[0]).read_text("utf-8")
        assert all(word in source for word in rest[1:] if word.startswith("--")), words
    elif program.endswith("studiod"):
        assert not rest or parser().parse_args(rest).job, words
    elif program == "chrt":
        taken(rest[2:])
    elif program == "GET":
        node = rest[0].partition("?")[0][1:]
        assert any(path == node or path.startswith(f"{node}/"[not node :]) for path in DESK.registry.params), words
    elif program == "oscsend":
        understood(rest[2], rest[3:])
    elif program == "make":
        assert re.search(rf"^{rest[0]}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE), words
    elif program == "cp":
        assert (ROOT / rest[0]).is_file(), words
    elif program == "eval":
        assert rest == ["$(register-python-argcomplete studiod)"], words  # run in tests/cli/test_completion.py
    else:
        assert program in {"apt-get", "pip", "git", "cd", "mkdir", "sleep", "systemctl"}, f"nobody looks at {words}"


def understood(address: str, rest: list[str]) -> None:
    """A message to a path that there is, of a value that it takes; or of a word that there is."""
    path = address[1:]
    if word_of(path, COMMANDS)[0]:
        return
    values = [KINDS[tag](word) for tag, word in zip(rest[0], rest[1:], strict=True)] if rest else []
    head, _, below = path.partition("/")
    lead = head in LEADS
    params = [found for found in DESK.registry.matching(below if lead else path) if found is not None]
    assert params, address
    if not lead:
        DESK.accepted([(param.path, value) for param in params for value in values])


# -- files ------------------------------------------------------------------------------------------------------------

TOML = {file: tomllib.loads(file.read_text("utf-8")) for file in sorted((ROOT / "config").rglob("*.toml"))}
SCENES = [file for file, tables in TOML.items() if "values" in tables]
MAPS = [file for file, tables in TOML.items() if "control" in tables]
# tests/controllers/mackie/test_reader.py reads each
MOTORS = [file for file, tables in TOML.items() if tables.get("kind") == "mackie" or file.parent.name == "keys"]
SETTINGS = [file for file in TOML if file not in [*SCENES, *MAPS, *MOTORS, PLATFORMS]]


@pytest.mark.parametrize("file", SETTINGS, ids=lambda file: file.name)
def test_shipped_settings_load_with_every_file_that_they_name(file: Path) -> None:
    assert preflight.left_out(preflight.load(file, whole=True)) == []


@pytest.mark.parametrize("file", SCENES, ids=lambda file: file.name)
def test_a_shipped_scene_is_taken_whole(file: Path) -> None:
    assert preflight.desk(Settings()).load(read_scene(file)) == []


def test_every_shipped_file_is_of_a_kind_that_is_looked_at() -> None:
    assert [file.name for file in SCENES] == ["demo-scene.toml"]
    assert {file.parent for file in MAPS} == {
        surface_files.SHIPPED
    }  # tests/controllers/midi/test_surface_files.py reads each
    assert {file.name for file in SETTINGS} == {"demo.toml", "studio.toml"}
    known = {*TOML, *UNITS, *(file for file in DOCUMENTS), *(ROOT / "config/demo").glob("*.flac")}
    assert [file for file in (ROOT / "config").rglob("*") if file.is_file() and file not in known] == []


UNITS = sorted((ROOT / "config").rglob("*.service"))


@pytest.mark.parametrize("unit", UNITS, ids=lambda file: file.name)
def test_a_shipped_unit_is_one_to_systemd(unit: Path, tmp_path: Path) -> None:
    """Its program is another, since it is not installed here."""
    tool = servers.need_tool("systemd-analyze", "systemd")
    text = unit.read_text("utf-8")
    copy = tmp_path / unit.name
    copy.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={shutil.which('true')}", text, flags=re.MULTILINE))
    done = subprocess.run([tool, "verify", "--man=no", str(copy)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
