"""What the tests of the host share."""

import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """child("exit 3"): what every child process does from now on; $3 is the descriptor of its socket."""

    def become(script: str) -> None:
        program = tmp_path / "program"
        program.write_text(f"#!/bin/bash\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(sys, "executable", str(program))

    return become
