"""`studiod scene export --x32` and `import` of a console's file, where it goes wrong; where it goes well:
tests/live/test_x32_scene_command.py."""

from pathlib import Path

import pytest

from servers import free_udp_port
from studiod.cli import scene_x32
from studiod.cli.main import main
from studiod.client import x32

HEAD = '#4.0# "Tour" "" %000000000 1\n'


@pytest.fixture
def nobody() -> int:
    """A port at which nobody answers."""
    return free_udp_port()


def test_a_console_file_is_known_by_its_first_letters(tmp_path: Path) -> None:
    file = tmp_path / "a.scn"
    for text, known in (
        (HEAD, True),
        ("#2.7# ", True),
        ("\ufeff#4.0#", True),
        ("[values]\n", False),
        ("# mine", False),
    ):
        file.write_text(text, "utf-8")
        assert scene_x32.is_console_file(file) is known, text
    assert not scene_x32.is_console_file(tmp_path / "none")


def test_no_answer_says_what_to_look_at(
    nobody: int, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(x32, "WAIT_S", 0.02)
    file = tmp_path / "a.scn"
    file.write_text(HEAD + "/ch/01/mix ON\n")
    for words in (["export", "--x32", str(file)], ["import", str(file)]):
        assert main(["scene", *words, "--x32-port", str(nobody)]) == 1
        told = capsys.readouterr().err
        assert f"no answer from the X32 port of 127.0.0.1:{nobody}; is [x32] in the settings" in told


def test_a_file_that_is_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scene_x32, "MOST_BYTES", 20)
    file = tmp_path / "large.scn"
    file.write_text(HEAD)
    assert main(["scene", "import", str(file)]) == 1
    assert "no scene has more than 20 bytes; name a scene file" in capsys.readouterr().err
    with pytest.raises(x32.TalkFault, match="cannot be read: No such file or directory; name another file"):
        scene_x32._lines(tmp_path / "none.scn")


def test_an_export_names_a_scene_or_a_file_of_the_console(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scene", "export"]) == 1
    assert "no scene is named; `studiod scene list` says which there are" in capsys.readouterr().err
