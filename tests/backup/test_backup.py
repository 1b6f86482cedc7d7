"""Laws of backups and of the reset: everything comes back, nothing is lost, and what is no backup changes nothing."""

import os
import random
import sqlite3
import zlib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from library_rig import REGISTRY, Rig, changed, stored
from studiod.backup import file as backup_file
from studiod.memory.shelf import Shelf
from studiod.multitrack.automation import Automation
from studiod.multitrack.automation_lane import Lane
from studiod.multitrack.markers import Markers
from studiod.multitrack.transport import Transport
from studiod.registry.param import Refusal
from studiod.registry.registry import Console, Registry
from studiod.store.file import Batch

STAMP = r"\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d"
PATH = "ch/1/fader"


class Desk(Rig):
    """A rig with markers and moves: all that a store holds."""

    def __init__(self, folder: Path | None, registry: Registry = REGISTRY) -> None:
        super().__init__(folder, registry)
        machine: Any = SimpleNamespace(
            desk=self.desk,
            position_s=lambda: 1.0,
            transport=Transport(48_000),
            rate_hz=48_000,
            rack=SimpleNamespace(get=lambda _: 0),
        )
        self.markers = Markers(machine, Shelf(self.store, "marker"))
        self.automation = Automation(self.desk, machine, self.store)

    def fill(self, seed: int) -> None:
        """Some of everything, another for each seed."""
        self.desk.change(changed(self.desk.registry, seed).items())
        for name in (f"Scene {seed}", "Größe / 曲"):
            self.do("scene/store", name)
        self.do("preset/store", f"Preset {seed}", "ch/1/eq")
        self.do("cue/add", f"Scene {seed}", 2.0)
        self.do("marker/add", f"Marker {seed}", float(seed))
        lane = Lane()
        for k in range(50):
            lane.put(k * 480, -float(k + seed))
        self.automation.lanes[PATH] = lane
        self.automation._kept.lay(PATH, lane)

    def all(self) -> dict[str, object]:
        shelves = {"scene": self.library.scenes.shelf, "preset": self.library.presets.shelf}
        own = {f"{kind}s": {name: (shelf.values(name), shelf.number(name)) for name in shelf.heads
                            if not name.startswith("before ")} for kind, shelf in shelves.items()}  # fmt: skip
        lanes = {path: (list(lane.at), list(lane.values)) for path, lane in self.automation.lanes.items()}
        cues = (list(self.library.cues.cues), self.library.cues.at)
        return {
            "values": self.desk.snapshot(),
            "markers": dict(self.markers.places),
            "moves": lanes,
            "cues": cues,
        } | own


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# -- there and back --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_all_of_a_desk_comes_back_at_once_and_after_a_start(tmp_path: Path, seed: int) -> None:
    desk = Desk(tmp_path)
    desk.fill(seed)
    held = desk.all()
    ((_, path, values, _),) = desk.do("backup", "Gig")
    assert Path(path) == tmp_path / "backups" / "Gig.studiod"
    assert values == len(stored(REGISTRY))
    desk.do("scene/delete", f"Scene {seed}")
    desk.fill(seed + 10)
    former = desk.all()
    assert former != held
    ((_, _, count, left, _, scene, file),) = desk.do("restore", "Gig")
    assert desk.all() == held
    assert (count > 100, left) == (True, 0)
    assert desk.library.scenes.shelf.values(scene) == pytest.approx(former["values"])
    assert desk.do("undo")[0][2] == count, "a hand's step, like any other"
    desk.do("redo")
    desk.store.close()
    again = Desk(tmp_path)
    assert again.all() == held
    again.do("restore", file)
    assert again.all() == former, "what was there before is whole too"
    again.store.close()
    assert Desk(tmp_path).all() == former


def test_a_backup_without_a_name_has_the_time_for_one(desk: Desk, tmp_path: Path) -> None:
    ((_, path, *_),) = desk.do("backup")
    assert Path(path).parent == tmp_path / "backups"
    assert Path(path).name.startswith("desk 2")


def test_a_backup_goes_to_any_folder_and_onto_a_desk_of_another_size(tmp_path: Path) -> None:
    large = Desk(None, Registry(Console(inputs=4, outputs=2, channels=8, buses=4)))
    large.fill(1)
    large.do("backup", str(tmp_path / "Größe"))
    small = Desk(None)
    ((_, _, _, left, *_),) = small.do("restore", str(tmp_path / "Größe"))
    assert left > 100, "what this desk has no place for"
    assert small.desk.unknown.keys() == {path for path in large.desk.snapshot() if path not in REGISTRY.params}
    assert all(small.desk.get(path) == large.desk.get(path) for path in ("ch/1/fader", "ch/6/pan", "main/fader"))


def test_a_backup_may_take_the_place_of_the_state_itself(tmp_path: Path) -> None:
    desk = Desk(None)
    desk.fill(1)
    (tmp_path / "state").mkdir()
    desk.do("backup", str(tmp_path / "state" / "studiod.sqlite"))
    again = Desk(tmp_path / "state")
    assert again.store.lines == []
    assert again.all() == desk.all()


def test_what_a_hand_is_on_stays_and_is_counted(desk: Desk) -> None:
    desk.do("backup", "A")
    desk.desk.change([(PATH, -3), ("ch/2/fader", -3)])
    desk.desk.touch(PATH, True, "x")
    ((_, _, count, left, *_),) = desk.do("restore", "A")
    assert (count, left, desk.desk.get(PATH), desk.desk.get("ch/2/fader")) == (1, 1, -3.0, -90.0)


# -- what is refused -------------------------------------------------------------------------------------------------


def other_database(file: Path) -> None:
    with sqlite3.connect(file) as base:
        base.execute("CREATE TABLE mail (text)")


def edited(sql: str) -> Callable[[Path], None]:
    def make(file: Path) -> None:
        desk = Desk(None)
        desk.fill(1)
        desk.do("backup", str(file))
        with sqlite3.connect(file) as base:
            base.execute(sql)

    return make


def flipped(file: Path) -> None:
    edited("PRAGMA user_version")(file)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 4
    file.write_bytes(data)


def made(values: dict[str, str], records: dict) -> Callable[[Path], None]:
    return lambda file: backup_file.write(file, Batch(values, records))


STRANGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "nothing": (lambda file: None, "there is no such file; .*; /backup makes one"),
    "empty": (lambda file: file.write_bytes(b""), "not a backup of a desk, or damaged: "),
    "text": (
        lambda file: file.write_text("[values]\n"),
        "a desk, or damaged: it does not begin like one",
    ),
    "noise": (lambda file: file.write_bytes(random.Random(1).randbytes(50_000)), "not a backup of a desk, or damaged"),
    "another database": (other_database, "or damaged: its tables are not those of this studiod"),
    "a newer one": (edited("PRAGMA user_version = 9"), "or damaged: it says that it is of another studiod"),
    "edited": (edited("UPDATE state SET value = '0.5'"), "or damaged: rows are not what was written"),
    "a bit": (flipped, "not a backup of a desk, or damaged: "),
    "no values": (made({}, {("scene", "S"): ("{}", zlib.compress(b"{}"))}), "it holds no desk"),
    "bad JSON": (made({PATH: "{"}, {}), "not a backup of a desk, or damaged: "),
    "no file on a disk": (lambda file: file.symlink_to("/proc/self/status"), "it does not begin like one"),
    "a FIFO": (os.mkfifo, "it is a FIFO, not a plain file"),
    "a folder": (Path.mkdir, "it is a folder, not a plain file"),
    "a device": (lambda file: file.symlink_to("/dev/zero"), "it is a device, not a plain file"),
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_is_no_backup_changes_nothing(tmp_path: Path, name: str) -> None:
    make, said = STRANGE[name]
    (tmp_path / "state").mkdir()
    desk = Desk(tmp_path / "state")
    desk.fill(2)
    held, scenes = desk.all(), dict(desk.library.scenes.shelf.heads)
    make(tmp_path / "file")
    with pytest.raises(Refusal, match=said) as fault:
        desk.do("restore", str(tmp_path / "file"))
    assert "\n" not in str(fault.value)
    assert (desk.all(), desk.library.scenes.shelf.heads) == (held, scenes)
    assert not (tmp_path / "state" / "backups").exists(), "nor is a copy made for nothing"
    desk.store.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("backup", "A"), "backup: there is such a file; .*; name another one"),
        (("backup", "a/b"), r"neither a name nor a path from / on; .*; got 'a/b'; leave / out"),
        (("backup", "~/a"), "neither a name nor a path"),
        (("backup", "../a"), "neither a name nor a path"),
        (("backup", " "), "neither a name nor a path"),
        (("backup", "/nowhere/a"), "there is no such folder; .*; make it first"),
        (("backup", "/dev/null"), "there is such a file"),
        (("backup", "/proc/a"), "it cannot be written|there is no such folder"),
        (("backup", "a\0b"), "a control character in the name"),
        (("backup", "a\nb"), "a control character in the name"),
        (("backup", "/"), "a folder, not a file"),
        (("backup", "x" * 300), "it cannot be written: File name too long"),
        (("backup", "A", "B"), "more words than it takes"),
        (("backup", 3), "the file is not text"),
        (("restore",), "restore: the file is missing; expected a file that /backup has made"),
        (("restore", "a"), "there is no such file; .*; nearest is 'A.studiod'; /backup makes one"),
        (("restore", "A", "B"), "more words than it takes"),
        (("desk/reset", "now"), "desk/reset: more words than it takes"),
    ],
)
def test_every_refusal_is_one_line_and_leaves_no_file(desk: Desk, tmp_path: Path, words: tuple, said: str) -> None:
    desk.do("backup", "A")
    files = sorted(tmp_path.rglob("*.studiod*"))
    with pytest.raises(Refusal, match=said) as fault:
        desk.do(*words)
    assert "\n" not in str(fault.value)
    assert sorted(tmp_path.rglob("*.studiod*")) == files
    desk.store.close()


def test_a_disk_that_takes_nothing_ends_a_restore_before_it_begins(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.fill(1)
    desk.do("backup", "A")
    desk.fill(2)
    held = desk.all()

    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("studiod.backup.file.written", full)
    for words in (("restore", "A"), ("backup", "B")):
        with pytest.raises(Refusal, match=r"it cannot be written: database or disk is full; .*free its disk"):
            desk.do(*words)
    assert desk.all() == held
    assert [file.name for file in (tmp_path / "backups").iterdir()] == ["A.studiod"]


def test_a_stick_without_links_holds_backups_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", never)
    desk.do("backup", "A")
    with pytest.raises(Refusal, match="there is such a file"):
        desk.do("backup", "A")
    desk.do("restore", "A")


def test_without_a_state_directory_a_path_is_wanted() -> None:
    with pytest.raises(Refusal, match=r"there is no state directory; .*; write the path out"):
        Desk(None).do("backup")


# -- the reset -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_a_reset_is_rest_and_its_scene_is_what_was_before(desk: Desk, seed: int) -> None:
    desk.fill(seed)
    desk.desk.change([("ch/2/solo", 1), ("generator/on", 1), ("output/mute", 1), ("ch/1/gate/listen", 1)])
    held = desk.all()
    ((_, scene, count, left),) = desk.do("desk/reset")
    assert desk.desk.snapshot() == {param.path: param.rest for param in stored(REGISTRY)}
    assert [desk.desk.get(path) for path in ("ch/2/solo", "generator/on", "ch/1/gate/listen")] == [0, 0, 0]
    assert desk.desk.get("output/mute") == 1, "what silences the house stays"
    assert (count > 100, left) == (True, 0)
    assert {key: value for key, value in desk.all().items() if key != "values"} == {
        key: value for key, value in held.items() if key != "values"
    }, "scenes, presets, cues, markers and moves stay"
    assert scene.startswith("before reset 2")
    desk.do("scene/recall", scene, 0, "", 1)
    assert desk.desk.snapshot() == held["values"]


def test_a_reset_can_be_undone_and_leaves_what_a_hand_is_on(desk: Desk) -> None:
    desk.desk.change([(PATH, -3), ("ch/2/fader", -3)])
    desk.desk.touch(PATH, True, "x")
    ((_, _, count, left),) = desk.do("desk/reset")
    assert (count, left, desk.desk.get(PATH)) == (1, 1, -3.0)
    desk.do("undo")
    assert desk.desk.get("ch/2/fader") == -3.0


def test_of_what_was_before_resets_twenty_scenes_are_kept(desk: Desk) -> None:
    for k in range(25):
        desk.desk.set(PATH, -float(k + 1))
        desk.do("desk/reset")
    kept = [name for name in desk.library.scenes.shelf.heads if name.startswith("before reset ")]
    assert len(kept) == 20
    assert {desk.library.scenes.shelf.values(name)[PATH] for name in kept} == {-float(k + 1) for k in range(5, 25)}
