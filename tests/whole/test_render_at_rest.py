"""`studiod render` without a scene: it says that a desk at rest is silent and what to do, unless something is heard."""

import json
from pathlib import Path

import numpy as np
import pytest

from captures import RATE_HZ, read_sound, write_sound
from studiod.cli.main import main
from studiod.cli.render import AT_REST

OPEN = [{"at": 0, "path": "ch/1/fader", "value": 0}]
AUX = [{"at": 0, "path": "ch/1/send/1/level", "value": 0}, {"at": 0, "path": "ch/1/send/1/tap", "value": "pre_fader"}]


@pytest.mark.parametrize(
    ("output", "scene", "moves", "warned"),
    [
        ("main", None, [], True),
        ("ch/1", None, [], True),
        ("main", None, [{"at": 0, "path": "ch/1/pan", "value": 0}], True),
        ("input/1", None, [], False),
        ("main", None, OPEN, False),
        ("bus/1", None, AUX, False),
        ("main", '"ch/1/fader" = 0', [], False),
        ("main", '"ch/1/pan" = 0', [], False),  # whoever gives a scene has been told by it
    ],
)
def test_silence_by_rest_values_is_told(
    output: str, scene: str | None, moves: list, warned: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sound, out = write_sound(tmp_path / "in.wav", np.full(RATE_HZ // 2, 0.25)), tmp_path / "out.wav"
    words = ["render", "--input", str(sound), "--output", f"{output}={out}"]
    if scene is not None:
        (tmp_path / "scene.toml").write_text(f"[values]\n{scene}\n")
        words += ["--scene", str(tmp_path / "scene.toml")]
    if moves:
        (tmp_path / "moves.jsonl").write_text("".join(json.dumps(move) + "\n" for move in moves))
        words += ["--moves", str(tmp_path / "moves.jsonl")]
    assert main(words) == 0
    assert capsys.readouterr().err == (f"{AT_REST}\n" if warned else "")
    heard = read_sound(out).any()
    if warned:
        assert not heard, "a warning that is wrong is worse than none"
    elif scene != '"ch/1/pan" = 0':
        assert heard


def test_the_warning_names_the_value_and_the_remedy() -> None:
    assert "faders start at -90 dB" in AT_REST
    assert "--scene" in AT_REST
    assert "--moves" in AT_REST
