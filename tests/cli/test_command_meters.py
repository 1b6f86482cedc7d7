"""`studiod meters` beside the real daemon: a frame as a line, as JSON and as bars on a terminal."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import numpy as np
import pytest

import servers
from captures import RATE_HZ, write_sound
from studiod.cli.main import main
from studiod.cli.meters import labelled, part, picture
from studiod.client.client import ask
from studiod.registry.meter_banks import BANKS, MAIN, names, third


@pytest.fixture(scope="module")
def playing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[servers.Daemon]:
    """A tone at -20 dBFS into channel 1 and on to the left."""
    tmp_path = tmp_path_factory.mktemp("desk")
    wave = 0.1 * np.sin(2 * np.pi * 1000.0 * np.arange(RATE_HZ) / RATE_HZ)
    scene = tmp_path / "scene.toml"
    scene.write_text('[values]\n"ch/1/fader" = 0\n"ch/1/pan" = -100\n"config/pan_law" = "0dB"\n')
    virtual = {"play": [str(write_sound(tmp_path / "tone.wav", wave))], "start_scene": str(scene)}
    console = {"channels": 2, "buses": 2, "returns": 1, "matrices": 2}
    with servers.Daemon(tmp_path, {"virtual": virtual, "console": console}).start() as one:
        yield one


def test_one_frame_is_a_line_or_an_object_with_a_name_for_each_value(
    playing: servers.Daemon, capsys: pytest.CaptureFixture[str]
) -> None:
    def once(bank: str, *words: str) -> str:
        assert main(["meters", bank, "--port", str(playing.osc_port), "--once", *words]) == 0
        (line,) = capsys.readouterr().out.splitlines()
        return line

    assert re.fullmatch(r"ch ch/1 -20\.0 ch/2 -150\.0", once("ch"))
    found = json.loads(once("main", "--json"))["main"]
    assert list(found) == [name for name, _ in MAIN]
    assert found["peak_l"] == pytest.approx(-20.0, abs=0.05)  # the most of 100 samples of a 1 kHz sine
    assert found["peak_r"] == -150.0
    assert once("comp") == "comp ch/1 0.0 ch/2 0.0 bus/1 0.0 bus/2 0.0 main 0.0 matrix/1 0.0 matrix/2 0.0"
    assert once("gate") == "gate ch/1 0.0 ch/2 0.0"
    assert once("return").startswith("return return/1/l -150.0 return/1/r -150.0")


def test_frames_come_until_ctrl_c_at_the_rate_asked_for(playing: servers.Daemon) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "studiod", "meters", "ch", "--hz", "20", "--port", str(playing.osc_port)],
        cwd=servers.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(10)]
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert all(line.startswith("ch ch/1 ") for line in lines)
    assert (process.returncode, said) == (0, "")


@pytest.mark.parametrize(
    ("bank", "last", "rows"),
    [
        ("main", "correlation", [r"peak_l +━+[╸╺]?━* +-20\.0 dBFS", r"correlation +━"]),
        ("ch", "ch/2", [r"ch/1 Kick \[red\] +━+[╸╺]?━* +-20\.0 dBFS", r"ch/2 +━+ +-150\.0 dBFS"]),
    ],
)
def test_a_terminal_shows_bars_and_what_people_call_the_strips(
    playing: servers.Daemon, bank: str, last: str, rows: list[str]
) -> None:
    ask(playing.host, playing.osc_port, "ch/1/name", "Kick [red]")
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "studiod", "meters", bank, "--port", str(playing.osc_port)],
        cwd=servers.ROOT, stdin=theirs, stdout=theirs, stderr=theirs, env={**os.environ, "TERM": "xterm"},
    )  # fmt: skip
    os.close(theirs)
    seen, end_s = "", time.monotonic() + 10.0
    while last not in seen and time.monotonic() < end_s:
        seen += os.read(ours, 65536).decode(errors="replace")
    process.send_signal(signal.SIGINT)
    while process.poll() is None:  # a terminal takes no more than it is read of
        try:
            os.read(ours, 65536)
        except OSError:
            break
    assert process.wait(10) == 0
    os.close(ours)
    plain = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", seen)
    assert all(re.search(row, plain) for row in rows), plain


def test_what_cannot_be_shown_is_told(playing: servers.Daemon, capsys: pytest.CaptureFixture[str]) -> None:
    port = ["--port", str(playing.osc_port)]
    for words, code, told in (
        (["chanel", *port], 1, "nearest is ch"),
        (["--hz", "99", *port], 2, "--hz: expected a rate from 1 to 50 Hz; got 99"),
        (["--port", str(servers.free_udp_port())], 1, "is studiod running there?"),
    ):
        assert main(["meters", *words]) == code
        (line,) = capsys.readouterr().err.splitlines()
        assert told in line


def test_thirds_have_their_nominal_names_and_scales_their_ends() -> None:
    assert [third(n) for n in (1, 3, 11, 18, 19, 31)] == ["20", "31.5", "200", "1k", "1.25k", "20k"]
    assert [part(value, "dBFS") for value in (-150.0, -30.0, 3.0)] == [0.0, 0.5, 1.0]
    assert part(-1.0, "") == 0.0


def test_a_strip_has_its_own_name_beside_its_number() -> None:
    own = {"ch/1": "Kick", "return/2": "Plate", "main": "Mix", "ch/2": "x" * 32, "ch/3": ""}
    named = [(name, "dB") for name in ("ch/1", "return/2/r", "main", "ch/2", "ch/3", "peak_l", "ch/11")]
    told = [name for name, _ in labelled(named, own)]
    assert told == ["ch/1 Kick", "return/2/r Plate", "main Mix", f"ch/2 {'x' * 15}…", "ch/3", "peak_l", "ch/11"]


def test_a_bank_of_any_length_has_a_name_for_each_value() -> None:
    for bank in (*BANKS, "of/another/version"):
        for count in (0, 1, 40):
            found = names(bank, count, {"channels": 3})
            assert len({name for name, _ in found}) == len(found) == count
            assert picture(found, [-3.0] * count, 10).row_count <= 10


def test_help_names_every_bank(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["meters", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert f"{', '.join(BANKS)} (default: main)" in said
