"""Folders as people have them: the sound files in natural order, the rest named once and left out."""

import json
import logging
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from studiod.cli.main import main
from studiod.files.folders import EXPECTED, expanded, look, natural
from studiod.host.capture import read_files
from studiod.registry.param import Refusal
from tape_rig import RATE_HZ, Rig

Said = pytest.CaptureFixture[str]


def tone(path: Path | bytes, level: float = 0.1) -> None:
    sf.write(
        os.fsdecode(path).encode("utf-8", "surrogateescape"),
        np.full(2400, level),
        RATE_HZ,
        format="WAV",
        subtype="FLOAT",
    )


def numbered(folder: Path) -> Path:
    """Tracks 1 2 3 10 11, each with its number as its level, and all that lies about in such a folder."""
    folder.mkdir()
    for k in (1, 2, 3, 10, 11):
        tone(folder / f"Track {k}.wav", k / 20)
        (folder / f"._Track {k}.wav").write_bytes(b"\0\5\26\7\0\2\0\0Mac OS X        ")
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "cover.jpg").write_bytes(b"x")
    (folder / "notes [old].txt").write_bytes(b"x")
    (folder / "backup.wav").mkdir()
    tone(folder / "backup.wav" / "Track 4.wav")
    return folder


def levels(sound: np.ndarray) -> list[int]:
    return [round(float(level) * 20) for level in np.abs(sound).max(axis=0)]


def test_names_are_in_natural_order() -> None:
    for names in (
        ["Track 1", "Track 2", "Track 10"],
        ["1", "2a", "2b", "11"],
        ["a", "B", "c"],
        ["01 Kick", "1 Snare", "2 Hat"],
        ["take2-1", "take2-9", "take10-1"],
        ["x" + "9" * 400, "y"],
    ):
        assert sorted(reversed(names), key=natural) == names


def test_a_folder_is_its_sound_files_in_order_and_the_rest_is_named_once(tmp_path: Path) -> None:
    folder = numbered(tmp_path / "song")
    files, lines = expanded([folder])
    assert [file.name for file in files] == [f"Track {k}.wav" for k in (1, 2, 3, 10, 11)]
    rest = "backup.wav, cover.jpg, notes [old].txt, 6 hidden"
    assert lines == [f"{folder}: left out, since they are no sound files: {rest}"]
    for k in range(20):
        (folder / f"{k}.txt").write_bytes(b"x")
    assert "18 more, 6 hidden" in expanded([folder])[1][0]
    assert levels(read_files([folder], RATE_HZ)) == [1, 2, 3, 10, 11]


def test_endings_in_any_case_are_sound_and_hidden_files_alone_are_not_worth_a_word(tmp_path: Path) -> None:
    for name in ("A.WAV", "b.Flac", "c.AIFF", "d.opus", "e.Mp3", "f.bwf"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / ".hidden").write_bytes(b"x")
    files, lines = expanded([tmp_path])
    assert len(files) == 6
    assert lines == []


def test_names_that_are_no_text_or_hold_line_ends_and_brackets_are_played(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    raw = os.fsencode(folder)
    for k, name in enumerate((b"1 K\xfche.wav", b"2 [a] {b} *.wav", b"3 two\nlines.wav", "4 ü – é.wav".encode()), 1):
        tone(raw + b"/" + name, k / 20)
    (folder / "5\n\x1b[2J.txt").write_bytes(b"x")
    assert levels(read_files([folder], RATE_HZ)) == [1, 2, 3, 4]
    (line,) = expanded([folder])[1]
    assert r"5\u000a\u001b[2J.txt" in line
    rig = Rig(tmp_path)
    caplog.clear()
    with caplog.at_level(logging.WARNING):
        assert rig.do("take/open", str(folder))[1][2:] == (4, 0, 0.05)
    assert [record.message for record in caplog.records if "left out" in record.message] == [line]
    rig.close()


def test_a_folder_without_sound_says_what_it_holds(tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "Song A").mkdir()
    (tmp_path / "readme.txt").write_bytes(b"x")
    told = f"{EXPECTED} files in it; it holds readme.txt, Song A"
    assert look(tmp_path).nothing() == told
    for words in (["measure", str(tmp_path)], ["render", "--input", str(tmp_path), "--output", "main=x.wav"]):
        assert main(words) == 2
        assert capsys.readouterr().err == f"{tmp_path}: no sound file in that folder; {told}\n"
    rig = Rig(tmp_path / "rig")
    with pytest.raises(Refusal, match=r"no sound file in that folder.*it holds readme\.txt, Song A"):
        rig.do("take/open", str(tmp_path))
    rig.close()


def test_measure_and_render_take_a_folder(tmp_path: Path, capsys: Said) -> None:
    folder = numbered(tmp_path / "song")
    assert main(["measure", "--json", str(folder)]) == 0
    said = capsys.readouterr()
    assert [Path(row["file"]).name for row in json.loads(said.out)] == [f"Track {k}.wav" for k in (1, 2, 3, 10, 11)]
    assert said.err.count("left out") == 1
    assert len(said.err.splitlines()) == 1
    out = tmp_path / "out.wav"
    assert main(["render", "--input", str(folder), "--output", f"input/4={out}"]) == 0
    assert capsys.readouterr().err.count("left out") == 1
    assert levels(sf.read(str(out), always_2d=True)[0]) == [10]


def test_a_name_with_a_line_end_is_one_line_wherever_it_is_told(tmp_path: Path, capsys: Said) -> None:
    for name in ("a\nb.wav", "c\x1b[31md.wav", "e\u2028f.wav"):
        assert main(["measure", str(tmp_path / name)]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
        tone(tmp_path / name)
        out = tmp_path / f"out {name}"
        assert main(["render", "--input", str(tmp_path / name), "--output", f"input/1={out}"]) == 0
        said = capsys.readouterr()
        assert len(said.out.splitlines()) == 1
        assert "\x1b" not in said.out
        assert main(["render", "--input", str(tmp_path / name), "--output", f"input/1={out}.x"]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
