"""Where the store lies: a full disk, one that takes nothing, a folder that is renamed or deleted, another file."""

import json
import os
import random
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_store import rows, told

import servers
import store_shots as shots
from library_rig import REGISTRY, Rig, changed
from store_shots import until
from studiod.store import backups as store_backup
from studiod.store import file as store_file
from studiod.store import store
from studiod.store.memory import Memory
from studiod.store.merge import Start
from studiod.store.place import LOCK, RESERVE, RESERVE_BYTES, WITNESS_BYTES, Place, Witness
from studiod.store.rows import PAGE_BYTES, Rows
from studiod.store.store import FILE, Store

DISK_BYTES = 4 << 20


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "AGAIN_S", 0.05)
    monkeypatch.setattr(store, "QUIET_S", 0.05)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of DISK_BYTES, or no test."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0:
        servers.need_server("a disk that can be filled takes a mount, which only root may do")
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(folder)], check=False)
    if made.returncode:
        servers.need_server("this machine lets nobody mount a tmpfs")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave not a byte."""
    file = folder / "filler"
    with file.open("ab", buffering=0) as out:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    out.write(bytes(size))
            except OSError:
                continue
    return file


# -- full ------------------------------------------------------------------------------------------------------------


def test_a_full_disk_at_a_start_leaves_the_mix_and_its_last_write_goes_to_the_reserve(disk: Path) -> None:
    rig = Rig(disk / "state")
    rig.desk.set("ch/1/fader", -6)
    rig.do("scene/store", "A")
    shots.rested(rig.store)
    until((disk / "state" / RESERVE).exists)
    rig.store.close()
    filler = fill(disk)
    again = Rig(disk / "state")
    assert (again.store.fault, again.desk.get("ch/1/fader")) == ("", -6.0)
    assert list(again.library.scenes.shelf.heads) == ["A"]
    again.desk.set("ch/1/fader", -7)
    told(again.store, "the disk is full: this was written with the last reserve; free some of it")
    assert rows(disk / "state")["ch/1/fader"] == "-7.0"
    assert not (disk / "state" / RESERVE).exists()
    filler.unlink()
    until((disk / "state" / RESERVE).exists)
    until(lambda: again.store.alarm == "")
    assert again.store.close()


def test_what_a_full_disk_refuses_waits_and_is_written_when_there_is_room(
    disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Rig(disk / "state")
    shots.rested(rig.store)
    filler = fill(disk)
    (disk / "state" / RESERVE).unlink(missing_ok=True)
    fill(disk)
    for k in range(20):
        rig.do("scene/store", f"S{k}")
        rig.desk.change(changed(REGISTRY, k, links=False).items())
    told(rig.store, "not written: ")
    want = rig.desk.snapshot()
    filler.unlink()
    shots.written(rig.store)
    assert "not written" not in rig.store.alarm
    assert rig.store.close()
    assert sum("not written" in record.message for record in caplog.records) <= 2, "told once, not every second"
    again = Rig(disk / "state")
    again.store.close()
    assert again.desk.snapshot() == want
    assert len(again.library.scenes.shelf.heads) == 20


def test_a_stop_on_a_full_disk_without_a_reserve_never_says_saved(disk: Path) -> None:
    rig = Rig(disk / "state")
    rig.desk.set("ch/1/fader", -6)
    shots.rested(rig.store)
    fill(disk)
    (disk / "state" / RESERVE).unlink(missing_ok=True)
    fill(disk)
    rig.do("scene/store", "late")
    assert not rig.store.close()
    again = Rig(disk / "state")
    again.store.close()
    assert again.desk.get("ch/1/fader") == -6.0


def test_the_reserve_is_made_of_real_blocks(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    until((tmp_path / RESERVE).exists)
    until(lambda: (tmp_path / RESERVE).stat().st_size == RESERVE_BYTES)
    assert (tmp_path / RESERVE).stat().st_blocks * 512 >= RESERVE_BYTES
    rig.store.close()


def test_a_file_that_may_not_grow_is_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's own limit stands in for a disk, for whoever may not mount one."""
    rig = Rig(tmp_path)
    shots.rested(rig.store)
    base = rig.store._file.base
    assert base is not None
    (pages,) = base.execute("PRAGMA page_count").fetchone()
    base.execute(f"PRAGMA max_page_count = {pages}")
    rig.do("scene/store", "A")
    told(rig.store, "not written: database or disk is full; tried again every second, nothing is lost meanwhile")
    base.execute("PRAGMA max_page_count = 100000")
    shots.written(rig.store)
    assert rig.store.close()
    assert list(Rig(tmp_path).library.scenes.shelf.heads) == ["A"]


# -- read-only -------------------------------------------------------------------------------------------------------


@pytest.fixture
def closing(tmp_path: Path, request: pytest.FixtureRequest) -> tuple[Path, Callable[[bool], None], str]:
    """A folder, what closes (True) and opens it for writing, and what the system says then.  Root needs a disk."""
    if os.geteuid() == 0:
        disk: Path = request.getfixturevalue("disk")

        def remount(closed: bool) -> None:
            subprocess.run(["mount", "-o", f"remount,{'ro' if closed else 'rw'}", str(disk)], check=True)

        return disk / "state", remount, "Read-only file system"
    folder = tmp_path / "state"

    def barred(closed: bool) -> None:
        (folder / LOCK).unlink(missing_ok=True)
        folder.chmod(0o555 if closed else 0o755)

    return folder, barred, "Permission denied"


def test_a_disk_that_takes_nothing_gives_the_mix_and_says_that_nothing_is_kept(
    closing: tuple[Path, Callable[[bool], None], str],
) -> None:
    folder, close, why = closing
    rig = Rig(folder)
    rig.desk.set("ch/1/fader", -6)
    rig.store.close()
    close(True)
    again = Rig(folder)
    expected = f"{folder / FILE}: cannot be written: {why}; nothing new is kept until that is mended"
    assert again.store.lines == [expected]
    assert again.store.alarm == expected
    assert again.desk.get("ch/1/fader") == -6.0
    again.desk.set("ch/1/fader", -7)
    told(again.store, f"not written: {why}; tried again every second")
    close(False)
    shots.written(again.store)
    assert again.store.alarm == ""
    assert again.store.close()
    assert rows(folder)["ch/1/fader"] == "-7.0"


# -- vanished, replaced ----------------------------------------------------------------------------------------------


def vanish(folder: Path, how: str) -> None:
    if how == "renamed":
        folder.rename(folder.with_name("elsewhere"))
    elif how == "deleted":
        shutil.rmtree(folder)
    elif how == "file deleted":
        (folder / FILE).unlink()
    elif how == "wal deleted":
        (folder / shots.WAL).unlink()
    else:
        (folder / "other").write_bytes(b"of somebody else")
        (folder / "other").replace(folder / FILE)


VANISHED = {
    "renamed": "it was deleted, or its folder was renamed", "deleted": "it was deleted, or its folder was renamed",
    "file deleted": "it was deleted, or its folder was renamed", "wal deleted": "its -wal was deleted",
    "replaced": "another file has its place",
}  # fmt: skip


@pytest.mark.parametrize("changes", [True, False], ids=["changed", "untouched"])
@pytest.mark.parametrize("how", VANISHED)
def test_what_has_vanished_is_made_anew_from_memory_and_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, how: str, changes: bool
) -> None:
    folder = tmp_path / "state"
    rig = Rig(folder)
    rig.desk.change(changed(REGISTRY, 4, links=False).items())
    rig.do("scene/store", "A")
    shots.rested(rig.store)
    rig.store.add("moves", "ch/1/fader", b"a piece")
    shots.written(rig.store)
    vanish(folder, how)
    if changes:
        rig.desk.set("ch/1/trim", 3)
        shots.written(rig.store)
        rig.do("scene/store", "B")
    want = rig.desk.snapshot()
    assert rig.store.close()
    said = [record.message for record in caplog.records if "made anew" in record.message]
    assert len(said) == 1
    assert said[0].startswith(f"{folder / FILE}: {VANISHED[how]}; ")
    again = Rig(folder)
    again.store.close()
    assert again.store.fault == ""
    assert again.desk.snapshot() == want
    assert list(again.library.scenes.shelf.heads) == (["A", "B"] if changes else ["A"])
    assert again.store.pieces == {("moves", "ch/1/fader"): [b"a piece"]}
    kept = list(folder.glob(f"{FILE}.replaced-*"))
    assert [path.read_bytes() for path in kept] == ([b"of somebody else"] if how == "replaced" else [])


def test_a_folder_that_cannot_be_made_anew_is_never_called_saved(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    rig = Rig(folder)
    shots.written(rig.store)
    shutil.rmtree(folder)
    folder.write_text("in the way")
    assert not rig.store.close()
    folder.unlink()


def test_a_file_that_is_damaged_while_it_is_in_use_is_kept_aside_and_made_anew(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Rig(tmp_path)
    rig.desk.set("ch/1/fader", -6)
    shots.rested(rig.store)
    with (tmp_path / FILE).open("r+b") as file:
        file.write(random.Random(1).randbytes(8 * PAGE_BYTES))
    rig.store._file._drop()  # what is in SQLite's memory would hide it
    rig.desk.set("ch/2/fader", -7)
    assert rig.store.close()
    assert "damaged while it was in use" in caplog.text
    again = Rig(tmp_path)
    again.store.close()
    assert (again.desk.get("ch/1/fader"), again.desk.get("ch/2/fader")) == (-6.0, -7.0)
    assert len(list(tmp_path.glob(f"{FILE}.damaged-*"))) == 1


def test_an_end_between_the_new_file_and_its_place_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = Rig(tmp_path)
    rig.desk.set("ch/1/fader", -6)
    shots.rested(rig.store)
    shutil.copyfile(tmp_path / FILE, tmp_path / "before")
    monkeypatch.setattr(store_file.StoreFile, "_out_of_the_way", _out_of_power)
    rig.desk.set("ch/1/fader", -7)
    (tmp_path / FILE).unlink()
    rig.store.close()
    monkeypatch.undo()
    assert (tmp_path / f"{FILE}.new").exists()
    (tmp_path / "before").replace(tmp_path / FILE)
    again = Rig(tmp_path)
    assert again.desk.get("ch/1/fader") == -7.0
    assert again.store.close()
    assert not (tmp_path / f"{FILE}.new").exists()
    assert rows(tmp_path)["ch/1/fader"] == "-7.0"


def _out_of_power(_: object) -> None:
    raise OSError(5, "the lights went out")


# -- the witness -----------------------------------------------------------------------------------------------------


def test_a_witness_says_what_it_was_told_records_first_as_far_as_it_has_room(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.claim()
    fresh: dict = {("scene", f"S{k}"): k for k in range(12)} | {f"ch/{k}/fader": 100 + k for k in range(2000)}
    place.testify(2100, fresh)
    found = place.witness()
    assert found.turn == 2100
    assert {("scene", f"S{k}"): k for k in range(12)}.items() <= dict(found.fresh).items()
    assert found.fresh["ch/1999/fader"] == 2099
    assert "ch/0/fader" not in found.fresh
    assert (tmp_path / LOCK).stat().st_size == WITNESS_BYTES
    place.release()


@pytest.mark.parametrize("data", [b"", b"12 [3]", b"x", json.dumps([1]).encode(), bytes(99)])
def test_a_witness_that_cannot_be_read_says_nothing(tmp_path: Path, data: bytes) -> None:
    (tmp_path / LOCK).write_bytes(data)
    assert Place(tmp_path).witness() == Witness()


def test_an_unreadable_file_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(tmp_path)
    rig.desk.set("ch/1/fader", -6)
    rig.store.close()
    held = (tmp_path / FILE).read_bytes()
    monkeypatch.setattr(Path, "read_bytes", _barred)  # root may read everything
    again = Rig(tmp_path)
    monkeypatch.undo()
    again.desk.set("ch/1/fader", -9)
    assert not again.store.close()
    assert "cannot be used: Permission denied; this session begins without it" in again.store.fault
    assert (tmp_path / FILE).read_bytes() == held


def _barred(_: Path) -> bytes:
    raise PermissionError(13, "Permission denied")


# -- backups ---------------------------------------------------------------------------------------------------------


def test_backups_are_of_the_last_hour_day_and_week(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hour_s = 3600
    made: list[tuple[int, dict[str, float]]] = []
    rig = Rig(tmp_path)
    shots.settled(rig.store)
    backups = rig.store._backups
    now_s = os.stat(tmp_path / shots.AGES[0]).st_mtime
    for hour in range(3, 24 * 9, 3):
        rig.desk.set("ch/1/fader", -float(hour % 80))
        shots.written(rig.store)
        backups.clock = lambda hour=hour: now_s + hour * hour_s + 1  # type: ignore[misc]
        base = rig.store._file.base
        assert base is not None
        if backups.due(rig.store._file.turn):
            assert backups.make(base, rig.store._file.turn, lambda: None)
            os.utime(tmp_path / shots.AGES[0], (now_s + hour * hour_s,) * 2)
        ages = {name: os.stat(tmp_path / name).st_mtime for name in shots.AGES if (tmp_path / name).exists()}
        made.append((hour, {name: (now_s + hour * hour_s - at) / hour_s for name, at in ages.items()}))
    rig.store.close()
    for hour, ages_h in made[3:]:
        assert ages_h[shots.AGES[0]] == 0.0
        assert ages_h[shots.AGES[1]] <= 24.0 + 3.0
        assert ages_h[shots.AGES[2]] <= 7 * 24.0 + 24.0 + 3.0
        if hour > 24 * 8:
            assert ages_h[shots.AGES[2]] >= 24.0


def test_no_backup_is_made_of_what_has_not_changed_or_of_what_is_not_what_was_written(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rig = Rig(tmp_path)
    shots.settled(rig.store)
    assert not rig.store._backups.due(rig.store._file.turn)
    (tmp_path / shots.AGES[0]).unlink()
    rig.desk.set("ch/1/fader", -6)
    shots.settled(rig.store)
    assert rig.store._backups.due(rig.store._file.turn + 1) is False, "the last one is of this hour"
    held = (tmp_path / shots.AGES[0]).read_bytes()
    base = rig.store._file.base
    assert base is not None
    base.execute("UPDATE state SET value = '-3.0' WHERE path = 'ch/1/fader'")
    rig.store._backups.clock = lambda: os.stat(tmp_path / shots.AGES[0]).st_mtime + 3601
    rig.desk.set("ch/2/fader", -6)
    until(lambda: "a copy of it is damaged: rows are not what was written" in caplog.text)
    shots.written(rig.store)
    rig.store.close()
    assert (tmp_path / shots.AGES[0]).read_bytes() == held
    again = Rig(tmp_path)
    again.store.close()
    assert (again.desk.get("ch/1/fader"), again.desk.get("ch/2/fader")) == (-6.0, -6.0)


def test_changes_are_written_while_a_backup_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_backup, "PAGES", 16)
    rig = Rig(tmp_path)
    for k in range(60):
        rig.desk.change(changed(REGISTRY, k, links=False).items())
        rig.do("scene/store", f"S{k}")
    shots.settled(rig.store)
    written: list[str] = []

    def between() -> None:
        rig.store._memory.note({"ch/1/trim": float(len(written))})
        rig.store._write_news(rig.store._place)  # type: ignore[arg-type]
        written.append(rows(tmp_path)["ch/1/trim"])

    base = rig.store._file.base
    assert base is not None
    assert rig.store._backups.make(base, 0, between)
    assert len(written) > 1
    assert written == [str(float(k)) for k in range(len(written))]
    rig.store.close()


def test_a_disk_without_room_for_a_backup_is_told_once(disk: Path, caplog: pytest.LogCaptureFixture) -> None:
    with (disk / "filler").open("wb") as out:
        out.write(bytes(DISK_BYTES - (1 << 20)))
    rig = Rig(disk / "state")
    for k in range(4):
        rig.desk.set("ch/1/fader", -float(k))
        shots.rested(rig.store)
    told(rig.store, f"{disk / 'state' / FILE}: no backup: its disk has no room for one; free some of it")
    rig.store._backups._failed_s = None  # ten minutes later
    rig.desk.set("ch/1/fader", -9)
    shots.rested(rig.store)
    (disk / "filler").unlink()
    until(lambda: rig.store._backups._failed_s is not None)
    rig.store._backups._failed_s = None
    rig.desk.set("ch/1/fader", -10)
    until((disk / "state" / shots.AGES[0]).exists)
    until(lambda: rig.store.alarm == "")
    rig.store.close()
    assert caplog.text.count("no room for one") == 1


def test_a_backup_that_cannot_be_made_is_told_until_one_is(tmp_path: Path) -> None:
    (tmp_path / f"{shots.AGES[0]}.part" / "in the way").mkdir(parents=True)
    rig = Rig(tmp_path)
    told(rig.store, f"{tmp_path / FILE}: no backup: Is a directory; mend its disk")
    assert not rig.store._backups.due(99), "it is tried again in ten minutes"
    shutil.rmtree(tmp_path / f"{shots.AGES[0]}.part")
    rig.store._backups._failed_s = None
    rig.desk.set("ch/1/fader", -6)
    until(lambda: rig.store.alarm == "")
    assert (tmp_path / shots.AGES[0]).exists()
    rig.store.close()


def test_the_wal_stays_small_where_there_is_never_quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "QUIET_S", 1e6)
    monkeypatch.setattr(store_file, "WAL_MOST_BYTES", 16 << 10)
    rig = Rig(tmp_path)
    for seed in range(5):
        rig.desk.change(changed(REGISTRY, seed, links=False).items())
        shots.rested(rig.store)
    assert (tmp_path / shots.WAL).exists()
    rig.store.close()


# -- what the thread is not to stumble over --------------------------------------------------------------------------


def test_what_has_no_place_in_the_file_costs_itself_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def unmakeable() -> tuple[str, bytes]:
        raise RuntimeError("no record")

    one = Store(tmp_path)
    one.note({"ch/1/odd": object(), "ch/\ud800": 1.0, "ch/1/half": "\ud800", "ch/1/fader": -6.0})
    one.put("moves", "ch/1/fader", unmakeable)
    assert one.close()
    assert "'ch/1/odd': not kept: Object of type object is not JSON serializable" in caplog.text
    assert "'ch/\\ud800': not kept" in caplog.text
    assert "moves of ch/1/fader: not kept" in caplog.text
    again = Store(tmp_path)
    again.close()
    assert again.state == {"ch/1/fader": -6.0, "ch/1/half": "\ud800"}


def test_a_fault_of_the_stores_own_ends_no_keeping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = Rig(tmp_path)
    shots.rested(rig.store)
    monkeypatch.setattr(rig.store._file, "_insert", _out_of_mind)
    rig.desk.set("ch/1/fader", -6)
    told(rig.store, "not written: no such thing; tried again every second, nothing is lost meanwhile")
    monkeypatch.undo()
    assert rig.store.close()
    assert rows(tmp_path)["ch/1/fader"] == "-6.0"


def _out_of_mind(_: object) -> None:
    raise AttributeError("no such thing")


def test_a_disk_that_answers_with_faults_gets_a_file_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of SQLite's own stands in for a disk with a bad place."""
    rig = Rig(tmp_path)
    rig.desk.set("ch/1/fader", -6)
    shots.rested(rig.store)
    broken = [True]
    insert = rig.store._file._insert

    def inserted(batch: object) -> None:
        if broken.pop():
            fault = sqlite3.OperationalError("disk I/O error")
            fault.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
            raise fault
        insert(batch)  # type: ignore[arg-type]

    monkeypatch.setattr(rig.store._file, "_insert", inserted)
    rig.desk.set("ch/2/fader", -7)
    shots.written(rig.store)
    monkeypatch.undo()
    assert rig.store.close()
    assert len(list(tmp_path.glob(f"{FILE}.damaged-*"))) == 1
    found = rows(tmp_path)
    assert (found["ch/1/fader"], found["ch/2/fader"]) == ("-6.0", "-7.0")


def test_of_what_was_refused_only_the_newest_is_written_later() -> None:
    memory = Memory(Start(Rows(), sound=True), {})
    memory.note({"ch/1/fader": -1.0, "ch/2/fader": -1.0})
    memory.put(("scene", "A"), ("{}", b"1"))
    memory.put(("scene", "B"), ("{}", b"1"))
    memory.add(("moves", "ch/1/fader"), b"1")
    due = memory.take()
    assert memory.waiting
    memory.note({"ch/1/fader": -2.0})
    memory.put(("scene", "A"), ("{}", b"2"))
    memory.put(("scene", "B"), None)
    memory.add(("moves", "ch/1/fader"), b"2")
    memory.back(due)
    again = memory.take()
    assert again.batch.values == {"ch/1/fader": "-2.0", "ch/2/fader": "-1.0"}
    assert again.batch.records == {("scene", "A"): ("{}", b"2"), ("scene", "B"): None}
    assert again.batch.pieces == {("moves", "ch/1/fader"): (0, [b"1", b"2"])}
    memory.written(again, 2)
    assert not memory.waiting
    memory.add(("moves", "ch/1/fader"), b"3")
    assert memory.take().batch.pieces == {("moves", "ch/1/fader"): (2, [b"3"])}


def test_a_record_is_made_on_the_stores_thread_once(tmp_path: Path) -> None:
    made: list[int] = []

    def making() -> tuple[str, bytes]:
        made.append(threading.get_ident())
        return "{}", b"packed"

    one = Store(tmp_path)
    one.put("moves", "ch/1/fader", making)
    shots.written(one)
    shutil.rmtree(tmp_path)  # everything is written once more
    assert one.close()
    assert len(made) == 1
    assert made[0] != threading.get_ident()
    again = Store(tmp_path)
    again.close()
    assert again.records == {("moves", "ch/1/fader"): ("{}", b"packed")}
