"""What the first start tells while it compiles: by the pieces that turn up in the cache."""

import os
import re
import threading
import time
from pathlib import Path

import pytest

import servers
from studiod.host import warm


def test_the_estimate_keeps_near_what_is_compiled() -> None:
    folder = warm.cache_directory()
    if not warm.stamp().exists():
        warm.warm()
    _, last = warm.pieces(folder)
    made = warm.stamp().read_text("ascii")  # what is there now is more: the tests themselves compile
    if not made:
        pytest.skip("the cache has the pieces of another checkout too")
    assert 0.7 < int(made) / warm.expected() < 2.0
    assert re.fullmatch(r"\w+\.\w+", last)


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


def test_the_last_piece_is_named(tmp_path: Path) -> None:
    assert warm.pieces(tmp_path) == (0, "")
    for name in ("dsp_1/svf.run-30.py311.1.nbc", "studiod_2/strip.run-112.py311.1.nbc", "studiod_2/strip.nbi"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
        time.sleep(0.02)  # a file system counts coarsely
    assert warm.pieces(tmp_path) == (2, "strip.run")


def test_without_a_terminal_lines_tell_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(warm, "cache_directory", lambda: tmp_path)
    monkeypatch.setattr(warm, "expected", lambda: 3)
    monkeypatch.setattr(warm, "LOOK_S", 0.02)
    monkeypatch.setattr(warm, "LINE_S", 0.05)
    with warm.telling():
        for k in range(5):  # two more than expected
            (tmp_path / f"strip.unit{k}-1.py311.1.nbc").touch()
            time.sleep(0.15)
    lines = capfd.readouterr().err.splitlines()
    assert lines[0] == "compiling the audio path, a minute or two the first time"
    assert "compiled 1 of about 3 pieces, the last strip.unit0" in lines
    assert "compiled 5 of about 3 pieces, the last strip.unit4" in lines
    assert not [thread for thread in threading.enumerate() if thread.name == "compile-progress"]


def test_every_slow_stage_of_the_setup_says_what_it_does() -> None:
    makefile = (servers.ROOT / "Makefile").read_text(encoding="utf-8")
    slow = [line for line in makefile.splitlines() if re.search(r"pip install|-m venv", line)]
    assert len(slow) == 4
    assert not [line for line in slow if "--quiet" in line]
    for line in slow:
        before = makefile[: makefile.index(line)].splitlines()
        assert before[-1].startswith("\t@echo"), line
