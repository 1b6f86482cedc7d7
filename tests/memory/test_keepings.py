"""What controllers keep beside the desk's values: there after a start, and a record that is broken is told."""

import logging
from pathlib import Path

import pytest

from studiod.memory.keepings import KIND, Keepings
from studiod.memory.shelf import pack
from studiod.store.store import Store


def test_it_is_there_after_a_start_and_the_last_one_counts(tmp_path: Path) -> None:
    store = Store(tmp_path)
    kept = Keepings(store)
    assert kept.read("x32") == {}
    kept.keep("x32", {"steps": {"ch/01/config/icon": 3}})
    kept.keep("x32", {"steps": {"ch/01/config/icon": 4}, "names": ["a", ""]})
    assert store.close()
    again = Store(tmp_path)
    assert Keepings(again).read("x32") == {"steps": {"ch/01/config/icon": 4}, "names": ["a", ""]}
    assert Keepings(again).read("other") == {}
    assert again.close()


def test_what_cannot_be_read_is_told_and_left_out(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    store = Store(tmp_path)
    store.records[KIND, "x32"] = ("{}", b"no record")
    with caplog.at_level(logging.WARNING):
        assert Keepings(store).read("x32") == {}
    assert "what is kept for x32 cannot be read, and is left out" in caplog.text
    assert store.close()


def test_a_restore_is_told_to_who_listens(tmp_path: Path) -> None:
    store = Store(tmp_path)
    kept, found = Keepings(store), list[dict[str, object]]()
    end = kept.listen(lambda: found.append(dict(kept.read("x32"))))
    store.replace({(KIND, "x32"): ("{}", pack({"steps": {"a": 1}}))}, {})
    end()
    store.replace({}, {})
    assert found == [{"steps": {"a": 1}}]
    assert store.close()
