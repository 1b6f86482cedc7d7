"""From a fresh checkout's settings to a fader that one's own app has moved: what docs/x32.md says, as it stands."""

import re
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import servers
from studiod.client.client import ask

ROOT = Path(__file__).resolve().parents[2]
Make = Callable[..., servers.Daemon]


def snippets(kind: str) -> list[str]:
    page = (ROOT / "docs" / "x32.md").read_text("utf-8")
    return re.findall(rf"^```{kind}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


def flat(tables: dict[str, Any]) -> dict[str, Any]:
    return {f"{name}.{key}": value for name, keys in tables.items() for key, value in keys.items()}


def test_three_lines_and_a_fader_moves(make_daemon: Make, tmp_path: Path) -> None:
    (settings,), (program,) = snippets("toml"), snippets("python")
    shipped = flat(tomllib.loads((ROOT / "config" / "studio.toml").read_text("utf-8")))
    wanted = tomllib.loads(settings)
    changed = {key: value for key, value in flat(wanted).items() if shipped[key] != value}
    assert len(changed) == len(flat(wanted)) <= 3, changed
    daemon = make_daemon(wanted)
    script = tmp_path / "move.py"
    assert 'ip="127.0.0.1"' in program
    script.write_text(program.replace('ip="127.0.0.1"', f'ip="127.0.0.1", port={daemon.x32_port}'))
    subprocess.run([sys.executable, str(script)], check=True, timeout=30)
    end_s = time.monotonic() + 5.0
    while (found := ask(daemon.host, daemon.osc_port, "ch/1/fader")) != pytest.approx(-10.0, abs=0.05):
        assert time.monotonic() < end_s, found
        time.sleep(0.02)


def test_the_readme_leads_there_with_the_address_and_what_to_press() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    assert "docs/x32.md" in text
    assert "10023" in text
