"""Laws of the copy that becomes a backup: it is looked at as a start would read it, and nothing of it is held."""

import os
import random
import sqlite3
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

import store_shots as shots
from library_rig import Rig
from store_shots import until
from studiod.store import backups, store
from studiod.store.file import synced
from studiod.store.read import ROWS, Damaged, flaw, read, whole
from studiod.store.rows import PAGE_BYTES, PUT_RECORD, PUT_VALUE, TABLES, VERSION, summed
from studiod.store.store import FILE

HELD_BYTES = 300_000  # while a copy is made and looked at: 32 pages, a row, a thread


def copy_of(file: Path, values: int, scenes: int) -> Path:
    """A store by itself, without a -wal."""
    base = sqlite3.connect(file, isolation_level=None)
    for words in TABLES.values():
        base.execute(words)
    base.execute(f"PRAGMA user_version = {VERSION}")
    base.execute("BEGIN")
    base.executemany(PUT_VALUE, (summed("state", (f"ch/{k}/fader", f"-{k}.5"), 3) for k in range(values)))
    chance = random.Random(1)
    some = (("scene", f"S{k}", "{}", chance.randbytes(20_000)) for k in range(scenes))
    base.executemany(PUT_RECORD, (summed("kept", row, 4) for row in some))
    base.execute("COMMIT")
    base.close()
    return file


def most_bytes(do: Callable[[], object]) -> int:
    """What it holds at one time, in all threads, of the interpreter's memory."""
    tracemalloc.start()
    try:
        do()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_copy_is_looked_at_without_holding_what_is_in_it(tmp_path: Path) -> None:
    copy = copy_of(tmp_path / "copy", values=10_000, scenes=100)
    assert flaw(copy) == ""
    assert most_bytes(lambda: read(copy)) > copy.stat().st_size, "the measure sees what is held"
    assert most_bytes(lambda: flaw(copy)) < HELD_BYTES


def test_a_backup_takes_no_memory_for_what_is_in_the_store(tmp_path: Path) -> None:
    base = sqlite3.connect(copy_of(tmp_path / FILE, values=10_000, scenes=100), isolation_level=None)
    made = backups.Backups(tmp_path / FILE, lambda: 1 << 40)
    assert most_bytes(lambda: made.make(base, 4, lambda: None)) < HELD_BYTES
    base.close()
    found = read(tmp_path / f"{FILE}.hour")
    assert found is not None
    assert (found.whole, len(found.rows.values), len(found.rows.records)) == (True, 10_000, 100)


def test_whatever_is_hurt_in_a_copy_it_is_found_as_a_start_finds_it(tmp_path: Path) -> None:
    """Bytes anywhere, at the end of it too."""
    image = copy_of(tmp_path / "whole", values=300, scenes=4).read_bytes()
    chance, copy, found = random.Random(2), tmp_path / "copy", set()
    for shot in range(200):
        hurt = bytearray(image)
        for _ in range(chance.choice((1, 1, 3))):
            at = chance.randrange(100, len(hurt)) if shot % 8 else chance.randrange(100)
            hurt[at] ^= 1 << chance.randrange(8)
        if shot % 10 == 9:
            del hurt[chance.randrange(len(hurt)) :]
        copy.write_bytes(hurt)
        try:
            held, why = whole(bytes(hurt)), ""
        except (Damaged, sqlite3.Error, ValueError) as fault:
            held, why = None, str(fault) or "SQLite cannot read it"
        assert (flaw(copy) == "") == (held is not None), (shot, flaw(copy), why)
        found.add(flaw(copy))
    assert {"", ROWS} < found


def test_a_copy_is_left_as_it_lies(tmp_path: Path) -> None:
    copy = copy_of(tmp_path / "a copy of 100 %, #1?.hour.part", values=300, scenes=4)
    before = copy.read_bytes()
    assert flaw(copy) == ""
    assert [file.name for file in tmp_path.iterdir()] == [copy.name]
    assert copy.read_bytes() == before


def test_other_tables_are_no_copy(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    assert flaw(tmp_path / "empty") == "its tables are not those of this studiod"
    old = sqlite3.connect(tmp_path / "old")
    old.executescript("CREATE TABLE state (path, value); CREATE TABLE kept (kind, name, head, packed)")
    old.close()
    assert flaw(tmp_path / "old") == "its tables are not those of this studiod"
    (tmp_path / "none").write_bytes(bytes(range(256)) * (PAGE_BYTES // 256))
    assert flaw(tmp_path / "none") == "file is not a database"


def test_a_copy_that_the_disk_does_not_give_back_says_nothing_against_the_store(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(sqlite3.OperationalError, match="unable to open database file"):
        flaw(tmp_path / "gone")
    monkeypatch.setattr(store, "QUIET_S", 0.05)

    def lost(copy: Path) -> None:
        synced(copy)
        os.unlink(copy)

    monkeypatch.setattr(backups, "synced", lost)
    rig = Rig(tmp_path)
    rig.desk.set("ch/1/fader", -6)
    shots.rested(rig.store)
    until(lambda: rig.store.alarm)
    assert rig.store.alarm == f"{tmp_path / FILE}: no backup: unable to open database file; mend its disk"
    assert rig.store._file.sound
    rig.store.close()
