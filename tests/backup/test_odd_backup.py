"""Files with right sums and odd contents: a restore leaves out by name what nobody can read, any start goes on."""

import json
import logging
import sqlite3
import zlib
from pathlib import Path

import pytest
from test_backup import PATH, Desk

from studiod.backup import file as backup_file
from studiod.memory.shelf import ASIDE_MAX, pack
from studiod.registry.param import Refusal
from studiod.store.file import Batch
from studiod.store.rows import Key, Record, label, summed
from studiod.store.store import FILE

DEEP = zlib.compress(b"[" * 100_000)
BOMB = zlib.compress(b" " * (64 << 20), 1)
CUES = zlib.compress(json.dumps({"cues": [[1, "\ud800", 0], [10**30, "A", 1], [1, "B", -1], 7], "at": 10**30}).encode())
RATE = json.dumps({"rate_hz": 48_000})
ODD: list[tuple[Key, Record]] = [
    (("marker", "M"), ("{}", pack({}))),
    (("marker", "M"), ("{}", pack({"position": "here"}))),
    (("marker", "M"), ("{}", pack({"position": float("nan")}))),
    (("marker", "a\nb"), ("{}", pack({"position": 1.0}))),
    (("scene", "S"), ("{}", b"x")),
    (("scene", "S"), ("{}", BOMB)),
    (("scene", "S"), ("[" * 50_000, pack({PATH: -3.0}))),
    (("scene", "S"), ("no JSON", pack({PATH: -3.0}))),
    (("preset", "P"), ("[]", pack({"fader": -3.0}))),
    (("number", "scene"), ("null", pack({}))),
    (("number", "preset"), ("{", pack({}))),
    (("cue", "list"), ("{}", pack({"cues": 3}))),
    (("cue", "list"), ("{}", zlib.compress(b"[1, 2]"))),
    (("moves", PATH), (json.dumps({"rate_hz": float("inf")}), pack({"1": -3.0}))),
    (("moves", PATH), (json.dumps({"rate_hz": -48_000}), pack({"1": -3.0}))),
    (("moves", PATH), (RATE, DEEP)),
    (("moves", PATH), (RATE, pack({"9" * 400: -3.0}))),
    (("moves", PATH), (RATE, pack({"9" * 200: -3.0}))),
]
USABLE: list[tuple[Key, Record]] = [  # odd, and no reason to leave them out
    (("preset", "P"), ("{}", pack({"fader": -3.0}))),
    (("preset", "P"), (json.dumps({"of": 3, "saved": None, "count": 10**30}), pack({"fader": [1]}))),
    (("scene", "S"), (json.dumps({"saved": "\ud800", "number": 9_999_999, "count": True}), pack({PATH: {}}))),
    (("scene", "S"), (json.dumps({"saved": "\ud800", "\udfff": "a"}), pack({PATH: -3.0}))),
    (("scene", "S"), (json.dumps({"number": float("nan"), "of": [1]}), pack({PATH: -3.0}))),
    (("cue", "list"), ("{}", CUES)),
    (("moves", PATH), (RATE, pack({"1": [], "2": 1e999, "3": "x", "4": None, "5": -3.0}))),
]


def lists(desk: Desk) -> None:
    """Whatever a desk holds, its lists are told and a change of each is kept."""
    for command in ("scene/list", "preset/list", "marker/list", "cue/list"):
        assert desk.do(command)
    desk.do("scene/store", "New")
    desk.do("preset/store", "New", "ch/1/eq")
    desk.do("marker/add", "New", 2.0)
    desk.do("cue/add", "New", 1.0)
    for shelf in (desk.library.scenes.shelf, desk.library.presets.shelf):
        assert "New" in shelf.heads


@pytest.mark.parametrize(("key", "record"), ODD)
def test_a_restore_leaves_out_by_name_what_nobody_can_read_and_takes_the_rest(
    key: Key, record: Record, tmp_path: Path
) -> None:
    (tmp_path / "state").mkdir()
    desk = Desk(tmp_path / "state")
    desk.fill(2)
    good = {("scene", "Good"): ("{}", pack({PATH: -7.0})), ("marker", "Good"): ("{}", pack({"position": 3.0}))}
    backup_file.write(tmp_path / "file", Batch({PATH: "-5.0"}, {**good, key: record}))
    told = desk.do("restore", str(tmp_path / "file"))
    assert [line[0] for line in told] == ["restore/left", "restore"]
    assert told[0][1] == label(key)
    assert told[1][4] == 2, "records that it took"
    for _ in range(2):
        assert desk.desk.values[PATH] == -5.0
        assert desk.markers.places == {"Good": 3.0}
        assert "Good" in desk.library.scenes.shelf.heads
        assert desk.store.close()
        desk = Desk(tmp_path / "state")
    lists(desk)
    assert desk.store.close()


@pytest.mark.parametrize(("key", "record"), [*ODD, *USABLE])
def test_a_start_goes_on_whatever_a_record_holds_and_what_is_new_is_kept(
    key: Key, record: Record, tmp_path: Path
) -> None:
    backup_file.write(tmp_path / FILE, Batch({PATH: "-5.0"}, {key: record}))
    desk = Desk(tmp_path)
    assert desk.desk.values[PATH] == -5.0
    lists(desk)
    assert desk.store.close(), "all of it is on the disk"
    again = Desk(tmp_path)
    assert again.markers.places["New"] == 2.0
    assert "New" in again.library.scenes.shelf.heads
    again.store.close()


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "", "nul", "9" * 5000])
def test_a_stored_value_that_is_none_costs_itself(text: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    backup_file.write(tmp_path / FILE, Batch({"ch/2/fader": text, PATH: "-5.0"}, {}))
    with caplog.at_level(logging.ERROR):
        desk = Desk(tmp_path)
    assert desk.desk.values[PATH] == -5.0
    assert "ch/2/fader: what is stored is no value" in caplog.text
    desk.store.close()


@pytest.mark.parametrize("part", [b"\xff", "one", b"", 1.5])
def test_a_piece_whose_number_is_none_is_no_row(part: object, tmp_path: Path) -> None:
    backup_file.write(tmp_path / "file", Batch({PATH: "0"}, {}))
    rows = [("moves", PATH, 1, b"x"), ("moves", PATH, part, b"x")]
    with sqlite3.connect(tmp_path / "file") as base:
        for row in rows:
            base.execute("INSERT INTO pieces VALUES (?, ?, ?, ?, ?, ?)", summed("pieces", row, 1))  # type: ignore[arg-type]
    base.close()
    desk = Desk(None)
    with pytest.raises(Refusal, match="rows are not what was written"):
        desk.do("restore", str(tmp_path / "file"))
    (tmp_path / "file").rename(tmp_path / FILE)
    assert Desk(tmp_path).store.close()


def test_a_piece_that_nobody_can_read_is_left_out_by_name(tmp_path: Path) -> None:
    backup_file.write(tmp_path / "file", Batch({PATH: "0"}, {}, {("moves", PATH): (0, [DEEP, pack({"rate_hz": 1})])}))
    told = Desk(None).do("restore", str(tmp_path / "file"))
    assert [line[:2] for line in told[:-1]] == [("restore/left", f"a piece of moves of {PATH}")] * 2


def test_moves_that_no_start_could_read_in_its_time_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studiod.backup.record_look.MOVES_BYTES", 1000)
    lots = {("moves", f"ch/{k}/fader"): (RATE, pack({str(at): -3.0 for at in range(40)})) for k in range(1, 5)}
    backup_file.write(tmp_path / "file", Batch({PATH: "0"}, lots))
    with pytest.raises(Refusal, match="its moves are larger than"):
        Desk(None).do("restore", str(tmp_path / "file"))


def test_what_a_killed_studiod_left_half_written_is_removed_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    left = [".A.studiod.12.part", ".before restore 2026-11-29 10.12.03.studiod.7.part-wal", ".B.studiod.1.part-journal"]
    other = ["A.studiod", ".A.studiod", ".my.part", ".A.studiod.12.partial", "A.studiod.12.part"]
    for name in (*left, *other):
        (folder / name).touch()
    Desk(tmp_path).store.close()
    assert sorted(file.name for file in folder.iterdir()) == sorted(other)


def test_of_the_files_from_before_a_restore_the_last_twenty_stay_and_the_one_that_is_restored(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.do("backup", "before restore me")
    first = desk.do("restore", "before restore me")[-1][-1]
    for _ in range(ASIDE_MAX + 3):
        desk.do("restore", first)
    names = {file.name for file in (tmp_path / "backups").iterdir()}
    assert {"before restore me.studiod", Path(first).name} < names
    assert len(names) == ASIDE_MAX + 2
    desk.store.close()


@pytest.mark.parametrize("packed", [BOMB, zlib.compress(b'"' + b"x" * (17 << 20) + b'"'), pack({"a": 1})[:-2]])
def test_a_record_of_an_older_studiod_is_unpacked_within_the_same_bound(packed: bytes, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "file") as base:
        base.execute("CREATE TABLE state (path TEXT PRIMARY KEY, value TEXT NOT NULL)")
        base.execute("CREATE TABLE kept (kind TEXT, name TEXT, head TEXT, packed BLOB, PRIMARY KEY (kind, name))")
        base.execute("INSERT INTO state VALUES (?, '-5.0')", (PATH,))
        base.execute("INSERT INTO kept VALUES ('scene', 'S', '{}', ?)", (packed,))
    base.close()
    with pytest.raises(Refusal, match="rows are not what was written"):
        Desk(None).do("restore", str(tmp_path / "file"))


@pytest.mark.parametrize("number", [999_998, 999_999, 1_000_000, 9_999_999, 10**30])
def test_new_scenes_have_a_number_whatever_number_a_file_had(number: int, tmp_path: Path) -> None:
    head = json.dumps({"number": number})
    records = {("scene", "S"): (head, pack({})), ("number", "scene"): (head, pack({}))}
    backup_file.write(tmp_path / FILE, Batch({PATH: "0"}, records))
    desk = Desk(tmp_path)
    for name in "ABC":
        desk.do("scene/store", name)
    shelf = desk.library.scenes.shelf
    numbers = [shelf.number(name) for name in "SABC"]
    assert len(set(numbers)) == 4
    assert [shelf.named(str(number)) for number in numbers] == list("SABC")
    desk.store.close()
