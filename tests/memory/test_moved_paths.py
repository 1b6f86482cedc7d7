"""What was kept while monitor/trim/a was still called monitor/speaker/a/trim is what it was, wherever it was kept."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from library_rig import REGISTRY, Rig
from studiod.desk.stored import named_today
from studiod.memory.scene_format import parse_scene, read_moves
from studiod.memory.shelf import pack
from studiod.multitrack.automation_kept import Kept
from studiod.registry.console_sections import MOVED
from studiod.registry.param import Refusal
from studiod.store.store import Store

OLD = {"monitor/speaker/a/trim": -3.0, "monitor/speaker/b/trim": -6.0, "monitor/speaker/c/trim": -9.0}
NEW = {"monitor/trim/a": -3.0, "monitor/trim/b": -6.0, "monitor/trim/c": -9.0}
TEXT = "[values]\n" + "".join(f'"{path}" = {value}\n' for path, value in OLD.items())


def values(rig: Rig) -> dict[str, object]:
    return {path: rig.desk.values[path] for path in NEW}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    one = Store(tmp_path)
    yield one
    one.close()


def test_every_path_that_moved_is_no_more_and_its_new_one_is_there() -> None:
    assert named_today(OLD) == NEW
    assert MOVED.keys().isdisjoint(REGISTRY.params)
    assert set(MOVED.values()) <= REGISTRY.params.keys()
    with pytest.raises(Refusal, match=r"monitor/speaker/b/trim: called otherwise now; nearest is monitor/trim/b; send"):
        REGISTRY.find("monitor/speaker/b/trim")


def test_its_numbers_are_those_that_it_had() -> None:
    assert [REGISTRY.params[path].id for path in NEW] == [16, 17, 18]


def test_a_stored_desk_has_its_values_and_the_next_start_has_what_changed_since(tmp_path: Path) -> None:
    first = Store(tmp_path)
    first.note(OLD)
    assert first.close()
    rig = Rig(tmp_path)
    assert (rig.faults, rig.desk.unknown, values(rig)) == ([], {}, NEW)
    rig.desk.set("monitor/trim/a", -12.0)
    assert rig.store.close()
    again = Rig(tmp_path)
    assert values(again) == NEW | {"monitor/trim/a": -12.0}
    again.store.close()


def test_a_stored_scene_recalls_compares_and_exports_them_by_their_new_names(tmp_path: Path) -> None:
    first = Store(tmp_path)
    first.put("scene", "Old", (json.dumps({"saved": "", "count": 3}), pack(OLD)))
    assert first.close()
    rig = Rig(tmp_path)
    assert rig.do("scene/recall", "Old", 0.0, "", 1) == [("scene/recall", "Old", 3, 0)]
    assert values(rig) == NEW
    lines = [line[1] for line in rig.do("scene/diff", "Old") if line[0] == "scene/diff"]
    assert not set(lines) & (OLD.keys() | NEW.keys())
    (line,) = rig.do("scene/export", "Old")
    assert parse_scene(str(line[4]), "here")[1] == NEW
    rig.store.close()


def test_the_scope_of_an_old_scene_still_holds_them() -> None:
    for scope in ("monitor/speaker/*/trim", "/monitor/speaker/a", "monitor/speaker/b/**"):
        rig = Rig()
        rig.do("scene/store", "Now")
        rig.desk.change([*((path, -1.0) for path in NEW), ("ch/1/fader", -5.0)])
        ((_, _, changed, left),) = rig.do("scene/recall", "Now", 0.0, scope, 1)
        assert (changed, left) == (3 if "*/trim" in scope else 1, 0)
        assert rig.desk.values["ch/1/fader"] == -5.0


def test_an_imported_scene_and_moves_of_a_file_have_them(tmp_path: Path) -> None:
    rig = Rig()
    lines = rig.do("scene/import", "Old", 1, 1, TEXT)
    assert lines[-1] == ("scene/import/end", "Old", 3, 0)
    rig.do("scene/recall", "Old", 0.0, "", 1)
    assert values(rig) == NEW
    file = tmp_path / "moves.jsonl"
    file.write_text("".join(json.dumps({"at": 1, "path": path, "value": value}) + "\n" for path, value in OLD.items()))
    assert {move.path: move.value for move in read_moves(file)} == NEW


@pytest.mark.parametrize(("of", "cut"), [("monitor", 8), ("monitor/speaker", 8)])
def test_a_preset_of_the_monitor_has_them(tmp_path: Path, of: str, cut: int) -> None:
    first = Store(tmp_path)
    kept = pack({path[cut:]: value for path, value in OLD.items()})
    first.put("preset", "Old", (json.dumps({"saved": "", "of": of, "count": 3}), kept))
    assert first.close()
    rig = Rig(tmp_path)
    assert rig.do("preset/recall", "Old", "monitor") == [("preset/recall", "Old", 3, 0)]
    assert values(rig) == NEW
    rig.store.close()


def test_a_backup_of_such_a_desk_restores_them(tmp_path: Path) -> None:
    older = Rig(tmp_path / "older")
    older.store.note(OLD)
    older.store.note({path: REGISTRY.params[path].rest for path in NEW})
    for path in NEW:  # that desk had none of these
        del older.store._memory._values[path]
    file = tmp_path / "old.studiod"
    older.do("backup", str(file))
    older.store.close()
    rig = Rig(tmp_path / "newer")
    rig.do("restore", str(file))
    assert (values(rig), rig.desk.unknown) == (NEW, {})
    rig.store.close()


def test_moves_that_were_kept_under_an_old_name_are_there_under_the_new_one(store: Store) -> None:
    record = (json.dumps({"rate_hz": 48000, "count": 1}), pack({"48000": -6.0}))
    store.records["moves", "monitor/speaker/b/trim"] = record
    store.put("moves", "monitor/speaker/b/trim", record)
    lanes = Kept(store, 48000).load(REGISTRY.params)
    assert {path: (lane.at, lane.values) for path, lane in lanes.items()} == {"monitor/trim/b": ([48000], [-6.0])}
    assert list(store.copied().records) == [("moves", "monitor/trim/b")]
    assert Kept(store, 48000).load(REGISTRY.params).keys() == {"monitor/trim/b"}
