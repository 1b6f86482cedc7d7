"""`studiod render`: where files go, what is said of a scene, and rates that no desk has; answers that nobody takes."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import servers
from captures import read_sound, write_sound
from studiod.cli.main import main
from studiod.cli.render_request import inputs_of
from studiod.host.offline import Offline
from studiod.memory.scene_format import scene_text
from studiod.registry.registry import Console

Said = pytest.CaptureFixture[str]


def level(path: Path, value: float, channels: int = 1) -> str:
    return str(write_sound(path, np.full((960, channels), value)))


def rendered(
    tmp_path: Path, *words: str, points: tuple[str, ...] = ("input/1", "input/2", "input/3", "input/4")
) -> list:
    files = [f"{point}={tmp_path / f'out {k}.wav'}" for k, point in enumerate(points)]
    small = tmp_path / "small.toml"
    small.write_text("[console]\nchannels = 4\nbuses = 1\n")
    assert main(["render", "--config", str(small), "--input", *words, "--output", *files]) == 0
    return [round(float(read_sound(tmp_path / f"out {k}.wav").max()), 3) for k in range(len(points))]


def test_a_number_places_a_file_and_the_next_ones_follow(tmp_path: Path, capsys: Said) -> None:
    a, b, c = level(tmp_path / "a.wav", 0.1), level(tmp_path / "b.wav", 0.2, 2), level(tmp_path / "c=1.wav", 0.3)
    assert rendered(tmp_path, a, b, f"4={c}") == pytest.approx([0.1, 0.2, 0.2, 0.3])
    assert rendered(tmp_path, f"4={a}", f"1={b}", c) == pytest.approx([0.2, 0.2, 0.3, 0.1])
    assert rendered(tmp_path, f"3={b}", f"01={a}") == pytest.approx([0.1, 0.0, 0.2, 0.2])
    assert rendered(tmp_path, c, f"4={a}") == pytest.approx([0.3, 0.0, 0.0, 0.1])


def test_a_file_whose_name_begins_like_a_number_is_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    level(tmp_path / "3=a.wav", 0.1)
    assert rendered(tmp_path, "3=a.wav", points=("input/1",)) == pytest.approx([0.1])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["0={a}"], "expected inputs 1 to 128; got input 0"),
        (["128={b}"], "expected inputs 1 to 128; got inputs 128 to 129"),
        (["999999={a}"], "expected inputs 1 to 128; got input 999999"),
        (["2={a}", "1={b}"], "input 2 is that of {a} already; name another, such as 3=b.wav"),
        (["{a}", "1={a}"], "input 1 is that of {a} already; name another, such as 2=a.wav"),
        (["x={a}"], "--input x={a}: expected the number of an input before =; got x"),
        (["3={a}x"], "a.wavx: cannot read this file: there is no such file"),
    ],
)
def test_a_place_that_is_none_is_one_line(words: list[str], told: str, tmp_path: Path, capsys: Said) -> None:
    names = {"a": level(tmp_path / "a.wav", 0.1), "b": level(tmp_path / "b.wav", 0.2, 2)}
    words = [word.format(**names) for word in words]
    assert main(["render", "--input", *words, "--output", f"main={tmp_path / 'out.wav'}"]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert told.format(**names) in line
    assert not (tmp_path / "out.wav").exists()


def test_all_that_is_wrong_is_told_at_once_and_before_anything_is_made(tmp_path: Path, capsys: Said) -> None:
    sound, scene = level(tmp_path / "a.wav", 0.1), tmp_path / "none.toml"
    words = [
        "--input",
        sound,
        f"129={sound}",
        "--scene",
        str(scene),
        "--moves",
        str(tmp_path / "no.jsonl"),
        "--tail",
        "-1",
    ]
    words += [
        "--rate",
        "0",
        "--config",
        str(tmp_path / "no.toml"),
        "--output",
        "man=x.wav",
        "bus/17=/nowhere/x.wav",
        "x.wav",
    ]
    assert main(["render", *words]) == 2
    told = capsys.readouterr().err.splitlines()
    for begin in (
        "--tail: expected seconds from 0 to 3600; got -1.0", "--rate: expected a rate from 1 to 192000 Hz; got 0",
        f"--input {sound}: expected inputs 1 to 128; got input 129", str(scene), str(tmp_path / "no.jsonl"),
        str(tmp_path / "no.toml"), "--output man=x.wav: no such point; expected main, ", "/nowhere/x.wav: cannot",
        "--output bus/17=/nowhere/x.wav: no such point", "--output x.wav: expected POINT=FILE",
    ):  # fmt: skip
        assert [line for line in told if line.startswith(begin)], begin
    assert any("got 'man'; nearest is main" in line for line in told)
    assert any("got 'bus/17'; nearest is bus/16" in line for line in told)
    assert not list(tmp_path.glob("*.wav"))[1:]


def exported(tmp_path: Path, console: Console) -> str:
    file = tmp_path / "scene.toml"
    file.write_text(scene_text({"name": "x"}, Offline(console).desk.snapshot()))
    return str(file)


def test_a_scene_of_a_desk_with_more_inputs_than_files_says_nothing(tmp_path: Path, capsys: Said) -> None:
    sound = level(tmp_path / "a.wav", 0.1)
    for inputs in (1, 32, 128):
        scene = exported(tmp_path, Console(inputs=inputs, channels=8, buses=4))
        assert main(["render", "--input", sound, "--scene", scene, "--output", f"main={tmp_path / 'o.wav'}"]) == 0
        assert capsys.readouterr().err == ""
    assert inputs_of({"ch/3/source": "input/7", "input/9/name": "x", "ch/1/name": "input/100000"}) == 9


def test_what_a_scene_holds_for_a_larger_desk_is_a_line_by_kind(tmp_path: Path, capsys: Said) -> None:
    sound = level(tmp_path / "a.wav", 0.1)
    scene = exported(tmp_path, Console(inputs=2, channels=10, buses=4, matrices=2, dcas=3))
    words = ["render", "--input", sound, "--scene", scene, "--output", f"main={tmp_path / 'o.wav'}"]
    settings = tmp_path / "studio.toml"
    settings.write_text("[console]\nchannels = 8\nbuses = 4\nmatrices = 0\ndcas = 0\n")
    assert main([*words, "--config", str(settings)]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert 1 < len(lines) < 20
    assert all(line.startswith(f"{scene}: ") for line in lines)
    assert any("values of dca/" in line and "the first is dca/1/" in line for line in lines)
    assert all(line.endswith("--details names them all") for line in lines if " values of " in line)
    assert main([*words, "--config", str(settings), "--details"]) == 0
    details = capsys.readouterr().err.splitlines()
    assert len(details) > 100
    assert any(": dca/2/" in line for line in details)


@pytest.mark.parametrize("rate_hz", [768_000, 384_000, 192_001])
def test_a_rate_beyond_a_desk_is_one_line(rate_hz: int, tmp_path: Path, capsys: Said) -> None:
    file = write_sound(tmp_path / "fast.wav", np.full(9600, 0.1), rate_hz)
    assert main(["render", "--input", str(file), "--output", f"main={tmp_path / 'o.wav'}"]) == 2
    told = f"{file}: expected at most 192000 Hz, the highest of a desk; got {rate_hz} Hz; convert it\n"
    assert capsys.readouterr().err == told
    assert main(["measure", str(file)]) == 0


def test_files_without_a_frame_render_nothing_and_say_so(tmp_path: Path, capsys: Said) -> None:
    file = write_sound(tmp_path / "empty.wav", np.zeros(0))
    for words in ([str(file)], [str(file), str(file)]):
        assert main(["render", "--input", *words, "--output", f"main={tmp_path / 'o.wav'}"]) == 2
        assert capsys.readouterr().err.startswith(f"{file}: expected sound; the file")
    assert not (tmp_path / "o.wav").exists()


def test_minutes_of_vorbis_are_written(tmp_path: Path) -> None:
    """libsndfile 1.2 ends the process on as much at once."""
    file = write_sound(tmp_path / "long.wav", np.zeros(150 * 8000), 8000)
    assert main(["render", "--input", str(file), "--output", f"input/1={tmp_path / 'o.ogg'}"]) == 0
    assert len(read_sound(tmp_path / "o.ogg")) == 150 * 8000


@pytest.mark.parametrize("words", [["measure", "{a}"], ["params"], ["devices"]])
def test_an_answer_that_cannot_be_written_is_one_line_and_code_1(words: list[str], tmp_path: Path) -> None:
    a = level(tmp_path / "a.wav", 0.1)
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "studiod", *(word.format(a=a) for word in words)],
            cwd=servers.ROOT, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    told = "cannot write the answer: No space left on device; send it somewhere else\n"
    assert (done.returncode, done.stderr) == (1, told)
