"""Moves in the store: a pass is there while it is written, its end makes one record of it, and nothing that a console
cannot play ends a start."""

import json
import os
import shutil
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from test_automation import RATE_HZ, REGISTRY, RIDE, Studio, written

import store_shots as shots
from studiod.memory.shelf import Shelf, pack
from studiod.multitrack.automation import KEEP_S
from studiod.multitrack.automation_kept import UNREADABLE, Kept
from studiod.multitrack.automation_lane import Lane
from studiod.store.store import Store

PATH = "ch/1/fader"


class Clock:
    """Seconds that go on when they are told to."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    one = Store(tmp_path / "state")
    yield one
    one.close()


def keep(studio: Studio) -> None:
    """As much time goes by as a pass may be behind."""
    studio.automation._kept_s -= KEEP_S
    studio.automation.tick(studio.one.frame)


def killed(store: Store, spare: Path) -> Store:
    """What a kill leaves, opened."""
    shots.written(store)
    assert store.file is not None
    shutil.copytree(store.file.parent, spare)
    return Store(spare)


def moves(store: Store) -> dict[str, list[tuple[float, object]]]:
    """As a start finds them: s, value."""
    lanes = Kept(store, RATE_HZ).load(REGISTRY.params)
    return {path: [(round(at / RATE_HZ, 2), value) for at, value in zip(lane.at, lane.values, strict=True)]
            for path, lane in lanes.items()}  # fmt: skip


@pytest.mark.parametrize("mode", ["touch", "latch", "trim"])
def test_a_pass_is_in_the_store_while_it_is_written(store: Store, tmp_path: Path, mode: str) -> None:
    studio = Studio(None, store)
    written(studio)
    studio.desk.set("ch/1/automation", mode)
    studio.desk.set("transport/position", 0.0)
    studio.run(0.1)
    studio.desk.touch(PATH, True, "hand")
    studio.desk.set("transport/state", "play")
    studio.run(0.65, [(0.4, PATH, -17.0), (0.5, PATH, -16.0), (0.6, PATH, -15.0)])
    keep(studio)
    again = killed(store, tmp_path / "killed")
    found = moves(again)[PATH]
    assert found[:4] == [(0.25, -20.0), (0.35, -17.0), (0.45, -16.0), (0.55, -15.0)]
    assert found[4:] == {"touch": [(1.05, -10.0)], "latch": [(0.75, -10.0)], "trim": [(0.75, -10.0)]}[mode]
    again.close()
    third = Store(tmp_path / "killed")
    assert third.pieces == {}, "the start has made one record of it"
    assert moves(third)[PATH] == found
    third.close()
    os.close(studio.one.rack.fd)


def test_a_pass_of_a_long_lane_stores_only_what_is_new(store: Store) -> None:
    studio = Studio(None, store)
    lane = studio.automation.lanes.setdefault(PATH, Lane())
    lane.at, lane.values = [480 * k for k in range(100_000)], [-float(k % 60) for k in range(100_000)]
    studio.automation._kept.lay(PATH, lane)
    counts: list[int] = []
    add = store.add

    def counted(kind: str, name: str, piece: bytes) -> None:
        counts.append(len(json.loads(zlib.decompress(piece))["moves"]))
        add(kind, name, piece)

    store.add = counted  # type: ignore[method-assign]
    studio.desk.set("ch/1/automation", "latch")
    studio.desk.set("transport/state", "play")
    studio.run(0.1)
    for _ in range(20):
        studio.run(0.1, [(0.02, PATH, -3.0), (0.05, PATH, -4.0)])
        keep(studio)
    stored = len(counts)
    keep(studio)
    assert len(counts) == stored >= 20, "nothing new, nothing stored"
    assert max(counts) <= 3, "what is new, and the move that the piece before ended with"
    studio.automation.close()
    shots.written(store)
    assert store._memory._pieces == {}
    os.close(studio.one.rack.fd)


def test_a_stop_ends_passes_as_if_the_hand_had_let_go(store: Store, tmp_path: Path) -> None:
    studio = Studio(None, store)
    written(studio)
    studio.desk.change([("ch/1/automation", "touch"), ("ch/2/automation", "latch"), ("transport/position", 0.0)])
    studio.run(0.1)
    studio.desk.touch(PATH, True, "hand")
    studio.desk.set("transport/state", "play")
    studio.run(0.6, [(0.4, PATH, -5.0), (0.45, "ch/2/fader", -3.0)])
    studio.automation.close()
    assert studio.desk.get(PATH) == -20.0, "what stood there"
    studio.desk.set(PATH, -1.0, "hand")
    assert studio.automation.passes == {}, "nothing is written any more"
    store.close()
    again = Store(tmp_path / "state")
    found = moves(again)
    assert found[PATH][:2] == [(0.25, -20.0), (0.35, -5.0)]
    assert found[PATH][2][1] == -20.0
    assert found["ch/2/fader"] == [(0.4, -3.0)]
    assert again.pieces == {}
    again.close()
    os.close(studio.one.rack.fd)


def test_a_pass_goes_on_in_the_store_when_the_music_turns_back(store: Store, tmp_path: Path) -> None:
    studio = Studio(None, store)
    studio.desk.set("ch/1/automation", "latch")
    studio.desk.change([("transport/loop/on", 1), ("transport/loop/in", 0.0), ("transport/loop/out", 0.5)])
    studio.desk.set("transport/state", "play")
    studio.run(0.95, [(0.3, PATH, -30.0), (0.75, PATH, -5.0)])
    keep(studio)
    again = killed(store, tmp_path / "killed")
    assert moves(again)[PATH] == studio.lane() == [(0.2, -5.0), (0.25, -30.0)]
    again.close()
    os.close(studio.one.rack.fd)


def test_pieces_of_another_rate_come_back_at_this_one(store: Store) -> None:
    half = Kept(store, RATE_HZ // 2)
    half.more(PATH, [(12_000, -6.0), (24_000, -3.0)], 12_000, 24_000, (36_000, -90.0))
    shots.written(store)
    store.close()
    assert store.file is not None
    again = Store(store.file.parent)
    assert moves(again) == {PATH: [(0.5, -6.0), (1.0, -3.0), (1.5, -90.0)]}
    again.close()


def test_moves_that_are_cleared_are_gone_with_their_pieces(store: Store, tmp_path: Path) -> None:
    studio = Studio(None, store)
    studio.desk.set("ch/1/automation", "latch")
    studio.desk.set("transport/state", "play")
    studio.run(0.6, RIDE)
    keep(studio)
    shots.written(store)
    studio.desk.do("moves/clear", "me", "**")
    store.close()
    again = Store(tmp_path / "state")
    assert (again.records, again.pieces) == ({}, {})
    again.close()
    os.close(studio.one.rack.fd)


# -- what a console cannot play --------------------------------------------------------------------------------------


def test_moves_to_a_source_that_this_interface_lacks_are_left_out_told_and_kept(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sources = {"100": "input/1", "200": "input/32", "300": "input/2"}
    Shelf(store, "moves").put("ch/1/source", {"rate_hz": RATE_HZ}, sources)
    Shelf(store, "moves").put("ch/31/fader", {"rate_hz": RATE_HZ}, {"100": -6.0})
    store.close()
    again = Store(tmp_path / "state")
    studio = Studio(None, again)
    assert studio.automation.lanes["ch/1/source"].values == ["input/1", "input/2"]
    assert "ch/31/fader" not in studio.automation.lanes
    assert "moves of ch/1/source: 1 of 3 are left out, and kept: ch/1/source: no such point" in caplog.text
    studio.automation._kept.lay("ch/1/source", studio.automation.lanes["ch/1/source"])
    again.close()
    third = Store(tmp_path / "state")
    shelf = Shelf(third, "moves")
    assert shelf.values("ch/1/source") == sources
    assert shelf.values("ch/31/fader") == {"100": -6.0}
    third.close()
    os.close(studio.one.rack.fd)


HEAD = json.dumps({"rate_hz": RATE_HZ, "count": 1})
NO_MOVES = {
    "no head": ("{}", pack({"100": -6.0})),
    "no rate": (json.dumps({"rate_hz": 0}), pack({"100": -6.0})),
    "no places": (HEAD, pack({"soon": -6.0})),
    "a list": (HEAD, zlib.compress(b"[1, 2]")),
    "not packed": (HEAD, b"what"),
    "not text": (HEAD, zlib.compress(b"\xff")),
}


@pytest.mark.parametrize("how", NO_MOVES)
def test_what_is_no_record_of_moves_is_told_and_kept_aside(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    store.put("moves", PATH, NO_MOVES[how])
    Shelf(store, "moves").put("ch/2/fader", {"rate_hz": RATE_HZ}, {"48000": -6.0})
    store.close()
    again = Store(tmp_path / "state")
    assert moves(again) == {"ch/2/fader": [(1.0, -6.0)]}
    assert f"moves of {PATH}: cannot be read" in caplog.text
    again.close()
    third = Store(tmp_path / "state")
    assert third.records[UNREADABLE, PATH] == NO_MOVES[how]
    assert ("moves", PATH) not in third.records
    third.close()


def test_a_piece_that_cannot_be_read_costs_itself(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    Shelf(store, "moves").put(PATH, {"rate_hz": RATE_HZ}, {"24000": -6.0})
    shots.written(store)
    store.add("moves", PATH, b"what")
    Kept(store, RATE_HZ).more(PATH, [(48_000, -3.0)], 48_000, 48_000, None)
    store.close()
    assert store.file is not None
    again = Store(store.file.parent)
    assert moves(again) == {PATH: [(0.5, -6.0), (1.0, -3.0)]}
    assert f"moves of {PATH}, piece 1 of a pass: cannot be read" in caplog.text
    again.close()
    third = Store(store.file.parent)
    third.close()
    assert third.records[UNREADABLE, f"{PATH}, piece 1 of a pass"] == ("{}", b"what")
