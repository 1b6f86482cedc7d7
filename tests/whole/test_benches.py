"""Every bench can be started from a checkout: what it imports is there, wherever the rooms have moved to."""

import subprocess
import sys
from pathlib import Path

import pytest

import servers

SCRIPTS = sorted(
    path for path in (servers.ROOT / "tests" / "bench").glob("*.py") if "__main__" in path.read_text("utf-8")
)
LOAD = "import runpy, sys; sys.path.insert(0, {folder!r}); runpy.run_path({script!r}, run_name='loaded')"


def test_there_are_benches() -> None:
    assert len(SCRIPTS) > 10


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_bench_finds_what_it_imports(script: Path, tmp_path: Path) -> None:
    program = LOAD.format(folder=str(script.parent), script=str(script))
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
