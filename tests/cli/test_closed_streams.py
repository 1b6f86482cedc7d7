"""Commands of a shell that has closed their streams: an answer that nobody gets is one line and code 1."""

import subprocess
import sys

import pytest

import servers

UNSAID = "cannot write the answer: Bad file descriptor; send it somewhere else\n"


def run(words: str, *closed: str) -> tuple[int, str, str]:
    line = f"exec {sys.executable} -m studiod {words} {' '.join(closed)}"
    done = subprocess.run(["sh", "-c", line], cwd=servers.ROOT, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("words", ["params ch/1/fader", "", "get --help", "--version"])
def test_an_answer_to_a_closed_stdout_is_told(words: str) -> None:
    assert run(words, ">&-") == (1, "", UNSAID)
    assert run(words, ">&-", "<&-") == (1, "", UNSAID)
    assert run(words, ">&-", "2>&-") == (1, "", "")


def test_a_fault_with_a_closed_stdout_is_told_by_itself() -> None:
    code, _, told = run(f"get ch/1/fader --port {servers.free_udp_port()}", ">&-")
    assert (code, told[:15], told.count("\n")) == (1, "no answer from ", 1)


def test_a_closed_stderr_takes_no_answer_away_and_gets_none() -> None:
    code, out, _ = run("params ch/1/fader", "2>&-")
    assert (code, out[:10]) == (0, "ch/1/fader")
    assert run(f"get ch/1/fader --port {servers.free_udp_port()}", "2>&-") == (1, "", ""), "no fault on stdout"
    assert run("render", "2>&-") == (2, "", "")
