"""The files that the settings name: `run` and `check` tell their faults with file and key, with the schema's."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import servers
from captures import RATE_HZ, write_sound
from studiod.cli.main import main
from studiod.diagnostics import checks
from studiod.diagnostics.check_settings import Studio
from studiod.host.preflight import left_out, load
from studiod.settings.schema import SettingsError


def config(folder: Path, tables: dict[str, dict[str, object]]) -> Path:
    file = folder / "studio.toml"
    file.write_text(servers.to_toml(tables))
    return file


def broken(folder: Path) -> tuple[Path, list[str]]:
    """Settings with a fault in the schema and one in each file, and how each has to begin."""
    (folder / "broken.toml").write_text("[values\n")
    (folder / "mine.toml").write_text('ports = ["x"]\n[[control]]\ncc = "0-200"\npath = "ch/{n}/fade"\n')
    (folder / "moves.jsonl").write_text('{"at": 2, "path": "ch/9/fader", "value": 0}\n')
    write_sound(folder / "good.wav", np.zeros(10))
    write_sound(folder / "slow.wav", np.zeros(10), 44100)
    tables: dict[str, dict[str, object]] = {
        "osc": {"port": 0},
        "console": {"channels": 2},
        "midi": {"surfaces": [{"name": "mine"}, {"name": "nosuch"}]},
        "virtual": {
            "play": ["good.wav", "missing.wav", "slow.wav"],
            "start_scene": "broken.toml",
            "moves": "moves.jsonl",
            "capture": "good.wav/below/out.wav",
        },
    }
    file = config(folder, tables)
    begins = [
        "osc.port: expected a whole number from 1 to 65535; got 0",
        f"virtual.play[2]: {folder}/missing.wav: cannot read this file: there is no such file",
        f"virtual.start_scene: {folder}/broken.toml: expected TOML",
        f"virtual.moves: {folder}/moves.jsonl: at 2 s: ch/9/fader: ",
        f"virtual.capture: {folder}/good.wav/below/out.wav: cannot write the capture there",
        f"{folder}/mine.toml: control '1': cc: expected numbers 0..127",
        f"{folder}/mine.toml: control '1': path: expected a path of this console (nearest is ch/1/fader)",
        "midi.surfaces: no map named 'nosuch' in ",
    ]
    return file, [f"{file}: {begin}" for begin in begins]


@pytest.mark.parametrize("command", ["run", "check"])
def test_both_commands_tell_all_faults_at_once_with_file_and_key(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, begins = broken(tmp_path)
    assert main([command, "--config", str(file)]) == 2
    said = capsys.readouterr()
    lines = said.err.splitlines()
    slow = f"{file}: virtual.play[3]: {tmp_path}/slow.wav: expected 48000 Hz, the desk's rate; got 44100 Hz"
    # the rate is judged only when the schema had nothing to say: it may be the rate that is wrong
    assert [line for line in lines if line.startswith(slow)] == []
    assert len(lines) == len(begins)
    for line, begin in zip(lines, begins, strict=True):
        assert line.startswith(begin), line
    assert said.out == ""
    file.write_text(file.read_text().replace("port = 0", f"port = {servers.free_udp_port()}"))
    assert main([command, "--config", str(file)]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if line.startswith(slow)]
    assert len(lines) == len(begins)  # without osc.port, with the rate
    assert not (tmp_path / "good.wav" / "below").exists()


def test_a_sound_file_that_breaks_off_is_seen_by_check(tmp_path: Path) -> None:
    sound = tmp_path / "a.flac"
    sf.write(str(sound), np.random.default_rng(1).uniform(-0.5, 0.5, RATE_HZ), RATE_HZ)
    whole = sound.read_bytes()
    sound.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) // 2))
    file = config(tmp_path, {"virtual": {"play": ["a.flac"]}})
    assert load(file).virtual.play == [str(sound)]
    with pytest.raises(SettingsError, match=r"virtual\.play\[1\]: .*a\.flac: cannot read this file: .*copy it again"):
        load(file, whole=True)


def test_files_that_can_be_used_are_no_fault_and_check_makes_nothing(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav", np.zeros(10))
    (tmp_path / "scene.toml").write_text('[values]\n"ch/1/fader" = 0\n')
    (tmp_path / "moves.jsonl").write_text(json.dumps({"at": 0, "path": "input/32/name", "value": "x"}) + "\n")
    virtual = {"play": ["a.wav"], "start_scene": "scene.toml", "moves": "moves.jsonl", "capture": "to/be/made.wav"}
    before = sorted(os.listdir(tmp_path))
    settings = load(config(tmp_path, {"virtual": virtual}), whole=True)
    assert left_out(settings) == []
    assert sorted(os.listdir(tmp_path)) == sorted([*before, "studio.toml"])


def test_what_a_start_leaves_out_of_a_scene_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "scene.toml").write_text('[values]\n"ch/1/fader" = 99\n"ch/1/pan" = 0\n"ch/1/colr" = "red"\n')
    settings = load(config(tmp_path, {"virtual": {"start_scene": "scene.toml"}}))
    verdict = checks.settings(Studio(settings))
    assert verdict.state == "warn"
    assert verdict.told.startswith("virtual.start_scene: stays at its default: ch/1/fader: out of range")
    assert verdict.told.endswith(", and 1 more")
    assert verdict.remedy == "correct the scene; a start names them all"


def test_without_a_file_there_is_nothing_to_say() -> None:
    assert load(None).file == ""
    with pytest.raises(SettingsError, match="no such file"):
        load("/nowhere/studio.toml")
