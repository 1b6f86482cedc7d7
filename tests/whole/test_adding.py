"""The recipes of docs/adding.md, carried out: each patch in a copy of the checkout, its files counted, the new thing
found in every language of the desk, and heard."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATCHES = ROOT / "tests" / "adding"
PAGE = ROOT / "docs" / "adding.md"
UNCOUNTED = ("tests/registry/numbers.txt", "CHANGELOG.md")
# patch: new files, edited files
RECIPES = {
    "unit": (["dsp/deesser.py"], ["studiod/realtime/strip.py", "studiod/registry/strip.py"]),
    "parameter": ([], ["dsp/gate.py", "studiod/registry/strip.py"]),
    "point": ([], ["studiod/realtime/monitor.py", "studiod/registry/points.py"]),
    "protocol": (["controllers/plain/__init__.py"], ["pyproject.toml"]),
}
HEARD = ("unit", "parameter", "point")
each_recipe = pytest.mark.parametrize("recipe", RECIPES)


def copied(folder: Path, *recipes: str, numbers: bool = True) -> Path:
    """A copy of the checkout with patches applied."""
    for part in ("dsp", "studiod", "controllers", "tests/registry"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    kept = [] if numbers else [f"--exclude={name}" for name in UNCOUNTED]
    for recipe in recipes:
        apply = ["git", "apply", *kept, str(PATCHES / f"{recipe}.patch")]
        done = subprocess.run(apply, cwd=folder, env=apart(folder), capture_output=True, text=True)
        assert not done.returncode, f"{recipe}.patch no longer fits the sources: {done.stderr}"
    return folder


def apart(folder: Path) -> dict[str, str]:
    """An environment in which git finds no repository above the copy, and Python the copy alone."""
    return {
        **os.environ, "GIT_CEILING_DIRECTORIES": str(folder.parent), "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1", "STUDIOD_CACHE": str(folder / "cache"), "NUMBA_OPT": "0",
    }  # fmt: skip


def run(folder: Path, program: str, *arguments: str) -> dict:
    """What a program of tests/adding prints, run in a copy."""
    command = [sys.executable, "-W", "ignore", str(PATCHES / program), *arguments]
    done = subprocess.run(command, cwd=folder, env=apart(folder), capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return json.loads(done.stdout)


def files(recipe: str) -> tuple[list[str], list[str]]:
    """The new and the edited files of a patch that count."""
    parts = re.split(r"^diff --git a/", (PATCHES / f"{recipe}.patch").read_text("utf-8"), flags=re.MULTILINE)[1:]
    named = {part.split(" ", 1)[0]: "\nnew file mode" in part for part in parts}
    counted = {name: new for name, new in named.items() if name not in UNCOUNTED}
    return [name for name, new in counted.items() if new], [name for name, new in counted.items() if not new]


@each_recipe
def test_a_recipe_touches_as_many_files_as_it_says(recipe: str) -> None:
    assert files(recipe) == RECIPES[recipe]


@each_recipe
def test_the_page_shows_what_each_patch_changes(recipe: str) -> None:
    """The table of `git diff --stat`, file by file."""
    said = subprocess.run(
        ["git", "apply", "--stat", str(PATCHES / f"{recipe}.patch")], capture_output=True, text=True, check=True
    )
    rows = [" ".join(line.split()) for line in said.stdout.splitlines()]
    page = [" ".join(line.split()) for line in PAGE.read_text("utf-8").splitlines()]
    assert rows
    assert not [row for row in rows if row not in page]


@pytest.mark.parametrize(
    ("recipe", "path", "value", "words"),
    [
        ("unit", "ch/2/deesser/threshold", "-31", "Level above which the de-esser works."),
        ("unit", "main/deesser/range", "3", "How far the de-esser turns down at most."),
        ("parameter", "ch/1/gate/mix", "40", "How much of the gated sound; 0 is the dry one."),
        ("point", "output/1/source", "solo/r", "solo/l, solo/r"),
    ],
    ids=["unit", "unit_of_main", "parameter", "point"],
)
def test_what_is_added_speaks_every_language_of_the_desk(
    recipe: str, path: str, value: str, words: str, tmp_path: Path
) -> None:
    told = run(copied(tmp_path / "desk", recipe), "known.py", path, value)
    wanted = value if recipe == "point" else float(value)
    assert told["before"] != wanted
    assert (told["osc"], told["scene"], told["undone"], told["faults"]) == (wanted, wanted, wanted, 0)
    assert told["nrpn"] == told["top"] != wanted
    assert words in told["manual"]
    assert path in told["manual"]


def test_a_protocol_that_is_added_is_started_looked_at_and_answers(tmp_path: Path) -> None:
    told = run(copied(tmp_path / "desk", "protocol"), "answered.py", "ch/1/fader", "-6.5")
    assert told["answers"][:2] == ["-90.0", "-6.5"]
    assert told["answers"][2].startswith("ch/1/faderx: no such path")
    assert told["greeting"] == f"plain udp 127.0.0.1:{told['port']}"
    assert f"127.0.0.1:{told['port']}, UDP" in told["check"]
    (line,) = [row for row in (PATCHES / "protocol.patch").read_text("utf-8").splitlines() if row.startswith("+plain")]
    assert line == '+plain = "controllers.plain:CONTROLLER"', "one line of pyproject.toml"


def test_without_its_patch_a_path_is_refused(tmp_path: Path) -> None:
    """Else the law above would say nothing."""
    with pytest.raises(AssertionError, match="no such path"):
        run(copied(tmp_path / "desk"), "known.py", "ch/2/deesser/threshold", "-31")


@pytest.mark.timeout(1200)  # a strip is compiled
def test_what_is_added_is_heard_and_metered(tmp_path: Path) -> None:
    """All three at once, since a strip takes half a minute to compile."""
    told = run(copied(tmp_path / "desk", *HEARD, numbers=False), "heard.py")
    for name, lane in (("deesser", 1), ("range", 1), ("mix", 0)):
        assert [apart > 1e-3 for apart in told[name]] == [k == lane for k in range(5)], name
    assert told["taken"][1] == pytest.approx(8.0, abs=0.01)  # the range, by loud noise
    assert not any(told["taken"][:1] + told["taken"][2:])
    assert len(told["taken"]) == 8  # ch/1..3, both sides of the return, bus, main, matrix
    assert told["solo"]
