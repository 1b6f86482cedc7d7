"""Names of files that every system takes, and titles that would be one file where case is not told apart."""

from pathlib import Path

import pytest

from studiod.mastering.album import Album, Song, Version
from studiod.mastering.release import names

FILE = Path("/a.wav")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Kyrkjebø", "Kyrkjebø"),
        ("What? <No>: *|*", "What- -No-- ---"),
        ("  . dots . ", "dots"),
        ("...", "untitled"),
        ("con", "con-"),
        ("LPT1.wav", "LPT1.wav-"),
        ("Console", "Console"),
        ("e\u0301", "é"),
    ],
)
def test_a_text_becomes_a_name_that_every_system_takes(text: str, name: str) -> None:
    assert names.safe(text) == name


def test_a_long_title_is_cut_between_letters() -> None:
    name = names.safe("東" * 200)
    assert name == "東" * 66
    assert len(name.encode()) <= names.NAME_BYTES


def test_tracks_are_numbered_and_versions_in_brackets() -> None:
    song = Song(FILE, "One", versions=(Version("Clean", FILE),))
    assert names.track(1, song) == "01 One"
    assert names.track(1, song, song.versions[0]) == "01 One (Clean)"


@pytest.mark.parametrize(("one", "two"), [("Mix", "MIX"), ("Straße", "STRASSE"), ("é", "e\u0301")])
def test_versions_that_one_system_takes_for_one_are_told(one: str, two: str) -> None:
    song = Song(FILE, "One", versions=(Version(one, FILE), Version(two, FILE)))
    (line,) = names.clashes(Album("A", (song,)))
    assert line.startswith("song[1].version[2].name: ")
    assert "of song[1].version[1].name" in line


def test_an_album_that_is_called_as_a_track_is_told() -> None:
    (line,) = names.clashes(Album("01 one", (Song(FILE, "One"),)))
    assert line.startswith("song[1].title: ")
    assert "of album.title" in line
