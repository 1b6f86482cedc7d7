"""What `devices`, `check` and `bench` print goes the way of all commands: any name, any terminal, any end of it."""

import argparse
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from studiod.diagnostics import bench, checks
from studiod.diagnostics.check_result import ok
from studiod.diagnostics.check_settings import Studio
from studiod.encoding import Unsaid, spell
from studiod.host import devices
from studiod.settings.schema import Settings

NAME = "Bärenfalle ♭ \x1b[2J\u202e"
AUDIO = {"name": NAME, "api": "ALSA", "inputs": 2, "outputs": 2, "rate_hz": 48_000.0, "default": True}
MIDI = {"port": NAME, "name": NAME, "way": "in", "api": "alsa"}


@pytest.fixture(params=["devices", "check", "bench"])
def told(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], int]:
    """A command that has something to say; as JSON or for people."""
    monkeypatch.setattr(devices, "audio", lambda: [AUDIO])
    monkeypatch.setattr(devices, "midi", lambda: {"apis": ["alsa"], "ports": [MIDI], "missing": []})
    monkeypatch.setattr(checks, "wanted", lambda *_: Studio(Settings()))
    monkeypatch.setattr(checks, "CHECKS", {"interface": lambda _: ok(NAME)})
    monkeypatch.setattr(bench, "figures", lambda *_, **__: {"judge": NAME, "memory_mb": 1.0})

    def run(as_json: bool) -> int:
        args = argparse.Namespace(json=as_json, config=None, state=None)
        commands = {"devices": devices.command, "check": checks.command, "bench": lambda args: bench.bench(args.json)}
        return commands[request.param](args)

    return run


class Out(io.TextIOWrapper):
    """A terminal of bare ASCII."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="ascii", write_through=True)

    @property
    def text(self) -> str:
        self.flush()
        return self.buffer.getvalue().decode("ascii")  # type: ignore[attr-defined]


@pytest.mark.parametrize("as_json", [False, True])
def test_a_name_that_a_terminal_lacks_is_spelt_out(
    told: Callable[[bool], int], as_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = Out()
    monkeypatch.setattr(sys, "stdout", out)
    spell(out)
    assert told(as_json) == 0
    assert r"B\u00e4renfalle \u266d" in out.text
    assert r"\u202e" in out.text
    assert all(c == "\n" or c.isprintable() for c in out.text)


@pytest.mark.parametrize("as_json", [False, True])
def test_a_full_disk_behind_stdout_is_one_line(
    told: Callable[[bool], int], as_json: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open("/dev/full", "w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(Unsaid, match="cannot write the answer: No space left on device; send it somewhere else"):
            told(as_json)


def test_no_command_prints_past_what_makes_text_fit_to_be_shown() -> None:
    """But the child that lists interfaces, whose reader is the desk."""
    root = Path(__file__).resolve().parents[2] / "studiod"
    found: dict[str, Any] = {}
    for file in root.rglob("*.py"):
        calls = [line for line in file.read_text("utf-8").splitlines() if line.lstrip().startswith("print(")]
        found |= {file.relative_to(root).as_posix(): calls} if calls else {}
    assert set(found) == {"encoding.py", "realtime/interface.py"}
