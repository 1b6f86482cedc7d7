"""`studiod master` as a person meets it: the plan, progress on a terminal, mono and silent songs, a missing package."""

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from studiod.cli import master as command
from studiod.cli.main import main
from studiod.paths import ROOT

ALBUM = """[album]
title = "Plan"
[[song]]
file = "noise.wav"
title = "One"
fade_out = { s = 0.5, shape = "equal_power" }
[[song]]
file = "mono.wav"
title = "Two"
gap_s = "00:02:37"
[[song]]
file = "silent.wav"
title = "Three"
crossfade_s = 0.25
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three mixes: noise of 1.0001 s, mono of 96 kHz, silence."""
    folder = tmp_path_factory.mktemp("plan")
    noise = np.random.default_rng(11).uniform(-0.2, 0.2, (44_105, 2))
    sf.write(folder / "noise.wav", noise, 44_100, "PCM_24")
    sf.write(folder / "mono.wav", np.random.default_rng(12).uniform(-0.2, 0.2, 96_000), 96_000, "PCM_24")
    sf.write(folder / "silent.wav", np.zeros((44_100, 2)), 44_100, "PCM_24")
    (folder / "album.toml").write_text(ALBUM)
    return folder


def master(folder: Path, *words: str) -> int:
    return main(["master", str(folder / "album.toml"), "--work", str(folder / "work"), *words])


def test_the_plan_tells_what_begins_when_and_where_the_grid_moved_it(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    assert master(folder, "--plan", "--json") == 0
    plan = json.loads(capfd.readouterr().out)
    one, two, three = plan["songs"]
    assert (one["start"], one["pause"], one["end"]) == ("00:00:00", "00:01:01", "00:03:38")
    assert one["fade_out"] == {"s": 0.5, "shape": "equal_power"}
    assert (two["start"], two["gap_s"], two["run"], two["run_rate_hz"]) == ("00:03:38", 187 / 75, 2, 96_000)
    assert two["moved_s"] == pytest.approx(1 / 75 - 5 / 44_100)
    assert two["sound_start_s"] == pytest.approx(two["start_s"])
    assert (three["run"], three["crossfade_s"], three["gap_s"]) == (2, 0.25, 0.0)
    assert three["sound_start_s"] == pytest.approx(two["start_s"] + 0.75)
    assert three["start_s"] <= three["sound_start_s"] < three["start_s"] + 1 / 75
    assert plan["total"] == three["end"] == "00:05:20"
    assert not (folder / "work" / "sound").exists()


def test_the_plan_is_a_table_for_people(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert master(folder, "--plan") == 0
    out = capfd.readouterr().out
    assert "00:03:38" in out
    assert "crosses 0.250 s" in out
    assert "0.5 s equal_power" in out
    assert "13.22 ms" in out
    assert out.endswith("total 00:05:20 (5.27 s)\n")


def test_mono_and_silence_are_told_and_carried_out(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert master(folder, "-o", str(folder / "made")) == 0
    told = capfd.readouterr().err
    assert "song[2].file: mono.wav: it is mono, and becomes two equal channels" in told
    assert "song[3].file: silent.wav: it is silent: no loudness can be found, and it keeps its level" in told
    mono, _ = sf.read(folder / "made" / "wav24" / "02 Two.wav", dtype="int32")
    assert np.abs(mono).max() > 0
    assert np.abs(mono[:, 0] - mono[:, 1]).max() <= 3 << 8  # but for the dither of each
    silent, _ = sf.read(folder / "made" / "wav24" / "03 Three.wav", dtype="int32")
    assert not silent[-9600:].any()
    report = json.loads((folder / "made" / "release.json").read_text("utf-8"))
    assert report["figures"]["songs"][2]["integrated_lufs"] is None or report["plan"]["songs"][2]["crossfade_s"]
    assert any("it is mono" in note for note in report["notes"])


def test_a_terminal_sees_bars(folder: Path) -> None:
    """On stderr alone; they are gone at the end."""
    parent, child = pty.openpty()
    words = ["master", "album.toml", "-o", "bars", "--work", "work-of-bars"]
    with subprocess.Popen(
        [sys.executable, "-m", "studiod", *words], cwd=folder, stderr=child, stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "100"},
    ) as process:  # fmt: skip
        os.close(child)
        shown = b""
        while True:
            try:
                shown += os.read(parent, 4096)
            except OSError:  # how the end of a terminal reads
                break
        out, _ = process.communicate(timeout=100)
    os.close(parent)
    assert process.returncode == 0
    assert b"wav24/" in shown
    assert "━".encode() in shown
    assert "━".encode() not in out


def test_without_mutagen_one_line_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:  # fmt: skip
    monkeypatch.setattr(command, "find_spec", lambda _: None)
    assert master(folder) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert line == (
        "studiod master: expected the package mutagen; it is not there: pip install 'studiod[master]', or make setup"
    )


def test_json_is_all_that_is_known(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert master(folder, "--check", "--json") == 0
    assert json.loads(capfd.readouterr().out)["faults"] == []
    assert master(folder, "-o", str(folder / "json"), "--json") == 0
    report = json.loads(capfd.readouterr().out)
    assert [row["path"] for row in report["files"]] == [
        "wav24/Plan.wav", "wav24/01 One.wav", "wav24/02 Two.wav", "wav24/03 Three.wav",
    ]  # fmt: skip
    assert report == json.loads((folder / "json" / "release.json").read_text("utf-8"))
