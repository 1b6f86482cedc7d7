"""What is kept between runs belongs to one process at a time, whatever the releases are called."""

from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from studiod.cli.main import main
from studiod.errors import FileFault
from studiod.mastering.kept import taken

ALBUM = '[album]\ntitle = "A"\n[[song]]\nfile = "one.wav"\ntitle = "One"\n'


def test_a_second_release_from_the_same_folder_is_refused_and_a_check_is_not(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    sf.write(tmp_path / "one.wav", np.random.default_rng(3).uniform(-0.1, 0.1, (4410, 2)), 44_100, "PCM_24")
    (tmp_path / "album.toml").write_text(ALBUM)
    words = ["master", tmp_path / "album.toml", "-o", tmp_path / "made", "--work", tmp_path / "work"]
    with taken(tmp_path / "work"):
        assert main([*map(str, words), "--check"]) == 0
        assert main([*map(str, words)]) == 2
    assert (
        f"{tmp_path / 'work'}: another studiod is making a release with what is kept there; wait for its end, or name"
        " another folder with --work" in capfd.readouterr().err
    )
    assert not (tmp_path / "made").exists()


def test_a_folder_that_cannot_be_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "album.toml").write_text(ALBUM)
    assert main(["master", str(tmp_path / "album.toml"), "--check", "--work", str(tmp_path / "album.toml")]) == 2
    (line,) = capfd.readouterr().err.splitlines()
    assert line == (
        f"{tmp_path / 'album.toml'}: nothing can be kept there: Not a directory; make room or give rights there, or"
        " name another folder with --work"
    )


def test_a_folder_is_free_again_however_it_was_left(tmp_path: Path) -> None:
    with pytest.raises(KeyError), taken(tmp_path / "work"):
        raise KeyError
    with taken(tmp_path / "work"), pytest.raises(FileFault), taken(tmp_path / "work"):
        pass
    with taken(tmp_path / "work", wait=True):
        pass
