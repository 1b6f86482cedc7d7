"""Nothing is lost: whenever a release ends before its time, the former or the new one is there, whole."""

import contextlib
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from studiod.errors import FileFault
from studiod.mastering.release import exchange
from studiod.mastering.release.exchange import Place
from studiod.paths import ROOT

ALBUM = """[album]
title = "TITLE"
deliver = ["wav16", "wav32f", "mp3"]
[isrc]
prefix = "GBUM7"
year = 26
[[song]]
file = "one.wav"
title = "One"
isrc = "auto"
[[song]]
file = "two.wav"
title = "Two"
isrc = "auto"
"""
KILLS = 20
LIMIT_BYTES = 100_000  # less than a WAV of a song, more than a sheet


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two songs of a second, and the release of them that is called Former."""
    folder = tmp_path_factory.mktemp("songs")
    noise = np.random.default_rng(7).uniform(-0.1, 0.1, (44_100, 2))
    sf.write(folder / "one.wav", noise, 44_100, "PCM_24")
    sf.write(folder / "two.wav", noise[::-1], 44_100, "PCM_24")
    assert ended(master(folder, "Former"))[0] == 0
    return folder


def master(folder: Path, title: str, *more: object, most_bytes: int = 0) -> subprocess.Popen[bytes]:
    """The command of its own process; most_bytes: of a file, in the place of a full disk."""
    (folder / "album.toml").write_text(ALBUM.replace("TITLE", title), "utf-8")
    words = ["master", "album.toml", "-o", "made", "--work", "work", *map(str, more)]

    def limit() -> None:
        if most_bytes:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

    return subprocess.Popen(
        [sys.executable, "-m", "studiod", *words], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=limit,
    )  # fmt: skip


def ended(process: subprocess.Popen[bytes]) -> tuple[int, list[str]]:
    """The exit code, and what was said on stderr."""
    _, told = process.communicate(timeout=200)
    return process.returncode, told.decode().splitlines()


def title(folder: Path) -> str:
    """Of the release that is there, each file of which is as its checksum says."""
    made = folder / "made"
    lines = (made / "SHA256SUMS").read_text("utf-8").splitlines()
    rows = dict(reversed(line.split("  ", 1)) for line in lines)
    there = {path.relative_to(made).as_posix() for path in made.rglob("*") if path.is_file()}
    assert there == set(rows) | {"SHA256SUMS", "MD5SUMS"}
    assert all(hashlib.sha256((made / path).read_bytes()).hexdigest() == sum_ for path, sum_ in rows.items())
    return str(json.loads((made / "release.json").read_text("utf-8"))["album"]["title"])


def left(folder: Path) -> list[str]:
    """What lies there that nobody asked for."""
    asked = {"one.wav", "two.wav", "album.toml", "isrc-ledger.toml", "made", "work"}
    return sorted(path.name for path in folder.iterdir() if path.name not in asked)


def test_a_kill_at_any_moment_leaves_the_former_or_the_new_release_whole(folder: Path) -> None:
    """At moments of a run that are spread over its length; the next run leaves nothing beside it."""
    begun = time.monotonic()
    assert ended(master(folder, "Length"))[0] == 0
    length_s, dice = time.monotonic() - begun, random.Random(18)
    known = {"Length"}
    ledger = (folder / "isrc-ledger.toml").read_text("utf-8")
    for k in range(KILLS):
        process = master(folder, f"Title {k}")
        time.sleep(dice.uniform(0.3, 1.1) * length_s)
        process.kill()
        ended(process)
        known.add(f"Title {k}")
        found = title(folder)
        assert found in known
        known = {found}  # what was exchanged is gone
        assert (folder / "isrc-ledger.toml").read_text("utf-8") == ledger
    assert ended(master(folder, "Last"))[0] == 0
    assert title(folder) == "Last"
    assert left(folder) == []


def test_ctrl_c_leaves_the_former_release_and_nothing_beside_it(folder: Path) -> None:
    before = title(folder)
    process = master(folder, "Interrupted", "--workers", 1)
    until = time.monotonic() + 100.0
    while process.poll() is None and not (folder / ".made.new").exists():
        assert time.monotonic() < until
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    code, told = ended(process)
    assert (code, told[-1:]) in [(130, ["interrupted"]), (0, [])]  # 0: it was over by then
    assert title(folder) == ("Interrupted" if code == 0 else before)
    assert left(folder) == []


@pytest.mark.parametrize("sound", [True, False], ids=["steps", "files"])
def test_a_full_disk_is_told_and_leaves_the_former_release(folder: Path, sound: bool) -> None:
    """Where the sound is kept, and where the release is written."""
    before = title(folder)
    if sound:
        shutil.rmtree(folder / "work" / "sound")
    code, told = ended(master(folder, "Full", most_bytes=LIMIT_BYTES))
    what = "cannot keep the sound" if sound else "cannot write the release"
    (line,) = told
    assert code == 2
    assert f"{what}: File too large; make room there, or name another folder" in line
    assert title(folder) == before
    assert left(folder) == []
    assert ended(master(folder, f"After {before}"))[0] == 0  # and the sound is there again


def test_what_is_no_release_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to("empty")
    for name in ("notes", "file", "link"):
        (told,) = Place(tmp_path / name).faults()
        assert "expected a former release, an empty folder, or nothing; something else is there" in told
    for name in ("empty", "new"):
        assert Place(tmp_path / name).faults() == []
    assert Place(tmp_path / ("x" * 247)).faults() == []
    (tmp_path / f".{'x' * 247}.former").mkdir()  # the longest that is made
    (told,) = Place(tmp_path / ("x" * 248)).faults()
    assert told.endswith("xx: expected a name of at most 247 bytes; choose a shorter one")
    (told,) = Place(Path("/")).faults()
    assert told == "-o: expected a folder of its own for the release; got /"


def test_two_at_once_are_told_apart(tmp_path: Path) -> None:
    with Place(tmp_path / "made").begun(), contextlib.ExitStack() as stack:
        second = Place(tmp_path / "made").begun()
        with pytest.raises(FileFault, match="another studiod is making this release now; wait for its end"):
            stack.enter_context(second)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("at_once", [True, False], ids=["in one step", "in two"])
def test_the_new_takes_the_place_of_the_former(
    tmp_path: Path, at_once: bool, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Where the disk cannot exchange two folders, in two steps."""
    if not at_once:
        monkeypatch.setattr(exchange.ctypes, "CDLL", lambda *_, **__: object())
    for name in ("first", "second"):
        place = Place(tmp_path / "made")
        with place.begun() as folder:
            (folder / name).write_text(name)
            place.exchange()
    assert [path.name for path in tmp_path.iterdir()] == ["made"]
    assert [path.name for path in (tmp_path / "made").iterdir()] == ["second"]


def test_after_half_an_exchange_in_two_steps_the_former_is_there_again(tmp_path: Path) -> None:
    (tmp_path / ".made.former").mkdir()
    (tmp_path / ".made.former" / "old").touch()
    with Place(tmp_path / "made").begun():
        assert (tmp_path / "made" / "old").exists()
    (tmp_path / ".made.former").mkdir()
    with Place(tmp_path / "made").begun():
        pass
    assert [path.name for path in tmp_path.iterdir()] == ["made"]
