"""`studiod` without a command: a guide that fits on a page and says nothing that the program does not take."""

import re
import shlex
import subprocess
import sys

import pytest

import servers
from studiod.cli.guide import GUIDE
from studiod.cli.main import main, parser


def test_without_a_command_the_guide_is_printed_and_nothing_has_failed() -> None:
    run = [sys.executable, "-m", "studiod"]
    done = subprocess.run(run, cwd=servers.ROOT, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, GUIDE + "\n", "")


def test_every_command_of_the_guide_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    found = [re.split(r"  +|: ", text)[0] for text in re.findall(r"\bstudiod ([^(\n]*[^(\n ])", GUIDE)]
    assert len(found) >= 9
    for line in found:
        words = shlex.split(line)
        if "--help" in words:
            with pytest.raises(SystemExit) as end:
                main(words)
            assert end.value.code == 0
        else:
            assert parser().parse_args(words).command == words[0]
    assert len(GUIDE.splitlines()) < 20
    assert max(map(len, GUIDE.splitlines())) <= 80


def test_an_unknown_command_is_still_bad_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["mix"])
    assert end.value.code == 2
    assert "invalid choice: 'mix'" in capsys.readouterr().err
