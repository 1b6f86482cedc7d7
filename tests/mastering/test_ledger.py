"""The ledger: a code is on the disk before anything is made, is never given out twice, and stays with its recording."""

import threading
from pathlib import Path

import pytest

from studiod.errors import FileFault
from studiod.mastering.album import Album
from studiod.mastering.release import ledger
from studiod.mastering.release.album_file import read

HEAD = '[album]\ntitle = "A"\n[isrc]\nprefix = "GBUM7"\nyear = 26\nnext = {}\n'
ROW = '[[code]]\nisrc = "{}"\nfile = "one.wav"\ntitle = "one"\nversion = ""\nalbum = "a.toml"\n'
SONG = '[[song]]\nfile = "{}.wav"\ntitle = "{}"\nisrc = "auto"\n'


def given(folder: Path, *songs: str, name: str = "a.toml", next_: int = 10) -> dict[str, str | None]:
    """Title: code, of songs that are called as their files, or FILE=TITLE."""
    parts = [song.partition("=") for song in songs]
    text = HEAD.format(next_) + "".join(SONG.format(file, title or file) for file, _, title in parts)
    (folder / name).write_text(text, "utf-8")
    return of(ledger.give_out(read(folder / name)))


def of(album: Album) -> dict[str, str | None]:
    found = {song.title: song.isrc for song in album.songs}
    return found | {f"{s.title}/{v.name}": v.isrc for s in album.songs for v in s.versions}


def test_codes_are_given_out_in_order_and_written_down(tmp_path: Path) -> None:
    assert given(tmp_path, "one", "two") == {"one": "GBUM72600010", "two": "GBUM72600011"}
    found = ledger.entries(tmp_path / ledger.NAME)
    assert [(one.isrc, one.file, one.title) for one in found] == [
        ("GBUM72600010", "one.wav", "one"), ("GBUM72600011", "two.wav", "two"),
    ]  # fmt: skip


def test_a_song_keeps_its_code_when_it_moves_and_a_code_is_never_given_out_again(tmp_path: Path) -> None:
    given(tmp_path, "one", "two")
    assert given(tmp_path, "two", "new", "one") == {
        "two": "GBUM72600011", "new": "GBUM72600012", "one": "GBUM72600010",
    }  # fmt: skip
    assert given(tmp_path, "other") == {"other": "GBUM72600013"}  # those of the others are not free
    assert given(tmp_path, "one") == {"one": "GBUM72600010"}


def test_a_song_keeps_its_code_with_a_new_title_or_a_new_name_of_its_file(tmp_path: Path) -> None:
    given(tmp_path, "one", "two")
    assert given(tmp_path, "one=First", "two") == {"First": "GBUM72600010", "two": "GBUM72600011"}
    assert given(tmp_path, "renamed=First", "two") == {"First": "GBUM72600010", "two": "GBUM72600011"}


def test_a_recording_has_one_code_on_all_albums_of_a_folder(tmp_path: Path) -> None:
    given(tmp_path, "one", "two=Intro")
    assert given(tmp_path, "one", "three=Intro", name="b.toml") == {
        "one": "GBUM72600010", "Intro": "GBUM72600012",
    }  # fmt: skip


def test_a_code_that_a_user_wrote_is_not_given_out(tmp_path: Path) -> None:
    text = HEAD.format(10) + SONG.format("one", "one") + SONG.format("two", "two").replace("auto", "GB-UM7-26-00010")
    (tmp_path / "a.toml").write_text(text)
    assert of(ledger.give_out(read(tmp_path / "a.toml"))) == {"one": "GBUM72600011", "two": "GBUM72600010"}


def test_a_version_of_the_same_file_has_a_code_of_its_own(tmp_path: Path) -> None:
    version = '[[song.version]]\nname = "Clean"\nfile = "one.wav"\nisrc = "auto"\n'
    (tmp_path / "a.toml").write_text(HEAD.format(10) + SONG.format("one", "one") + version)
    assert of(ledger.give_out(read(tmp_path / "a.toml"))) == {"one": "GBUM72600010", "one/Clean": "GBUM72600011"}


SPOILT = {  # what stands in a ledger, and what is told of it
    "[[code]]\nisrc = 3\n": "code[1] is no table with the texts isrc file title version album",
    "code = 3\n": "code is no list of tables, each under [[code]]",
    ROW.format("GBUM7260001"): "code[1].isrc is no ISRC: GBUM7260001",
    ROW.format("GBUM72600010") * 2: "code[2].isrc, GBUM72600010, stands there before, for one.wav",
    "[[code": "Expected ']]' at the end of an array declaration",
}


@pytest.mark.parametrize("text", SPOILT)
def test_a_spoilt_ledger_is_never_begun_anew(tmp_path: Path, text: str) -> None:
    given(tmp_path, "one")
    (tmp_path / ledger.NAME).write_text(text)
    with pytest.raises(FileFault) as told:
        given(tmp_path, "one")
    assert f"{ledger.NAME}: expected the ledger of ISRCs; {SPOILT[text]}" in str(told.value)
    assert "; mend it, or bring back a copy: without it a code could be given out twice" in str(told.value)
    assert (tmp_path / ledger.NAME).read_text() == text


def test_a_code_of_another_recording_is_refused_where_a_user_writes_it(tmp_path: Path) -> None:
    given(tmp_path, "one")
    text = HEAD.format(10) + SONG.format("{}", "{}").replace("auto", "gb-um7-26-00010")
    known = ledger.entries(tmp_path / ledger.NAME)
    for file, title in (("one", "one"), ("one", "New"), ("renamed", "one")):
        (tmp_path / "a.toml").write_text(text.format(file, title))
        assert ledger.taken(read(tmp_path / "a.toml"), known) == []
    (tmp_path / "a.toml").write_text(text.format("two", "two"))
    (told,) = ledger.taken(read(tmp_path / "a.toml"), known)
    assert told == (
        "song[1].isrc: expected a code of its own; isrc-ledger.toml gave GB-UM7-26-00010 to one.wav, 'one' of a.toml;"
        " take another, or auto"
    )


def test_an_exhausted_range_is_refused(tmp_path: Path) -> None:
    given(tmp_path, "one", next_=99_999)
    with pytest.raises(FileFault, match="a code left of GBUM726: its last, 99999, is given out"):
        given(tmp_path, "one", "two", next_=99_999)


def test_nothing_is_written_where_no_code_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[album]\ntitle = "A"\n[[song]]\nfile = "a.wav"\ntitle = "B"\n')
    assert ledger.give_out(read(tmp_path / "a.toml")).songs[0].isrc is None
    assert not (tmp_path / ledger.NAME).exists()


def test_many_at_once_get_codes_of_their_own(tmp_path: Path) -> None:
    found: list[str | None] = []

    def ask(k: int) -> None:
        found.extend(given(tmp_path, f"song{k}", name=f"{k}.toml").values())

    threads = [threading.Thread(target=ask, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, found)) == [f"GBUM726000{10 + k}" for k in range(8)]


def test_a_ledger_that_cannot_be_written_ends_it(tmp_path: Path) -> None:
    (tmp_path / f".{ledger.NAME}").mkdir()  # in the way of what is written first
    with pytest.raises(FileFault, match="cannot be written: Is a directory; make room or give rights there"):
        given(tmp_path, "one")
