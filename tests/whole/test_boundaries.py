"""Who may import whom: every import of ours is an arrow between rooms, and every arrow stands in this table.

`python tests/whole/test_boundaries.py` prints the rooms as they are: files, depth, what each imports.
"""

import ast
import re
from collections import Counter
from functools import cache
from graphlib import TopologicalSorter
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = ("dsp", "studiod", "controllers", "config", "tests")
FILES_MOST, LINES_MOST = 30, 300

# A room → the rooms that it may import, from the ground up; each may import itself.  A name in no package is one file.
ROOMS: dict[str, str] = {
    "dsp.core": "",
    "dsp": "dsp.core",
    "studiod.paths": "",
    "studiod.errors": "",
    "studiod.texts": "",
    "studiod.toml_text": "texts",
    "studiod.aside": "",
    "studiod.heap": "",
    "studiod.encoding": "errors texts",
    "studiod.user_folders": "dsp.core errors",
    "studiod.net": "",
    "studiod.registry": "errors texts",
    "studiod.client": "net registry errors texts",
    "studiod.settings": "net registry errors texts",
    "studiod.layouts": "registry errors",
    "studiod.files": "dsp encoding errors",
    "studiod.midi_ports": "aside heap paths texts",
    "studiod.realtime": "dsp dsp.core",
    "studiod.desk": "net registry texts",
    "studiod.store": "registry errors texts",
    "studiod.process": "desk registry texts",
    "studiod.metering": "realtime files registry dsp dsp.core encoding errors",
    "studiod.engine": "metering realtime registry dsp",
    "studiod.memory": "desk store engine metering registry errors texts toml_text",
    "studiod.mastering": "memory engine metering realtime files registry dsp dsp.core encoding errors",
    "studiod.multitrack": "memory store engine desk realtime files registry encoding errors texts toml_text",
    "studiod.mastering.formats": "",
    "studiod.mastering.release": "mastering mastering.formats metering files registry encoding errors paths"
    " texts toml_text",
    "studiod.backup": "multitrack memory store desk files texts",
    "studiod.host": "backup multitrack memory store engine process midi_ports desk realtime settings files net registry"
    " dsp dsp.core aside encoding errors texts user_folders",
    "studiod.diagnostics": "host client engine desk realtime midi_ports settings net registry dsp dsp.core encoding"
    " paths toml_text user_folders",
    "studiod.cli": "mastering mastering.release layouts diagnostics host client process memory metering files settings"
    " registry encoding errors heap texts user_folders",
    "studiod.__main__": "cli",
    "controllers": "desk registry aside",
    "controllers.midi": "controllers desk registry settings paths user_folders",
    "controllers.mackie": "controllers controllers.midi desk registry",
    "controllers.sync": "controllers.midi desk registry",
    "controllers.osc": "controllers desk registry net aside texts",
    "controllers.http": "controllers controllers.osc desk net registry",
    "controllers.x32.laws": "registry",
    "controllers.x32.links": "controllers.x32.laws registry",
    "controllers.x32.rules": "controllers.x32.laws controllers.x32.links",
    "controllers.x32": "controllers controllers.osc controllers.x32.laws controllers.x32.links controllers.x32.rules"
    " desk net registry",
}


def whole(name: str) -> str:
    return name if name.split(".")[0] in OURS else f"studiod.{name}"


ARROWS = {room: {whole(name) for name in names.split()} for room, names in ROOMS.items()}


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def room_of(module: str) -> str:
    """The room of a module or of a name in one; "" where it has none."""
    return max((room for room in ARROWS if within(module, room)), key=len, default="")


def imports(source: str, module: str, is_package: bool = False) -> list[tuple[int, str]]:
    """(line, full dotted name) of all that source imports: anywhere, relative too, and import_module("literal")."""
    found = []
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            base = [*base, *(node.module.split(".") if node.module else [])]
            found += [(node.lineno, ".".join([*base, alias.name])) for alias in node.names]
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                found.append((node.lineno, node.args[0].value))
    return found


def forbidden(source: str, module: str, is_package: bool = False) -> list[str]:
    """One line for each import in source that the table does not allow to module."""
    room = room_of(module)
    allowed = ARROWS.get(room, set()) | {room}
    return [
        f"{module}:{line} imports {name}; {room or 'no room'} may import {', '.join(sorted(allowed))}"
        for line, name in imports(source, module, is_package)
        if name.split(".")[0] in OURS and room_of(name) not in allowed
    ]


def files() -> list[Path]:
    return sorted(path for top in ("dsp", "studiod", "controllers") for path in (ROOT / top).rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def found() -> tuple[dict[str, set[str]], list[str]]:
    """The arrows that there are, and a line for each that may not be."""
    arrows: dict[str, set[str]] = {room: set() for room in ARROWS}
    faults = []
    for path in files():
        module, source = module_of(path), path.read_text(encoding="utf-8")
        faults += forbidden(source, module, path.name == "__init__.py")
        names = {name for _, name in imports(source, module, path.name == "__init__.py")}
        arrows.get(room_of(module), set()).update({room_of(name) for name in names if name.split(".")[0] in OURS})
    return {room: to - {room} for room, to in arrows.items()}, faults


def test_every_arrow_stands_in_the_table_and_the_table_holds_no_other() -> None:
    arrows, faults = found()
    assert not faults, "\n".join(faults)
    assert arrows == ARROWS


def test_every_arrow_goes_one_way() -> None:
    tuple(TopologicalSorter(ARROWS).static_order())  # raises on a circle
    with pytest.raises(ValueError, match="cycle"):
        tuple(TopologicalSorter(ARROWS | {"dsp.core": {"studiod.cli"}}).static_order())


def test_every_file_has_a_room_and_every_room_a_file() -> None:
    rooms = [room_of(module_of(path)) for path in files() if path.name != "__init__.py"]
    assert set(rooms) == set(ARROWS)
    crowded = {room: rooms.count(room) for room in rooms if rooms.count(room) > FILES_MOST}
    assert not crowded, f"more than {FILES_MOST} files in a room: {crowded}"


def test_every_module_that_is_started_by_name_exists() -> None:
    started: dict[str, str] = {}
    for path in [*files(), *(ROOT / "tests").rglob("*.py"), ROOT / "pyproject.toml"]:
        text = path.read_text("utf-8")
        names = re.findall(r"""["']-m["'],\s*["']((?:studiod|controllers)[\w.]*)["']""", text)
        if path.name == "pyproject.toml":
            names += re.findall(r'= "((?:studiod|controllers)[\w.]*):\w+"', text)
        started |= dict.fromkeys(names, path.relative_to(ROOT).as_posix())
    assert len(started) >= 5, f"not even these are found: {started}"
    missing = {name: file for name, file in started.items() if find_spec(name) is None}
    assert not missing


def test_no_file_is_long() -> None:
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text("utf-8").splitlines()) for path in files()}
    assert not {file: lines for file, lines in lengths.items() if lines > LINES_MOST}


def test_the_house_of_the_docs_is_this_one() -> None:
    rows = re.findall(r"^\| `(\S+?)` \|.*\| ([^|]*) \|$", (ROOT / "docs" / "house.md").read_text("utf-8"), re.MULTILINE)
    told = {
        name.rstrip("/").replace("/", ".").removesuffix(".py"): set(names.split(", ")) - {"–"} for name, names in rows
    }
    short = {room: {name.removeprefix("studiod.") for name in to} for room, to in ARROWS.items()}
    assert {name: told.get(name) for name in short} == short


@pytest.mark.parametrize(
    ("module", "source", "caught"),
    [
        ("dsp.eq", "import studiod.registry.registry", "studiod.registry.registry"),
        ("dsp.eq", "def f():\n    from studiod.realtime import rack", "studiod.realtime.rack"),
        ("studiod.registry.registry", "from dsp.core import glide", "dsp.core.glide"),
        ("studiod.desk.desk", "from ..engine import engine", "studiod.engine.engine"),
        ("studiod.desk.desk", "from ..engine.engine import Engine", "studiod.engine.engine.Engine"),
        ("studiod.realtime.card", "from studiod import *", "studiod.*"),
        (
            "studiod.midi_ports.child",
            "from studiod.settings.schema import Settings",
            "studiod.settings.schema.Settings",
        ),
        (
            "studiod.midi_ports.child",
            "import importlib\nimportlib.import_module('studiod.desk.desk')",
            "studiod.desk.desk",
        ),
        ("studiod.cli.main", "import controllers.osc", "controllers.osc"),
        ("studiod.cli.main", "from controllers import osc", "controllers.osc"),
        ("studiod.mastering.album", "from ...controllers import osc", "controllers.osc"),
        ("controllers.osc.tcp", "from studiod.engine import engine", "studiod.engine.engine"),
        ("controllers.osc", "from studiod.settings.schema import Settings", "studiod.settings.schema.Settings"),
        ("controllers.osc", "import studiod.desk_tools", "studiod.desk_tools"),
        ("studiod.store.store", "import tests.servers", "tests.servers"),
    ],
)
def test_a_forbidden_arrow_is_caught(module: str, source: str, caught: str) -> None:
    faults = forbidden(source, module)
    assert len(faults) == 1
    assert f" imports {caught};" in faults[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("dsp.eq", "import numpy as np\nfrom dsp.core.glide import SIZE\nfrom . import svf"),
        ("studiod.desk.desk", "from studiod.registry.registry import Registry\nfrom studiod.net import host_port"),
        ("studiod.cli.main", "from studiod.host import daemon\nfrom . import scene"),
        ("controllers.osc", "from studiod.desk.desk import Desk\nfrom controllers import echo\nfrom .echo import Echo"),
        ("controllers.osc", "import studiodio"),
    ],
)
def test_an_allowed_arrow_passes(module: str, source: str) -> None:
    assert forbidden(source, module) == []


def test_no_two_files_of_tests_have_one_name() -> None:
    """pytest imports them by their names alone: of two, one is not run."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert not [name for name, count in names.items() if count > 1]


if __name__ == "__main__":
    depth: dict[str, int] = {}
    for room in TopologicalSorter(found()[0]).static_order():
        depth[room] = 1 + max((depth[other] for other in found()[0][room]), default=0)
    for room in sorted(depth, key=lambda room: depth[room]):
        count = sum(room_of(module_of(path)) == room for path in files())
        print(f"{depth[room]:2} {room:22} {count:2} files  {', '.join(sorted(found()[0][room]))}")
