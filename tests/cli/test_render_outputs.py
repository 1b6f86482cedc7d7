"""`studiod render`: what no output may overwrite, what a file cannot hold, and what of a scene is not taken."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from captures import write_sound
from studiod.cli.main import main

Said = pytest.CaptureFixture[str]


@pytest.fixture
def sound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "small.toml").write_text("[console]\nchannels = 2\nbuses = 1\n")
    return write_sound(tmp_path / "in.wav", np.full(960, 0.25))


def faults(capsys: Said, *words: str) -> list[str]:
    assert main(["render", "--input", "in.wav", *words]) == 2
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("name", ["in.wav", "./in.wav", "sub/../in.wav", "link.wav", "hard.wav", "{}/in.wav"])
def test_no_output_is_one_of_the_inputs_by_whatever_name(name: str, sound: Path, capsys: Said) -> None:
    os.symlink("in.wav", "link.wav")
    os.link("in.wav", "hard.wav")
    before = sound.read_bytes()
    name = name.format(sound.parent)
    told = f"--output main={name}: it would overwrite in.wav, which is read; name another file"
    assert faults(capsys, "--output", f"main={name}") == [told]
    assert sound.read_bytes() == before


@pytest.mark.parametrize(
    ("option", "text"), [("--scene", "[values]\n"), ("--moves", ""), ("--config", "[console]\nchannels = 2\n")]
)
def test_nor_one_of_the_other_files_that_are_read(option: str, text: str, sound: Path, capsys: Said) -> None:
    Path("read.wav").write_text(text)
    told = "--output main=./read.wav: it would overwrite read.wav, which is read; name another file"
    assert faults(capsys, option, "read.wav", "--output", "main=./read.wav") == [told]
    assert Path("read.wav").read_text() == text


@pytest.mark.parametrize("second", ["x.wav", "./x.wav", "sub/../x.wav", "link.wav"])
def test_two_outputs_are_two_files(second: str, sound: Path, capsys: Said) -> None:
    os.symlink("x.wav", "link.wav")
    told = f"--output bus/1={second}: {second} is the file of main already; name another file"
    assert faults(capsys, "--output", "main=x.wav", f"bus/1={second}") == [told]


@pytest.mark.parametrize(
    ("name", "subtype", "has"),
    [
        ("x.wav", "PCM_17", "PCM_16 PCM_24 PCM_32 FLOAT"),
        ("x.flac", "FLOAT", "PCM_S8 PCM_16 PCM_24"),
        ("x.ogg", "PCM_16", "VORBIS"),
        ("x.wav", "GSM610", "PCM_16"),  # mono only
    ],
)
def test_a_subtype_that_a_file_does_not_have_is_told_with_those_it_has(
    name: str, subtype: str, has: str, sound: Path, capsys: Said
) -> None:
    (told,) = faults(capsys, "--output", f"main={name}", "--subtype", subtype)
    assert told.startswith(f"{name}: expected --subtype to be one of ")
    assert told.endswith(f"got {subtype}")
    assert set(has.split()) <= set(told.split()), told
    assert not Path(name).exists()


def test_a_subtype_may_be_in_small_letters(sound: Path) -> None:
    assert main(["render", "--input", "in.wav", "--output", "input/1=x.flac", "--subtype", "pcm_24"]) == 0
    assert sf.info("x.flac").subtype == "PCM_24"


def test_a_rate_that_neither_a_desk_nor_the_files_have_is_refused(sound: Path, capsys: Said) -> None:
    (told,) = faults(capsys, "--output", "main=x.wav", "--rate", "44000")
    rates = "44100 48000 88200 96000 176400 192000"
    assert told == f"--rate: expected one of {rates} Hz, or 48000 Hz as the files have; got 44000"
    write_sound(sound, np.full(800, 0.25), 8000)
    assert main(["render", "--input", "in.wav", "--output", "input/1=x.wav", "--rate", "8000"]) == 0
    assert sf.info("x.wav").samplerate == 8000


def test_what_becomes_of_a_value_that_is_not_taken_is_told(sound: Path, capsys: Said) -> None:
    lines = {"ch/1/fader": 99, "ch/1/colr": "red", "ch/1/pan": 200, "bus/8/pan": 0, "bus/9/pan": 0}
    Path("s.toml").write_text("[values]\n" + "".join(f'"{path}" = {json.dumps(v)}\n' for path, v in lines.items()))
    words = ["render", "--config", "small.toml", "--input", "in.wav", "--scene", "s.toml", "--output", "main=x.wav"]
    assert main(words) == 0
    out, err = capsys.readouterr()
    told = {line.split(":")[1].strip(): line for line in err.splitlines()}
    assert told["ch/1/fader"].endswith("got 99; nearest is 10 dB; left at its default, -90 dB")
    assert told["ch/1/colr"].endswith("nearest is ch/1/colour; left out")
    assert told["ch/1/pan"].endswith("left at its default, 0")
    assert told["2 values of bus/*/pan"].endswith("they are left out; --details names them all")
    assert out == "x.wav: 960 frames\n"
    assert main([*words, "--json"]) == 0
    (one,) = json.loads(capsys.readouterr().out)
    assert [f"s.toml: {line}" for line in one["not_taken"]] == err.splitlines()


def test_many_values_that_are_not_taken_are_counted(sound: Path, capsys: Said) -> None:
    paths = [f"ch/{n}/eq/{k}/freq" for n in (1, 2) for k in (1, 2, 3, 4)]
    Path("s.toml").write_text("[values]\n" + "".join(f'"{path}" = 1\n' for path in paths))
    words = ["render", "--config", "small.toml", "--input", "in.wav", "--scene", "s.toml", "--output", "main=x.wav"]
    assert main(words) == 0
    (told,) = capsys.readouterr().err.splitlines()
    assert told.startswith("s.toml: 8 values of ch/*/eq/*/freq: out of range; ")
    assert told.endswith("; each is left at its default; --details names them all")
    assert main([*words, "--details"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in lines] == paths
    assert all("; left at its default, " in line and line.endswith(" Hz") for line in lines)


def test_every_line_of_a_moves_file_that_is_at_fault_is_told(sound: Path, capsys: Said) -> None:
    good = '{"at": 0, "path": "ch/1/fader", "value": 0}'
    Path("m.jsonl").write_text(f'{good}\n{{"at": }}\n{good}\n{{"at": -1, "path": "x", "value": 0}}\n[]\n')
    told = faults(capsys, "--moves", "m.jsonl", "--output", "main=x.wav")
    assert [line.partition(":")[0] for line in told] == [f"m.jsonl line {n}" for n in (2, 4, 5)]
    Path("m.jsonl").write_text("[]\n" * 100)
    assert faults(capsys, "--moves", "m.jsonl", "--output", "main=x.wav")[-1] == "and 80 more like these"
