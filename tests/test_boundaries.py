"""Who may import whom: every import of ours is an arrow, and every arrow stands in this table."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
OURS = ("dsp", "studiod", "controllers", "config", "tests")

# Rooms of several files
PARAMS = {
    "studiod.params",
    "studiod.param",
    "studiod.template",
    "studiod.fx_params",
    "studiod.strip_params",
    "studiod.desk_params",
    "studiod.tape_params",
    "studiod.laws",
    "studiod.points",
    "studiod.tree",
}
AIMS = {"studiod.aims", "studiod.aim_cells", "studiod.aim_strips", "studiod.aim_points", "studiod.aim_effects"}
AIMS |= {"studiod.aim_desk", "studiod.groups", "studiod.translate"}
GRAPH = {f"studiod.{name}" for name in ("graph", "strip", "effects", "tools", "monitor", "tracks", "drain")}
ENGINE = {"studiod.engine", "studiod.routes", "studiod.frameclock", "studiod.meters", "studiod.analyser"} | AIMS

# A room → the rooms that it may import.  The longest matching room counts; a package holds all within it.
ARROWS: dict[str, set[str]] = {
    "dsp": {"dsp"},
    **dict.fromkeys(PARAMS, PARAMS),
    **dict.fromkeys(("studiod.agenda", "studiod.pairs", "studiod.sound", "studiod.deed", "studiod.news"), PARAMS),
    "studiod.couplings": PARAMS | {"studiod.pairs"},
    "studiod.desk": PARAMS | {"studiod.agenda", "studiod.couplings", "studiod.sound", "studiod.deed", "studiod.news"},
    "studiod.rack": {"dsp"},
    **dict.fromkeys(ENGINE, {"dsp", "studiod.rack"} | GRAPH | PARAMS | ENGINE),
    **dict.fromkeys(GRAPH, {"dsp", "studiod.rack"} | GRAPH),
    "studiod.interface": set(),
    "studiod.card": {"dsp", "studiod.rack", "studiod.graph", "studiod.interface"},
    "studiod.clock": {"dsp", "studiod.rack", "studiod.graph"},
    "studiod.render": {"studiod.rack", "studiod.graph", "studiod.desk", "studiod.scene"} | PARAMS | ENGINE,
    "studiod.port_by_name": set(),
    "studiod.ports_list": set(),
    "studiod.port_names": set(),
    "studiod.ports_time": set(),
    "studiod.ports": {"studiod.port_by_name", "studiod.port_names", "studiod.ports_time"},
    "studiod": {"studiod", "dsp"},  # the rest; controllers are started by name from the settings
    "controllers": {"controllers", "studiod.desk"} | PARAMS,
}


def within(name: str, room: str) -> bool:
    return name == room or name.startswith(room + ".")


def room_of(module: str) -> str:
    return max((room for room in ARROWS if within(module, room)), key=len)


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
    return [
        f"{module}:{line} imports {name}; {room} may import {', '.join(sorted(ARROWS[room])) or 'nothing of ours'}"
        for line, name in imports(source, module, is_package)
        if any(within(name, ours) for ours in OURS) and not any(within(name, allowed) for allowed in ARROWS[room])
    ]


def files() -> list[Path]:
    return sorted(path for top in ("dsp", "studiod", "controllers") for path in (ROOT / top).rglob("*.py"))


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_every_arrow_stands_in_the_table() -> None:
    faults = []
    for path in files():
        faults += forbidden(path.read_text(encoding="utf-8"), module_of(path), path.name == "__init__.py")
    assert not faults, "\n".join(faults)


def test_every_room_of_the_table_exists() -> None:
    # a renamed file would fall under the wider rule of `studiod` without a word
    modules = {module_of(path) for path in files()}
    assert set(ARROWS) <= modules, f"rooms without a file: {sorted(set(ARROWS) - modules)}"


@pytest.mark.parametrize(
    ("module", "source", "caught"),
    [
        ("dsp.eq", "import studiod.params", "studiod.params"),
        ("dsp.eq", "def f():\n    from studiod import rack", "studiod.rack"),
        ("studiod.params", "from dsp import glide", "dsp.glide"),
        ("studiod.desk", "from . import engine", "studiod.engine"),
        ("studiod.desk", "from .engine import Engine", "studiod.engine.Engine"),
        ("studiod.card", "from studiod import *", "studiod.*"),
        ("studiod.ports", "from studiod.settings import Settings", "studiod.settings.Settings"),
        ("studiod.ports", "import importlib\nimportlib.import_module('studiod.desk')", "studiod.desk"),
        ("studiod.main", "import controllers.osc", "controllers.osc"),
        ("studiod.main", "from controllers import osc", "controllers.osc"),
        ("studiod.mastering.album", "from ...controllers import osc", "controllers.osc"),
        ("controllers.osc", "from studiod import engine", "studiod.engine"),
        ("controllers.osc", "from studiod.settings import Settings", "studiod.settings.Settings"),
        ("controllers.osc", "import studiod.desk_tools", "studiod.desk_tools"),
        ("studiod.store", "import tests.servers", "tests.servers"),
    ],
)
def test_a_forbidden_arrow_is_caught(module: str, source: str, caught: str) -> None:
    faults = forbidden(source, module)
    assert len(faults) == 1
    assert f" imports {caught};" in faults[0]


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("dsp.eq", "import numpy as np\nfrom dsp.glide import SIZE\nfrom . import rt"),
        ("studiod.desk", "from studiod.params import Registry\nfrom studiod import params"),
        ("studiod.main", "from studiod import card, settings\nimport dsp.rt"),
        ("controllers.osc", "from studiod.desk import Desk\nfrom controllers import echo\nfrom .echo import Echo"),
        ("controllers.osc", "import studiodio"),
    ],
)
def test_an_allowed_arrow_passes(module: str, source: str) -> None:
    assert forbidden(source, module) == []
