"""Deleted takes: put away, listed apart, restored, and gone for good only when that is said or the disk needs it."""

import errno
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from studiod.multitrack import recorder, wastebasket
from studiod.multitrack.wastebasket import Wastebasket
from studiod.registry.param import Refusal
from tape_rig import Rig, armed, noise, read_take, take


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.close()


def named(rig: Rig, name: str) -> str:
    """The whole name of a new take that is called so."""
    if not any(rig.machine.armed()):
        armed(rig, 1)
    rig.desk.set("recorder/take", name)
    take(rig, noise(640, 4))
    return rig.newest.name


def listed(rig: Rig, word: str = "take/list") -> list[object]:
    *takes, end = rig.do(word)
    assert end == (f"{word}/end", len(takes))
    return [one[1] for one in takes]


def gone(basket: Wastebasket) -> None:
    """Wait until what was to be removed is."""
    if going := basket._going:
        going.join()


@pytest.mark.parametrize("name", ["Verse", "", "2", "Größe (3)"])
def test_a_deleted_take_comes_back_as_it_was(rig: Rig, name: str) -> None:
    whole, other = named(rig, name), named(rig, "other")
    before = {file.name: file.read_bytes() for file in (rig.folder / whole).iterdir()}
    rows = rig.do("take/list")
    assert rig.do("take/delete", whole) == [("take/delete", whole)]
    assert listed(rig) == [other]
    assert rig.do("take/deleted")[0] == ("take/deleted", *rows[[row[1] for row in rows].index(whole)][1:])
    assert rig.do("take/restore", whole) == [("take/restore", whole)]
    assert {file.name: file.read_bytes() for file in (rig.folder / whole).iterdir()} == before
    assert rig.do("take/list") == rows
    assert listed(rig, "take/deleted") == []


def test_what_the_player_has_open_plays_on(rig: Rig) -> None:
    whole = named(rig, "Verse")
    sound = read_take(rig.newest)[:, 0]
    rig.do("take/load", whole)
    rig.run(4800)
    rig.do("take/delete", whole)
    rig.do("take/empty")
    gone(rig.machine.recorder.wastebasket)
    rig.desk.set("transport/state", "play")
    assert np.isin(sound, rig.run(4800)[:, 0]).all()


def test_empty_is_for_good_and_counts(rig: Rig) -> None:
    names = [named(rig, name) for name in ("a", "b", "c")]
    for name in names[:2]:
        rig.do("take/delete", name)
    assert rig.do("take/empty") == [("take/empty", 2)]
    gone(rig.machine.recorder.wastebasket)
    assert {place.name for place in rig.folder.iterdir()} == {wastebasket.FOLDER, names[2]}
    assert listed(rig) == names[2:]
    assert rig.do("take/empty") == [("take/empty", 0)]
    with pytest.raises(Refusal, match=r"no deleted take of that name; .*got 'a'; the wastebasket is empty"):
        rig.do("take/restore", "a")


def test_without_a_wastebasket_a_deleted_take_goes_at_once(rig: Rig) -> None:
    whole, kept = named(rig, "Verse"), named(rig, "Kept")
    rig.do("take/delete", kept)
    rig.desk.set("recorder/wastebasket", 0)
    rig.do("take/delete", whole)
    gone(rig.machine.recorder.wastebasket)
    assert listed(rig) == []
    assert [place.name for place in (rig.folder / wastebasket.FOLDER).iterdir()] == [kept]


def test_a_take_is_never_restored_over_another(rig: Rig) -> None:
    whole = named(rig, "Verse")
    rig.do("take/delete", whole)
    (rig.folder / whole).mkdir()
    with pytest.raises(Refusal, match=r"there is a take of that name; .*delete or rename that one first"):
        rig.do("take/restore", "verse")
    assert listed(rig, "take/deleted") == [whole]
    rig.do("take/delete", whole)
    assert listed(rig, "take/deleted") == [whole, f"{whole} (2)"], "and two of one name lie side by side"


@pytest.mark.parametrize(("word", "args"), [("take/delete", ("x", "y")), ("take/restore", ("x", 1)),
                                            ("take/empty", ("x",)), ("take/deleted", (1,))])  # fmt: skip
def test_more_words_than_it_takes_are_refused(rig: Rig, word: str, args: tuple[object, ...]) -> None:
    with pytest.raises(Refusal, match=f"{word}: more words than it takes"):
        rig.do(word, *args)


@pytest.mark.parametrize("word", ["take/delete", "take/restore"])
def test_a_lone_number_deletes_nothing(rig: Rig, word: str) -> None:
    named(rig, "Verse")
    with pytest.raises(Refusal, match="the name is not text"):
        rig.do(word, 1)


@pytest.mark.parametrize("word", ["take/delete", "take/restore", "take/empty", "take/deleted"])
def test_a_folder_that_cannot_be_changed_is_told(rig: Rig, word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = named(rig, "Verse")
    if word != "take/delete":
        rig.do("take/delete", whole)

    def deaf(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", deaf)
    monkeypatch.setattr("studiod.multitrack.take_list.os.scandir", deaf) if word == "take/deleted" else None
    words = () if word in ("take/empty", "take/deleted") else (whole,)
    with pytest.raises(Refusal, match=f"{word}: .*Permission denied; .*mend"):
        rig.do(word, *words)


def test_on_a_full_disk_a_take_can_still_go_for_good(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = named(rig, "Verse")

    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "mkdir", full)
    with pytest.raises(Refusal, match=r"No space left on device; .*set recorder/wastebasket to 0, or free the disk"):
        rig.do("take/delete", whole)
    rig.desk.set("recorder/wastebasket", 0)
    rig.do("take/delete", whole)
    gone(rig.machine.recorder.wastebasket)
    assert list(rig.folder.iterdir()) == []


def test_the_oldest_goes_first_when_the_disk_needs_room_and_is_told(
    rig: Rig, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    names = [named(rig, name) for name in ("a", "b", "c", "d")]
    for name in (names[1], names[0], names[2]):
        rig.do("take/delete", name)
    total = 100 << 30
    free = [wastebasket.ROOM_BYTES]
    monkeypatch.setattr(
        recorder.shutil, "disk_usage", lambda _: SimpleNamespace(free=free[0] + (64 << 20), total=total)
    )
    one = rig.machine.recorder

    def again() -> list[object]:
        one.measure()
        one.make_room()
        gone(one.wastebasket)
        return listed(rig, "take/deleted")

    assert again() == names[:3], "there is room"
    free[0] -= 1
    assert again() == names[1:3]
    assert rig.desk.get("recorder/alarm") == f"{names[0]} is gone for good: the disk needed the room of the wastebasket"
    assert f"{names[0]} is gone for good" in caplog.text
    assert again() == names[2:3]
    assert again() == []
    assert again() == []
    assert listed(rig) == names[3:], "what was not deleted is nobody's room"


def test_a_small_disk_keeps_a_part_of_itself_free(tmp_path: Path) -> None:
    basket = Wastebasket(tmp_path)
    (tmp_path / "2026-11-25 10-03-22").mkdir()
    basket.put(tmp_path / "2026-11-25 10-03-22")
    assert basket.make_room(free_bytes=51, disk_bytes=1000) == ""
    assert basket.make_room(free_bytes=49, disk_bytes=1000) == "2026-11-25 10-03-22"


def test_what_a_stop_left_of_a_removal_is_removed_at_the_next_start(rig: Rig) -> None:
    whole = named(rig, "Verse")
    rig.do("take/delete", whole)
    left = rig.folder / f"{wastebasket.GOING}2026-11-24 10-00-00 half"
    left.mkdir()
    (left / "01 Kick.wav").write_bytes(b"RIFF")
    rig.machine.recorder.start()
    rig.machine.close()
    gone(rig.machine.recorder.wastebasket)
    assert not left.exists()
    assert listed(rig, "take/deleted") == [whole]
