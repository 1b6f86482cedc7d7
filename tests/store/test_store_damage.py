"""What is damaged on the disk costs itself: no start fails, and nothing is different that is not told by its name."""

import json
import random
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

import store_shots as shots
from library_rig import Rig
from studiod.memory.shelf import pack
from studiod.store.rows import PAGE_BYTES
from studiod.store.store import FILE, Store


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shots")
    shots.built(folder)
    return folder


@pytest.mark.parametrize(("kind", "name"), [("shut", FILE), ("live", FILE), ("live", shots.WAL)])
@pytest.mark.parametrize("backups", [True, False], ids=["backups", "none"])
def test_one_damaged_place_ends_no_start_and_what_it_costs_is_told(
    made: Path, tmp_path: Path, kind: str, name: str, backups: bool
) -> None:
    """All of it, many times over: tests/bench/store.py."""
    want = shots.unhurt(made / kind, tmp_path / "unhurt")
    data = (made / kind / name).read_bytes()
    pages = len(data) // PAGE_BYTES
    for what, hurt in shots.damages(data, random.Random(10), flips=12, zeros=4, cut_every=max(pages // 4, 1)):
        found = shots.verdict(shots.shoot(made / kind, tmp_path / "shot", name, hurt, backups), want)
        assert not found.silent, f"{name}: {what}: {found.silent[:5]} of {len(found.silent)}; told: {found.lines}"
        if what.startswith("bit") and name == FILE:
            assert len(found.lost) <= 1, f"{what}: one bit is in one row: {found.lost}"


def test_a_page_of_zeros_costs_nothing_that_a_backup_has(made: Path, tmp_path: Path) -> None:
    want = shots.unhurt(made / "shut", tmp_path / "unhurt")
    (old,) = (store for store in [shots.unhurt(only_backup(made / "shut", tmp_path), tmp_path / "old")])
    data = (made / "shut" / FILE).read_bytes()
    for page in range(2, len(data) // PAGE_BYTES, 7):
        hurt = data[: page * PAGE_BYTES] + bytes(PAGE_BYTES) + data[(page + 1) * PAGE_BYTES :]
        found = shots.verdict(shots.shoot(made / "shut", tmp_path / "shot", FILE, hurt), want)
        unknown = {str(key) for key, record in want.records.items() if old.records.get(key) != record}
        changed = {path for path, value in want.state.items() if old.state.get(path) != value}
        assert set(found.lost) <= unknown | changed | {"pieces", str(("scene", "Scene 3"))}


def only_backup(folder: Path, tmp_path: Path) -> Path:
    """Its backup as if it were the file."""
    out = tmp_path / "backup"
    out.mkdir()
    (out / FILE).write_bytes((folder / shots.AGES[0]).read_bytes())
    return out


# -- one value, one record -------------------------------------------------------------------------------------------


def edited(folder: Path, order: str, *words: object) -> None:
    base = sqlite3.connect(folder / FILE)
    base.execute(order, words)
    base.commit()
    base.close()


def filled(folder: Path) -> Rig:
    rig = Rig(folder)
    rig.desk.change([("ch/1/fader", -6), ("ch/2/fader", -7), ("ch/3/name", "Bär")])
    for name in ("A", "B"):
        rig.do("scene/store", name)
    rig.store.close()
    return rig


HURT = {
    "no JSON": ("UPDATE state SET value = 'what' WHERE path = ?", ("ch/1/fader",), "ch/1/fader"),
    "no UTF-8": ("UPDATE state SET value = CAST(x'22ff22' AS TEXT) WHERE path = ?", ("ch/3/name",), "ch/3/name"),
    "another value": ("UPDATE state SET value = '-3.0' WHERE path = ?", ("ch/1/fader",), "ch/1/fader"),
    "a blob": ("UPDATE state SET value = x'00' WHERE path = ?", ("ch/1/fader",), "ch/1/fader"),
    "a head": ("UPDATE kept SET head = '{' WHERE name = ?", ("A",), "scene 'A'"),
    "packed": ("UPDATE kept SET packed = x'0102' WHERE name = ?", ("A",), "scene 'A'"),
}


@pytest.mark.parametrize("how", HURT)
def test_a_value_or_a_record_that_is_not_what_was_written_costs_itself(tmp_path: Path, how: str) -> None:
    order, words, called = HURT[how]
    filled(tmp_path)
    edited(tmp_path, order, *words)
    again = Rig(tmp_path)
    assert again.store.lines == [
        f"{tmp_path / FILE}: damaged: rows are not what was written; what is not named here is as it was",
        f"{tmp_path / FILE}: lost: {called}",
    ]
    assert again.store.alarm == "the state was damaged: 1 lost; the log names them"
    assert again.desk.get("ch/2/fader") == -7.0
    assert list(again.library.scenes.shelf.heads) == (["B"] if "scene" in called else ["A", "B"])
    again.store.close()
    assert len(list(tmp_path.glob(f"{FILE}.damaged-*"))) == 1
    third = Rig(tmp_path)
    third.store.close()
    assert (third.store.fault, third.store.alarm) == ("", "")


@pytest.mark.parametrize("how", HURT)
def test_what_is_damaged_is_taken_from_the_newest_backup_that_has_it(tmp_path: Path, how: str) -> None:
    order, words, called = HURT[how]
    rig = Rig(tmp_path)
    rig.desk.change([("ch/1/fader", -6), ("ch/3/name", "Bär")])
    rig.do("scene/store", "A")
    shots.settled(rig.store)
    rig.desk.set("ch/2/fader", -7)
    rig.store.close()
    edited(tmp_path, order, *words)
    again = Rig(tmp_path)
    first, second = again.store.lines
    assert first.endswith("what is not named here is as it was")
    assert second.startswith(f"{tmp_path / FILE}: from the backup of 20")
    assert second.endswith(f": {called}")
    got = [again.desk.get(path) for path in ("ch/1/fader", "ch/2/fader", "ch/3/name")]
    assert got == [-6.0, -7.0, "Bär"]
    assert list(again.library.scenes.shelf.heads) == ["A"]
    again.store.close()


def test_values_whose_names_nothing_has_are_told_by_the_desk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    filled(tmp_path)
    edited(tmp_path, "DELETE FROM state WHERE path LIKE 'bus/2/%'")
    edited(tmp_path, "UPDATE kept SET head = '{' WHERE name = 'A'")
    again = Rig(tmp_path)
    again.store.close()
    assert "not in it any more, and at its default: bus/2/" in caplog.text


# -- the whole file --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"what is this" * 9999, b"SQLite format 3\0"], ids=["empty", "text", "a head"])
def test_a_file_that_is_none_is_kept_aside_and_begun_anew(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    rig = Rig(tmp_path)
    if data:
        assert rig.store.fault.endswith("; nothing in it can be read: this session begins anew")
    rig.desk.set("ch/1/fader", -7)
    rig.store.close()
    kept = list(tmp_path.glob(f"{FILE}.damaged-*"))
    assert [path.read_bytes() for path in kept] == ([data] if data else [])
    again = Rig(tmp_path)
    again.store.close()
    assert (again.store.fault, again.desk.get("ch/1/fader")) == ("", -7.0)


def test_a_table_that_says_something_else_of_itself_is_made_anew(tmp_path: Path) -> None:
    """One bit in the words of a table, and SQLite may keep from then on what it is not given."""
    filled(tmp_path)
    base = sqlite3.connect(tmp_path / FILE)
    base.execute("PRAGMA writable_schema = ON")
    base.execute("UPDATE sqlite_master SET sql = replace(sql, 'sum INTEGER', 'sum INTEGES') WHERE name = 'state'")
    base.commit()
    base.close()
    again = Rig(tmp_path)
    assert "its tables are not those of this studiod; all values and records were found again" in again.store.fault
    again.desk.set("ch/1/fader", -7)
    again.store.close()
    third = Rig(tmp_path)
    third.store.close()
    assert (third.store.fault, third.desk.get("ch/1/fader"), third.desk.get("ch/2/fader")) == ("", -7.0, -7.0)


def test_a_file_of_which_nothing_is_left_is_told_once(tmp_path: Path) -> None:
    one = Store(tmp_path)
    one.note({"ch/1/fader": -6.0})
    one.close()
    (tmp_path / FILE).write_bytes(b"what is this" * 999)
    for age in shots.AGES:
        (tmp_path / age).unlink(missing_ok=True)
    again = Store(tmp_path)
    again.close()
    assert "lost: ch/1/fader" in again.fault
    third = Store(tmp_path)
    third.close()
    assert third.fault == ""


def test_a_file_that_is_gone_is_replaced_by_its_backup_and_that_is_told(tmp_path: Path) -> None:
    rig = filled(tmp_path)
    rig = Rig(tmp_path)
    rig.desk.set("ch/1/fader", -8)
    shots.settled(rig.store)
    rig.store.close()
    (tmp_path / FILE).unlink()
    again = Rig(tmp_path)
    again.store.close()
    assert again.store.lines[0] == f"{tmp_path / FILE}: it is not there; what is not named here is as it was"
    assert "scene 'A', scene 'B'" in again.store.fault
    assert again.desk.get("ch/1/fader") == -8.0


def test_a_file_of_a_newer_studiod_is_read_as_far_as_it_is_known_and_kept(tmp_path: Path) -> None:
    filled(tmp_path)
    edited(tmp_path, "PRAGMA user_version = 99")
    held = (tmp_path / FILE).read_bytes()
    again = Rig(tmp_path)
    again.store.close()
    assert again.store.fault.endswith(
        "damaged: it says that it is of another studiod (tables 99, known are 2); "
        "all values and records were found again"
    )
    assert again.desk.get("ch/1/fader") == -6.0
    (kept,) = tmp_path.glob(f"{FILE}.damaged-*")
    assert kept.read_bytes() == held


def test_only_the_newest_damaged_files_are_kept(tmp_path: Path) -> None:
    for k in range(12):
        (tmp_path / f"{FILE}.damaged-20200101-0000{k:02}").write_text("old")
    (tmp_path / FILE).write_bytes(b"what is this" * 999)
    Rig(tmp_path).store.close()
    kept = sorted(path.name for path in tmp_path.glob(f"{FILE}.damaged-*"))
    assert len(kept) == 8
    assert kept[0].endswith("000005")


# -- the -wal --------------------------------------------------------------------------------------------------------


def killed(folder: Path, spare: Path, changes: Callable[[Rig], None]) -> Path:
    """A folder as a kill leaves it, with changes that are in the -wal alone."""
    rig = Rig(folder)
    shots.rested(rig.store)
    changes(rig)
    shots.written(rig.store)
    shutil.copytree(folder, spare)
    rig.store.close()
    return spare


def ten(rig: Rig) -> None:
    for k in range(1, 5):
        rig.desk.set(f"ch/{k}/fader", -float(k))
        shots.written(rig.store)


def test_a_wal_that_is_cut_or_gone_is_told_with_the_names_of_what_it_had(tmp_path: Path) -> None:
    spare = killed(tmp_path / "made", tmp_path / "killed", ten)
    whole = (spare / shots.WAL).read_bytes()
    assert len(whole) >= 4 * PAGE_BYTES
    for keep in (len(whole) - 4120, 4120 + 32, 0):
        folder = shots.shoot(spare, tmp_path / "shot", shots.WAL, whole[:keep])
        again = Store(folder)
        again.close()
        names = again.lines[-1].removeprefix(f"{folder / FILE}: older than it was: ").split(", ")
        lost = [path for path in (f"ch/{k}/fader" for k in range(1, 5)) if again.state[path] == -90.0]
        assert names == lost != []
    (spare / shots.WAL).unlink()
    assert "older than it was: ch/1/fader, ch/2/fader, ch/3/fader, ch/4/fader" in Store(spare).fault


def test_a_damaged_page_of_the_wal_costs_nothing_that_was_written_after_it(tmp_path: Path) -> None:
    spare = killed(tmp_path / "made", tmp_path / "killed", ten)
    whole = bytearray((spare / shots.WAL).read_bytes())
    whole[32 + 24 + 2000] ^= 1
    again = Store(shots.shoot(spare, tmp_path / "shot", shots.WAL, bytes(whole)))
    again.close()
    assert "damaged: pages of its -wal are not what was written" in again.lines[0]
    assert [again.state[f"ch/{k}/fader"] for k in range(2, 5)] == [-2.0, -3.0, -4.0]


def test_the_wal_is_emptied_when_the_desk_rests(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    shots.rested(rig.store)
    for k in range(5):
        rig.do("scene/store", f"S{k}")
    shots.written(rig.store)
    assert (tmp_path / shots.WAL).exists()
    shots.rested(rig.store)
    rig.store.close()


def test_nothing_of_what_was_deleted_stays_in_the_file(tmp_path: Path) -> None:
    """A search of its pages would find it."""
    rig = Rig(tmp_path)
    packed = random.Random(1).randbytes(30_000)
    rig.store.put("scene", "A", ("{}", packed))
    shots.rested(rig.store)
    assert packed[9000:9500] in (tmp_path / FILE).read_bytes()
    rig.store.drop("scene", "A")
    shots.rested(rig.store)
    rig.store.close()
    assert packed[9000:9500] not in (tmp_path / FILE).read_bytes()


# -- version 1 -------------------------------------------------------------------------------------------------------

V1 = """
CREATE TABLE state (path TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE kept (
    kind TEXT, name TEXT, head TEXT NOT NULL, packed BLOB NOT NULL, PRIMARY KEY (kind, name)
);
PRAGMA user_version = 1;
"""


def version_1(folder: Path, wal: bool = False) -> sqlite3.Connection:
    """A file as it was written before rows had sums."""
    folder.mkdir(exist_ok=True)
    base = sqlite3.connect(folder / FILE, isolation_level=None)
    base.execute("PRAGMA journal_mode = WAL")
    base.executescript(V1)
    values = {f"ch/{n}/eq/{k}/gain": float(k) for n in range(1, 7) for k in range(1, 5)}
    values |= {"ch/1/fader": -6.0, "ch/1/name": "Bär", "ch/9/fader": -1.0}
    rows = [(path, json.dumps(value, ensure_ascii=False)) for path, value in values.items()]
    base.executemany("INSERT INTO state VALUES (?, ?)", rows)
    for name in ("A", "B"):
        head = json.dumps({"saved": "2026-01-01T00:00:00Z", "version": 1, "count": 500})
        filler = {f"ch/{n}/fader": n / 7 for n in range(500)}
        base.execute("INSERT INTO kept VALUES ('scene', ?, ?, ?)", (name, head, pack(values | filler)))
    if not wal:
        base.close()
    return base


@pytest.mark.parametrize("wal", [False, True], ids=["stopped", "killed"])
def test_a_file_of_version_1_is_read_as_it_is_and_everything_moves_on(tmp_path: Path, wal: bool) -> None:
    base = version_1(tmp_path / "old", wal)
    shutil.copytree(tmp_path / "old", tmp_path / "killed")
    base.close()
    folder = tmp_path / "killed"
    first = Rig(folder)
    assert first.store.fault == ""
    assert (first.desk.get("ch/1/fader"), first.desk.get("ch/1/name")) == (-6.0, "Bär")
    mix = shots.Mix.of(first.store)
    assert len(mix.records) == 2
    assert mix.state["ch/9/fader"] == -1.0
    first.store.close()
    second = Store(folder)
    second.close()
    assert second.fault == ""
    assert {key: record[1] for key, record in second.records.items() if key in mix.records} == {
        key: record[1] for key, record in mix.records.items()
    }
    numbers = [json.loads(second.records[key][0])["number"] for key in sorted(mix.records)]
    assert numbers == [1, 2], "scenes have got their numbers"
    assert mix.state.items() <= second.state.items()
    base = sqlite3.connect(folder / FILE)
    assert base.execute("PRAGMA user_version").fetchone() == (2,)
    base.close()


@pytest.mark.parametrize("how", ["no JSON", "no UTF-8", "a head", "packed"])
def test_in_version_1_too_a_row_costs_itself(tmp_path: Path, how: str) -> None:
    order, words, called = HURT[how]
    version_1(tmp_path)
    edited(tmp_path, order, *("ch/1/name" if word == "ch/3/name" else word for word in words))
    again = Rig(tmp_path)
    again.store.close()
    assert again.store.lines[-1].endswith(f": lost: {called.replace('ch/3', 'ch/1')}")
    assert len(again.store.lines) == 2
    assert again.desk.get("ch/2/eq/2/gain") == 2.0


def test_damaged_pages_of_version_1_leave_what_is_on_the_others(tmp_path: Path) -> None:
    version_1(tmp_path / "made")
    want = {key for key in Store(tmp_path / "made").records}
    source = tmp_path / "made2"
    version_1(source)
    data = (source / FILE).read_bytes()
    for page in range(len(data) // PAGE_BYTES):
        hurt = data[: page * PAGE_BYTES] + bytes(PAGE_BYTES) + data[(page + 1) * PAGE_BYTES :]
        one = Store(shots.shoot(source, tmp_path / "shot", FILE, hurt))
        one.close()
        assert one.fault != ""
        assert one.state.get("ch/1/fader") in (-6.0, None)
        for key in want - one.records.keys():
            assert repr(key[1]) in one.fault or "nothing" in one.fault, (page, one.fault)


def test_what_an_older_file_has_in_the_place_of_a_head_breaks_no_list(tmp_path: Path) -> None:
    version_1(tmp_path)
    edited(tmp_path, "UPDATE kept SET head = '{\"cound\": 3}' WHERE name = 'A'")
    edited(tmp_path, "INSERT INTO kept VALUES ('marker', 'M', '{}', ?)", zlib.compress(b'{"position": 3.5}'))
    rig = Rig(tmp_path)
    assert rig.do("scene/list")[0] == ("scene/list", "A", "", "", 0, 1)
    rig.store.close()
