"""`studiod limit` as a person calls it: what it holds, by which meter, and what it says."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from studiod.cli.main import main
from studiod.mastering.peak_meters import METERS, true_peak_db

RATE_HZ = 44_100


@pytest.fixture
def mix(tmp_path: Path) -> Path:
    """Half a second that is full up to half the rate, where meters differ."""
    noise = np.random.default_rng(4).uniform(-1.0, 1.0, (RATE_HZ // 2, 2))
    sf.write(str(tmp_path / "mix.wav"), noise, RATE_HZ, subtype="FLOAT")
    return tmp_path / "mix.wav"


@pytest.mark.parametrize("meter", METERS)
def test_a_ceiling_is_held_by_the_meter_that_is_named(
    mix: Path, tmp_path: Path, meter: str, capsys: pytest.CaptureFixture[str]
) -> None:
    loud = tmp_path / "loud.wav"
    words = ["--gain", "6", "--ceiling=-2", "--release", "10", "--lookahead", "0.5", "--meter", meter]
    assert main(["limit", str(mix), "-o", str(loud), *words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    sound, rate_hz = sf.read(str(loud))
    assert (rate_hz, sound.shape) == (RATE_HZ, (RATE_HZ // 2, 2))
    assert sf.info(str(loud)).subtype == "FLOAT"
    for name, db in told["dbtp"].items():
        assert db == pytest.approx(true_peak_db(sound, RATE_HZ, name), abs=0.006)
    assert -2.5 < told["dbtp"][meter] <= -1.95


def test_defaults_are_those_of_the_mains_and_a_line_is_told(
    mix: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["limit", str(mix), "-o", str(tmp_path / "out.wav")]) == 0
    line = capsys.readouterr().out
    assert "out.wav: -" in line
    assert all(f" dBTP by {meter}" in line for meter in METERS)
    assert np.abs(sf.read(str(tmp_path / "out.wav"))[0]).max() <= 10 ** (-1.0 / 20.0)


def test_what_is_wrong_is_told_at_once_and_nothing_is_written(
    mix: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.wav"
    for words, told in (
        (
            ["--gain", "90", "--ceiling", "4"],
            "--gain: main/limiter/gain: out of range; expected a number from 0 to 24 dB",
        ),
        (
            ["--gain", "90", "--ceiling", "4"],
            "--ceiling: main/limiter/ceiling: out of range; expected a number from -20",
        ),
        (["--release", "soon"], "--release: main/limiter/release: "),
    ):
        assert main(["limit", str(mix), "-o", str(out), *words]) == 2
        assert told in capsys.readouterr().err
    assert main(["limit", str(tmp_path / "no.wav"), "-o", str(out)]) == 2
    assert "no.wav: cannot read this file: there is no such file" in capsys.readouterr().err
    assert main(["limit", str(mix), "-o", str(mix)]) == 2
    assert "expected another file than what is read; name one with -o" in capsys.readouterr().err
    assert not out.exists()
