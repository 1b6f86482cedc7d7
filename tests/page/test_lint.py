"""The lint of the page's files: it passes them as they are, and a broken one fails it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from node_clients import ROOT, node_modules

PAGE = "controllers/http/page"
BROKEN = {  # a file, and what is said of it
    "parts/types.js": ("/** @param {number} a */\nexport const f = (a) => a.trim();\n", "'trim' does not exist"),
    "parts/late.js": ("export const f = [1].toSorted();\n", "toSorted"),
    "parts/awake.js": ("export const f = () => navigator.wakeLock.request('screen');\n", "navigator.wakeLock"),
    "parts/behind.js": ("export const f = /(?<=a)b/;\n", "Safari looks behind from 16.4 on"),
    "parts/bare.js": ("import {html} from 'lit-html';\nexport const f = html;\n", "no import maps"),
    "views/unused.js": ("const f = 1;\n", "'f' is assigned a value but never used"),
    "style/nested.css": (".a {\n  .b {\n    color: red;\n  }\n}\n", "css-nesting"),
    "style/has.css": (".a:has(.b) {\n  color: red;\n}\n", "css-has"),
    "style/word.css": (".a {\n  colour: red;\n}\n", "colour"),
}


def checkout(folder: Path) -> Path:
    """What the lint needs of a checkout."""
    for part in (".ci", PAGE, "tests/clients"):
        shutil.copytree(ROOT / part, folder / part)
    return folder


def lint(folder: Path, **env: str) -> tuple[int, str]:
    done = subprocess.run(
        [folder / ".ci/page/lint"], env={**os.environ, **env}, capture_output=True, text=True, check=False, timeout=240
    )
    return done.returncode, done.stdout + done.stderr


def test_the_page_passes_and_each_broken_file_is_named_and_fails_it(tmp_path: Path) -> None:
    folder = checkout(tmp_path)
    (folder / ".node").symlink_to(node_modules().parent)
    assert lint(folder) == (0, "")
    for name, (text, _) in BROKEN.items():
        (folder / PAGE / name).write_text(text)
    status, said = lint(folder)
    assert status == 1
    for name, (_, reason) in BROKEN.items():
        assert name in said
        assert reason in said, (name, said)


@pytest.mark.parametrize(("required", "status"), [("", 0), ("1", 1)])
def test_without_npm_it_says_so_and_fails_where_nothing_may_be_left_out(
    tmp_path: Path, required: str, status: int
) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "dirname", "cmp"):
        (tools / name).symlink_to(shutil.which(name) or name)
    found, said = lint(checkout(tmp_path / "desk"), PATH=str(tools), STUDIOD_REQUIRE_SERVERS=required)
    assert found == status
    assert "the page's files are not linted: npm is missing" in said
