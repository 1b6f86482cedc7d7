"""TAB in a shell: argcomplete asks the real command as a shell does, and gets commands, paths and values."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import servers
from studiod.cli.completion import OFFERS, offer
from studiod.cli.main import parser
from studiod.registry.meter_banks import BANKS


def offered(line: str, folder: Path) -> list[str]:
    """What is offered at the end of a line."""
    told = folder / "told"
    env = {**os.environ, "_ARGCOMPLETE": "1", "_ARGCOMPLETE_STDOUT_FILENAME": str(told), "_ARGCOMPLETE_IFS": "\n"}
    env |= {"COMP_LINE": line, "COMP_POINT": str(len(line)), "COMP_TYPE": "9"}
    run = [sys.executable, "-c", "from studiod.cli.main import main; main(['run'])"]
    done = subprocess.run(run, cwd=servers.ROOT, env=env, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    return [word.strip() for word in told.read_text("utf-8").split("\n") if word]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("studiod par", ["params"]),
        ("studiod get ma", ["main/", "matrix/"]),
        ("studiod get ch/1/fa", ["ch/1/fader"]),
        ("studiod params return/1/eq/1/", [f"return/1/eq/1/{name}" for name in ("on", "type", "freq", "gain", "q")]),
        ("studiod get ch/999/", []),
        ("studiod set ch/1/comp/position ", ["pre_eq", "post_eq"]),
        ("studiod set ch/1/mute o", ["on", "off"]),
        ("studiod set ch/1/fader ", []),
        ("studiod do cue/p", ["cue/previous"]),
        ("studiod take del", ["delete", "deleted"]),
        ("studiod copy ma", ["main/", "matrix/"]),
        ("studiod meters ", list(BANKS)),
        ("studiod watch --o", ["--once"]),
    ],
)
def test_what_may_come_next_is_offered(line: str, words: list[str], tmp_path: Path) -> None:
    assert sorted(offered(line, tmp_path)) == sorted(words)


def test_every_offer_belongs_to_an_argument_that_there_is() -> None:
    top = parser()
    offer(top)
    commands = next(action.choices for action in top._actions if action.choices)
    served = {action.dest for one in commands.values() for action in one._actions if hasattr(action, "completer")}
    assert served == set(OFFERS)


def test_the_registered_function_of_the_docs_is_one_to_bash() -> None:
    """The line of docs/commands.md, in bash itself."""
    page = (servers.ROOT / "docs" / "commands.md").read_text("utf-8")
    (line,) = [line for line in page.splitlines() if line.startswith("eval ")]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        [servers.need_tool("bash", "bash"), "-c", f"{line}\ncomplete -p studiod"],
        env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "argcomplete" in done.stdout
