"""Laws of the store: what is accepted survives, whatever stands in the file or holds it."""

import contextlib
import os
import re
import sqlite3
import threading
import time
from pathlib import Path

import pytest

from library_rig import REGISTRY, Rig, changed, stored
from store_shots import until
from studiod.store import start, store
from studiod.store.place import LOCK
from studiod.store.start import Shared
from studiod.store.store import FILE, Store


def rows(folder: Path) -> dict[str, str]:
    """The state as another program reads it from the file."""
    base = sqlite3.connect(f"file:{folder / FILE}?mode=ro", uri=True)
    try:
        return dict(base.execute("SELECT path, value FROM state"))
    finally:
        base.close()


def test_every_value_comes_back_with_the_same_bits(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.desk.change(changed(REGISTRY, 1).items())
    want = rig.desk.snapshot()
    rig.store.close()
    again = Rig(tmp_path)
    again.store.close()
    assert again.faults == []
    assert again.desk.snapshot() == want
    assert [type(value) for value in again.desk.snapshot().values()] == [type(value) for value in want.values()]


def test_a_change_is_in_the_file_within_250_ms(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    time.sleep(0.5)
    late_s = []
    for k in range(8):
        rig.desk.set("ch/1/fader", -float(k) - 1.0)
        began_s = time.monotonic()
        while rows(tmp_path)["ch/1/fader"] != f"{-float(k) - 1.0}":
            assert time.monotonic() - began_s < 5.0
        late_s.append(time.monotonic() - began_s)
    rig.store.close()
    # the promise is 250 ms; a test machine with all its cores taken may be late once, the best of eight may not
    assert min(late_s) < 0.25


def test_a_transaction_is_in_the_file_whole_or_not_at_all(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    for k in range(1, 40):
        rig.desk.change([("ch/1/pan", k), ("ch/4/pan", k), ("bus/2/pan", k)])
        time.sleep(0.01)
        found = rows(tmp_path) if k > 20 else {}
        assert len({found.get(path) for path in ("ch/1/pan", "ch/4/pan", "bus/2/pan")}) == 1
    rig.store.close()


def test_the_newest_of_many_changes_counts(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    for k in range(1000):
        rig.desk.set("ch/2/trim", k % 24)
    rig.store.close()
    assert rows(tmp_path)["ch/2/trim"] == f"{999 % 24}.0"


def test_what_is_volatile_or_read_only_is_never_stored(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    barred = {path for path, param in REGISTRY.params.items() if param.flags & {"volatile", "read-only"}}
    rig.desk.change([(path, 1) for path in barred if "read-only" not in REGISTRY.params[path].flags])
    rig.do("scene/store", "all")
    rig.store.close()
    assert barred
    assert barred.isdisjoint(rows(tmp_path))
    assert barred.isdisjoint(rig.library.scenes.shelf.values("all"))
    assert rows(tmp_path).keys() == {param.path for param in stored(REGISTRY)}


def test_paths_of_other_versions_are_kept_and_told(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.store.note({"ch/1/sparkle": 0.123456789012, "ch/9/fader": -6.0, "output/1/source": "bus/16"})
    rig.store.close()
    again = Rig(tmp_path)
    again.desk.set("ch/1/fader", -3)
    again.do("scene/store", "S")
    again.store.close()
    assert [fault.path for fault in again.faults] == ["ch/1/sparkle", "ch/9/fader", "output/1/source"]
    found = rows(tmp_path)
    kept = ("0.123456789012", "-6.0", '"bus/16"')
    assert (found["ch/1/sparkle"], found["ch/9/fader"], found["output/1/source"]) == kept
    assert again.desk.get("output/1/source") == "main/l", "what cannot be is left at rest"
    assert again.library.scenes.shelf.values("S")["ch/1/sparkle"] == 0.123456789012


def test_a_file_that_another_program_locks_is_read_and_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(store, "AGAIN_S", 0.05)
    rig = Rig(tmp_path)
    rig.desk.change([("ch/1/fader", -6), ("ch/2/fader", -7)])
    rig.store.close()
    holder = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    again = Rig(tmp_path)
    assert (again.store.fault, again.desk.get("ch/1/fader"), again.desk.get("ch/2/fader")) == ("", -6.0, -7.0)
    again.desk.set("ch/1/fader", -9)
    told(again.store, "not written: database is locked; tried again every second, nothing is lost meanwhile")
    holder.execute("ROLLBACK")
    holder.close()
    again.store.close()
    assert rows(tmp_path)["ch/1/fader"] == "-9.0"
    assert not list(tmp_path.glob("*damaged*"))


def told(one: Store, words: str) -> None:
    """Wait until it is in the alarm."""
    until(lambda: words in one.alarm, lambda: f"{words!r} is not in {one.alarm!r}")


def test_two_daemons_do_not_share_a_file(tmp_path: Path) -> None:
    first = Rig(tmp_path)
    told = re.escape(f"{tmp_path}: another studiod keeps its state there (process {os.getpid()}: ")
    with pytest.raises(Shared, match=rf"^{told}.*\); end that one, or give this one a folder of its own: --state DIR$"):
        Rig(tmp_path)
    first.desk.set("ch/1/fader", -9)
    first.store.close()
    assert rows(tmp_path)["ch/1/fader"] == "-9.0"
    for _ in range(100):  # a busy disk may hold the first one's last write up
        with contextlib.suppress(Shared):
            Rig(tmp_path).store.close()
            break
        time.sleep(0.1)
    else:
        pytest.fail("the file is never given back")


@pytest.mark.parametrize("table", ["", "1: FLOCK ADVISORY WRITE 7 00:00:1 0 EOF", "no table\n1: FLOCK", None])
def test_who_holds_a_folder_is_told_where_the_system_tells(
    tmp_path: Path, table: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "LOCKS", tmp_path / "locks")
    if table is not None:
        (tmp_path / "locks").write_text(table)
    (tmp_path / LOCK).touch()
    assert start.holder(tmp_path / LOCK) == ""


def test_a_folder_that_cannot_be_made_is_told_and_the_desk_runs(tmp_path: Path) -> None:
    (tmp_path / "here").write_text("a file where the folder should be")
    rig = Rig(tmp_path / "here")
    rig.desk.set("ch/1/fader", -9)
    rig.do("scene/store", "S")
    rig.store.close()
    assert rig.store.fault == (
        f"{tmp_path / 'here' / FILE}: cannot be used: Not a directory; this session begins without it and leaves "
        "nothing in it; mend its folder, then start again"
    )
    assert rig.store.alarm == rig.store.fault
    assert not rig.store.close()


def test_a_file_locked_while_it_runs_is_told_once_and_written_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(store, "AGAIN_S", 0.05)
    rig = Rig(tmp_path)
    time.sleep(0.3)
    holder = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    rig.desk.change([("ch/1/fader", -8), ("ch/2/fader", -8)])
    rig.do("scene/store", "S")
    time.sleep(1.2)
    rig.desk.set("ch/1/fader", -9)
    holder.execute("ROLLBACK")
    holder.close()
    rig.store.close()
    first, last = [record.message for record in caplog.records]
    assert "not written: database is locked; tried again every second, nothing is lost meanwhile" in first
    assert last.endswith("written again")
    again = Rig(tmp_path)
    again.store.close()
    assert (again.desk.get("ch/1/fader"), again.desk.get("ch/2/fader")) == (-9.0, -8.0)
    assert list(again.library.scenes.shelf.heads) == ["S"]


def test_a_stop_does_not_wait_for_a_disk_that_stands_still_and_says_what_that_costs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(store, "CLOSE_S", 0.05)
    rig, moves = Rig(tmp_path), threading.Event()
    write = rig.store._file.write
    monkeypatch.setattr(rig.store._file, "write", lambda *all_of_it: moves.wait() and write(*all_of_it))
    rig.desk.set("ch/1/fader", -8)
    assert not rig.store.close()
    (said,) = [record.message for record in caplog.records]
    assert said == f"{tmp_path / FILE}: the disk takes longer than 0.05 s; the last changes may be lost"
    moves.set()
    monkeypatch.setattr(store, "CLOSE_S", 60.0)
    assert rig.store.close()
    assert rows(tmp_path)["ch/1/fader"] == "-8.0"


def test_a_store_without_a_folder_keeps_nothing() -> None:
    one = Store(None)
    one.note({"ch/1/fader": -6.0})
    one.close()
    assert (one.fault, one.state) == ("", {})


def test_sessions_before_the_last_are_kept_beside_it(tmp_path: Path) -> None:
    for value in (-6, -7, -8, -9):
        rig = Rig(tmp_path)
        rig.library.begin(from_file=True)
        rig.desk.set("ch/1/fader", value)
        rig.store.close()
    rig = Rig(tmp_path)
    rig.library.begin(from_file=True)
    names = [line[1] for line in rig.do("scene/list")[:-1]]
    assert len([name for name in names if str(name).startswith("last session (before ")]) >= 3
    levels = []
    for name in names:
        rig.do("scene/recall", name)
        levels.append(rig.desk.get("ch/1/fader"))
    assert {-6.0, -7.0, -8.0, -9.0} <= set(levels)
    rig.store.close()


def test_a_start_from_a_file_keeps_the_session_before_as_a_scene(tmp_path: Path) -> None:
    rig = Rig(tmp_path)
    rig.desk.set("ch/1/fader", -6)
    rig.store.close()
    again = Rig(tmp_path)
    again.desk.set("ch/1/fader", -20)
    again.library.begin(from_file=True)
    assert again.do("scene/recall", "last session") == [("scene/recall", "last session", 1, 0)]
    again.store.close()
    assert again.desk.get("ch/1/fader") == -6.0
