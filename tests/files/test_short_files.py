"""Sound files that hold less than their heads say are read, and told; so is one without a byte, and one that is not."""

import logging
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from captures import read_sound
from studiod.cli.main import main
from studiod.files.sound_files import SoundFile

RATE_HZ = 8000
Said = pytest.CaptureFixture[str]


def cut(path: Path, form: str, seconds: float, **more: str) -> Path:
    """5 s of sound whose file breaks off after some of them."""
    sf.write(path, np.full((5 * RATE_HZ, 2), 0.25), RATE_HZ, format=form, subtype="PCM_16", **more)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) - round((5 - seconds) * RATE_HZ) * 4])
    return path


@pytest.mark.parametrize("form", ["WAV", "WAVEX", "AIFF", "CAF", "RF64"])
@pytest.mark.parametrize("way", ["whole", "pieces", "read"])
def test_a_file_that_breaks_off_is_read_and_told_once(
    form: str, way: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = cut(tmp_path / "a.wav", form, 2.5)
    with SoundFile(path) as file:
        assert caplog.messages == [], "a look at it is not a reading"
        if way == "pieces":
            heard = sum(map(len, file.pieces(1000)))
            heard = sum(map(len, file.pieces(1000)))
        else:
            heard = len(file.whole() if way == "whole" else file.read(0, 10 * RATE_HZ))
    assert heard == 2.5 * RATE_HZ
    assert caplog.messages == [f"{path}: it is shorter than its header says: 2.5 of 5.0 s"]


def test_a_frame_that_is_lost_is_seen_in_the_figures(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SoundFile(cut(tmp_path / "a.wav", "WAV", 5 - 1 / RATE_HZ)) as file:
        file.whole()
    assert caplog.messages[0].endswith(": 4.99988 of 5.00000 s")


@pytest.mark.parametrize("size", [0, 0x7FFF_FFFF, 0x7FFF_F000, 0xFFFF_FFFF])
def test_whole_files_and_those_of_streams_say_nothing(
    size: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = cut(tmp_path / "a.wav", "WAV", 5)
    with SoundFile(path) as file:
        file.whole()
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = size.to_bytes(4, "little")
    path.write_bytes(data)
    with SoundFile(path) as file:
        assert len(file.whole()) == 5 * RATE_HZ
    assert caplog.messages == []


def test_measure_and_render_say_it_in_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path, out = cut(tmp_path / "a.wav", "WAV", 2.5), tmp_path / "out.wav"
    told = f"{path}: it is shorter than its header says: 2.5 of 5.0 s"
    caplog.set_level(logging.WARNING)
    assert main(["measure", "--json", str(path)]) == 0
    assert caplog.messages == [told]
    assert main(["render", "--input", str(path), "--output", f"input/1={out}"]) == 0
    assert caplog.messages == [told, told]
    assert len(read_sound(out)) == 2.5 * RATE_HZ


def test_an_empty_file_and_a_missing_one_are_told_as_that(tmp_path: Path, capsys: Said) -> None:
    path = tmp_path / "a.wav"
    for made, told in ((False, "there is no such file; check the name"), (True, "it is empty; copy it again")):
        if made:
            path.touch()
        for words in (["measure", str(path)], ["render", "--input", str(path), "--output", f"main={tmp_path}/o.wav"]):
            assert main(words) == 2
            assert capsys.readouterr().err == f"{path}: cannot read this file: {told}\n"
