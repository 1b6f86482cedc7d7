"""What a first start compiles and tells: counted in functions, shared by two processes, whichever of them is killed."""

import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import servers
from studiod.host import warm, warm_jobs

EARS = (
    "from dsp import loudness, rta, truepeak\nfrom studiod.host import warm_jobs\n"
    "from dsp.core import linked, standing\n"
)


def python(program: str, cache: Path) -> list[str]:
    """The lines that a program of its own prints, with a cache of its own."""
    env = {**os.environ, "PYTHONPATH": str(servers.ROOT), "STUDIOD_CACHE": str(cache)}
    run = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    return run.stdout.splitlines()


def helper(cache: Path, taken: int) -> "subprocess.Popen[str]":
    env = {**os.environ, "PYTHONPATH": str(servers.ROOT), "STUDIOD_CACHE": str(cache)}
    return subprocess.Popen([*warm.HELPER, str(taken)], env=env, pass_fds=[taken], stdout=subprocess.PIPE, text=True)


def token(number: int) -> int:
    """A pipe with one job."""
    out, into = os.pipe()
    os.write(into, bytes([number]))
    os.close(into)
    return out


def test_what_is_read_from_the_code_is_what_is_compiled(tmp_path: Path) -> None:
    """So that the bar's whole is known before, and reached."""
    program = EARS + (
        "from dsp.core.reach import reached\n"
        "standing.pretend()\n"
        "warm_jobs.ears()\n"
        "whole = reached(e.py_func for e in (truepeak.gather, loudness.gather, rta.gather))\n"
        "print(*sorted(whole), '/', *sorted(linked.MADE))\n"
    )
    whole, made = python(program, tmp_path)[-1].split("/")
    assert whole.split() == made.split()
    assert "dsp.rta.analyse" in whole.split()


def test_the_whole_was_counted_to_its_end() -> None:
    if not warm.stamp().exists():
        warm.warm()
    done, whole = map(int, warm.stamp().read_text("ascii").split(" of "))
    assert done <= whole
    if done < 0.9 * whole:
        pytest.skip("a part of it was in the cache before")
    assert done == whole


def test_a_name_that_nobody_waits_for_is_not_counted() -> None:
    made = warm.Made({"dsp.svf.run", "dsp.svf.tile"})
    for name in ("dsp.svf.run", "dsp.svf.run", "tests.odd", ""):
        made.hear(name)
    assert (made.done, made.last) == ({"dsp.svf.run"}, "svf.run")


def test_each_piece_is_taken_once() -> None:
    taken = warm_jobs.tokens(7)
    first, second = os.read(taken, 1), os.read(taken, 1)
    rest = b"".join(iter(lambda: os.read(taken, 1), b""))
    os.close(taken)
    assert sorted(first + second + rest) == list(range(7))
    assert first + second + rest == bytes(range(7)), "the longest first"


def test_a_helper_that_was_killed_leaves_what_another_goes_on_with_and_its_piece_is_found(tmp_path: Path) -> None:
    number = len(warm_jobs.jobs()) - 2
    assert warm_jobs.jobs()[number] is warm_jobs.ears
    taken = token(number)
    killed = helper(tmp_path, taken)
    assert killed.stdout is not None
    assert killed.stdout.readline(), "it has compiled something"
    killed.kill()
    killed.communicate()
    os.close(taken)
    taken = token(number)
    whole = helper(tmp_path, taken)
    said, _ = whole.communicate()
    os.close(taken)
    assert whole.returncode == 0
    assert "dsp.rta.gather" in said.split()
    found = python(EARS + "standing.pretend()\nwarm_jobs.ears()\nprint(sum(linked.MADE.values()))", tmp_path)
    assert found == ["0"], "all of it comes from the cache"
    assert len([*tmp_path.rglob("*.nbc")]) == 3, "machine code for the three that Python calls, and for no other"


def test_helpers_that_die_are_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    program = "import os, signal; print('dsp.a.b', flush=True); os.kill(os.getpid(), signal.SIGKILL)"
    monkeypatch.setattr(warm, "HELPER", [sys.executable, "-c", program])
    made = warm.Made({"dsp.a.b"})
    warm.shared(made, 3)
    assert made.done == {"dsp.a.b"}


def test_another_checkout_or_files_written_anew_are_not_compiled_yet(tmp_path: Path) -> None:
    """The sources are the same, and so is the folder of the cache; what numba keeps there is not theirs."""
    for name in ("one", "other"):
        for file in ("dsp/gain.py", "studiod/realtime/graph.py"):
            (tmp_path / name / file).parent.mkdir(parents=True)
            (tmp_path / name / file).write_text("gain = 1\n")
    one, other = tmp_path / "one", tmp_path / "other"
    first = warm.stamp(one)
    assert first == warm.stamp(one)
    assert first != warm.stamp(other)
    os.utime(one / "dsp" / "gain.py", (1.0, 1.0))
    assert warm.stamp(one) != first


def test_without_a_terminal_lines_tell_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(warm, "LOOK_S", 0.02)
    monkeypatch.setattr(warm, "LINE_S", 0.05)
    made = warm.Made({f"dsp.strip.unit{k}" for k in range(3)})
    with warm.telling(made):
        for k in range(3):
            made.hear(f"dsp.strip.unit{k}")
            time.sleep(0.15)
    lines = capfd.readouterr().err.splitlines()
    assert lines[0] == "compiling the audio path, a minute or two the first time"
    assert "compiled 1 of 3 functions, the last strip.unit0" in lines
    assert lines[-1] == "compiled 3 of 3 functions, the last strip.unit2"
    assert not [thread for thread in threading.enumerate() if thread.name == "compile-progress"]


def test_every_slow_stage_of_the_setup_says_what_it_does() -> None:
    makefile = (servers.ROOT / "Makefile").read_text(encoding="utf-8")
    slow = [line for line in makefile.splitlines() if re.search(r"pip install|-m venv", line)]
    assert len(slow) == 4
    assert not [line for line in slow if "--quiet" in line]
    for line in slow:
        before = makefile[: makefile.index(line)].splitlines()
        assert before[-1].startswith("\t@echo"), line
